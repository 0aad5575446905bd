"""The server: HTTP around the two surfaces, with keys, pace, latency and faults."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from leadiq_sandbox.errors import Refused
from leadiq_sandbox.faults import Faults
from leadiq_sandbox.graphql_api import GraphqlApi, refusal
from leadiq_sandbox.prospector import ID, Prospector
from leadiq_sandbox.search import Index
from leadiq_sandbox.store import Store
from leadiq_sandbox.world import World

HOST = "127.0.0.1"
HOST_NAMES = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)
MOST_BODY = 1_000_000  # bytes; more is a 413
KEY = "leadiq-sandbox-key"  # decoded; whoever can reach the loopback may have it
DEFAULT_SEED = 20260813
PEOPLE_PER_COMPANY = 50 / 3
DRIP_SECONDS = 0.2  # between two bytes


class _Protocol(H11Protocol):
    """Lets a handler reach its connection, so that a fault can really cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


@dataclass(frozen=True)
class Seen:
    """One request as it came in; ``operation`` is the first field of a GraphQL document."""

    method: str
    path: str
    operation: str | None
    status: int | None  # None where the connection was cut


class Sandbox:
    """A LeadIQ-compatible server on loopback, in a thread of this process.

    ``credits`` in UC; ``rpm`` requests a minute and key, 0 for no limit; ``faults`` as
    ``KIND:EVERY_NTH``; ``db`` a SQLite file that keeps credits and lists, or None for memory;
    ``http_errors`` answers GraphQL refusals with their HTTP status instead of a 200; ``keys`` are
    accepted in place of its own, decoded: colleagues' keys, of one account; without ``job_changes``
    the account has no access to them; ``max_aliases`` refuses documents with more;
    ``always_deduct`` charges again what was unlocked before. Raises ``OSError`` when started on a
    taken port, ``UnknownFault`` for a fault it does not have.
    """

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
        always_deduct: bool = False,
        seed: int = DEFAULT_SEED,
        keys: Sequence[str] = (KEY,),
    ) -> None:
        self._port, self._latency, self._rpm = port, latency_ms / 1000, rpm
        self._http_errors = http_errors
        self._keys = {key: base64.b64encode(key.encode()).decode() for key in keys}
        self.decoded_key = keys[0]
        self.api_key = self._keys[self.decoded_key]
        self.faults = Faults()
        self.faults.choose(faults)
        self.requests: list[Seen] = []
        self.refused = 0  # requests beyond the pace
        self.world = World(people, max(1, round(people / PEOPLE_PER_COMPANY)), seed)
        self.store = Store(
            Path(db) if db else None, Decimal(str(credits)), always_deduct=always_deduct
        )
        self.prospector = Prospector(self.world, self.store)
        self.graphql = GraphqlApi(
            self.world,
            Index(self.world),
            self.store,
            self.prospector,
            job_changes=job_changes,
        )
        self.graphql.max_aliases = max_aliases
        self._arrivals: deque[float] = deque()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    # Running ---------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://{HOST}:{self._port}"

    @property
    def graphql_url(self) -> str:
        """The GraphQL endpoint."""
        return f"{self.url}/graphql"

    @property
    def prospector_url(self) -> str:
        """The base of the Prospector paths, ``/v1`` and the guide's."""
        return self.url

    def start(self) -> Sandbox:
        """Begins to listen; comes back when it does."""
        # Named TCP, or asyncio leaves Nagle on and every answer waits 40 ms.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, self._port))
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        # No logging set up: uvicorn's loggers belong to the process, and Streamlit uses them.
        config = uvicorn.Config(
            self._app(),
            http=_Protocol,
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
        """Ends the server and gives the file back."""
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
        p = self.prospector

        async def graphql(request: Request) -> Response:
            return await self._handle(request, self._answer_graphql)

        def rest(call: Any) -> Any:
            async def endpoint(request: Request) -> Response:
                return await self._handle(request, lambda *args: self._answer_rest(call, *args))

            return endpoint

        operations = [
            ("POST", "/lists", lambda r, b: (201, p.create_list(b))),
            ("GET", "/lists", lambda r, b: (200, p.lists(r.query_params))),
            ("GET", "/lists/{list_id}", lambda r, b: (200, p.list(_id(r, "list_id")))),
            ("GET", "/lists/{list_id}/prospects",
             lambda r, b: (200, p.list_prospects(_id(r, "list_id"), r.query_params))),
            ("POST", "/lists/{list_id}/prospects",
             lambda r, b: (201, p.create_prospect(b, _id(r, "list_id"), invalid=422))),
            ("POST", "/lists/{list_id}/prospects/batch",
             lambda r, b: (200, p.create_batch(b, _id(r, "list_id")))),
            ("POST", "/lists/{list_id}/prospects/{prospect_id}",
             lambda r, b: (200, p.attach(_id(r, "list_id", 400), _id(r, "prospect_id", 400)))),
            ("GET", "/prospects", lambda r, b: (200, p.prospects(r.query_params))),
            ("POST", "/prospects", lambda r, b: (201, p.create_prospect(b, None, invalid=400))),
            ("GET", "/prospects/{prospect_id}",
             lambda r, b: (200, p.prospect(_id(r, "prospect_id", 400)))),
            ("POST", "/prospects/{prospect_id}/verify-email",
             lambda r, b: (200, p.verify_prospect(_id(r, "prospect_id", 400)))),
            ("POST", "/prospects/{prospect_id}/export/salesforce",
             lambda r, b: p.export_to_salesforce(_id(r, "prospect_id", 400), b)),
            ("GET", "/verify-email", lambda r, b: (200, p.verify_email(r.query_params))),
            ("GET", "/whoami", lambda r, b: (200, p.whoami())),
        ]  # fmt: skip
        routes = [Route("/graphql", graphql, methods=["POST"])]
        for prefix in ("/v1", ""):
            routes += [
                Route(prefix + path, rest(call), methods=[method])
                for method, path, call in operations
            ]
        # The guide's own operation; the live service has it under no path.
        export = rest(lambda r, b: (200, p.export(_id(r, "list_id"))))
        routes.append(Route("/lists/{list_id}/export", export, methods=["GET"]))

        async def no_such_path(request: Request, error: Exception) -> Response:
            refused = Refused(getattr(error, "status_code", 404), "No such path or method")
            return await self._handle(request, lambda *_: _refused(refused))

        return Starlette(routes=routes, exception_handlers={404: no_such_path, 405: no_such_path})

    async def _handle(self, request: Request, answer: Any) -> Response:
        """One request from its arrival to its answer, or to the lack of one."""
        try:
            self._check_host(request)
            body = await self._body(request)
        except Refused as error:
            return _refused(error)
        graphql = request.url.path == "/graphql"
        free = graphql and self.graphql.is_introspection(body)
        fault = None
        if not free:
            write = self.graphql.is_mutation(body) if graphql else request.method == "POST"
            fault = self.faults.due(graphql=graphql, write=write)
        if self._latency:
            await asyncio.sleep(self._latency)
        transport: asyncio.Transport = request.scope["state"]["transport"]
        response = None
        if fault == "hang":
            while not await request.is_disconnected():
                await asyncio.sleep(0.05)
        elif fault == "reset":
            transport.abort()
        else:
            response = self._respond(request, body, answer, fault, free=free, graphql=graphql)
            if fault in ("lost", "lost-paid"):
                transport.abort()
                response = None
        operation = self.graphql.field(body) if graphql else None
        seen = Seen(request.method, request.url.path, operation, response and response.status_code)
        self.requests.append(seen)
        if response is None or fault in ("truncated", "drip"):
            return _Broken(response, transport, slowly=fault == "drip")
        return response

    def _respond(
        self,
        request: Request,
        body: Any,
        answer: Any,
        fault: str | None,
        *,
        free: bool,
        graphql: bool,
    ) -> Response:
        try:
            if not free:
                self._check_key(request, graphql=graphql)
                self._check_pace()
            if fault and fault[:3].isdigit() and fault != "502-html":
                raise Refused(int(fault[:3]))
            if fault == "502-html":
                return Response(
                    "<html><h1>502 Bad Gateway</h1></html>", 502, media_type="text/html"
                )
            if fault == "bad-json":
                return Response("<!doctype html>Welcome", media_type="application/json")
            if fault == "wrong-types":
                return JSONResponse({"data": [1, "x"]} if graphql else {"items": "no"})
            if fault == "one-of-many":
                return JSONResponse(self.graphql.answer(body, fail_one=True))
            response: Response = answer(request, body)
            return _partial(response) if fault == "partial" else response
        except Refused as error:
            enveloped = graphql and not self._http_errors and not (fault or "").isdigit()
            return _refused(error, graphql=graphql, status=200 if enveloped else None)

    def _answer_graphql(self, _: Request, body: Any) -> Response:
        answer = self.graphql.answer(body)
        status = 200
        if self._http_errors and answer.get("errors") and not answer.get("data"):
            status = answer["errors"][0]["extensions"]["response"]["status"]
        return JSONResponse(answer, status)

    @staticmethod
    def _answer_rest(call: Any, request: Request, body: Any) -> Response:
        status, content = call(request, body)
        if isinstance(content, str):
            return Response(content, status, media_type="text/csv")
        return JSONResponse(content, status)

    # Refusing --------------------------------------------------------------------------------

    @staticmethod
    def _check_host(request: Request) -> None:
        """A page of another site must not reach this server through a name of its own."""
        if not HOST_NAMES.fullmatch(request.headers.get("host", "")):
            raise Refused(421, "This server answers to its own machine only")

    @staticmethod
    async def _body(request: Request) -> Any:
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > MOST_BODY:
                raise Refused(413, "The body is too large")
        if not content:
            return None
        try:
            return json.loads(content)
        except ValueError:
            raise Refused(400, "The body is not JSON") from None

    def _check_key(self, request: Request, *, graphql: bool) -> None:
        if graphql:
            right = request.headers.get("authorization") in [
                f"Basic {encoded}" for encoded in self._keys.values()
            ]
        else:
            right = request.headers.get("x-api-key") in self._keys
        if not right:
            raise Refused(401)

    def _check_pace(self) -> None:
        """At most ``rpm`` requests in any 60 seconds; a refused one does not count."""
        if not self._rpm:
            return
        now = time.monotonic()
        while self._arrivals and self._arrivals[0] <= now - 60:
            self._arrivals.popleft()
        if len(self._arrivals) >= self._rpm:
            self.refused += 1
            raise Refused(429)
        self._arrivals.append(now)


class _Broken(Response):
    """An answer that does not arrive as it should: none, half of it, or a byte at a time."""

    def __init__(
        self, whole: Response | None, transport: asyncio.Transport, *, slowly: bool
    ) -> None:
        super().__init__()
        self._whole, self._transport, self._slowly = whole, transport, slowly

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._whole is None:
            while not self._transport.is_closing():
                await asyncio.sleep(0.01)
            await receive()  # the disconnection: the server is not to complain of silence
            return
        content = bytes(self._whole.body)
        start = {
            "type": "http.response.start",
            "status": self._whole.status_code,
            "headers": self._whole.raw_headers,
        }
        await send(start)
        if self._slowly:
            for place in range(len(content)):
                byte = content[place : place + 1]
                await send({"type": "http.response.body", "body": byte, "more_body": True})
                await asyncio.sleep(DRIP_SECONDS)
                if self._transport.is_closing():  # nobody waits any more
                    await receive()
                    return
            await send({"type": "http.response.body", "body": b""})
            return
        half = content[: len(content) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._transport.close()


def _refused(error: Refused, *, graphql: bool = False, status: int | None = None) -> Response:
    if graphql:
        return JSONResponse(refusal(error), status or error.status)
    told = {"code": error.code, "message": str(error)}
    if error.details is not None:
        told["details"] = error.details
    return JSONResponse(told, error.status)


def _partial(response: Response) -> Response:
    """The answer with one of its nullable fields failed."""
    answer = json.loads(bytes(response.body))
    data = answer.get("data") or {}
    path: list[str | int] = []
    for name, value in data.items():
        inside = value.values() if isinstance(value, dict) else ()
        rows = next((rows for rows in inside if isinstance(rows, list)), [])
        for field in ("location", "locationInfo", "title"):
            if not path and rows and field in rows[0]:
                rows[0][field] = None
                path = [name, next(k for k, v in value.items() if v is rows), 0, field]
    extensions = {"code": "INTERNAL_ERROR", "response": {"status": 500}}
    error = {"message": "Part of the answer is missing", "path": path or [*data][:1]}
    return JSONResponse({**answer, "errors": [{**error, "extensions": extensions}]})


def _id(request: Request, name: str, malformed: int = 404) -> str:
    value: str = request.path_params[name]
    if not ID.fullmatch(value):
        raise Refused(malformed, f"{name} must be 24 hex digits")
    return value.lower()
