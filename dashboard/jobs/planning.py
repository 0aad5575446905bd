"""A job before it starts: which rows are sent, at what price, with a free dry run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dashboard.jobs.model import Job, Row, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.search.inputs import preview_input
from dashboard.tables.api_json import Json, text_at
from leadiq_api import LeadIQClient, LeadIQError, SearchKind
from leadiq_api.credits import DEFAULT_LIMIT_PER_COMPANY, Estimate, Record, total

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

    ``price`` (UC) is that of the whole job, with what these make likely.
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
    known = known_people(records, payments.account, to_send)
    price = payments.price_of_people([row.input for row in to_send], data_points, known)
    ids = {str(record.person) for record in known.values()}
    ids |= {str(row.input.get("id")) for row in to_send}
    profiles = {
        id for kind, id in payments.ledger.unlocked(payments.account, ids) if kind == "Profile"
    }
    unlocked = sum(
        str(known[index].person if index in known else row.input.get("id")) in profiles
        for index, row in enumerate(to_send)
    )
    return JobPlan(rows, data_points, price, known, unlocked)


def known_people(records: JobRecords, account: str, rows: Sequence[Row]) -> dict[int, Record]:
    """Returns those of the rows' people whom a job of the account has found before, by index."""
    person_of = records.persons_found_before(account, [row.identity for row in rows])
    return {
        index: Record(person_of[row.identity])
        for index, row in enumerate(rows)
        if row.identity in person_of
    }


def dry_run(
    client: LeadIQClient,
    payments: Payments,
    plan: JobPlan,
    max_rows: int | None = SAMPLE_PEOPLE,
    on_progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> DryRun:
    """Previews the first ``max_rows`` of a job for free, or all of them (None).

    What they make likely is scaled to the whole job. ``on_progress`` receives the number of rows
    done and of all. Raises the ``LeadIQError`` of the first request that fails as a whole.
    """
    rows = plan.to_preview[:max_rows]
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
            matches[index] = Record(person, has_email, has_phone, previewed=True)
        on_progress(index + 1, len(rows))
    price = payments.price_of_people(
        [rows[index].input for index in matches],
        plan.data_points,
        dict(enumerate(matches.values())),
    )
    return DryRun(
        checked,
        len(matches),
        sum(record.email is True for record in matches.values()),
        sum(record.phone is True for record in matches.values()),
        _with_expectation(plan, price.expected or Decimal(0), checked),
    )


def _with_expectation(plan: JobPlan, expected: Decimal, checked: int) -> Estimate:
    """Returns a job's price, given what the rows that were checked are expected to cost (UC)."""
    if not checked:
        return plan.price
    scaled = (expected * len(plan.to_send) / checked).quantize(TENTH)
    return replace(plan.price, expected=min(scaled, plan.price.maximum))


def price_of_search(
    payments: Payments, max_people: int, data_points: tuple[str, ...], people_per_hit: int = 1
) -> Estimate:
    """Returns the price of finding ``max_people`` by a saved search and enriching each of them.

    The last page can bring more people than are still wanted, if it has several for each hit.
    """
    pages = payments.price(SearchKind.FLAT, {"limit": max_people + people_per_hit - 1})
    people = payments.price("searchPeople", {"limit": max_people}, data_points)
    return total([pages, people] if data_points else [pages])


def price_of_rest(payments: Payments, records: JobRecords, job: Job, *more: RowState) -> Estimate:
    """Returns the price of what a job still has to send, with the rows of ``more`` states."""
    settings, states = job.settings, (RowState.WAITING, *more)
    people = [row for state in states for row in records.rows(job.id, state=state)]
    known = known_people(records, job.account, people)
    price = payments.price_of_people([row.input for row in people], settings.data_points, known)
    progress = records.progress(job.id)
    if not any(progress.pages.get(state) for state in states):
        return price
    wanted = settings.max_people - sum(progress.people.values())
    per_hit = people_per_hit(settings.operation, settings.search)
    return total([price, price_of_search(payments, wanted, settings.data_points, per_hit)])


def people_per_hit(operation: str, input: Json) -> int:
    """Returns how many people a search can bring for each hit: several if that is a company."""
    if operation == SearchKind.FLAT:
        return 1
    return int(input.get("limitPerCompany") or DEFAULT_LIMIT_PER_COMPANY)
