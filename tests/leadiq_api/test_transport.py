"""Connections that fail, answers that do not end, and what is retried."""

import gzip
import http.client
import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import urllib3

import leadiq_api as api
from leadiq_api import (
    ConnectError,
    LeadIQClient,
    LeadIQError,
    ServiceError,
    transport,
)
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.leadiq_api.scripted_server import ACCOUNT, KEY, Script, failure

LOST = (500, {"code": "X", "message": "Later."})


def serve_raw(listener: socket.socket, answer: bytes) -> None:
    """Answers every connection with these bytes."""
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(answer)


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_that_would_fill_the_memory_is_abandoned(
    monkeypatch: pytest.MonkeyPatch, packed: bool, status: int
) -> None:
    monkeypatch.setattr(transport, "MAX_BYTES", 1_000_000)
    body = b'{"data": "' + b" " * 5_000_000 + b'"}'
    encoding = "Content-Encoding: gzip\r\n" if packed else ""
    body = gzip.compress(body) if packed else body
    head = f"HTTP/1.1 {status} X\r\n{encoding}Content-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve_raw, args=(listener, head + body), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = LeadIQClient("key", graphql_url=url, prospector_url=url, deadline=0)
        for call in (read, paid, write, lambda client: client.export_list("0" * 24)):
            with pytest.raises(api.LeadIQError) as raised:
                call(client)
            kind = api.AuthenticationError if status == 401 else api.ServiceError
            assert type(raised.value) is kind
            assert raised.value.status == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, api.AuthenticationError),
        (429, api.RateLimitError),
        (502, api.ServiceError),
        (200, api.ServiceError),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        "Content-Length: 900\r\n\r\n<html>",
        "Transfer-Encoding: chunked\r\n\r\n900\r\n<html>",
        "Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\n<html>",
    ],
)
def test_a_refusal_whose_body_is_lost_is_a_refusal(status: int, kind: type, body: str) -> None:
    """Its status has arrived: 401 and 429 mean that nothing was done."""
    answer = f"HTTP/1.1 {status} X\r\n{body}".encode()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve_raw, args=(listener, answer), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = LeadIQClient("key", graphql_url=url, prospector_url=url, deadline=0)
        for call in (read, paid, write):
            with pytest.raises(api.LeadIQError) as raised:
                call(client)
            assert type(raised.value) is kind
            assert api.may_have_taken_effect(raised.value) == (kind is api.ServiceError)


def test_headers_that_trickle_in_are_abandoned() -> None:
    """Each byte starts the read timeout again; a limit of our own ends it."""
    ended = threading.Event()

    def trickle(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not ended.wait(0.05):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=trickle, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        client = LeadIQClient("key", graphql_url=url, timeout=(5.0, 0.3), deadline=0)
        started = time.monotonic()
        with pytest.raises(api.ServiceError):
            client.search_company({"name": "x"})
        assert time.monotonic() - started < 20
        ended.set()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://nobody.invalid", "https://{self}"])
def test_what_had_no_connection_was_not_sent(script: Script, url: str) -> None:
    """Nobody listens, no such host, and a server whose TLS nobody can trust."""
    url = url.format(self=script.url.removeprefix("http://"))
    client = LeadIQClient("key", graphql_url=url, prospector_url=url, deadline=0)
    for call in (paid, read, write):
        with pytest.raises(api.ConnectError) as raised:
            call(client)
        assert not api.may_have_taken_effect(raised.value)
    assert script.requests == []


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_hold_was_not_sent(script: Script, number: float) -> None:
    script.answers = [FOUND]
    with pytest.raises(api.InvalidRequestError, match="number") as raised:
        script.client().search_people({"minConfidence": number}, data_points={"email"})
    assert not api.may_have_taken_effect(raised.value)
    assert script.requests == []


def test_a_refused_connection_is_not_retried_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that only pauses move: however loaded the machine is."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    clock = SimpleNamespace(monotonic=lambda: now, sleep=sleep)
    monkeypatch.setattr(transport, "time", clock)
    client = LeadIQClient("key", graphql_url="http://127.0.0.1:9", deadline=20)
    with pytest.raises(api.ConnectError):
        read(client)
    assert 0 < now <= 1.5


def paid(client: LeadIQClient) -> Any:
    return client.search_people({"id": "x"}, data_points={"email"})


def read(client: LeadIQClient) -> Any:
    return client.account()


def write(client: LeadIQClient) -> Any:
    return client.create_list("x")


FOUND = (200, {"data": {"searchPeople": {"totalResults": 0, "hasMore": False, "results": []}}})
MADE = (201, {"id": "0" * 24, "name": "x"})
ANSWERS = {paid: FOUND, read: (200, ACCOUNT), write: MADE}


@pytest.mark.parametrize("call", [paid, read, write])
def test_429_is_always_retried(script: Script, call: Any) -> None:
    script.answers = [(429, failure(429)), (429, {"message": "slow"}), ANSWERS[call]]
    call(script.client(deadline=5))
    assert len(script.requests) == 3


@pytest.mark.parametrize(("call", "sent"), [(paid, 1), (read, 3), (write, 1)])
def test_what_may_have_been_processed_is_retried_only_if_it_is_free(
    script: Script, call: Any, sent: int
) -> None:
    script.answers = [LOST, (502, "<html>"), ANSWERS[call]]
    client = script.client(deadline=5)
    if sent == 1:
        with pytest.raises(api.ServiceError):
            call(client)
    else:
        call(client)
    assert len(script.requests) == sent


@pytest.mark.parametrize("status", [400, 401, 402, 404, 409])
def test_a_refusal_is_not_retried(script: Script, status: int) -> None:
    script.answers = [(status, {"message": "no"})]
    with pytest.raises(api.LeadIQError):
        script.client().account()
    assert len(script.requests) == 1


def test_a_rate_limit_is_raised_after_the_deadline_and_each_try_takes_a_slot(
    script: Script,
) -> None:
    script.answers = [(429, failure(429))]
    client = script.client(deadline=0.3)
    limiter = client._transport.limiter
    before = limiter.slots_taken
    with pytest.raises(api.RateLimitError):
        paid(client)
    assert len(script.requests) >= 3
    assert limiter.slots_taken - before == len(script.requests)


def test_a_redirect_is_not_followed(script: Script) -> None:
    script.answers = [(307, "")]
    with pytest.raises(LeadIQError) as refused:
        script.client().search_company({"name": "x"})
    assert refused.value.status == 307
    assert len(script.requests) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_urllib3_still_takes_the_guarded_connections(scheme: str) -> None:
    """``pool_classes_by_scheme`` is not documented: without it, nothing would be guarded."""
    assert set(urllib3.PoolManager().pool_classes_by_scheme) == {"http", "https"}
    adapter = transport._GuardedAdapter()
    pool = adapter.poolmanager.connection_from_url(f"{scheme}://127.0.0.1")
    assert issubclass(pool.ConnectionCls, transport._GuardedConnection)
    assert isinstance(pool.ConnectionCls("127.0.0.1"), urllib3.connection.HTTPConnection)
    manager = adapter.get_connection_with_tls_context(
        requests.Request("GET", f"{scheme}://127.0.0.1").prepare(), verify=True
    )
    assert issubclass(manager.ConnectionCls, transport._GuardedConnection)


def test_connections_through_a_proxy_are_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = transport._GuardedAdapter().proxy_manager_for("http://127.0.0.1:9")
    pool = manager.connection_from_url("https://leadiq.example")
    assert issubclass(pool.ConnectionCls, transport._GuardedConnection)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing listens there
    client = LeadIQClient(KEY, graphql_url="https://leadiq.example/graphql", deadline=0)
    with pytest.raises(ConnectError):
        client.search_company({"name": "x"})


def test_a_verification_is_waited_for_longer() -> None:
    with Sandbox(people=20, latency_ms=600) as sandbox:
        client = client_of(sandbox, timeout=(1, 0.1))
        assert client.verify_email("a@b.example")
        with pytest.raises(ServiceError, match="too long"):
            client.search_company({"name": "x"})


def test_only_a_guarded_connection_prints_no_headers(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``http.client``'s ``debuglevel`` prints what is sent; once it does not, drop the guard."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    script.answers = [(200, ACCOUNT)]
    requests.post(f"{script.url}/graphql", headers={"X-Secret": "shown"}, json={}, timeout=60)
    assert "X-Secret: shown" in capsys.readouterr().out
    script.client().account()
    assert capsys.readouterr().out == ""
