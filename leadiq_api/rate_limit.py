"""At most so many requests a minute for a key, over all clients and threads of the process."""

from __future__ import annotations

import threading
import time
from collections import deque

# A little over the minute: what we count when it is sent, the service counts when it arrives.
WINDOW_SECONDS = 60.5


class RateLimiter:
    """Hands out start times so that no window of a minute holds more than the limit."""

    def __init__(self, requests_per_minute: int) -> None:
        self.requests_per_minute = requests_per_minute
        self._starts: deque[float] = deque()
        self._lock = threading.Lock()

    def acquire(self, *, latest: float | None = None) -> bool:
        """Waits for a slot and takes it.

        ``latest`` (``time.monotonic()`` seconds) is the last start that is of use: where the next
        slot is later, none is taken, there is no waiting, and the answer is False.
        """
        with self._lock:
            start = time.monotonic()
            # Older starts bound no future window.
            while len(self._starts) > self.requests_per_minute:
                self._starts.popleft()
            if len(self._starts) == self.requests_per_minute:
                start = max(start, self._starts[0] + WINDOW_SECONDS)
            if latest is not None and start > latest:
                return False
            self._starts.append(start)
        time.sleep(max(0.0, start - time.monotonic()))
        return True


_limiters: dict[str, RateLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(fingerprint: str, requests_per_minute: int) -> RateLimiter:
    """The process's one limiter of this key; the pace asked for last is the one that holds."""
    with _limiters_lock:
        limiter = _limiters.setdefault(fingerprint, RateLimiter(requests_per_minute))
        limiter.requests_per_minute = requests_per_minute
        return limiter
