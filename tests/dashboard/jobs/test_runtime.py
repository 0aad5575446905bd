"""DBOS in this process."""

import base64
import json
import os
import pickle
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from dbos import DBOS

from dashboard.jobs import control, runtime, workflows
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.runtime import SQLiteConnection
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.jobs.driver import (
    count_states,
    start_job,
    table_of,
    wait_for_end,
    wait_until,
)

pytestmark = pytest.mark.usefixtures("short_waits")


def test_the_limit_leaves_a_share_for_users_who_click(ledger: Ledger, sandbox: Sandbox) -> None:
    client = client_of(sandbox, requests_per_minute=60)
    workflows.launch(ledger, client)
    queue = DBOS.retrieve_queue(f"requests-{client.fingerprint}")
    assert queue is not None
    assert queue.limiter == {"limit": 12, "period": 13}


def test_the_queue_follows_a_lower_limit_that_the_server_announces(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "WATCH_SECONDS", 0.05)
    with Sandbox(people=10, rpm=10) as sandbox:
        client = client_of(sandbox, requests_per_minute=60)
        workflows.launch(ledger, client)
        client.whoami()
        assert client.requests_per_minute == 10

        def is_slower() -> bool:
            queue = DBOS.retrieve_queue(f"requests-{client.fingerprint}")
            return queue is not None and queue.limiter == {"limit": 2, "period": 13}

        wait_until(is_slower, "the queue keeps its pace")


def test_queues_of_an_account_without_running_jobs_are_looked_at_less_often(
    payments: Payments, ledger: Ledger, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(runtime, "IDLE_AFTER_SECONDS", 0.2)
    client = client_of(sandbox)
    records = workflows.launch(ledger, client)

    def seconds_between_looks() -> set[float]:
        found = [DBOS.retrieve_queue(name) for name in runtime.queue_names(client.fingerprint)]
        return {queue.polling_interval_sec for queue in found if queue is not None}

    def is_idle() -> bool:
        return seconds_between_looks() == {runtime.IDLE_POLL_SECONDS}

    wait_until(is_idle, "an account without a job is looked at as often as ever")
    sandbox.latency = 0.5
    job = start_job(payments, records, table_of(sandbox, 30))
    wait_until(lambda: seconds_between_looks() == {runtime.POLL_SECONDS}, "the job has to wait")
    assert wait_for_end(records, job).state == JobState.DONE
    wait_until(is_idle, "an account whose job is done is looked at as often as ever")


@pytest.mark.parametrize("runs", [0, 1])
def test_a_running_job_that_no_workflow_drives_is_paused_and_continues(
    ledger: Ledger,
    payments: Payments,
    client: LeadIQClient,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    runs: int,
) -> None:
    """Its process ended before the job was queued, or its workflow ended before the job."""
    monkeypatch.setattr(runtime, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(runtime, "UNDRIVEN_SECONDS", 0.2)
    records, driven = workflows.launch(ledger, client), workflows.start
    monkeypatch.setattr(workflows, "start", lambda job, _: runs and records.start_run(job))
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 30)))
    assert (job.state, job.runs) == (JobState.PAUSED, runs)
    assert job.reason == "The job was interrupted. Resume to continue."
    monkeypatch.setattr(workflows, "start", driven)
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 30}


def test_sqlite_tells_milliseconds_whatever_its_version() -> None:
    with closing(sqlite3.connect(":memory:", factory=SQLiteConnection)) as db:
        db.execute("CREATE TABLE t (at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000), id)")
        before = time.time()
        db.execute("INSERT INTO t (id) VALUES (1)")
        ((at,),) = db.execute("SELECT at FROM t").fetchall()
        assert before * 1000 - 1 <= at <= time.time() * 1000 + 1


# Rows of the database are data --------------------------------------------------------------------


class Code:
    """What makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


def rows_of(database: Path, query: str, **values: str | None) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(database)) as db, db:
        return db.execute(query, values).fetchall()


def wait_until_failed(workflow: str) -> None:
    def has_failed() -> bool:
        status = DBOS.get_workflow_status(workflow)
        return status is not None and status.status == "ERROR"

    wait_until(has_failed, "the workflow does not fail")


@pytest.mark.parametrize("serialization", ["py_pickle", None])
@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ("workflow_input", "inputs"),
        ("operation_outputs", "output"),
        ("operation_outputs", "error"),
    ],
)
def test_code_in_a_row_is_not_run(
    ledger: Ledger,
    payments: Payments,
    client: LeadIQClient,
    sandbox: Sandbox,
    tmp_path: Path,
    changed: str,
    column: str,
    serialization: str | None,
) -> None:
    """Who can write to the database must not be able to run code in every app and worker."""
    database, folder = tmp_path / "ledger.db-jobs", tmp_path / "made by code"
    records = workflows.launch(ledger, client)
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 1)))
    workflows.close()
    code = base64.b64encode(pickle.dumps(Code(folder))).decode()
    described = "workflow_status" if changed == "workflow_input" else changed
    rows_of(database, f"UPDATE {described} SET serialization = :word", word=serialization)  # noqa: S608
    rows_of(database, "UPDATE operation_outputs SET output = NULL")
    rows_of(database, f"UPDATE {changed} SET {column} = :code", code=code)  # noqa: S608
    pending = "UPDATE workflow_status SET status = 'PENDING', output = NULL, executor_id = 'ended'"
    rows_of(database, pending)
    records.set_state(job.id, JobState.RUNNING)

    workflows.launch(ledger, client)
    wait_until_failed(f"{job.id}-1")
    assert not folder.exists()
    other = wait_for_end(records, start_job(payments, records, table_of(sandbox, 2)))
    assert other.state == JobState.DONE
    assert not folder.exists()


def test_rows_are_written_as_json(
    ledger: Ledger, payments: Payments, client: LeadIQClient, sandbox: Sandbox, tmp_path: Path
) -> None:
    records = workflows.launch(ledger, client)
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 1)))
    workflows.close()
    database = tmp_path / "ledger.db-jobs"
    described = (
        "SELECT serialization FROM workflow_status UNION "
        "SELECT serialization FROM operation_outputs WHERE output NOT NULL"
    )
    assert rows_of(database, described) == [("portable_json",)]
    arguments = [
        json.loads(text) for (text,) in rows_of(database, "SELECT inputs FROM workflow_input")
    ]
    assert {"namedArgs": {}, "positionalArgs": [job.id, 1]} in arguments
