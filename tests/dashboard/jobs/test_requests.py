"""One request of a job: refusals, and pages of a saved search."""

import json
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from dashboard.jobs import control, recovery, workflows
from dashboard.jobs.model import JobState, ListStatus, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import first_page, interruption_reason, next_page
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.payments import Payments
from dashboard.tables import frames
from dashboard.tables.spreadsheet import read_table
from leadiq_api import (
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQClient,
    LeadIQError,
    RateLimitError,
    ServiceError,
)
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from leadiq_sandbox.accounting import Accounting
from tests.conftest import CASES, client_of
from tests.dashboard.jobs.driver import (
    count_states,
    result_rows,
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


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_of_the_whole_request_pauses_the_job_and_says_nothing_of_its_rows(
    payments: Payments, records: JobRecords, sandbox: Sandbox, status: int
) -> None:
    answer, sent = sandbox.graphql.answer, list[dict]()

    def refused(body: dict, **options: bool) -> dict:
        if sandbox.graphql.field(body) != "searchPeople":
            return answer(body, **options)
        sent.append(body)
        extensions = {"response": {"status": status}}
        return {"errors": [{"message": "Not for your plan.", "extensions": extensions}]}

    sandbox.graphql.answer = refused  # type: ignore[method-assign]
    job = wait_for_end(records, start_job(payments, records, table_of(sandbox, 60)))
    assert job.state == JobState.PAUSED
    assert job.reason == (
        "LeadIQ refused the whole request, not individual rows. Resume once it is allowed. "
        "Not for your plan."
    )
    assert count_states(records, job.id) == {RowState.WAITING: 60}
    assert len(sent) == 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (0, 0)
    sandbox.graphql.answer = answer  # type: ignore[method-assign]
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 60}


@pytest.mark.parametrize("operation", ["searchPeople", "flatAdvancedSearch"])
def test_a_limit_that_lasts_pauses_the_job(
    payments: Payments,
    records: JobRecords,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
) -> None:
    monkeypatch.setattr("dashboard.jobs.limits.MAX_HELD_UP_SECONDS", 1.0)
    answer, sent = sandbox.graphql.answer, list[dict]()

    def limited(body: dict, **options: bool) -> dict:
        if sandbox.graphql.field(body) != operation:
            return answer(body, **options)
        sent.append(body)
        extensions = {"response": {"status": 429}}
        return {"data": None, "errors": [{"message": "Slow down.", "extensions": extensions}]}

    sandbox.graphql.answer = limited  # type: ignore[method-assign]
    search = saved_search("flatAdvancedSearch", roles=["Sales"])
    job_id = control.start_search(
        payments, records, search=search, max_people=30, data_points=("email",), budget=None
    )
    job = wait_for_end(records, job_id)
    assert (job.state, "isn't accepting more requests" in job.reason) == (JobState.PAUSED, True)
    assert RowState.FAILED not in count_states(records, job.id)
    assert len(sent) > 1
    sandbox.graphql.answer = answer  # type: ignore[method-assign]
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 30}


@pytest.mark.parametrize("method", ["enrich_people", "flat_advanced_search"])
@pytest.mark.parametrize("lasts", [False, True])
def test_what_was_not_sent_for_want_of_a_connection_is_not_charged_and_sent_again(
    payments: Payments,
    records: JobRecords,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    lasts: bool,
) -> None:
    monkeypatch.setattr("dashboard.jobs.limits.MAX_HELD_UP_SECONDS", 0.5 if lasts else 60)
    real, failed = getattr(LeadIQClient, method), list[LeadIQError]()

    def unconnected(client: LeadIQClient, input: Any, **options: Any) -> Any:
        if not lasts and len(failed) == 2:
            return real(client, input, **options)
        failed.append(ConnectError("No connection to LeadIQ could be made.", code="connection"))
        if method != "enrich_people":
            raise failed[-1]
        return enumerate(failed[-1:] * len(input))

    monkeypatch.setattr(LeadIQClient, method, unconnected)
    search = saved_search("flatAdvancedSearch", roles=["Sales"])
    job_id = control.start_search(
        payments, records, search=search, max_people=30, data_points=("email",), budget=None
    )
    job = wait_for_end(records, job_id)
    if lasts:
        assert (job.state, job.reason[:25]) == (JobState.PAUSED, "LeadIQ cannot be reached.")
        monkeypatch.setattr(LeadIQClient, method, real)
        control.resume(job)
        job = wait_for_end(records, job_id)
    assert (job.state, len(failed) > 1) == (JobState.DONE, True)
    assert count_states(records, job.id) == {RowState.FOUND: 30}
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)
    # That it was not charged was known, and not found out.
    assert job.settings.probes == 0
    asked = [seen.operation for seen in sandbox.requests].count("searchPeople")
    assert asked == 2


@pytest.mark.parametrize("points", [("company",), ("email", "phone", "company")])
def test_requests_in_flight_together_agree_with_the_meter(
    database: str,
    client: LeadIQClient,
    sandbox: Sandbox,
    points: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """300 people of far fewer companies: many of the requests bring the same company."""
    # As if repeats were known to be free: else there is one small request after the other.
    monkeypatch.setattr(recovery, "max_rows_in_flight", lambda *_: None)
    sandbox.store.credits = Decimal(10_000)
    sandbox.latency = 0.05  # so that several are in flight, and are answered together
    ledger = Ledger(database)
    try:
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        job_id = start_job(payments, records, table_of(sandbox, 300), points)
        job = wait_for_end(records, job_id)
        assert count_states(records, job.id) == {RowState.FOUND: 300}
        charged, reserved = ledger.spent_by_job(payments.account, job.id)
        assert abs(charged - sandbox.store.used) <= Decimal("0.1")
        assert (reserved, sandbox.store.used > 100) == (0, True)
    finally:
        workflows.close()
        ledger.close()


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


def answer_pages_beside(sandbox: Sandbox, operation: str, status: int) -> None:
    """Makes the first page of a search come with an error of this status beside its people."""
    answer, is_first = sandbox.graphql.answer, [True]

    def with_error(body: dict, **options: bool) -> dict:
        whole = answer(body, **options)
        if sandbox.graphql.field(body) != operation or not is_first:
            return whole
        is_first.clear()
        extensions = {"response": {"status": status}}
        path = [operation, "people", 0, "title"]
        return {
            **whole,
            "errors": [{"message": "No title.", "path": path, "extensions": extensions}],
        }

    sandbox.graphql.answer = with_error  # type: ignore[method-assign]


@pytest.mark.parametrize("operation", ["flatAdvancedSearch", "groupedAdvancedSearch"])
def test_a_page_that_came_back_beside_an_error_is_kept_and_paid(
    payments: Payments, records: JobRecords, sandbox: Sandbox, operation: str
) -> None:
    answer_pages_beside(sandbox, operation, 500)
    search = saved_search(operation, roles=["Sales"])
    job_id = control.start_search(
        payments, records, search=search, max_people=30, data_points=(), budget=None
    )
    job = wait_for_end(records, job_id)
    assert (job.state, job.reason) == (JobState.DONE, "")
    assert count_states(records, job.id) == {RowState.FOUND: 30}
    pages = [*records.rows(job.id, kind=RowKind.PAGE)]
    assert {page.state for page in pages} == {RowState.FOUND}
    loaded = [seen for seen in sandbox.requests if seen.operation == operation]
    assert len(loaded) == len(pages) > 1
    assert records.ledger.spent_by_job(payments.account, job.id) == (sandbox.store.used, 0)


def test_a_page_beside_a_refusal_is_kept_and_interrupts_the_job(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    answer_pages_beside(sandbox, "flatAdvancedSearch", 402)
    search = saved_search("flatAdvancedSearch", roles=["Sales"])
    job_id = control.start_search(
        payments, records, search=search, max_people=30, data_points=(), budget=None
    )
    job = wait_for_end(records, job_id)
    assert (job.state, "not enough credits" in job.reason) == (JobState.PAUSED, True)
    assert count_states(records, job.id) == {RowState.FOUND: 25}
    assert records.ledger.spent_by_job(payments.account, job.id) == (Decimal("2.5"), 0)
    control.resume(job)
    assert wait_for_end(records, job.id).state == JobState.DONE
    assert count_states(records, job.id) == {RowState.FOUND: 30}


@pytest.mark.parametrize("operation", ["flatAdvancedSearch", "groupedAdvancedSearch"])
def test_a_search_without_data_points_looks_nobody_up(ledger: Ledger, operation: str) -> None:
    """An account that pays for repeats would pay a second time, which no price has shown."""
    accounting = Accounting(charge_repeats=True)
    with Sandbox(people=1200, credits=1000, rpm=0, accounting=accounting) as sandbox:
        client = client_of(sandbox, requests_per_minute=60_000)
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        job_id = control.start_search(
            payments,
            records,
            search=saved_search(operation, roles=["Sales"]),
            max_people=30,
            data_points=(),
            budget=None,
            list_name="Found",
        )
        job = wait_for_end(records, job_id)
        assert (job.state, job.reason) == (JobState.DONE, "")
        assert "searchPeople" not in {seen.operation for seen in sandbox.requests}
        spent, reserved = ledger.spent_by_job(client.fingerprint, job.id)
        assert (spent, reserved, sandbox.store.used <= job.ceiling) == (sandbox.store.used, 0, True)
        rows = [*records.rows(job.id)]
        assert {(row.state, row.match) for row in rows} == {(RowState.FOUND, "exact")}
        looked_up = client.enrich_people([row.input for row in rows], data_points=())
        of_pages = frames.people(row.answer for row in rows)
        of_lookups = frames.people(person for _, person in looked_up)
        both = of_pages.columns.drop("confidence")  # which a page does not have
        pd.testing.assert_frame_equal(of_pages[both], of_lookups[both])
        (made,) = client.lists()
        listed = {row["personId"] for row in client.list_prospects(made["id"])}
        assert listed == {row.person for row in rows if row.listed.status == ListStatus.ADDED}
        assert len(listed) > 20


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AuthenticationError("no"), "LeadIQ did not accept the key."),
        (InsufficientCreditsError("no"), "There are not enough credits."),
        (ServiceError("no"), "LeadIQ cannot be reached."),
        (ConnectError("no"), "LeadIQ cannot be reached."),
        (InvalidRequestError("no"), "LeadIQ refused a request."),
        (RateLimitError("no"), "LeadIQ isn't accepting more requests with this key;"),
        (BudgetExceededError("no"), "A limit was reached, so nothing more was sent."),
        (type("NewError", (InsufficientCreditsError,), {})("no"), "There are not enough credits."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_reason_of_an_interruption_holds_for_subclasses(
    error: LeadIQError, reason: str
) -> None:
    assert interruption_reason(error).startswith(reason)
    assert interruption_reason(error).endswith(" no")


@pytest.mark.parametrize(
    ("skip", "limit", "remaining", "total", "flat", "expected"),
    [
        (0, 0, 60, float("inf"), True, (0, 25)),
        (25, 25, 10, 1000, True, (50, 10)),
        (0, 25, 10, 25, True, None),  # there are no more
        (0, 25, 0, 1000, True, None),  # no more are wanted
        (9_980, 10, 60, 50_000, True, (9_990, 10)),  # LeadIQ's ceiling
        (9_975, 25, 60, 50_000, True, None),
        (0, 0, 60, float("inf"), False, (0, 12)),  # 5 people per company
    ],
)
def test_the_next_page(
    skip: int, limit: int, remaining: int, total: float, flat: bool, expected: tuple | None
) -> None:
    page = next_page({"skip": skip, "limit": limit}, flat, remaining=remaining, total=total)
    assert page == (None if expected is None else {"skip": expected[0], "limit": expected[1]})


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
def test_the_next_page_starts_after_the_cursor() -> None:
    case = json.loads((CASES / "inputs" / "d09_after_cursor.json").read_text())
    answer = case["first"]["flatAdvancedSearch"]
    wanted = {"flat": True, "remaining": 60, "total": answer["totalPeople"]}
    first = first_page({}, True, 25)
    following = next_page(first, **wanted, after=answer["after"])
    assert following == case["next input"]
    assert next_page(first, **wanted) == {"skip": 25, "limit": 25}  # without a cursor
    assert next_page(first, **wanted, after=[]) is None
    assert next_page(following, **wanted, after=answer["after"]) is None  # it would never end


@pytest.mark.parametrize("cursor", [True, False])
def test_a_search_goes_beyond_the_ceiling_where_there_is_a_cursor(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, cursor: bool
) -> None:
    monkeypatch.setattr("leadiq_sandbox.search.CEILING", 50)
    monkeypatch.setattr("dashboard.jobs.requests.SEARCH_CEILING", 50)
    with Sandbox(people=1200, credits=1000, rpm=0, cursor=cursor) as sandbox:
        client = client_of(sandbox, requests_per_minute=60_000)
        records = workflows.launch(ledger, client)
        payments = Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)
        search = saved_search("flatAdvancedSearch", roles=["Sales"])
        job_id = control.start_search(
            payments, records, search=search, max_people=90, data_points=(), budget=None
        )
        assert wait_for_end(records, job_id).state == JobState.DONE
        rows = [row.input["id"] for row in records.rows(job_id)]
        assert len({*rows}) == len(rows) == (90 if cursor else 50)
        pages = [row.input for row in records.rows(job_id, kind=RowKind.PAGE)]
        assert sorted(page.get("skip", 0) for page in pages) == ([0] * 4 if cursor else [0, 25])
        assert sandbox.store.used == Decimal("0.1") * len(rows)


def test_who_is_not_found_is_looked_up_in_the_next_way(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    addresses = [*sandbox.world.work_address_index][:3]
    people = [sandbox.world.work_address_index[address] for address in addresses]
    rows = [
        f"https://www.linkedin.com/in/left-{90_000_000 + i},{address},"
        for i, address in enumerate(addresses)
    ]
    nobody = "https://www.linkedin.com/in/nobody-90000009,nobody@nowhere.example,"
    table = read_table("\n".join(["LinkedIn,Email,Note", *rows, nobody]).encode())
    job = wait_for_end(records, start_job(payments, records, table, ()))
    assert job.state == JobState.DONE
    found = [row for row in records.rows(job.id) if row.state == RowState.FOUND]
    assert [row.person for row in found] == [sandbox.world.person_ids[i] for i in people]
    assert [row.input for row in found] == [{"email": address} for address in addresses]
    assert count_states(records, job.id) == {RowState.FOUND: 3, RowState.NOT_FOUND: 1}
    assert records.ledger.spent_by_job(payments.account, job.id)[0] == sandbox.store.used
    assert {row["leadiq_match"] for row in result_rows(records, job)} == {"exact", ""}


def test_dead_profiles_with_good_addresses_find_everyone_whom_the_addresses_identify(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    world = sandbox.world
    people = [i for i in range(200) if world.work_email[i] and not world.oddity[i]]
    lines = [f"https://www.linkedin.com/in/gone-{i},{world.work_address(i)}" for i in people]
    table = read_table("\n".join(["LinkedIn,Email", *lines]).encode())
    job = wait_for_end(records, start_job(payments, records, table, points=()))
    assert [(row.person, row.match) for row in records.rows(job.id)] == [
        (world.person_ids[i], "exact") for i in people
    ]
    assert sandbox.store.used == len(people) * DEFAULT_PRICES["Profile"]
