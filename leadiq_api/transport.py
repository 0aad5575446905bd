"""The one module that speaks HTTP: both encodings of the key, pace, retries, one log line each."""

from __future__ import annotations

import copy
import random
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import ProxyManager

from leadiq_api.credentials import ApiKey
from leadiq_api.errors import (
    AuthenticationError,
    ConnectError,
    InvalidRequestError,
    LeadIQError,
    RateLimitError,
    ServiceError,
)
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.logs import log_attempt
from leadiq_api.rate_limit import LONGEST_PAUSE, RateLimiter, limiter_for
from leadiq_api.responses import (
    FIRST_FAILURE,
    Answer,
    graphql_data,
    graphql_parts,
    rest_json,
    rest_text,
    unreadable_error,
)
from leadiq_api.retry import Retry
from leadiq_api.settings import is_loopback

# GraphQL sends no Retry-After, so retries wait on our own clock (seconds).
BACKOFF_FIRST = 0.5
BACKOFF_CAP = 8.0
# How long after its first attempt a request without a connection may be retried: a user is to hear
# within three seconds that nothing listens.
CONNECT_DEADLINE = 1.5
# Seconds for the headers if urllib3 was given no timeout; LeadIQ's samples wait as long.
DEFAULT_TIMEOUT = 30.0
# A whole answer may take this many read timeouts: the read timeout starts again at each byte.
READ_TIMEOUTS_PER_ANSWER = 2
# Bytes of an answer once decompressed. No answer of this API comes near; a compressed body of a
# few kB could otherwise fill the memory.
MAX_BYTES = 100_000_000
MAX_MESSAGE = 2_000  # characters of an error's message, or of its code
# Seconds for an email verification, at least, as in LeadIQ's samples: it is slow, and paid.
VERIFICATION_TIMEOUT = 60.0
CHUNK_BYTES = 65_536

Parser = Callable[[Answer], Any]


class _GuardedConnection(HTTPConnection):
    """A connection that keeps headers secret, limits the wait for them, and tells if it was made.

    urllib3's class is subclassed because no public setting does any of the three.
    ``http.client.HTTPConnection.debuglevel``, if anyone sets it, prints whole headers with the key
    in them; the read timeout starts again at each byte of the headers; and only ``connect`` can
    tell that nothing was sent. Verified with urllib3 2.8.0 and CPython 3.11.7.
    """

    debuglevel = 0

    def connect(self) -> None:
        """Connects; raises ``NewConnectionError`` for every failure, TLS's among them."""
        try:
            super().connect()
        except (OSError, urllib3.exceptions.HTTPError):
            # urllib3 and requests wrap this exception and keep it as their ``reason``.
            raise NewConnectionError(self, "No connection") from None

    def getresponse(self) -> Any:
        """Waits for the headers, at most two read timeouts."""
        wait = self.timeout if isinstance(self.timeout, int | float) else DEFAULT_TIMEOUT
        timer = threading.Timer(READ_TIMEOUTS_PER_ANSWER * wait, _shutdown_socket, (self.sock,))
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()
        finally:
            timer.cancel()


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    """The same over TLS."""


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


_GUARDED_POOLS = {"http": _GuardedPool, "https": _GuardedTlsPool}


class _GuardedAdapter(HTTPAdapter):
    """Makes ``requests`` use guarded connections.

    ``PoolManager.pool_classes_by_scheme`` is an attribute that urllib3 does not document. It is
    the only way to choose the connection class of a session. Verified with urllib3 2.8.0 and
    requests 2.34.2.
    """

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = _GUARDED_POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        if isinstance(manager, ProxyManager):  # SOCKS has pools of its own
            manager.pool_classes_by_scheme = _GUARDED_POOLS
        return manager


def _shutdown_socket(connection: Any) -> None:
    with suppress(OSError):  # closed already
        connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class _Call:
    """A request to send, how to read its answer, and what the log says of it.

    ``operation`` is a GraphQL field, or a method with a path template: without ids.
    """

    request: requests.Request
    parse: Parser
    retry: Retry
    operation: str
    limiter: RateLimiter
    timeout: tuple[float, float]  # to connect and to read, in seconds
    data_points: tuple[str, ...] = ()


class Transport:
    """Sends requests for one key. Thread-safe: it holds a connection pool and no request state.

    ``timeout`` is (connect, read) in seconds for one attempt. ``deadline`` is in seconds from the
    first attempt of a request: no retry starts after it.
    """

    def __init__(
        self,
        key: ApiKey,
        *,
        graphql_url: str,
        prospector_url: str,
        requests_per_minute: int,
        timeout: tuple[float, float],
        deadline: float,
    ) -> None:
        self._key = key
        self._graphql_url = graphql_url
        self._prospector_url = prospector_url
        self._timeout = timeout
        self._deadline = deadline
        account = " ".join((key.fingerprint, graphql_url, prospector_url))
        self.limiter = limiter_for(account, requests_per_minute)
        # Prospector limits the verification of emails by itself.
        self.verification_limiter = limiter_for(account, requests_per_minute, "verify-email")
        self._sends_password = True
        self._before_request: Callable[[], None] = lambda: None
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "leadiq-console"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _GuardedAdapter())

    def with_gate(self, gate: Callable[[], None]) -> Transport:
        """Returns a transport on the same connections and pace, with a gate.

        It calls ``gate`` before each request, not before a retry, and waits for it to return.
        """
        other = copy.copy(self)
        vars(other).update(_before_request=gate)
        return other

    def graphql(
        self,
        document: str,
        variables: Json | None = None,
        *,
        operation: str,
        data_points: Collection[str] = (),
        retry: Retry,
    ) -> JsonDict:
        """Returns the ``data`` of a GraphQL answer. Raises ``LeadIQError``.

        ``operation`` and ``data_points`` are for the log: the document decides what is sent.
        """
        call = self._graphql_call(
            document, variables or {}, graphql_data, retry, operation, data_points
        )
        return self._send(call)  # type: ignore[no-any-return]

    def graphql_parts(
        self,
        document: str,
        variables: Json,
        *,
        operation: str,
        data_points: Collection[str] = (),
        retry: Retry,
    ) -> JsonDict:
        """Returns each field of a GraphQL answer by its alias: its value, or its ``LeadIQError``.

        Each variable is the input of the field of that alias. Raises an error that concerns the
        whole request; see ``responses.graphql_parts``.
        """
        # What is free is sent again as a whole, or in parts.
        parse = (
            graphql_parts
            if retry is Retry.TRANSIENT
            else partial(graphql_parts, non_null=variables)
        )
        call = self._graphql_call(document, variables, parse, retry, operation, data_points)
        parts: JsonDict = self._send(call)
        for part in parts.values():
            if isinstance(part, LeadIQError):
                self._redact(part)
        return parts

    def _graphql_call(
        self,
        document: str,
        variables: Json,
        parse: Parser,
        retry: Retry,
        operation: str,
        data_points: Collection[str],
    ) -> _Call:
        body = {"query": document, "variables": variables}
        request = requests.Request("POST", self._graphql_url, json=body)
        request.auth = self._key.graphql_auth()
        points = tuple(sorted(data_points))
        return _Call(request, parse, retry, operation, self.limiter, self._timeout, points)

    def prospector(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str] | None = None,
        *,
        params: Json | None = None,
        body: Any = None,
        text: bool = False,
        retry: Retry,
    ) -> Any:
        """Returns the JSON of a Prospector answer, or its text. Raises ``LeadIQError``.

        ``path`` is a template such as "/v1/lists/{list_id}", which ``ids`` fill in: each must be
        safe as a segment of a path.
        """
        url = self._prospector_url + path.format_map(ids or {})
        request = requests.Request(method, url, params=dict(params or {}), json=body)
        parse: Parser = rest_text if text else rest_json
        limiter, timeout = self.limiter, self._timeout
        if path.endswith("/verify-email"):
            limiter = self.verification_limiter
            timeout = (timeout[0], max(timeout[1], VERIFICATION_TIMEOUT))
        call = _Call(request, parse, retry, f"{method} {path}", limiter, timeout)
        request.auth = self._key.prospector_auth(password=self._sends_password)
        try:
            return self._send(call)
        except AuthenticationError:
            if not self._key.has_empty_password or not self._sends_password:
                raise
        # Base64 of "key:" is the key as HTTP Basic writes it: Prospector may know it without colon.
        request.auth = self._key.prospector_auth(password=False)
        answer = self._send(call)
        self._sends_password = False
        return answer

    def _send(self, call: _Call) -> Any:
        self._before_request()
        call.limiter.acquire()
        started = time.monotonic()
        deadline = started + self._deadline
        backoff = BACKOFF_FIRST
        attempt = 1
        while True:
            try:
                return self._attempt(call, attempt)
            except LeadIQError as error:
                if not call.retry.allows(error):
                    raise
                latest = deadline
                if isinstance(error, RateLimitError):
                    # A pause that the server asks for may be longer than one that is tried out.
                    resumes = min(call.limiter.resumes + 1, started + LONGEST_PAUSE)
                    latest = max(deadline, resumes)
                elif isinstance(error, ConnectError):
                    latest = min(deadline, started + CONNECT_DEADLINE)
                pause = backoff * random.uniform(0.5, 1.0)  # noqa: S311  jitter is not a secret
                backoff = min(backoff * 2, BACKOFF_CAP)
                time.sleep(max(0.0, min(pause, latest - time.monotonic())))
                if time.monotonic() >= latest or not call.limiter.acquire(latest=latest):
                    raise
                attempt += 1

    def _attempt(self, call: _Call, number: int) -> Any:
        """Sends a request once, and logs how that ended."""
        log = partial(log_attempt, call.operation, call.data_points, number, time.monotonic())
        try:
            status, result = self._exchange(call)
        except LeadIQError as error:
            self._redact(error)
            log(error.status, error)
            raise
        log(status, result)
        return result

    def _exchange(self, call: _Call) -> tuple[int, Any]:
        """The HTTP status and the parsed answer of one request."""
        failure: LeadIQError
        try:
            answer = self._answer(call)
            return answer.status, call.parse(answer)
        except requests.ConnectionError as error:
            failure = _connection_error(error)
        except (requests.Timeout, TimeoutError):
            failure = ServiceError("LeadIQ took too long to answer.", code="timeout")
        except requests.exceptions.InvalidJSONError:  # before anything is sent
            failure = InvalidRequestError("JSON cannot represent a number in the request.")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            failure = _connection_error()
        # Raised here, not in the handler: requests' own exceptions carry the prepared request, and
        # that carries the key.
        raise failure

    def _redact(self, error: LeadIQError) -> None:
        error.message = self._key.redact(error.message[:MAX_MESSAGE])
        error.args = (error.message,)
        error.code = self._key.redact(error.code and error.code[:MAX_MESSAGE])
        error.data = self._key.redact(error.data)

    def _answer(self, call: _Call) -> Answer:
        request = call.request
        host = urlsplit(request.url).hostname or ""
        with self._session.request(
            request.method,
            request.url,
            params=request.params,
            json=request.json,
            auth=request.auth,
            timeout=call.timeout,
            stream=True,
            # requests would carry X-API-Key along to another host.
            allow_redirects=False,
            # A proxy of the environment cannot reach this machine's own loopback.
            proxies={"no_proxy": host} if is_loopback(host) else None,
        ) as response:
            call.limiter.heed(response.headers)
            status = response.status_code
            try:
                content = _body(response, READ_TIMEOUTS_PER_ANSWER * call.timeout[1])
            except (OSError, urllib3.exceptions.HTTPError):
                if status < FIRST_FAILURE:
                    raise
                content = b""  # the status, which has arrived, says what a failure is
            return Answer(status, content, response.headers.get("Content-Type", ""))


def _body(response: requests.Response, seconds: float) -> bytes:
    """The whole body of an answer. Raises if it is cut, too long, or takes longer than that."""
    latest = time.monotonic() + seconds
    content = bytearray()
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
        content += chunk
        if time.monotonic() > latest:
            raise TimeoutError
        if len(content) > MAX_BYTES:
            raise unreadable_error(response.status_code)
    return bytes(content)


def _connection_error(error: requests.ConnectionError | None = None) -> ServiceError:
    """The error of a connection that failed: ``ConnectError`` if there never was one."""
    wrapped = error.args[0] if error is not None and error.args else None
    reason = getattr(wrapped, "reason", None)
    reason = getattr(reason, "original_error", reason)  # that of a proxy
    if isinstance(reason, NewConnectionError):
        return ConnectError("No connection to LeadIQ could be made.", code="connection")
    return ServiceError("The connection to LeadIQ was cut.", code="connection")


def ask_without_key(graphql_url: str, document: str) -> JsonDict:
    """Returns the ``data`` of a GraphQL answer that needs no key, such as introspection.

    Raises the same errors as every request; never retried.
    """
    log = partial(log_attempt, "introspection", (), 1, time.monotonic())
    host = urlsplit(graphql_url).hostname or ""
    failure: LeadIQError
    try:
        response = requests.post(
            graphql_url,
            json={"query": document},
            auth=lambda request: request,  # keeps a ~/.netrc password out
            timeout=DEFAULT_TIMEOUT,
            allow_redirects=False,
            proxies={"no_proxy": host} if is_loopback(host) else None,
        )
        data = graphql_data(Answer(response.status_code, response.content, ""))
    except requests.RequestException:
        failure = ServiceError(f"{graphql_url} cannot be reached.", code="connection")
    except LeadIQError as error:
        failure = error
    else:
        log(response.status_code, data)
        return data
    log(failure.status, failure)
    raise failure
