"""The sandbox answers its own machine only, asked for by one of that machine's own names."""

import socket

import pytest

from leadiq_sandbox import Sandbox

PATHS = ("/v1/whoami", "/v1/lists", "/no-such-path", "/graphql")


def status(sandbox: Sandbox, *lines: str) -> int:
    """The status of an answer to a request written by hand."""
    port = int(sandbox.url.rpartition(":")[2])
    key = f"X-API-Key: {sandbox.decoded_key}"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, key, "Connection: close", "", ""]).encode())
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "localhost.evil.example",
     "localhost@evil.example", "localhost:1@evil.example", "localhost:evil.example", "localhost:",
     "0.0.0.0", "127.0.0.2", "[::]", "192.168.1.1", "localhost, evil.example",  # noqa: S104
     "evil.example/127.0.0.1", "127.0.0.1\tevil"],
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
