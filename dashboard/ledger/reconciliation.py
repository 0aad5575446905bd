"""Balances, and the charges that a move of the balance confirms or corrects."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from dashboard.ledger.events import Event, add_to_day, update_event
from dashboard.ledger.schema import THOUSANDTHS, EventState, events, snapshots


@dataclass(frozen=True)
class Balance:
    """A stored balance. Amounts are thousandths of a UC, the time is Unix ms."""

    at: int
    available: int
    used: int


def last_balance(db: sa.Connection, account: str) -> Balance | None:
    """Returns the newest balance of an account, or None if none was recorded."""
    query = sa.select(snapshots).where(snapshots.c.account == account)
    row = db.execute(query.order_by(snapshots.c.at.desc(), snapshots.c.id.desc())).first()
    return None if row is None else Balance(at=row.at, available=row.available, used=row.used)


def reconcile(db: sa.Connection, account: str, since: int, moved: int) -> None:
    """Settles the events since the last balance (Unix ms), which moved by ``moved`` thousandths."""
    query = sa.select(events).where(events.c.account == account, events.c.at > since)
    recent = [Event.from_row(row) for row in db.execute(query).all()]
    if any(event.state == EventState.OPEN for event in recent):
        return
    unconfirmed = [
        event for event in recent if event.state in (EventState.ESTIMATED, EventState.UNKNOWN)
    ]
    estimated = sum(event.charge for event in recent)
    any_unknown = any(event.state == EventState.UNKNOWN for event in unconfirmed)
    if not any_unknown and abs(moved - estimated) < THOUSANDTHS:
        for event in unconfirmed:
            update_event(db, event, state=EventState.SETTLED)
    elif len(unconfirmed) == 1:
        (event,) = unconfirmed
        charge = _explained_charge(event, moved - (estimated - event.charge))
        update_event(db, event, state=EventState.SETTLED, charge=charge)
        add_to_day(db, event, charge - event.charge)


def _explained_charge(event: Event, moved: int) -> int:
    """Returns the charge (thousandths) closest to the balance's move that the event can have."""
    min_charge = 0 if event.state == EventState.UNKNOWN else event.min_charge
    return min(max(moved, min_charge, 0), event.max_charge)
