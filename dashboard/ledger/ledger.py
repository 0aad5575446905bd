"""The ledger: paid requests, what they unlocked, and the balances that confirm their charges.

All sessions and workers of an account share it: a budget is checked and the price reserved in one
transaction before a request is sent, and the request is settled after it. Amounts cross this
module's border as UC in ``Decimal``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from dashboard.formatting import uc
from dashboard.ledger.budgets import Budget, Budgets, lock_account
from dashboard.ledger.database import Database
from dashboard.ledger.events import (
    Event,
    add_to_day,
    charged,
    committed,
    last_settlement,
    newest_event,
    settled_after,
    update_event,
)
from dashboard.ledger.history import SpendingHistory
from dashboard.ledger.reconciliation import Balance, give_up_abandoned, last_balance, reconcile
from dashboard.ledger.saved_searches import SavedSearches
from dashboard.ledger.schema import (
    DAY_MS,
    THOUSANDTHS,
    EventState,
    events,
    now_ms,
    snapshots,
    to_thousandths,
    to_uc,
)
from dashboard.ledger.sign_outs import SignOuts
from dashboard.ledger.unlocks import add_unlocks, read_unlocks
from leadiq_api import LeadIQError
from leadiq_api.credits import Estimate, Unlock

LOGGER = logging.getLogger("dashboard")

ABANDONED_MS = 10 * 60_000  # an event open for longer is abandoned: its process died

# The price of an answer (UC), given which of its unlocks are new to the account.
PriceOfNew = Callable[[frozenset[Unlock]], Decimal]


class BudgetExceededError(LeadIQError):
    """A request was not sent because a budget or the balance would not cover its price."""


@dataclass(frozen=True)
class Request:
    """A paid request before it is sent: who sends it from which page, and for how many rows."""

    account: str
    user: str
    page: str
    operation: str
    data_points: tuple[str, ...]
    row_count: int
    job: str | None = None
    job_budget: Decimal | None = None  # UC; of this job, beside the account's limit for every job


class JobSpending(NamedTuple):
    """UC that a job was charged, and UC reserved for its requests without an outcome."""

    charged: Decimal
    reserved: Decimal


class Ledger:
    """The ledger in one database; thread-safe. Raises ``LedgerError`` if it cannot be opened."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.budgets = Budgets(self.database)
        self.saved_searches = SavedSearches(self.database)
        self.sign_outs = SignOuts(self.database)

    @property
    def url(self) -> sa.URL:
        """The database's URL, with its driver."""
        return self.database.url

    def close(self) -> None:
        """Closes the database's connections."""
        self.database.close()

    def history(self, account: str) -> SpendingHistory:
        """Returns the account's spending, to be read as tables."""
        return SpendingHistory(self.database, account)

    # Spending --------------------------------------------------------------------------------

    def reserve(
        self,
        request: Request,
        price: Estimate,
        in_transaction: Callable[[sa.Connection, int], None] | None = None,
    ) -> int:
        """Checks the budgets and reserves a request's maximum price. Returns the event's id.

        ``in_transaction`` is called with the event's id within the same transaction. Raises
        ``BudgetExceededError``, with nothing written, if the daily or the job's budget, or the
        balance less the reserve, does not cover the price.
        """
        now, max_charge = now_ms(), to_thousandths(price.maximum)
        with self.database.writing() as db:
            budget = lock_account(db, request.account)
            if max_charge:
                _check_budgets(db, request, budget, to_uc(max_charge), now)
            row = events.insert().values(
                at=now,
                account=request.account,
                user=request.user,
                page=request.page,
                operation=request.operation,
                data_points=",".join(request.data_points),
                asked=request.row_count,
                returned=0,
                least=to_thousandths(price.minimum),
                most=max_charge,
                charge=0,
                state=EventState.OPEN,
                job=request.job,
            )
            event_id = int(db.execute(row.returning(events.c.id)).scalar_one())
            if in_transaction is not None:
                in_transaction(db, event_id)
            return event_id

    def settle(
        self,
        event_id: int,
        *,
        state: EventState,
        charge: Decimal | PriceOfNew = Decimal(0),
        returned: int = 0,
        emails: int = 0,
        unlocked: Iterable[Unlock] = (),
        in_transaction: Callable[[sa.Connection, Decimal], None] | None = None,
    ) -> None:
        """Records the outcome of a request, once; a second outcome changes nothing.

        ``unlocked`` is all that the answer contains. What of it is new to the account is decided,
        and priced by ``charge``, where it is written: two answers that bring the same company at
        once are charged for it once. ``in_transaction`` is called within the same transaction,
        each time, with the event's charge (UC). An event given up as unknown is still settled if
        its answer arrives after all.
        """
        now, gained = now_ms(), [*unlocked]
        with self.database.writing() as db:
            event = _lock_event(db, event_id)
            # The order of locks is the same everywhere: the account, its events, a job's rows.
            was_given_up = event.state == EventState.UNKNOWN and (
                state == EventState.ESTIMATED or (state == EventState.UNKNOWN and bool(gained))
            )
            if was_given_up:
                add_to_day(db, event, -event.charge, requests=-1)
            if was_given_up or event.state == EventState.OPEN:
                new = add_unlocks(db, event.account, gained, now)
                final_charge = to_thousandths(charge(new) if callable(charge) else charge)
                update_event(
                    db,
                    event,
                    state=state,
                    charge=final_charge,
                    returned=returned,
                    settlement=last_settlement(db, event.account) + 1,
                )
                add_to_day(db, event, final_charge, returned=returned, emails=emails, requests=1)
            else:
                final_charge = event.charge
            if in_transaction is not None:
                in_transaction(db, to_uc(final_charge))
        _log_settlement(event, state, to_uc(final_charge))

    def void_unknown_charges(self, db: sa.Connection, charges: Mapping[int, Decimal]) -> None:
        """Takes requests of unknown outcome out of the sums, within a writing transaction.

        For a job that found them to be uncharged, or that repeats them because repeating is free:
        then the new request is charged for both. ``charges`` is the part of each event's charge
        that is certain (UC), by the event's id.
        """
        query = sa.select(events).where(
            events.c.id.in_([*charges]), events.c.state != EventState.OPEN
        )
        for row in db.execute(query).all():
            event = Event.from_row(row)
            charge = to_thousandths(charges[event.id])
            add_to_day(db, event, charge - event.charge)
            state = EventState.ESTIMATED if charge else EventState.REFUSED
            update_event(db, event, state=state, charge=charge)

    def unlocked(self, account: str, ids: Iterable[str]) -> frozenset[Unlock]:
        """Returns what of these people and companies the account unlocked within a year."""
        with self.database.reading() as db:
            return read_unlocks(db, account, ids, now_ms())

    # Balances --------------------------------------------------------------------------------

    def balance_mark(self, account: str) -> int:
        """Returns the mark of a balance that is asked for next, for ``record_balance``.

        What is settled later may be missing in that balance, and counts against it.
        """
        with self.database.reading() as db:
            return last_settlement(db, account)

    def record_balance(
        self, account: str, *, available: int, used: int, mark: int | None = None
    ) -> None:
        """Records a balance as the API reported it (whole UC), and settles what it explains.

        ``mark`` is what ``balance_mark`` returned before the balance was asked for; without it
        nothing may have been sent meanwhile. Estimated charges are confirmed if the balance moved
        by the same amount, to the whole UC that it is reported in. If a single request lies between
        two balances that disagree with its charge, the balance is right.
        """
        now = now_ms()
        with self.database.writing() as db:
            lock_account(db, account)
            last = last_balance(db, account)
            new = Balance(
                available * THOUSANDTHS,
                used * THOUSANDTHS,
                last_settlement(db, account) if mark is None else mark,
                newest_event(db, account),
            )
            given_up = give_up_abandoned(db, account, now - ABANDONED_MS)
            db.execute(snapshots.insert().values(account=account, at=now, **asdict(new)))
            if last is None or new.used < last.used:
                return  # nothing to compare with, or a new billing period
            reconcile(db, account, last, new, given_up)

    # Reading ---------------------------------------------------------------------------------

    def newest_event(self, account: str, before: int | None = None) -> int:
        """Returns the id of the last event, or of the last one before a time (Unix ms); else 0."""
        with self.database.reading() as db:
            return newest_event(db, account, before)

    def has_no_requests_in_flight(self, account: str, after: int) -> bool:
        """Whether no request of the account is in flight, and none was sent after an event."""
        in_flight = sa.and_(
            events.c.state == EventState.OPEN, events.c.at > now_ms() - ABANDONED_MS
        )
        query = sa.select(events.c.id).where(
            events.c.account == account, sa.or_(in_flight, events.c.id > after)
        )
        with self.database.reading() as db:
            return db.execute(query.limit(1)).first() is None

    def count_since(self, account: str, after: int) -> int:
        """Returns how many requests were sent after an event."""
        query = sa.select(sa.func.count()).where(events.c.account == account, events.c.id > after)
        with self.database.reading() as db:
            return int(db.execute(query).scalar_one())

    def spent_between(
        self, account: str, after: int, last: int, *, without: Iterable[int] = ()
    ) -> Decimal:
        """Returns UC charged for what was sent after one event up to another, some excepted."""
        sent = sa.and_(events.c.id > after, events.c.id <= last)
        with self.database.reading() as db:
            return charged(db, account, sa.and_(sent, events.c.id.not_in([*without])))

    def spent_by_job(self, account: str, job: str) -> JobSpending:
        """Returns what a job was charged, and what is reserved for it beside that."""
        with self.database.reading() as db:
            job_charged = charged(db, account, events.c.job == job)
            job_committed = committed(db, account, events.c.job == job)
        return JobSpending(job_charged, max(Decimal(0), job_committed - job_charged))

    def spent_today(self, account: str) -> Decimal:
        """Returns UC spent or reserved since midnight UTC."""
        with self.database.reading() as db:
            return committed(db, account, _since_midnight(now_ms()))


def today() -> date:
    """Returns the day that a daily budget counts, in UTC: the same for all workers."""
    return datetime.now(UTC).date()


# Budgets -------------------------------------------------------------------------------------


def _check_budgets(
    db: sa.Connection, request: Request, budget: Budget, price: Decimal, now: int
) -> None:
    """Raises ``BudgetExceededError`` if a limit does not cover ``price`` (UC)."""
    if budget.per_day is not None:
        spent = committed(db, request.account, _since_midnight(now))
        _check_limit("day", budget.per_day, spent, price)
    job_limits = [limit for limit in (budget.per_job, request.job_budget) if limit is not None]
    if request.job is not None and job_limits:
        spent = committed(db, request.account, events.c.job == request.job)
        _check_limit("job", min(job_limits), spent, price)
    _check_balance(db, request.account, budget.reserve, price)


def _check_limit(period: str, limit: Decimal, spent: Decimal, price: Decimal) -> None:
    if spent + price > limit:
        raise BudgetExceededError(
            f"Up to {uc(price)} more would pass the {period}'s budget of {uc(limit)}; "
            f"{uc(spent)} of it are spent or reserved."
        )


def _check_balance(db: sa.Connection, account: str, reserve: Decimal, price: Decimal) -> None:
    last = last_balance(db, account)
    if last is None:
        return
    # The balance need not include what was settled after it was asked for, or is in flight.
    remaining = to_uc(last.available) - committed(db, account, settled_after(last.mark))
    if remaining - price < reserve:
        in_reserve = f", with {uc(reserve)} in reserve" if reserve else ""
        raise BudgetExceededError(
            f"Up to {uc(price)} is more than the balance covers; what is left of it "
            f"is {uc(remaining)}{in_reserve}."
        )


def _since_midnight(now: int) -> sa.ColumnElement[bool]:
    return events.c.at >= now - now % DAY_MS


def _log_settlement(event: Event, state: EventState, charge: Decimal) -> None:
    level = logging.WARNING if state == EventState.UNKNOWN else logging.INFO
    LOGGER.log(level, "Event %s, %s: %s, %s", event.id, event.operation, state, uc(charge))


def _lock_event(db: sa.Connection, event_id: int) -> Event:
    """Locks the account of an event, and returns the event as it is under the lock."""
    query = sa.select(events).where(events.c.id == event_id)
    lock_account(db, db.execute(query).one().account)
    return Event.from_row(db.execute(query).one())
