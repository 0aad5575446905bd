"""Charts that count people and list rows, exactly."""

import pandas as pd

from dashboard.charts import people as people_charts


def test_charts_count_exactly() -> None:
    ladder = people_charts.seniority_bars(pd.Series(["Other", "VP", "VP", None]), "x").data[0]
    assert (list(ladder.y), list(ladder.x)) == (["VP", "Other"], [2, 1])
    values = ["v0", "v0", *(f"v{n}" for n in range(20))]
    many = people_charts.value_count_bars(pd.Series(values), "x").data[0]
    assert (len(many.y), list(many.y)[-1], list(many.x)[-1]) == (12, "v11", 1)


def test_what_compares_nothing_is_not_drawn() -> None:
    """A single bar, a single day, and values of which none stands out."""
    assert not people_charts.seniority_bars(pd.Series(["VP"] * 9), "x").data
    assert not people_charts.value_count_bars(pd.Series(["a", "a", "b", "c"]), "x").data
    assert not people_charts.value_count_bars(pd.Series([], dtype=object), "x").data
    day = pd.Timestamp("2026-11-25 10:00")
    assert not people_charts.rows_per_day(pd.Series([day, day]), "x").data
    assert people_charts.rows_per_day(pd.Series([day, day - pd.Timedelta(days=3)]), "x").data
