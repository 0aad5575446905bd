"""People as the import files of CRMs want them, and who is left out of such a file. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from dashboard.identity.phone import e164

FILE = Path(__file__).with_name("presets.toml")
MOBILES = ("WorkMobile", "PersonalMobile")
LEFT_OUT_COLUMNS = ("Name", "Company", "Email", "LeadIQ id", "Left out because")
OR = " or "  # between columns of which one is enough

# What a row lacks, in words, by column.
_MISSING = {
    "first_name": "first name",
    "last_name": "last name",
    "company": "company",
    "work_email": "work email",
    "phone": "phone number",
}


@dataclass(frozen=True)
class Preset:
    """The import file of one tool.

    ``columns`` are the labels of its template with the column that fills each, or with the text
    that is the same in every row. ``requires`` are columns without which a row is rejected.
    ``source`` is where the tool documents this.
    """

    label: str
    object: str
    source: str
    columns: Mapping[str, str | Mapping[str, str]]
    requires: tuple[str, ...]
    unique_email: bool


class ImportFile(NamedTuple):
    """The rows of an import file, and who is left out: name, company, email, id and why."""

    rows: pd.DataFrame
    left_out: pd.DataFrame


@cache
def presets() -> Mapping[str, Preset]:
    """Returns the presets by the name that a command gives them."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Preset(**{**fields, "requires": tuple(fields["requires"])})
        for name, fields in read.items()
    }


def import_file(people: pd.DataFrame, preset: Preset) -> ImportFile:
    """Returns people as a tool imports them.

    People with a text in the column ``doubt`` are left out for this reason. So are those who lack
    what the tool requires, or have the email of an earlier row.
    """
    rows, left_out = [], []
    emails: set[str] = set()
    for person in people.to_dict("records"):
        values = _values(person)
        email = values["work_email"].lower() if preset.unique_email else ""
        reason = values["doubt"] or _missing(values, preset)
        if not reason and email in emails:
            reason = "the email of an earlier row"
        if reason:
            left_out.append(_left_out(values, reason))
            continue
        emails |= {email} - {""}
        rows.append([_cell(values, column) for column in preset.columns.values()])
    return ImportFile(
        pd.DataFrame(rows, columns=[*preset.columns], dtype=object),
        pd.DataFrame(left_out, columns=[*LEFT_OUT_COLUMNS]),
    )


def _values(person: Mapping[Any, Any]) -> dict[str, str]:
    """Returns the text in the columns of a person, with those that are made of others."""
    known = {str(name): cell for name, cell in person.items() if isinstance(cell, str)}
    values = {**dict.fromkeys(_needed(), ""), **known}
    phone = e164(values["phone"], values["country"])
    is_mobile = values["phone_type"] in MOBILES
    return values | {
        "phone": phone,
        "mobile": phone if is_mobile else "",
        "landline": "" if is_mobile else phone,
        "website": values["domain"] and f"https://{values['domain']}",
    }


@cache
def _needed() -> tuple[str, ...]:
    """Returns the columns that any preset reads."""
    columns = [column for preset in presets().values() for column in preset.columns.values()]
    named = [column for column in columns if isinstance(column, str)]
    return (*named, "name", "person_id", "domain", "phone", "phone_type", "doubt")


def _missing(values: Mapping[str, str], preset: Preset) -> str:
    for required in preset.requires:
        columns = required.split(OR)
        if not any(values[column].strip() for column in columns):
            return f"no {OR.join(_MISSING[column] for column in columns)}"
    return ""


def _left_out(values: Mapping[str, str], reason: str) -> list[str]:
    return [*(values[name] for name in ("name", "company", "work_email", "person_id")), reason]


def _cell(values: Mapping[str, str], column: str | Mapping[str, str]) -> str:
    return values[column] if isinstance(column, str) else column["text"]
