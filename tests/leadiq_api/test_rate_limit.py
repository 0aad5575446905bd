"""Never more than the limit in a minute, whoever asks, on a clock of the tests' own."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api import ApiKey, rate_limit
from leadiq_api.rate_limit import WINDOW_SECONDS, RateLimiter, limiter_for
from tests.leadiq_api.scripted_server import ACCOUNT, Script


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
    limiter = limiter_for(ApiKey("key-one").fingerprint, 6000)
    other = limiter_for(ApiKey("key-two").fingerprint, 6000)
    taken, taken_by_other = limiter.slots_taken, other.slots_taken
    for key in ("key-one", "a2V5LW9uZQ==", "key-two"):
        script.client(key).account()
    assert limiter.slots_taken - taken == 2
    assert other.slots_taken - taken_by_other == 1


def test_one_limiter_a_key() -> None:
    assert limiter_for("someone", 60) is limiter_for("someone", 30)
    assert limiter_for("someone", 60) is not limiter_for("someone else", 60)
    assert limiter_for("someone", 30).requests_per_minute == 30
