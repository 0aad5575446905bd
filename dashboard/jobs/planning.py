"""A job before it starts: which rows are sent, at what price, with a free dry run."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dashboard.identity.email import read_emails
from dashboard.identity.person import read_person
from dashboard.jobs.intervals import share_interval
from dashboard.jobs.model import Job, Row, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.verification import price_of_addresses
from dashboard.ledger.payments import Payments
from dashboard.search.inputs import CURSOR_CEILING, preview_input
from dashboard.tables.api_json import Json, text_at
from dashboard.tables.fields import values_of
from leadiq_api import SEARCH_CEILING, LeadIQClient, LeadIQError, SearchKind
from leadiq_api.credits import DEFAULT_LIMIT_PER_COMPANY, Estimate, Record, total
from leadiq_api.data_points import EMAIL, PHONE

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

    def sample(self, size: int | None) -> list[Row]:
        """Returns rows to preview, in order: this many across the file, the same every time."""
        rows = self.to_preview
        if size is None or size >= len(rows):
            return rows
        indexes = random.Random(len(rows)).sample(range(len(rows)), size)  # noqa: S311 - no secret
        return [rows[index] for index in sorted(indexes)]


@dataclass(frozen=True)
class DryRun:
    """What free previews found: rows checked, and of them matched, with an email, with a phone.

    ``of`` are the rows that could be checked, of which these were taken at random. ``price`` (UC)
    is that of the whole job, with what these make likely.
    """

    of: int
    checked: int
    matched: int
    emails: int
    phones: int
    price: Estimate

    def share(self, number: int) -> tuple[float, float]:
        """Returns between which shares of all rows a number of those checked lies, at 95%."""
        return share_interval(number, self.checked, self.of)


def plan_job(
    payments: Payments, records: JobRecords, rows: Sequence[Row], data_points: tuple[str, ...]
) -> JobPlan:
    """Returns the plan of a job, whose price leaves out what the account has unlocked.

    Rows that an earlier job has found are known to be the same person. A row with data points of
    its own, as ``only_empty`` gives it, is priced for these alone.
    """
    to_send = [row for row in rows if row.state == RowState.WAITING]
    known = known_people(records, payments.account, to_send)
    price = price_of_rows(payments, to_send, data_points, known)
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


def only_empty(
    rows: Sequence[Row], columns: Mapping[str, Sequence[int]], data_points: tuple[str, ...]
) -> list[Row]:
    """Returns rows that are looked up for what their cells do not have yet.

    ``columns`` are those of each field. A private address does not fill an empty cell for one at
    work.
    """
    return [_without_filled(row, columns, data_points) for row in rows]


def _without_filled(
    row: Row, columns: Mapping[str, Sequence[int]], data_points: tuple[str, ...]
) -> Row:
    values = values_of(row.cells, columns)
    addresses = values.get("email" if "email" in columns else "personalEmail", ())
    has_email = any(read_emails(text).best for text in addresses)
    filled = {EMAIL.id: has_email, PHONE.id: bool(read_person(values).phone)}
    missing = tuple(point for point in data_points if not filled.get(point))
    return row if missing == data_points else replace(row, data_points=missing)


def first_of(plan: JobPlan, number: int, payments: Payments) -> JobPlan:
    """Returns a plan that sends the first people only, and holds the others for later."""
    last = [row.index for row in plan.to_send][:number][-1]
    rows = [
        replace(row, state=RowState.HELD)
        if row.state == RowState.WAITING and row.index > last
        else row
        for row in plan.rows
    ]
    known = {index: record for index, record in plan.known.items() if index < number}
    sent = [row for row in rows if row.state == RowState.WAITING]
    return replace(
        plan, rows=rows, known=known, price=price_of_rows(payments, sent, plan.data_points, known)
    )


def price_of_rows(
    payments: Payments,
    rows: Sequence[Row],
    data_points: tuple[str, ...],
    known: Mapping[int, Record],
) -> Estimate:
    """Returns the price of looking up rows, each for its own data points or else for these.

    ``known`` are people who are identified already, by the index in ``rows``.
    """
    indexes_of: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        indexes_of[row.points(data_points)].append(index)
    return total(
        payments.price_of_people(
            [rows[index].input for index in indexes],
            points,
            {place: known[index] for place, index in enumerate(indexes) if index in known},
        )
        for points, indexes in indexes_of.items()
    )


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
    """Previews ``max_rows`` of a job for free, taken at random, or all of them (None).

    What they make likely is scaled to the whole job. ``on_progress`` receives the number of rows
    done and of all. Raises the ``LeadIQError`` of the first request that fails as a whole.
    """
    rows = plan.sample(max_rows)
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
    found = [rows[index] for index in matches]
    price = price_of_rows(payments, found, plan.data_points, dict(enumerate(matches.values())))
    return DryRun(
        len(plan.to_preview),
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


def reach_of_search(operation: str, input: Json, *, has_cursor: bool) -> int:
    """Returns how many people a job can find by a search: without a cursor, LeadIQ ends it."""
    if has_cursor:
        return CURSOR_CEILING
    return min(SEARCH_CEILING * people_per_hit(operation, input), CURSOR_CEILING)


def price_of_rest(payments: Payments, records: JobRecords, job: Job, *more: RowState) -> Estimate:
    """Returns the price of what a job still has to send, with the rows of ``more`` states."""
    settings, states = job.settings, (RowState.WAITING, *more)
    people = [row for state in states for row in records.rows(job.id, state=state)]
    if job.verifies:
        return price_of_addresses(payments, len(people))
    known = known_people(records, job.account, people)
    price = price_of_rows(payments, people, settings.data_points, known)
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
