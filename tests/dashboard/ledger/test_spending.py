"""Consumption, what was spent elsewhere and the forecast, on small numbers."""

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ledger import spending
from dashboard.ledger.reconciliation import Comparison

DAYS = pd.date_range("2026-11-01", periods=5, freq="D", tz="UTC")

AT_10_A_DAY = "You spend about 10 UC a day. At this pace "


def by_day(*rows: tuple[int, str, str, float, int]) -> pd.DataFrame:
    columns = ["day", "operation", "data_points", "charge", "emails"]
    table = [(DAYS[index], *more) for index, *more in rows]
    return pd.DataFrame(table, columns=columns).assign(page="People search")


def elsewhere(*charges: float) -> pd.DataFrame:
    """UC that others spent on each day from the first."""
    return pd.DataFrame({"day": DAYS[: len(charges)], "charge": [*charges]}, dtype=None)


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


def comparison(counted: int, answered: str, **amounts: int) -> Comparison:
    nothing = dict.fromkeys(("unknown", "unexplained", "elsewhere", "unlocked"), Decimal(0))
    values = nothing | {name: Decimal(amount) for name, amount in amounts.items()}
    since = datetime(2026, 11, 1, tzinfo=UTC)
    return Comparison(since, Decimal(counted), Decimal(answered), **values)


@pytest.mark.parametrize(
    ("compared", "words"),
    [
        (comparison(12, "11.1"), "11.1 UC."),
        (
            comparison(1478, "1668", unlocked=190),
            "1,668 UC: 190 UC were already unlocked by your team.",
        ),
        (
            comparison(1478, "1668"),
            "1,668 UC: 190 UC were already unlocked by your team, or are not counted by LeadIQ "
            "yet.",
        ),
        (
            comparison(48, "35", elsewhere=10, unexplained=3),
            "35 UC: 10 UC were spent elsewhere, 3 UC of charges cannot be traced to any request.",
        ),
        (
            comparison(38, "35", unknown=11),
            "35 UC, plus up to 11 UC for requests that got no answer.",
        ),
    ],
)
def test_where_the_balance_and_the_answers_disagree(compared: Comparison, words: str) -> None:
    assert spending.comparison_summary(compared) == (
        f"LeadIQ counts {compared.counted:,} UC since 1 Nov 2026; this console's requests add up "
        f"to {words}"
    )


def test_corrections_are_a_part_of_their_own_in_each_split() -> None:
    corrected = by_day((0, "unlockedBefore", "", -3.0, 0), (0, "searchCompany", "", 9.0, 0))
    for column in spending.SPLITS.values():
        parts = spending.consumption(corrected.assign(page=["Balance", "Lists"]), column)
        assert ("Already unlocked", -3.0) in parts[["what", "charge"]].itertuples(index=False)
        assert parts["charge"].sum() == 6


RENEWAL = pd.Timestamp("2026-12-01T00:00:00Z")  # 26 days after the last of DAYS


def forecast_of(
    *charges: float, available: float = 100, renewal: pd.Timestamp | None = RENEWAL
) -> spending.Forecast:
    daily = pd.Series(charges, index=DAYS[: len(charges)], dtype=float)
    made = spending.forecast(daily, available, DAYS[-1], renewal)
    assert made is not None
    return made


def summary_of(forecast: spending.Forecast | None) -> spending.SpendingSummary:
    return spending.SpendingSummary(SPENT, elsewhere(0, 0, 20), forecast)


def test_without_a_forecast_it_says_why() -> None:
    summary = summary_of(None)
    assert spending.renewal_figure(summary) == (
        "Left over at renewal",
        "–",
        "Needs 5 days with spending",
    )
    assert spending.forecast_sentence(summary) == (
        "A forecast needs 5 days with spending; there are 3 in this period."
    )


def test_what_is_spent_elsewhere_is_a_part_of_its_bar() -> None:
    consumed = spending.consumption(summary_of(None).all_by_day, "data_points")
    assert consumed[consumed["day"] == DAYS[2]][["what", "charge"]].to_numpy().tolist() == [
        ["Spent in other apps", 20.0]
    ]


def test_a_bar_stands_for_its_requests() -> None:
    assert spending.of_bar(SPENT, "Email + Phone", "Data points")["charge"].tolist() == [11.0]
    assert spending.of_bar(SPENT, "Company search", "Operation")["charge"].tolist() == [3.0]


def test_what_is_left_when_credits_renew() -> None:
    forecast = forecast_of(*[12.5] * 5, available=9_525)
    assert (forecast.end, forecast.remaining) == (RENEWAL, 9_200)
    assert (forecast.expected, forecast.soonest, forecast.latest) == (None, None, None)
    assert spending.forecast_summary(forecast) == (
        "You spend about 12.5 UC a day. At this pace you'll have about 9,200 UC left when credits "
        "renew on 1 Dec 2026."
    )
    assert spending.renewal_figure(summary_of(forecast)) == (
        "Left over at renewal",
        "~9,200 UC",
        "renews on 1 Dec 2026",
    )


def test_credits_that_run_out_before_they_renew() -> None:
    steady = forecast_of(*[10.0] * 5)
    assert (steady.pace, steady.expected) == (10.0, DAYS[-1] + pd.Timedelta(days=10))
    assert steady.soonest == steady.latest == steady.expected  # no day differs from another
    assert spending.forecast_summary(steady) == (
        AT_10_A_DAY + "your credits run out on 15 Nov 2026, before they renew on 1 Dec 2026."
    )
    uneven = forecast_of(8, 12, 8, 12, 10)
    assert uneven.soonest < uneven.latest
    assert spending.forecast_summary(uneven) == (
        AT_10_A_DAY + "your credits run out between 13 Nov 2026 and "
        "16 Nov 2026, before they renew on 1 Dec 2026."
    )
    assert spending.renewal_figure(summary_of(uneven)) == (
        "Runs out before renewal",
        "15 Nov 2026",
        "renews on 1 Dec 2026",
    )


def test_credits_that_may_last_until_they_renew() -> None:
    likely = forecast_of(1, 19, 1, 19, 10, available=300)
    assert spending.forecast_summary(likely) == (
        AT_10_A_DAY + "you'll have about 40 UC left when credits renew on "
        "1 Dec 2026; at the fastest likely pace they run out on 24 Nov 2026."
    )
    unlikely = forecast_of(1, 19, 1, 19, 10, available=230)
    assert spending.forecast_summary(unlikely) == (
        AT_10_A_DAY + "your credits run out about 28 Nov 2026, before they "
        "renew on 1 Dec 2026; that could be as early as 20 Nov 2026, or not at all at the slowest "
        "likely pace."
    )


@pytest.mark.parametrize(
    "renewal",
    [None, DAYS[0], DAYS[-1] + pd.Timedelta(hours=5), pd.Timestamp("2100-01-01T00:00:00Z")],
)
def test_without_a_renewal_to_plan_for_it_looks_thirty_days_ahead(
    renewal: pd.Timestamp | None,
) -> None:
    forecast = forecast_of(*[0.05] * 5, renewal=renewal)
    assert forecast.end == forecast.line["day"].iloc[-1] == DAYS[-1] + pd.Timedelta(days=30)
    assert spending.forecast_summary(forecast) == (
        "You spend less than 0.1 UC a day. At this pace you'll have about 98 UC left on 5 Dec "
        "2026. That is 30 days ahead: the renewal isn't known."
    )


def test_fewer_than_five_days_with_spending_are_no_forecast() -> None:
    for charges in ([], [0.0] * 5, [10.0] * 4, [10.0, 0, 10, 10, 10]):
        daily = pd.Series(charges, index=DAYS[: len(charges)], dtype=float)
        assert spending.forecast(daily, 100, DAYS[-1], RENEWAL) is None
    # Days before the last four weeks do not count.
    later = DAYS[-1] + pd.Timedelta(days=25)
    assert spending.forecast(pd.Series([10.0] * 5, index=DAYS), 100, later, None) is None


@given(
    charges=st.lists(st.floats(0.1, 1e4), min_size=5, max_size=5),
    available=st.floats(0, 1e6),
    days=st.integers(-10, 400),
)
def test_a_forecast_never_looks_beyond_the_renewal(
    charges: list[float], available: float, days: int
) -> None:
    renewal = DAYS[-1] + pd.Timedelta(days=days)
    forecast = forecast_of(*charges, available=available, renewal=renewal)
    assert forecast.is_renewal == (0 < days <= spending.MAX_DAYS_AHEAD)
    assert forecast.end == renewal or not forecast.is_renewal
    assert forecast.line["day"].iloc[0] == DAYS[-1]
    assert forecast.line["day"].iloc[-1] == forecast.end
    for day in (forecast.soonest, forecast.expected, forecast.latest):
        assert day is None or day < forecast.end
    assert (forecast.line["low"] <= forecast.line["expected"]).all()
    assert (forecast.line["expected"] <= forecast.line["high"]).all()
    assert "None" not in spending.forecast_summary(forecast)
    assert "–" not in spending.forecast_summary(forecast)


def test_a_period_is_summarized() -> None:
    today = DAYS[2].date()
    values = {"available": 100.0, "end": today, "today": today}
    summary = spending.summarize(SPENT, elsewhere(0, 0, 20), **values)
    assert (summary.spent_here, summary.spent_elsewhere, summary.is_empty) == (16.0, 20.0, False)
    assert summary.forecast is None  # of three days
    nothing = spending.summarize(SPENT.iloc[:0], elsewhere(), **values)
    assert (nothing.is_empty, nothing.forecast) == (True, None)


def test_a_summary_has_a_forecast_of_today_and_a_known_balance() -> None:
    week = by_day(*[(index, "searchCompany", "", 10.0, 0) for index in range(5)])
    today = DAYS[4].date()
    values = {"available": 100.0, "end": today, "today": today, "renewal": RENEWAL}
    # 30 of the balance's 80 are not ours: the forecast counts what was spent elsewhere too.
    summary = spending.summarize(week, elsewhere(0, 0, 30), **values)
    assert summary.forecast is not None
    assert summary.forecast.pace == pytest.approx(16.0)
    assert summary.forecast.end == RENEWAL
    earlier = {**values, "end": DAYS[3].date()}
    assert spending.summarize(week, elsewhere(), **earlier).forecast is None
    assert spending.summarize(week, elsewhere(), **{**values, "available": None}).forecast is None
