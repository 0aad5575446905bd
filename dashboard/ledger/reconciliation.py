"""Balances, and the charges that a move of the balance confirms or corrects."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from dashboard.ledger.events import (
    Event,
    add_to_day,
    last_settlement,
    settled_after,
    update_event,
)
from dashboard.ledger.schema import THOUSANDTHS, EventState, events, snapshots


@dataclass(frozen=True)
class Balance:
    """A stored balance. Amounts are thousandths of a UC.

    It includes every settlement up to ``mark``, which precedes its request, and perhaps later ones.
    ``newest_event`` is the last event that was reserved before it was recorded.
    """

    available: int
    used: int
    mark: int
    newest_event: int


def last_balance(db: sa.Connection, account: str) -> Balance | None:
    """Returns the balance of an account that was asked for last, or None if there is none."""
    query = sa.select(snapshots).where(
        snapshots.c.account == account, snapshots.c.mark.is_not(None)
    )
    row = db.execute(query.order_by(snapshots.c.mark.desc(), snapshots.c.id.desc())).first()
    if row is None:
        return None
    return Balance(row.available, row.used, row.mark, row.newest_event)


def give_up_abandoned(db: sa.Connection, account: str, before: int) -> int:
    """Makes events unknown that are open since before (Unix ms). Returns their settlement."""
    settlement = last_settlement(db, account) + 1
    abandoned = (
        events.c.account == account,
        events.c.state == EventState.OPEN,
        events.c.at < before,
    )
    values = {"state": EventState.UNKNOWN, "settlement": settlement}
    db.execute(events.update().where(*abandoned).values(values))
    return settlement


def reconcile(db: sa.Connection, account: str, last: Balance, new: Balance, given_up: int) -> None:
    """Settles the events between two balances, if each of them lies wholly between.

    ``given_up`` is the settlement of the events that were given up just now.
    """
    query = sa.select(events).where(events.c.account == account, settled_after(last.mark))
    recent = [Event.from_row(row) for row in db.execute(query).all()]
    if not all(_lies_between(event, last, new, given_up) for event in recent):
        return
    moved = new.used - last.used
    unconfirmed = [
        event for event in recent if event.state in (EventState.ESTIMATED, EventState.UNKNOWN)
    ]
    estimated = sum(event.charge for event in recent)
    any_unknown = any(event.state == EventState.UNKNOWN for event in unconfirmed)
    if not any_unknown and abs(moved - estimated) < THOUSANDTHS:
        for event in unconfirmed:
            update_event(db, event, state=EventState.SETTLED, settlement=_included(event, new))
    elif len(unconfirmed) == 1:
        (event,) = unconfirmed
        charge = _explained_charge(event, moved - (estimated - event.charge))
        values = {"charge": charge, "settlement": _included(event, new)}
        update_event(db, event, state=EventState.SETTLED, **values)
        add_to_day(db, event, charge - event.charge)


def _lies_between(event: Event, last: Balance, new: Balance, given_up: int) -> bool:
    """Whether an event was reserved after the last balance, and settled before the new one."""
    if event.settlement is None or event.id <= last.newest_event:
        return False
    return event.settlement <= new.mark or event.settlement == given_up


def _included(event: Event, balance: Balance) -> int:
    """Returns the settlement of an event that a balance has confirmed, and so includes."""
    return min(event.settlement or balance.mark, balance.mark)


def _explained_charge(event: Event, moved: int) -> int:
    """Returns the charge (thousandths) closest to the balance's move that the event can have."""
    min_charge = 0 if event.state == EventState.UNKNOWN else event.min_charge
    return min(max(moved, min_charge, 0), event.max_charge)
