"""Whether the person that came back is the one whom a row names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat

import pandas as pd

from dashboard.identity.domain import is_mail_provider, registered
from dashboard.identity.linkedin import is_member_token, read_linkedin
from dashboard.identity.names import Name, are_comparable, names_agree, read_name
from dashboard.identity.person import Person, profile_identity, read_person
from dashboard.identity.phone import read_phone
from dashboard.identity.words import fold
from dashboard.jobs.model import CHECK, EXACT, Job, Row
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at, text_at
from dashboard.tables.contacts import asked_by, is_company
from dashboard.tables.fields import values_of
from leadiq_api.quality import Quality

IDENTIFYING_FIELDS = ("id", "linkedinUrl", "email", "hashedEmail")  # each of which is one person's
PHONE_DIGITS = 7  # at the end of a number that two spellings of it share
MIN_NAME_LETTERS = 3  # of a single name that an address has

NAMELESS = "no name on the record"
NOTHING_CONFIRMS = "nothing else in the row confirms the person"

_NO_LETTERS = re.compile(r"[\W\d_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa"})


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
    return f"{CHECK}{', '.join(reasons)}" if reasons else EXACT


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
    is_by_name = input.keys().isdisjoint(IDENTIFYING_FIELDS)
    if not names_agree(asked.name, found):
        yield f"another name, {found.full}"
    elif asked.name.full and not found.full:
        yield NAMELESS
    elif is_by_name and asked.name.full and not are_comparable(asked.name, found):
        yield f"a name in other letters, {found.full}"
    companies = [row.get("companyInfo") or {} for row in rows_at(answer, "currentPositions")]
    if companies and not any(_is_at(asked, company) for company in companies):
        yield f"another company, {text_at(companies[0], 'name') or 'not named'}"
    elif not companies and is_by_name and asked.company.as_input:
        yield "no current company on the record"
    yield from _doubts_of_identifier(asked, input, answer, found)
    total = number_at(answer, "totalResults") or 0
    if total > 1 and is_by_name:
        yield f"{total:,.0f} people match"
    confidence = number_at(answer, "confidence")
    if confidence is not None and confidence < min_confidence:
        yield f"confidence {confidence:.0f}%"


def _is_at(asked: Person, company: Json) -> bool:
    """Whether a company is the one that the row names, as far as it names one."""
    return not asked.company.as_input or is_company(company, asked.company)


# What was requested ------------------------------------------------------------------------------


def _doubts_of_identifier(asked: Person, input: Json, answer: Json, found: Name) -> Iterator[str]:
    """Yields what is wrong with the address, profile or number by which somebody was found."""
    # Profiles are renamed, and ids are merged: a name that agrees says more.
    is_named = _name_tells(asked, found)
    if "email" in input:
        yield from _doubts_of_address(asked, str(input["email"]).lower(), answer, found)
    elif "hashedEmail" in input:
        hashes = {sha256(one.encode()).hexdigest() for one in _addresses(answer)}
        is_known = input["hashedEmail"] in hashes if hashes else None
        yield from _doubts_of_contact("address", is_known, is_named=is_named)
    elif "phone" in input:
        numbers = _numbers(answer)
        is_own = (_same_number(str(input["phone"]), number) for number in numbers)
        yield from _doubts_of_contact("number", any(is_own) if numbers else None, is_named=is_named)
    elif is_named:
        return
    elif "linkedinUrl" in input:
        yield from _doubts_of_profile(asked, str(input["linkedinUrl"]), answer, found)
    elif "id" in input and text_at(answer, "id") not in (None, input["id"]):
        yield "another LeadIQ id"


def _doubts_of_contact(what: str, is_known: bool | None, *, is_named: bool) -> Iterator[str]:
    """Yields why an address or number tells nothing; None: the record has none of its kind."""
    if is_known is False:
        yield f"the {what} is not on the record"
    elif is_known is None and not is_named:
        yield NOTHING_CONFIRMS


def _name_tells(asked: Person, found: Name) -> bool:
    """Whether the row has a whole name, in the letters of the one that was found."""
    is_whole = bool(asked.name.full) and not asked.name.problem
    return is_whole and are_comparable(asked.name, found)


def _doubts_of_profile(asked: Person, profile: str, answer: Json, found: Name) -> Iterator[str]:
    """Yields why a profile is not that of the person found, whom no name confirms."""
    own = read_linkedin(profile).url
    other = read_linkedin(text_at(answer, "linkedin.linkedinUrl") or "").url
    if other and not any(map(is_member_token, (own, other))):
        if profile_identity(own) != profile_identity(other):
            yield "another LinkedIn profile"
    elif own != other and not asked.company.as_input:
        name = own.rpartition("/")[2]
        if is_member_token(own) or not fits_name(name, found):
            yield NOTHING_CONFIRMS


def _doubts_of_address(asked: Person, address: str, answer: Json, found: Name) -> Iterator[str]:
    """Yields why an address is not that of the person found.

    If the record has addresses of its kind, it has to be among them. Otherwise, as when none was
    bought and the row has no name, it has to fit the person's name and company.
    """
    is_personal = is_mail_provider(address)
    own = set(map(_without_tag, _addresses(answer)))
    if _without_tag(address) in own:
        return
    if any(is_mail_provider(one) == is_personal for one in own):
        yield f"{address} is not on the record"
        return
    if _name_tells(asked, found):
        return
    local, _, domain = address.rpartition("@")
    if not found.full:
        if not asked.name.full:
            yield NAMELESS
    elif not fits_name(local, found):
        yield f"{address} does not fit the name {found.full}"
    domains = (text_at(one, "companyInfo.domain") for one in rows_at(answer, "currentPositions"))
    sites = {registered(site.lower()) for site in domains if site}
    if sites and not is_personal and registered(domain) not in sites:
        yield f"{address} is at none of the person's companies"


def fits_name(local: str, name: Name) -> bool:
    """Whether the part of an address before the @ can be made of a name: jane.doe42, jdoe, jd."""
    spellings = {fold(name.full), fold(name.full.lower().translate(_UMLAUTS))}
    return any(_fits_words(local, spelling.split()) for spelling in spellings)


def _fits_words(local: str, own: list[str]) -> bool:
    """Whether an address is made of these words of a name, and of nothing else."""
    if not own or not all(word.isascii() for word in own):
        return True  # the two cannot be compared
    words = [word for word in _NO_LETTERS.split(fold(local)) if word]
    letters = "".join(words)
    if letters == "".join(word[0] for word in own):
        return True
    is_said = any(len(word) >= MIN_NAME_LETTERS for word in words)
    if is_said and names_agree(Name(full=" ".join(words)), Name(full=" ".join(own))):
        return True
    parts = [word for word in own if len(word) > 1 and word in letters]
    return len(parts) > 1 or any(_fits_rest(letters, part, own) for part in parts)


def _fits_rest(letters: str, part: str, own: list[str]) -> bool:
    """Whether what an address has beside one word of a name begins, or abbreviates, another."""
    rest = letters.replace(part, "", 1)
    if not rest:
        return len(part) >= MIN_NAME_LETTERS
    others = [word for word in own if word != part]
    return any(
        word.startswith(rest) or names_agree(Name(full=rest), Name(full=word)) for word in others
    )


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


def _same_number(one: str, other: str) -> bool:
    """Whether two numbers are of one line, as far as their countries are known."""
    numbers = [read_phone(text) for text in (one, other)]
    if all(read.is_international for read in numbers):
        return numbers[0].number == numbers[1].number
    first, second = (re.sub(r"\D", "", text)[-PHONE_DIGITS:] for text in (one, other))
    return first == second


def _without_tag(address: str) -> str:
    """Returns an address without what its owner has added: jane@acme.com of jane+news@acme.com."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
