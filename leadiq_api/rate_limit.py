"""A limit of requests a minute for each key, over all clients and threads of the process."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

# A little over the minute: what we count when it is sent, the service counts when it arrives.
WINDOW_SECONDS = 60.5
MINUTE_SECONDS = 60
# Seconds; an error says more than a page that waits longer.
LONGEST_PAUSE = 65.0

# "limit=60", "q=60" and "60;w=60", as the drafts of RateLimit headers write them.
_PART = re.compile(
    r"\b(limit|remaining|reset|[qrtw])\s*=\s*(\d{1,9}(?:\.\d{1,9})?)(?!\d)", re.IGNORECASE
)
_BARE_LIMIT = re.compile(r"\s*(\d{1,9})\s*(?:[;,]|$)")
_LONG_NAME = {"q": "limit", "r": "remaining", "t": "reset", "w": "window"}

logger = logging.getLogger(__name__)


class Announced(NamedTuple):
    """What a server says of its limit: requests a minute, and seconds to wait; None: nothing."""

    per_minute: int | None
    pause: float | None


class RateLimiter:
    """Assigns start times so that no window of a minute holds more than the limit.

    ``slots_taken`` counts the start times assigned since the limiter was made.
    """

    def __init__(self, requests_per_minute: int) -> None:
        self.configured = requests_per_minute
        self.slots_taken = 0
        # When the server takes requests again (``time.monotonic()`` seconds).
        self.resumes = 0.0
        self._announced: int | None = None  # requests a minute, by the server
        self._said: int | None = None  # of these, what the log has
        self._starts: deque[float] = deque()
        self._lock = threading.Lock()

    @property
    def requests_per_minute(self) -> int:
        """The actual pace: as configured, or the server's lower limit."""
        return min(self.configured, self._announced or self.configured)

    @property
    def is_announced(self) -> bool:
        """Whether the server has said what its limit is."""
        return self._announced is not None

    def configure(self, requests_per_minute: int) -> None:
        """Sets another limit. What the server announced, and asked for, remains."""
        with self._lock:
            self.configured = requests_per_minute

    def acquire(self, *, latest: float | None = None) -> bool:
        """Takes the next slot and waits until it starts. Returns whether a slot was taken.

        ``latest`` (``time.monotonic()`` seconds) is the last useful start: if the next slot is
        later, none is taken and there is no wait.
        """
        with self._lock:
            start = max(time.monotonic(), self.resumes)
            pace = self.requests_per_minute
            if len(self._starts) >= pace:
                start = max(start, self._starts[-pace] + WINDOW_SECONDS)
            if latest is not None and start > latest:
                return False
            self._starts.append(start)
            # Older starts do not limit any later window.
            while len(self._starts) > self.configured:
                self._starts.popleft()
            self.slots_taken += 1
        time.sleep(max(0.0, start - time.monotonic()))
        return True

    def heed(self, headers: Mapping[str, str]) -> None:
        """Adopts what the headers of an answer announce: a limit, and when requests may resume."""
        announced = read_announced(headers)
        if announced.per_minute is not None:
            self._adopt(announced.per_minute)
        if announced.pause is not None:
            self._pause_until(time.monotonic() + min(announced.pause, LONGEST_PAUSE))

    def _pause_until(self, moment: float) -> None:
        with self._lock:
            self.resumes = max(self.resumes, moment)

    def _adopt(self, per_minute: int) -> None:
        with self._lock:
            self._announced = per_minute
            is_news = per_minute < self.configured and per_minute != self._said
            if is_news:
                self._said = per_minute
        if is_news:
            logger.warning(
                "LeadIQ allows this key %d requests a minute, less than "
                "LEADIQ_REQUESTS_PER_MINUTE=%d: requests keep to that from now on.",
                per_minute,
                self.configured,
            )


def read_announced(headers: Mapping[str, str]) -> Announced:
    """Returns what ``RateLimit-Policy``, ``RateLimit`` and ``Retry-After`` say, if anything."""
    named = {name.lower(): value for name, value in headers.items()}
    current = _parts(named.get("ratelimit", ""))
    policy = _policy(named.get("ratelimit-policy", ""))
    limit = policy.get("limit") or current.get("limit")
    window = policy.get("window") or current.get("window") or MINUTE_SECONDS
    per_minute = None if not limit else max(1, math.floor(limit * MINUTE_SECONDS / window))
    pauses = [_retry_after(named)]
    if current.get("remaining") == 0:
        pauses.append(current.get("reset"))
    return Announced(per_minute, max((p for p in pauses if p is not None), default=None))


def _policy(header: str) -> dict[str, float]:
    """The parts of a policy; of several, those of the one with the shortest window."""
    policies = [
        parts for parts in map(_parts, header.split(",")) if {"limit", "window"} <= {*parts}
    ]
    return min(policies, key=lambda parts: parts["window"]) if policies else _parts(header)


def _parts(header: str) -> dict[str, float]:
    found = {name.lower(): float(value) for name, value in _PART.findall(header)}
    parts = {_LONG_NAME.get(name, name): value for name, value in found.items()}
    bare = _BARE_LIMIT.match(header)
    return {"limit": float(bare[1]), **parts} if bare else parts


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a ``Retry-After``: a number, or a date by the clock of the answer's ``Date``."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", value):
        return float(value)
    at, now = _moment(value), _moment(headers.get("date", "")) or datetime.now(UTC)
    return None if at is None else max(0.0, (at - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # no date, or none of this era
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_limiters: dict[str, RateLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(account: str, requests_per_minute: int, purpose: str = "") -> RateLimiter:
    """Returns the process's one limiter of an account, set to the limit that was given last.

    ``account`` is a key with its servers, in any form. What the service limits by itself, such as
    the verification of emails, has a ``purpose``.
    """
    with _limiters_lock:
        name = f"{account} {purpose}".rstrip()
        limiter = _limiters.setdefault(name, RateLimiter(requests_per_minute))
        limiter.configure(requests_per_minute)
        return limiter
