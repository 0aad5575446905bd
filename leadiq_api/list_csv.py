"""A list of prospects as CSV text, for servers that have no export of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from leadiq_api.json_types import Json

# Paths into a prospect (OpenAPI: Prospect), in the order of the columns.
COLUMNS = (
    "id",
    "personId",
    "firstName",
    "lastName",
    "name",
    "title",
    "seniority",
    "function",
    "workEmail",
    "emailStatus",
    "personalEmails",
    "mobilePhones",
    "linkedinUrl",
    "company.name",
    "company.domain",
    "company.industry",
    "company.employees",
    "location.city",
    "location.state",
    "location.country",
    "notes",
    "createdAt",
    "updatedAt",
)


def csv_text(prospects: Iterable[Json]) -> str:
    """Returns ``prospects`` as CSV: the header, then one line each, cells as the service has them.

    Several values of one cell are joined by "; ".
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for prospect in prospects:
        writer.writerow([_cell(prospect, column) for column in COLUMNS])
    return text.getvalue()


def _cell(prospect: Json, column: str) -> Any:
    value: Any = prospect
    for name in column.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):  # addresses are strings, phones objects with a value
        return "; ".join(
            str(item.get("value") if isinstance(item, dict) else item) for item in value
        )
    return value
