"""A job before it starts: which rows, at what price, with a free dry run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from dashboard.jobs.model import WAITING, Row
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.tables.api_json import text_at
from leadiq_api import LeadIQClient, LeadIQError
from leadiq_api.credits import Estimate, Record

SAMPLE_PEOPLE = 100  # people of a dry run, four requests


@dataclass(frozen=True)
class JobPlan:
    """A job as it would be: its rows, and what they would cost (UC).

    ``known`` are people whom earlier jobs found, or a preview, by the place of their row.
    """

    rows: Sequence[Row]
    data_points: tuple[str, ...]
    price: Estimate
    known: Mapping[int, Record]
    unlocked: int

    @property
    def asked(self) -> list[Row]:
        """Rows that would be sent."""
        return [row for row in self.rows if row.state == WAITING]


@dataclass(frozen=True)
class DryRun:
    """What free previews told: how many were asked for and matched, with an email, with a phone."""

    asked: int
    matched: int
    emails: int
    phones: int
    price: Estimate


# Before ------------------------------------------------------------------------------------------


def plan_job(
    payments: Payments, records: JobRecords, rows: Sequence[Row], data_points: tuple[str, ...]
) -> JobPlan:
    """The price of a job, less what is unlocked: rows that an earlier job found are known."""
    asked = [row for row in rows if row.state == WAITING]
    before = records.looked_up(payments.account, [row.identity for row in asked])
    companies = None if "company" in data_points else ()
    known = {
        place: Record(before[row.identity], None, None, companies)
        for place, row in enumerate(asked)
        if row.identity in before
    }
    price = payments.price_of_people([row.input for row in asked], data_points, known)
    ids = {str(one.person) for one in known.values()} | {str(row.input.get("id")) for row in asked}
    profiles = {
        id for kind, id in payments.ledger.unlocked(payments.account, ids) if kind == "Profile"
    }
    unlocked = sum(before.get(row.identity, str(row.input.get("id"))) in profiles for row in asked)
    least = Decimal(0) if len(known) < len(asked) else price.minimum
    return JobPlan(rows, data_points, replace(price, minimum=least), known, unlocked)


def dry_run(
    client: LeadIQClient,
    payments: Payments,
    plan: JobPlan,
    most: int | None = SAMPLE_PEOPLE,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> DryRun:
    """Previews a job for nothing: its first ``most`` rows, or all of them (None).

    Rows with a LeadIQ id cannot be previewed and are left out. The price is scaled to the whole
    job where only a part was looked at. Raises the first ``LeadIQError`` of a whole request.
    """
    asked = [row for row in plan.asked if "id" not in row.input][:most]
    companies = None if "company" in plan.data_points else ()
    inputs = [preview_of(row.input) for row in asked]
    found: dict[int, Record] = {}
    tried = 0
    for place, outcome in client.preview_people(inputs):
        if isinstance(outcome, LeadIQError):
            if outcome.status != 400:
                raise outcome
            continue
        tried += 1
        person = text_at(outcome, "personId")
        if person is not None:
            has = (outcome.get("hasEmail") is True, outcome.get("hasPhone") is True)
            found[place] = Record(person, *has, companies)
        told(place + 1, len(asked))
    people = [asked[place].input for place in found]
    price = payments.price_of_people(people, plan.data_points, dict(enumerate(found.values())))
    scale = Decimal(len(plan.asked)) / tried if tried else Decimal(0)
    lines = tuple((what, round(n * scale), each) for what, n, each in price.breakdown)
    scaled = Estimate(
        (price.minimum * scale).quantize(Decimal("0.1")),
        (price.maximum * scale).quantize(Decimal("0.1")),
        lines,
    )
    return DryRun(
        tried,
        len(found),
        sum(one.email is True for one in found.values()),
        sum(one.phone is True for one in found.values()),
        scaled,
    )


def preview_of(input: Mapping[str, Any]) -> dict[str, Any]:
    """``SearchPeoplePreviewInput`` of a ``SearchPeopleInput``."""
    company = input.get("company") or {}
    names = ("linkedinUrl", "email", "fullName", "firstName", "lastName")
    told = {name: input[name] for name in names if name in input}
    more = {"companyName": company.get("name"), "companyDomain": company.get("domain")}
    return told | {name: value for name, value in more.items() if value}


def price_of_search(payments: Payments, most: int, data_points: tuple[str, ...]) -> Estimate:
    """The price of finding ``most`` people by a saved search and enriching each of them."""
    pages = payments.price("flatAdvancedSearch", {"limit": most})
    people = payments.price("searchPeople", {"limit": most}, data_points)
    lines = (*pages.breakdown, *(people.breakdown if data_points else ()))
    most_uc = sum((number * each for _, number, each in lines), Decimal(0))
    return Estimate(Decimal(0), most_uc, lines)
