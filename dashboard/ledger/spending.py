"""What the ledger's sums say: consumption, what was spent elsewhere, when credits run out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd

from dashboard.formatting import day, uc

PACE_DAYS = 28  # the present pace is that of the last four weeks
CONFIDENCE = 1.28  # standard errors to each side: four of five such paces lie within
HORIZON_DAYS = 365  # later than a year is not foretold

POINT_LABELS = {"email": "Email", "phone": "Phone", "company": "Company information"}
OPERATION_LABELS = {
    "searchPeople": "People search",
    "searchCompany": "Company search",
    "flatAdvancedSearch": "Advanced search, flat",
    "groupedAdvancedSearch": "Advanced search, grouped",
}
SPLITS = {"Data points": "data_points", "Page": "page", "Operation": "operation"}


def consumption(by_day: pd.DataFrame, column: str) -> pd.DataFrame:
    """``Ledger.by_day`` -> UC by day and value of ``column``, in words: day, what, charge."""
    words = {"data_points": _points, "operation": _operation, "page": lambda row: row["page"]}
    what = [words[column](row) for row in by_day.to_dict("records")]
    table = by_day.assign(what=what).groupby(["day", "what"], as_index=False)["charge"].sum()
    return table[table["charge"] > 0].reset_index(drop=True)


def _points(row: dict[str, str]) -> str:
    if row["operation"] == "searchCompany":
        return POINT_LABELS["company"]
    chosen = [POINT_LABELS.get(point, point) for point in row["data_points"].split(",") if point]
    return " + ".join(chosen) or "Profile"


def _operation(row: dict[str, str]) -> str:
    return OPERATION_LABELS.get(row["operation"], row["operation"])


def external_spend(balances: pd.DataFrame, by_day: pd.DataFrame) -> pd.DataFrame:
    """UC that the balance lost and no event of this console explains: day, charge.

    ``balances`` has the last balance told on each day. Balances come in whole UC, so less than one
    is no sign of anybody else; a smaller ``used`` than the day before is a new period.
    """
    inside = by_day.groupby("day")["charge"].sum()
    found, drift = [], 0.0
    for before, now in zip(balances.itertuples(), list(balances.itertuples())[1:], strict=False):
        own = float(inside[(inside.index > before.day) & (inside.index <= now.day)].sum())
        moved = now.used - before.used if now.used >= before.used else now.used
        drift += moved - own
        if drift >= 1:
            found.append((now.day, drift))
            drift = 0.0
        drift = max(drift, -1.0)
    return pd.DataFrame(found, columns=["day", "charge"])


@dataclass(frozen=True)
class Forecast:
    """When the credits run out at the present pace; None for what lies beyond a year.

    ``pace`` is UC a day; ``soonest`` and ``latest`` hold the day with a chance of four in five.
    """

    pace: float
    expected: pd.Timestamp | None
    soonest: pd.Timestamp | None
    latest: pd.Timestamp | None
    line: pd.DataFrame  # day, expected, low, high: the balance to come, in UC


def forecast(daily: pd.Series, available: float, now: pd.Timestamp) -> Forecast | None:
    """The burn-down from UC by day (index: day); None where nothing has been spent."""
    first = max(now - pd.Timedelta(days=PACE_DAYS - 1), daily.index.min()) if len(daily) else now
    window = daily.reindex(pd.date_range(first, now, freq="D"), fill_value=0.0)
    pace = float(window.mean()) if len(window) else 0.0
    if pace <= 0:
        return None
    # One day tells nothing of how much days differ: then the pace may be off by itself.
    spread = float(window.std()) if len(window) > 1 else pace
    error = CONFIDENCE * spread / sqrt(len(window))
    slow, fast = max(pace - error, 0.0), pace + error

    def ends(rate: float) -> pd.Timestamp | None:
        left = available / rate if rate else HORIZON_DAYS + 1
        return now + pd.Timedelta(days=round(left)) if left <= HORIZON_DAYS else None

    last = min(HORIZON_DAYS, round(available / slow) if slow else HORIZON_DAYS)
    ahead = pd.Series(range(max(last, 1) + 1))
    line = pd.DataFrame({"day": now + pd.to_timedelta(ahead, unit="D")})
    for name, rate in (("expected", pace), ("low", fast), ("high", slow)):
        line[name] = (available - ahead * rate).clip(lower=0)
    return Forecast(pace, ends(pace), ends(fast), ends(slow), line)


def forecast_summary(forecast: Forecast) -> str:
    """The forecast in a sentence."""
    pace = f"At {uc(round(forecast.pace, 1))} a day, the pace of these days (four weeks at most), "
    if forecast.soonest is None:
        return pace + "the credits last for more than a year."
    if forecast.latest is None:
        return pace + f"the credits last at least until {day(forecast.soonest)}, nine times in ten."
    return (
        f"{pace}the credits run out between {day(forecast.soonest)} and {day(forecast.latest)}, "
        "four times in five."
    )


def cost_per_email(by_day: pd.DataFrame) -> float | None:
    """UC spent on people searches that asked for e-mails, for each result that had one."""
    asked = by_day[by_day["data_points"].str.contains("email", regex=False)]
    emails = int(asked["emails"].sum())
    return float(asked["charge"].sum()) / emails if emails else None
