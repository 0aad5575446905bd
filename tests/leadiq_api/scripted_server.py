"""A scripted server: it records what arrives and gives the answers of its script."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from leadiq_api import LeadIQClient

KEY = "c2VjcmV0LWtleTo="  # "secret-key:" in Base64
DECODED = "secret-key:"


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Script:
    """The answers to give in order, the last one repeatedly, and the requests that came.

    An answer is (status, body), or a function from the request to that. A string body is sent as
    it is, anything else as JSON.
    """

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def client(self, key: str = KEY, **options: Any) -> LeadIQClient:
        options = {"timeout": (5.0, 10.0), "deadline": 0.25, "requests_per_minute": 6000} | options
        graphql, prospector = f"{self.url}/graphql", self.url
        return LeadIQClient(key, graphql_url=graphql, prospector_url=prospector, **options)

    def answer(self, request: Request) -> tuple[int, Any]:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request) if callable(answer) else answer


@contextmanager
def serve(script: Script) -> Iterator[Script]:
    """Runs the server of ``script`` on a free port of the loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(script.answer)) as server:
        script.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield script
        server.shutdown()


def _handler(answer: Callable[[Request], tuple[int, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            request = Request(
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(content) if content else None,
            )
            status, body = answer(request)
            out = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Type", "text/csv" if body is out else "application/json")
            self.send_header("Content-Length", str(len(out.encode())))
            self.end_headers()
            self.wfile.write(out.encode())

        do_GET = do_POST = _handle  # noqa: N815  http.server looks for these names

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


ACCOUNT = {"data": {"account": {"plans": [], "dataHubPlan": None, "universalPlan": None}}}


def failure(
    status: Any = None, *, code: str | None = None, path: Any = None, data: Any = None
) -> Any:
    """A GraphQL answer with one error."""
    extensions: dict[str, Any] = {}
    if status is not None:
        extensions["response"] = {"status": status}
    if code:
        extensions["code"] = code
    error = {"message": "No.", "extensions": extensions} | ({"path": path} if path else {})
    return {"data": data, "errors": [error]}
