"""A short soak: eight sessions, mixed faults. The long one is ``python -m tests.soak``."""

from tests.soak import SESSIONS, soak


def test_a_short_soak_finds_no_problem() -> None:
    report = soak(20)
    assert report.problems == []
    assert report.errors  # there was weather
    # Each could search and create a list afterwards.
    assert report.steps["paid queries in the books"] >= SESSIONS
    assert report.steps["lists in the books"] >= SESSIONS
