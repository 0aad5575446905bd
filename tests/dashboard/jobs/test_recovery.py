"""Requests without an answer: every row is there once and paid once, or left to the user."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from dashboard.jobs import control, planning, recovery, workflows
from dashboard.jobs.model import Job, JobSettings, JobState, Row, RowKind, RowState, RowUpdate
from dashboard.jobs.records import JobRecords
from dashboard.ledger.events import Sending
from dashboard.ledger.ledger import Ledger, Request
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import EventState
from dashboard.tables.spreadsheet import read_table
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES, Estimate
from leadiq_sandbox import Sandbox
from leadiq_sandbox.accounting import Accounting
from tests.conftest import client_of
from tests.dashboard.jobs.driver import (
    count_states,
    saved_search,
    start_job,
    table_of,
    wait_for_end,
    wait_until,
)
from tests.dashboard.ledger.driver import ACCOUNT, set_clock, spend

pytestmark = pytest.mark.usefixtures("short_waits")


@pytest.mark.parametrize("fault", ["lost-paid:3", "reset:3", "one-of-many:3", "429:2"])
def test_whatever_is_lost_every_row_is_there_once_and_paid_once(
    payments: Payments, records: JobRecords, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.choose([fault])
    job_id = start_job(payments, records, table_of(sandbox, 200))
    wait_until(lambda: count_states(records, job_id)[RowState.FOUND] >= 100, "nobody is found")
    sandbox.faults.choose([])
    job = wait_for_end(records, job_id)
    assert (job.state, job.reason) == (JobState.DONE, "")
    assert count_states(records, job.id) == {RowState.FOUND: 200}
    charges = Counter((kind, one) for kind, one, _ in sandbox.store.charges())
    assert max(charges.values()) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_an_answer_that_arrives_while_its_rows_are_resolved_keeps_its_charge(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(database)
    records = JobRecords(ledger)
    settings = JobSettings(data_points=("company",), prices={})
    rows = [Row(0, RowKind.PERSON, RowState.WAITING, "id:p", {"id": "p"})]
    job_id = records.create(ACCOUNT, "t", "people.csv", settings, rows)
    records.start_run(job_id)
    assert len(records.claim(job_id, "request", 1)) == 1
    event = ledger.reserve(
        Request(ACCOUNT, "t", "Bulk", "searchPeople", ("company",), 1, job_id),
        Estimate(Decimal(0), Decimal(6)),
        Sending(partial(records.mark_sending, "request")),
    )
    records.mark_unanswered(job_id, "request")
    writing = records.writing

    def answer_arrives(db: sa.Connection, charge: Decimal = Decimal(3)) -> None:
        update: RowUpdate = {"state": RowState.FOUND, "person": "p"}
        records.record_answer(db, job_id, "request", {0: update}, charge)

    def writing_after_the_answer() -> AbstractContextManager[sa.Connection]:
        ledger.settle(
            event,
            state=EventState.ESTIMATED,
            charge=Decimal(3),
            unlocked=[("Company", "c")],
            in_transaction=answer_arrives,
        )
        return writing()

    monkeypatch.setattr(records, "writing", writing_after_the_answer)
    records.resolve_unknown(job_id, send_again=True)
    assert count_states(records, job_id) == {RowState.FOUND: 1}
    assert ledger.spent_by_job(ACCOUNT, job_id) == (3, 0)
    ledger.close()


class BusyAccount:
    """An account in which another process, whose clock differs, pays while a balance is read."""

    def __init__(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
        self.ledger, self.monkeypatch, self.minutes = ledger, monkeypatch, minutes
        self.reads, self.used = 0, 0
        self.pays_while_read = True

    def pay(self) -> int:
        set_clock(self.monkeypatch, self.minutes)
        self.used += 3
        event = spend(self.ledger, "3")
        set_clock(self.monkeypatch, 0)
        return event

    def account(self) -> dict[str, Any]:
        self.reads += 1
        used = self.used
        if self.pays_while_read and self.reads == 1:
            self.pay()
        return {"universalPlan": {"used": used}}


@pytest.mark.parametrize("minutes", [-60, 5, 0])
def test_a_balance_during_which_another_process_paid_is_read_again(
    database: str, monkeypatch: pytest.MonkeyPatch, minutes: float
) -> None:
    ledger = Ledger(database)
    account = BusyAccount(ledger, monkeypatch, minutes)
    job = cast("Job", SimpleNamespace(account=ACCOUNT))
    client = cast("LeadIQClient", account)
    balance = recovery.read_balance_when_quiet(JobRecords(ledger), job, client)
    assert balance is not None
    assert (balance.used, account.reads) == (3, 2)
    assert balance.event == ledger.last_request(ACCOUNT)
    ledger.close()


@pytest.mark.parametrize(
    ("minutes", "from_earlier_console"),
    # A baseline of an earlier console has nothing but a time.
    [(-60, False), (5, False), (0, False), (5, True), (0, True)],
)
def test_whether_a_lost_request_was_charged_depends_on_no_clock(
    database: str, monkeypatch: pytest.MonkeyPatch, minutes: float, from_earlier_console: bool
) -> None:
    """What others were charged since the baseline explains the balance; 3 UC more do not."""
    ledger = Ledger(database)
    records = JobRecords(ledger)
    account = BusyAccount(ledger, monkeypatch, minutes)
    account.pays_while_read = False
    client = cast("LeadIQClient", account)
    account.pay()
    set_clock(monkeypatch, 6)
    baseline = recovery.read_balance_when_quiet(
        records, cast("Job", SimpleNamespace(account=ACCOUNT)), client
    )
    assert baseline is not None
    if from_earlier_console:
        baseline = baseline._replace(event=None)
        account.minutes = 7
    settings = JobSettings(data_points=("company",), prices={}, baseline=baseline)
    job = records.job(records.create(ACCOUNT, "t", "people.csv", settings, []))
    assert job is not None
    assert job.settings.baseline == baseline
    account.pay()
    assert not recovery._may_be_charged(records, job, client)
    account.used += 3
    assert recovery._may_be_charged(records, job, client)
    ledger.close()


def test_company_information_without_an_answer_is_repeated_where_the_balance_shows_it_is_free(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    """People of one company bring it again and again: that it is charged once is seen."""
    at_company = defaultdict[int, list[str]](list)
    for index, id in enumerate(sandbox.world.person_ids):
        if not any(sandbox.world.odd(index, it) for it in ("no_position", "two_positions")):
            at_company[int(sandbox.world.company[index])].append(id)
    colleagues = max(at_company.values(), key=len)[:10]
    alone = next(ids[0] for ids in at_company.values() if colleagues[0] not in ids)
    table = read_table("\n".join(["LeadIQ id", alone, *colleagues]).encode())
    sandbox.faults.choose(["lost-paid:2"])  # the first balance is read, the first person is lost
    job_id = start_job(payments, records, table, points=("company",))
    while not count_states(records, job_id)[RowState.OUTCOME_UNKNOWN]:
        time.sleep(0.02)
    sandbox.faults.choose([])
    job = wait_for_end(records, job_id)
    assert (job.state, job.reason, job.settings.repeat_is_free) == (JobState.DONE, "", True)
    assert count_states(records, job.id) == {RowState.FOUND: len(colleagues) + 1}
    assert max(Counter(sandbox.store.charges()).values()) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)
    # The next job of this account need not find out, and sends full requests.
    again = start_job(payments, records, table_of(sandbox, 70), points=("company",))
    assert count_states(records, wait_for_end(records, again).id) == {RowState.FOUND: 70}
    assert len({row.request for row in records.rows(again)}) == 3


@pytest.fixture(params=["charge_repeats"])
def charging(request: pytest.FixtureRequest, ledger: Ledger) -> Iterator[Sandbox]:
    """An account that pays for repeats."""
    accounting = Accounting(**{request.param: True})
    with Sandbox(people=1200, credits=10_000, rpm=0, accounting=accounting) as sandbox:
        yield sandbox


@pytest.mark.parametrize("charging", ["always_deduct", "charge_repeats"], indirect=True)
def test_company_information_that_may_be_charged_again_is_left_to_the_user(
    ledger: Ledger, charging: Sandbox
) -> None:
    client = client_of(charging, requests_per_minute=60_000)
    records = workflows.launch(ledger, client)
    payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
    charging.faults.choose(["lost-paid:4"])
    job_id = start_job(payments, records, table_of(charging, 60), points=("company",))
    while count_states(records, job_id)[RowState.OUTCOME_UNKNOWN] < 5:
        time.sleep(0.02)
    charging.faults.choose([])
    job = wait_for_end(records, job_id)
    undecided = [*records.rows(job.id, state=RowState.NEEDS_DECISION)]
    assert job.state == JobState.DONE
    assert 5 <= len(undecided) <= 7  # one row for each request that was lost
    assert count_states(records, job.id)[RowState.FOUND] == 60 - len(undecided)
    assert "may be charged again" in undecided[0].problem
    # Each row was asked for once: nothing is paid twice without a decision.
    sent = [seen for seen in charging.requests if seen.operation == "searchPeople"]
    assert len(sent) == 60
    spent, _ = ledger.spent_by_job(payments.account, job.id)
    unknown = records.ledger.unknown_by_job(payments.account, job.id)
    assert unknown == sum(
        payments.price_of_people([row.input], ("company",)).maximum for row in undecided
    )
    # The user decides at a price that is shown, and that holds.
    price = planning.price_of_rest(payments, records, job, RowState.NEEDS_DECISION)
    control.continue_at_price(payments, records, job, price, RowState.NEEDS_DECISION)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 60}
    repeated, _ = ledger.spent_by_job(payments.account, job.id)
    assert repeated - spent <= price.maximum


@pytest.fixture
def run_with_failing_probes(
    payments: Payments, records: JobRecords, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str]], Job]:
    """Runs a job whose answers are lost, with faults of the first probes, until it ends."""
    repeat_people = recovery._repeat_people

    def run(faults: list[str]) -> Job:
        def failing(*arguments: Any) -> bool | None:
            sandbox.faults.choose([faults.pop()] if faults else [])
            try:
                return repeat_people(*arguments)
            finally:
                sandbox.faults.choose([])

        monkeypatch.setattr(recovery, "_repeat_people", failing)
        sandbox.faults.choose(["lost-paid:3"])
        job_id = start_job(payments, records, table_of(sandbox, 100))
        while not count_states(records, job_id)[RowState.OUTCOME_UNKNOWN]:
            time.sleep(0.02)
        sandbox.faults.choose([])
        return wait_for_end(records, job_id)

    return run


def test_a_probe_without_an_answer_is_sent_again(
    records: JobRecords, sandbox: Sandbox, run_with_failing_probes: Callable[[list[str]], Job]
) -> None:
    job = run_with_failing_probes(["reset:1", "500:1"])
    assert (job.state, job.settings.probes, job.settings.repeat_is_free) == ("done", 3, True)
    assert count_states(records, job.id) == {RowState.FOUND: 100}
    assert max(Counter((kind, id) for kind, id, _ in sandbox.store.charges()).values()) == 1


@pytest.mark.parametrize("fault", ["402:1", "429:1"])
def test_a_probe_that_is_refused_shows_nothing_and_pauses_the_job(
    records: JobRecords,
    sandbox: Sandbox,
    run_with_failing_probes: Callable[[list[str]], Job],
    fault: str,
) -> None:
    job = run_with_failing_probes([fault])
    assert job.state == JobState.PAUSED
    assert count_states(records, job.id)[RowState.NEEDS_DECISION] == 0
    sandbox.store.spend_elsewhere(Decimal(20))  # until the user continues
    control.resume(job)
    job = wait_for_end(records, job.id)
    assert (job.state, job.settings.repeat_is_free) == (JobState.DONE, True)
    assert count_states(records, job.id) == {RowState.FOUND: 100}
    assert max(Counter((kind, id) for kind, id, _ in sandbox.store.charges()).values()) == 1


def test_a_charged_probe_without_an_answer_is_not_sent_again(
    ledger: Ledger, charging: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(charging, requests_per_minute=60_000)
    records = workflows.launch(ledger, client)
    payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
    repeat_people = recovery._repeat_people

    def lost(*arguments: Any) -> bool | None:
        charging.faults.choose(["lost-paid:1"])
        answer = repeat_people(*arguments)
        charging.faults.choose([])
        return answer

    monkeypatch.setattr(recovery, "_repeat_people", lost)
    charging.faults.choose(["lost-paid:3"])
    job_id = start_job(payments, records, table_of(charging, 100))
    while not count_states(records, job_id)[RowState.OUTCOME_UNKNOWN]:
        time.sleep(0.02)
    charging.faults.choose([])
    job = wait_for_end(records, job_id)
    assert (job.state, job.settings.probes, job.settings.repeat_is_free) == ("done", 1, False)
    times = Counter(id for _, id, _ in charging.store.charges())
    assert [number for number in times.values() if number > 1] == [2]
    # The job knows now that it pays for what it loses.
    assert recovery.max_rows_in_flight(records, job) == 1


def test_a_page_that_is_free_again_shows_nothing_of_company_information(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(
        people=1200, credits=10_000, rpm=0, accounting=Accounting(always_deduct=True)
    ) as sandbox:
        client = client_of(sandbox, requests_per_minute=60_000)
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        probe, results = recovery._probe, list[bool | None]()

        def watched(*arguments: Any) -> bool | None:
            results.append(probe(*arguments))
            return results[-1]

        monkeypatch.setattr(recovery, "_probe", watched)
        sandbox.faults.choose(["lost-paid:3"])  # the balance and a page come, the next page is lost
        job_id = control.start_search(
            payments,
            records,
            search=saved_search("flatAdvancedSearch", roles=["Sales"]),
            max_people=40,
            data_points=("company",),
            budget=None,
        )
        while not records.progress(job_id).pages.get(RowState.OUTCOME_UNKNOWN):
            time.sleep(0.02)
        sandbox.faults.choose([])
        job = wait_for_end(records, job_id)
        assert (job.state, job.settings.repeat_is_free) == (JobState.DONE, None)
        assert count_states(records, job.id)[RowState.FOUND] == 40
        assert results == [True]
        assert recovery.max_rows_in_flight(records, job) == 1


@pytest.mark.parametrize("points", [("email",), ("company",)])
def test_a_late_balance_does_not_show_what_is_charged_as_free(
    ledger: Ledger, points: tuple[str, ...]
) -> None:
    """It is late by less than the time that passes before it is believed."""
    delay = recovery.SETTLE_SECONDS * (recovery.LATE_SETTLES - 5)
    accounting = Accounting(charge_repeats=True, balance_delay=delay)
    with Sandbox(people=1200, credits=10_000, rpm=0, accounting=accounting) as sandbox:
        client = client_of(sandbox, requests_per_minute=60_000)
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        sandbox.faults.choose(["lost-paid:3"])
        job_id = start_job(payments, records, table_of(sandbox, 40), points)
        while not count_states(records, job_id)[RowState.OUTCOME_UNKNOWN]:
            time.sleep(0.02)
        sandbox.faults.choose([])
        job = wait_for_end(records, job_id)
        counts = count_states(records, job.id)
        assert (job.state, job.settings.repeat_is_free or False) == (JobState.DONE, False)
        assert counts[RowState.NEEDS_DECISION] > 0
        people = [id for kind, id, _ in sandbox.store.charges() if kind == "PersonEmail"]
        assert len(people) - len({*people}) <= 1  # the probe


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


def test_a_request_that_is_too_large_to_be_answered_is_sent_again_in_halves(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    answer, sizes = sandbox.graphql.answer, list[int]()

    def timing_out(body: dict, **options: bool) -> dict:
        if sandbox.graphql.field(body) == "searchPeople":
            sizes.append(len(body["variables"]))
            if sizes[-1] > 6:
                status = {"response": {"status": 504}}
                return {"data": None, "errors": [{"message": "Too slow.", "extensions": status}]}
        return answer(body, **options)

    sandbox.graphql.answer = timing_out  # type: ignore[method-assign]
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 25)))
    assert (job.state, job.reason) == (JobState.DONE, "")
    assert count_states(records, job.id) == {RowState.FOUND: 25}
    lookups = [size for size in sizes if size > 1]  # without a probe, which is for one person
    assert sorted(lookups, reverse=True) == [25, 13, 12, 7, 6, 6, 6, 4, 3]
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_what_a_lost_request_may_have_cost_counts_until_the_last_of_its_rows_is_sent_again(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    """Its second half waits: the user pauses the job between the two."""
    answer, sizes, job_id = sandbox.graphql.answer, list[int](), ""

    def losing_one(body: dict, **options: str) -> dict:
        whole = answer(body, **options)
        if sandbox.graphql.field(body) != "searchPeople":
            return whole
        sizes.append(len(body["variables"]))
        if sizes[-1] == 13:
            records.pause(job_id, "Paused by you.")
        status = {"response": {"status": 504}}
        lost = {"data": None, "errors": [{"message": "Too slow.", "extensions": status}]}
        return lost if sizes == [25, 25] else whole

    sandbox.graphql.answer = losing_one  # type: ignore[method-assign]
    job_id = start_job(payments, records, table_of(sandbox, 50))
    job = wait_for_end(records, job_id)
    assert (job.state, sizes) == (JobState.PAUSED, [25, 25, 1, 13])
    spent, reserved = records.ledger.spent_by_job(payments.account, job.id)
    assert (reserved, spent < sandbox.store.used <= spent + reserved) == (12, True)
    control.resume(job)
    job = wait_for_end(records, job_id)
    assert (job.state, sizes[-1]) == (JobState.DONE, 12)
    spending = records.ledger.spent_by_job(payments.account, job.id)
    assert spending == (sandbox.store.used, 0)


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
        balance = recovery.read_balance_when_quiet(records, job, client, settle=0)
        assert balance is not None
        assert balance.used == client.account()["dataHubPlan"]["used"] > 3
