"""Charts of credits, exactly."""

from datetime import date

import pandas as pd

from dashboard.charts import spending as charts

START, END = date(2026, 10, 31), date(2026, 11, 29)
DAYS = pd.date_range("2026-11-01", periods=2, freq="D", tz="UTC")
SPENT = pd.DataFrame(
    [
        (DAYS[0], "Profile", 2.0),
        (DAYS[0], "Email", 5.0),
        (DAYS[1], "Email", 1.0),
    ],
    columns=["day", "what", "charge"],
)


def bars(spent: pd.DataFrame, limit: float | None = None) -> dict[str, object]:
    figure = charts.daily_spend(spent, "x", limit, START, END)
    return {trace.name: trace for trace in figure.data}


def test_a_data_point_has_its_color_whatever_else_is_there() -> None:
    both, alone = bars(SPENT), bars(SPENT[SPENT["what"] == "Email"])
    assert list(both) == ["Profile", "Email"]
    assert list(both["Email"].y) == [5.0, 1.0]
    assert both["Email"].marker.color == alone["Email"].marker.color == charts.COLORS["Email"]
    assert len({*charts.COLORS.values()}) == len(charts.COLORS)


def test_a_bar_knows_its_day_and_what_it_is_of() -> None:
    assert list(bars(SPENT)["Email"].customdata) == [
        ["2026-11-01", "Email"],
        ["2026-11-02", "Email"],
    ]


def test_the_daily_limit_is_a_line() -> None:
    assert list(bars(SPENT, 50.0)["Daily limit, 50 UC"].y) == [50.0, 50.0]
    assert "Daily limit, 50 UC" not in bars(SPENT)


def test_the_days_are_those_of_the_period_with_spending_or_without() -> None:
    figure = charts.daily_spend(SPENT, "x", None, START, END)
    first, last = map(pd.Timestamp, figure.layout.xaxis.range)
    assert (first.date(), last.date()) == (date(2026, 10, 30), END)
    assert (first.hour, last.hour) == (12, 12)


def test_the_axis_of_a_few_days_has_no_hours() -> None:
    figure = charts.daily_spend(SPENT, "x", None, DAYS[0].date(), DAYS[1].date())
    assert figure.layout.xaxis.dtick == charts.DAY_MS


def test_the_projected_balance_is_a_line_in_a_band() -> None:
    line = pd.DataFrame({"day": DAYS, "expected": [9.0, 8.0], "low": [8, 7], "high": [9, 9]})
    assert [list(trace.y) for trace in charts.projected_balance(line, "x").data] == [
        [9.0, 8.0],
        [9, 9],
        [8, 7],
    ]
