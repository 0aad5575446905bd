"""Bodies that cannot be read: refused as the contract says, after the key, and on the record."""

import logging
import socket
import time

import pytest
import requests

from leadiq_sandbox import Sandbox

LIST = "0" * 24
PATHS = {
    "/graphql": 400,
    "/v1/lists": 400,
    f"/v1/lists/{LIST}/prospects": 422,
    f"/v1/lists/{LIST}/prospects/batch": 400,
    "/v1/prospects": 400,
}
JSON = "application/json"
UNREADABLE = {
    "no JSON": (b"{", JSON, None),
    "half a character": (b'"\xff"', JSON, None),
    "a form": (b"name=x", "application/x-www-form-urlencoded", None),
    "JSON as text": (b'{"name": "x"}', "text/plain", None),
    "too large": (b" " * 1_000_001, JSON, 413),
}


def post(sandbox: Sandbox, path: str, body: bytes, kind: str | None, key: str) -> requests.Response:
    encoded = {sandbox.decoded_key: sandbox.api_key}.get(key, key)
    headers = {"Authorization": f"Basic {encoded}", "X-API-Key": key}
    headers |= {"Content-Type": kind} if kind else {}
    return requests.post(sandbox.url + path, data=body, headers=headers, timeout=60)


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_cannot_be_read_is_refused(path: str, name: str) -> None:
    body, kind, status = UNREADABLE[name]
    with Sandbox(people=10) as sandbox:
        answer = post(sandbox, path, body, kind, sandbox.decoded_key)
        assert answer.status_code == (status or PATHS[path])
        refused = answer.json()
        if path == "/graphql":
            assert refused["data"] is None
            extensions = refused["errors"][0]["extensions"]
            assert extensions["response"]["status"] == answer.status_code
        else:
            assert {"code", "message"} <= {*refused}
            assert answer.headers["ratelimit-policy"] == "60;w=60"
        assert [(seen.path, seen.status) for seen in sandbox.requests] == [
            (path, answer.status_code)
        ]


@pytest.mark.parametrize("name", UNREADABLE)
def test_without_the_key_it_is_not_looked_at(name: str) -> None:
    body, kind, _ = UNREADABLE[name]
    with Sandbox(people=10) as sandbox:
        assert post(sandbox, "/v1/lists", body, kind, "wrong").status_code == 401
        answer = post(sandbox, "/graphql", body, kind, "wrong")
        assert answer.json()["errors"][0]["extensions"]["response"]["status"] == 401


def test_json_of_any_kind_is_read(sandbox: Sandbox) -> None:
    for kind in (JSON, "application/json; charset=utf-8", "application/graphql+json", None):
        body = b'{"query": "{ account { plans { name } } }"}'
        answer = post(sandbox, "/graphql", body, kind, sandbox.decoded_key)
        assert answer.json()["data"]["account"]


def test_a_body_that_is_cut_is_no_crash(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"
    with caplog.at_level(logging.WARNING):
        port = int(sandbox.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(head.encode())
        latest = time.monotonic() + 60
        while not sandbox.requests and time.monotonic() < latest:
            time.sleep(0.01)
    assert [record.name for record in caplog.records] in ([], ["leadiq_sandbox"])
    assert len(sandbox.requests) == 1
