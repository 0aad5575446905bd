"""What the ledger's sums mean: consumption, spending elsewhere, when credits run out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt

import pandas as pd

from dashboard.formatting import day, uc
from leadiq_api import SearchKind
from leadiq_api.data_points import COMPANY, DATA_POINTS

PACE_DAYS = 28  # the current pace is that of the last four weeks
CONFIDENCE = 1.28  # standard errors to each side: four in five such paces lie within
HORIZON_DAYS = 365  # a forecast looks no further than a year ahead

OPERATION_LABELS: Mapping[str, str] = {
    "searchPeople": "People search",
    "searchCompany": "Company search",
    **{kind.value: f"Advanced search, {kind.label}" for kind in SearchKind},
}
SPLITS = {"Data points": "data_points", "Page": "page", "Operation": "operation"}


@dataclass(frozen=True)
class Forecast:
    """When the credits run out at the current pace; None is later than in a year.

    ``pace`` is UC a day. The credits run out between ``soonest`` and ``latest`` in four cases out
    of five. ``line`` is the projected balance (UC): day, expected, low, high.
    """

    pace: float
    expected: pd.Timestamp | None
    soonest: pd.Timestamp | None
    latest: pd.Timestamp | None
    line: pd.DataFrame


@dataclass(frozen=True)
class SpendingSummary:
    """What an account spent in a period, with this console and elsewhere; amounts in UC.

    ``by_day`` is ``SpendingHistory.by_day``; ``elsewhere`` has the columns day and charge.
    """

    by_day: pd.DataFrame
    elsewhere: pd.DataFrame
    forecast: Forecast | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was spent, here or elsewhere."""
        return bool(self.by_day.empty and self.elsewhere.empty)

    @property
    def spent_here(self) -> float:
        """UC charged for requests of this console."""
        return float(self.by_day["charge"].sum())

    @property
    def spent_elsewhere(self) -> float:
        """UC that the balance lost otherwise."""
        return float(self.elsewhere["charge"].sum())


def summarize(
    by_day: pd.DataFrame,
    balances: pd.DataFrame,
    *,
    available: float | None,
    end: date,
    today: date,
) -> SpendingSummary:
    """Summarizes the sums and balances of a period, as ``SpendingHistory`` returns them.

    There is a forecast if the balance (UC) is known, and the period ends ``today``.
    """
    elsewhere = external_spend(balances, by_day)
    run_out = None
    if available is not None and end == today:
        here = by_day.groupby("day")["charge"].sum()
        daily = here.add(elsewhere.groupby("day")["charge"].sum(), fill_value=0)
        run_out = forecast(daily, available, pd.Timestamp(today, tz="UTC"))
    return SpendingSummary(by_day, elsewhere, run_out)


def consumption(by_day: pd.DataFrame, column: str) -> pd.DataFrame:
    """Returns UC by day and value of ``column``, in words: day, what, charge.

    ``by_day`` is ``SpendingHistory.by_day``, ``column`` a value of ``SPLITS``.
    """
    what = [_split_label(row, column) for row in by_day.to_dict("records")]
    table = by_day.assign(what=what).groupby(["day", "what"], as_index=False)["charge"].sum()
    return table[table["charge"] > 0].reset_index(drop=True)


def _split_label(row: dict[str, str], column: str) -> str:
    if column == "operation":
        return OPERATION_LABELS.get(row["operation"], row["operation"])
    if column == "page":
        return row["page"]
    if row["operation"] == "searchCompany":
        return COMPANY.label
    points = [DATA_POINTS[point].label for point in row["data_points"].split(",") if point]
    return " + ".join(points) or "Profile"


def external_spend(balances: pd.DataFrame, by_day: pd.DataFrame) -> pd.DataFrame:
    """Returns UC that the balance lost and no event of this console explains: day, charge.

    ``balances`` has the last balance reported on each day. Balances are whole UC, so a difference
    below one UC proves nothing; if ``used`` is smaller than the day before, a new period began.
    """
    own_by_day = by_day.groupby("day")["charge"].sum()
    unexplained: list[tuple[pd.Timestamp, float]] = []
    drift = 0.0
    for before, now in pairwise(balances.itertuples()):
        between = (own_by_day.index > before.day) & (own_by_day.index <= now.day)
        moved = now.used - before.used if now.used >= before.used else now.used
        drift += moved - float(own_by_day[between].sum())
        if drift >= 1:
            unexplained.append((now.day, drift))
            drift = 0.0
        drift = max(drift, -1.0)
    return pd.DataFrame(unexplained, columns=["day", "charge"])


def forecast(daily: pd.Series, available: float, now: pd.Timestamp) -> Forecast | None:
    """Returns the forecast from UC by day (index: day), or None if nothing has been spent."""
    first = max(now - pd.Timedelta(days=PACE_DAYS - 1), daily.index.min()) if len(daily) else now
    window = daily.reindex(pd.date_range(first, now, freq="D"), fill_value=0.0)
    pace = float(window.mean()) if len(window) else 0.0
    if pace <= 0:
        return None
    # A single day does not show how much days differ: its pace may be off by all of itself.
    spread = float(window.std()) if len(window) > 1 else pace
    error = CONFIDENCE * spread / sqrt(len(window))
    slow, fast = max(pace - error, 0.0), pace + error
    return Forecast(
        pace=pace,
        expected=_run_out_day(available, pace, now),
        soonest=_run_out_day(available, fast, now),
        latest=_run_out_day(available, slow, now),
        line=_projected_balance(available, {"expected": pace, "low": fast, "high": slow}, now),
    )


def _run_out_day(available: float, pace: float, now: pd.Timestamp) -> pd.Timestamp | None:
    """Returns the day when ``available`` UC are spent at ``pace`` UC a day, if within a year."""
    days = available / pace if pace else HORIZON_DAYS + 1
    return now + pd.Timedelta(days=round(days)) if days <= HORIZON_DAYS else None


def _projected_balance(
    available: float, paces: dict[str, float], now: pd.Timestamp
) -> pd.DataFrame:
    """Returns the balance at each pace, a column each, until the slowest has spent it all."""
    slowest = min(paces.values())
    last = min(HORIZON_DAYS, round(available / slowest) if slowest else HORIZON_DAYS)
    ahead = pd.Series(range(max(last, 1) + 1))
    line = pd.DataFrame({"day": now + pd.to_timedelta(ahead, unit="D")})
    for name, pace in paces.items():
        line[name] = (available - ahead * pace).clip(lower=0)
    return line


def forecast_summary(forecast: Forecast) -> str:
    """Returns the forecast as a sentence."""
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
    """Returns UC spent on requests for emails, per email found; None if none was found."""
    with_email = by_day[by_day["data_points"].str.contains("email", regex=False)]
    emails = int(with_email["emails"].sum())
    return float(with_email["charge"].sum()) / emails if emails else None
