"""Bulk jobs against a sandbox with faults: budgets, refusals, lost answers, lists, results."""

import csv
import io
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS

from dashboard.jobs import control, planning, recovery, report, workflows
from dashboard.jobs.model import (
    DONE,
    FAILED,
    FOUND,
    NEEDS_DECISION,
    PAUSED,
    RUNNING,
    STOPPED,
    WAITING,
    Job,
)
from dashboard.jobs.people import guess_columns, read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.budgets import Budget
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.lists import writing
from dashboard.tables.spreadsheet import Table, read_table
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

PATIENCE = 120  # seconds


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflows, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(recovery, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(writing, "SETTLE_SECONDS", 0.05)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield opened
    workflows.close()
    opened.close()


@pytest.fixture
def client(sandbox: Sandbox) -> LeadIQClient:
    return client_of(sandbox, requests_per_minute=60_000)


@pytest.fixture
def payments(ledger: Ledger, client: LeadIQClient) -> Payments:
    return Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)


@pytest.fixture
def records(ledger: Ledger, client: LeadIQClient) -> JobRecords:
    return workflows.launch(ledger, client)


def table_of(sandbox: Sandbox, number: int) -> Table:
    lines = [f"{place},{one}" for place, one in enumerate(sandbox.world.person_ids[:number])]
    return read_table("\n".join(["Row,LeadIQ id", *lines]).encode())


def begin(
    payments: Payments,
    records: JobRecords,
    table: Table,
    points: tuple[str, ...] = ("email",),
    budget: str | None = None,
) -> str:
    plan = planning.plan_job(payments, records, read_rows(table, guess_columns(table)), points)
    limit = None if budget is None else Decimal(budget)
    return control.start_file(
        payments, records, name="people.csv", table=table, plan=plan, budget=limit
    )


def ended(records: JobRecords, job_id: str) -> Job:
    """The job, once it is at work no more."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        job = records.job(job_id)
        assert job is not None
        if job.state != RUNNING and not records.in_flight(job_id):
            return job
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def states(records: JobRecords, job_id: str) -> Counter[str]:
    return Counter(row.state for row in records.rows(job_id))


def result(records: JobRecords, job: Job) -> list[dict[str, str]]:
    text = b"".join(report.result_csv(records, job)).decode("utf-8-sig")
    return [*csv.DictReader(io.StringIO(text))]


def test_a_file_from_its_price_to_its_results(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    ids = sandbox.world.person_ids
    table = read_table(
        f"CRM;LeadIQ id;Email\n=1;{ids[0]};\n2;;nobody@nowhere.example\n3;{ids[0]};\n4;;\n".encode()
    )
    plan = planning.plan_job(payments, records, read_rows(table, guess_columns(table)), ("email",))
    assert (len(plan.asked), plan.price.minimum, plan.price.maximum) == (2, 0, 2)
    job = ended(records, begin(payments, records, table))
    assert (job.state, job.reason) == (DONE, "")
    found = result(records, job)
    assert [row["leadiq_status"] for row in found] == [
        "found",
        "not found",
        "duplicate",
        "names nobody",
    ]
    assert [row["CRM"] for row in found] == ["=1", "2", "3", "4"]  # untouched
    assert found[0]["leadiq_person_id"] == found[2]["leadiq_person_id"] == ids[0]
    assert found[0]["leadiq_work_email"] == found[2]["leadiq_work_email"] != ""
    assert "leadiq_phone" not in found[0]
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)
    assert sandbox.store.used == 1
    # The same again is known to be unlocked, and costs nothing.
    again = planning.plan_job(payments, records, read_rows(table, guess_columns(table)), ("email",))
    assert again.unlocked == 1
    assert again.price.maximum == 1  # of the one whom nobody found
    ended(records, begin(payments, records, table))
    assert sandbox.store.used == 1


def test_a_dry_run_is_free_and_scaled(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    addresses = [
        client.search_people({"id": one}, data_points={"email"})["results"][0]["personalEmails"]
        for one in sandbox.world.person_ids[:80]
    ]
    known = [found[0]["value"] for found in addresses if found][:10]
    used = sandbox.store.used
    table = read_table(
        "\n".join(["email", *known, *(f"no{n}@x.example" for n in range(30))]).encode()
    )
    plan = planning.plan_job(payments, records, read_rows(table, guess_columns(table)), ("email",))
    run = planning.dry_run(client, payments, plan, 20)
    assert (run.asked, run.matched) == (20, len(known))
    assert run.emails == len(known)
    assert run.price.maximum == Decimal(len(known)) * 2  # half of the rows were looked at
    assert sandbox.store.used == used


def test_a_server_that_takes_few_aliases(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    sandbox.graphql.max_aliases = 6
    job = ended(records, begin(payments, records, table_of(sandbox, 60), points=()))
    assert states(records, job.id) == {FOUND: 60}
    assert sandbox.store.used == 6


def test_the_budget_pauses_with_all_that_there_is(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job = ended(records, begin(payments, records, table_of(sandbox, 100), budget="60"))
    assert job.state == PAUSED
    assert "job's budget of 60 UC" in job.reason
    assert 59 < sandbox.store.used <= 60  # no more would fit, whatever was reserved in between
    there = states(records, job.id)
    assert there[FOUND] + there[WAITING] == 100
    assert there[FOUND] >= 60
    spent, _ = records.ledger.spent_by_job(payments.account, job.id)
    assert spent == sandbox.store.used
    records.change(job.id, budget="1000")
    control.resume(job)
    assert ended(records, job.id).state == DONE
    assert states(records, job.id) == {FOUND: 100}


def test_a_budget_for_fewer_people_than_a_request_takes_is_used(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    """25 people with email and phone are priced at 275 UC."""
    points = ("email", "phone")
    job = ended(records, begin(payments, records, table_of(sandbox, 100), points, budget="200"))
    assert job.state == PAUSED
    assert "job's budget of 200 UC" in job.reason
    assert 189 < sandbox.store.used <= 200
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_the_accounts_budgets_hold_for_jobs_too(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    records.ledger.budgets.save(payments.account, Budget(per_day=Decimal(30)))
    job = ended(records, begin(payments, records, table_of(sandbox, 100)))
    assert job.state == PAUSED
    assert "day's budget of 30 UC" in job.reason
    assert 29 < sandbox.store.used <= 30


def test_a_budget_that_others_held_for_a_moment_pauses_nothing(
    payments: Payments, records: JobRecords, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they reserved and did not spend is there by the time that this is looked into."""
    send_people, refused = workflows.send_people, list[str]()

    def held_once(*arguments: Any) -> None:
        if not refused:
            refused.append("The day's budget is reserved by others.")
            raise BudgetExceededError(refused[0])
        send_people(*arguments)

    monkeypatch.setattr(workflows, "send_people", held_once)
    job = ended(records, begin(payments, records, table_of(sandbox, 1)))
    assert (job.state, job.reason, len(refused)) == (DONE, "", 1)
    assert states(records, job.id) == {FOUND: 1}


@pytest.mark.parametrize(
    ("fault", "state", "told"),
    [("401-in-200:3", STOPPED, "did not accept the key"), ("402-in-200:3", PAUSED, "not enough")],
)
def test_a_refusal_holds_the_job_and_loses_nothing(
    payments: Payments, records: JobRecords, sandbox: Sandbox, fault: str, state: str, told: str
) -> None:
    sandbox.faults.choose([fault])
    job = ended(records, begin(payments, records, table_of(sandbox, 200)))
    assert job.state == state
    assert told in job.reason
    sandbox.faults.choose([])
    control.resume(job)
    assert ended(records, job.id).state == DONE
    assert states(records, job.id) == {FOUND: 200}
    assert records.ledger.spent_by_job(payments.account, job.id)[0] == sandbox.store.used


@pytest.mark.parametrize("fault", ["lost-paid:3", "reset:3", "one-of-many:3", "429:2"])
def test_whatever_is_lost_every_row_is_there_once_and_paid_once(
    payments: Payments, records: JobRecords, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.choose([fault])
    job_id = begin(payments, records, table_of(sandbox, 200))
    give_up = time.monotonic() + PATIENCE
    while states(records, job_id)[FOUND] < 100 and time.monotonic() < give_up:
        time.sleep(0.02)
    sandbox.faults.choose([])
    job = ended(records, job_id)
    assert (job.state, job.reason) == (DONE, "")
    assert states(records, job.id) == {FOUND: 200}
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_company_information_without_an_answer_is_left_to_a_person(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    sandbox.faults.choose(["lost-paid:4"])
    job_id = begin(payments, records, table_of(sandbox, 100), points=("company",))
    job = ended(records, job_id)
    there = states(records, job.id)
    assert job.state == DONE
    assert there[NEEDS_DECISION] in (25, 50)
    assert there[FOUND] + there[NEEDS_DECISION] == 100
    rows = [row for row in records.rows(job.id) if row.state == NEEDS_DECISION]
    assert "may be charged again" in rows[0].problem
    sandbox.faults.choose([])
    control.retry(records, job, NEEDS_DECISION)
    assert ended(records, job.id).state == DONE
    assert states(records, job.id) == {FOUND: 100}


def test_a_service_that_is_down_pauses_the_job(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job_id = begin(payments, records, table_of(sandbox, 50))
    ended(records, job_id)
    sandbox.faults.choose(["reset:1"])
    job = ended(records, begin(payments, records, table_of(sandbox, 50), points=("phone",)))
    assert job.state == PAUSED
    assert "cannot be reached" in job.reason
    sandbox.faults.choose([])
    control.resume(job)
    assert ended(records, job.id).state == DONE
    assert states(records, job.id) == {FOUND: 50}


def test_pause_stop_and_resume(
    payments: Payments, records: JobRecords, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflows, "MAX_IN_FLIGHT", 2)
    sandbox._latency = 0.05
    job_id = begin(payments, records, table_of(sandbox, 600))
    while states(records, job_id)[FOUND] < 50:
        time.sleep(0.02)
    job = records.job(job_id)
    assert job is not None
    control.pause(records, job)
    while records.in_flight(job_id):
        time.sleep(0.02)
    asked = len(sandbox.requests)
    there = states(records, job_id)
    assert there[WAITING] > 0
    time.sleep(0.5)
    assert len(sandbox.requests) == asked  # nothing more is sent
    control.stop(records, job)
    sandbox._latency = 0
    control.resume(job)
    assert ended(records, job_id).state == DONE
    assert states(records, job_id) == {FOUND: 600}
    assert sum(seen.path == "/graphql" for seen in sandbox.requests) <= 600 / 25 + 5


def test_failed_rows_are_retried_and_nothing_else(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    table = table_of(sandbox, 30)
    plan = planning.plan_job(payments, records, read_rows(table, guess_columns(table)), ())
    wrong = [*plan.rows]
    wrong[4] = replace(wrong[4], input={"firstName": ["no text"]})
    job_id = control.start_file(
        payments,
        records,
        name="x",
        table=table,
        plan=planning.JobPlan(wrong, (), plan.price, {}, 0),
        budget=None,
    )
    job = ended(records, job_id)
    assert states(records, job.id) == {FOUND: 29, FAILED: 1}
    asked = len(sandbox.requests)
    control.retry(records, job, FAILED)
    ended(records, job.id)
    assert len(sandbox.requests) == asked + 1
    assert states(records, job.id) == {FOUND: 29, FAILED: 1}


def test_the_key_is_nowhere(
    payments: Payments, records: JobRecords, sandbox: Sandbox, tmp_path: Path
) -> None:
    ended(records, begin(payments, records, table_of(sandbox, 30)))
    for file in tmp_path.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert sandbox.api_key.encode() not in content, file
        assert sandbox.decoded_key.encode() not in content, file


def test_the_limit_leaves_a_share_for_people_who_click(ledger: Ledger, sandbox: Sandbox) -> None:
    client = client_of(sandbox, requests_per_minute=60)
    workflows.launch(ledger, client)
    queue = DBOS.retrieve_queue(f"requests-{client.fingerprint}")
    assert queue is not None
    assert queue.limiter == {"limit": 12, "period": 13}


# The whole pipeline ------------------------------------------------------------------------------


def saved(operation: str, **filters: object) -> SavedSearch:
    input = {"contactFilter": filters}
    return SavedSearch("Sales", operation, input, (), "", datetime.now(UTC))


@pytest.mark.parametrize("operation", ["flatAdvancedSearch", "groupedAdvancedSearch"])
def test_a_saved_search_to_a_list(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient, operation: str
) -> None:
    search = saved(operation, roles=["Sales"])
    price = planning.price_of_search(payments, 60, ("email",))
    assert price.maximum == Decimal(6) + 60
    job_id = control.start_search(
        payments,
        records,
        search=search,
        most=60,
        data_points=("email",),
        budget=None,
        list_name="Sales people",
    )
    job = ended(records, job_id)
    assert (job.state, job.reason) == (DONE, "")
    found = [*records.rows(job.id)]
    assert [row.state for row in found] == [FOUND] * 60
    assert len({row.person for row in found}) == 60
    assert sandbox.store.used <= price.maximum
    assert records.ledger.spent_by_job(payments.account, job.id)[0] == sandbox.store.used
    (made,) = client.lists()
    assert made["name"] == "Sales people"
    listed = [row["personId"] for row in client.list_prospects(made["id"])]
    named = [row.person for row in found if row.listed == "added"]
    assert sorted(listed) == sorted(named)
    assert {row.listed for row in found} <= {"added", "no first or last name"}
    rows = result(records, job)
    assert len(rows) == 60
    assert {row["leadiq_list"] for row in rows} == {row.listed for row in found}


def test_a_search_with_fewer_people_than_wanted(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    search = saved("flatAdvancedSearch", roles=["Legal"], seniorities=["VP"])
    total = client.flat_advanced_search(search.input | {"skip": 0, "limit": 1}, data_points=())
    job_id = control.start_search(
        payments, records, search=search, most=1000, data_points=(), budget=None
    )
    job = ended(records, job_id)
    assert job.state == DONE
    assert states(records, job.id) == {FOUND: total["totalPeople"]}


@pytest.mark.parametrize("fault", ["lost:2", "lost-paid:3"])
def test_a_pipeline_that_loses_answers(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient, fault: str
) -> None:
    sandbox.faults.choose([fault])
    job_id = control.start_search(
        payments,
        records,
        search=saved("flatAdvancedSearch", roles=["Sales"]),
        most=150,
        data_points=("email",),
        budget=None,
        list_name="Lossy",
    )
    for _ in range(20):
        job = ended(records, job_id)
        if job.state == DONE:
            break
        sandbox.faults.choose([])
        control.resume(job)
    sandbox.faults.choose([])
    assert job.state == DONE
    there = states(records, job.id)
    assert there[FOUND] == 150 or there[NEEDS_DECISION]
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    (made,) = client.lists()
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert max(listed.values()) == 1
    assert len(listed) == sum(
        row.listed in ("added", "on it already") for row in records.rows(job.id)
    )


def test_nobody_is_put_on_a_list_twice(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    job = ended(records, begin(payments, records, table_of(sandbox, 130)))
    made = client.create_list("Mine")
    for _ in range(2):
        control.put_on_list(records, job, made["id"])
        assert ended(records, job.id).state == DONE
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert max(listed.values()) == 1
    told = Counter(row.listed for row in records.rows(job.id))
    assert told["on it already"] == len(listed) > 100
