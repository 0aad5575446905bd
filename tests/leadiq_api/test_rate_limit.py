"""Never more than the limit in a minute, on a clock of the tests' own."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api import LeadIQClient, rate_limit
from leadiq_api.rate_limit import (
    LONGEST_PAUSE,
    WINDOW_SECONDS,
    RateLimiter,
    limiter_for,
    read_announced,
)
from leadiq_sandbox import Sandbox
from tests.leadiq_api.scripted_server import ACCOUNT, Script, serve


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(
    limit=st.integers(1, 12),
    pauses=st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=60),
)
def test_no_window_holds_more_than_the_limit(limit: int, pauses: list[float]) -> None:
    clock, starts = Clock(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limit, "time", clock)
        limiter = RateLimiter(limit)
        for pause in pauses:
            clock.now += pause
            assert limiter.acquire()
            starts.append(clock.now)
    for index in range(len(starts) - limit):
        assert starts[index + limit] - starts[index] >= WINDOW_SECONDS - 1e-6


def test_a_slot_that_comes_too_late_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", clock)
    limiter = RateLimiter(1)
    assert limiter.acquire()
    assert not limiter.acquire(latest=clock.now + WINDOW_SECONDS - 1)
    assert clock.now == 1000.0
    assert limiter.acquire(latest=clock.now + WINDOW_SECONDS)
    assert clock.now == 1000.0 + WINDOW_SECONDS


def test_threads_share_the_slots() -> None:
    limiter = RateLimiter(10_000)
    threads = [
        threading.Thread(target=lambda: [limiter.acquire() for _ in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limiter.slots_taken == 400


def test_clients_of_one_key_share_its_limiter(script: Script) -> None:
    script.answers = [(200, ACCOUNT)]
    limiter, other = (script.client(key)._transport.limiter for key in ("key-one", "key-two"))
    taken, taken_by_other = limiter.slots_taken, other.slots_taken
    for key in ("key-one", "a2V5LW9uZQ==", "key-two"):
        script.client(key).account()
    assert limiter.slots_taken - taken == 2
    assert other.slots_taken - taken_by_other == 1


def test_another_client_of_the_key_keeps_to_the_pause(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that opens does not end what Retry-After asks of a job that is running."""
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", clock)
    script.answers = [(200, ACCOUNT)]
    script.client("paused")._transport.limiter.heed({"Retry-After": "30"})
    script.client("paused").account()
    assert clock.now == 1030.0
    with serve(Script(answers=script.answers)) as elsewhere:
        elsewhere.client("paused").account()  # the limit is that of a server, too
    assert clock.now == 1030.0


def test_one_limiter_a_key() -> None:
    assert limiter_for("someone", 60) is limiter_for("someone", 30)
    assert limiter_for("someone", 60) is not limiter_for("someone else", 60)
    assert limiter_for("someone", 30).requests_per_minute == 30


@pytest.mark.parametrize(
    ("headers", "announced"),
    [
        ({}, (None, None)),
        ({"RateLimit": "limit=60, remaining=0, reset=30"}, (60, 30)),
        ({"ratelimit": "limit=10, remaining=3, reset=30"}, (10, None)),
        (
            {"ratelimit-policy": "10;w=60", "ratelimit": "limit=10, remaining=9, reset=60"},
            (10, None),
        ),
        ({"ratelimit-policy": "100;w=300"}, (20, None)),
        ({"ratelimit-policy": '"default";q=10;w=60', "ratelimit": '"default";r=0;t=7'}, (10, 7)),
        ({"Retry-After": "12"}, (None, 12)),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, (None, 0)),
        # Both by the server's clock: this machine's may be wrong.
        (
            {
                "Date": "Wed, 21 Oct 2015 07:27:30 GMT",
                "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            (None, 30),
        ),
        ({"Date": "yesterday", "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, (None, 0)),
        ({"Retry-After": "soon", "ratelimit": "nothing", "ratelimit-policy": "x"}, (None, None)),
        ({"ratelimit": "limit=0, remaining=0"}, (None, None)),
        ({"ratelimit-policy": "60;w=60, 50000;w=86400"}, (60, None)),
        ({"ratelimit-policy": '"hour";q=3000;w=3600, "burst";q=10;w=10'}, (60, None)),
        ({"ratelimit": f"limit={'9' * 400}, remaining=0, reset=30"}, (None, 30)),
        ({"Retry-After": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, (None, None)),
    ],
)
def test_what_headers_announce(headers: dict[str, str], announced: tuple[object, object]) -> None:
    assert read_announced(headers) == announced


def test_a_lower_limit_is_adopted_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", clock)
    limiter = RateLimiter(60)
    for _ in range(3):
        limiter.heed({"ratelimit-policy": "2;w=60"})
    assert limiter.requests_per_minute == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "LEADIQ_REQUESTS_PER_MINUTE=60" in caplog.text
    starts = []
    for _ in range(4):
        assert limiter.acquire()
        starts.append(clock.now - 1000.0)
    assert starts == [0, 0, WINDOW_SECONDS, WINDOW_SECONDS]
    limiter.heed({"ratelimit-policy": "6000;w=60"})
    assert limiter.requests_per_minute == 60


def test_requests_resume_when_the_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", clock)
    limiter = RateLimiter(60)
    limiter.heed({"ratelimit": "limit=60, remaining=0, reset=30"})
    assert not limiter.acquire(latest=clock.now + 29)
    assert limiter.acquire()
    assert clock.now == 1030.0
    limiter.heed({"retry-after": "86400"})
    assert limiter.acquire()
    assert clock.now == 1030.0 + LONGEST_PAUSE


def test_a_client_adopts_what_prospector_allows_its_key() -> None:
    with Sandbox(people=10, rpm=10, keys=["ten-a-minute"]) as sandbox:
        client = LeadIQClient(
            "ten-a-minute", graphql_url=sandbox.graphql_url, prospector_url=sandbox.url
        )
        assert client.requests_per_minute == 60
        client.whoami()
        assert client.requests_per_minute == 10


def test_another_client_of_the_key_keeps_to_what_was_announced() -> None:
    with Sandbox(people=10, rpm=10, keys=["ten-a-minute"]) as sandbox:

        def client(pace: int = 60) -> LeadIQClient:
            return LeadIQClient(
                "ten-a-minute",
                graphql_url=sandbox.graphql_url,
                prospector_url=sandbox.url,
                requests_per_minute=pace,
            )

        first = client()
        first.whoami()
        assert client().requests_per_minute == client(30).requests_per_minute == 10
        assert client(5).requests_per_minute == first.requests_per_minute == 5
        assert first.verifications_per_minute == 5
        client().verify_email("a@b.example")
        first._transport.limiter.heed({"ratelimit-policy": "30;w=60"})
        assert (first.requests_per_minute, first.verifications_per_minute) == (30, 10)


def test_the_verification_of_emails_has_a_pace_of_its_own(script: Script) -> None:
    script.answers = [(200, {"status": "Verified"})]
    client = script.client("verifies")
    general, verification = client._transport.limiter, client._transport.verification_limiter
    client.verify_prospect_email("a" * 24)
    assert (general.slots_taken, verification.slots_taken) == (0, 1)
