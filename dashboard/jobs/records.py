"""What is kept of bulk jobs: the job, its rows with the recorded answers, its requests.

The tables lie in the ledger's database, so that a reservation and the intent to send, and a
settlement and the answer, are each one transaction. No key is ever in them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dashboard.jobs.model import (
    ANSWERED,
    CLAIMED,
    DONE,
    FOUND,
    NEEDS_DECISION,
    OUTCOME_UNKNOWN,
    PAGE,
    PERSON,
    RUNNING,
    SENDING,
    SENT,
    STOPPED,
    UNANSWERED,
    WAITING,
    Job,
    JobSettings,
    Progress,
    Row,
    as_json,
)
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import (
    THOUSANDTHS,
    EventState,
    job_requests,
    job_rows,
    jobs,
    now_ms,
)

CHUNK = 1_000  # rows of one statement


class JobRecords:
    """Reads and writes the tables of jobs in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._reading = ledger.database.reading
        self.writing = ledger.database.writing

    # Jobs ------------------------------------------------------------------------------------

    def create(
        self, account: str, user: str, name: str, settings: JobSettings, found: Iterable[Row]
    ) -> str:
        """A new job with its rows, at work as soon as somebody runs it; gives its id."""
        job = secrets.token_hex(8)
        with self.writing() as db:
            db.execute(
                jobs.insert().values(
                    id=job,
                    account=account,
                    user=user,
                    name=name[:200],
                    state=RUNNING,
                    reason="",
                    runs=0,
                    at=now_ms(),
                    settings=settings.text(),
                )
            )
            self.add(db, job, found)
        return job

    @staticmethod
    def add(db: sa.Connection, job: str, found: Iterable[Row]) -> None:
        """Writes new rows."""
        chunk: list[dict[str, Any]] = []
        for row in found:
            chunk.append(
                {
                    "job": job,
                    "place": row.place,
                    "kind": row.kind,
                    "state": row.state,
                    "identity": row.identity[:300],
                    "input": as_json(row.input),
                    "cells": as_json(row.cells),
                    "problem": row.problem,
                }
            )
            if len(chunk) == CHUNK:
                db.execute(job_rows.insert(), chunk)
                chunk = []
        if chunk:
            db.execute(job_rows.insert(), chunk)

    def job(self, job: str) -> Job | None:
        """One job."""
        with self._reading() as db:
            row = db.execute(sa.select(jobs).where(jobs.c.id == job)).first()
        return None if row is None else _job(row)

    def jobs(self, account: str) -> list[Job]:
        """The account's jobs, newest first."""
        chosen = sa.select(jobs).where(jobs.c.account == account).order_by(jobs.c.at.desc())
        with self._reading() as db:
            return [_job(row) for row in db.execute(chosen).all()]

    def answered(self, account: str) -> int:
        """How many requests of the account's jobs were answered: it changes what is known."""
        mine = sa.select(jobs.c.id).where(jobs.c.account == account)
        chosen = sa.select(sa.func.count()).where(
            job_requests.c.job.in_(mine), job_requests.c.state == ANSWERED
        )
        with self._reading() as db:
            return int(db.execute(chosen).scalar_one())

    def elsewhere(self, account: str) -> int:
        """How many jobs of other accounts are at work, or wait for their key."""
        chosen = sa.select(sa.func.count()).where(
            jobs.c.account != account, jobs.c.state == RUNNING
        )
        with self._reading() as db:
            return int(db.execute(chosen).scalar_one())

    def unfinished(self, account: str) -> bool:
        """Whether a job of the account is at work."""
        chosen = sa.select(jobs.c.id).where(jobs.c.account == account, jobs.c.state == RUNNING)
        with self._reading() as db:
            return db.execute(chosen.limit(1)).first() is not None

    def set_state(self, job: str, state: str, reason: str = "", *, only: str | None = None) -> bool:
        """Changes a job's state; ``only`` from this one. Whether it did."""
        ended = now_ms() if state in (DONE, STOPPED) else None
        where = [jobs.c.id == job, *([] if only is None else [jobs.c.state == only])]
        values = {"state": state, "reason": reason, "ended": ended}
        with self.writing() as db:
            return bool(db.execute(jobs.update().where(*where).values(values)).rowcount)

    @staticmethod
    def hold(db: sa.Connection, job: str, state: str, reason: str) -> None:
        """Pauses or stops a job that is at work, within the transaction that records why."""
        ended = now_ms() if state == STOPPED else None
        where = (jobs.c.id == job, jobs.c.state == RUNNING)
        db.execute(jobs.update().where(*where).values(state=state, reason=reason, ended=ended))

    def next_run(self, job: str) -> int:
        """Sets a job to work again and gives the number of this run, from 1."""
        values = {"runs": jobs.c.runs + 1, "state": RUNNING, "reason": "", "ended": None}
        with self.writing() as db:
            db.execute(jobs.update().where(jobs.c.id == job).values(values))
            return int(db.execute(sa.select(jobs.c.runs).where(jobs.c.id == job)).scalar_one())

    def change(self, job: str, **values: Any) -> None:
        """Changes some of a job's settings."""
        with self.writing() as db:
            self._change(db, job, lambda _: values)

    def note_proof(self, job: str, db: sa.Connection, event: int) -> None:
        """Keeps the event of a proof that is going out, within the reserving transaction."""
        self._change(db, job, lambda now: {"proof_events": [*now.get("proof_events", ()), event]})

    @staticmethod
    def _change(
        db: sa.Connection, job: str, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        chosen = sa.select(jobs.c.settings).where(jobs.c.id == job).with_for_update()
        now = json.loads(db.execute(chosen).scalar_one())
        text = json.dumps({**now, **change(now)}, ensure_ascii=False)
        db.execute(jobs.update().where(jobs.c.id == job).values(settings=text))

    # Rows ------------------------------------------------------------------------------------

    def progress(self, job: str) -> Progress:
        """How far a job is."""
        counted = (
            sa.func.count(),
            sa.func.sum(sa.cast(job_rows.c.email, sa.Integer)),
            sa.func.sum(sa.cast(job_rows.c.phone, sa.Integer)),
        )
        chosen = sa.select(job_rows.c.kind, job_rows.c.state, *counted).where(job_rows.c.job == job)
        listed = sa.select(job_rows.c.listed, sa.func.count()).where(
            job_rows.c.job == job, job_rows.c.kind == PERSON, job_rows.c.state == FOUND
        )
        with self._reading() as db:
            found = db.execute(chosen.group_by(job_rows.c.kind, job_rows.c.state)).all()
            on_list = db.execute(listed.group_by(job_rows.c.listed)).all()
        return Progress(
            people={state: count for kind, state, count, *_ in found if kind == PERSON},
            pages={state: count for kind, state, count, *_ in found if kind == PAGE},
            emails=sum(int(emails or 0) for _, _, _, emails, _ in found),
            phones=sum(int(phones or 0) for *_, phones in found),
            listed={str(told): count for told, count in on_list},
        )

    def outcomes(self, job: str) -> dict[tuple[str, str], int]:
        """How many people there are by how they were named (``id``, ``linkedin``, …) and state."""
        start = sa.func.substr(job_rows.c.identity, 1, 2)
        chosen = sa.select(start, job_rows.c.state, sa.func.count()).where(
            job_rows.c.job == job, job_rows.c.kind == PERSON, job_rows.c.identity != ""
        )
        names = {name[:2]: name for name in ("id", "linkedin", "email", "name")}
        with self._reading() as db:
            found = db.execute(chosen.group_by(start, job_rows.c.state)).all()
        return {(names[str(two)], str(state)): int(number) for two, state, number in found}

    def rows(
        self, job: str, *, state: str | None = None, kind: str = PERSON, most: int | None = None
    ) -> Iterator[Row]:
        """Rows in the file's order, read as they are taken."""
        where = [job_rows.c.job == job, job_rows.c.kind == kind]
        where += [] if state is None else [job_rows.c.state == state]
        chosen = sa.select(job_rows).where(*where).order_by(job_rows.c.place)
        last, left = None, most
        while left is None or left > 0:
            size = CHUNK if left is None else min(CHUNK, left)
            page = chosen if last is None else chosen.where(job_rows.c.place > last)
            with self._reading() as db:
                found = db.execute(page.limit(size)).all()
            yield from map(_row, found)
            if len(found) < size:
                return
            last, left = found[-1].place, None if left is None else left - size

    @staticmethod
    def identities(db: sa.Connection, job: str) -> set[str]:
        """Who a job's people are, within a transaction."""
        chosen = sa.select(job_rows.c.identity).where(
            job_rows.c.job == job, job_rows.c.kind == PERSON
        )
        return {str(row.identity) for row in db.execute(chosen)}

    def put_back(self, job: str, states: Sequence[str]) -> int:
        """Has rows sent (again); how many."""
        where = (job_rows.c.job == job, job_rows.c.state.in_(states))
        values = {"state": WAITING, "request": None, "problem": ""}
        with self.writing() as db:
            return int(db.execute(job_rows.update().where(*where).values(values)).rowcount)

    def looked_up(self, account: str, identities: Sequence[str]) -> dict[str, str]:
        """The person of each identity that a job of this account has found before."""
        found: dict[str, str] = {}
        for start in range(0, len(identities), CHUNK):
            chosen = sa.select(job_rows.c.identity, job_rows.c.person).where(
                job_rows.c.identity.in_(identities[start : start + CHUNK]),
                job_rows.c.state == FOUND,
                job_rows.c.job.in_(sa.select(jobs.c.id).where(jobs.c.account == account)),
            )
            with self._reading() as db:
                found |= {row.identity: str(row.person) for row in db.execute(chosen)}
        return found

    def set_listed(self, job: str, told: Mapping[int, str]) -> None:
        """What became of people that were put on the list, by place."""
        change = job_rows.update().where(
            job_rows.c.job == sa.bindparam("of_job"), job_rows.c.place == sa.bindparam("at_place")
        )
        values = [{"of_job": job, "at_place": at, "listed": said} for at, said in told.items()]
        if values:
            with self.writing() as db:
                db.execute(change, values)

    def forget_listed(self, job: str) -> None:
        """Has everybody put on a list again, for another list."""
        with self.writing() as db:
            db.execute(job_rows.update().where(job_rows.c.job == job).values(listed=""))

    # Requests --------------------------------------------------------------------------------

    def claim(self, job: str, request: str, size: int) -> list[Row]:
        """Takes the next waiting page, or up to ``size`` people, for a request.

        Nothing is taken where the job is not at work. A request that has rows already, since its
        process ended before it was sent, has those.
        """
        mine = sa.select(job_rows).where(job_rows.c.job == job, job_rows.c.request == request)
        with self.writing() as db:
            state = db.execute(sa.select(jobs.c.state).where(jobs.c.id == job)).scalar()
            if state != RUNNING:
                self._unclaim(db, job, request)
                return []
            taken = db.execute(mine.order_by(job_rows.c.place)).all()
            if taken:
                return [_row(row) for row in taken]
            chosen = (
                sa.select(job_rows)
                .where(job_rows.c.job == job, job_rows.c.state == WAITING)
                .order_by(job_rows.c.kind, job_rows.c.place)
                .limit(size)
                .with_for_update(skip_locked=True)
            )
            found = db.execute(chosen).all()
            found = [row for row in found if row.kind == found[0].kind]
            found = found[:1] if found and found[0].kind == PAGE else found
            if not found:
                return []
            places = [row.place for row in found]
            db.execute(
                job_rows.update()
                .where(job_rows.c.job == job, job_rows.c.place.in_(places))
                .values(state=SENT, request=request)
            )
            db.execute(
                job_requests.insert().values(
                    id=request, job=job, state=CLAIMED, at=now_ms(), charge=0
                )
            )
        return [_row(row) for row in found]

    def unclaim(self, job: str, request: str) -> None:
        """Puts a request's rows back: it was not sent, or refused before it was done."""
        with self.writing() as db:
            self._unclaim(db, job, request)

    @staticmethod
    def _unclaim(db: sa.Connection, job: str, request: str) -> None:
        where = (job_rows.c.job == job, job_rows.c.request == request, job_rows.c.state == SENT)
        db.execute(job_rows.update().where(*where).values(state=WAITING, request=None))
        db.execute(job_requests.delete().where(job_requests.c.id == request))

    def request(self, request: str) -> str | None:
        """How far a request is, or None where it was not begun."""
        chosen = sa.select(job_requests.c.state).where(job_requests.c.id == request)
        with self._reading() as db:
            return db.execute(chosen).scalar()

    @staticmethod
    def intend(db: sa.Connection, request: str, event: int) -> None:
        """Writes that a request goes out now, within the transaction that reserves its price."""
        values = {"state": SENDING, "event": event, "at": now_ms()}
        db.execute(job_requests.update().where(job_requests.c.id == request).values(values))

    @staticmethod
    def record(
        db: sa.Connection,
        job: str,
        request: str,
        found: Mapping[int, Mapping[str, Any]],
        charge: Decimal,
    ) -> None:
        """Writes what came of each row (columns by place), within the settling transaction."""
        for place, values in found.items():
            where = (
                job_rows.c.job == job,
                job_rows.c.place == place,
                job_rows.c.request == request,
            )
            db.execute(job_rows.update().where(*where).values(values))
        unknown = any(values["state"] == OUTCOME_UNKNOWN for values in found.values())
        values = {"state": UNANSWERED if unknown else ANSWERED, "charge": int(charge * THOUSANDTHS)}
        db.execute(job_requests.update().where(job_requests.c.id == request).values(values))

    def give_up(self, job: str, request: str) -> None:
        """Writes that a request ended in the middle: nobody knows whether it was done."""

        def gone(db: sa.Connection) -> None:
            where = (job_rows.c.job == job, job_rows.c.request == request, job_rows.c.state == SENT)
            db.execute(job_rows.update().where(*where).values(state=OUTCOME_UNKNOWN))
            mine = (job_requests.c.id == request, job_requests.c.state == SENDING)
            db.execute(job_requests.update().where(*mine).values(state=UNANSWERED))

        chosen = sa.select(job_requests.c.event).where(job_requests.c.id == request)
        with self._reading() as db:
            event = db.execute(chosen).scalar_one()
        self.ledger.settle(event, state=EventState.UNKNOWN, in_transaction=gone)

    def in_flight(self, job: str) -> list[str]:
        """Requests that are begun and not ended."""
        chosen = sa.select(job_requests.c.id).where(
            job_requests.c.job == job, job_requests.c.state.in_((CLAIMED, SENDING))
        )
        with self._reading() as db:
            return [str(row.id) for row in db.execute(chosen).all()]

    def unanswered(self, job: str) -> dict[int, Decimal]:
        """Requests with rows of unknown outcome: their ledger events and the UC that is known."""
        chosen = sa.select(job_requests.c.event, job_requests.c.charge).where(
            job_requests.c.job == job,
            job_requests.c.state == UNANSWERED,
            job_requests.c.event.is_not(None),
        )
        with self._reading() as db:
            return {
                row.event: Decimal(row.charge) / THOUSANDTHS for row in db.execute(chosen).all()
            }

    def decide(self, job: str, *, again: bool, problem: str = "") -> None:
        """Has rows of unknown outcome sent again, or leaves them to a person with the reason."""
        known = self.unanswered(job)
        values = {"state": WAITING, "request": None} if again else {"state": NEEDS_DECISION}
        where = (job_rows.c.job == job, job_rows.c.state == OUTCOME_UNKNOWN)
        with self.writing() as db:
            db.execute(job_rows.update().where(*where).values({**values, "problem": problem}))
            if again:
                self.ledger.void_unknown_charges(db, known)
                mine = (job_requests.c.job == job, job_requests.c.state == UNANSWERED)
                db.execute(job_requests.update().where(*mine).values(state=ANSWERED))


def _job(row: Any) -> Job:
    values = {name: value for name, value in row._mapping.items() if name != "settings"}
    return Job(**values, settings=JobSettings.of(row.settings))


def _row(row: Any) -> Row:
    return Row(
        place=row.place,
        kind=row.kind,
        state=row.state,
        identity=row.identity,
        input=json.loads(row.input),
        cells=tuple(json.loads(row.cells)),
        person=row.person,
        answer=None if row.answer is None else json.loads(row.answer),
        problem=row.problem,
        listed=row.listed,
    )
