"""The server answers its own machine only, for its key; it can be slow, and logs its requests."""

import base64
import json
import logging
import socket
import time
from collections.abc import Iterator

import pytest
import requests
from uvicorn.protocols.http import h11_impl

from leadiq_api import AuthenticationError, LeadIQClient, ServiceError
from leadiq_sandbox import Sandbox
from leadiq_sandbox.broken import ConnectionProtocol
from leadiq_sandbox.logs import JsonFormatter
from tests.conftest import client_of

PATHS = ("/v1/whoami", "/v1/lists", "/no-such-path", "/graphql")


def status(sandbox: Sandbox, *lines: str) -> int:
    """The status of an answer to a request written by hand."""
    port = int(sandbox.url.rpartition(":")[2])
    key = f"X-API-Key: {sandbox.decoded_key}"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, key, "Connection: close", "", ""]).encode())
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "localhost:1@evil.example",
        "localhost:evil.example",
        "localhost:",
        "0.0.0.0",  # noqa: S104
        "127.0.0.2",
        "[::]",
        "192.168.1.1",
        "localhost, evil.example",
        "evil.example/127.0.0.1",
        "127.0.0.1\tevil",
    ],
)
def test_a_foreign_name_is_refused(sandbox: Sandbox, host: str) -> None:
    for path in PATHS:
        for version in ("1.1", "1.0"):
            request = (f"GET {path} HTTP/{version}", f"Host: {host}")
            assert status(sandbox, *request) in (400, 421), (path, version)
    assert sandbox.requests == []


def test_no_name_or_two_are_refused(sandbox: Sandbox) -> None:
    path = "/v1/whoami"
    assert status(sandbox, f"GET {path} HTTP/1.1") == 400
    assert status(sandbox, f"GET {path} HTTP/1.0") == 421
    for hosts in (("evil.example", "127.0.0.1"), ("127.0.0.1", "evil.example")):
        two = [f"Host: {host}" for host in hosts]
        assert status(sandbox, f"GET {path} HTTP/1.1", *two) == 400
    foreign = ("Host: evil.example", "X-Forwarded-Host: 127.0.0.1")
    assert status(sandbox, f"GET {path} HTTP/1.1", *foreign) == 421
    assert sandbox.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost:8787", "[::1]:8787"])
def test_an_own_name_is_answered(sandbox: Sandbox, host: str) -> None:
    assert status(sandbox, "GET /v1/whoami HTTP/1.1", f"Host: {host}") == 200


def test_other_machines_find_nobody(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
        try:
            route.connect(("192.0.2.1", 9))  # sends nothing; tells this machine's own address
        except OSError:
            pytest.skip("this machine has no address but the loopback's")
        own = route.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no address but the loopback's")
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection((own, port), timeout=5)


def test_a_foreign_host_is_refused(sandbox: Sandbox) -> None:
    for host, status in (
        ("evil.example", 421),
        ("127.0.0.1.evil.example:80", 421),
        ("localhost", 200),
    ):
        answer = requests.get(
            f"{sandbox.url}/v1/whoami",
            timeout=60,
            headers={"Host": host, "X-API-Key": sandbox.decoded_key},
        )
        assert answer.status_code == status


def test_the_key_in_the_wrong_form_is_refused(server) -> None:
    decoded = base64.b64decode(server.api_key).decode()
    wrong = requests.post(
        server.graphql_url,
        json={"query": "{ account { plans { name } } }"},
        headers={"Authorization": f"Basic {decoded}"},
        timeout=60,
    )
    assert wrong.status_code == 200
    assert wrong.json()["errors"][0]["extensions"]["response"]["status"] == 401
    rest = requests.get(
        f"{server.url}/v1/whoami", headers={"X-API-Key": server.api_key}, timeout=60
    )
    assert (rest.status_code, rest.json()["code"]) == (401, "UNAUTHORIZED")


def test_refusals_come_as_http_too() -> None:
    with Sandbox(people=10, http_errors=True, rpm=0) as sandbox:
        client = LeadIQClient("wrong-key", graphql_url=sandbox.graphql_url)
        answer = requests.post(
            sandbox.graphql_url, json={"query": "{ account { plans { name } } }"}, timeout=60
        )
        assert answer.status_code == 401
        with pytest.raises(AuthenticationError):
            client.account()
    with pytest.raises(ServiceError):
        LeadIQClient("k", graphql_url=sandbox.graphql_url, deadline=0).account()


def test_the_latency_can_be_changed_while_it_runs(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    client.whoami()
    assert sandbox.latency == 0
    sandbox.latency = 0.3
    started = time.monotonic()
    client.whoami()
    assert time.monotonic() - started >= 0.3


def test_a_handler_still_reaches_its_connection() -> None:
    """uvicorn's h11 module is private: without ``app_state`` no fault could cut a connection."""
    assert issubclass(ConnectionProtocol, h11_impl.H11Protocol)
    with Sandbox(people=10, rpm=0, faults=["reset:1"]) as sandbox:
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{sandbox.url}/v1/whoami", timeout=60)
        assert [seen.status for seen in sandbox.requests] == [None]


class Recorder(logging.Handler):
    """Keeps the records that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """Everything that the sandbox logs, at DEBUG."""
    logger, recorder = logging.getLogger("leadiq_sandbox"), Recorder()
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(recorder)
    yield recorder.records
    logger.removeHandler(recorder)
    logger.setLevel(level)


def test_each_request_is_one_record(sandbox: Sandbox, records: list[logging.LogRecord]) -> None:
    client = client_of(sandbox, deadline=0)
    list_id = client.create_list("Secret pilots")["id"]
    client.prospects(email="ada@engine.example")
    client.search_people_preview({"email": "ada@engine.example"})
    sandbox.faults.choose(["500:1"])
    with pytest.raises(ServiceError):
        client.list(list_id)
    sandbox.faults.choose(["reset:1"])
    with pytest.raises(ServiceError):
        client.account()
    sandbox.faults.choose([])
    requests.get(f"{sandbox.url}/secret-path", timeout=60)
    rows = [(record.operation, record.status, record.fault) for record in records]
    assert rows == [
        ("POST /v1/lists", 201, None),
        ("GET /v1/prospects", 200, None),
        ("searchPeoplePreview", 200, None),
        ("GET /v1/lists/{list_id}", 500, "500"),
        ("account", None, "reset"),
        ("no such path", 401, None),
    ]
    levels = [record.levelname for record in records]
    assert levels == ["INFO"] * 3 + ["WARNING"] * 3
    assert all(0 <= record.milliseconds < 60_000 for record in records)
    texts = [text for r in records for text in (repr(vars(r)), JsonFormatter().format(r))]
    for secret in (sandbox.api_key, sandbox.decoded_key, list_id, "engine", "ecret"):
        assert not [text for text in texts if secret in text], secret
    line = json.loads(JsonFormatter().format(records[3]))
    assert (line["level"], line["operation"], line["status"], line["fault"]) == (
        "warning",
        "GET /v1/lists/{list_id}",
        500,
        "500",
    )
