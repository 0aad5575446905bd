"""The limit of requests a minute, and how Prospector tells it."""

from __future__ import annotations

import math
import time
from collections import deque
from http import HTTPStatus

from leadiq_sandbox.errors import RefusalError

WINDOW_SECONDS = 60


class Pace:
    """Allows ``per_minute`` requests in any minute, 0 for no limit. Refused ones do not count."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.refused = 0  # number of requests beyond the limit
        self._arrivals: deque[float] = deque()

    def check(self) -> None:
        """Counts a request. Raises ``RefusalError`` of status 429 beyond the limit."""
        if not self.per_minute:
            return
        self._forget_old()
        if len(self._arrivals) >= self.per_minute:
            self.refused += 1
            raise RefusalError(HTTPStatus.TOO_MANY_REQUESTS)
        self._arrivals.append(time.monotonic())

    def headers(self, status: int) -> dict[str, str]:
        """Returns what Prospector adds to an answer of ``status``; nothing without a limit."""
        if not self.per_minute:
            return {}
        now = self._forget_old()
        remaining = max(0, self.per_minute - len(self._arrivals))
        oldest = self._arrivals[0] if self._arrivals else now
        reset = math.ceil(oldest + WINDOW_SECONDS - now)
        headers = {
            "ratelimit-policy": f"{self.per_minute};w={WINDOW_SECONDS}",
            "ratelimit": f"limit={self.per_minute}, remaining={remaining}, reset={reset}",
        }
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers["retry-after"] = str(reset)
        return headers

    def _forget_old(self) -> float:
        now = time.monotonic()
        while self._arrivals and self._arrivals[0] <= now - WINDOW_SECONDS:
            self._arrivals.popleft()
        return now
