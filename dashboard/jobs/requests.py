"""One request of a bulk job: its intent written before it goes out, its answer after."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from dashboard.jobs.model import (
    FAILED,
    FOUND,
    NOT_FOUND,
    OUTCOME_UNKNOWN,
    PAGE,
    PAUSED,
    PERSON,
    STOPPED,
    WAITING,
    Job,
    Row,
    as_json,
)
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import BudgetExceededError
from dashboard.ledger.payments import Payments, is_unknown, person_of
from dashboard.tables.api_json import Json, emails_of, number_at, phones_of, rows_at, text_at
from leadiq_api import (
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    LeadIQClient,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
)

PAGE_LIMIT = 25  # people of a search's page, as LeadIQ's samples have it

HOLD_REASONS = {
    AuthenticationError: "LeadIQ did not accept the key. Resume when it does again; with another key, start "
    "anew: what is unlocked is free.",
    InsufficientCreditsError: "There are not enough credits. Resume when there are more.",
    ServiceError: "LeadIQ cannot be reached. Resume when it can.",
    ConnectError: "LeadIQ cannot be reached. Resume when it can.",
    LeadIQError: "LeadIQ refused a request.",
}


def send_people(
    records: JobRecords, job: Job, request: str, client: LeadIQClient, claimed: list[Row]
) -> None:
    """Looks up the claimed rows in one request, and records the outcome of each."""
    points = job.settings.data_points
    inputs = [row.input for row in claimed]

    def call() -> list[Any]:
        named = [dict(one) for one in inputs]
        found = client.enrich_people(named, data_points=points, batch_size=len(named))
        return [outcome for _, outcome in found]

    def recorded(db: sa.Connection, outcomes: Any, charge: Decimal) -> None:
        told = {row.place: _values(one) for row, one in zip(claimed, outcomes, strict=True)}
        records.record(db, job.id, request, told, charge)
        for outcome in outcomes:
            if isinstance(outcome, AuthenticationError | InsufficientCreditsError):
                hold(db, job.id, outcome)

    intended = partial(_intend, request)
    payments_of(records, job).pay_people(inputs, points, call, intended, recorded)


def send_page(records: JobRecords, job: Job, request: str, client: LeadIQClient, page: Row) -> None:
    """Asks for one page of the saved search; its people, and the next page, become rows."""
    operation, input = job.settings.operation, dict(page.input)
    flat = operation == "flatAdvancedSearch"

    def recorded(db: sa.Connection, answer: Json, charge: Decimal) -> None:
        records.record(db, job.id, request, {page.place: {"state": FOUND}}, charge)
        found = (
            rows_at(answer, "people")
            if flat
            else [
                person
                for group in rows_at(answer, "companies")
                for person in rows_at(group, "people")
            ]
        )
        known = records.identities(db, job.id)
        new = dict.fromkeys(f"id:{one}" for row in found if (one := text_at(row, "id")))
        fresh = [name for name in new if name not in known][: job.settings.most - len(known)]
        records.add(
            db,
            job.id,
            (
                Row(len(known) + place, PERSON, WAITING, name, {"id": name.removeprefix("id:")})
                for place, name in enumerate(fresh)
            ),
        )
        total = number_at(answer, "totalPeople" if flat else "totalCompanies") or 0
        follow = next_page(input, flat, job.settings.most - len(known) - len(fresh), total)
        if follow is not None and (rows_at(answer, "people") or rows_at(answer, "companies")):
            records.add(db, job.id, [Row(page.place - 1, PAGE, WAITING, "", follow)])

    try:
        payments_of(records, job).pay_page(
            operation,
            input,
            partial(search_of(client, job), input, data_points=()),
            partial(_intend, request),
            recorded,
        )
    except BudgetExceededError:
        raise
    except LeadIQError as error:
        unknown = isinstance(error, ServiceError)
        told = _values(error) if unknown else {"state": WAITING, "request": None}
        with records.writing() as db:
            records.record(db, job.id, request, {page.place: told}, Decimal(0))
            if not unknown and not isinstance(error, RateLimitError):
                hold(db, job.id, error)


def search_of(client: LeadIQClient, job: Job) -> Callable[..., dict[str, Any]]:
    """The search that a pipeline's pages are of."""
    flat = job.settings.operation == "flatAdvancedSearch"
    return client.flat_advanced_search if flat else client.grouped_advanced_search


def next_page(input: Json, flat: bool, left: int, total: float) -> dict[str, Any] | None:
    """The page after ``input`` of a search with ``total`` people (flat) or companies."""
    skip = int(input["skip"]) + int(input["limit"])
    if left <= 0 or skip >= total or skip >= 10_000:
        return None
    each = 1 if flat else int(input.get("limitPerCompany") or 5)
    limit = min(PAGE_LIMIT, -(-left // each), 10_000 - skip)
    return {**input, "skip": skip, "limit": limit}


def _intend(request: str, db: sa.Connection, event: int) -> None:
    JobRecords.intend(db, request, event)


def _values(outcome: Any) -> dict[str, Any]:
    """What a row becomes by the outcome of its input."""
    person = person_of(outcome)
    problem = outcome.message if isinstance(outcome, LeadIQError) else ""
    if person is not None:
        return {
            "state": FOUND,
            "person": str(person["id"]),
            "answer": as_json(person),
            "email": bool(emails_of(person)),
            "phone": bool(phones_of(person)),
            "problem": problem,
        }
    if outcome is None or isinstance(outcome, NotFoundError):
        return {"state": NOT_FOUND}
    if is_unknown(outcome):
        return {"state": OUTCOME_UNKNOWN, "problem": problem}
    if isinstance(outcome, AuthenticationError | InsufficientCreditsError | RateLimitError):
        return {"state": WAITING, "request": None}  # refused before it was done
    return {"state": FAILED, "problem": problem}


def hold(db: sa.Connection, job: str, error: LeadIQError) -> None:
    """Pauses a job for what LeadIQ refused, or stops it where the key is refused."""
    state = STOPPED if isinstance(error, AuthenticationError) else PAUSED
    JobRecords.hold(
        db,
        job,
        state,
        f"{HOLD_REASONS.get(type(error), HOLD_REASONS[LeadIQError])} {error.message}",
    )


def payments_of(records: JobRecords, job: Job) -> Payments:
    """Whose credits a job spends, at the prices that were shown."""
    prices = {name: Decimal(price) for name, price in job.settings.prices.items()}
    return Payments(records.ledger, job.account, job.user, "Bulk", prices, job.id, job.budget)
