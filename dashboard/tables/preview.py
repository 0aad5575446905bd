"""A file as it was understood, for a person to check before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.identity.person import Person, read_person
from dashboard.tables.fields import PERSON_FIELDS, PROSPECT_FIELDS, Columns, cells_of
from dashboard.tables.spreadsheet import NO_HEADER, Table, column_names

SHOWN_ROWS = 5
# Without a column for any of these, a file names nobody.
IDENTIFYING = ("id", "linkedinUrl", "email", "personalEmail", "hashedEmail", "phone", "firstName",
               "lastName", "fullName")  # fmt: skip
NOT_IN_FILE = "Not in this file"
DELIMITER_NAMES: Mapping[str, str] = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    "^": "caret",
    "~": "tilde",
}


def facts(table: Table) -> dict[str, str]:
    """Returns how a file was read, by label: its sheet or delimiter, and the header row."""
    lines = {}
    if table.sheet:
        others = [name for name in table.sheets if name != table.sheet]
        also = f" (also in this workbook: {', '.join(others)})" if others else ""
        lines["Sheet"] = f"{table.sheet}{also}"
    else:
        lines["Delimiter"] = DELIMITER_NAMES.get(table.delimiter, repr(table.delimiter))
    lines["Header row"] = (
        "none: the columns are numbered"
        if table.header_line == NO_HEADER
        else f"{table.header_line:,}"
    )
    return lines


def columns_by_label(
    table: Table, columns: Columns, fields: Mapping[str, str] = PERSON_FIELDS
) -> dict[str, str]:
    """Returns the names of the columns of each field, by its label."""
    names = list(column_names(table.columns))
    lines = {}
    for field, label in fields.items():
        found = ", then ".join(names[index] for index in columns.by_field.get(field, ()))
        by_cells = " (recognized by its contents)" if field in columns.inferred else ""
        lines[label] = f"{found}{by_cells}" if found else NOT_IN_FILE
    return lines


def understood_rows(
    table: Table, columns: Mapping[str, Sequence[int]], number: int = SHOWN_ROWS
) -> pd.DataFrame:
    """Returns the first rows as they are understood: ``row``, and a column for each field."""
    rows = []
    for index, line in enumerate(table.lines[:number]):
        values = cells_of(table, index, columns)
        rows.append({"row": line, **_understood(read_person(values)), **_other_values(values)})
    frame = pd.DataFrame(rows, dtype=object).fillna("")
    labels = [label for label in (*_LABELS, *PROSPECT_FIELDS.values()) if label in frame]
    return frame[["row", *labels]] if rows else frame


_LABELS = ("Name", "Company", "Email", "LinkedIn URL", "Phone", "LeadIQ id", "Not used")


def _understood(person: Person) -> dict[str, str]:
    company = " · ".join(person.company.as_input.values())
    lines = {
        "Name": person.name.full,
        "Company": company,
        "Email": "; ".join(person.emails) or person.hashed_email,
        "LinkedIn URL": "; ".join(person.profiles),
        "Phone": person.phone,
        "LeadIQ id": person.id,
        "Not used": " ".join(person.problems),
    }
    return {label: text for label, text in lines.items() if text}


def _other_values(values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {label: values[field][0] for field, label in PROSPECT_FIELDS.items() if field in values}


def skipped_rows(table: Table) -> pd.DataFrame:
    """Returns the rows that are no data: ``row``, ``reason`` and their ``content``."""
    return pd.DataFrame(
        [
            (row.line, str(row.reason), table.delimiter.join(row.cells).strip(table.delimiter))
            for row in table.skipped
        ],
        columns=["row", "reason", "content"],
    )
