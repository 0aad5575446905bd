"""One request of a job: refusals, and pages of a saved search."""

import pytest

from dashboard.jobs import control
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import (
    count_states,
    saved_search,
    start_job,
    table_of,
    wait_for_end,
)

pytestmark = pytest.mark.usefixtures("short_waits")


@pytest.mark.parametrize(
    ("fault", "state", "message"),
    [
        ("401-in-200:3", JobState.STOPPED, "did not accept the key"),
        ("402-in-200:3", JobState.PAUSED, "not enough"),
    ],
)
def test_a_refusal_interrupts_the_job_and_loses_nothing(
    payments: Payments, records: JobRecords, sandbox: Sandbox, fault: str, state: str, message: str
) -> None:
    sandbox.faults.choose([fault])
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 200)))
    assert job.state == state
    assert message in job.reason
    sandbox.faults.choose([])
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 200}
    assert records.ledger.spent_by_job(payments.account, job.id)[0] == sandbox.store.used


def test_a_search_with_fewer_people_than_wanted(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    search = saved_search("flatAdvancedSearch", roles=["Legal"], seniorities=["VP"])
    total = client.flat_advanced_search(search.input | {"skip": 0, "limit": 1}, data_points=())
    job_id = control.start_search(
        payments, records, search=search, max_people=1000, data_points=(), budget=None
    )
    job = wait_for_end(records, job_id)
    assert job.state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: total["totalPeople"]}
