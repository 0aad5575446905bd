"""What the user does with jobs: start, pause, stop, resume, retry."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from dashboard.jobs import control, planning, report, runtime
from dashboard.jobs.model import JobState, ListOutcome, ListStatus, RowState
from dashboard.jobs.people import read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.tables.fields import find_columns
from dashboard.tables.spreadsheet import read_table
from leadiq_api import LeadIQClient
from leadiq_api.credits import Estimate
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


def test_a_file_from_its_price_to_its_results(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    ids = sandbox.world.person_ids
    table = read_table(
        f"CRM;LeadIQ id;Email\n=1;{ids[0]};\n2;;nobody@nowhere.example\n3;{ids[0]};\n4;;\n".encode()
    )
    plan = planning.plan_job(
        payments, records, read_rows(table, find_columns(table).by_field), ("email",)
    )
    assert (len(plan.to_send), plan.price.minimum, plan.price.maximum) == (2, 0, 2)
    job = wait_for_end(records, start_job(payments, records, table))
    assert (job.state, job.reason) == (JobState.DONE, "")
    found = result_rows(records, job)
    assert [row["leadiq_status"] for row in found] == [
        "found",
        "not found",
        "duplicate",
        "invalid",
    ]
    assert [row["CRM"] for row in found] == ["=1", "2", "3", "4"]  # untouched
    assert found[0]["leadiq_person_id"] == found[2]["leadiq_person_id"] == ids[0]
    assert found[0]["leadiq_work_email"] == found[2]["leadiq_work_email"] != ""
    assert "leadiq_phone" not in found[0]
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)
    assert sandbox.store.used == 1
    # The same again is known to be unlocked, and costs nothing.
    again = planning.plan_job(
        payments, records, read_rows(table, find_columns(table).by_field), ("email",)
    )
    assert again.unlocked == 1
    assert again.price.maximum == 1  # of the one whom nobody found
    wait_for_end(records, start_job(payments, records, table))
    assert sandbox.store.used == 1


def test_pause_stop_and_resume(
    payments: Payments, records: JobRecords, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "MAX_IN_FLIGHT", 2)
    sandbox.latency = 0.05
    job_id = start_job(payments, records, table_of(sandbox, 600))
    while count_states(records, job_id)[RowState.FOUND] < 50:
        time.sleep(0.02)
    job = records.job(job_id)
    assert job is not None
    control.pause(records, job)
    while records.requests_in_flight(job_id):
        time.sleep(0.02)
    sent = len(sandbox.requests)
    counts = count_states(records, job_id)
    assert counts[RowState.WAITING] > 0
    time.sleep(0.5)
    assert len(sandbox.requests) == sent  # nothing more is sent
    control.stop(records, job)
    sandbox.latency = 0
    control.resume(job)
    assert wait_for_end(records, job_id).state == JobState.DONE
    assert count_states(records, job_id) == {RowState.FOUND: 600}
    assert sum(seen.path == "/graphql" for seen in sandbox.requests) <= 600 / 25 + 5


def test_failed_rows_are_retried_and_nothing_else(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    table = table_of(sandbox, 30)
    plan = planning.plan_job(payments, records, read_rows(table, find_columns(table).by_field), ())
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
    job = wait_for_end(records, job_id)
    assert count_states(records, job.id) == {RowState.FOUND: 29, RowState.FAILED: 1}
    sent = len(sandbox.requests)
    control.retry(payments, records, job, RowState.FAILED)
    wait_for_end(records, job.id)
    assert len(sandbox.requests) == sent + 1
    assert count_states(records, job.id) == {RowState.FOUND: 29, RowState.FAILED: 1}


@pytest.mark.parametrize("operation", ["flatAdvancedSearch", "groupedAdvancedSearch"])
def test_a_saved_search_to_a_list(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient, operation: str
) -> None:
    search = saved_search(operation, roles=["Sales"])
    price = planning.price_of_search(payments, 60, ("email",))
    assert price.maximum == Decimal(6) + 60
    job_id = control.start_search(
        payments,
        records,
        search=search,
        max_people=60,
        data_points=("email",),
        budget=None,
        list_name="Sales people",
    )
    job = wait_for_end(records, job_id)
    assert (job.state, job.reason) == (JobState.DONE, "")
    found = [*records.rows(job.id)]
    assert [row.state for row in found] == [RowState.FOUND] * 60
    assert len({row.person for row in found}) == 60
    assert sandbox.store.used <= price.maximum
    assert records.ledger.spent_by_job(payments.account, job.id)[0] == sandbox.store.used
    (made,) = client.lists()
    assert made["name"] == "Sales people"
    listed = [row["personId"] for row in client.list_prospects(made["id"])]
    added = [row.person for row in found if row.listed == ListOutcome(ListStatus.ADDED)]
    assert sorted(listed) == sorted(added)
    rows = result_rows(records, job)
    assert len(rows) == 60
    words = [row["leadiq_list"] for row in rows]
    assert {*words} <= {"added", "no first or last name"}
    assert words == [report.list_label(row.listed) for row in found]


# The price that was shown ------------------------------------------------------------------------


def test_the_price_on_the_button_is_held_like_a_budget(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    table = table_of(sandbox, 60)
    plan = planning.plan_job(
        payments, records, read_rows(table, find_columns(table).by_field), ("email",)
    )
    shown = replace(plan, price=Estimate(Decimal(0), Decimal(30)))
    job_id = control.start_file(payments, records, name="x", table=table, plan=shown, budget=None)
    job = wait_for_end(records, job_id)
    assert (job.state, job.ceiling, job.settings.price_exceeded) == (JobState.PAUSED, 30, True)
    assert 29 < sandbox.store.used <= 30
    # It says why, and what the rest costs; that is the price at which one click continues.
    rest = planning.price_of_rest(payments, records, job)
    assert rest.maximum == count_states(records, job.id)[RowState.WAITING]
    assert "The price you agreed to, 30 UC, was too low" in job.reason
    assert f"up to {rest.maximum} UC" in job.reason
    control.resume(job)  # changes nothing: no other price was agreed to
    assert wait_for_end(records, job.id).settings.price_exceeded
    assert sandbox.store.used <= 30
    spent, _ = records.ledger.spent_by_job(payments.account, job.id)
    control.continue_at_price(payments, records, job, rest)
    job = wait_for_end(records, job.id)
    assert (job.state, job.settings.price_exceeded) == (JobState.DONE, None)
    assert job.ceiling == spent + rest.maximum
    assert count_states(records, job.id) == {RowState.FOUND: 60}


def test_a_higher_budget_does_not_raise_the_price_that_was_shown(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    table = table_of(sandbox, 40)
    plan = planning.plan_job(
        payments, records, read_rows(table, find_columns(table).by_field), ("email",)
    )
    shown = replace(plan, price=Estimate(Decimal(0), Decimal(20)))
    job_id = control.start_file(
        payments, records, name="x", table=table, plan=shown, budget=Decimal(10)
    )
    job = wait_for_end(records, job_id)
    assert "job's budget of 10 UC" in job.reason
    assert not job.settings.price_exceeded
    records.update_settings(job.id, budget="1000")
    control.resume(job)
    assert wait_for_end(records, job.id).settings.price_exceeded
    assert sandbox.store.used <= 20


def test_a_job_whose_people_are_all_unlocked_holds_a_price_of_nothing(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    """Not by their ids: an earlier job has found the same LinkedIn profiles."""
    answers = [
        client.search_people({"id": one}, data_points=())["results"][0]
        for one in sandbox.world.person_ids[:40]
    ]
    urls = [url for answer in answers if (url := (answer["linkedin"] or {}).get("linkedinUrl"))]
    table = read_table("\n".join(["LinkedIn URL", *urls]).encode())
    wait_for_end(records, start_job(payments, records, table, points=()))
    used = sandbox.store.used
    job = wait_for_end(records, start_job(payments, records, table, points=()))
    assert (job.state, job.reason, job.ceiling) == (JobState.DONE, "", 0)
    assert sandbox.store.used == used


def test_the_price_of_a_grouped_search_covers_its_last_page(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    search = saved_search("groupedAdvancedSearch", roles=["Sales"])
    per_hit = planning.people_per_hit(search.operation, search.input)
    price = planning.price_of_search(payments, 7, (), per_hit)
    assert price.maximum == Decimal("1.1")  # 7 people, and 4 more on the last page
    job_id = control.start_search(
        payments, records, search=search, max_people=7, data_points=(), budget=None
    )
    job = wait_for_end(records, job_id)
    assert (job.state, job.reason, job.ceiling) == (JobState.DONE, "", price.maximum)
    assert sandbox.store.used <= price.maximum


def test_who_continues_a_job_pays_for_the_rest(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 40), budget="10"))
    assert job.state == JobState.PAUSED
    ledger, account = records.ledger, payments.account
    first = ledger.spent_today(account, payments.user)
    assert 0 < first <= 10
    records.update_settings(job.id, budget=None)
    other = replace(payments, user="ann@acme.example")
    rest = planning.price_of_rest(other, records, job)
    control.continue_at_price(other, records, job, rest)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert ledger.spent_today(account, payments.user) == first
    assert ledger.spent_today(account, other.user) == sandbox.store.used - first > 0
