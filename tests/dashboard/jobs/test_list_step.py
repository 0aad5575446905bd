"""The people that a job found, added to a list."""

from collections import Counter
from collections.abc import Iterator

import pytest

from dashboard.jobs import control, runtime, workflows
from dashboard.jobs.model import EXACT, Decision, JobState, ListStatus, RowState
from dashboard.jobs.planning import price_of_rest
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.tables.spreadsheet import read_table
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox, words
from tests.conftest import client_of
from tests.dashboard.jobs.driver import count_states, start_job, table_of, wait_for_end

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


def test_who_was_found_within_the_budget_is_on_the_list(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    started = start_job(
        payments, records, table_of(sandbox, 60), budget="10", list_name="Within the budget"
    )
    job = wait_for_end(records, started)
    assert (job.state, "job's budget of 10 UC" in job.reason) == (JobState.PAUSED, True)
    progress = records.progress(job.id)
    assert (progress.unlisted, progress.on_list > 5) == (0, True)
    (made,) = client.lists()
    assert len(client.list_prospects(made["id"])) == progress.on_list
    records.update_settings(job.id, budget=None)
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert (max(listed.values()), len(listed)) == (1, records.progress(job.id).on_list)
    assert len(listed) > progress.on_list


@pytest.fixture
def one_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every other request that a process may have in flight were that of another job."""
    monkeypatch.setattr(runtime, "MAX_IN_FLIGHT", 1)


@pytest.mark.usefixtures("one_in_flight")
def test_a_limit_holds_nothing_up_until_the_list_is_written(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    started = start_job(payments, records, table_of(sandbox, 60), budget="10", list_name="Limited")
    job = wait_for_end(records, started)
    assert (job.state, "job's budget of 10 UC" in job.reason) == (JobState.PAUSED, True)
    (made,) = client.lists()
    assert len(client.list_prospects(made["id"])) == records.progress(job.id).on_list > 5


@pytest.mark.parametrize("is_new", [False, True])
def test_jobs_that_add_to_one_list_at_once_take_turns(
    database: str, client: LeadIQClient, sandbox: Sandbox, is_new: bool
) -> None:
    ledger = Ledger(database)
    try:
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        found = [
            wait_for_end(records, start_job(payments, records, table_of(sandbox, 60), points=()))
            for _ in range(3)
        ]
        sandbox.latency = 0.2  # so that all of them have read the list before the first has written
        list_id = "" if is_new else client.create_list("Mine")["id"]
        for job in found:
            control.add_to_list(records, job, list_id, "Mine" if is_new else "")
        ended = [wait_for_end(records, job.id) for job in found]
        assert [(job.state, job.reason) for job in ended] == [(JobState.DONE, "")] * 3
        (made,) = client.lists()
        listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
        assert max(listed.values()) == 1
        added = sum(records.progress(job.id).listed.get(ListStatus.ADDED, 0) for job in found)
        assert added == len(listed) > 40
    finally:
        workflows.close()
        ledger.close()


@pytest.mark.parametrize("state", [JobState.STOPPED, JobState.PAUSED])
def test_adding_to_a_list_looks_nobody_up(
    client: LeadIQClient,
    sandbox: Sandbox,
    payments: Payments,
    records: JobRecords,
    state: JobState,
) -> None:
    started = start_job(payments, records, table_of(sandbox, 60), budget="10")
    job = wait_for_end(records, started)
    assert job.state == JobState.PAUSED  # the budget covers a few of them
    records.set_state(job.id, state)
    before = count_states(records, job.id)
    assert before[RowState.WAITING] > 0
    used = sandbox.store.used
    records.update_settings(job.id, budget="100")  # no limit holds it back
    for name in ("Found", "Again"):
        control.add_to_list(records, job, "", name)
        ended = wait_for_end(records, job.id)
        assert (ended.state, ended.settings.only_list) == (JobState.PAUSED, False)
        assert (sandbox.store.used, count_states(records, job.id)) == (used, before)
    made = [row for row in client.lists() if row["name"] == "Again"]
    assert len(client.list_prospects(made[0]["id"])) > 0
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id)[RowState.WAITING] == 0


def test_a_job_continues_although_its_list_was_left_unfinished(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 40), budget="10"))
    records.update_settings(job.id, budget=None, only_list=True)  # as a failed write leaves it
    rest = price_of_rest(payments, records, job)
    control.continue_at_price(payments, records, job, rest)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id)[RowState.WAITING] == 0


@pytest.fixture
def impostors(ledger: Ledger) -> Iterator[Sandbox]:
    """A server that answers a tenth of the lookups with somebody else; ends after the jobs."""
    with Sandbox(people=1200, credits=1000, rpm=0, impostors=0.1) as running:
        yield running
        workflows.close()


def test_somebody_else_is_never_exact_and_never_on_a_list_unasked(
    ledger: Ledger, impostors: Sandbox
) -> None:
    world = impostors.world
    people = [i for i in range(300) if world.work_email[i] and not world.oddity[i]]
    client = client_of(impostors)
    lines = ["Name,LinkedIn,Email"]
    for i in people:  # a third each with an address, with a profile, and with all of it
        name = f"{words.FIRST_NAMES[world.first[i]]} {words.LAST_NAMES[world.last[i]]}"
        cells = (name, f"https://www.linkedin.com/in/{world.slug(i)}", world.work_address(i))
        lines.append((f",,{cells[2]}", f",{cells[1]},", ",".join(cells))[i % 3])
    records = workflows.launch(ledger, client)
    payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
    table = read_table("\n".join(lines).encode())
    job = wait_for_end(records, start_job(payments, records, table, points=()))
    control.add_to_list(records, job, "", "Found")
    assert wait_for_end(records, job.id).state == JobState.DONE
    rows = [*records.rows(job.id)]
    others = [
        row
        for row, i in zip(rows, people, strict=True)
        if row.person and row.person != world.person_ids[i]
    ]
    assert len(others) > len(people) / 20
    assert {row.match == EXACT for row in others} == {False}
    exact = [row for row in rows if row.match == EXACT]
    assert len(exact) + len(others) == len(people)
    (made,) = client.lists()
    listed = {row["personId"] for row in client.list_prospects(made["id"])}
    assert listed == {row.person for row in exact}
    progress = records.progress(job.id)
    assert (progress.to_check, progress.unchecked) == (len(others), len(others))
    # Who was kept is added, who was dropped is not, whatever else is put on the list.
    kept, dropped = others[0], others[1]
    assert records.decide(job.id, Decision.KEPT, [kept.index, exact[0].index]) == 1
    assert records.decide(job.id, Decision.DROPPED, [dropped.index]) == 1
    control.add_to_list(records, job, made["id"])
    wait_for_end(records, job.id)
    listed = {row["personId"] for row in client.list_prospects(made["id"])}
    assert listed == {row.person for row in (*exact, kept)}
    control.add_to_list(records, job, made["id"], include_unchecked=True)
    wait_for_end(records, job.id)
    listed = {row["personId"] for row in client.list_prospects(made["id"])}
    assert listed == {row.person for row in rows} - {dropped.person}
