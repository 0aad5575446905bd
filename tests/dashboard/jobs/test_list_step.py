"""The people that a job found, added to a list."""

from collections import Counter

import pytest

from dashboard.jobs import control
from dashboard.jobs.model import JobState, ListStatus
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import start_job, table_of, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits")


def test_no_one_is_added_to_a_list_twice(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 130)))
    made = client.create_list("Mine")
    for _ in range(2):
        control.add_to_list(records, job, made["id"])
        assert wait_for_end(records, job.id).state == JobState.DONE
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert max(listed.values()) == 1
    outcomes = Counter(row.listed and row.listed.status for row in records.rows(job.id))
    assert outcomes[ListStatus.ALREADY_LISTED] == len(listed) > 100
