"""A short soak: eight sessions, mixed faults. The long one is ``python -m tests.soak``."""

from tests.soak import soak


def test_a_short_soak_finds_no_problem() -> None:
    report = soak(20)
    assert report.problems == []
    assert report.errors  # there was weather
    assert report.steps["lists in the books"] >= 1
    assert report.steps["paid queries in the books"] >= 8  # each could search afterwards
