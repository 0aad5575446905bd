"""Requests of jobs as they are stored: each is sent once."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest

from dashboard.jobs.model import JobSettings, RequestState, Row, RowKind, RowState, RowUpdate
from dashboard.jobs.records import JobRecords
from dashboard.jobs.request_records import RequestSentError
from dashboard.ledger.budgets import Budget
from dashboard.ledger.events import Sending
from dashboard.ledger.ledger import BudgetExceededError, Ledger, Request
from dashboard.ledger.schema import EventState
from leadiq_api.credits import Estimate
from tests.dashboard.jobs.driver import count_states
from tests.dashboard.ledger.driver import ACCOUNT

PRICE = Estimate(Decimal(0), Decimal(3))
FOUND: RowUpdate = {"state": RowState.FOUND, "person": "p"}


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    opened = Ledger(database)
    yield opened
    opened.close()


@pytest.fixture
def records(ledger: Ledger) -> JobRecords:
    return JobRecords(ledger)


@pytest.fixture
def job(records: JobRecords) -> str:
    """A job of two people, of whom the first is claimed by a request."""
    settings = JobSettings(data_points=("company",), prices={})
    rows = [
        Row(index, RowKind.PERSON, RowState.WAITING, f"id:{id}", {"id": id})
        for index, id in enumerate("pq")
    ]
    job = records.create(ACCOUNT, "t", "people.csv", settings, rows)
    records.start_run(job)
    assert len(records.claim(job, "first", 1)) == 1
    return job


def send(records: JobRecords, job: str, request: str) -> int:
    return records.ledger.reserve(
        Request(ACCOUNT, "t", "Bulk", "searchPeople", ("company",), 1, job),
        PRICE,
        Sending(partial(records.mark_sending, request), partial(records.void_repeated, request)),
    )


def lose(records: JobRecords, job: str) -> int:
    """Sends the first request, whose rows wait again without an answer; returns its event."""
    event = send(records, job, "first")
    records.mark_unanswered(job, "first")
    records.resolve_unknown(job, send_again=True)
    return event


def test_a_step_that_is_executed_twice_sends_its_request_once(
    records: JobRecords, job: str
) -> None:
    send(records, job, "first")
    # Its process was taken for dead: the other one has the same rows, and gets no further.
    assert [row.index for row in records.claim(job, "first", 1)] == [0]
    with pytest.raises(RequestSentError):
        send(records, job, "first")
    assert records.ledger.spent_by_job(ACCOUNT, job) == (0, 3)  # reserved once
    # Nor does it give back what is being sent.
    records.release(job, "first")
    assert records.request_state("first") == RequestState.SENDING
    assert count_states(records, job) == {RowState.SENT: 1, RowState.WAITING: 1}


def test_what_a_lost_request_may_have_cost_counts_until_its_rows_are_sent_again(
    records: JobRecords, job: str
) -> None:
    lose(records, job)
    assert count_states(records, job) == {RowState.WAITING: 2}
    assert records.ledger.spent_by_job(ACCOUNT, job) == (0, 3)
    assert records.ledger.unknown_by_job(ACCOUNT, job) == 3
    assert [row.index for row in records.claim(job, "second", 1)] == [0]
    assert records.ledger.spent_by_job(ACCOUNT, job) == (0, 3)
    send(records, job, "second")
    assert records.ledger.spent_by_job(ACCOUNT, job) == (0, 3)
    assert records.ledger.unknown_by_job(ACCOUNT, job) == 0
    assert records.unanswered_charges(job) == {}


def test_what_a_lost_request_may_have_cost_counts_if_a_budget_keeps_its_rows_from_being_sent_again(
    records: JobRecords, job: str
) -> None:
    lose(records, job)
    records.ledger.budgets.save(ACCOUNT, Budget(per_job=Decimal(2)))
    assert [row.index for row in records.claim(job, "second", 1)] == [0]
    with pytest.raises(BudgetExceededError):
        send(records, job, "second")
    records.release(job, "second")
    assert records.ledger.spent_by_job(ACCOUNT, job) == (0, 3)
    # With a budget for one of both they are sent again, as the same rows of the same request.
    records.ledger.budgets.save(ACCOUNT, Budget(per_job=Decimal(3)))
    assert [row.index for row in records.claim(job, "third", 2)] == [0]
    send(records, job, "third")
    assert records.ledger.spent_by_job(ACCOUNT, job) == (0, 3)


def test_an_answer_that_arrives_before_its_rows_are_claimed_again_is_kept(
    records: JobRecords, job: str
) -> None:
    event = lose(records, job)
    records.ledger.settle(
        event,
        state=EventState.ESTIMATED,
        charge=Decimal(3),
        in_transaction=lambda db, charge: records.record_answer(
            db, job, "first", {0: FOUND}, charge
        ),
    )
    assert count_states(records, job) == {RowState.FOUND: 1, RowState.WAITING: 1}
    assert [row.index for row in records.claim(job, "second", 2)] == [1]
    assert records.ledger.spent_by_job(ACCOUNT, job) == (3, 0)


def test_the_people_of_a_request_are_looked_up_for_the_same(records: JobRecords) -> None:
    points = [None, (), None, ("email",), None]
    rows = [
        Row(n, RowKind.PERSON, RowState.WAITING, f"id:{n}", {"id": str(n)}, data_points=wanted)
        for n, wanted in enumerate(points)
    ]
    settings = JobSettings(data_points=("email", "phone"), prices={})
    job = records.create(ACCOUNT, "t", "people.csv", settings, rows)
    records.start_run(job)
    claimed = [records.claim(job, name, 25) for name in ("one", "two", "three", "four")]
    assert [[row.index for row in request] for request in claimed] == [[0, 2, 4], [1], [3], []]
    assert claimed[2][0].data_points == ("email",)
