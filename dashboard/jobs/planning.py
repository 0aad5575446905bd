"""A job before it starts: which rows are sent, at what price, with a free dry run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dashboard.jobs.model import Row, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.search.inputs import preview_input
from dashboard.tables.api_json import text_at
from leadiq_api import LeadIQClient, LeadIQError, SearchKind
from leadiq_api.credits import Estimate, Line, Record

SAMPLE_PEOPLE = 100  # people of a dry run: four requests
NOT_PREVIEWED = ("id", "phone", "hashedEmail")  # fields that the free preview does not take
BAD_REQUEST = 400  # HTTP: this row cannot be previewed, the others can
TENTH = Decimal("0.1")  # UC, to which a scaled price is rounded


@dataclass(frozen=True)
class JobPlan:
    """A job as it would be: its rows, and what they would cost (UC).

    ``known`` are people whom earlier jobs have found, by index in ``to_send``; ``unlocked``
    counts those that are free to look up again.
    """

    rows: Sequence[Row]
    data_points: tuple[str, ...]
    price: Estimate
    known: Mapping[int, Record]
    unlocked: int

    @property
    def to_send(self) -> list[Row]:
        """Rows that would be sent."""
        return [row for row in self.rows if row.state == RowState.WAITING]

    @property
    def to_preview(self) -> list[Row]:
        """Rows that can be previewed for free: not by a LeadIQ id, a phone or a hash."""
        return [row for row in self.to_send if row.input.keys().isdisjoint(NOT_PREVIEWED)]


@dataclass(frozen=True)
class DryRun:
    """What free previews found: rows checked, and of them matched, with an email, with a phone.

    ``price`` (UC) is that of the whole job.
    """

    checked: int
    matched: int
    emails: int
    phones: int
    price: Estimate


def plan_job(
    payments: Payments, records: JobRecords, rows: Sequence[Row], data_points: tuple[str, ...]
) -> JobPlan:
    """Returns the plan of a job, whose price leaves out what the account has unlocked.

    Rows that an earlier job has found are known to be the same person.
    """
    to_send = [row for row in rows if row.state == RowState.WAITING]
    person_of = records.persons_found_before(payments.account, [row.identity for row in to_send])
    companies = None if "company" in data_points else ()
    known = {
        index: Record(person_of[row.identity], None, None, companies)
        for index, row in enumerate(to_send)
        if row.identity in person_of
    }
    price = payments.price_of_people([row.input for row in to_send], data_points, known)
    ids = {str(record.person) for record in known.values()}
    ids |= {str(row.input.get("id")) for row in to_send}
    profiles = {
        id for kind, id in payments.ledger.unlocked(payments.account, ids) if kind == "Profile"
    }
    unlocked = sum(
        person_of.get(row.identity, str(row.input.get("id"))) in profiles for row in to_send
    )
    minimum = Decimal(0) if len(known) < len(to_send) else price.minimum
    return JobPlan(rows, data_points, replace(price, minimum=minimum), known, unlocked)


def dry_run(
    client: LeadIQClient,
    payments: Payments,
    plan: JobPlan,
    max_rows: int | None = SAMPLE_PEOPLE,
    on_progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> DryRun:
    """Previews the first ``max_rows`` of a job for free, or all of them (None).

    The price is scaled to the whole job. ``on_progress`` receives the number of rows done and of
    all. Raises the ``LeadIQError`` of the first request that fails as a whole.
    """
    rows = plan.to_preview[:max_rows]
    companies = None if "company" in plan.data_points else ()
    matches: dict[int, Record] = {}
    checked = 0
    for index, outcome in client.preview_people([preview_input(row.input) for row in rows]):
        if isinstance(outcome, LeadIQError):
            if outcome.status != BAD_REQUEST:
                raise outcome
            continue
        checked += 1
        person = text_at(outcome, "personId")
        if person is not None:
            has_email, has_phone = outcome.get("hasEmail") is True, outcome.get("hasPhone") is True
            matches[index] = Record(person, has_email, has_phone, companies)
        on_progress(index + 1, len(rows))
    price = payments.price_of_people(
        [rows[index].input for index in matches],
        plan.data_points,
        dict(enumerate(matches.values())),
    )
    scale = Decimal(len(plan.to_send)) / checked if checked else Decimal(0)
    return DryRun(
        checked,
        len(matches),
        sum(record.email is True for record in matches.values()),
        sum(record.phone is True for record in matches.values()),
        _scaled(price, scale),
    )


def _scaled(price: Estimate, scale: Decimal) -> Estimate:
    return Estimate(
        (price.minimum * scale).quantize(TENTH),
        (price.maximum * scale).quantize(TENTH),
        tuple(Line(what, round(number * scale), each) for what, number, each in price.breakdown),
    )


def price_of_search(payments: Payments, max_people: int, data_points: tuple[str, ...]) -> Estimate:
    """Returns the price of finding ``max_people`` by a saved search and enriching each of them."""
    pages = payments.price(SearchKind.FLAT, {"limit": max_people})
    people = payments.price("searchPeople", {"limit": max_people}, data_points)
    lines = (*pages.breakdown, *(people.breakdown if data_points else ()))
    maximum = sum((number * each for _, number, each in lines), Decimal(0))
    return Estimate(Decimal(0), maximum, lines)
