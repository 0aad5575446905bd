"""The ledger: what was spent and unlocked, balances, budgets and saved searches, in a database.

SQLite in a per-user folder by default, any SQLAlchemy URL by ``LEADIQ_DATABASE_URL``. All sessions
and workers of an account share it: a budget is checked and reserved in one transaction before a
request goes out, and settled after. Amounts are kept as whole thousandths of a UC, times as Unix
milliseconds; both cross this module's border as ``Decimal`` and ``datetime``.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from dashboard.formatting import uc
from dashboard.ledger.database import LedgerError
from dashboard.ledger.schema import (
    DAY_MS,
    ESTIMATED,
    MIGRATIONS,
    OPEN,
    REFUSED,
    SETTLED,
    THOUSANDTHS,
    UNKNOWN,
    YEAR_MS,
    budgets,
    days,
    events,
    saved_searches,
    search_results,
    search_runs,
    snapshots,
    suggestions,
    unlocks,
    versions,
)
from leadiq_api import LeadIQError
from leadiq_api.credits import Estimate, Unlock

ABANDONED_MS = 10 * 60_000  # no request is out for so long: its process has ended without a word
MAX_STATEMENT_VALUES = 10_000  # of one statement; SQLite takes 32,766

CONFIRM_ABOVE = Decimal(50)
MAX_SUGGESTIONS = 200  # values of a kind, the most frequent first


class BudgetExceededError(LeadIQError):
    """A request that was not sent, because a budget or the balance would not cover its price."""


@dataclass(frozen=True)
class Budget:
    """Limits in UC: a day's, a job's, what is never to be touched, and what asks before it pays."""

    per_day: Decimal | None = None
    per_job: Decimal | None = None
    reserve: Decimal = Decimal(0)
    confirm_above: Decimal = CONFIRM_ABOVE


@dataclass(frozen=True)
class Request:
    """Who asks for what: the part of an event that is known before it is sent."""

    account: str
    user: str
    page: str
    operation: str
    data_points: tuple[str, ...]
    asked: int
    job: str | None = None
    job_budget: Decimal | None = None  # UC; the job's own, beside the one for every job


@dataclass(frozen=True)
class SavedSearch:
    """A search under a name. It holds no key and no results.

    ``operation`` is the advanced search that it is for, ``input`` its filters without a page, and
    ``address`` the query of the page's address that draws the same filters again.
    """

    name: str
    operation: str
    input: dict[str, Any]
    data_points: tuple[str, ...]
    address: str
    saved_at: datetime


@dataclass(frozen=True)
class Run:
    """One run of a saved search: when, how many were found, and how many of them were loaded."""

    at: datetime
    total: int | None
    loaded: int


class Ledger:
    """One database; thread-safe. Raises ``LedgerError`` where it cannot be opened."""

    def __init__(self, url: str) -> None:
        try:
            parsed = sa.make_url(url)
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, ":memory:"):
                Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
            self.url = parsed
            self._engine = _engine(parsed)
            self._migrate()
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise LedgerError(
                f"The ledger's database cannot be opened: {reason}. Check LEADIQ_DATABASE_URL."
            ) from None

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    # Schema ----------------------------------------------------------------------------------

    def _migrate(self) -> None:
        with self._writing() as db:
            if self._engine.dialect.name == "postgresql":
                db.execute(sa.select(sa.func.pg_advisory_xact_lock(4711)))  # one at a time
            versions.create(db, checkfirst=True)
            found = db.execute(sa.select(versions.c.version)).scalar() or 0
            if found > len(MIGRATIONS):
                raise LedgerError(
                    f"The ledger was written by a newer console: version {found}, where this one "
                    f"knows {len(MIGRATIONS)}. Install the newer console again, or set "
                    "LEADIQ_DATABASE_URL to another database."
                )
            if found == len(MIGRATIONS):
                return
            for step in MIGRATIONS[found:]:
                for made in step:
                    made.create(db, checkfirst=True)
            if found == 1:
                self._sum_up(db)
            db.execute(versions.delete())
            db.execute(versions.insert().values(version=len(MIGRATIONS)))

    @staticmethod
    def _sum_up(db: sa.Connection) -> None:
        """The sums by day of the events that came before there were any."""
        day = events.c.at // DAY_MS
        keys = (events.c.account, day, events.c.page, events.c.operation, events.c.data_points)
        sums = (
            sa.func.count(),
            sa.func.sum(events.c.returned),
            sa.literal(0),
            sa.func.sum(events.c.charge),
        )
        chosen = sa.select(*keys, *sums).where(events.c.state != OPEN).group_by(*keys)
        db.execute(days.insert().from_select([column.name for column in days.c], chosen))

    @property
    def engine(self) -> sa.Engine:
        """For what else is kept in this database; ``execution_options(writing=True)`` to write."""
        return self._engine

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._engine.execution_options(writing=True).begin() as db:
            yield db

    # Spending --------------------------------------------------------------------------------

    def reserve(
        self,
        request: Request,
        price: Estimate,
        recorded: Callable[[sa.Connection, int], None] | None = None,
    ) -> int:
        """Checks the budget and reserves the most a request can cost; gives the event's id.

        ``recorded`` writes in the same transaction what is to be known before it is sent. Raises
        ``BudgetExceededError``, having written nothing, where the day's or the job's budget, or the
        balance less the reserve, does not cover it.
        """
        now, most = _now(), _thousandths(price.maximum)
        with self._writing() as db:
            budget = self._locked_budget(db, request.account)
            if most:
                self._check(db, request, budget, most, now)
            row = events.insert().values(
                at=now,
                account=request.account,
                user=request.user,
                page=request.page,
                operation=request.operation,
                data_points=",".join(request.data_points),
                asked=request.asked,
                returned=0,
                least=_thousandths(price.minimum),
                most=most,
                charge=0,
                state=OPEN,
                job=request.job,
            )
            event = int(db.execute(row).inserted_primary_key[0])
            if recorded is not None:
                recorded(db, event)
            return event

    def _check(self, db: sa.Connection, request: Request, budget: Any, most: int, now: int) -> None:
        if budget.per_day is not None:
            spent = self._committed(db, request.account, events.c.at >= now - now % DAY_MS)
            if spent + most > budget.per_day:
                raise BudgetExceededError(
                    f"Up to {_words(most)} more would pass the day's budget of "
                    f"{_words(budget.per_day)}; {_words(spent)} of it are spent or reserved."
                )
        own = None if request.job_budget is None else _thousandths(request.job_budget)
        limits = [limit for limit in (budget.per_job, own) if limit is not None]
        if request.job is not None and limits:
            spent = self._committed(db, request.account, events.c.job == request.job)
            if spent + most > min(limits):
                raise BudgetExceededError(
                    f"Up to {_words(most)} more would pass the job's budget of "
                    f"{_words(min(limits))}; {_words(spent)} of it are spent or reserved."
                )
        last = self._last_snapshot(db, request.account)
        if last is not None:
            # What went out since the balance was read, and what is out now, comes off it.
            after = sa.or_(events.c.at > last.at, events.c.state == OPEN)
            since = self._committed(db, request.account, after)
            left = last.available - since
            if left - most < budget.reserve:
                kept = f", with {_words(budget.reserve)} in reserve" if budget.reserve else ""
                raise BudgetExceededError(
                    f"Up to {_words(most)} is more than the balance covers; what is left of it "
                    f"is {_words(left)}{kept}."
                )

    @staticmethod
    def _committed(db: sa.Connection, account: str, condition: Any) -> int:
        """What is spent, and the most of what is out or unknown."""
        counted = sa.case(
            (events.c.state.in_((OPEN, UNKNOWN)), events.c.most), else_=events.c.charge
        )
        chosen = sa.select(sa.func.coalesce(sa.func.sum(counted), 0))
        return int(db.execute(chosen.where(events.c.account == account, condition)).scalar_one())

    def settle(
        self,
        event: int,
        *,
        state: str,
        charge: Decimal = Decimal(0),
        returned: int = 0,
        emails: int = 0,
        unlocked: Iterable[Unlock] = (),
        recorded: Callable[[sa.Connection], None] | None = None,
    ) -> None:
        """Writes what became of a request, once; a second time changes nothing.

        ``recorded`` writes in the same transaction what came of it, each time. What was given up
        as unknown is settled all the same, should its answer come after all.
        """
        now = _now()
        with self._writing() as db:
            if recorded is not None:
                recorded(db)
            row = db.execute(sa.select(events).where(events.c.id == event)).one()
            if row.state == UNKNOWN and state == ESTIMATED:
                db.execute(events.update().where(events.c.id == event).values(charge=0))
                self._add_to_day(db, row, -row.charge, requests=-1)
            elif row.state != OPEN:
                return
            done = {"state": state, "charge": _thousandths(charge), "returned": returned}
            db.execute(events.update().where(events.c.id == event).values(done))
            self._add_to_day(db, row, done["charge"], returned=returned, emails=emails, requests=1)
            self._unlock(db, row.account, [*unlocked], now)

    def disclaim(self, db: sa.Connection, known: Mapping[int, Decimal]) -> None:
        """Takes requests of unknown outcome out of the sums, within a writing transaction.

        For a job that found them to be uncharged, or asks for the same again where that is free:
        then the new request tells the charge of both. ``known`` is what is known of each (UC).
        """
        chosen = sa.select(events).where(events.c.id.in_([*known]), events.c.state != OPEN)
        for row in db.execute(chosen).all():
            charge = _thousandths(known[row.id])
            self._add_to_day(db, row, charge - row.charge)
            state = ESTIMATED if charge else REFUSED
            db.execute(
                events.update().where(events.c.id == row.id).values(state=state, charge=charge)
            )

    def quiet(self, account: str, since: int) -> bool:
        """Whether no request of the account is out, and none was sent since (Unix ms)."""
        out = sa.and_(events.c.state == OPEN, events.c.at > _now() - ABANDONED_MS)
        chosen = sa.select(events.c.id).where(
            events.c.account == account, sa.or_(out, events.c.at >= since)
        )
        with self._engine.connect() as db:
            return db.execute(chosen.limit(1)).first() is None

    def count_since(self, account: str, since: int) -> int:
        """How many requests were sent since (Unix ms)."""
        chosen = sa.select(sa.func.count()).where(events.c.account == account, events.c.at >= since)
        with self._engine.connect() as db:
            return int(db.execute(chosen).scalar_one())

    def spent_since(self, account: str, since: int, *, without: Iterable[int] = ()) -> Decimal:
        """UC charged for what was sent since (Unix ms), but for some events."""
        chosen = sa.select(sa.func.coalesce(sa.func.sum(events.c.charge), 0)).where(
            events.c.account == account, events.c.at >= since, events.c.id.not_in([*without])
        )
        with self._engine.connect() as db:
            return _uc(int(db.execute(chosen).scalar_one()))

    def spent_by_job(self, account: str, job: str) -> tuple[Decimal, Decimal]:
        """UC that a job was charged, and what it has reserved beside that."""
        mine = (events.c.account == account, events.c.job == job)
        chosen = sa.select(sa.func.coalesce(sa.func.sum(events.c.charge), 0)).where(*mine)
        with self._engine.connect() as db:
            charged = int(db.execute(chosen).scalar_one())
            committed = self._committed(db, account, events.c.job == job)
        return _uc(charged), _uc(max(0, committed - charged))

    def snapshot(self, account: str, *, available: int, used: int) -> None:
        """Keeps a balance as ``account`` told it (whole UC), and settles what it explains.

        Charges that the answers told are confirmed where the balance moved by the same, to the
        whole UC it is told in. Where a single request stands between two balances that disagree
        with it, the balance is right.
        """
        now = _now()
        with self._writing() as db:
            self._locked_budget(db, account)
            last = self._last_snapshot(db, account)
            stale = (
                events.c.account == account,
                events.c.state == OPEN,
                events.c.at < now - ABANDONED_MS,
            )
            db.execute(events.update().where(*stale).values(state=UNKNOWN))
            values = {"available": available * THOUSANDTHS, "used": used * THOUSANDTHS}
            db.execute(snapshots.insert().values(account=account, at=now, **values))
            if last is None or values["used"] < last.used:
                return  # nothing to compare with, or a new period
            self._reconcile(db, account, last.at, values["used"] - last.used)

    def _reconcile(self, db: sa.Connection, account: str, since: int, moved: int) -> None:
        between = sa.select(events).where(events.c.account == account, events.c.at > since)
        rows = db.execute(between).all()
        if any(row.state == OPEN for row in rows):
            return
        waiting = [row for row in rows if row.state in (ESTIMATED, UNKNOWN)]
        told = sum(row.charge for row in rows)
        if not any(row.state == UNKNOWN for row in waiting) and abs(moved - told) < THOUSANDTHS:
            for row in waiting:
                db.execute(events.update().where(events.c.id == row.id).values(state=SETTLED))
        elif len(waiting) == 1:
            (row,) = waiting
            others = told - row.charge
            charge = min(max(moved - others, row.least if row.state != UNKNOWN else 0, 0), row.most)
            db.execute(
                events.update().where(events.c.id == row.id).values(state=SETTLED, charge=charge)
            )
            self._add_to_day(db, row, charge - row.charge)

    def _add_to_day(
        self,
        db: sa.Connection,
        row: Any,
        charge: int,
        *,
        returned: int = 0,
        emails: int = 0,
        requests: int = 0,
    ) -> None:
        key = {
            "account": row.account,
            "day": row.at // DAY_MS,
            "page": row.page,
            "operation": row.operation,
            "data_points": row.data_points,
        }
        sums = {"requests": requests, "returned": returned, "emails": emails, "charge": charge}
        added = {name: days.c[name] + value for name, value in sums.items()}
        self._upsert(db, days, key, sums, added)

    def _unlock(self, db: sa.Connection, account: str, gained: Sequence[Unlock], now: int) -> None:
        new = [{"account": account, "kind": kind, "id": id, "at": now} for kind, id in gained]
        try:
            with db.begin_nested():
                if new:
                    db.execute(unlocks.insert(), new)
        except sa.exc.IntegrityError:  # some of it is older than a year, or another session's
            for kind, id in gained:
                row = {"account": account, "kind": kind, "id": id}
                self._upsert(db, unlocks, row, {"at": now}, {"at": now})

    @staticmethod
    def _upsert(
        db: sa.Connection, table: sa.Table, key: dict[str, Any], new: Any, change: Any
    ) -> None:
        """Changes the row of ``key``, or writes it new; in SQL that every database speaks."""
        row = sa.and_(*(table.c[name] == value for name, value in key.items()))
        if db.execute(table.update().where(row).values(change)).rowcount:
            return
        try:
            with db.begin_nested():
                db.execute(table.insert().values(**key, **new))
        except sa.exc.IntegrityError:  # another session wrote it in between
            db.execute(table.update().where(row).values(change))

    def unlocked(self, account: str, ids: Iterable[str]) -> frozenset[Unlock]:
        """What of these people and companies this account unlocked within a year."""
        wanted, found = [*ids], set[Unlock]()
        with self._engine.connect() as db:
            for start in range(0, len(wanted), MAX_STATEMENT_VALUES):
                chosen = sa.select(unlocks.c.kind, unlocks.c.id).where(
                    unlocks.c.account == account,
                    unlocks.c.id.in_(wanted[start : start + MAX_STATEMENT_VALUES]),
                    unlocks.c.at > _now() - YEAR_MS,
                )
                found |= {(row.kind, row.id) for row in db.execute(chosen)}
        return frozenset(found)

    # Budget ----------------------------------------------------------------------------------

    def budget(self, account: str) -> Budget:
        """The account's limits."""
        with self._engine.connect() as db:
            row = db.execute(sa.select(budgets).where(budgets.c.account == account)).first()
        if row is None:
            return Budget()
        return Budget(
            per_day=None if row.per_day is None else _uc(row.per_day),
            per_job=None if row.per_job is None else _uc(row.per_job),
            reserve=_uc(row.reserve),
            confirm_above=_uc(row.confirm_above),
        )

    def set_budget(self, account: str, budget: Budget) -> None:
        """New limits, for all sessions and workers of the account at once."""
        values = {
            "per_day": None if budget.per_day is None else _thousandths(budget.per_day),
            "per_job": None if budget.per_job is None else _thousandths(budget.per_job),
            "reserve": _thousandths(budget.reserve),
            "confirm_above": _thousandths(budget.confirm_above),
        }
        with self._writing() as db:
            self._upsert(db, budgets, {"account": account}, values, values)

    def _locked_budget(self, db: sa.Connection, account: str) -> Any:
        """The account's row, held until the transaction ends: one reserves at a time."""
        chosen = sa.select(budgets).where(budgets.c.account == account).with_for_update()
        row = db.execute(chosen).first()
        if row is None:
            new = {"reserve": 0, "confirm_above": _thousandths(CONFIRM_ABOVE)}
            self._upsert(db, budgets, {"account": account}, new, {"account": account})
            row = db.execute(chosen).one()
        return row

    def spent_today(self, account: str) -> Decimal:
        """UC spent or reserved since midnight UTC."""
        now = _now()
        with self._engine.connect() as db:
            return _uc(self._committed(db, account, events.c.at >= now - now % DAY_MS))

    # Reading ---------------------------------------------------------------------------------

    @staticmethod
    def _last_snapshot(db: sa.Connection, account: str) -> Any:
        chosen = sa.select(snapshots).where(snapshots.c.account == account)
        return db.execute(chosen.order_by(snapshots.c.at.desc(), snapshots.c.id.desc())).first()

    def by_day(self, account: str, start: date, end: date) -> pd.DataFrame:
        """Sums by day, page, operation and data points; ``end`` is included. UC as float."""
        columns = [column for column in days.c if column.name != "account"]
        chosen = sa.select(*columns).where(
            days.c.account == account, days.c.day.between(_day(start), _day(end))
        )
        frame = self._frame(chosen.order_by(days.c.day))
        frame["charge"] = frame["charge"].astype(float) / THOUSANDTHS
        frame["day"] = pd.to_datetime(frame["day"].astype("int64"), unit="D", utc=True)
        return frame

    def balances(self, account: str, start: date, end: date) -> pd.DataFrame:
        """The last balance told on each day: day, available, used (UC); ``end`` is included."""
        of_day = snapshots.c.at // DAY_MS
        last = sa.select(sa.func.max(snapshots.c.id)).where(
            snapshots.c.account == account, of_day.between(_day(start), _day(end))
        )
        chosen = sa.select(of_day.label("day"), snapshots.c.available, snapshots.c.used).where(
            snapshots.c.id.in_(last.group_by(of_day))
        )
        frame = self._frame(chosen.order_by(snapshots.c.at))
        for name in ("available", "used"):
            frame[name] = frame[name].astype(float) / THOUSANDTHS
        frame["day"] = pd.to_datetime(frame["day"].astype("int64"), unit="D", utc=True)
        return frame

    def events(
        self, account: str, start: date, end: date, *, most: int | None, **equal: str
    ) -> pd.DataFrame:
        """The newest ``most`` events of these days (None: all), filtered by columns' values.

        UC as float.
        """
        columns = [column for column in events.c if column.name not in ("account", "job")]
        chosen = sa.select(*columns).where(
            events.c.account == account,
            events.c.at.between(_day(start) * DAY_MS, (_day(end) + 1) * DAY_MS - 1),
            *(events.c[name] == value for name, value in equal.items()),
        )
        frame = self._frame(chosen.order_by(events.c.at.desc()).limit(most))
        for name in ("least", "most", "charge"):
            frame[name] = frame[name].astype(float) / THOUSANDTHS
        frame["at"] = pd.to_datetime(frame["at"].astype("int64"), unit="ms", utc=True)
        return frame

    # Saved searches --------------------------------------------------------------------------

    def save_search(self, account: str, search: SavedSearch) -> None:
        """Keeps a search under its name, in place of one that had it. Its runs begin anew."""
        values = {
            "operation": search.operation,
            "input": json.dumps(search.input),
            "data_points": ",".join(search.data_points),
            "address": search.address,
            "saved_at": int(search.saved_at.timestamp() * 1000),
        }
        with self._writing() as db:
            self._forget_search(db, account, search.name)
            db.execute(saved_searches.insert().values(account=account, name=search.name, **values))

    def saved_searches(self, account: str) -> list[SavedSearch]:
        """The account's saved searches, the newest first."""
        chosen = sa.select(saved_searches).where(saved_searches.c.account == account)
        with self._engine.connect() as db:
            rows = db.execute(
                chosen.order_by(saved_searches.c.saved_at.desc(), saved_searches.c.name)
            ).all()
        return [
            SavedSearch(
                name=row.name,
                operation=row.operation,
                input=json.loads(row.input),
                data_points=tuple(filter(None, row.data_points.split(","))),
                address=row.address,
                saved_at=_instant(row.saved_at),
            )
            for row in rows
        ]

    def saved_search(self, account: str, name: str) -> SavedSearch | None:
        """The search of this name, or None."""
        return next((one for one in self.saved_searches(account) if one.name == name), None)

    def forget_search(self, account: str, name: str) -> None:
        """Deletes a saved search and what is known of its runs."""
        with self._writing() as db:
            self._forget_search(db, account, name)

    @staticmethod
    def _forget_search(db: sa.Connection, account: str, name: str) -> None:
        db.execute(
            saved_searches.delete().where(
                saved_searches.c.account == account, saved_searches.c.name == name
            )
        )
        for table in (search_runs, search_results):
            db.execute(table.delete().where(table.c.account == account, table.c.search == name))

    def begin_run(self, account: str, name: str) -> int:
        """Notes that a saved search is run now; gives the run's id."""
        last = self.last_run(account, name)
        with self._writing() as db:
            run = max(_now(), (last or 0) + 1)
            db.execute(search_runs.insert().values(account=account, search=name, at=run, loaded=0))
        return run

    def last_run(self, account: str, name: str) -> int | None:
        """The id of a saved search's last run, if it has had any."""
        of_search = (search_runs.c.account == account, search_runs.c.search == name)
        with self._engine.connect() as db:
            found: int | None = db.execute(
                sa.select(sa.func.max(search_runs.c.at)).where(*of_search)
            ).scalar()
        return found

    def record_run(
        self, account: str, name: str, run: int, ids: Iterable[str], total: int | None
    ) -> None:
        """Keeps whom a run has loaded so far; the same ids again change nothing."""
        loaded = {*ids}
        with self._writing() as db:
            self._locked_budget(db, account)  # one writes at a time
            of_search = (search_results.c.account == account, search_results.c.search == name)
            known = {*db.execute(sa.select(search_results.c.id).where(*of_search)).scalars()}
            rows = [
                {"account": account, "search": name, "id": one, "run": run}
                for one in sorted(loaded - known)
            ]
            if rows:
                db.execute(search_results.insert(), rows)
            of_run = (
                search_runs.c.account == account,
                search_runs.c.search == name,
                search_runs.c.at == run,
            )
            values = {"loaded": len(loaded), "total": total}
            db.execute(search_runs.update().where(*of_run).values(values))

    def news(self, account: str, name: str, run: int) -> tuple[Run | None, frozenset[str]]:
        """The last run before ``run`` that found anybody, and who was found in ``run`` first.

        (None, nobody) for a first run: nothing is new where nothing was seen.
        """
        earlier = (
            search_runs.c.account == account,
            search_runs.c.search == name,
            search_runs.c.at < run,
            search_runs.c.loaded > 0,
        )
        first = (
            search_results.c.account == account,
            search_results.c.search == name,
            search_results.c.run == run,
        )
        with self._engine.connect() as db:
            last = db.execute(
                sa.select(search_runs).where(*earlier).order_by(search_runs.c.at.desc())
            ).first()
            if last is None:
                return None, frozenset()
            new = frozenset(db.execute(sa.select(search_results.c.id).where(*first)).scalars())
        return Run(_instant(last.at), last.total, last.loaded), new

    # Suggestions -----------------------------------------------------------------------------

    def suggest(self, account: str, values: Mapping[str, Counter[str]]) -> None:
        """Adds values that answers had, with how often, by kind; long ones are left out."""
        with self._writing() as db:
            self._locked_budget(db, account)  # one writes at a time
            for kind, counted in values.items():
                of_kind = (suggestions.c.account == account, suggestions.c.kind == kind)
                known = {*db.execute(sa.select(suggestions.c.value).where(*of_kind)).scalars()}
                short = {value: times for value, times in counted.items() if len(value) <= 200}
                rows = [
                    {"account": account, "kind": kind, "value": value, "times": times}
                    for value, times in short.items()
                    if value not in known
                ]
                if rows:
                    db.execute(suggestions.insert(), rows)
                for value in short.keys() & known:
                    more = {"times": suggestions.c.times + short[value]}
                    this = suggestions.c.value == value
                    db.execute(suggestions.update().where(*of_kind, this).values(more))

    def suggestions(self, account: str) -> dict[str, list[str]]:
        """The most frequent values seen before, by kind, in the order of the alphabet."""
        chosen = sa.select(suggestions).where(suggestions.c.account == account)
        ranked: dict[str, list[str]] = {}
        with self._engine.connect() as db:
            ordered = chosen.order_by(suggestions.c.times.desc(), suggestions.c.value)
            for row in db.execute(ordered):
                ranked.setdefault(row.kind, []).append(row.value)
        return {kind: sorted(values[:MAX_SUGGESTIONS]) for kind, values in ranked.items()}

    def _frame(self, chosen: Any) -> pd.DataFrame:
        with self._engine.connect() as db:
            found = db.execute(chosen)
            return pd.DataFrame(found.all(), columns=list(found.keys()))


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    in_memory = url.database in (None, ":memory:")
    engine = sa.create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False},
        **({"poolclass": sa.StaticPool} if in_memory else {}),
    )

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver begins transactions too late for a check and a write to be one.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A check and a write must be one; who only reads waits for nobody.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _now() -> int:
    return int(time.time() * 1000)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _thousandths(amount: Decimal) -> int:
    return int(amount * THOUSANDTHS)


def _uc(thousandths: int) -> Decimal:
    return Decimal(thousandths) / THOUSANDTHS


def _words(thousandths: int) -> str:
    return uc(_uc(thousandths))


def today() -> date:
    """The day that a day's budget counts, in UTC: the same for all workers."""
    return datetime.now(UTC).date()
