"""What the user does with bulk jobs, in the app and by ``python -m dashboard.jobs``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from dashboard.jobs import workflows
from dashboard.jobs.model import Job, JobSettings, JobState, Row, RowKind, RowState
from dashboard.jobs.planning import JobPlan, price_of_search
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import next_page
from dashboard.ledger.payments import Payments
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.tables.spreadsheet import Table
from leadiq_api import SearchKind


def job_fingerprint(content: bytes | str, data_points: Sequence[str], *more: str) -> str:
    """Identifies what a job works on: the same for one file or search with the same data points."""
    text = content.encode() if isinstance(content, str) else content
    rest = "\0".join((*sorted(data_points), *more)).encode()
    return hashlib.sha256(text + b"\0" + rest).hexdigest()[:32]


def start_file(
    payments: Payments,
    records: JobRecords,
    *,
    name: str,
    table: Table,
    plan: JobPlan,
    budget: Decimal | None,
    columns: Mapping[str, Sequence[int]] | None = None,
    fingerprint: str = "",
) -> str:
    """Starts a job over the rows of a file and returns its id.

    ``budget`` is in UC; ``columns`` are those of each field.
    """
    settings = JobSettings(
        data_points=plan.data_points,
        prices={point: str(price) for point, price in payments.prices.items()},
        columns=table.columns,
        delimiter=table.delimiter,
        fields=columns or {},
        budget=None if budget is None else str(budget),
        max_uc=str(plan.price.maximum),
        fingerprint=fingerprint,
    )
    return _start(payments, records, name, settings, plan.rows)


def start_search(
    payments: Payments,
    records: JobRecords,
    *,
    search: SavedSearch,
    max_people: int,
    data_points: tuple[str, ...],
    budget: Decimal | None,
    list_name: str = "",
    fingerprint: str = "",
) -> str:
    """Starts a job that finds a saved search's people, enriches and lists them; returns its id."""
    flat = search.operation == SearchKind.FLAT
    settings = JobSettings(
        data_points=data_points,
        prices={point: str(price) for point, price in payments.prices.items()},
        budget=None if budget is None else str(budget),
        max_uc=str(price_of_search(payments, max_people, data_points).maximum),
        operation=search.operation,
        search=search.input,
        max_people=max_people,
        list_name=list_name.strip(),
        fingerprint=fingerprint,
    )
    first = next_page(
        {**search.input, "skip": 0, "limit": 0}, flat, remaining=max_people, total=float("inf")
    )
    if first is None:
        raise ValueError("max_people is at least 1")
    page = Row(-1, RowKind.PAGE, RowState.WAITING, "", first)
    return _start(payments, records, search.name, settings, [page])


def _start(
    payments: Payments, records: JobRecords, name: str, settings: JobSettings, rows: Sequence[Row]
) -> str:
    job = records.create(payments.account, payments.user, name, settings, rows)
    workflows.start(job, payments.account)
    return job


def pause(records: JobRecords, job: Job) -> None:
    """Sends nothing more for now; answers to what was sent are still recorded."""
    records.set_state(job.id, JobState.PAUSED, "Paused by a person.", only_from=JobState.RUNNING)


def stop(records: JobRecords, job: Job) -> None:
    """Ends a job and keeps all its results."""
    records.set_state(job.id, JobState.STOPPED, "Stopped by a person.")


def resume(job: Job) -> None:
    """Continues with the rows that were not sent."""
    workflows.start(job.id, job.account)


def retry(records: JobRecords, job: Job, *states: RowState) -> None:
    """Sends the rows of these states again.

    ``NEEDS_DECISION`` rows may be charged again; ``FAILED`` ones were not charged.
    """
    records.requeue(job.id, states)
    resume(job)


def add_to_list(records: JobRecords, job: Job, list_id: str, list_name: str = "") -> None:
    """Adds the people that a job found to a list; one that has only a name is created if needed."""
    records.update_settings(job.id, list_id=list_id, list_name=list_name, list_started=False)
    records.clear_listed(job.id)
    resume(job)
