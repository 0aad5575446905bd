"""The prospects of a list as a table of people, to look them up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dashboard.tables.api_json import Json, emails_of, text_at
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
        else {**prospect, **_email(found.get(text_at(prospect, "personId") or ""))}
        for prospect in prospects
    ]


def _email(person: Json | None) -> Json:
    emails = [row for row in emails_of(person or {}) if row.get("type") == "WorkEmail"]
    if not emails:
        return {}
    return {"workEmail": emails[0]["value"], "emailStatus": emails[0].get("status")}


def _cell(prospect: Json, path: str) -> str:
    if path != "phone":
        return text_at(prospect, path) or ""
    mobiles = prospect.get("mobilePhones")
    return next((text_at(one, "value") or "" for one in mobiles or ()), "")
