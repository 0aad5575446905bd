"""Whether the person that came back is the one whom a row names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat

import pandas as pd

from dashboard.identity.domain import is_mail_provider, registered
from dashboard.identity.linkedin import is_member_token, read_linkedin
from dashboard.identity.names import Name, names_agree, read_name
from dashboard.identity.person import Person, profile_identity, read_person
from dashboard.identity.words import fold
from dashboard.jobs.model import Job, Row
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at, text_at
from dashboard.tables.contacts import asked_by, is_company
from dashboard.tables.fields import values_of
from leadiq_api.quality import Quality

EXACT = "exact"
IDENTIFIERS = ("id", "linkedinUrl", "email", "hashedEmail")  # each of which is one person's
PHONE_DIGITS = 7  # at the end of a number that two spellings of it share
MIN_NAME_LETTERS = 3  # of a single name that an address has

_NO_LETTERS = re.compile(r"[\W\d_]+")


def asked_for(job: Job, row: Row) -> Person:
    """Returns whom a row of a job names."""
    return read_person(values_of(row.cells, job.settings.fields))


def match_of(asked: Person, input: Json, answer: Json, min_confidence: int = 0) -> str:
    """Returns ``exact``, or ``check: …`` with the reasons for doubt.

    Args:
        asked: Whom the row names.
        input: The ``SearchPeopleInput`` that found somebody.
        answer: The person found, with ``totalResults`` if the input fits several.
        min_confidence: The confidence in percent below which a match is doubtful.
    """
    reasons = list(_doubts(asked, input, answer, min_confidence))
    return f"check: {', '.join(reasons)}" if reasons else EXACT


def people_found(input: Json, answer: Json) -> pd.DataFrame:
    """Returns the people whom one input found: ``frames.people`` with a column ``match``."""
    results, asked = frames.distinct(rows_at(answer, "results")), asked_by(input)
    people = frames.people(results, repeat(asked))
    total = {"totalResults": number_at(answer, "totalResults")}
    matches = [match_of(asked, input, {**person, **total}) for person in results]
    people.insert(people.columns.get_loc("name") + 1, "match", matches)
    return people


def match_of_row(job: Job, row: Row, answer: Json) -> str:
    """Returns how sure it is that an answer is a row's person; empty without an answer.

    ``answer`` is another row's if this one is a duplicate.
    """
    if row.match or not answer:
        return row.match
    accepted = Quality.from_text(job.settings.quality).min_confidence
    threshold = max(job.settings.check_below, accepted)
    return match_of(asked_for(job, row), row.input, answer, threshold)


def _doubts(asked: Person, input: Json, answer: Json, min_confidence: int) -> Iterator[str]:
    found = read_name(text_at(answer, "name.fullName") or "")
    if not names_agree(asked.name, found):
        yield f"another name, {found.full}"
    companies = [row.get("companyInfo") or {} for row in rows_at(answer, "currentPositions")]
    if companies and not any(_is_at(asked, company) for company in companies):
        yield f"another company, {text_at(companies[0], 'name') or 'not named'}"
    yield from _doubts_of_identifier(asked, input, answer, found)
    total = number_at(answer, "totalResults") or 0
    if total > 1 and input.keys().isdisjoint(IDENTIFIERS):
        yield f"{total:,.0f} people match"
    confidence = number_at(answer, "confidence")
    if confidence is not None and confidence < min_confidence:
        yield f"confidence {confidence:.0f}%"


def _is_at(asked: Person, company: Json) -> bool:
    """Whether a company is the one that the row names, as far as it names one."""
    return not asked.company.as_input or is_company(company, asked.company)


# What was asked for ------------------------------------------------------------------------------


def _doubts_of_identifier(asked: Person, input: Json, answer: Json, found: Name) -> Iterator[str]:
    """Yields what is wrong with the address, profile or number by which somebody was found."""
    if "email" in input:
        yield from _doubts_of_address(asked, str(input["email"]).lower(), answer, found)
    elif "linkedinUrl" in input:
        profiles = (input["linkedinUrl"], text_at(answer, "linkedin.linkedinUrl") or "")
        own, other = (read_linkedin(str(profile)).url for profile in profiles)
        is_comparable = other and not any(map(is_member_token, (own, other)))
        is_other = is_comparable and profile_identity(own) != profile_identity(other)
        if is_other and not asked.name.full:  # profiles are renamed: a name that agrees says more
            yield "another LinkedIn profile"
    elif "hashedEmail" in input:
        hashes = {sha256(one.encode()).hexdigest() for one in _addresses(answer)}
        if hashes and input["hashedEmail"] not in hashes:
            yield "the address is not on the record"
        elif not hashes and not asked.name.full:
            yield "nothing else in the row confirms the person"
    elif "phone" in input:
        numbers = {_last_digits(one) for one in _numbers(answer)}
        if numbers and _last_digits(str(input["phone"])) not in numbers:
            yield "the number is not on the record"
        elif not numbers and not asked.name.full:
            yield "nothing else in the row confirms the person"


def _doubts_of_address(asked: Person, address: str, answer: Json, found: Name) -> Iterator[str]:
    """Yields why an address is not that of the person found.

    If the record has addresses of its kind, it has to be among them. Otherwise, as when none was
    bought and the row has no name, it has to fit the person's name and company.
    """
    is_personal = is_mail_provider(address)
    own = _addresses(answer)
    if address in own:
        return
    if any(is_mail_provider(one) == is_personal for one in own):
        yield f"{address} is not on the record"
        return
    if asked.name.full:
        return
    local, _, domain = address.rpartition("@")
    if not fits_name(local, found):
        yield f"{address} does not fit the name {found.full}"
    domains = (text_at(one, "companyInfo.domain") for one in rows_at(answer, "currentPositions"))
    sites = {registered(site.lower()) for site in domains if site}
    if sites and not is_personal and registered(domain) not in sites:
        yield f"{address} is at none of the person's companies"


def fits_name(local: str, name: Name) -> bool:
    """Whether the part of an address before the @ can be made of a name: jane.doe42, jdoe, jd."""
    own = fold(name.full).split()
    if not own or not all(word.isascii() for word in own):
        return True  # the two cannot be compared
    words = [word for word in _NO_LETTERS.split(fold(local)) if len(word) >= MIN_NAME_LETTERS]
    letters = _NO_LETTERS.sub("", fold(local))
    parts = [word for word in own if len(word) > 1 and word in letters]
    if len(parts) > 1:
        return True
    is_one = any(len(part) >= MIN_NAME_LETTERS for part in parts)
    return len(words) <= 1 and (is_one or letters == "".join(word[0] for word in own))


def _addresses(answer: Json) -> set[str]:
    """Returns all addresses of a record, in lower case, whatever their status."""
    positions = [*rows_at(answer, "currentPositions"), *rows_at(answer, "pastPositions")]
    rows = [row for position in positions for row in rows_at(position, "emails")]
    values = (text_at(row, "value") for row in (*rows, *rows_at(answer, "personalEmails")))
    return {value.lower() for value in values if value}


def _numbers(answer: Json) -> list[str]:
    rows = [row for one in rows_at(answer, "currentPositions") for row in rows_at(one, "phones")]
    values = (text_at(row, "value") for row in (*rows, *rows_at(answer, "personalPhones")))
    return [value for value in values if value]


def _last_digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-PHONE_DIGITS:]
