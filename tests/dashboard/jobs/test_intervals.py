"""What a sample shows of all."""

import pytest

from dashboard.jobs.intervals import share_interval


@pytest.mark.parametrize(
    ("number", "checked", "of", "low", "high"),
    [
        (95, 100, 5_000, 0.889, 0.978),
        (10, 10, 1_000_000, 0.722, 1.0),  # Wilson's, as the tables have it
        (0, 10, 1_000_000, 0.0, 0.278),
        (10, 10, 11, 0.963, 1.0),  # one is left to see
        (7, 10, 10, 0.7, 0.7),  # all were checked
        (0, 0, 10, 0.0, 1.0),
    ],
)
def test_an_interval(number: int, checked: int, of: int, low: float, high: float) -> None:
    assert share_interval(number, checked, of) == pytest.approx((low, high), abs=0.001)
