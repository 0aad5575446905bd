"""The review of matches that may be another person: who was requested, who was returned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dashboard.jobs.match import asked_for, match_of_row
from dashboard.jobs.model import CHECK, Job, Row
from dashboard.jobs.records import JobRecords
from dashboard.search.inputs import without_empty
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.tables.contacts import positions_of


class Doubt(NamedTuple):
    """A match to be checked: the row, by its index, both people in words, and the reasons."""

    row: int
    requested: str
    returned: str
    reasons: str


def doubts(records: JobRecords, job: Job) -> Iterator[Doubt]:
    """Yields the matches that the user has not decided on, in the file's order."""
    return (doubt_of(job, row) for row in records.rows_to_check(job.id))


def doubt_of(job: Job, row: Row) -> Doubt:
    """Returns what there is to compare in a row that found somebody."""
    asked, answer = asked_for(job, row), row.answer or {}
    own = (asked.company.name or asked.company.domain, *asked.emails, *asked.profiles, asked.phone)
    position = next(iter(positions_of(answer, asked)), {})
    found = (
        text_at(position, "title"),
        text_at(position, "companyInfo.name"),
        *(text_at(email, "value") for email in rows_at(position, "emails")),
        text_at(answer, "linkedin.linkedinUrl"),
    )
    return Doubt(
        row.index,
        _joined(asked.name.full, asked.id, *own),
        _joined(text_at(answer, "name.fullName"), *found),
        match_of_row(job, row, answer).removeprefix(CHECK),
    )


def wrong_address(row: Row) -> Json:
    """Returns the ``ApiPersonFeedback`` that the address a row was found by is another person's."""
    answer = row.answer or {}
    return without_empty(
        {
            "personId": text_at(answer, "id"),
            "name": text_at(answer, "name.fullName"),
            "linkedinUrl": text_at(answer, "linkedin.linkedinUrl"),
            "value": row.input["email"],
            "status": "Invalid",
            "invalidReason": "WrongPerson",
            "type": "WorkEmail",
        }
    )


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
