"""Whom the rows of a table are about: its columns, each row's input, repetitions. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dashboard.forms import domain_of
from dashboard.job_records import INVALID, PERSON, REPEATED, WAITING, Row
from dashboard.spreadsheet_in import EMAIL, LINKEDIN, Table, normal

PROBED_ROWS = 50  # that tell what a column without a known name holds

# How a person can be named in a file: field of ``SearchPeopleInput`` -> the names of its column.
PERSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "linkedinUrl": ("linkedin url", "linkedin", "linkedin profile", "linkedin profile url",
                    "person linkedin url", "contact linkedin url", "profile url", "linkedinurl"),
    "email": ("email", "work email", "email address", "e mail", "business email", "workemail",
              "contact email", "mail", "e mail address"),
    "firstName": ("first name", "firstname", "given name", "first", "vorname", "prénom"),
    "lastName": ("last name", "lastname", "surname", "family name", "last", "nachname", "nom"),
    "fullName": ("full name", "name", "fullname", "contact name", "person", "contact"),
    "company.name": ("company", "company name", "organization", "organisation", "account name",
                     "account", "employer", "companyname", "firma"),
    "company.domain": ("domain", "company domain", "website", "company website", "web site", "url",
                       "companydomain", "web"),
    "id": ("leadiq id", "person id", "personid", "leadiq person id"),
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


def guess_columns(table: Table) -> dict[str, int]:
    """Which column holds which of ``PERSON_COLUMNS``: by its name, or else by what is in it."""
    names = [normal(name) for name in table.columns]
    found: dict[str, int] = {}
    for field, known in PERSON_COLUMNS.items():
        for alias in known:
            if alias in names and names.index(alias) not in found.values():
                found[field] = names.index(alias)
                break
    looks = {"linkedinUrl": LINKEDIN.search, "email": EMAIL.fullmatch,
             "id": re.compile(r"PersonID-\S+").fullmatch}  # fmt: skip
    for field, looks_so in looks.items():
        for place in range(len(names)):
            if field in found or place in found.values():
                continue
            cells = [row[place].strip() for row in table.rows[:PROBED_ROWS] if row[place].strip()]
            if cells and sum(bool(looks_so(cell)) for cell in cells) * 2 > len(cells):
                found[field] = place
    return found


def person_of_row(values: Mapping[str, str]) -> tuple[dict[str, Any], str, str]:
    """``SearchPeopleInput``, what is compared to find duplicates, and what is missing, of a row.

    ``values`` by the fields of ``PERSON_COLUMNS``. The surest of what is there is asked for: the
    id, LinkedIn, the email, or name and company.
    """
    given = {field: value.strip() for field, value in values.items() if value.strip()}
    person = given.get("id", "")
    if person.startswith("PersonID-"):
        return {"id": person}, f"id:{person}", ""
    linkedin = LINKEDIN.search(given.get("linkedinUrl", ""))
    if linkedin is not None:
        url = given["linkedinUrl"]
        url = url if url.lower().startswith(("http://", "https://")) else f"https://{url}"
        return {"linkedinUrl": url}, f"linkedin:{linkedin[1].lower()}", ""
    if EMAIL.fullmatch(given.get("email", "")):
        return {"email": given["email"]}, f"email:{given['email'].lower()}", ""
    both = "firstName" in given and "lastName" in given
    name = f"{given['firstName']} {given['lastName']}" if both else given.get("fullName", "")
    company = {
        "name": given.get("company.name", ""), "domain": domain_of(given.get("company.domain", "")),
    }  # fmt: skip
    company = {field: value for field, value in company.items() if value}
    if " " in name.strip() and company:
        named = (
            {"firstName": given["firstName"], "lastName": given["lastName"]}
            if both
            else {"fullName": name}
        )
        where = company.get("domain") or company["name"]
        return {**named, "company": company}, f"name:{name.lower()}|{where.lower()}", ""
    return {}, "", _missing(given, name, bool(company))


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


def rows_of(table: Table, columns: Mapping[str, int]) -> list[Row]:
    """A job's rows: each is sent, or repeats another one, or has what is missing as its problem.

    ``columns`` as ``guess_columns`` gives them.
    """
    first: dict[str, int] = {}
    found = []
    for place, cells in enumerate(table.rows):
        input, identity, problem = person_of_row({f: cells[at] for f, at in columns.items()})
        state = INVALID if problem else WAITING
        same = first.setdefault(identity, place) if identity else place
        if same != place:
            state, input = REPEATED, {"same_as": same}
            problem = f"The same person as in row {table.lines[same]:,}."
        found.append(Row(place, PERSON, state, identity, input, cells, problem=problem))
    return found
