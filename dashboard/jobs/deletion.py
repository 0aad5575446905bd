"""Deleting a job: its rows with the people found, its requests, and what DBOS keeps of it."""

from __future__ import annotations

import sqlalchemy as sa
from dbos import DBOS

from dashboard.jobs.model import IN_FLIGHT, JobState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.runtime import undriven, workflow_of
from dashboard.ledger.schema import job_requests, job_rows, jobs


class JobNotDeletedError(Exception):
    """A job cannot be deleted now, or is none of the account's. The message says what to do."""


def delete_job(records: JobRecords, account: str, job: str) -> None:
    """Deletes a job of the account for good. What was spent stays in the ledger.

    Needs this process to be launched. Raises ``JobNotDeletedError`` with nothing deleted while
    anything of the job is running.
    """
    with records.writing() as db:
        runs = _lock_ended_job(db, account, job)
        workflows = [workflow_of(job, number) for number in range(1, runs + 1)]
        if undriven(workflows) != {*workflows}:
            raise JobNotDeletedError("The job is still ending. Try again in a moment.")
        for table in (job_rows, job_requests):
            db.execute(table.delete().where(table.c.job == job))
        db.execute(jobs.delete().where(jobs.c.id == job))
    # Afterwards: should this process end in between, what is left has no people in it.
    DBOS.delete_workflows(workflows, delete_children=True)


def _lock_ended_job(db: sa.Connection, account: str, job: str) -> int:
    """Lets nobody start a job until the transaction ends; returns how often it was started."""
    query = sa.select(jobs.c.state, jobs.c.runs).where(jobs.c.id == job, jobs.c.account == account)
    row = db.execute(query.with_for_update()).first()
    if row is None:
        raise JobNotDeletedError(f"There is no job {job!r} of this account.")
    if row.state == JobState.RUNNING:
        raise JobNotDeletedError("The job is running. Stop it first, then delete it.")
    in_flight = sa.select(job_requests.c.id).where(
        job_requests.c.job == job, job_requests.c.state.in_(IN_FLIGHT)
    )
    if db.execute(in_flight.limit(1)).first() is not None:
        raise JobNotDeletedError("A request of the job is on its way. Try again in a moment.")
    return int(row.runs)
