"""Starts jobs against a sandbox, and reads their outcome."""

import csv
import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from dashboard.jobs import control, planning, report
from dashboard.jobs.model import Job, JobState
from dashboard.jobs.people import read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.tables.fields import find_columns
from dashboard.tables.spreadsheet import Table, read_table
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.worker import command
from tests.forkserver import start_process

T = TypeVar("T")

PATIENCE = 300  # seconds; a loaded machine is slow, not wrong
RESTORE_SIGINT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def interruptible(command: Sequence[str]) -> list[str]:
    """Returns a command that SIGINT reaches, whatever the tests were started from.

    A shell without job control lets what runs in the background ignore SIGINT (``make test &``);
    children inherit that, and a Python that is started so raises no ``KeyboardInterrupt``. The
    command that is tested respects it, as it should.
    """
    return [sys.executable, "-c", RESTORE_SIGINT, *command]


def run_command(
    folder: Path, arguments: Sequence[str], environment: dict[str, str]
) -> tuple[int | None, str, str]:
    """Runs ``python -m dashboard.jobs``; returns its exit code, its output and its errors."""
    output, errors = folder / "stdout", folder / "stderr"
    process = start_process(command, arguments, environment, output, errors)
    process.join(PATIENCE)
    return process.exitcode, output.read_text("utf-8"), errors.read_text("utf-8")


def table_of(sandbox: Sandbox, number: int) -> Table:
    lines = [f"{index},{id}" for index, id in enumerate(sandbox.world.person_ids[:number])]
    return read_table("\n".join(["Row,LeadIQ id", *lines]).encode())


def start_job(
    payments: Payments,
    records: JobRecords,
    table: Table,
    points: tuple[str, ...] = ("email",),
    budget: str | None = None,
    **options: Any,
) -> str:
    columns = find_columns(table).by_field
    plan = planning.plan_job(payments, records, read_rows(table, columns), points)
    limit = None if budget is None else Decimal(budget)
    return control.start_file(
        payments,
        records,
        name="people.csv",
        table=table,
        columns=columns,
        plan=plan,
        budget=limit,
        **options,
    )


def wait_until(look: Callable[[], T | None], problem: str) -> T:
    """Returns the first true result of ``look``. Raises ``AssertionError`` with the problem."""
    deadline = time.monotonic() + PATIENCE
    while not (result := look()):
        assert time.monotonic() < deadline, problem
        time.sleep(0.05)
    return result


def wait_for_end(records: JobRecords, job_id: str) -> Job:
    """Returns the job once it has ended."""

    def ended_job() -> Job | None:
        job = records.job(job_id)
        assert job is not None
        has_ended = job.state != JobState.RUNNING and not records.requests_in_flight(job_id)
        return job if has_ended else None

    return wait_until(ended_job, "the job does not end")


def count_states(records: JobRecords, job_id: str) -> Counter[str]:
    return Counter(row.state for row in records.rows(job_id))


def result_rows(records: JobRecords, job: Job) -> list[dict[str, str]]:
    text = b"".join(report.result_csv(records, job)).decode("utf-8-sig")
    return [*csv.DictReader(io.StringIO(text), delimiter=job.settings.delimiter)]


def saved_search(operation: str, **filters: object) -> SavedSearch:
    input = {"contactFilter": filters}
    return SavedSearch("Sales", operation, input, (), "", datetime.now(UTC))
