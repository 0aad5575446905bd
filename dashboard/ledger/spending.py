"""What the ledger's sums mean: consumption, spending elsewhere, when credits run out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

import pandas as pd

from dashboard.formatting import day, uc
from dashboard.ledger.reconciliation import Comparison
from dashboard.ledger.schema import Correction
from leadiq_api import SearchKind
from leadiq_api.data_points import COMPANY, DATA_POINTS

PACE_DAYS = 28  # the current pace is that of the last four weeks
CONFIDENCE = 1.28  # standard errors to each side: four in five such paces lie within
MIN_DAYS = 5  # with spending, among those of the pace; fewer are reported and not extrapolated
MAX_DAYS_AHEAD = 366  # a renewal beyond is no date to plan for
SMALLEST_PACE = 0.1  # UC a day that is shown as a number
DAYS_AHEAD = 30  # how far a forecast looks if no renewal is known

OPERATION_LABELS: Mapping[str, str] = {
    "searchPeople": "People search",
    "searchCompany": "Company search",
    **{kind.value: f"Advanced search, {kind.label}" for kind in SearchKind},
    Correction.UNEXPLAINED: "Unexplained charge",
    Correction.ELSEWHERE: "Spent in other apps",
    Correction.UNLOCKED: "Already unlocked",
}
SPLITS = {"Data points": "data_points", "Page": "page", "Operation": "operation"}


@dataclass(frozen=True)
class Forecast:
    """The balance at the current pace until ``end``: when credits renew, if that is known.

    ``pace`` is UC a day, ``remaining`` the UC left at the end. The credits run out on ``expected``,
    between ``soonest`` and ``latest`` in four cases out of five; None is not before the end.
    ``line`` is the projected balance (UC): day, expected, low, high.
    """

    pace: float
    end: pd.Timestamp
    is_renewal: bool  # whether credits renew on ``end``
    remaining: float
    expected: pd.Timestamp | None
    soonest: pd.Timestamp | None
    latest: pd.Timestamp | None
    line: pd.DataFrame


@dataclass(frozen=True)
class SpendingSummary:
    """What an account spent in a period, with this console and elsewhere; amounts in UC.

    ``by_day`` and ``elsewhere`` are those of ``SpendingHistory``.
    """

    by_day: pd.DataFrame
    elsewhere: pd.DataFrame
    forecast: Forecast | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was spent, here or elsewhere."""
        return bool(self.by_day.empty and self.elsewhere.empty)

    @property
    def all_by_day(self) -> pd.DataFrame:
        """What was spent here and elsewhere, as ``SpendingHistory.by_day`` has it."""
        correction = {"page": "", "operation": Correction.ELSEWHERE, "data_points": ""}
        return pd.concat([self.by_day, self.elsewhere.assign(**correction)], ignore_index=True)

    @property
    def days_with_spending(self) -> int:
        """The number of days in the period on which something was spent."""
        everything = self.all_by_day
        return int(everything.loc[everything["charge"] > 0, "day"].nunique())

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
    elsewhere: pd.DataFrame,
    *,
    available: float | None,
    end: date,
    today: date,
    renewal: pd.Timestamp | None = None,
) -> SpendingSummary:
    """Summarizes what was spent in a period here and elsewhere, as ``SpendingHistory`` has it.

    There is a forecast until the ``renewal`` of the credits if the balance (UC) is known, the
    period ends ``today``, and it has ``MIN_DAYS`` with spending.
    """
    run_out = None
    if available is not None and end == today:
        here = by_day.groupby("day")["charge"].sum()
        daily = here.add(elsewhere.groupby("day")["charge"].sum(), fill_value=0)
        run_out = forecast(daily, available, pd.Timestamp(today, tz="UTC"), renewal)
    return SpendingSummary(by_day, elsewhere, run_out)


def consumption(by_day: pd.DataFrame, column: str) -> pd.DataFrame:
    """Returns UC by day and value of ``column``, in words: day, what, charge.

    ``by_day`` is ``SpendingHistory.by_day``, ``column`` a value of ``SPLITS``.
    """
    what = [_split_label(row, column) for row in by_day.to_dict("records")]
    table = by_day.assign(what=what).groupby(["day", "what"], as_index=False)["charge"].sum()
    return table[table["charge"] != 0].reset_index(drop=True)


def of_bar(requests: pd.DataFrame, what: str, split: str) -> pd.DataFrame:
    """Returns the requests that a part of a bar of the daily spend stands for, by its words.

    ``requests`` is ``SpendingHistory.events`` of a day, ``split`` a key of ``SPLITS``.
    """
    labels = [_split_label(row, SPLITS[split]) for row in requests.to_dict("records")]
    return requests[[label == what for label in labels]]


def _split_label(row: dict[str, str], column: str) -> str:
    if column == "operation" or row["operation"] in [*Correction]:
        return OPERATION_LABELS.get(row["operation"], row["operation"])
    if column == "page":
        return row["page"]
    return bought_label(row)


def bought_label(row: Mapping[str, str]) -> str:
    """Returns what a request of the ledger bought, in words: ``Email + Phone``, ``Profile``."""
    if row["operation"] == "searchCompany":
        return COMPANY.label
    points = [DATA_POINTS[point].label for point in row["data_points"].split(",") if point]
    return " + ".join(points) or "Profile"


def comparison_summary(comparison: Comparison) -> str:
    """Returns where LeadIQ's count and the ledger's sum disagree, and by how much, in words."""
    answered = f"this console's requests add up to {uc(comparison.answered)}"
    if comparison.unknown:
        answered += f", plus up to {uc(comparison.unknown)} for requests that got no answer"
    since = day(pd.Timestamp(comparison.since))
    differences = _differences(comparison)
    explained = f": {', '.join(differences)}" if differences else ""
    return f"LeadIQ counts {uc(comparison.counted)} since {since}; {answered}{explained}."


def _differences(comparison: Comparison) -> list[str]:
    """What explains the difference between LeadIQ's count and the answers, or may explain it."""
    recorded = {
        "were already unlocked by your team": comparison.unlocked,
        "were spent elsewhere": comparison.elsewhere,
        "of charges cannot be traced to any request": comparison.unexplained,
    }
    differences = [f"{uc(amount)} {what}" for what, amount in recorded.items() if amount]
    entries = comparison.answered + comparison.elsewhere + comparison.unexplained
    uncounted = entries - comparison.unlocked - comparison.counted
    if uncounted >= 1:  # the balance is in whole credits
        may_be = "were already unlocked by your team, or are not counted by LeadIQ yet"
        differences.append(f"{uc(uncounted)} {may_be}")
    return differences


def forecast(
    daily: pd.Series, available: float, now: pd.Timestamp, renewal: pd.Timestamp | None
) -> Forecast | None:
    """Returns the forecast from UC by day (index: day), or None without enough data.

    The pace is that of the last ``PACE_DAYS`` days until ``now``, or of those since the first day
    in the data. It needs ``MIN_DAYS`` of them on which something was spent, here or elsewhere; the
    days without count for the pace, not for these. Without a ``renewal`` in the future, and within
    ``MAX_DAYS_AHEAD`` days, the forecast ends after ``DAYS_AHEAD`` days.
    """
    first = max(now - pd.Timedelta(days=PACE_DAYS - 1), daily.index.min()) if len(daily) else now
    window = daily.reindex(pd.date_range(first, now, freq="D"), fill_value=0.0)
    if int((window > 0).sum()) < MIN_DAYS:
        return None
    pace = float(window.mean())
    error = CONFIDENCE * float(window.std()) / sqrt(len(window))
    slow, fast = max(pace - error, 0.0), pace + error
    until_renewal = 0 if renewal is None else (renewal.normalize() - now).days
    is_renewal = 0 < until_renewal <= MAX_DAYS_AHEAD
    ahead = until_renewal if is_renewal else DAYS_AHEAD
    line = _projected_balance(available, {"expected": pace, "low": fast, "high": slow}, now, ahead)
    return Forecast(
        pace=pace,
        end=now + pd.Timedelta(days=ahead),
        is_renewal=is_renewal,
        remaining=float(line["expected"].iloc[-1]),
        expected=_run_out_day(available, pace, now, ahead),
        soonest=_run_out_day(available, fast, now, ahead),
        latest=_run_out_day(available, slow, now, ahead),
        line=line,
    )


def _run_out_day(
    available: float, pace: float, now: pd.Timestamp, ahead: int
) -> pd.Timestamp | None:
    """Returns the day when ``available`` UC are spent at ``pace`` UC a day; None if not before."""
    days = available / pace if pace else ahead
    return now + pd.Timedelta(days=int(days)) if days < ahead else None


def _projected_balance(
    available: float, paces: dict[str, float], now: pd.Timestamp, ahead: int
) -> pd.DataFrame:
    """Returns the balance at each pace, a column each, for ``ahead`` days and today."""
    days = pd.Series(range(ahead + 1))
    line = pd.DataFrame({"day": now + pd.to_timedelta(days, unit="D")})
    for name, pace in paces.items():
        line[name] = (available - days * pace).clip(lower=0)
    return line


def renewal_figure(spent: SpendingSummary) -> tuple[str, str, str]:
    """Returns what is left at the renewal, or when credits run out: a label, its value, a note."""
    forecast = spent.forecast
    if forecast is None:
        return "Left over at renewal", "–", f"Needs {MIN_DAYS} days with spending"
    renews = f"renews on {day(forecast.end)}" if forecast.is_renewal else ""
    if forecast.expected is not None:
        label = "Runs out before renewal" if forecast.is_renewal else "Credits run out"
        return label, day(forecast.expected), renews
    label = "Left over at renewal" if forecast.is_renewal else f"Left on {day(forecast.end)}"
    return label, f"~{uc(round(forecast.remaining))}", renews


def forecast_sentence(spent: SpendingSummary) -> str:
    """Returns the forecast in words, with the dates beside it, or why there is none."""
    if spent.forecast is not None:
        return forecast_summary(spent.forecast)
    number = spent.days_with_spending
    if number < MIN_DAYS:
        there_are = "there is 1" if number == 1 else f"there are {number}"
        return f"A forecast needs {MIN_DAYS} days with spending; {there_are} in this period."
    return "A forecast needs a period that ends today, and a known balance."


def forecast_summary(forecast: Forecast) -> str:
    """Returns the forecast as two or three sentences."""
    end, soonest, latest = (day(at) for at in (forecast.end, forecast.soonest, forecast.latest))
    left = f"you'll have about {uc(round(forecast.remaining))} left "
    left += f"when credits renew on {end}" if forecast.is_renewal else f"on {end}"
    before = f", before they renew on {end}" if forecast.is_renewal else ""
    if forecast.soonest is None:
        outcome = left
    elif forecast.expected is None:
        outcome = f"{left}; at the fastest likely pace they run out on {soonest}"
    elif forecast.latest is None:
        outcome = f"your credits run out about {day(forecast.expected)}{before}"
        outcome += (
            f"; that could be as early as {soonest}, or not at all at the slowest likely pace"
        )
    elif soonest == latest:
        outcome = f"your credits run out on {soonest}{before}"
    else:
        outcome = f"your credits run out between {soonest} and {latest}{before}"
    has_pace = forecast.pace >= SMALLEST_PACE
    pace = f"about {uc(round(forecast.pace, 1))}" if has_pace else "less than 0.1 UC"
    note = (
        "" if forecast.is_renewal else f" That is {DAYS_AHEAD} days ahead: the renewal isn't known."
    )
    return f"You spend {pace} a day. At this pace {outcome}.{note}"


def emails_found(by_day: pd.DataFrame) -> int:
    """Returns how many emails were found by requests for emails."""
    return int(by_day.loc[by_day["data_points"].str.contains("email", regex=False), "emails"].sum())


def cost_per_email(by_day: pd.DataFrame) -> float | None:
    """Returns UC spent on requests for emails, per email found; None if none was found."""
    with_email = by_day[by_day["data_points"].str.contains("email", regex=False)]
    emails = emails_found(by_day)
    return float(with_email["charge"].sum()) / emails if emails else None
