"""Bulk jobs: what a person does with them, in the app and by ``python -m dashboard.jobs``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from dashboard.jobs import workflows
from dashboard.jobs.model import PAGE, PAUSED, RUNNING, STOPPED, WAITING, Job, JobSettings, Row
from dashboard.jobs.planning import JobPlan, price_of_search
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import next_page
from dashboard.ledger.payments import Payments
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.tables.spreadsheet import Table

# Starting, holding, going on ---------------------------------------------------------------------


def job_fingerprint(content: bytes | str, data_points: Sequence[str], *more: str) -> str:
    """Names what a job works on: the same file or search with the same data points is the same."""
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
    source: str = "",
) -> str:
    """Begins a job over the rows of a file; gives its id."""
    settings = JobSettings(
        data_points=plan.data_points,
        prices={point: str(price) for point, price in payments.prices.items()},
        columns=table.columns,
        budget=None if budget is None else str(budget),
        most_uc=str(plan.price.maximum),
        source=source,
    )
    return _start(payments, records, name, settings, plan.rows)


def start_search(
    payments: Payments,
    records: JobRecords,
    *,
    search: SavedSearch,
    most: int,
    data_points: tuple[str, ...],
    budget: Decimal | None,
    list_name: str = "",
    source: str = "",
) -> str:
    """Begins the whole pipeline of a saved search: people, enriched, put on a list."""
    flat = search.operation == "flatAdvancedSearch"
    settings = JobSettings(
        data_points=data_points,
        prices={point: str(price) for point, price in payments.prices.items()},
        budget=None if budget is None else str(budget),
        most_uc=str(price_of_search(payments, most, data_points).maximum),
        operation=search.operation,
        search=search.input,
        most=most,
        list_name=list_name.strip(),
        source=source,
    )
    begin = {**search.input, "skip": 0, "limit": 0}
    first = next_page(begin, flat, most, float("inf"))
    assert first is not None  # noqa: S101  most is at least 1
    return _start(payments, records, search.name, settings, [Row(-1, PAGE, WAITING, "", first)])


def _start(
    payments: Payments, records: JobRecords, name: str, settings: JobSettings, rows: Sequence[Row]
) -> str:
    job = records.create(payments.account, payments.user, name, settings, rows)
    workflows.start(job, payments.account)
    return job


def pause(records: JobRecords, job: Job) -> None:
    """Sends nothing more for now; what is out is recorded when it comes."""
    records.set_state(job.id, PAUSED, "Paused by a person.", only=RUNNING)


def stop(records: JobRecords, job: Job) -> None:
    """Ends a job with all that it has."""
    records.set_state(job.id, STOPPED, "Stopped by a person.")


def resume(job: Job) -> None:
    """Goes on with what was not sent."""
    workflows.start(job.id, job.account)


def retry(records: JobRecords, job: Job, *states: str) -> None:
    """Sends the rows of these states again: FAILED, or UNDECIDED, which may be charged again."""
    records.put_back(job.id, states)
    resume(job)


def put_on_list(records: JobRecords, job: Job, list_id: str, list_name: str = "") -> None:
    """Puts the people that a job found on a list; by its name it is made where there is none."""
    records.change(job.id, list_id=list_id, list_name=list_name, list_begun=False)
    records.forget_listed(job.id)
    resume(job)


def is_held(job: Job) -> bool:
    """Whether a job waits to be resumed."""
    return job.state in (PAUSED, STOPPED)
