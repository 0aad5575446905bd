"""How bulk jobs are stored: the job and its rows with the recorded answers.

The tables are in the ledger's database. An API key is never stored.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from dashboard.jobs.columns import columns_of, job_of, row_of
from dashboard.jobs.model import (
    CHECK,
    CONTINUED,
    EXACT,
    Decision,
    Job,
    JobSettings,
    JobState,
    ListOutcome,
    ListStatus,
    Progress,
    RequestState,
    Row,
    RowKind,
    RowState,
)
from dashboard.jobs.request_records import RequestRecords
from dashboard.ledger.schema import job_requests, job_rows, jobs, now_ms, snapshots
from dashboard.tables.api_json import Json

CHUNK_ROWS = 1_000  # of one statement
# What ``identity`` of a row begins with: how it identifies the person.
IDENTITY_KINDS = ("id", "linkedin", "email", "hashed", "name", "phone")
MAX_NAME = 200  # characters, as the column has them
KEY_REFUSED = "LeadIQ did not accept the key."  # the reason of a job that is stopped by it
# Rows whose answer is the person, or was kept; and those whose answer may be another person.
_IS_RIGHT = sa.or_(job_rows.c.match == EXACT, job_rows.c.decision == Decision.KEPT)
_TO_CHECK = (job_rows.c.state == RowState.FOUND, job_rows.c.match.startswith(CHECK))


class RunningJob(NamedTuple):
    """A running job's id, its account, and the number of its present run."""

    id: str
    account: str
    run: int


class JobRecords(RequestRecords):
    """Reads and writes the tables of jobs in a ledger's database."""

    # Jobs ------------------------------------------------------------------------------------

    def create(
        self, account: str, user: str, name: str, settings: JobSettings, rows: Iterable[Row]
    ) -> str:
        """Writes a new job with its rows and returns its id. A worker still has to start it."""
        with self.writing() as db:
            job = _insert_job(db, account, user, name, settings)
            self.add_rows(db, job, rows)
        return job

    def move(self, job: Job, account: str, user: str, settings: JobSettings) -> str | None:
        """Writes a job of another account with the rows and answers of this one; returns its id.

        Rows without an answer need the user's decision in the new job. This one is marked as
        continued, in the same transaction; returns None, and writes nothing, if it was before.
        """
        lost = job_rows.c.state.in_((RowState.SENT, RowState.OUTCOME_UNKNOWN))
        with self.writing() as db:
            if not _change_state(
                db, job.id, JobState.STOPPED, CONTINUED, jobs.c.reason.startswith(KEY_REFUSED)
            ):
                return None
            new = _insert_job(db, account, user, job.name, settings)
            changed = {
                "job": sa.literal(new),
                "request": sa.null(),
                "state": sa.case((lost, RowState.NEEDS_DECISION), else_=job_rows.c.state),
            }
            columns = [changed.get(column.name, column) for column in job_rows.c]
            rows = sa.select(*columns).where(job_rows.c.job == job.id)
            db.execute(job_rows.insert().from_select([column.name for column in job_rows.c], rows))
        return new

    def refused_jobs(self) -> list[Job]:
        """Returns the jobs, of any account, that are stopped because their key was refused."""
        query = sa.select(jobs).where(
            jobs.c.state == JobState.STOPPED, jobs.c.reason.startswith(KEY_REFUSED)
        )
        with self._reading() as db:
            return [job_of(row) for row in db.execute(query).all()]

    @staticmethod
    def add_rows(db: sa.Connection, job: str, rows: Iterable[Row]) -> None:
        """Writes new rows."""
        chunk: list[dict[str, object]] = []
        for row in rows:
            chunk.append({"job": job, **columns_of(row)})
            if len(chunk) == CHUNK_ROWS:
                db.execute(job_rows.insert(), chunk)
                chunk = []
        if chunk:
            db.execute(job_rows.insert(), chunk)

    def job(self, job: str) -> Job | None:
        """Returns one job, or None."""
        with self._reading() as db:
            row = db.execute(sa.select(jobs).where(jobs.c.id == job)).first()
        return None if row is None else job_of(row)

    def jobs(self, account: str) -> list[Job]:
        """Returns the account's jobs, newest first."""
        query = sa.select(jobs).where(jobs.c.account == account).order_by(jobs.c.at.desc())
        with self._reading() as db:
            return [job_of(row) for row in db.execute(query).all()]

    def count_answered(self, account: str) -> int:
        """Returns how many requests of the account's jobs were answered, which only grows."""
        own = sa.select(jobs.c.id).where(jobs.c.account == account)
        query = sa.select(sa.func.count()).where(
            job_requests.c.job.in_(own), job_requests.c.state == RequestState.ANSWERED
        )
        with self._reading() as db:
            return int(db.execute(query).scalar_one())

    def count_running_elsewhere(self, account: str) -> int:
        """Returns how many jobs of other accounts are running, or wait for their key."""
        query = sa.select(sa.func.count()).where(
            jobs.c.account != account, jobs.c.state == JobState.RUNNING
        )
        with self._reading() as db:
            return int(db.execute(query).scalar_one())

    def has_running(self, account: str) -> bool:
        """Whether a job of the account is running."""
        query = sa.select(jobs.c.id).where(
            jobs.c.account == account, jobs.c.state == JobState.RUNNING
        )
        with self._reading() as db:
            return db.execute(query.limit(1)).first() is not None

    def running_jobs(self, accounts: Collection[str]) -> list[RunningJob]:
        """Returns the running jobs of these accounts."""
        query = sa.select(jobs.c.id, jobs.c.account, jobs.c.runs).where(
            jobs.c.account.in_(accounts), jobs.c.state == JobState.RUNNING
        )
        with self._reading() as db:
            return [RunningJob(*row) for row in db.execute(query)]

    def set_state(
        self,
        job: str,
        state: JobState,
        reason: str = "",
        *,
        only_from: Collection[JobState] = tuple(JobState),
    ) -> bool:
        """Changes a job's state, if it is one of ``only_from``; returns whether it did."""
        with self.writing() as db:
            return _change_state(db, job, state, reason, jobs.c.state.in_(only_from))

    def pause(self, job: str, reason: str) -> bool:
        """Pauses a job, if it is running, and says why; returns whether it did."""
        return self.set_state(job, JobState.PAUSED, reason, only_from=(JobState.RUNNING,))

    def end_run(self, job: str, reason: str) -> None:
        """Says why a running job will be paused, as soon as the people it found are on its list."""
        self.set_state(job, JobState.RUNNING, reason, only_from=(JobState.RUNNING,))

    @staticmethod
    def interrupt(db: sa.Connection, job: str, state: JobState, reason: str) -> None:
        """Pauses or stops a running job, within the transaction that records why."""
        _change_state(db, job, state, reason, jobs.c.state == JobState.RUNNING)

    def start_run(self, job: str) -> int | None:
        """Sets a job to running and returns the number of this run, from 1.

        Returns None, and changes nothing, if another job has its rest.
        """
        values = {"runs": jobs.c.runs + 1, "state": JobState.RUNNING, "reason": "", "ended": None}
        where = (jobs.c.id == job, jobs.c.reason != CONTINUED)
        with self.writing() as db:
            started = jobs.update().where(*where).values(values).returning(jobs.c.runs)
            number = db.execute(started).scalar()
        return None if number is None else int(number)

    def charge_to(self, job: str, user: str) -> None:
        """Records what a job spends from now on under this user."""
        with self.writing() as db:
            db.execute(jobs.update().where(jobs.c.id == job).values(user=user))

    def update_settings(self, job: str, **values: Any) -> None:
        """Changes some of a job's settings, by the names of ``JobSettings``."""
        with self.writing() as db:
            self._update_settings(db, job, lambda settings: replace(settings, **values))

    def add_probe_event(self, job: str, db: sa.Connection, event: int) -> None:
        """Records the event of a probe that goes out, within the reserving transaction."""
        self._update_settings(
            db,
            job,
            lambda settings: replace(settings, probe_events=(*settings.probe_events, event)),
        )

    @staticmethod
    def _update_settings(
        db: sa.Connection, job: str, change: Callable[[JobSettings], JobSettings]
    ) -> None:
        query = sa.select(jobs.c.settings).where(jobs.c.id == job).with_for_update()
        settings = change(JobSettings.from_json(db.execute(query).scalar_one()))
        db.execute(jobs.update().where(jobs.c.id == job).values(settings=settings.to_json()))

    # Rows ------------------------------------------------------------------------------------

    def progress(self, job: str) -> Progress:
        """Returns how far a job is."""
        number = sa.func.count().label("number")
        by_state = (
            sa.select(
                job_rows.c.kind,
                job_rows.c.state,
                number,
                sa.func.sum(sa.cast(job_rows.c.email, sa.Integer)).label("emails"),
                sa.func.sum(sa.cast(job_rows.c.phone, sa.Integer)).label("phones"),
            )
            .where(job_rows.c.job == job)
            .group_by(job_rows.c.kind, job_rows.c.state)
        )
        by_outcome = (
            sa.select(job_rows.c.listed, number)
            .where(
                job_rows.c.job == job,
                job_rows.c.kind == RowKind.PERSON,
                job_rows.c.state == RowState.FOUND,
            )
            .group_by(job_rows.c.listed)
        )
        by_decision = (
            sa.select(job_rows.c.decision, number)
            .where(job_rows.c.job == job, *_TO_CHECK)
            .group_by(job_rows.c.decision)
        )
        with self._reading() as db:
            states = db.execute(by_state).all()
            outcomes = db.execute(by_outcome).all()
            decisions = {row.decision: int(row.number) for row in db.execute(by_decision)}
        listed: Counter[ListStatus | None] = Counter()
        for row in outcomes:
            outcome = ListOutcome.from_text(row.listed)
            listed[None if outcome is None else outcome.status] += row.number
        return Progress(
            people=_count_by_state(states, RowKind.PERSON),
            pages=_count_by_state(states, RowKind.PAGE),
            emails=sum(int(row.emails or 0) for row in states),
            phones=sum(int(row.phones or 0) for row in states),
            listed={status: n for status, n in listed.items() if status is not None},
            unlisted=listed[None],
            to_check=sum(decisions.values()),
            decided={Decision(name): n for name, n in decisions.items() if name},
        )

    def count_by_identifier(self, job: str) -> dict[tuple[str, RowState], int]:
        """Returns the number of people by (identifier, state), of ``IDENTITY_KINDS``."""
        # No SQL function for the text before a colon is common to both databases: two letters tell
        # the kinds apart.
        names = {name[:2]: name for name in IDENTITY_KINDS}
        start = sa.func.substr(job_rows.c.identity, 1, 2)
        query = (
            sa.select(start, job_rows.c.state, sa.func.count())
            .where(
                job_rows.c.job == job,
                job_rows.c.kind == RowKind.PERSON,
                start.in_(names),
            )
            .group_by(start, job_rows.c.state)
        )
        with self._reading() as db:
            rows = db.execute(query).all()
        return {(names[start], RowState(state)): int(number) for start, state, number in rows}

    def rows(
        self, job: str, *, state: RowState | None = None, kind: RowKind = RowKind.PERSON
    ) -> Iterator[Row]:
        """Yields rows in the file's order, read in chunks while they are consumed."""
        where = [job_rows.c.kind == kind]
        where += [] if state is None else [job_rows.c.state == state]
        return self._rows(job, *where)

    def rows_to_check(self, job: str) -> Iterator[Row]:
        """Yields people found who are perhaps somebody else, and undecided, as ``rows`` does."""
        return self._rows(job, *_TO_CHECK, job_rows.c.decision == "")

    def decide(self, job: str, decision: Decision, indexes: Collection[int] | None = None) -> int:
        """Records a decision on these of the rows to check, or all undecided; returns how many.

        Who was left out of the list until now is put on it when it is written next.
        """
        where = [job_rows.c.job == job, *_TO_CHECK]
        where.append(
            job_rows.c.decision == "" if indexes is None else job_rows.c.place.in_(indexes)
        )
        values: dict[str, object] = {"decision": decision}
        if decision == Decision.KEPT:
            is_left_out = job_rows.c.listed == ListStatus.UNCHECKED
            values["listed"] = sa.case((is_left_out, ""), else_=job_rows.c.listed)
        with self.writing() as db:
            return int(db.execute(job_rows.update().where(*where).values(values)).rowcount)

    def _rows(self, job: str, *conditions: sa.ColumnElement[bool]) -> Iterator[Row]:
        where = (job_rows.c.job == job, *conditions)
        query = sa.select(job_rows).where(*where).order_by(job_rows.c.place).limit(CHUNK_ROWS)
        page = query
        while True:
            with self._reading() as db:
                chunk = db.execute(page).all()
            yield from map(row_of, chunk)
            if len(chunk) < CHUNK_ROWS:
                return
            page = query.where(job_rows.c.place > chunk[-1].place)

    @staticmethod
    def identities(db: sa.Connection, job: str) -> set[str]:
        """Returns the identities of a job's people, within a transaction."""
        query = sa.select(job_rows.c.identity).where(
            job_rows.c.job == job, job_rows.c.kind == RowKind.PERSON
        )
        return {str(row.identity) for row in db.execute(query)}

    def requeue(self, job: str, states: Sequence[RowState]) -> int:
        """Makes the rows of these states wait to be sent (again); returns how many."""
        where = (job_rows.c.job == job, job_rows.c.state.in_(states))
        values = {"state": RowState.WAITING, "request": None, "problem": ""}
        with self.writing() as db:
            return int(db.execute(job_rows.update().where(*where).values(values)).rowcount)

    def persons_found_before(self, account: str, identities: Sequence[str]) -> dict[str, str]:
        """Returns the person's id of each identity that a job of this account has found before."""
        persons: dict[str, str] = {}
        for start in range(0, len(identities), CHUNK_ROWS):
            query = sa.select(job_rows.c.identity, job_rows.c.person).where(
                job_rows.c.identity.in_(identities[start : start + CHUNK_ROWS]),
                job_rows.c.state == RowState.FOUND,
                job_rows.c.job.in_(sa.select(jobs.c.id).where(jobs.c.account == account)),
            )
            with self._reading() as db:
                persons |= {row.identity: str(row.person) for row in db.execute(query)}
        return persons

    def version_of_answers(self, account: str) -> tuple[int, ...]:
        """Returns what changes with the answers of the account's jobs, and with what is free."""
        usable = (
            sa.select(sa.func.count())
            .select_from(job_rows.join(jobs, jobs.c.id == job_rows.c.job))
            .where(jobs.c.account == account, job_rows.c.email, _IS_RIGHT)
        )
        balance = sa.select(sa.func.max(snapshots.c.id)).where(snapshots.c.account == account)
        with self._reading() as db:
            emails = int(db.execute(usable).scalar_one())
            last_balance = int(db.execute(balance).scalar() or 0)
        mark = self.ledger.balance_mark(account)
        return emails, self.count_answered(account), mark, last_balance

    def answers_by_person(self, account: str, persons: Sequence[str]) -> dict[str, Json]:
        """Returns the newest answer with an email of each person whom jobs looked up by id.

        Without those that are perhaps somebody else, unless the user has kept them.
        """
        answers: dict[str, Json] = {}
        for start in range(0, len(persons), CHUNK_ROWS):
            identities = [f"id:{person}" for person in persons[start : start + CHUNK_ROWS]]
            query = (
                sa.select(job_rows.c.person, job_rows.c.answer)
                .join(jobs, jobs.c.id == job_rows.c.job)
                .where(
                    jobs.c.account == account,
                    job_rows.c.identity.in_(identities),
                    job_rows.c.email,
                    _IS_RIGHT,
                )
                .order_by(jobs.c.at)
            )
            with self._reading() as db:
                answers |= {row.person: json.loads(row.answer) for row in db.execute(query)}
        return answers

    def set_listed(self, job: str, outcomes: Mapping[int, ListOutcome]) -> None:
        """Records the list outcome of people, by the index of their row."""
        change = job_rows.update().where(
            job_rows.c.job == sa.bindparam("of_job"), job_rows.c.place == sa.bindparam("at_index")
        )
        values = [
            {"of_job": job, "at_index": index, "listed": outcome.to_text()}
            for index, outcome in outcomes.items()
        ]
        if values:
            with self.writing() as db:
                db.execute(change, values)

    def clear_listed(self, job: str) -> None:
        """Removes the list outcomes of all people, so that they are put on another list."""
        with self.writing() as db:
            db.execute(job_rows.update().where(job_rows.c.job == job).values(listed=""))


def _insert_job(
    db: sa.Connection, account: str, user: str, name: str, settings: JobSettings
) -> str:
    job = secrets.token_hex(8)
    values = {
        "id": job,
        "account": account,
        "user": user,
        "name": name[:MAX_NAME],
        "state": JobState.RUNNING,
        "reason": "",
        "runs": 0,
        "at": now_ms(),
        "settings": settings.to_json(),
    }
    db.execute(jobs.insert().values(values))
    return job


def _change_state(
    db: sa.Connection, job: str, state: JobState, reason: str, where: sa.ColumnElement[bool]
) -> bool:
    ended = now_ms() if state in (JobState.DONE, JobState.STOPPED) else None
    change = jobs.update().where(jobs.c.id == job, where)
    return bool(db.execute(change.values(state=state, reason=reason, ended=ended)).rowcount)


def _count_by_state(rows: Sequence[sa.Row[Any]], kind: RowKind) -> dict[RowState, int]:
    return {RowState(row.state): row.number for row in rows if row.kind == kind}
