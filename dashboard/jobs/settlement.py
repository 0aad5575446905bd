"""What a job was charged, compared with the balance once it has nothing else to send."""

from __future__ import annotations

import logging
from decimal import Decimal

from dashboard.jobs.model import Job
from dashboard.jobs.records import JobRecords
from dashboard.jobs.recovery import read_balance_when_quiet
from leadiq_api import LeadIQClient, LeadIQError

LOGGER = logging.getLogger("dashboard")


def is_due(records: JobRecords, job: Job) -> bool:
    """Whether the job was charged for something since it was last compared with the balance."""
    charged, _ = records.ledger.spent_by_job(job.account, job.id)
    return charged != Decimal(job.settings.settled_uc or 0)


def settle(records: JobRecords, job: Job, client: LeadIQClient) -> None:
    """Lets the ledger compare what it knows with the balance after a job.

    A balance that cannot be read leaves the job's charges as they are.
    """
    try:
        read_balance_when_quiet(records, job, client)
    except LeadIQError as error:
        LOGGER.warning("The balance after a job is not known: %s", error.message)
    charged, _ = records.ledger.spent_by_job(job.account, job.id)
    records.update_settings(job.id, settled_uc=str(charged))
