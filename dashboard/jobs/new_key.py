"""Continuing a job with another key of the same user, after its own was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from dashboard.jobs.model import Job
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from leadiq_api.credits import Estimate


def refused_jobs(records: JobRecords, account: str, owner: str) -> Iterator[Job]:
    """Yields jobs of the owner whose key was refused, other than those of the account itself."""
    for job in records.refused_jobs():
        if owner and job.settings.owner == owner and job.account != account:
            yield job


def continue_with_key(
    payments: Payments, records: JobRecords, job: Job, price: Estimate
) -> str | None:
    """Continues a job as one of these payments' account, at a price that the user has agreed to.

    The new job has all rows and answers of the old one, which stays as it is and is not offered
    again. What has no answer waits for the user's decision: only the old key could tell whether it
    was charged. Returns the id of the new job; None if there is one already, of another click.
    """
    left = job.budget
    if left is not None:
        left -= sum(records.ledger.spent_by_job(job.account, job.id))
    settings = replace(
        job.settings,
        prices={point: str(amount) for point, amount in payments.prices.items()},
        budget=str(left) if left is not None and left > Decimal(0) else None,
        max_uc=str(price.maximum),
        price_exceeded=None,
        baseline=None,
        repeat_is_free=None,
        probes=0,
        probe_events=(),
        probe_baseline=None,
        settled_uc=None,
    )
    copy = records.move(job, payments.account, payments.user, settings)
    if copy is not None:
        from dashboard.jobs import workflows  # imports DBOS, which no page needs without a job

        workflows.start(copy, payments.account)
    return copy
