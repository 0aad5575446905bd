"""A month of made-up spending, with which Usage shows what it looks like. Pure; never stored."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from dashboard.ledger.schema import EventState

SAMPLE_DAYS = 30
USER = "sample data"
PRICES: Mapping[str, float] = {"": 0.1, "email": 1.0, "email,phone": 11.0, "company": 3.0}
# Page, operation, data points, the most that a request finds, and how often there is one.
KINDS = (
    ("Advanced search", "flatAdvancedSearch", "", 100, 6),
    ("Advanced search", "flatAdvancedSearch", "company", 25, 1),
    ("People search", "searchPeople", "email", 1, 6),
    ("People search", "searchPeople", "email,phone", 1, 3),
    ("Company search", "searchCompany", "", 6, 2),
)
REQUESTS_A_DAY = (3, 9)
SHARE_FOUND = 0.85
WORKING_MINUTES = range(8 * 60, 18 * 60)
FRIDAY = 4


@dataclass(frozen=True)
class SampleHistory:
    """What ``SpendingHistory`` has of an account, of a made-up one; the last day is ``today``."""

    today: date

    def by_day(self, start: date, end: date) -> pd.DataFrame:
        """Returns the sums by day, page, operation and data points."""
        rows = self._between(start, end).assign(day=lambda rows: rows["at"].dt.normalize())
        keys = ["day", "page", "operation", "data_points"]
        sums = {"requests": "sum", "returned": "sum", "emails": "sum", "charge": "sum"}
        return rows.assign(requests=1).groupby(keys, as_index=False).agg(sums)

    def elsewhere(self, start: date, end: date) -> pd.DataFrame:
        """Returns what others spent: nothing."""
        return self._between(start, end).iloc[:0].rename(columns={"at": "day"})[["day", "charge"]]

    def events(
        self, start: date, end: date, *, limit: int | None, equal: Mapping[str, str] | None = None
    ) -> pd.DataFrame:
        """Returns the newest requests; see ``SpendingHistory.events``."""
        rows = self._between(start, end)
        for column, value in (equal or {}).items():
            rows = rows[rows[column] == value]
        return rows.drop(columns="emails").iloc[::-1].head(len(rows) if limit is None else limit)

    @property
    def used(self) -> float:
        """UC of all the requests."""
        return round(float(self._rows["charge"].sum()), 1)

    def _between(self, start: date, end: date) -> pd.DataFrame:
        days = self._rows["at"].dt.date
        return self._rows[(days >= start) & (days <= end)]

    @cached_property
    def _rows(self) -> pd.DataFrame:
        draw = random.Random(SAMPLE_DAYS)  # noqa: S311  the same at each look
        rows: list[dict[str, object]] = []
        for before in range(SAMPLE_DAYS - 1, -1, -1):
            day = pd.Timestamp(self.today - timedelta(days=before), tz="UTC")
            weekend = day.day_of_week > FRIDAY
            number = 0 if weekend else draw.randint(*REQUESTS_A_DAY)
            minutes = sorted(draw.sample(WORKING_MINUTES, number))
            kinds = draw.choices(KINDS, [kind[-1] for kind in KINDS], k=len(minutes))
            rows += [
                _request(draw, len(rows) + place, day + pd.Timedelta(minutes=minute), *kind[:-1])
                for place, (minute, kind) in enumerate(zip(minutes, kinds, strict=True))
            ]
        return pd.DataFrame(rows)


def _request(
    draw: random.Random,
    number: int,
    at: pd.Timestamp,
    page: str,
    operation: str,
    data_points: str,
    asked: int,
) -> dict[str, object]:
    found = sum(draw.random() < SHARE_FOUND for _ in range(asked))
    price = PRICES["company" if operation == "searchCompany" else data_points]
    return {
        "id": number,
        "at": at,
        "user": USER,
        "page": page,
        "operation": operation,
        "data_points": data_points,
        "asked": asked,
        "returned": found,
        "least": 0.0,
        "most": asked * price,
        "charge": round(found * price, 1),
        "state": EventState.SETTLED.value,
        "saved": 0.0,
        "quality": "",
        "emails": found if "email" in data_points else 0,
    }
