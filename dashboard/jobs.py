"""Bulk jobs: what a person does with them, in the app and by ``python -m dashboard.jobs``."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from dashboard import frames, job_workflows
from dashboard.job_records import (
    FAILED,
    FOUND,
    INVALID,
    NOT_FOUND,
    PAGE,
    PAUSED,
    REPEATED,
    RUNNING,
    STOPPED,
    UNDECIDED,
    UNKNOWN,
    WAITING,
    Job,
    JobRecords,
    Row,
    Settings,
)
from dashboard.job_requests import next_page
from dashboard.ledger import SavedSearch
from dashboard.purse import Purse
from dashboard.spreadsheet_in import Table
from leadiq_api import LeadIQClient, LeadIQError
from leadiq_api.credits import Estimate, Record

SAMPLE = 100  # people of a dry run, four requests
CHUNK = 1_000  # rows of a result that are made at a time

# A row's state, in the words of the results.
STATES: Mapping[str, str] = {
    FOUND: "found",
    NOT_FOUND: "not found",
    FAILED: "failed",
    UNDECIDED: "no answer",
    UNKNOWN: "no answer yet",
    INVALID: "names nobody",
    REPEATED: "duplicate",
    WAITING: "not sent",
}


@dataclass(frozen=True)
class Plan:
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


def plan_of(
    purse: Purse, records: JobRecords, rows: Sequence[Row], data_points: tuple[str, ...]
) -> Plan:
    """The price of a job, less what is unlocked: rows that an earlier job found are known."""
    asked = [row for row in rows if row.state == WAITING]
    before = records.looked_up(purse.account, [row.identity for row in asked])
    companies = None if "company" in data_points else ()
    known = {
        place: Record(before[row.identity], None, None, companies)
        for place, row in enumerate(asked)
        if row.identity in before
    }
    price = purse.price_of_people([row.input for row in asked], data_points, known)
    ids = {str(one.person) for one in known.values()} | {str(row.input.get("id")) for row in asked}
    profiles = {id for kind, id in purse.ledger.unlocked(purse.account, ids) if kind == "Profile"}
    unlocked = sum(before.get(row.identity, str(row.input.get("id"))) in profiles for row in asked)
    least = Decimal(0) if len(known) < len(asked) else price.minimum
    return Plan(rows, data_points, replace(price, minimum=least), known, unlocked)


def dry_run(
    client: LeadIQClient,
    purse: Purse,
    plan: Plan,
    most: int | None = SAMPLE,
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
        person = frames.text(outcome, "personId")
        if person is not None:
            has = (outcome.get("hasEmail") is True, outcome.get("hasPhone") is True)
            found[place] = Record(person, *has, companies)
        told(place + 1, len(asked))
    people = [asked[place].input for place in found]
    price = purse.price_of_people(people, plan.data_points, dict(enumerate(found.values())))
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


def price_of_search(purse: Purse, most: int, data_points: tuple[str, ...]) -> Estimate:
    """The price of finding ``most`` people by a saved search and enriching each of them."""
    pages = purse.price("flatAdvancedSearch", {"limit": most})
    people = purse.price("searchPeople", {"limit": most}, data_points)
    lines = (*pages.breakdown, *(people.breakdown if data_points else ()))
    most_uc = sum((number * each for _, number, each in lines), Decimal(0))
    return Estimate(Decimal(0), most_uc, lines)


# Starting, holding, going on ---------------------------------------------------------------------


def source_of(content: bytes | str, data_points: Sequence[str], *more: str) -> str:
    """Names what a job works on: the same file or search with the same data points is the same."""
    text = content.encode() if isinstance(content, str) else content
    rest = "\0".join((*sorted(data_points), *more)).encode()
    return hashlib.sha256(text + b"\0" + rest).hexdigest()[:32]


def start_file(
    purse: Purse,
    records: JobRecords,
    *,
    name: str,
    table: Table,
    plan: Plan,
    budget: Decimal | None,
    source: str = "",
) -> str:
    """Begins a job over the rows of a file; gives its id."""
    settings = Settings(
        data_points=plan.data_points,
        prices={point: str(price) for point, price in purse.prices.items()},
        columns=table.columns,
        budget=None if budget is None else str(budget),
        most_uc=str(plan.price.maximum),
        source=source,
    )
    return _start(purse, records, name, settings, plan.rows)


def start_search(
    purse: Purse,
    records: JobRecords,
    *,
    search: SavedSearch,
    most: int,
    data_points: tuple[str, ...],
    budget: Decimal | None,
    list_name: str = "",
    source: str = "",
) -> str:
    """Begins the whole pipeline of a saved search: people, enriched, put on a list."""
    flat = search.operation == "flatAdvancedSearch"
    settings = Settings(
        data_points=data_points,
        prices={point: str(price) for point, price in purse.prices.items()},
        budget=None if budget is None else str(budget),
        most_uc=str(price_of_search(purse, most, data_points).maximum),
        operation=search.operation,
        search=search.input,
        most=most,
        list_name=list_name.strip(),
        source=source,
    )
    begin = {**search.input, "skip": 0, "limit": 0}
    first = next_page(begin, flat, most, float("inf"))
    assert first is not None  # noqa: S101  most is at least 1
    return _start(purse, records, search.name, settings, [Row(-1, PAGE, WAITING, "", first)])


def _start(
    purse: Purse, records: JobRecords, name: str, settings: Settings, rows: Sequence[Row]
) -> str:
    job = records.create(purse.account, purse.user, name, settings, rows)
    job_workflows.start(job, purse.account)
    return job


def pause(records: JobRecords, job: Job) -> None:
    """Sends nothing more for now; what is out is recorded when it comes."""
    records.set_state(job.id, PAUSED, "Paused by a person.", only=RUNNING)


def stop(records: JobRecords, job: Job) -> None:
    """Ends a job with all that it has."""
    records.set_state(job.id, STOPPED, "Stopped by a person.")


def resume(job: Job) -> None:
    """Goes on with what was not sent."""
    job_workflows.start(job.id, job.account)


def retry(records: JobRecords, job: Job, *states: str) -> None:
    """Sends the rows of these states again: FAILED, or UNDECIDED, which may be charged again."""
    records.put_back(job.id, states)
    resume(job)


def put_on_list(records: JobRecords, job: Job, list_id: str, list_name: str = "") -> None:
    """Puts the people that a job found on a list; by its name it is made where there is none."""
    records.change(job.id, list_id=list_id, list_name=list_name, list_begun=False)
    records.forget_listed(job.id)
    resume(job)


def is_held(job: Job) -> bool:
    """Whether a job waits to be resumed."""
    return job.state in (PAUSED, STOPPED)


# Results -----------------------------------------------------------------------------------------


def result_frames(records: JobRecords, job: Job) -> Iterator[pd.DataFrame]:
    """The results, ``CHUNK`` rows at a time: the file's own columns, then LeadIQ's.

    A row that repeats another has that one's answer.
    """
    repeated = [row.input.get("same_as") for row in records.rows(job.id, state=REPEATED)]
    needed, answers = {*repeated}, dict[Any, Any]()
    chunk: list[Row] = []
    for row in records.rows(job.id):
        if row.place in needed:
            answers[row.place] = row.answer
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield _result_frame(job, chunk, answers)
            chunk = []
    if chunk or not needed:
        yield _result_frame(job, chunk, answers)


def _result_frame(job: Job, chunk: Sequence[Row], answers: Mapping[Any, Any]) -> pd.DataFrame:
    people = frames.people(
        (row.answer or answers.get(row.input.get("same_as")) or {}) for row in chunk
    )
    left_out = {
        column
        for point, columns in frames.OF_POINT.items()
        if point not in job.settings.data_points
        for column in columns
    }
    people = people.drop(columns=[name for name in people if name in left_out])
    people.insert(0, "status", [STATES.get(row.state, row.state) for row in chunk])
    people.insert(1, "note", [row.problem for row in chunk])
    if job.settings.list_id or job.settings.list_name:
        people["list"] = [row.listed for row in chunk]
    people.columns = [f"leadiq_{name}" for name in people]
    own = pd.DataFrame([row.cells for row in chunk], columns=[*job.settings.columns], dtype=object)
    return pd.concat([own, people], axis=1)


def result_csv(records: JobRecords, job: Job) -> Iterator[bytes]:
    """The results as CSV, in pieces. The file's own cells stay exactly as they were."""
    for place, frame in enumerate(result_frames(records, job)):
        yield frames.csv_bytes(frame, own=len(job.settings.columns), header=place == 0)


if __name__ == "__main__":
    from dashboard.jobs_command import main

    sys.exit(main())
