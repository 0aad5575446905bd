"""How the requests of bulk jobs are stored: which rows each has, how far it is, what it cost.

A reservation and the intent to send, and a settlement and the answer, are each one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa

from dashboard.jobs.columns import row_of
from dashboard.jobs.model import (
    IN_FLIGHT,
    JobState,
    RequestState,
    Row,
    RowKind,
    RowState,
    RowUpdate,
)
from dashboard.ledger.budgets import lock_account
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import (
    EventState,
    events,
    job_requests,
    job_rows,
    jobs,
    now_ms,
    to_thousandths,
    to_uc,
)


class RequestSentError(Exception):
    """A request was not sent, because another process has sent it, or is sending it."""


class RequestRecords:
    """Reads and writes the requests of jobs in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._reading = ledger.database.reading
        self.writing = ledger.database.writing

    def claim(self, job: str, request: str, size: int, *, people_first: bool = False) -> list[Row]:
        """Takes the next waiting page, or up to ``size`` people, for a request.

        The people of one request are looked up for the same data points. Those of a request that
        got no answer are requested in halves: it may have been too large to be answered in time.
        Returns no rows if the job is not running, and the same rows again if the request has some
        already, because its process ended before it was sent.
        """
        own = sa.select(job_rows).where(job_rows.c.job == job, job_rows.c.request == request)
        with self.writing() as db:
            state = db.execute(sa.select(jobs.c.state).where(jobs.c.id == job)).scalar()
            if state != JobState.RUNNING:
                self._release(db, job, request)
                return []
            claimed = db.execute(own.order_by(job_rows.c.place)).all()
            if claimed:
                return [row_of(row) for row in claimed]
            waits = (job_rows.c.job == job, job_rows.c.state == RowState.WAITING)
            kind = job_rows.c.kind  # "page" comes before "person"
            order = (kind.desc() if people_first else kind, job_rows.c.place)
            alike = (job_rows.c.data_points, job_rows.c.request)
            first = db.execute(sa.select(*alike).where(*waits).order_by(*order).limit(1)).first()
            if first is None:
                return []
            query = (
                sa.select(job_rows)
                .where(*waits, *map(sa.ColumnElement.is_not_distinct_from, alike, first))
                .order_by(*order)
                .limit(min(size, _half_of(db, first.request) or size))
                .with_for_update(skip_locked=True)
            )
            waiting = [row_of(row) for row in db.execute(query).all()]
            if not waiting:
                return []
            if waiting[0].kind == RowKind.PAGE:
                del waiting[1:]
            db.execute(
                job_rows.update()
                .where(job_rows.c.job == job, job_rows.c.place.in_([row.index for row in waiting]))
                .values(state=RowState.SENT, request=request)
            )
            claim = {"id": request, "job": job, "at": now_ms(), "repeats": first.request}
            db.execute(job_requests.insert().values(**claim, state=RequestState.CLAIMED, charge=0))
        return waiting

    def release(self, job: str, request: str) -> None:
        """Makes a request's rows wait again: it was not sent, or refused before it was done."""
        with self.writing() as db:
            self._release(db, job, request)

    @staticmethod
    def _release(db: sa.Connection, job: str, request: str) -> None:
        # Only what was not sent: another process may be sending it meanwhile.
        claimed = (job_requests.c.id == request, job_requests.c.state == RequestState.CLAIMED)
        deleted = job_requests.delete().where(*claimed).returning(job_requests.c.repeats)
        if (row := db.execute(deleted).first()) is not None:
            waiting = {"state": RowState.WAITING, "request": row.repeats}
            db.execute(_sent_rows(job, request).values(waiting))

    def request_state(self, request: str) -> RequestState | None:
        """Returns how far a request is, or None if it was not started."""
        query = sa.select(job_requests.c.state).where(job_requests.c.id == request)
        with self._reading() as db:
            state = db.execute(query).scalar()
        return None if state is None else RequestState(state)

    def void_repeated(self, request: str, db: sa.Connection) -> None:
        """Takes the request that this one repeats out of the sums, which count this one instead.

        Within the transaction that reserves its price: both may cost that, but only one of them.
        """
        query = sa.select(job_requests.c.job, job_requests.c.repeats)
        row = db.execute(query.where(job_requests.c.id == request)).first()
        if row is None or row.repeats is None:
            return
        repeated = job_requests.c.id == row.repeats
        charges = self._unanswered_charges(db, row.job, repeated)
        if charges:
            self.ledger.void_unknown_charges(db, charges)
            db.execute(job_requests.update().where(repeated).values(state=RequestState.ANSWERED))

    @staticmethod
    def mark_sending(request: str, db: sa.Connection, event: int) -> None:
        """Records that a request goes out, within the transaction that reserves its price.

        Raises ``RequestSentError`` if it went out before: a step can be executed twice at once, if
        a process is taken for dead that is not. Nothing is reserved then.
        """
        claimed = (job_requests.c.id == request, job_requests.c.state == RequestState.CLAIMED)
        values = {"state": RequestState.SENDING, "event": event, "at": now_ms()}
        change = job_requests.update().where(*claimed).values(values)
        sent = db.execute(change.returning(job_requests.c.job, job_requests.c.repeats)).first()
        if sent is None:
            raise RequestSentError(request)
        if sent.repeats is not None:
            RequestRecords._count_rest(db, sent.job, sent.repeats, event)

    @staticmethod
    def _count_rest(db: sa.Connection, job: str, request: str, event: int) -> None:
        """Counts what a request without an answer may have cost for its rows that still wait.

        All of it was taken out of the sums for others of its rows, for whom ``event`` is reserved.
        """
        waits = (job_rows.c.job == job, job_rows.c.state == RowState.WAITING)
        rest = sa.select(job_rows.c.place).where(*waits, job_rows.c.request == request)
        if db.execute(rest.limit(1)).first() is None:
            return
        of_request = sa.select(job_requests.c.event).where(job_requests.c.id == request)
        of_event = sa.select(events.c.most).where(events.c.id == event)
        repeated, reserved = db.execute(of_request).scalar(), db.execute(of_event).scalar_one()
        left = events.c.most - reserved
        where = (events.c.id == repeated, left > events.c.charge)
        if db.execute(
            events.update().where(*where).values(state=EventState.UNKNOWN, most=left)
        ).rowcount:
            unanswered = job_requests.update().where(job_requests.c.id == request)
            db.execute(unanswered.values(state=RequestState.UNANSWERED))

    @staticmethod
    def record_answer(
        db: sa.Connection,
        job: str,
        request: str,
        updates: Mapping[int, RowUpdate],
        charge: Decimal,
    ) -> None:
        """Updates the rows of a request by index, within the settling transaction.

        ``charge`` is what the request cost (UC), as far as is known.
        """
        for index, columns in updates.items():
            where = (
                job_rows.c.job == job,
                job_rows.c.place == index,
                job_rows.c.request == request,
            )
            db.execute(job_rows.update().where(*where).values(dict(columns)))
        unknown = any(row["state"] == RowState.OUTCOME_UNKNOWN for row in updates.values())
        values = {
            "state": RequestState.UNANSWERED if unknown else RequestState.ANSWERED,
            "charge": to_thousandths(charge),
        }
        db.execute(job_requests.update().where(job_requests.c.id == request).values(values))

    def mark_unanswered(self, job: str, request: str) -> None:
        """Records that a request was interrupted: whether it was done is unknown."""

        def gone(db: sa.Connection, _charge: Decimal) -> None:
            db.execute(_sent_rows(job, request).values(state=RowState.OUTCOME_UNKNOWN))
            where = (job_requests.c.id == request, job_requests.c.state == RequestState.SENDING)
            db.execute(job_requests.update().where(*where).values(state=RequestState.UNANSWERED))

        query = sa.select(job_requests.c.event).where(job_requests.c.id == request)
        with self._reading() as db:
            event = db.execute(query).scalar_one()
        self.ledger.settle(event, state=EventState.UNKNOWN, in_transaction=gone)

    def requests_in_flight(self, job: str) -> list[str]:
        """Returns the ids of requests that were started and have not ended."""
        query = sa.select(job_requests.c.id).where(
            job_requests.c.job == job, job_requests.c.state.in_(IN_FLIGHT)
        )
        with self._reading() as db:
            return [str(row.id) for row in db.execute(query).all()]

    def unanswered_charges(self, job: str) -> dict[int, Decimal]:
        """Returns what is known to be charged (UC) for unanswered requests, by ledger event."""
        with self._reading() as db:
            return self._unanswered_charges(db, job)

    @staticmethod
    def _unanswered_charges(
        db: sa.Connection, job: str, condition: sa.ColumnElement[bool] | None = None
    ) -> dict[int, Decimal]:
        query = sa.select(job_requests.c.event, job_requests.c.charge).where(
            job_requests.c.job == job,
            job_requests.c.state == RequestState.UNANSWERED,
            job_requests.c.event.is_not(None),
            sa.true() if condition is None else condition,
        )
        return {row.event: to_uc(row.charge) for row in db.execute(query)}

    def resolve_unknown(self, job: str, *, send_again: bool, problem: str = "") -> None:
        """Makes rows of unknown outcome wait again, or leaves them to the user with a problem.

        What a request without an answer may have cost is taken out of the sums when its rows are
        sent again: until then the balance has something that explains it.
        """
        state = RowState.WAITING if send_again else RowState.NEEDS_DECISION
        where = (job_rows.c.job == job, job_rows.c.state == RowState.OUTCOME_UNKNOWN)
        with self.writing() as db:
            # An answer that arrives after all is settled before this or after it, as a whole.
            self._lock_account_of(db, job)
            db.execute(job_rows.update().where(*where).values(state=state, problem=problem))

    @staticmethod
    def _lock_account_of(db: sa.Connection, job: str) -> None:
        account = sa.select(jobs.c.account).where(jobs.c.id == job)
        lock_account(db, db.execute(account).scalar_one())


def _half_of(db: sa.Connection, request: str | None) -> int | None:
    """Returns half the number of people of a request, rounded up; None if there was none."""
    of_request = (job_requests.c.id == request, job_requests.c.event == events.c.id)
    asked = db.execute(sa.select(events.c.asked).where(*of_request)).scalar()
    return None if asked is None else -(-int(asked) // 2)


def _sent_rows(job: str, request: str) -> sa.Update:
    return job_rows.update().where(
        job_rows.c.job == job,
        job_rows.c.request == request,
        job_rows.c.state == RowState.SENT,
    )
