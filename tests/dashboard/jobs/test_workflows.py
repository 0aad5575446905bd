"""How a job is driven: sizes of requests, budgets, and the names that DBOS stores."""

import gzip
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from dbos._registrations import get_dbos_func_name

from dashboard.jobs import control, runtime, workflows
from dashboard.jobs.model import JobState, ListStatus, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.budgets import Budget
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import jobs
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import (
    count_states,
    result_rows,
    saved_search,
    start_job,
    table_of,
    wait_for_end,
)

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
    records.ledger.budgets.save(payments.account, Budget(per_day=Decimal(30)))
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


def test_the_budget_of_a_search_is_not_spent_on_pages_alone(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job_id = control.start_search(
        payments,
        records,
        search=saved_search("flatAdvancedSearch", roles=["Sales"]),
        max_people=200,
        data_points=("email",),
        budget=Decimal(20),  # the price of the pages
    )
    job = wait_for_end(records, job_id)
    assert (job.state, "job's budget of 20 UC" in job.reason) == (JobState.PAUSED, True)
    assert 19 < sandbox.store.used <= 20
    counts = count_states(records, job.id)
    assert counts[RowState.WAITING] < 25  # of one page
    assert counts[RowState.FOUND] > 15
    records.update_settings(job.id, budget=None)
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 200}
    spent = records.ledger.spent_by_job(payments.account, job.id)
    assert spent == (sandbox.store.used, 0)


def test_the_key_is_nowhere(
    payments: Payments, records: JobRecords, sandbox: Sandbox, tmp_path: Path
) -> None:
    wait_for_end(records, start_job(payments, records, table_of(sandbox, 30)))
    for file in tmp_path.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert sandbox.api_key.encode() not in content, file
        assert sandbox.decoded_key.encode() not in content, file


# What DBOS stores -------------------------------------------------------------------------------

OLD = Path(__file__).parent / "interrupted_by_6ad7b33"


@pytest.fixture
def old_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Databases of 6ad7b33, whose process was killed within two requests of a job.

    Of its 60 people the first 25 were found. Another job is done, whose 6 people were put on a
    list twice.
    """
    for name, database in (("ledger", "ledger.db"), ("jobs", "ledger.db-jobs")):
        script = gzip.decompress((OLD / f"{name}.sql.gz").read_bytes()).decode()
        with closing(sqlite3.connect(tmp_path / database)) as db:
            db.executescript(script)
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield ledger
    workflows.close()
    ledger.close()


def test_a_job_interrupted_under_6ad7b33_is_recovered(
    old_ledger: Ledger, client: LeadIQClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = JobRecords(old_ledger)
    with old_ledger.database.reading() as db:
        account = db.execute(sa.select(jobs.c.account)).scalars().first()
    interrupted, finished = records.jobs(str(account))
    # The sandbox is reached at another address, and has forgotten whom the first request unlocked.
    monkeypatch.setattr(LeadIQClient, "fingerprint", account)
    ids = sandbox.world.person_ids[:60]
    [*client.enrich_people([{"id": id} for id in ids[:25]], data_points=("email",))]

    workflows.launch(old_ledger, client)
    job = wait_for_end(records, interrupted.id)
    assert (job.state, job.reason) == (JobState.DONE, "")
    rows = [*records.rows(job.id)]
    assert [row.person for row in rows] == [*ids]
    assert {row.state for row in rows} == {RowState.FOUND}
    charges = Counter((kind, id) for kind, id, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    (made,) = client.lists()
    assert len(client.list_prospects(made["id"])) == records.progress(job.id).on_list > 50
    # What was stored in words is read as codes, and shown in the same words.
    assert records.progress(finished.id).listed == {ListStatus.ALREADY_LISTED: 6}
    assert {row["leadiq_list"] for row in result_rows(records, finished)} == {"on it already"}


def test_workflows_and_steps_keep_the_names_of_6ad7b33() -> None:
    """DBOS recovers interrupted work by them; renaming the function must not rename them."""
    functions = {
        workflows.run_job: "run",
        workflows.send_next: "send_next",
        workflows.take_slot: "turn",
        workflows.wait_until_ended: "wait_for",
        workflows.record_baseline: "begin",
        workflows.pause_after_error: "hold_broken",
        workflows.next_step: "next_move",
        workflows.send_request: "send",
        workflows.resolve_unknown: "look_back",
        workflows.add_to_list: "put_on_list",
        workflows.settle_charges: "settle",
    }
    assert {get_dbos_func_name(function): name for function, name in functions.items()} == {
        name: name for name in functions.values()
    }
    assert runtime.VERSION == "1"
    decorated = {
        function
        for function in vars(workflows).values()
        if callable(function) and getattr(function, "__module__", "") == workflows.__name__
        if hasattr(function, "__wrapped__")
    }
    assert decorated == {*functions}


@pytest.mark.parametrize("end", ["paused", "stopped", "done", "running"])
def test_results_recorded_by_6ad7b33_drive_a_job(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    recorded = [("page", 2), ("person", 9), ("wait", 0), ("look back", 5), ("look back", 5)]
    recorded += [("look back", 6), ("list", 0), (end, 0)]
    moves = iter(recorded)
    calls: list[tuple[str, int]] = []
    monkeypatch.setattr(workflows, "record_baseline", lambda job: "account")
    monkeypatch.setattr(workflows, "next_step", lambda job, number: next(moves))
    monkeypatch.setattr(workflows, "_send_wave", lambda job, of, size: calls.append(("send", size)))
    monkeypatch.setattr(
        workflows, "resolve_unknown", lambda job, rounds: calls.append(("resolve", rounds))
    )
    monkeypatch.setattr(workflows, "add_to_list", lambda job: calls.append(("list", 0)))
    monkeypatch.setattr(DBOS, "sleep", lambda seconds: calls.append(("sleep", 0)))
    assert workflows._drive("job", 1) == end
    assert calls == [
        ("send", 1),
        ("send", 1),
        ("sleep", 0),
        ("resolve", 1),
        ("resolve", 2),
        ("resolve", 1),
        ("list", 0),
    ]


def test_next_step_returns_plain_values(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    """DBOS stores them as JSON: an enum or another class of ours would come back as less."""
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 1)))
    step, count = workflows.next_step(job.id, job.runs)
    assert (type(step), type(count)) == (str, int)
    records.set_state(job.id, JobState.RUNNING)
    step, count = workflows.next_step(job.id, job.runs)
    assert (type(step), type(count)) == (str, int)
    assert type(workflows.record_baseline(job.id)) is str
