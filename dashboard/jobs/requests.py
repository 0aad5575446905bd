"""One request of a bulk job: its intent is written before it goes out, its answer after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from dashboard.jobs.columns import input_column
from dashboard.jobs.limits import PASSING, is_held_up_too_long
from dashboard.jobs.match import match_of_row
from dashboard.jobs.model import Job, JobState, Row, RowKind, RowState, RowUpdate, as_json
from dashboard.jobs.page_people import people_of_page
from dashboard.jobs.planning import known_people, people_per_hit
from dashboard.jobs.records import KEY_REFUSED, JobRecords
from dashboard.jobs.verification import price_of_addresses
from dashboard.ledger.database import LedgerError
from dashboard.ledger.events import Sending
from dashboard.ledger.ledger import BudgetExceededError
from dashboard.ledger.payments import Payments, is_unknown, person_of
from dashboard.tables.api_json import Json, emails_of, number_at, phones_of, rows_at
from leadiq_api import (
    SEARCH_CEILING,
    AuthenticationError,
    InsufficientCreditsError,
    LeadIQClient,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    RefusedBatchError,
    SearchKind,
    ServiceError,
)
from leadiq_api.credits import Estimate
from leadiq_api.errors import OF_THE_INPUTS, error_of_each
from leadiq_api.quality import Quality

PAGE_LIMIT = 25  # people of a search's page, as in LeadIQ's samples

Outcome = Json | LeadIQError | None  # of one input: the person, why not, or no one found

# Why a job is interrupted, by the error; the first that fits.
INTERRUPTION_REASONS: tuple[tuple[type[LeadIQError], str], ...] = (
    (
        AuthenticationError,
        f"{KEY_REFUSED} Resume once the key works again, or continue with another of your keys.",
    ),
    (
        InsufficientCreditsError,
        "There are not enough credits. Resume when there are more.",
    ),
    (
        RateLimitError,
        "LeadIQ isn't accepting more requests with this key; another app may be using it. "
        "Resume later.",
    ),
    (
        RefusedBatchError,
        "LeadIQ refused the whole request, not individual rows. Resume once it is allowed.",
    ),
    (ServiceError, "LeadIQ cannot be reached. Resume when it can."),
    (LedgerError, "The ledger could not be written. Resume when it works again."),
    (BudgetExceededError, "A limit was reached, so nothing more was sent."),
    (LeadIQError, "LeadIQ refused a request."),
)
# Refusals that are not of a row: every other request of the job would be refused too.
OF_THE_JOB = (AuthenticationError, InsufficientCreditsError, RefusedBatchError)


@dataclass(frozen=True)
class RequestContext:
    """One request of a job: where it is recorded, its id, and the client that sends it."""

    records: JobRecords
    job: Job
    id: str
    client: LeadIQClient

    @property
    def sending(self) -> Sending:
        """What is recorded when it goes out."""
        return Sending(
            partial(self.records.mark_sending, self.id),
            partial(self.records.void_repeated, self.id),
        )


def send_people(request: RequestContext, rows: Sequence[Row]) -> None:
    """Looks up the claimed rows in one request, and records the outcome of each."""
    job, records = request.job, request.records
    data_points = rows[0].points(job.settings.data_points)
    accepted = Quality.from_text(job.settings.quality).of_points(data_points).fields()
    inputs = [{**row.input, **accepted} for row in rows]
    known = known_people(records, job.account, rows)

    def call() -> list[Outcome]:
        outcomes = request.client.enrich_people(
            inputs, data_points=data_points, batch_size=len(inputs)
        )
        return [outcome for _, outcome in outcomes]

    def record(db: sa.Connection, outcomes: Sequence[Outcome], charge: Decimal) -> None:
        updates = {
            row.index: _person_update(job, row, outcome)
            for row, outcome in zip(rows, outcomes, strict=True)
        }
        records.record_answer(db, job.id, request.id, updates, charge)
        _interrupt_if_refused(db, job, outcomes)

    payments_of(records, job).pay_people(inputs, data_points, call, request.sending, record, known)


def send_address(request: RequestContext, row: Row) -> None:
    """Verifies the address of a row, and records its status.

    Raises ``BudgetExceededError`` before anything is sent.
    """
    job, records = request.job, request.records

    def record(db: sa.Connection, answer: Json, charge: Decimal) -> None:
        update: RowUpdate = {"state": RowState.FOUND, "answer": as_json(answer)}
        records.record_answer(db, job.id, request.id, {row.index: update}, charge)
        _interrupt_if_refused(db, job, [answer])

    try:
        payments_of(records, job).pay_address(
            partial(request.client.verify_email, row.input["email"]), request.sending, record
        )
    except BudgetExceededError:
        raise
    except LeadIQError as failure:
        # Only a malformed address is refused for its own sake.
        error = failure if failure.status in OF_THE_INPUTS else error_of_each(failure)
        with records.writing() as db:
            update = _row_update(error)
            records.record_answer(db, job.id, request.id, {row.index: update}, Decimal(0))
            _interrupt_if_refused(db, job, [error])


def send_page(request: RequestContext, page: Row) -> None:
    """Loads one page of the saved search; its people, and the next page, become rows.

    Raises ``BudgetExceededError`` before anything is sent.
    """
    job, records = request.job, request.records
    operation, input = job.settings.operation, dict(page.input)

    def record(db: sa.Connection, answer: Json, charge: Decimal) -> None:
        records.record_answer(
            db, job.id, request.id, {page.index: {"state": RowState.FOUND}}, charge
        )
        _interrupt_if_refused(db, job, [answer])
        _add_rows_of_page(db, request, page, answer)

    try:
        incomplete = payments_of(records, job).pay_page(
            operation,
            input,
            partial(
                search_method(request.client, job),
                input,
                data_points=(),
                cursor="skip" not in input,
            ),
            request.sending,
            record,
        )
    except BudgetExceededError:
        raise
    except LeadIQError as error:
        unknown = is_unknown(error)
        update = _row_update(error) if unknown else _release_update()
        with records.writing() as db:
            records.record_answer(db, job.id, request.id, {page.index: update}, Decimal(0))
            _interrupt_if_refused(db, job, [error])
            if not unknown and not isinstance(error, PASSING):
                interrupt_job(db, job.id, error)
    else:
        if isinstance(incomplete, OF_THE_JOB):
            with records.writing() as db:
                interrupt_job(db, job.id, incomplete)


def _add_rows_of_page(db: sa.Connection, request: RequestContext, page: Row, answer: Json) -> None:
    """Adds the people of a page that the job does not have yet, and the page after it.

    If nothing is to be looked up, the page has all there is to know of them.
    """
    job, records = request.job, request.records
    flat = _is_flat(job)
    existing = records.identities(db, job.id)
    people = people_of_page(answer, flat=flat)
    room = job.settings.max_people - len(existing)
    new = [id for id in people if f"id:{id}" not in existing][:room]
    rows = (_row_of_page(job, len(existing) + at, people[id]) for at, id in enumerate(new))
    records.add_rows(db, job.id, rows)
    total = number_at(answer, "totalPeople" if flat else "totalCompanies") or 0
    after = rows_at(answer, "after") if "after" in answer else None
    following = next_page(page.input, flat, remaining=room - len(new), total=total, after=after)
    # A page with nobody new ends the search: there may be a server whose pages never end.
    if following is not None and new:
        row = Row(page.index - 1, RowKind.PAGE, RowState.WAITING, "", following)
        records.add_rows(db, job.id, [row])


def _row_of_page(job: Job, index: int, person: Json) -> Row:
    id = str(person["id"])
    row = Row(index, RowKind.PERSON, RowState.WAITING, f"id:{id}", {"id": id})
    if job.settings.data_points:
        return row
    match = match_of_row(job, row, person)
    return replace(row, state=RowState.FOUND, person=id, answer=person, match=match)


def _is_flat(job: Job) -> bool:
    return job.settings.operation == SearchKind.FLAT


def search_method(client: LeadIQClient, job: Job) -> Callable[..., dict[str, Any]]:
    """Returns the client's method that loads the pages of a job's saved search."""
    return client.flat_advanced_search if _is_flat(job) else client.grouped_advanced_search


def first_page(search: Json, flat: bool, max_people: int) -> dict[str, Any]:
    """Returns the input of a search's first page, whose answer may have a cursor."""
    return {**search, "limit": _page_limit(search, flat, max_people)}


def next_page(
    input: Json,
    flat: bool,
    *,
    remaining: int,
    total: float,
    after: Sequence[Json] | None = None,
) -> dict[str, Any] | None:
    """Returns the input of the page after ``input``, or None if there is none.

    ``remaining`` people are still wanted; ``total`` is the number of people (flat) or companies.
    ``after`` is the cursor, empty at the end; None if the server has none.
    """
    if remaining <= 0:
        return None
    limit = _page_limit(input, flat, remaining)
    if after is not None:
        goes_on = after and after != input.get("after")
        return {**input, "limit": limit, "after": [*after]} if goes_on else None
    skip = int(input.get("skip", 0)) + int(input["limit"])
    if skip >= total or skip >= SEARCH_CEILING:
        return None
    return {**input, "skip": skip, "limit": min(limit, SEARCH_CEILING - skip)}


def _page_limit(input: Json, flat: bool, remaining: int) -> int:
    per_hit = people_per_hit(SearchKind.FLAT if flat else SearchKind.GROUPED, input)
    return min(PAGE_LIMIT, -(-remaining // per_hit))


def _person_update(job: Job, row: Row, outcome: Outcome) -> RowUpdate:
    """Returns what changes in a person's row: who was not found is looked up in the next way."""
    update = _row_update(outcome)
    if update["state"] == RowState.NOT_FOUND and row.alternatives:
        return {**_release_update(), "input": input_column(row.alternatives)}
    person = person_of(outcome)
    if person is not None:
        update["match"] = match_of_row(job, row, person)
    return update


def _row_update(outcome: Outcome) -> RowUpdate:
    """Returns what changes in a row by the outcome of its input."""
    person = person_of(outcome)
    problem = outcome.message if isinstance(outcome, LeadIQError) else ""
    if person is not None:
        return {
            "state": RowState.FOUND,
            "person": str(person["id"]),
            "answer": as_json(person),
            "email": bool(emails_of(person)),
            "phone": bool(phones_of(person)),
            "problem": problem,
        }
    if outcome is None or isinstance(outcome, NotFoundError):
        return {"state": RowState.NOT_FOUND}
    if is_unknown(outcome):
        return {"state": RowState.OUTCOME_UNKNOWN, "problem": problem}
    if isinstance(outcome, (*OF_THE_JOB, *PASSING)):
        return _release_update()  # refused before it was done
    return {"state": RowState.FAILED, "problem": problem}


def _release_update() -> RowUpdate:
    return {"state": RowState.WAITING, "request": None}


def interruption_reason(error: LeadIQError) -> str:
    """Returns why a job is interrupted, in words."""
    for kind, reason in INTERRUPTION_REASONS:
        if isinstance(error, kind):
            return f"{reason} {error.message}"
    raise TypeError(f"{error!r} is not an error of LeadIQ's")


def interrupt_job(db: sa.Connection, job: str, error: LeadIQError) -> None:
    """Pauses a job because LeadIQ refused something, or stops it if that was the key."""
    refused_key = isinstance(error, AuthenticationError)
    state = JobState.STOPPED if refused_key else JobState.PAUSED
    JobRecords.interrupt(db, job, state, interruption_reason(error))


def _interrupt_if_refused(db: sa.Connection, job: Job, outcomes: Sequence[Outcome]) -> None:
    """Interrupts a job whose request met a refusal of the whole job, or one that does not pass."""
    for outcome in outcomes:
        if isinstance(outcome, OF_THE_JOB):
            interrupt_job(db, job.id, outcome)
    passing = [outcome for outcome in outcomes if isinstance(outcome, PASSING)]
    if is_held_up_too_long(job, is_held_up=len(passing) == len(outcomes)):
        interrupt_job(db, job.id, passing[0])


def price_of_row(records: JobRecords, job: Job, row: Row) -> Estimate:
    """Returns the price of a request for one row."""
    payments = payments_of(records, job)
    if row.kind == RowKind.PAGE:
        return payments.price(job.settings.operation, row.input)
    if job.verifies:
        return price_of_addresses(payments, 1)
    known = known_people(records, job.account, [row])
    return payments.price_of_people([row.input], row.points(job.settings.data_points), known)


def payments_of(records: JobRecords, job: Job) -> Payments:
    """Returns the payments of a job: its account and limit, at the prices that were shown."""
    prices = {name: Decimal(price) for name, price in job.settings.prices.items()}
    return Payments(records.ledger, job.account, job.user, "Bulk", prices, job.id, job.limit)
