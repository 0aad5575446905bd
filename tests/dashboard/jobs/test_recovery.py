"""Requests without an answer: every row is there once and paid once, or left to the user."""

import time
from collections import Counter

import pytest

from dashboard.jobs import control, recovery, workflows
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.jobs.driver import (
    PATIENCE,
    count_states,
    saved_search,
    start_job,
    table_of,
    wait_for_end,
)

pytestmark = pytest.mark.usefixtures("short_waits")


@pytest.mark.parametrize("fault", ["lost-paid:3", "reset:3", "one-of-many:3", "429:2"])
def test_whatever_is_lost_every_row_is_there_once_and_paid_once(
    payments: Payments, records: JobRecords, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.choose([fault])
    job_id = start_job(payments, records, table_of(sandbox, 200))
    deadline = time.monotonic() + PATIENCE
    while count_states(records, job_id)[RowState.FOUND] < 100 and time.monotonic() < deadline:
        time.sleep(0.02)
    sandbox.faults.choose([])
    job = wait_for_end(records, job_id)
    assert (job.state, job.reason) == (JobState.DONE, "")
    assert count_states(records, job.id) == {RowState.FOUND: 200}
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_company_information_without_an_answer_is_left_to_the_user(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    sandbox.faults.choose(["lost-paid:4"])
    job_id = start_job(payments, records, table_of(sandbox, 100), points=("company",))
    job = wait_for_end(records, job_id)
    counts = count_states(records, job.id)
    assert job.state == JobState.DONE
    assert counts[RowState.NEEDS_DECISION] in (25, 50)
    assert counts[RowState.FOUND] + counts[RowState.NEEDS_DECISION] == 100
    rows = [row for row in records.rows(job.id) if row.state == RowState.NEEDS_DECISION]
    assert "may be charged again" in rows[0].problem
    sandbox.faults.choose([])
    control.retry(records, job, RowState.NEEDS_DECISION)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 100}


def test_a_service_that_is_down_pauses_the_job(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job_id = start_job(payments, records, table_of(sandbox, 50))
    wait_for_end(records, job_id)
    sandbox.faults.choose(["reset:1"])
    job = wait_for_end(
        records, start_job(payments, records, table_of(sandbox, 50), points=("phone",))
    )
    assert job.state == JobState.PAUSED
    assert "cannot be reached" in job.reason
    sandbox.faults.choose([])
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 50}


@pytest.mark.parametrize("fault", ["lost:2", "lost-paid:3"])
def test_a_pipeline_that_loses_answers(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient, fault: str
) -> None:
    sandbox.faults.choose([fault])
    job_id = control.start_search(
        payments,
        records,
        search=saved_search("flatAdvancedSearch", roles=["Sales"]),
        max_people=150,
        data_points=("email",),
        budget=None,
        list_name="Lossy",
    )
    for _ in range(20):
        job = wait_for_end(records, job_id)
        if job.state == JobState.DONE:
            break
        sandbox.faults.choose([])
        control.resume(job)
    sandbox.faults.choose([])
    assert job.state == JobState.DONE
    counts = count_states(records, job.id)
    assert counts[RowState.FOUND] == 150 or counts[RowState.NEEDS_DECISION]
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    (made,) = client.lists()
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert max(listed.values()) == 1
    assert len(listed) == records.progress(job.id).on_list


def test_the_balance_is_that_of_the_plan_which_holds_the_credits(ledger: Ledger) -> None:
    with Sandbox(people=60, credits=100, rpm=0, data_hub_plan=True) as sandbox:
        client = client_of(sandbox, requests_per_minute=60_000)
        client.search_company({"domain": sandbox.world.domains[0]})
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 3)))
        assert job.settings.baseline is not None
        assert job.settings.baseline.used == 3
        used = recovery.read_used_when_quiet(records, job, client, settle=0)
        assert used == client.account()["dataHubPlan"]["used"] > 3
