"""How a job is driven: sizes of requests, budgets, and the names that DBOS stores."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.jobs import control, workflows
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Budget, BudgetExceededError
from dashboard.ledger.payments import Payments
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import count_states, start_job, table_of, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits")


def test_a_server_that_takes_few_aliases(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    sandbox.graphql.max_aliases = 6
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 60), points=()))
    assert count_states(records, job.id) == {RowState.FOUND: 60}
    assert sandbox.store.used == 6


def test_the_budget_pauses_the_job_with_all_its_results(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 100), budget="60"))
    assert job.state == JobState.PAUSED
    assert "job's budget of 60 UC" in job.reason
    assert 59 < sandbox.store.used <= 60  # no more would fit, whatever was reserved in between
    counts = count_states(records, job.id)
    assert counts[RowState.FOUND] + counts[RowState.WAITING] == 100
    assert counts[RowState.FOUND] >= 60
    spent, _ = records.ledger.spent_by_job(payments.account, job.id)
    assert spent == sandbox.store.used
    records.update_settings(job.id, budget="1000")
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 100}


def test_a_budget_for_fewer_people_than_a_request_takes_is_used(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    """25 people with email and phone are priced at 275 UC."""
    points = ("email", "phone")
    job = wait_for_end(
        records, start_job(payments, records, table_of(sandbox, 100), points, budget="200")
    )
    assert job.state == JobState.PAUSED
    assert "job's budget of 200 UC" in job.reason
    assert 189 < sandbox.store.used <= 200
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_the_accounts_budgets_hold_for_jobs_too(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    records.ledger.set_budget(payments.account, Budget(per_day=Decimal(30)))
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 100)))
    assert job.state == JobState.PAUSED
    assert "day's budget of 30 UC" in job.reason
    assert 29 < sandbox.store.used <= 30


def test_a_budget_that_others_reserved_for_a_moment_pauses_nothing(
    payments: Payments, records: JobRecords, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they reserved and did not spend is there by the time that this is looked into."""
    send_people, refused = workflows.send_people, list[str]()

    def reserved_once(*arguments: Any) -> None:
        if not refused:
            refused.append("The day's budget is reserved by others.")
            raise BudgetExceededError(refused[0])
        send_people(*arguments)

    monkeypatch.setattr(workflows, "send_people", reserved_once)
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 1)))
    assert (job.state, job.reason, len(refused)) == (JobState.DONE, "", 1)
    assert count_states(records, job.id) == {RowState.FOUND: 1}


def test_the_key_is_nowhere(
    payments: Payments, records: JobRecords, sandbox: Sandbox, tmp_path: Path
) -> None:
    wait_for_end(records, start_job(payments, records, table_of(sandbox, 30)))
    for file in tmp_path.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert sandbox.api_key.encode() not in content, file
        assert sandbox.decoded_key.encode() not in content, file
