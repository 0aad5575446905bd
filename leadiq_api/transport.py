"""The one place that speaks HTTP: both encodings of the key, pace, retry, envelope -> errors."""

from __future__ import annotations

import copy
import json
import math
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from leadiq_api.credentials import ApiKey
from leadiq_api.errors import (
    ConnectError,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    error_class,
    may_have_taken_effect,
)
from leadiq_api.rate_limit import limiter_for
from leadiq_api.settings import is_loopback

# LeadIQ sends no Retry-After, so we back off on our own clock (seconds).
BACKOFF_FIRST = 0.5
BACKOFF_CAP = 8.0
TIMEOUT_UNSET = 30.0  # as LeadIQ's samples have it, where urllib3 was told of none
# What no answer of this API comes near: beyond, it would only fill the memory (a compressed body
# of some kB can become many GB) or break whatever walks through it.
MOST_BYTES = 100_000_000  # unpacked
DEEPEST = 100  # lists and objects inside each other

# Apollo's words for what other servers say with a status.
STATUS_OF_CODE = {
    "UNAUTHENTICATED": 401,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "BAD_USER_INPUT": 400,
    "GRAPHQL_PARSE_FAILED": 400,
    "GRAPHQL_VALIDATION_FAILED": 400,
    "INTERNAL_SERVER_ERROR": 500,
}


@dataclass(frozen=True)
class Answer:
    """What came back: HTTP status, the whole body, and the Content-Type it was declared as."""

    status: int
    content: bytes
    content_type: str


Retry = Callable[[LeadIQError], bool]


def any_failure(_: LeadIQError) -> bool:
    """For what costs nothing and can be done twice: every failure that time may mend."""
    return True


def refused(error: LeadIQError) -> bool:
    """For what is paid or written: a 429 was refused before it was done, all else may be done."""
    return isinstance(error, RateLimitError)


def refused_upstream(error: LeadIQError) -> bool:
    """As ``refused``, and Prospector's own 502."""
    return not may_have_taken_effect(error)


def nothing(_: LeadIQError) -> bool:
    """For what must go out once: an export to another system."""
    return False


class _Guarded(HTTPConnection):
    """A connection that prints no header, waits for headers no longer than for a body, and tells
    whether it was ever made."""

    debuglevel = 0  # switched on for http.client, it would print whole headers, the key in them

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, urllib3.exceptions.HTTPError):  # TLS's own errors too
            # urllib3's word for it; it, and requests, wrap this and keep it as the reason.
            raise NewConnectionError(self, "No connection") from None

    def getresponse(self) -> Any:
        # The read timeout starts again with every byte, of the headers too.
        wait = self.timeout if isinstance(self.timeout, int | float) else TIMEOUT_UNSET
        cut = threading.Timer(2 * wait, _cut, (self.sock,))
        cut.daemon = True
        cut.start()
        try:
            return super().getresponse()
        finally:
            cut.cancel()


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same over TLS."""


class _Http(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _Https(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


class _Adapter(HTTPAdapter):
    """Has ``requests`` use guarded connections."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Http, "https": _Https}


def _cut(connection: Any) -> None:
    with suppress(OSError):  # ended already
        connection.shutdown(socket.SHUT_RDWR)


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
        self._limiter = limiter_for(key.fingerprint, requests_per_minute)
        self._turn: Callable[[], None] = lambda: None
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "leadiq-console"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())

    def waiting_for(self, turn: Callable[[], None]) -> Transport:
        """The same connections and pace, where each request waits for ``turn`` first."""
        other = copy.copy(self)
        other._turn = turn
        return other

    def graphql(
        self, document: str, variables: dict[str, Any] | None = None, *, retry: Retry
    ) -> dict[str, Any]:
        """The ``data`` of a GraphQL answer. ``retry`` tells which failures may be sent again."""
        body = {"query": document, "variables": variables or {}}
        request = requests.Request("POST", self._graphql_url, json=body)
        request.auth = self._key.graphql_auth()
        return self._send(request, _graphql_data, retry=retry)  # type: ignore[no-any-return]

    def graphql_parts(
        self, document: str, variables: dict[str, Any], *, retry: Retry
    ) -> dict[str, Any]:
        """Each field of a GraphQL answer by its alias: its value, or the error that it met.

        An error of the whole request is raised. One whose ``path`` names a field is that field's
        alone; what came of the field all the same is the error's ``data``.
        """
        body = {"query": document, "variables": variables}
        request = requests.Request("POST", self._graphql_url, json=body)
        request.auth = self._key.graphql_auth()
        parts: dict[str, Any] = self._send(request, _graphql_parts, retry=retry)
        for part in parts.values():
            if isinstance(part, LeadIQError):
                self._redact(part)
        return parts

    def prospector(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: Any = None,
        text: bool = False,
        retry: Retry,
    ) -> Any:
        """The JSON of a Prospector answer, or its text."""
        request = requests.Request(method, self._prospector_url + path, params=params, json=body)
        request.auth = self._key.prospector_auth()
        return self._send(request, _rest_text if text else _rest_json, retry=retry)

    def _send(
        self, request: requests.Request, parse: Callable[[Answer], Any], *, retry: Retry
    ) -> Any:
        self._turn()
        self._limiter.acquire()
        deadline = time.monotonic() + self._deadline
        backoff = BACKOFF_FIRST
        while True:
            try:
                return self._attempt(request, parse)
            except (RateLimitError, ServiceError) as error:
                if not retry(error):
                    raise
                pause = backoff * random.uniform(0.5, 1.0)  # noqa: S311  jitter is no secret
                backoff = min(backoff * 2, BACKOFF_CAP)
                time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
                if time.monotonic() >= deadline or not self._limiter.acquire(latest=deadline):
                    raise

    def _attempt(self, request: requests.Request, parse: Callable[[Answer], Any]) -> Any:
        try:
            return parse(self._answer(request))
        except LeadIQError as error:
            self._redact(error)
            raise
        except requests.ConnectionError as error:
            failure = _cut_off(error)
        except (requests.Timeout, TimeoutError):
            failure = ServiceError("LeadIQ took too long to answer.", code="timeout")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            failure = _cut_off()
        # Raised here, not from the handler: requests' own exceptions carry the prepared request,
        # and that carries the key.
        raise failure

    def _redact(self, error: LeadIQError) -> None:
        error.message = self._key.redact(error.message)
        error.args = (error.message,)
        error.code = self._key.redact(error.code)
        error.data = self._key.redact(error.data)

    def _answer(self, request: requests.Request) -> Answer:
        host = urlsplit(request.url).hostname or ""
        with self._session.request(
            request.method,
            request.url,
            params=request.params,
            json=request.json,
            auth=request.auth,
            timeout=self._timeout,
            stream=True,
            # requests would carry X-API-Key along to another host.
            allow_redirects=False,
            # A proxy of the environment cannot reach this machine's own loopback.
            proxies={"no_proxy": host} if is_loopback(host) else None,
        ) as response:
            # The read timeout starts again with every byte; a trickle needs a limit of its own.
            latest = time.monotonic() + 2 * self._timeout[1]
            content = bytearray()
            while chunk := response.raw.read1(65536, decode_content=True):
                content += chunk
                if time.monotonic() > latest:
                    raise TimeoutError
                if len(content) > MOST_BYTES:
                    raise _unreadable(response.status_code)
            content_type = response.headers.get("Content-Type", "")
            return Answer(response.status_code, bytes(content), content_type)


def _cut_off(error: requests.ConnectionError | None = None) -> ServiceError:
    """What is told of a connection that failed: ``ConnectError`` where there never was one."""
    wrapped = error.args[0] if error is not None and error.args else None
    if isinstance(getattr(wrapped, "reason", None), NewConnectionError):
        return ConnectError("No connection to LeadIQ could be made.", code="connection")
    return ServiceError("The connection to LeadIQ was cut.", code="connection")


def ask_without_key(graphql_url: str, document: str) -> dict[str, Any]:
    """The ``data`` of a GraphQL answer that needs no key, such as introspection.

    Raises the same errors as everything else here; asks once.
    """
    host = urlsplit(graphql_url).hostname or ""
    try:
        response = requests.post(
            graphql_url,
            json={"query": document},
            auth=lambda request: request,  # keeps a ~/.netrc password out
            timeout=30,
            allow_redirects=False,
            proxies={"no_proxy": host} if is_loopback(host) else None,
        )
    except requests.RequestException:
        raise ServiceError(f"{graphql_url} cannot be reached.", code="connection") from None
    return _graphql_data(Answer(response.status_code, response.content, ""))


def _graphql_data(answer: Answer) -> dict[str, Any]:
    body = _json(answer)
    errors = body.get("errors") if isinstance(body, dict) else None
    if errors:
        raise _graphql_error(answer.status, errors, body.get("data"))
    _refuse_status(answer.status, body)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        raise ServiceError("LeadIQ's answer holds no data.", status=answer.status, code="shape")
    return data


def _graphql_parts(answer: Answer) -> dict[str, Any]:
    body = _json(answer)
    data = body.get("data") if isinstance(body, dict) else None
    errors = body.get("errors") if isinstance(body, dict) else None
    if not errors or not isinstance(data, dict) or not isinstance(errors, list):
        return _graphql_data(answer)
    parts: dict[str, Any] = dict(data)
    for error in errors:
        path = error.get("path") if isinstance(error, dict) else None
        name = path[0] if isinstance(path, list) and path else None
        if not isinstance(name, str) or name not in data:
            raise _graphql_error(answer.status, errors, data)
        if not isinstance(parts[name], LeadIQError):
            parts[name] = _graphql_error(answer.status, [error], data[name])
    return parts


def _graphql_error(http_status: int, errors: Any, data: Any) -> LeadIQError:
    first = errors[0] if isinstance(errors, list) else errors
    if not isinstance(first, dict):
        first = {"message": str(first)}
    extensions = first.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    response = extensions.get("response")
    code = extensions.get("code")
    code = code if isinstance(code, str) else None
    status = _status(response.get("status") if isinstance(response, dict) else None)
    if status is None and http_status >= 400:
        status = http_status
    if status is None:
        status = STATUS_OF_CODE.get(code or "")
    if status is None and not first.get("path"):
        status = 400  # an error of the document itself names no field that failed
    message = str(first.get("message") or "LeadIQ gave no reason.")
    kind = ServiceError if status is None else error_class(status)
    return kind(message, status=status, code=code, data=data if isinstance(data, dict) else None)


def _rest_json(answer: Answer) -> Any:
    body = _json(answer)
    _refuse_status(answer.status, body)
    return body


def _rest_text(answer: Answer) -> str:
    if answer.status >= 300:
        _rest_json(answer)
    declared = answer.content_type.lower()
    # Some servers answer a path that they do not have with a page and a 200.
    if "html" in declared or "json" in declared or answer.content.lstrip().startswith(b"<"):
        raise NotFoundError("There is no CSV at this path.", status=404, code="not_csv")
    # UTF-8 unless the server says otherwise; requests would guess Latin-1 for text/*.
    charset = declared.partition("charset=")[2].strip("\"' ") or "utf-8"
    try:
        text = answer.content.decode(charset, errors="replace")
    except LookupError:
        text = answer.content.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff")


def _refuse_status(status: int, body: Any) -> None:
    """Raises for a status of 300 or more."""
    if status >= 300:
        raise _refusal(status, body)


def _refusal(status: int, body: Any) -> LeadIQError:
    """The error of a status of 300 or more, in the words of REST's {code, message} where given."""
    answer = body if isinstance(body, dict) else {}
    code, message = answer.get("code"), answer.get("message")
    return error_class(status)(
        str(message or f"LeadIQ answered with status {status}."),
        status=status,
        code=code if isinstance(code, str) else None,
        data=answer.get("details"),
    )


def _json(answer: Answer) -> Any:
    try:
        found = json.loads(
            answer.content, parse_constant=_missing, parse_float=_finite, parse_int=_long
        )
    except (ValueError, RecursionError):
        pass  # told below, without the body in the traceback
    else:
        if not _too_deep(found):
            odd = any(sign in answer.content.lower() for sign in UNSPEAKABLE)
            return _speakable(found) if odd else found
    raise _unreadable(answer.status)


def _unreadable(status: int) -> LeadIQError:
    """The error of an answer that cannot be read: its status says all that is known."""
    if status >= 300:
        return _refusal(status, None)
    return ServiceError("LeadIQ's answer could not be read.", status=status, code="not_json")


def _too_deep(value: Any) -> bool:
    level: list[Any] = [[value]]
    for _ in range(DEEPEST + 1):
        level = [
            inside
            for one in level
            for inside in (one.values() if isinstance(one, dict) else one)
            if isinstance(inside, dict | list)
        ]
        if not level:
            return False
    return True


def _missing(_: str) -> None:
    """NaN and Infinity are no JSON, and no number to reckon with."""


def _finite(digits: str) -> float | None:
    return number if math.isfinite(number := float(digits)) else None


def _long(digits: str) -> int | None:
    """LeadIQ's longest number is a Long; what is longer no other program could keep either."""
    return int(digits) if len(digits) < 20 else None


# Signs that a text may hold a NUL or half a character, which no database or page takes.
UNSPEAKABLE = (b"\\u0000", b"\\ud", b"\x00", b"\xed")


def _speakable(value: Any) -> Any:
    if isinstance(value, list):
        return [_speakable(item) for item in value]
    if isinstance(value, dict):
        return {_speakable(name): _speakable(item) for name, item in value.items()}
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    return value


def _status(value: Any) -> int | None:
    try:
        status = int(value)
    except (TypeError, ValueError):
        return None
    return status if status >= 300 else None
