"""A limit of requests a minute for each key, over all clients and threads of the process."""

from __future__ import annotations

import threading
import time
from collections import deque

# A little over the minute: what we count when it is sent, the service counts when it arrives.
WINDOW_SECONDS = 60.5


class RateLimiter:
    """Assigns start times so that no window of a minute holds more than the limit.

    ``slots_taken`` counts the start times assigned since the limiter was made.
    """

    def __init__(self, requests_per_minute: int) -> None:
        self.requests_per_minute = requests_per_minute
        self.slots_taken = 0
        self._starts: deque[float] = deque()
        self._lock = threading.Lock()

    def acquire(self, *, latest: float | None = None) -> bool:
        """Takes the next slot and waits until it starts. Returns whether a slot was taken.

        ``latest`` (``time.monotonic()`` seconds) is the last useful start: if the next slot is
        later, none is taken and there is no wait.
        """
        with self._lock:
            start = time.monotonic()
            # Older starts do not limit any later window.
            while len(self._starts) > self.requests_per_minute:
                self._starts.popleft()
            if len(self._starts) == self.requests_per_minute:
                start = max(start, self._starts[0] + WINDOW_SECONDS)
            if latest is not None and start > latest:
                return False
            self._starts.append(start)
            self.slots_taken += 1
        time.sleep(max(0.0, start - time.monotonic()))
        return True


_limiters: dict[str, RateLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(fingerprint: str, requests_per_minute: int) -> RateLimiter:
    """Returns the process's one limiter of this key, set to the limit that was given last."""
    with _limiters_lock:
        limiter = _limiters.setdefault(fingerprint, RateLimiter(requests_per_minute))
        limiter.requests_per_minute = requests_per_minute
        return limiter
