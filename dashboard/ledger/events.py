"""Events: stored paid requests, and their sums. Used within the ledger's transactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.database import upsert
from dashboard.ledger.schema import DAY_MS, Correction, EventState, days, events, to_uc

# What an event counts against a budget: while its outcome is not known, its maximum.
CHARGED_OR_RESERVED: sa.ColumnElement[int] = sa.case(
    (events.c.state.in_((EventState.OPEN, EventState.UNKNOWN)), events.c.most),
    else_=events.c.charge,
)


@dataclass(frozen=True)
class Event:
    """A stored event: a paid request. Amounts are thousandths of a UC, times Unix ms."""

    id: int
    at: int
    account: str
    page: str
    operation: str
    data_points: str
    min_charge: int
    max_charge: int
    charge: int
    state: EventState
    settlement: int | None

    @classmethod
    def from_row(cls, row: sa.Row[Any]) -> Event:
        """Reads a row of the table ``events``."""
        return cls(
            id=row.id,
            at=row.at,
            account=row.account,
            page=row.page,
            operation=row.operation,
            data_points=row.data_points,
            min_charge=row.least,
            max_charge=row.most,
            charge=row.charge,
            state=EventState(row.state),
            settlement=row.settlement,
        )


@dataclass(frozen=True)
class Sending:
    """What is written of a request in the transaction that reserves its price.

    ``mark`` records that it goes out as this event, or raises what keeps it from being sent.
    ``void_repeated`` takes what it stands in for out of the sums, before the budgets are checked.
    By default, nothing is written beside the reservation.
    """

    mark: Callable[[sa.Connection, int], None] = lambda _db, _event: None
    void_repeated: Callable[[sa.Connection], None] = lambda _db: None


RESERVATION_ALONE = Sending()


def update_event(db: sa.Connection, event: Event, **values: Any) -> None:
    """Changes columns of an event."""
    db.execute(events.update().where(events.c.id == event.id).values(values))


def add_to_day(
    db: sa.Connection,
    event: Event,
    charge: int,
    *,
    returned: int = 0,
    emails: int = 0,
    requests: int = 0,
) -> None:
    """Adds to the sums of the event's day; ``charge`` is in thousandths and may be negative."""
    key = {
        "account": event.account,
        "day": event.at // DAY_MS,
        "page": event.page,
        "operation": event.operation,
        "data_points": event.data_points,
    }
    sums = {"requests": requests, "returned": returned, "emails": emails, "charge": charge}
    added = {name: days.c[name] + value for name, value in sums.items()}
    upsert(db, days, key, sums, added)


def last_settlement(db: sa.Connection, account: str) -> int:
    """Returns the number of an account's last settlement, 0 before the first."""
    query = sa.select(sa.func.max(events.c.settlement)).where(events.c.account == account)
    return int(db.execute(query).scalar() or 0)


def last_request(db: sa.Connection, account: str, before: int | None = None) -> int:
    """Returns the id of an account's last request, 0 before the first.

    ``before`` (Unix ms) leaves out what was sent at that time or later.
    """
    query = sa.select(sa.func.max(events.c.id)).where(events.c.account == account, is_request())
    if before is not None:
        query = query.where(events.c.at < before)
    return int(db.execute(query).scalar() or 0)


def is_request() -> sa.ColumnElement[bool]:
    """An event that was sent, and not the correction of a balance."""
    return events.c.operation.not_in([*Correction])


def settled_after(mark: int) -> sa.ColumnElement[bool]:
    """What a balance need not include whose request began after the settlement ``mark``."""
    return sa.or_(events.c.settlement.is_(None), events.c.settlement > mark)


def charged(db: sa.Connection, account: str, condition: sa.ColumnElement[bool]) -> Decimal:
    """Returns the charges (UC) of an account's events."""
    return to_uc(sum_of(db, events.c.charge, account, condition))


def committed(db: sa.Connection, account: str, condition: sa.ColumnElement[bool]) -> Decimal:
    """Returns the charges (UC) of an account's events, open and unknown ones at their maximum."""
    return to_uc(sum_of(db, CHARGED_OR_RESERVED, account, condition))


def sum_of(
    db: sa.Connection,
    amount: sa.ColumnElement[int],
    account: str,
    condition: sa.ColumnElement[bool],
) -> int:
    """Returns the sum of an amount (thousandths) over an account's events."""
    query = sa.select(sa.func.coalesce(sa.func.sum(amount), 0))
    return int(db.execute(query.where(events.c.account == account, condition)).scalar_one())
