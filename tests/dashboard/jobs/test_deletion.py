"""A deleted job leaves nothing of the people in it, and one that is running is not deleted."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos import DBOS

from dashboard.jobs import control
from dashboard.jobs.deletion import JobNotDeletedError, delete_job
from dashboard.jobs.model import JobState, RequestState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import job_requests, job_rows, jobs
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import start_job, table_of, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits")


def wait_until_ended(job: str) -> None:
    """Until DBOS has recorded the end of a job that has ended."""
    DBOS.retrieve_workflow(job).get_result()


def test_a_deleted_job_leaves_nothing(
    payments: Payments, records: JobRecords, sandbox: Sandbox, tmp_path: Path
) -> None:
    kept = wait_for_end(records, start_job(payments, records, table_of(sandbox, 3)))
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 30)))
    wait_until_ended(f"{job.id}-1")
    control.resume(job)
    wait_until_ended(f"{job.id}-2")
    spent = records.ledger.spent_today(payments.account)

    delete_job(records, payments.account, job.id)
    assert records.jobs(payments.account) == [records.job(kept.id)]
    with records.ledger.database.reading() as db:
        for table, column in ((jobs, jobs.c.id), (job_rows, job_rows.c.job)):
            assert {*db.execute(sa.select(column)).scalars()} == {kept.id}, table
        assert {*db.execute(sa.select(job_requests.c.job)).scalars()} == {kept.id}
    with closing(sqlite3.connect(tmp_path / "ledger.db-jobs")) as db:
        assert job.id not in "".join(db.iterdump())
        assert kept.id in "".join(db.iterdump())
    assert records.ledger.spent_today(payments.account) == spent > 0
    with pytest.raises(JobNotDeletedError, match="There is no job"):
        delete_job(records, payments.account, job.id)


def test_what_is_running_or_of_another_account_is_not_deleted(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 3)))
    wait_until_ended(f"{job.id}-1")
    with pytest.raises(JobNotDeletedError, match="of this account"):
        delete_job(records, "another", job.id)
    records.set_state(job.id, JobState.RUNNING)
    with pytest.raises(JobNotDeletedError, match="Stop it first"):
        delete_job(records, payments.account, job.id)
    records.set_state(job.id, JobState.STOPPED)
    for state in (RequestState.CLAIMED, RequestState.SENDING):
        with records.writing() as db:
            db.execute(job_requests.update().values(state=state))
        with pytest.raises(JobNotDeletedError, match="on its way"):
            delete_job(records, payments.account, job.id)
    assert len([*records.rows(job.id)]) == 3
