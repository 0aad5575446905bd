"""Makes ``ProspectInput`` bodies of the rows of a file. Pure.

A prospect has what the file says, as it is written; only what Prospector would refuse is left out;
each such value is reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dashboard.identity.company import read_company
from dashboard.identity.email import first_address, is_hidden, read_emails
from dashboard.identity.person import Person, read_person
from dashboard.identity.phone import in_full, is_damaged, read_phone
from dashboard.identity.words import fold, is_placeholder
from dashboard.lists.inputs import LOCATION_FIELDS, prospect_input
from dashboard.search.inputs import Input
from dashboard.tables.fields import cells_of
from dashboard.tables.spreadsheet import Table

# Between the numbers of one cell; a slash or a comma alone can be within one.
_SEPARATOR = re.compile(r"[;|\r\n]|:::|[,/](?=\s*\+)")

VALUES = Path(__file__).with_name("values.toml")

# Fields of ``ProspectInput`` whose text is that of a field of the file.
TEXT_FIELDS: Mapping[str, str] = {
    "title": "title",
    "function": "function",
    "companyIndustry": "company.industry",
    "companyId": "company.id",
    "notes": "notes",
}
# Fields of ``ProspectInput`` that have a few values only.
VALUE_FIELDS = ("emailStatus", "seniority")


class RowProblem(NamedTuple):
    """What is wrong with a row: its number in the spreadsheet, and why."""

    row_number: int
    problem: str


class ProspectRows(NamedTuple):
    """The prospects of a file: their bodies, the rows that are none, and what was left out."""

    inputs: list[Input]
    rejected: list[RowProblem]
    left_out: list[RowProblem]


Values = Mapping[str, Sequence[str]]


def prospect_rows(table: Table, columns: Mapping[str, Sequence[int]]) -> ProspectRows:
    """Returns the prospects of a file, whose ``columns`` are by field."""
    inputs, rejected, left_out = [], [], []
    for index, line in enumerate(table.lines):
        values = cells_of(table, index, columns)
        person = read_person(values)
        body, problem = prospect_input(_entered(values, person))
        if problem is not None:
            rejected.append(RowProblem(line, person.name.problem or problem))
            continue
        location = _location(values)
        inputs.append({**body, "location": location} if location else body)
        left_out += [RowProblem(line, told) for told in _left_out(values, person)]
    return ProspectRows(inputs, rejected, left_out)


def _entered(values: Values, person: Person) -> dict[str, str]:
    first, last = _names(values, person)
    email = _email(values)
    entered = {
        "firstName": first,
        "lastName": last,
        "workEmail": email,
        "company": _company(values),
        "companyDomain": person.company.domain,
        "phone": _phone(values),
        "linkedinUrl": next(iter(person.profiles), ""),
        "personId": person.id,
    }
    entered |= {name: _text(values, field) for name, field in TEXT_FIELDS.items()}
    entered |= {name: _known_value(name, _text(values, name)) for name in VALUE_FIELDS}
    if not email:
        entered["emailStatus"] = ""
    return entered


def _names(values: Values, person: Person) -> tuple[str, str]:
    """Returns first and last name: as they are in columns of their own, else of the whole name.

    One of the columns can have all of it: "Jane Doe", "Doe".
    """
    first, last = _text(values, "firstName"), _text(values, "lastName")
    is_whole = fold(person.name.full) in (fold(first), fold(last)) and person.name.last
    if first and last and not is_whole:
        return first, " ".join(filter(None, (_text(values, "lastNamePrefix"), last)))
    return person.name.first, person.name.last


def _text(values: Values, field: str) -> str:
    return next((text for text in values.get(field, ()) if not is_placeholder(text)), "")


def _email(values: Values) -> str:
    """Returns the first address, those at work first; never one of a column of private ones."""
    found = [read_emails(text) for text in values.get("email", ())]
    work = [address for emails in found for address in emails.work]
    personal = [address for emails in found for address in emails.personal]
    # What is no address at all stays, so that the row is rejected and can be corrected.
    mistaken = [text for text in values.get("email", ()) if _is_mistaken(text)]
    return next(iter((*work, *personal, *mistaken)), "")


def _is_mistaken(text: str) -> bool:
    return not is_placeholder(text) and not first_address(text) and not is_hidden(text)


def _company(values: Values) -> str:
    """Returns the company as it is written, unless it is a record's number or an address."""
    return next((text for text in values.get("company.name", ()) if read_company(text).name), "")


def _phone(values: Values) -> str:
    """Returns the first phone number as it is written, without what a spreadsheet added."""
    return next(iter(_phones(values)), "")


def _phones(values: Values) -> list[str]:
    """Returns the numbers of a row, of which a cell can have several, each once."""
    cells = (text for text in values.get("phone", ()) if not is_placeholder(text))
    numbers = [in_full(text.strip()) for cell in cells for text in _SEPARATOR.split(cell)]
    usable = [text for text in numbers if text and not is_damaged(text)]
    by_number: dict[str, str] = {}
    for text in usable:
        by_number.setdefault(read_phone(text).number or text, text)
    return [*by_number.values()]


def _location(values: Values) -> dict[str, str]:
    texts = {name: _text(values, f"location.{name}") for name in LOCATION_FIELDS}
    return {name: text for name, text in texts.items() if text}


@cache
def _known_values() -> Mapping[str, Mapping[str, str]]:
    lists = tomllib.loads(VALUES.read_text(encoding="utf-8"))
    return {
        field: {fold(word): value for value, words in values.items() for word in words}
        for field, values in lists.items()
    }


def _known_value(field: str, text: str) -> str:
    return _known_values()[field].get(fold(text), "")


def _left_out(values: Values, person: Person) -> list[str]:
    """Returns what a row says and its prospect does not have."""
    emails = [read_emails(text) for text in values.get("email", ())]
    problems = [problem for read in emails for problem in read.problems]
    if values.get("linkedinUrl") and not person.profiles:
        problems += person.problems[:1]
    problems += [read_phone(text).problem for text in values.get("phone", ()) if is_damaged(text)]
    own = _email(values)
    others = (one for read in emails for one in (*read.work, *read.personal) if one != own)
    problems += [f"“{one}” is a further email: a prospect has one." for one in others]
    further = (text for text in _phones(values)[1:] if read_phone(text).number)
    problems += [f"“{text}” is a further phone number: a prospect has one." for text in further]
    return list(dict.fromkeys(problems))
