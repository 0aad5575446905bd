"""How fast the requests of jobs go out, and how long a job takes at that pace. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from dashboard.formatting import count, duration
from dashboard.jobs.model import Row

BURSTS_PER_MINUTE = 5
MINUTE_SECONDS = 60


class Burst(NamedTuple):
    """So many requests go out within ``seconds``; then the next ones do."""

    requests: int
    seconds: int


def burst_of(requests_per_minute: int) -> Burst:
    """Returns how the queue of a key with this limit lets its requests through.

    A fifth of a minute's requests, and a second more than their share of it: no minute holds six
    such bursts, however late some arrive, and one request in thirteen is left for users who click.
    Whole seconds: DBOS's clock on SQLite has no finer ones.
    """
    requests = max(1, requests_per_minute // BURSTS_PER_MINUTE)
    seconds = math.ceil(MINUTE_SECONDS * requests / requests_per_minute) + 1
    return Burst(requests, seconds)


def seconds_of(requests: int, requests_per_minute: int) -> float:
    """Returns how many seconds a job of so many requests takes at a key's limit."""
    burst = burst_of(requests_per_minute)
    return requests / burst.requests * burst.seconds


def time_estimate(requests: int, requests_per_minute: int) -> str:
    """Returns how long a job takes: ``About 4 hours at 10 requests a minute``."""
    limit = count(requests_per_minute, "request")
    return f"About {duration(seconds_of(requests, requests_per_minute))} at {limit} a minute"


def requests_of_rows(
    rows: Iterable[Row], data_points: tuple[str, ...], people_per_request: int
) -> int:
    """Returns the number of requests for rows; those of one are for the same data points."""
    numbers = Counter(row.points(data_points) for row in rows).values()
    return sum(math.ceil(number / people_per_request) for number in numbers)


def requests_of_search(
    people: int, people_per_page: int, people_per_request: int, *, enriched: bool
) -> int:
    """Returns the number of requests that find people and, if ``enriched``, look them up."""
    lookups = math.ceil(people / people_per_request) if enriched else 0
    return math.ceil(people / people_per_page) + lookups
