"""Verifying the addresses of a file."""

from collections import Counter
from decimal import Decimal

import pytest

from dashboard.jobs import control, planning
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.verification import price_of_addresses, read_addresses
from dashboard.ledger.payments import Payments
from dashboard.tables.fields import find_columns
from dashboard.tables.spreadsheet import read_table
from leadiq_api import InvalidRequestError, LeadIQClient, ServiceError
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import count_states, result_rows, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits")


def start(payments: Payments, records: JobRecords, lines: list[str]) -> str:
    table = read_table("\n".join(["Name,Email", *lines]).encode())
    rows = read_addresses(table, find_columns(table).by_field)
    return control.start_verification(
        payments, records, name="a.csv", table=table, rows=rows, budget=None
    )


def test_each_address_is_verified_once_whatever_its_case(
    payments: Payments, records: JobRecords, sandbox: Sandbox
) -> None:
    lines = ["A,jane@acme.com", "B,Jane@Acme.com; j@home.com", "C,info@acme.com", "D,"]
    lines += ["E,jo@x.example / joe@x.example"]
    job = wait_for_end(records, start(payments, records, lines))
    assert job.state == JobState.DONE
    sent = Counter(seen.operation for seen in sandbox.requests if "verify" in seen.path)
    assert sum(sent.values()) == 3
    assert sandbox.store.used == Decimal("0.3")
    assert sum(records.ledger.spent_by_job(job.account, job.id)) == Decimal("0.3")
    rows = result_rows(records, job)
    assert [row["leadiq_status"] for row in rows] == [
        "found",
        "duplicate",
        "found",
        "invalid",
        "found",
    ]
    statuses = [row["leadiq_email_status"] for row in rows]
    assert statuses[0] == statuses[1] != ""
    assert statuses[3] == ""
    assert {*rows[0]} == {
        "Name",
        "Email",
        "leadiq_status",
        "leadiq_note",
        "leadiq_email_status",
    }
    assert price_of_addresses(payments, 3).maximum == Decimal("0.3")


def test_a_verification_without_an_answer_is_not_sent_again_unasked(
    payments: Payments,
    records: JobRecords,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing shows whether a tenth of a credit was charged, and a repeat is charged."""
    lines = [f"x,person{n}@acme{n}.example" for n in range(20)]
    verify, lost = LeadIQClient.verify_email, []

    def loses_one(client: LeadIQClient, email: str) -> dict:
        answer = verify(client, email)
        if email == "person7@acme7.example" and not lost:
            lost.append(email)
            raise ServiceError("The answer was lost.")
        return answer

    monkeypatch.setattr(LeadIQClient, "verify_email", loses_one)
    job = wait_for_end(records, start(payments, records, lines))
    states = count_states(records, job.id)
    assert states == {RowState.FOUND: 19, RowState.NEEDS_DECISION: 1}
    assert sandbox.store.used == 2
    rest = planning.price_of_rest(payments, records, job, RowState.NEEDS_DECISION)
    assert rest.maximum == Decimal("0.1")
    control.continue_at_price(payments, records, job, rest, RowState.NEEDS_DECISION)
    wait_for_end(records, job.id)
    assert count_states(records, job.id) == {RowState.FOUND: 20}


@pytest.mark.parametrize(
    ("status", "state", "row_state"),
    [(403, JobState.PAUSED, RowState.WAITING), (400, JobState.DONE, RowState.FAILED)],
)
def test_only_a_malformed_address_is_refused_for_its_own_sake(
    payments: Payments,
    records: JobRecords,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    state: JobState,
    row_state: RowState,
) -> None:
    def refuse(_client: LeadIQClient, _email: str) -> dict:
        raise InvalidRequestError("No.", status=status)

    monkeypatch.setattr(LeadIQClient, "verify_email", refuse)
    lines = [f"x,person{n}@acme{n}.example" for n in range(3)]
    job = wait_for_end(records, start(payments, records, lines))
    assert (job.state, count_states(records, job.id)) == (state, {row_state: 3})
