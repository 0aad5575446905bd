"""Who the rows of a file are about: its columns, each row's input, duplicates. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from dashboard.identity.domain import DOMAIN, parse_domain
from dashboard.identity.email import EMAIL_IN_CELL
from dashboard.identity.linkedin import PROFILE_URL
from dashboard.jobs.model import Row, RowKind, RowState
from dashboard.tables.api_json import Json
from dashboard.tables.spreadsheet import Table

PROBED_ROWS, PROBED_CELLS = 1_000, 50  # looked at to guess what a column holds

# How a file can identify a person: field of ``SearchPeopleInput`` -> the names of its column as
# ``_normalized_header`` returns them, the most reliable first, of other programs and languages.
PERSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "linkedinUrl": ("linkedinurl", "linkedin", "personlinkedinurl", "linkedinprofileurl",
                    "linkedinprofile", "contactlinkedinurl", "linkedinurlpublic",
                    "defaultprofileurl", "profileurl", "hslinkedinurl"),
    "email": ("workemail", "email", "emailaddress", "businessemail", "contactemail", "mail",
              "emailadresse", "adresseemail", "adressemail", "courriel", "correoelectrónico",
              "メールアドレス", "メール"),
    "firstName": ("firstname", "first", "givenname", "vorname", "prénom", "nombre", "名"),
    "lastName": ("lastname", "last", "surname", "familyname", "nachname", "familienname",
                 "nomdefamille", "apellido", "apellidos", "姓"),
    "fullName": ("fullname", "name", "contactname", "person", "contact", "nomcomplet",
                 "vollständigername", "nom", "氏名", "名前"),
    "company.name": ("company", "companyname", "organization", "organisation", "organizationname",
                     "accountname", "account", "employer", "currentcompany", "associatedcompany",
                     "primarycompany", "firma", "firmenname", "unternehmen", "société",
                     "entreprise", "empresa", "会社名", "会社", "企業名"),
    "company.domain": ("companydomain", "domain", "companydomainname", "companywebsite", "website",
                       "websiteurl", "corporatewebsite", "emaildomain", "url", "companyurl", "web",
                       "webseite", "siteweb"),
    "id": ("leadiqid", "personid", "leadiqpersonid"),
}  # fmt: skip
PERSON_LABELS: Mapping[str, str] = {
    "linkedinUrl": "LinkedIn URL",
    "email": "Email",
    "firstName": "First name",
    "lastName": "Last name",
    "fullName": "Full name",
    "company.name": "Company",
    "company.domain": "Company domain",
    "id": "LeadIQ id",
}

# What a column holds, by its cells instead of its name.
CELL_PATTERNS: Mapping[str, Callable[[str], object]] = {
    "id": re.compile(r"\s*PersonID-\S+\s*").fullmatch,
    "linkedinUrl": PROFILE_URL.search,
    "email": EMAIL_IN_CELL.match,
}


def guess_columns(table: Table) -> dict[str, int]:
    """Returns the index of the column that holds each of ``PERSON_COLUMNS``, if one does.

    Cells count for more than names: LinkedIn's own export calls a profile's address "URL".
    """
    names = [_normalized_header(name) for name in table.columns]
    by_name = {
        field: [names.index(alias) for alias in aliases if alias in names]
        for field, aliases in PERSON_COLUMNS.items()
    }
    columns: dict[str, int] = {}

    def first_free(candidates: Iterable[int]) -> int | None:
        return next((index for index in candidates if index not in columns.values()), None)

    for field, is_match in CELL_PATTERNS.items():
        candidates = [*by_name[field], *range(len(names))]
        index = first_free(i for i in candidates if _column_matches(table, i, is_match))
        if index is not None:
            columns[field] = index
    for field, candidates in by_name.items():
        index = first_free(candidates)
        if index is not None:
            columns.setdefault(field, index)
    name_header = names[columns["fullName"]] if "fullName" in columns else ""
    if name_header in ("name", "nom") and "firstName" in columns and "lastName" not in columns:
        # Beside Vorname or Prénom, Name or Nom is the last name.
        columns["lastName"] = columns.pop("fullName")
    return columns


def _normalized_header(name: str) -> str:
    """Returns the letters and digits of a column's name, by which it is compared."""
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _column_matches(table: Table, index: int, is_match: Callable[[str], object]) -> bool:
    """Whether most of the first non-empty cells of a column match."""
    cells = (row[index] for row in table.rows[:PROBED_ROWS] if row[index].strip())
    matches = [bool(is_match(cell)) for cell in islice(cells, PROBED_CELLS)]
    return sum(matches) * 2 > len(matches)


class PersonInput(NamedTuple):
    """How a row is sent: ``SearchPeopleInput``, what duplicates share, and what is missing.

    ``input`` and ``identity`` are empty if there is a ``problem``.
    """

    input: Json
    identity: str
    problem: str


def person_input(values: Mapping[str, str]) -> PersonInput:
    """Returns how a row is sent, whose ``values`` are by the fields of ``PERSON_COLUMNS``.

    The most reliable of what the row has is used: the LeadIQ id, the LinkedIn URL, the email, or
    the name with the company.
    """
    cells = {field: value.strip() for field, value in values.items() if value.strip()}
    identifiers = _identifiers(cells)
    if identifiers:
        field, value = next(iter(identifiers.items()))
        return PersonInput({field: value}, _identity(field, value), "")
    has_both_names = "firstName" in cells and "lastName" in cells
    name = (
        f"{cells['firstName']} {cells['lastName']}" if has_both_names else cells.get("fullName", "")
    )
    name = " ".join(name.split())
    company = _company(cells)
    if " " not in name or not company:
        return PersonInput({}, "", _problem(cells, name, has_company=bool(company)))
    names = (
        {"firstName": cells["firstName"], "lastName": cells["lastName"]}
        if has_both_names
        else {"fullName": name}
    )
    employer = company.get("domain") or company["name"]
    identity = f"name:{name.lower()}|{employer.lower()}"
    return PersonInput({**names, "company": company}, identity, "")


def _company(cells: Mapping[str, str]) -> dict[str, str]:
    """Returns the name and domain of a row's company, as far as there are any."""
    domain = parse_domain(cells.get("company.domain", ""))
    if not DOMAIN.fullmatch(domain) or domain.endswith("linkedin.com"):
        domain = ""  # "n/a", or the company's page on LinkedIn
    company = {"name": cells.get("company.name", ""), "domain": domain}
    return {field: value for field, value in company.items() if value}


def _identifiers(cells: Mapping[str, str]) -> dict[str, str]:
    """Returns what identifies one person by itself, the most reliable first, as LeadIQ takes it."""
    address = EMAIL_IN_CELL.match(cells.get("email", ""))
    identifiers = {
        "id": cells.get("id", "") if cells.get("id", "").startswith("PersonID-") else "",
        "linkedinUrl": _profile_url(cells.get("linkedinUrl", "")),
        "email": "" if address is None else address[1],
    }
    return {field: value for field, value in identifiers.items() if value}


def _profile_url(cell: str) -> str:
    """Returns a profile's plain address, without country, query and other copied text.

    The old form ``/pub/name/1/2b/3c`` has three numbers that distinguish people of one name.
    """
    match = PROFILE_URL.search(unquote(cell))
    if match is None:
        return ""
    kind, name, numbers = match["kind"].lower(), match["name"], match["numbers"] or ""
    return f"https://www.linkedin.com/{kind}/{name}{numbers}"


def _identity(field: str, value: str) -> str:
    """Returns what is compared to find duplicates."""
    profile = PROFILE_URL.search(value) if field == "linkedinUrl" else None
    if profile is not None:
        return f"linkedin:{profile['name']}{profile['numbers'] or ''}".lower()
    return f"{field}:{value if field == 'id' else value.lower()}"


def _problem(cells: Mapping[str, str], name: str, *, has_company: bool) -> str:
    """Returns why a row does not identify one person, and what to add."""
    if not cells:
        return "Nothing in this row names a person."
    if "email" in cells and not name:
        return f"“{cells['email']}” is no whole email address."
    if "linkedinUrl" in cells and not name:
        return "The LinkedIn address is not that of a person (linkedin.com/in/…)."
    if not name:
        return "A company or part of a name alone fits many people. Add a full name or an email."
    if " " not in name:
        return "Only one name. Add the last name, or an email or LinkedIn URL."
    return "" if has_company else "A name alone fits many people. Add the company or its domain."


class _People:
    """The people of the rows read so far, each under the index of their first row."""

    def __init__(self) -> None:
        self._index_of: dict[str, int] = {}  # by identity
        self._identities: defaultdict[int, set[str]] = defaultdict(set)  # by index
        self._fields: defaultdict[int, set[str]] = defaultdict(set)  # by index

    def find(self, identities: Mapping[str, str], identity: str) -> int | None:
        """Returns the index of the first row of the same person, or None.

        ``identities`` are those of the row by field, the most reliable first; ``identity`` is the
        one that it is sent by, which may be the name with the company.
        """
        for key in (*identities.values(), identity):
            index = self._index_of.get(key)
            if index is not None and self._is_same(index, identities):
                return index
        return None

    def _is_same(self, index: int, identities: Mapping[str, str]) -> bool:
        """Whether the most reliable field that both have is the same, if there is one."""
        common = next((field for field in identities if field in self._fields[index]), None)
        return common is None or identities[common] in self._identities[index]

    def add(self, index: int, identities: Mapping[str, str], identity: str) -> None:
        """Adds what a row says about the person whose first row is at ``index``."""
        self._fields[index] |= identities.keys()
        self._identities[index] |= {*identities.values()}
        for key in filter(None, (*identities.values(), identity)):
            self._index_of.setdefault(key, index)


def read_rows(table: Table, columns: Mapping[str, int]) -> list[Row]:
    """Returns a job's rows: to be sent, duplicates, or unidentified with their problem.

    ``columns`` are as ``guess_columns`` returns them. Two rows are the same person if the most
    reliable identifier that both have is the same. A duplicate refers to the first row.
    """
    people = _People()
    rows = []
    for index, cells in enumerate(table.rows):
        values = {field: cells[column].strip() for field, column in columns.items()}
        input, identity, problem = person_input(values)
        identities = {
            field: _identity(field, value) for field, value in _identifiers(values).items()
        }
        state = RowState.UNIDENTIFIED if problem else RowState.WAITING
        first = people.find(identities, identity)
        if first is not None:
            state, input = RowState.DUPLICATE, {"same_as": first}
            problem = f"The same person as in row {table.lines[first]:,}."
        people.add(index if first is None else first, identities, identity)
        rows.append(Row(index, RowKind.PERSON, state, identity, input, cells, problem=problem))
    return rows
