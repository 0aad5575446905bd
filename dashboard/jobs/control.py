"""What the user does with bulk jobs, in the app and by ``python -m dashboard.jobs``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from dashboard.jobs.model import (
    VERIFICATION,
    Job,
    JobSettings,
    JobState,
    Row,
    RowKind,
    RowState,
)
from dashboard.jobs.planning import JobPlan, people_per_hit, price_of_search
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import first_page
from dashboard.jobs.verification import price_of_addresses
from dashboard.ledger.payments import Payments
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.tables.spreadsheet import Table
from leadiq_api import SearchKind
from leadiq_api.credits import Estimate
from leadiq_api.quality import ANY_QUALITY, Quality


def job_fingerprint(
    content: bytes | str,
    data_points: Sequence[str],
    *more: str,
    quality: Quality = ANY_QUALITY,
) -> str:
    """Identifies what a job works on: the same for one file or search with the same choices."""
    text = content.encode() if isinstance(content, str) else content
    accepted = () if quality == ANY_QUALITY else (quality.to_text(),)
    rest = "\0".join((*sorted(data_points), *more, *accepted)).encode()
    return hashlib.sha256(text + b"\0" + rest).hexdigest()[:32]


def content_fingerprint(content: bytes) -> str:
    """Identifies a file by its content, whatever is chosen for a job over it."""
    return hashlib.sha256(content).hexdigest()[:32]


def start_file(
    payments: Payments,
    records: JobRecords,
    *,
    name: str,
    table: Table,
    plan: JobPlan,
    budget: Decimal | None,
    columns: Mapping[str, Sequence[int]] | None = None,
    quality: Quality = ANY_QUALITY,
    check_below: int = 0,
    list_name: str = "",
    include_unchecked: bool = False,
    content: str = "",
    fingerprint: str = "",
) -> str:
    """Starts a job over the rows of a file and returns its id.

    ``budget`` is in UC; ``columns`` are those of each field; ``content`` identifies the file. The
    maximum of the plan's price was shown: it is held like a budget.
    """
    settings = JobSettings(
        data_points=plan.data_points,
        prices=_stored_prices(payments),
        columns=table.columns,
        delimiter=table.delimiter,
        fields=columns or {},
        budget=None if budget is None else str(budget),
        max_uc=str(plan.price.maximum),
        fingerprint=fingerprint,
        quality=quality.to_text() or None,
        check_below=check_below,
        list_name=list_name.strip(),
        include_unchecked=include_unchecked,
        content=content,
    )
    return _start(payments, records, name, settings, plan.rows)


def start_verification(
    payments: Payments,
    records: JobRecords,
    *,
    name: str,
    table: Table,
    rows: Sequence[Row],
    budget: Decimal | None,
    content: str = "",
    fingerprint: str = "",
) -> str:
    """Starts a job that verifies the addresses of rows, and returns its id."""
    number = sum(row.state == RowState.WAITING for row in rows)
    settings = JobSettings(
        data_points=(),
        prices=_stored_prices(payments),
        columns=table.columns,
        delimiter=table.delimiter,
        budget=None if budget is None else str(budget),
        max_uc=str(price_of_addresses(payments, number).maximum),
        operation=VERIFICATION,
        content=content,
        fingerprint=fingerprint,
    )
    return _start(payments, records, name, settings, rows)


def start_search(
    payments: Payments,
    records: JobRecords,
    *,
    search: SavedSearch,
    max_people: int,
    data_points: tuple[str, ...],
    budget: Decimal | None,
    list_name: str = "",
    quality: Quality = ANY_QUALITY,
    fingerprint: str = "",
) -> str:
    """Starts a job that finds a saved search's people, enriches and lists them; returns its id."""
    flat = search.operation == SearchKind.FLAT
    per_hit = people_per_hit(search.operation, search.input)
    settings = JobSettings(
        data_points=data_points,
        prices=_stored_prices(payments),
        budget=None if budget is None else str(budget),
        max_uc=str(price_of_search(payments, max_people, data_points, per_hit).maximum),
        operation=search.operation,
        search=search.input,
        max_people=max_people,
        list_name=list_name.strip(),
        fingerprint=fingerprint,
        quality=quality.to_text() or None,
    )
    first = first_page(search.input, flat, max_people)
    page = Row(-1, RowKind.PAGE, RowState.WAITING, "", first)
    return _start(payments, records, search.name, settings, [page])


def _stored_prices(payments: Payments) -> dict[str, str]:
    return {point: str(price) for point, price in payments.prices.items()}


def _start(
    payments: Payments, records: JobRecords, name: str, settings: JobSettings, rows: Sequence[Row]
) -> str:
    if _repeat_was_free(records, payments.account, settings.data_points):
        settings = replace(settings, repeat_is_free=True)
    job = records.create(payments.account, payments.user, name, settings, rows)
    _run(job, payments.account)
    return job


def _run(job: str, account: str) -> None:
    from dashboard.jobs import workflows  # imports DBOS, which no page needs without a job

    workflows.start(job, account)


def _repeat_was_free(records: JobRecords, account: str, data_points: Sequence[str]) -> bool:
    """Whether an earlier job has shown that repeating these data points is free."""
    return any(
        job.settings.repeat_is_free and {*data_points} <= {*job.settings.data_points}
        for job in records.jobs(account)
    )


def pause(records: JobRecords, job: Job) -> None:
    """Sends nothing more for now; answers to what was sent are still recorded."""
    records.pause(job.id, "Paused by you.")


def stop(records: JobRecords, job: Job) -> None:
    """Ends a job that runs or is paused, and keeps all its results."""
    unfinished = (JobState.RUNNING, JobState.PAUSED)
    records.set_state(job.id, JobState.STOPPED, "Stopped by you.", only_from=unfinished)


def resume(job: Job) -> None:
    """Continues with the rows that were not sent."""
    _run(job.id, job.account)


def retry(payments: Payments, records: JobRecords, job: Job, *states: RowState) -> None:
    """Sends the rows of these states again, within the price that the user has agreed to.

    What that costs is spent by the user of these payments.
    """
    records.charge_to(job.id, payments.user)
    records.update_settings(job.id, only_list=False)
    records.requeue(job.id, states)
    resume(job)


def continue_at_price(
    payments: Payments, records: JobRecords, job: Job, price: Estimate, *states: RowState
) -> None:
    """Continues a job, with the rows of these states, at a price that the user has agreed to.

    It is the price of all that the job still has to send, as ``price_of_rest`` returns it for these
    payments. Rows that need a decision may be charged again.
    """
    spent = sum(records.ledger.spent_by_job(job.account, job.id))
    records.update_settings(
        job.id,
        max_uc=str(spent + price.maximum),
        price_exceeded=None,
        prices=_stored_prices(payments),
    )
    retry(payments, records, job, *states)


def add_to_list(
    records: JobRecords,
    job: Job,
    list_id: str,
    list_name: str = "",
    *,
    include_unchecked: bool = False,
) -> None:
    """Adds the people that a job found to a list; one that has only a name is created if needed.

    People who may be somebody else are added if the user has kept them, or ``include_unchecked``.
    Nothing is looked up: what a paused or stopped job has left to send stays where it is.
    """
    records.update_settings(
        job.id,
        list_id=list_id,
        list_name=list_name,
        list_started=False,
        include_unchecked=include_unchecked,
        only_list=True,
    )
    records.clear_listed(job.id)
    resume(job)
