"""The server answers to its own names and pages only; nothing runs before that."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from dashboard.server.hosts import HostGuard
from tests.dashboard.server.driver import STREAM, App, handshake, send

FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:8501",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "127.0.0.1@evil.example",
    "evil.example#127.0.0.1",
    "localhost.",
    "127.0.0.1:port",
    "[::1].evil.example",
    "0.0.0.0",  # noqa: S104
    "console.evil.example",
    "x.console.acme.example",
    "*",
    "",
)
PATHS = (
    "/",
    "/usage",
    "/no-such-page",
    "/health",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/upload_file/a/b",
    "/media/none.csv",
    "/static/none.js",
    "/component/none/none.js",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/a/%2e%2e/%2e%2e/etc/passwd",
    STREAM,
)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused_before_anything_runs(app: App, host: str) -> None:
    for path in PATHS:
        for method in ("GET", "HEAD", "PUT", "OPTIONS"):
            assert send(app, path, {"Host": host}, method).status in (400, 421), path
    assert handshake(app, {"Host": host, "Origin": f"http://{host}"}).status in (400, 421)
    assert app.server.requests == []
    assert not list(app.home.rglob("ledger.db"))


def test_own_names_are_served(app: App) -> None:
    port = app.host.partition(":")[2]
    for name in ("127.0.0.1", "localhost", "LocalHost", "[::1]"):
        for host in (name, f"{name}:{port}"):
            assert send(app, "/_stcore/health", {"Host": host}).status == 200
            assert send(app, "/health", {"Host": host}).status == 200
            assert handshake(app, {"Host": host, "Origin": f"http://{host}"}).status == 101


def test_a_proxy_s_name_is_served_if_it_is_configured(app: App) -> None:
    expected = 101 if app.signs_in else 421
    for host in ("console.acme.example", "Console.Acme.Example:443"):
        headers = {"Host": host, "Origin": f"https://{host}"}
        assert handshake(app, headers).status == expected


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "file://", "", "x"],
)
def test_a_foreign_origin_is_refused(app: App, origin: str) -> None:
    assert handshake(app, {"Origin": origin}).status == 403
    for path in PATHS:
        assert send(app, path, {"Origin": origin}).status == 403
    assert app.server.requests == []


def test_a_tab_that_waits_for_the_server_keeps_no_connection(app: App) -> None:
    """It asks each second: over one connection, a server that stops would wait for it for ever."""
    for path in ("/_stcore/health", "/_stcore/host-config"):
        answer = send(app, path)
        assert answer.status == 200
        assert answer.headers["connection"] == "close"
    assert "connection" not in send(app, "/").headers


def test_every_response_says_what_a_browser_may_do_with_it(app: App) -> None:
    answers = [send(app, path) for path in PATHS]
    answers += [send(app, "/", method=method) for method in ("HEAD", "POST", "OPTIONS")]
    answers += [send(app, "/", {"Host": "evil.example"}), send(app, "/", {"Origin": "null"})]
    answers += [handshake(app, {}), handshake(app, {"Origin": "null"})]
    assert {200, 403, 421, 101} <= {answer.status for answer in answers}
    for answer in answers:
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("address", "setting", "status"),
    [
        ("192.0.2.2", {}, 403),
        ("2001:db8::2", {}, 403),
        ("::ffff:192.0.2.2", {}, 403),
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("192.0.2.2", {"LEADIQ_API_KEY": ""}, 200),
        ("192.0.2.2", {"LEADIQ_ALLOW_WITHOUT_SIGN_IN": "1"}, 200),
        # Its page says more.
        ("192.0.2.2", {"LEADIQ_ALLOWED_HOSTS": "console.acme.example"}, 200),
    ],
)
def test_a_server_that_is_reached_from_elsewhere_does_not_lend_its_key(
    monkeypatch: pytest.MonkeyPatch, address: str, setting: dict[str, str], status: int
) -> None:
    """``uvicorn app:app --host 0.0.0.0``, of which Streamlit's own settings say nothing."""
    for name, value in {"LEADIQ_API_KEY": "key", **setting}.items():
        monkeypatch.setenv(name, value)
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "server": (address, 8501)}
    scope["headers"] = [(b"host", b"127.0.0.1:8501")]
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def keep(message: Message) -> None:
        sent.append(message)

    asyncio.run(HostGuard(PlainTextResponse("a page"))(scope, receive, keep))
    assert sent[0]["status"] == status
