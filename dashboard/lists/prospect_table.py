"""The prospects of a list as a table of people, to look them up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dashboard.tables.api_json import Json, text_at
from dashboard.tables.contacts import asked_by, with_position
from dashboard.tables.spreadsheet import Table

# The columns, in order: the field of ``PERSON_FIELDS``, its heading, and where a prospect has it.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("LeadIQ id", "personId"),
    "firstName": ("First name", "firstName"),
    "lastName": ("Last name", "lastName"),
    "company.name": ("Company", "company.name"),
    "company.domain": ("Company domain", "company.domain"),
    "linkedinUrl": ("LinkedIn URL", "linkedinUrl"),
    "email": ("Email", "workEmail"),
    "phone": ("Phone", "phone"),
}
COLUMNS_OF_FIELDS: dict[str, tuple[int, ...]] = {
    field: (index,) for index, field in enumerate(COLUMNS)
}


def table_of(prospects: Iterable[Json]) -> Table:
    """Returns a table with a row for each prospect, whose columns are ``COLUMNS_OF_FIELDS``."""
    rows = tuple(
        tuple(_cell(prospect, path) for _, path in COLUMNS.values()) for prospect in prospects
    )
    return Table(
        tuple(heading for heading, _ in COLUMNS.values()), rows, tuple(range(1, len(rows) + 1))
    )


def with_found_emails(prospects: Iterable[Json], found: Mapping[str, Json]) -> list[Json]:
    """Returns prospects, those without an email with the best work email of their person.

    ``found`` are people as LeadIQ returned them, by id.
    """
    return [
        prospect
        if text_at(prospect, "workEmail")
        else {**prospect, **_email(prospect, found.get(text_at(prospect, "personId") or "", {}))}
        for prospect in prospects
    ]


def _email(prospect: Json, person: Json) -> Json:
    """Returns the work email of a person in the position that the prospect has."""
    email = with_position(person, asked_by(prospect))["workEmail"]
    return {"workEmail": email["value"], "emailStatus": email.get("status")} if email else {}


def _cell(prospect: Json, path: str) -> str:
    if path != "phone":
        return text_at(prospect, path) or ""
    mobiles = prospect.get("mobilePhones")
    return next((text_at(one, "value") or "" for one in mobiles or ()), "")
