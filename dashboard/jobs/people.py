"""Whom the rows of a table are about: its columns, each row's input, repetitions. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote

from dashboard.identity.domain import DOMAIN, parse_domain
from dashboard.identity.email import EMAIL_IN_CELL
from dashboard.identity.linkedin import PROFILE_URL
from dashboard.jobs.model import DUPLICATE, PERSON, UNIDENTIFIED, WAITING, Row
from dashboard.tables.spreadsheet import Table

PROBED_ROWS, PROBED_CELLS = 1_000, 50  # that tell what a column holds

# How a person can be named in a file: field of ``SearchPeopleInput`` -> the names of its column,
# the surest first, as ``_bare`` has them. Programs that export people, and people's languages.
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

# What in a cell, rather than above it, tells what a column holds.
CELL_PATTERNS: Mapping[str, Callable[[str], object]] = {
    "id": re.compile(r"\s*PersonID-\S+\s*").fullmatch,
    "linkedinUrl": PROFILE_URL.search,
    "email": EMAIL_IN_CELL.match,
}


def guess_columns(table: Table) -> dict[str, int]:
    """Which column holds which of ``PERSON_COLUMNS``: by its name and by what is in it.

    A name says less than the cells: LinkedIn's own export calls a profile's address "URL".
    """
    names = [_normalized_header(name) for name in table.columns]
    named = {
        field: [names.index(alias) for alias in known if alias in names]
        for field, known in PERSON_COLUMNS.items()
    }
    found: dict[str, int] = {}
    for field, looks_so in CELL_PATTERNS.items():
        places = [*named[field], *range(len(names))]
        free = (at for at in places if at not in found.values())
        place = next((at for at in free if _column_matches(table, at, looks_so)), None)
        if place is not None:
            found[field] = place
    for field, places in named.items():
        place = next((at for at in places if at not in found.values()), None)
        if place is not None:
            found.setdefault(field, place)
    named_so = names[found["fullName"]] if "fullName" in found else ""
    if named_so in ("name", "nom") and "firstName" in found and "lastName" not in found:
        found["lastName"] = found.pop("fullName")  # as beside Vorname, and beside Prénom
    return found


def _normalized_header(name: str) -> str:
    """A column's name as it is compared: its letters and digits alone."""
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in letters if sign.isalnum())


def _column_matches(table: Table, place: int, looks_so: Callable[[str], object]) -> bool:
    """Whether most of the cells that a column has look like that."""
    cells = (row[place] for row in table.rows[:PROBED_ROWS] if row[place].strip())
    probed = [bool(looks_so(cell)) for cell in islice(cells, PROBED_CELLS)]
    return sum(probed) * 2 > len(probed)


def person_input(values: Mapping[str, str]) -> tuple[dict[str, Any], str, str]:
    """``SearchPeopleInput``, what is compared to find duplicates, and what is missing, of a row.

    ``values`` by the fields of ``PERSON_COLUMNS``. The surest of what is there is asked for: the
    id, LinkedIn, the email, or name and company.
    """
    given = {field: value.strip() for field, value in values.items() if value.strip()}
    sure = _identifiers(given)
    if sure:
        field, value = next(iter(sure.items()))
        return {field: value}, _identity(field, value), ""
    both = "firstName" in given and "lastName" in given
    name = f"{given['firstName']} {given['lastName']}" if both else given.get("fullName", "")
    name = " ".join(name.split())
    domain = parse_domain(given.get("company.domain", ""))
    if not DOMAIN.fullmatch(domain) or domain.endswith("linkedin.com"):
        domain = ""  # "n/a", and the page of the company on LinkedIn
    company = {"name": given.get("company.name", ""), "domain": domain}
    company = {field: value for field, value in company.items() if value}
    if " " in name and company:
        named = (
            {"firstName": given["firstName"], "lastName": given["lastName"]}
            if both
            else {"fullName": name}
        )
        where = company.get("domain") or company["name"]
        return {**named, "company": company}, f"name:{name.lower()}|{where.lower()}", ""
    return {}, "", _missing(given, name, bool(company))


def _identifiers(given: Mapping[str, str]) -> dict[str, str]:
    """What names one person alone, the surest first, as LeadIQ is asked for it."""
    address = EMAIL_IN_CELL.match(given.get("email", ""))
    found = {
        "id": given.get("id", "") if given.get("id", "").startswith("PersonID-") else "",
        "linkedinUrl": _profile(given.get("linkedinUrl", "")),
        "email": "" if address is None else address[1],
    }
    return {field: value for field, value in found.items() if value}


def _profile(cell: str) -> str:
    """A profile's plain address, without country, query and what else was copied with it.

    The old form ``/pub/name/1/2b/3c`` has three numbers that tell people of one name apart.
    """
    found = PROFILE_URL.search(unquote(cell))
    if found is None:
        return ""
    return (
        f"https://www.linkedin.com/{found['kind'].lower()}/{found['name']}{found['numbers'] or ''}"
    )


def _identity(field: str, value: str) -> str:
    """What is compared to find duplicates."""
    profile = PROFILE_URL.search(value) if field == "linkedinUrl" else None
    if profile is not None:
        return f"linkedin:{profile['name']}{profile['numbers'] or ''}".lower()
    return f"{field}:{value if field == 'id' else value.lower()}"


def _missing(given: Mapping[str, str], name: str, company: bool) -> str:
    if not given:
        return "Nothing in this row names a person."
    if "email" in given and not name:
        return f"“{given['email']}” is no whole email address."
    if "linkedinUrl" in given and not name:
        return "The LinkedIn address is not that of a person (linkedin.com/in/…)."
    if not name:
        return "A company or part of a name alone fits many people. Add a full name or an email."
    if " " not in name.strip():
        return "Only one name. Add the last name, or an email or LinkedIn URL."
    return "" if company else "A name alone fits many people. Add the company or its domain."


def read_rows(table: Table, columns: Mapping[str, int]) -> list[Row]:
    """A job's rows: each is sent, or repeats another one, or has what is missing as its problem.

    ``columns`` as ``guess_columns`` gives them. Rows are the same person where the surest of what
    both have is the same.
    """
    first: dict[str, int] = {}
    known: set[tuple[int, str]] = set()  # what is compared, and by which fields, of each first row
    found = []
    for place, cells in enumerate(table.rows):
        values = {field: cells[at].strip() for field, at in columns.items()}
        input, identity, problem = person_input(values)
        sure = {field: _identity(field, value) for field, value in _identifiers(values).items()}
        state, same = UNIDENTIFIED if problem else WAITING, place
        for at in (first[one] for one in (*sure.values(), identity) if one in first):
            both = next((field for field in sure if (at, field) in known), None)
            if both is None or (at, sure[both]) in known:
                state, input, same = DUPLICATE, {"same_as": at}, at
                problem = f"The same person as in row {table.lines[at]:,}."
                break
        for pair in sure.items():
            known |= {(same, one) for one in pair}
        for one in filter(None, (*sure.values(), identity)):
            first.setdefault(one, same)
        found.append(Row(place, PERSON, state, identity, input, cells, problem=problem))
    return found
