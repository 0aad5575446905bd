"""How fast requests go out, and how long a job takes at the key's actual limit."""

import pytest

from dashboard.jobs.model import Row, RowKind, RowState
from dashboard.jobs.pace import (
    burst_of,
    requests_of_rows,
    requests_of_search,
    seconds_of,
    time_estimate,
)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 7, 10, 60, 100, 6000])
def test_bursts_keep_to_the_limit_in_any_minute(limit: int) -> None:
    burst = burst_of(limit)
    starts = [n * burst.seconds for n in range(200) for _ in range(burst.requests)]
    assert all(sum(start <= other < start + 60 for other in starts) <= limit for start in {*starts})


@pytest.mark.parametrize(
    ("requests", "limit", "text"),
    [
        (1, 60, "About 2 seconds at 60 requests a minute"),
        (10, 10, "About 65 seconds at 10 requests a minute"),
        (400, 60, "About 7 minutes at 60 requests a minute"),
        (400, 10, "About 43 minutes at 10 requests a minute"),
        (4_000, 10, "About 7 hours at 10 requests a minute"),
        (30, 1, "About 30 minutes at 1 request a minute"),
    ],
)
def test_a_job_takes_as_long_as_its_key_allows(requests: int, limit: int, text: str) -> None:
    assert time_estimate(requests, limit) == text


def test_the_estimate_is_what_the_bursts_take() -> None:
    burst, sent, clock = burst_of(10), 0, 0
    while sent < 100:
        sent += burst.requests
        clock += burst.seconds
    assert seconds_of(100, 10) == clock


def test_rows_of_the_same_data_points_share_requests() -> None:
    def rows(number: int, points: tuple[str, ...] | None) -> list[Row]:
        row = Row(0, RowKind.PERSON, RowState.WAITING, "", {}, data_points=points)
        return [row] * number

    both = ("email", "phone")
    assert requests_of_rows(rows(51, None), both, 25) == 3
    assert requests_of_rows(rows(26, None) + rows(10, both) + rows(1, ("email",)), both, 25) == 3
    assert requests_of_rows([], both, 25) == 0
    assert requests_of_search(100, 25, 10, enriched=True) == 4 + 10
    assert requests_of_search(100, 25, 10, enriched=False) == 4
