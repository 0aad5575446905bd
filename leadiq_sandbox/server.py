"""The server: HTTP around the two surfaces, with keys, pace, latency and faults."""

from __future__ import annotations

import asyncio
import base64
import functools
import re
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leadiq_sandbox.accounting import PUBLISHED, Accounting
from leadiq_sandbox.broken import BrokenResponse, ConnectionProtocol
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.failed_fields import ONE_OF_MANY, PARTIAL
from leadiq_sandbox.faults import Faults
from leadiq_sandbox.graphql_api import GraphqlApi
from leadiq_sandbox.graphql_schema import refusal
from leadiq_sandbox.logs import log_request
from leadiq_sandbox.pace import Pace
from leadiq_sandbox.prospector import Prospector
from leadiq_sandbox.request_body import read_json
from leadiq_sandbox.routes import Call, Operation, operations
from leadiq_sandbox.search import Index
from leadiq_sandbox.store import Store
from leadiq_sandbox.world import World

GRAPHQL_PATH = "/graphql"
HOST = "127.0.0.1"
HOST_NAMES = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)
# A page that this machine serves may call the sandbox from a browser; others may not.
LOOPBACK_ORIGINS = r"https?://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?"
KEY = "leadiq-sandbox-key"  # decoded; anyone who can reach the loopback may have it
DEFAULT_SEED = 20260813
PEOPLE_PER_COMPANY = 50 / 3

Json = dict[str, Any]
# A request and its JSON body -> the answer.
Answering = Callable[[Request, Any], Response]


@dataclass(frozen=True)
class Seen:
    """A request that was received; ``operation`` is the first field of a GraphQL document."""

    method: str
    path: str
    operation: str | None
    status: int | None  # None if the connection was cut


class Sandbox:
    """A LeadIQ-compatible server on loopback, in a thread of this process.

    ``credits`` in UC; ``latency_ms`` is added to every answer, and may be changed later as
    ``latency`` in seconds; ``rpm`` requests a minute, 0 for no limit; ``faults`` as
    ``KIND:EVERY_NTH``; ``db`` a SQLite file that stores credits and lists, or None for memory, and
    the port, which ``port`` 0 takes again if it is free: clients know an account by its address;
    ``http_errors`` answers GraphQL refusals with their HTTP status instead of a 200; ``keys`` are
    accepted instead of its own, decoded: colleagues' keys, of one account; without ``job_changes``
    the account has no access to them; ``max_aliases`` refuses documents with more;
    ``accounting`` says how credits are charged and reported; ``shy_previews`` may be wrong;
    ``data_hub_plan`` holds the credits in ``dataHubPlan`` instead of ``universalPlan``; without
    ``cursor`` advanced searches end at 10,000 rows; without ``company_lists`` there are none;
    ``impostors`` is the share of people instead of
    whom a lookup by an address or a profile returns somebody else. Raises ``OSError`` when started
    on a taken port, ``UnknownFaultError`` for a fault that does not exist.
    """

    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def __init__(
        self,
        *,
        port: int = 0,
        people: int = 50_000,
        credits: float = 10_000,
        latency_ms: float = 0,
        rpm: int = 60,
        faults: Iterable[str] = (),
        db: str | Path | None = None,
        http_errors: bool = False,
        job_changes: bool = True,
        max_aliases: int | None = None,
        accounting: Accounting = PUBLISHED,
        shy_previews: bool = False,
        data_hub_plan: bool = False,
        cursor: bool = True,
        company_lists: bool = True,
        impostors: float = 0,
        seed: int = DEFAULT_SEED,
        keys: Sequence[str] = (KEY,),
    ) -> None:
        self._port = port
        self.latency = latency_ms / 1000  # seconds added to every answer
        self._http_errors = http_errors
        self._keys = {key: _base64(key) for key in keys}
        self._basic = {_base64(text) for key in keys for text in (key, f"{key}:")}
        self.decoded_key = keys[0]
        self.api_key = self._keys[self.decoded_key]
        self.faults = Faults()
        self.faults.choose(faults)
        self.requests: list[Seen] = []
        self._pace = Pace(rpm)
        self._verification_pace = Pace(rpm)  # LeadIQ limits it by itself
        self.world = World(people, max(1, round(people / PEOPLE_PER_COMPANY)), seed)
        self.store = Store(Path(db) if db else None, Decimal(str(credits)), accounting)
        self.prospector = Prospector(self.world, self.store)
        self.graphql = GraphqlApi(
            self.world,
            Index(self.world),
            self.store,
            self.prospector,
            job_changes=job_changes,
            data_hub_plan=data_hub_plan,
            shy_previews=shy_previews,
            cursor=cursor,
            company_lists=company_lists,
        )
        self.graphql.max_aliases = max_aliases
        self.graphql.index.lookup.impostors = impostors

    @property
    def refused(self) -> int:
        """The number of requests beyond the pace."""
        return self._pace.refused + self._verification_pace.refused

    # Running ---------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address that it listens on, without a path."""
        return f"http://{HOST}:{self._port}"

    @property
    def graphql_url(self) -> str:
        """The GraphQL endpoint."""
        return f"{self.url}/graphql"

    @property
    def prospector_url(self) -> str:
        """The base of the Prospector paths, ``/v1`` and the guide's."""
        return self.url

    def _listener(self) -> socket.socket:
        if not self._port and self.store.port:
            with suppress(OSError):  # taken meanwhile
                return _bound(self.store.port)
        return _bound(self._port)

    def start(self) -> Sandbox:
        """Starts the server. Returns once it listens. Raises ``OSError`` for a taken port."""
        listener = self._listener()
        self._port = self.store.port = listener.getsockname()[1]
        # uvicorn must not set up its loggers: they belong to the process, and Streamlit uses them.
        config = uvicorn.Config(
            self._app(),
            http=ConnectionProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="leadiq-sandbox", daemon=True
        )
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stops the server and closes its file."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(10)
            self._server = self._thread = None
        self.store.close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Answering -------------------------------------------------------------------------------

    def _app(self) -> Starlette:
        async def graphql(request: Request) -> Response:
            return await self._handle(request, "GraphQL", self._answer_graphql)

        def rest(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
            name = f"{operation.method} {operation.path}"

            async def endpoint(request: Request) -> Response:
                answering = functools.partial(self._answer_rest, operation.call)
                return await self._handle(request, name, answering, operation.not_json)

            return endpoint

        async def no_such_path(request: Request, error: Exception) -> Response:
            status = getattr(error, "status_code", HTTPStatus.NOT_FOUND)
            refused = RefusalError(status, "No such path or method")
            return await self._handle(request, "no such path", lambda *_: _refused(refused))

        routes = [Route(GRAPHQL_PATH, graphql, methods=["GET", "POST"])]
        routes += [
            Route(operation.path, rest(operation), methods=[operation.method])
            for operation in operations(self.prospector)
        ]
        any_loopback_page = Middleware(
            CORSMiddleware,
            allow_origin_regex=LOOPBACK_ORIGINS,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["ratelimit", "ratelimit-policy", "retry-after"],
        )
        return Starlette(
            routes=routes,
            middleware=[any_loopback_page],
            exception_handlers={
                HTTPStatus.NOT_FOUND: no_such_path,
                HTTPStatus.METHOD_NOT_ALLOWED: no_such_path,
            },
        )

    async def _handle(
        self,
        request: Request,
        name: str,
        answering: Answering,
        not_json: int = HTTPStatus.BAD_REQUEST,
    ) -> Response:
        """A request from its arrival to its answer, or to the lack of one.

        ``name`` is that of the operation in the log, unless it is a GraphQL field; ``not_json`` the
        status of a body that is no JSON.
        """
        started = time.monotonic()
        graphql = request.url.path == GRAPHQL_PATH
        try:
            self._check_host(request)
        except RefusalError as error:
            return _refused(error, graphql=graphql)
        try:
            body = await read_json(request, not_json, in_query=graphql)
        except RefusalError as error:  # answered below, after the key
            unread = _refused(error, graphql=graphql)
            body, answering = None, lambda *_: unread
        free = graphql and self.graphql.is_introspection(body)
        fault = None
        if not free:
            write = self.graphql.is_mutation(body) if graphql else request.method == "POST"
            fault = self.faults.due(graphql=graphql, write=write)
        if self.latency:
            await asyncio.sleep(self.latency)
        transport: asyncio.Transport = request.scope["state"]["transport"]
        response = None
        if fault == "hang":
            while not await request.is_disconnected():
                await asyncio.sleep(0.05)
        elif fault == "reset":
            transport.abort()
        else:
            response = self._respond(request, body, answering, fault, free=free, graphql=graphql)
            response.headers.update(self._pace_headers(request, response.status_code))
            if fault in ("lost", "lost-paid"):
                transport.abort()
                response = None
        operation = self.graphql.field(body) if graphql else None
        status = None if response is None else response.status_code
        self.requests.append(Seen(request.method, request.url.path, operation, status))
        log_request(operation or name, status, fault, time.monotonic() - started)
        if response is None or fault in ("truncated", "drip"):
            return BrokenResponse(response, transport, slowly=fault == "drip")
        return response

    def _respond(
        self,
        request: Request,
        body: Any,
        answering: Answering,
        fault: str | None,
        *,
        free: bool,
        graphql: bool,
    ) -> Response:
        try:
            if not free:
                self._check_key(request, graphql=graphql)
                if request.method == "GET" and graphql and self.graphql.is_mutation(body):
                    raise RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "A mutation needs a POST")
                self._pace_of(request).check()
            broken = _instead_of_an_answer(fault, graphql=graphql)
            if broken is not None:
                return broken
            if fault in (PARTIAL, ONE_OF_MANY):
                return self._answer_graphql(request, body, fault=fault)
            return answering(request, body)
        except RefusalError as error:
            enveloped = graphql and not self._http_errors and not (fault or "").isdigit()
            return _refused(error, graphql=graphql, status=HTTPStatus.OK if enveloped else None)

    def _answer_graphql(self, _: Request, body: Any, **options: str) -> Response:
        answer = self.graphql.answer(body, **options)
        status: int = HTTPStatus.OK
        if self._http_errors and answer.get("errors") and not answer.get("data"):
            status = answer["errors"][0]["extensions"]["response"]["status"]
        return JSONResponse(answer, status)

    @staticmethod
    def _answer_rest(call: Call, request: Request, body: Any) -> Response:
        status, content = call(request, body)
        if isinstance(content, str):
            return Response(content, status, media_type="text/csv")
        return JSONResponse(content, status)

    # Refusing --------------------------------------------------------------------------------

    @staticmethod
    def _check_host(request: Request) -> None:
        """Refuses a foreign Host: a page of another site could use a name of its own."""
        if not HOST_NAMES.fullmatch(request.headers.get("host", "")):
            raise RefusalError(
                HTTPStatus.MISDIRECTED_REQUEST, "This server answers to its own machine only"
            )

    def _check_key(self, request: Request, *, graphql: bool) -> None:
        if graphql:
            # Most clients send the key's Base64 verbatim, some as Basic with an empty password.
            scheme, _, sent = request.headers.get("authorization", "").partition(" ")
            right = scheme.lower() == "basic" and sent.strip() in self._basic
        else:
            right = request.headers.get("x-api-key") in self._keys
        if not right:
            raise RefusalError(HTTPStatus.UNAUTHORIZED)

    def _pace_headers(self, request: Request, status: int) -> dict[str, str]:
        """What Prospector tells of its limit; GraphQL tells nothing."""
        if request.url.path == GRAPHQL_PATH:
            return {}
        return self._pace_of(request).headers(status)

    def _pace_of(self, request: Request) -> Pace:
        verifies = request.url.path.endswith("/verify-email")
        return self._verification_pace if verifies else self._pace


def _bound(port: int) -> socket.socket:
    # Declared as TCP: otherwise asyncio leaves Nagle on, and every answer waits 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _refused(error: RefusalError, *, graphql: bool = False, status: int | None = None) -> Response:
    if graphql:
        return JSONResponse(refusal(error), status or error.status)
    content = {"code": error.code, "message": str(error)}
    if error.details is not None:
        content["details"] = error.details
    return JSONResponse(content, error.status)


def _instead_of_an_answer(fault: str | None, *, graphql: bool) -> Response | None:
    """What a fault answers before anything is processed, or None. Raises for a plain status."""
    if fault == "401-gateway" and graphql:
        error = {"message": "Unauthorized", "extensions": {"status": int(HTTPStatus.UNAUTHORIZED)}}
        return JSONResponse({"data": None, "errors": [error]})
    if fault in ("401-gateway", "502-html"):
        status = HTTPStatus(int(fault[:3]))
        page = f"<html><h1>{status} {status.phrase}</h1></html>"
        return Response(page, status, media_type="text/html")
    if fault == "bad-json":
        return Response("<!doctype html>Welcome", media_type="application/json")
    if fault == "wrong-types":
        return JSONResponse({"data": [1, "x"]} if graphql else {"items": "no"})
    number = (fault or "").partition("-")[0]
    if number.isdigit():
        raise RefusalError(int(number))
    return None
