"""What one account has spent, as tables for charts and downloads. Amounts are UC as float."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from dashboard.ledger.database import Database
from dashboard.ledger.events import is_request
from dashboard.ledger.schema import (
    DAY_MS,
    THOUSANDTHS,
    Correction,
    days,
    events,
    to_day_number,
)
from leadiq_api.quality import Quality


@dataclass(frozen=True)
class SpendingHistory:
    """Reads what one account has spent. All days are in UTC; ``end`` is included."""

    database: Database
    account: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever spent, here or elsewhere."""
        queries = (
            sa.select(table.c.account).where(table.c.account == self.account)
            for table in (days, events)
        )
        with self.database.reading() as db:
            return db.execute(sa.union_all(*queries).limit(1)).first() is None

    def by_day(self, start: date, end: date) -> pd.DataFrame:
        """Returns the sums by day, page, operation and data points.

        Columns: day, page, operation, data_points, requests, returned, emails, charge.
        """
        columns = [column for column in days.c if column.name != "account"]
        query = sa.select(*columns).where(
            days.c.account == self.account,
            days.c.day.between(to_day_number(start), to_day_number(end)),
        )
        return _with_day(self._table(query.order_by(days.c.day), amounts=("charge",)))

    def elsewhere(self, start: date, end: date) -> pd.DataFrame:
        """Returns what others spent with the same credits. Columns: day, charge."""
        day = events.c.at // DAY_MS
        query = sa.select(day.label("day"), sa.func.sum(events.c.charge).label("charge")).where(
            events.c.account == self.account,
            events.c.operation == Correction.ELSEWHERE,
            day.between(to_day_number(start), to_day_number(end)),
        )
        return _with_day(self._table(query.group_by(day).order_by(day), amounts=("charge",)))

    def by_user(self, start: date, end: date) -> pd.DataFrame:
        """Returns what each user spent here, the most first. Columns: user, requests, charge."""
        charge = sa.func.sum(events.c.charge)
        query = sa.select(
            events.c.user, sa.func.count().label("requests"), charge.label("charge")
        ).where(self._is_in(start, end), is_request())
        by_user = query.group_by(events.c.user).order_by(charge.desc(), events.c.user)
        return self._table(by_user, amounts=("charge",))

    def events(
        self, start: date, end: date, *, limit: int | None, equal: Mapping[str, str] | None = None
    ) -> pd.DataFrame:
        """Returns the newest paid requests; ``limit`` None returns all of them.

        ``equal`` filters by the values of columns: page, operation and state, for instance.
        Columns: id, at, user, page, operation, data_points, asked, returned, least, most, charge,
        state, saved, quality (what a lookup accepted, in words). Corrections by a balance are
        among them.
        """
        hidden = ("account", "job", "settlement", "disputed")
        columns = [column for column in events.c if column.name not in hidden]
        query = sa.select(*columns).where(
            self._is_in(start, end),
            *(events.c[name] == value for name, value in (equal or {}).items()),
        )
        table = self._table(
            query.order_by(events.c.at.desc(), events.c.id.desc()).limit(limit),
            amounts=("least", "most", "charge", "saved"),
        )
        table["quality"] = [Quality.from_text(text).label for text in table["quality"]]
        table["at"] = pd.to_datetime(table["at"].astype("int64"), unit="ms", utc=True)
        return table

    def _is_in(self, start: date, end: date) -> sa.ColumnElement[bool]:
        first, last = to_day_number(start) * DAY_MS, (to_day_number(end) + 1) * DAY_MS - 1
        return sa.and_(events.c.account == self.account, events.c.at.between(first, last))

    def _table(self, query: sa.Select[Any], *, amounts: tuple[str, ...]) -> pd.DataFrame:
        """Runs a query whose columns ``amounts`` are thousandths of a UC."""
        with self.database.reading() as db:
            rows = db.execute(query)
            table = pd.DataFrame(rows.all(), columns=list(rows.keys()))
        for name in amounts:
            table[name] = table[name].astype(float) / THOUSANDTHS
        return table


def _with_day(table: pd.DataFrame) -> pd.DataFrame:
    """Turns the number in the column ``day`` into the start of that day in UTC."""
    return table.assign(day=pd.to_datetime(table["day"].astype("int64"), unit="D", utc=True))
