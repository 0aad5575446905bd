"""Never more than the limit in a minute, whoever asks, on a clock of our own."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api import LeadIQClient, rate_limit
from leadiq_api.rate_limit import WINDOW_SECONDS, RateLimiter, limiter_for


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
    for place in range(len(starts) - limit):
        assert starts[place + limit] - starts[place] >= WINDOW_SECONDS - 1e-6


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
    assert len(limiter._starts) == 400


def test_one_limiter_a_key() -> None:
    url = {"graphql_url": "http://127.0.0.1:9/graphql"}
    one, two = LeadIQClient("key-one", **url), LeadIQClient("a2V5LW9uZQ==", **url)
    other = LeadIQClient("key-two", **url)
    assert one._transport._limiter is two._transport._limiter
    assert one._transport._limiter is not other._transport._limiter
    assert limiter_for("someone", 60) is limiter_for("someone", 30)
    assert limiter_for("someone", 30).requests_per_minute == 30


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        LeadIQClient("key", requests_per_minute=0)
