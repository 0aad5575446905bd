"""Consumption, what was spent elsewhere and the forecast, on small numbers."""

import pandas as pd
import pytest

from dashboard.charts import spending as spending_charts
from dashboard.ledger import spending

DAYS = pd.date_range("2026-11-01", periods=5, freq="D", tz="UTC")


def by_day(*rows: tuple[int, str, str, float, int]) -> pd.DataFrame:
    columns = ["day", "operation", "data_points", "charge", "emails"]
    table = [(DAYS[index], *more) for index, *more in rows]
    return pd.DataFrame(table, columns=columns).assign(page="People search")


def balances(*used: float) -> pd.DataFrame:
    return pd.DataFrame({"day": DAYS[: len(used)], "used": used, "available": 100.0})


SPENT = by_day(
    (0, "searchPeople", "email", 2.0, 2),
    (0, "searchPeople", "email,phone", 11.0, 1),
    (1, "searchCompany", "", 3.0, 0),
    (1, "flatAdvancedSearch", "", 0.0, 0),
)


def test_consumption_by_each_split() -> None:
    points = spending.consumption(SPENT, "data_points")
    assert points[["what", "charge"]].to_numpy().tolist() == [
        ["Email", 2.0],
        ["Email + Phone", 11.0],
        ["Company information", 3.0],
    ]
    operations = spending.consumption(SPENT, "operation")
    assert operations["what"].tolist() == ["People search", "Company search"]
    assert spending.consumption(SPENT, "page")["charge"].tolist() == [13.0, 3.0]


def test_the_cost_of_an_email() -> None:
    assert spending.cost_per_email(SPENT) == pytest.approx(13 / 3)
    assert spending.cost_per_email(SPENT.iloc[2:]) is None


def test_what_was_spent_elsewhere() -> None:
    # 13 and 3 are our own; the balance says that 20 more went on the third day.
    elsewhere = spending.external_spend(balances(0, 3, 23), SPENT.iloc[2:])
    assert elsewhere.to_numpy().tolist() == [[DAYS[2], 20.0]]
    assert spending.external_spend(balances(0, 3, 3), SPENT.iloc[2:]).empty
    assert spending.external_spend(balances(90, 5), SPENT.iloc[:0])["charge"].tolist() == [5.0]
    assert spending.external_spend(balances(), SPENT).empty
    assert spending.external_spend(balances(5), SPENT).empty


def test_rounding_to_whole_credits_is_not_spending_elsewhere() -> None:
    tenths = by_day(*[(index, "searchPeople", "", 0.4, 0) for index in range(1, 5)])
    assert spending.external_spend(balances(0, 1, 1, 2, 2), tenths).empty


def test_when_the_credits_run_out() -> None:
    daily = pd.Series([10.0] * 5, index=DAYS)
    steady = spending.forecast(daily, 100, DAYS[-1])
    assert steady is not None
    assert (steady.pace, steady.expected) == (10.0, DAYS[-1] + pd.Timedelta(days=10))
    assert steady.soonest == steady.latest == steady.expected  # no day differs from another
    uneven = spending.forecast(pd.Series([0.0, 20, 0, 20, 10], index=DAYS), 100, DAYS[-1])
    assert uneven is not None
    assert uneven.soonest < uneven.expected < uneven.latest
    assert uneven.line["high"].ge(uneven.line["expected"]).all()
    assert uneven.line["expected"].ge(uneven.line["low"]).all()
    assert spending.forecast_summary(steady).endswith(
        "run out between 15 Nov 2026 and 15 Nov 2026, four times in five."
    )
    slow = spending.forecast(pd.Series([0.1], index=DAYS[:1]), 10_000, DAYS[0])
    assert slow is not None
    assert (slow.expected, slow.latest) == (None, None)
    assert spending.forecast_summary(slow).endswith("the credits last for more than a year.")
    assert spending.forecast(pd.Series([], dtype=float, index=DAYS[:0]), 100, DAYS[0]) is None
    assert spending.forecast(pd.Series([0.0], index=DAYS[:1]), 100, DAYS[0]) is None


def test_a_period_is_summarized() -> None:
    today = DAYS[2].date()
    values = {"available": 100.0, "end": today, "today": today}
    summary = spending.summarize(SPENT, balances(0, 3, 23), **values)
    assert (summary.spent_here, summary.spent_elsewhere, summary.is_empty) == (16.0, 20.0, False)
    # 13, 3 and 20: the forecast counts what was spent elsewhere too.
    assert summary.forecast is not None
    assert summary.forecast.pace == pytest.approx(12.0)
    earlier = spending.summarize(SPENT, balances(), **{**values, "end": DAYS[1].date()})
    assert earlier.forecast is None
    assert spending.summarize(SPENT, balances(), **{**values, "available": None}).forecast is None
    nothing = spending.summarize(SPENT.iloc[:0], balances(), **values)
    assert (nothing.is_empty, nothing.forecast) == (True, None)


def test_charts_of_nothing_of_a_day_and_of_a_line() -> None:
    assert not spending_charts.consumption(SPENT.assign(what="x").iloc[:0], "x").data
    single_day = spending_charts.consumption(spending.consumption(SPENT.iloc[:1], "page"), "x")
    assert list(single_day.data[0].y) == [2.0]
    forecast = spending.forecast(pd.Series([10.0], index=DAYS[:1]), 100, DAYS[0])
    assert forecast is not None
    assert len(spending_charts.burn_down(forecast.line, "x").data) == 3
