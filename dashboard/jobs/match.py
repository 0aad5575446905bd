"""Whether the person that came back is the one whom a row names. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import pandas as pd

from dashboard.identity.names import names_agree, read_name
from dashboard.identity.person import Person, read_person
from dashboard.jobs.model import Job, Row
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at, text_at
from dashboard.tables.contacts import asked_by, is_company
from dashboard.tables.fields import values_of

EXACT = "exact"
IDENTIFIERS = ("id", "linkedinUrl", "email", "hashedEmail")  # each of which is one person's


def asked_for(job: Job, row: Row) -> Person:
    """Returns whom a row of a job names."""
    return read_person(values_of(row.cells, job.settings.fields))


def people_found(input: Json, answer: Json) -> pd.DataFrame:
    """Returns the people whom one input found: ``frames.people`` with a column ``match``."""
    results, asked = rows_at(answer, "results"), asked_by(input)
    people = frames.people(results, repeat(asked))
    total = {"totalResults": number_at(answer, "totalResults")}
    matches = [match_of(asked, input, {**person, **total}) for person in results]
    people.insert(people.columns.get_loc("name") + 1, "match", matches)
    return people


def match_of(asked: Person, input: Json, answer: Json) -> str:
    """Returns ``exact``, or ``check: …`` with the reasons for doubt.

    Args:
        asked: Whom the row names.
        input: The ``SearchPeopleInput`` that found somebody.
        answer: The person found, with ``totalResults`` if the input fits several.
    """
    reasons = list(_doubts(asked, input, answer))
    return f"check: {', '.join(reasons)}" if reasons else EXACT


def _doubts(asked: Person, input: Json, answer: Json) -> Iterator[str]:
    found = read_name(text_at(answer, "name.fullName") or "")
    if not names_agree(asked.name, found):
        yield f"another name, {found.full}"
    companies = [row.get("companyInfo") or {} for row in rows_at(answer, "currentPositions")]
    names_company = asked.company.name or asked.company.domain
    if names_company and companies and not any(is_company(row, asked.company) for row in companies):
        yield f"another company, {text_at(companies[0], 'name') or 'not named'}"
    total = number_at(answer, "totalResults") or 0
    if total > 1 and input.keys().isdisjoint(IDENTIFIERS):
        yield f"{total:,.0f} people match"
