"""The people of an advanced search's page, as ``searchPeople`` would return them. Pure."""

from __future__ import annotations

from dashboard.tables.api_json import Json, rows_at, text_at


def people_of_page(answer: Json, *, flat: bool) -> dict[str, Json]:
    """Returns a page's people by LeadIQ id, in order."""
    rows = (
        rows_at(answer, "people")
        if flat
        else [
            {**person, "company": group.get("company")}
            for group in rows_at(answer, "companies")
            for person in rows_at(group, "people")
        ]
    )
    return {id: _person(row) for row in rows if (id := text_at(row, "id"))}


def _person(row: Json) -> Json:
    company = row.get("company") or {}
    position = {
        "companyId": text_at(row, "companyId"),
        "title": text_at(row, "title"),
        "seniority": text_at(row, "seniority"),
        "function": text_at(row, "role"),
        "companyInfo": {
            "id": text_at(company, "id") or text_at(row, "companyId"),
            "name": text_at(company, "name"),
        },
    }
    return {
        "id": text_at(row, "id"),
        "name": {
            "fullName": text_at(row, "name"),
            "first": text_at(row, "firstName"),
            "middle": text_at(row, "middleName"),
            "last": text_at(row, "lastName"),
        },
        "linkedin": {
            "linkedinId": row.get("linkedinId"),
            "linkedinUrl": text_at(row, "linkedinUrl"),
        },
        "location": {
            "city": text_at(row, "city"),
            "areaLevel1": text_at(row, "state"),
            "country": text_at(row, "country"),
            "countryCode3": text_at(row, "countryCode3"),
        },
        "currentPositions": [position],
        "updatedAt": row.get("updatedAt"),
    }
