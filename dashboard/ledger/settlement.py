"""How the outcome of a paid request is recorded: its charge, what it unlocked, its state."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from dashboard.formatting import uc
from dashboard.ledger.budgets import lock_account
from dashboard.ledger.database import Database
from dashboard.ledger.events import Event, add_to_day, last_settlement, update_event
from dashboard.ledger.schema import EventState, events, now_ms, to_thousandths, to_uc
from dashboard.ledger.unlocks import add_unlocks
from leadiq_api.credits import Estimate, Unlock

LOGGER = logging.getLogger("dashboard")

# The price of an answer, given which of its unlocks are new to the account: its minimum is what
# LeadIQ's published prices charge.
PriceOfNew = Callable[[frozenset[Unlock]], Estimate]


@dataclass(frozen=True)
class Outcome:
    """The outcome of a paid request, as ``Ledger.settle`` has it."""

    state: EventState
    charge: Decimal | PriceOfNew
    returned: int
    emails: int
    unlocked: frozenset[Unlock]
    in_transaction: Callable[[sa.Connection, Decimal], None] | None

    def price(self, new: frozenset[Unlock]) -> Estimate:
        """Returns the price of the answer, given what of it is new to the account."""
        if callable(self.charge):
            return self.charge(new)
        return Estimate(self.charge, self.charge)


def settle(database: Database, event_id: int, outcome: Outcome) -> None:
    """Records the outcome of a request in one transaction, if it has none yet."""
    with database.writing() as db:
        event = _lock_event(db, event_id)
        # The order of locks is the same everywhere: the account, its events, a job's rows.
        was_given_up = event.state == EventState.UNKNOWN and (
            outcome.state == EventState.ESTIMATED
            or (outcome.state == EventState.UNKNOWN and bool(outcome.unlocked))
        )
        if was_given_up:
            add_to_day(db, event, -event.charge, requests=-1)
        charge, state = event.charge, outcome.state
        if was_given_up or event.state == EventState.OPEN:
            charge, state = _record(db, event, outcome)
        if outcome.in_transaction is not None:
            outcome.in_transaction(db, to_uc(charge))
    needs_attention = state in (EventState.UNKNOWN, EventState.EXCEEDED)
    level = logging.WARNING if needs_attention else logging.INFO
    LOGGER.log(level, "Event %s, %s: %s, %s", event.id, event.operation, state, uc(to_uc(charge)))


def _record(db: sa.Connection, event: Event, outcome: Outcome) -> tuple[int, EventState]:
    """Writes the outcome of an event. Returns its charge (thousandths) and its state."""
    new = add_unlocks(db, event.account, outcome.unlocked, now_ms())
    price, of_all = outcome.price(new), outcome.price(outcome.unlocked)
    charge, state = to_thousandths(price.minimum), outcome.state
    if state == EventState.ESTIMATED and to_thousandths(price.maximum) > event.max_charge:
        state = EventState.EXCEEDED
    update_event(
        db,
        event,
        state=state,
        charge=charge,
        saved=to_thousandths(of_all.minimum) - charge,
        disputed=to_thousandths(of_all.maximum - of_all.minimum),
        returned=outcome.returned,
        settlement=last_settlement(db, event.account) + 1,
    )
    counts = {"returned": outcome.returned, "emails": outcome.emails, "requests": 1}
    add_to_day(db, event, charge, **counts)
    return charge, state


def _lock_event(db: sa.Connection, event_id: int) -> Event:
    """Locks the account of an event, and returns the event as it is under the lock."""
    query = sa.select(events).where(events.c.id == event_id)
    lock_account(db, db.execute(query).one().account)
    return Event.from_row(db.execute(query).one())
