"""The ledger: paid requests, what they unlocked, and the balances that confirm their charges.

All sessions and workers of an account share it: a budget is checked and the price reserved in one
transaction before a request is sent, and the request is settled after it. Amounts cross this
module's border as UC in ``Decimal``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dashboard.formatting import uc
from dashboard.ledger.balances import add_balance, is_balance_due, last_balance, remaining
from dashboard.ledger.budgets import Budget, Budgets, lock_account
from dashboard.ledger.database import Database, LedgerError
from dashboard.ledger.days import UTC_ZONE, midnight
from dashboard.ledger.events import (
    RESERVATION_ALONE,
    Event,
    Sending,
    add_to_day,
    charged,
    committed,
    is_request,
    last_request,
    last_settlement,
    update_event,
)
from dashboard.ledger.history import SpendingHistory
from dashboard.ledger.receipts import Charge, Receipt, read_charge
from dashboard.ledger.reconciliation import (
    Comparison,
    compare,
    doubtful,
    give_up_abandoned,
    reconcile,
    repeats_are_charged,
)
from dashboard.ledger.saved_searches import SavedSearches
from dashboard.ledger.schema import (
    EventState,
    events,
    now_ms,
    to_thousandths,
    to_uc,
)
from dashboard.ledger.settlement import Outcome, PriceOfNew, settle
from dashboard.ledger.sign_outs import SignOuts
from dashboard.ledger.tracking_imports import TrackingImports
from dashboard.ledger.unlocks import read_contacts, read_unlocks
from dashboard.ledger.unrecorded import Unrecorded
from leadiq_api import LeadIQError
from leadiq_api.credits import Estimate, Unlock

LOGGER = logging.getLogger("dashboard")

ABANDONED_MS = 10 * 60_000  # an event open for longer is abandoned: its process died


class BudgetExceededError(LeadIQError):
    """A request was not sent because a budget or the balance would not cover its price."""


@dataclass(frozen=True)
class Request:
    """A paid request before it is sent: who sends it from which page, and for how many rows.

    ``quality`` is what it accepts, as text.
    """

    account: str
    user: str
    page: str
    operation: str
    data_points: tuple[str, ...]
    row_count: int
    job: str | None = None
    job_budget: Decimal | None = None  # UC; of this job, beside the account's limit for every job
    quality: str = ""


class JobSpending(NamedTuple):
    """UC that a job was charged, and UC reserved for its requests without an outcome."""

    charged: Decimal
    reserved: Decimal


class Allowance(NamedTuple):
    """UC that may still be spent: today, by a new job, and of the balance above the reserve.

    None: there is no such budget, or the balance is not known. ``held`` is what counts against
    today's budget until a balance shows that it was free, ``user`` what the user may spend today.
    """

    today: Decimal | None
    new_job: Decimal | None
    balance: Decimal | None
    held: Decimal = Decimal(0)
    user: Decimal | None = None


class Ledger:
    """The ledger in one database; thread-safe. ``zone`` is that of the days of budgets.

    Raises ``LedgerError`` if it cannot be opened.
    """

    def __init__(self, url: str, zone: ZoneInfo = UTC_ZONE) -> None:
        self.database = Database(url)
        self.zone = zone
        self._unrecorded = Unrecorded()
        self.budgets = Budgets(self.database)
        self.saved_searches = SavedSearches(self.database)
        self.sign_outs = SignOuts(self.database)
        self.tracking_imports = TrackingImports(self.database)

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

    @property
    def unrecorded(self) -> int:
        """How many outcomes of paid requests this process keeps until the database works again."""
        return len(self._unrecorded)

    def require_writable(self, account: str) -> None:
        """Records the outcomes that were kept. Raises ``LedgerError`` if nothing can be written."""
        self._unrecorded.record()
        with self.database.writing() as db:
            lock_account(db, account)

    # Spending --------------------------------------------------------------------------------

    def reserve(
        self,
        request: Request,
        price: Estimate,
        sending: Sending = RESERVATION_ALONE,
    ) -> int:
        """Checks the budgets and reserves a request's maximum price. Returns the event's id.

        ``sending`` writes within the same transaction. Raises ``BudgetExceededError``, with nothing
        written, if the daily or the job's budget, or the balance less the reserve, does not cover
        the price; ``LedgerError`` if it cannot be written.
        """
        self._unrecorded.record()
        now, max_charge = now_ms(), to_thousandths(price.maximum)
        with self.database.writing() as db:
            budget = lock_account(db, request.account)
            sending.void_repeated(db)
            if max_charge or price.saved:
                today = self._today(now)
                _check_budgets(db, request, budget, to_uc(max_charge), today)
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
                saved=to_thousandths(price.saved),
                job=request.job,
                quality=request.quality,
            )
            event_id = int(db.execute(row.returning(events.c.id)).scalar_one())
            sending.mark(db, event_id)
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
        once are charged for it once. If the answer can cost more than the price reserved, the
        event is kept as exceeded. ``in_transaction`` is called within the same transaction, each
        time, with the event's charge (UC). An event given up as unknown is still settled if its
        answer arrives after all.

        The answer is paid for, so this does not fail with the database: then the event stays
        reserved, and the outcome is kept and recorded when the database works again.
        """
        outcome = Outcome(state, charge, returned, emails, frozenset(unlocked), in_transaction)
        record = partial(settle, self.database, event_id, outcome)
        try:
            record()
        except LedgerError as error:
            LOGGER.error("Event %s stays reserved: %s", event_id, error.message)
            self._unrecorded.keep(record)

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
            update_event(db, event, state=state, charge=charge, saved=0)

    def unlocked(self, account: str, ids: Iterable[str]) -> frozenset[Unlock]:
        """Returns what of these people and companies is free: unlocked within a year.

        Nothing is, once balances of this billing period have shown that it is charged all the same.
        """
        with self.database.reading() as db:
            if repeats_are_charged(db, account):
                return frozenset()
            return read_unlocks(db, account, ids, now_ms())

    def contacts(self, account: str) -> list[str]:
        """Returns the ids of people of whom a contact was unlocked within a year, newest first."""
        with self.database.reading() as db:
            return read_contacts(db, account, now_ms())

    # Balances --------------------------------------------------------------------------------

    def balance_mark(self, account: str) -> int:
        """Returns the mark of the balance that is read next, for ``record_balance``.

        What is settled later may be missing in that balance, and counts against it.
        """
        with self.database.reading() as db:
            return last_settlement(db, account)

    def record_balance(
        self,
        account: str,
        *,
        available: int,
        used: int,
        mark: int | None = None,
        renewal: int | None = None,
    ) -> None:
        """Records a balance as the API reported it (whole UC), and what it says beside the answers.

        ``mark`` is what ``balance_mark`` returned before the balance was requested; without it
        nothing may have been sent meanwhile. ``renewal`` (Unix ms) is the end of the billing
        period. ``reconciliation`` has the rules.
        """
        self._unrecorded.record()
        now = now_ms()
        with self.database.writing() as db:
            lock_account(db, account)
            last = last_balance(db, account)
            new = add_balance(
                db, account, now, available=available, used=used, mark=mark, renewal=renewal
            )
            give_up_abandoned(db, account, now - ABANDONED_MS)
            if last is not None and new.opening != new.id:
                reconcile(db, account, last, new)

    def is_balance_due(self, account: str) -> bool:
        """Whether the balance should be read now: it may settle what the last one did not."""
        with self.database.reading() as db:
            return is_balance_due(db, account, now_ms())

    def compare_with_balance(self, account: str) -> Comparison | None:
        """Returns what LeadIQ counts in this billing period beside what the ledger says of it.

        Since the first balance of the period that was recorded; None without any.
        """
        with self.database.reading() as db:
            return compare(db, account)

    # Reading ---------------------------------------------------------------------------------

    def last_request(self, account: str, before: int | None = None) -> int:
        """Returns the id of the last request, or of the last one before a time (Unix ms); else 0.

        Corrections do not count.
        """
        with self.database.reading() as db:
            return last_request(db, account, before)

    def has_no_requests_in_flight(self, account: str, after: int) -> bool:
        """Whether no request of the account is in flight, and none was sent after an event."""
        in_flight = sa.and_(
            events.c.state == EventState.OPEN, events.c.at > now_ms() - ABANDONED_MS
        )
        query = sa.select(events.c.id).where(
            events.c.account == account, is_request(), sa.or_(in_flight, events.c.id > after)
        )
        with self.database.reading() as db:
            return db.execute(query.limit(1)).first() is None

    def count_since(self, account: str, after: int) -> int:
        """Returns how many requests were sent after an event."""
        query = sa.select(sa.func.count()).where(
            events.c.account == account, is_request(), events.c.id > after
        )
        with self.database.reading() as db:
            return int(db.execute(query).scalar_one())

    def spent_between(
        self, account: str, after: int, last: int, *, without: Iterable[int] = ()
    ) -> Decimal:
        """Returns UC charged for what was sent after one event up to another, some excepted."""
        sent = sa.and_(is_request(), events.c.id > after, events.c.id <= last)
        with self.database.reading() as db:
            return charged(db, account, sa.and_(sent, events.c.id.not_in([*without])))

    def spent_by_job(self, account: str, job: str) -> JobSpending:
        """Returns what a job was charged, and what is reserved for it beside that."""
        with self.database.reading() as db:
            job_charged = charged(db, account, events.c.job == job)
            job_committed = committed(db, account, events.c.job == job)
        return JobSpending(job_charged, max(Decimal(0), job_committed - job_charged))

    def allowance(self, account: str, user: str) -> Allowance:
        """Returns what a user may still spend: ``reserve`` refuses a price above it."""
        budget = self.budgets.read(account)
        today = self._today(now_ms())
        of_today, of_user, held = None, None, Decimal(0)
        with self.database.reading() as db:
            left = remaining(db, account)
            if budget.per_day is not None:
                held = doubtful(db, account, today)
                of_today = budget.per_day - committed(db, account, today) - held
            if budget.per_user is not None:
                of_user = budget.per_user - sum(_of_user(db, account, user, today))
        of_balance = None if left is None else left - budget.reserve
        return Allowance(of_today, budget.per_job, of_balance, held, of_user)

    def charge_of(self, account: str, receipt: Receipt) -> Charge:
        """Returns what the requests of a receipt were charged, as far as that is known by now."""
        with self.database.reading() as db:
            return read_charge(db, account, receipt)

    def unknown_by_job(self, account: str, job: str) -> Decimal:
        """Returns what a job's requests without an answer may have cost (UC), beside its charge."""
        unknown = sa.and_(events.c.job == job, events.c.state == EventState.UNKNOWN)
        with self.database.reading() as db:
            return committed(db, account, unknown) - charged(db, account, unknown)

    def spent_today(self, account: str, user: str | None = None) -> Decimal:
        """Returns UC spent or reserved since midnight, here or elsewhere, or by one user here."""
        today = self._today(now_ms())
        if user is not None:
            today = sa.and_(today, events.c.user == user)
        with self.database.reading() as db:
            return committed(db, account, today)

    def _today(self, now: int) -> sa.ColumnElement[bool]:
        return events.c.at >= midnight(now, self.zone)


# Budgets -------------------------------------------------------------------------------------


def _check_budgets(
    db: sa.Connection,
    request: Request,
    budget: Budget,
    price: Decimal,
    today: sa.ColumnElement[bool],
) -> None:
    """Raises ``BudgetExceededError`` if a limit does not cover ``price`` (UC)."""
    account, job = request.account, request.job
    if budget.per_day is not None:
        spent, doubt = committed(db, account, today), doubtful(db, account, today)
        _check_limit("today's", budget.per_day, spent, doubt, price)
    if budget.per_user is not None:
        of_user = _of_user(db, account, request.user, today)
        _check_limit("the user's daily", budget.per_user, *of_user, price)
    if job is not None:
        of_job = events.c.job == job
        spent, doubt = committed(db, account, of_job), doubtful(db, account, of_job)
        if budget.per_job is not None:
            _check_limit("the job's", budget.per_job, spent, doubt, price)
        if price and request.job_budget is not None:
            _check_limit("the job's", request.job_budget, spent, Decimal(0), price)
    if price:
        _check_balance(db, account, budget.reserve, price)


def _check_limit(
    whose: str, limit: Decimal, spent: Decimal, doubt: Decimal, price: Decimal
) -> None:
    if (price or doubt) and spent + doubt + price > limit:
        held = f", and {uc(doubt)} is on hold until the balance shows that it was free"
        raise BudgetExceededError(
            f"This can cost up to {uc(price)}, which would exceed {whose} budget of {uc(limit)}; "
            f"{uc(spent)} is already spent or reserved{held if doubt else ''}."
        )


def _check_balance(db: sa.Connection, account: str, reserve: Decimal, price: Decimal) -> None:
    left = remaining(db, account)
    if left is not None and left - price < reserve:
        in_reserve = f", with {uc(reserve)} in reserve" if reserve else ""
        raise BudgetExceededError(
            f"This can cost up to {uc(price)}, but the balance has only {uc(left)} left"
            f"{in_reserve}."
        )


def _of_user(
    db: sa.Connection, account: str, user: str, today: sa.ColumnElement[bool]
) -> tuple[Decimal, Decimal]:
    """Returns what a user has spent or reserved today (UC), and what is in doubt beside that."""
    theirs = sa.and_(today, events.c.user == user)
    return committed(db, account, theirs), doubtful(db, account, theirs)
