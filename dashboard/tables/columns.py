"""The columns of a frame: how each is read from the API's JSON, and its type. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

import pandas as pd

from dashboard.tables.api_json import (
    Json,
    number_at,
    parse_times,
    rows_at,
    text_at,
    texts_at,
    value_at,
)

# Columns that hold the API's own words, which people read as ``ENUM_LABELS`` says.
WORD_COLUMNS = (
    "seniority",
    "role",
    "email_status",
    "personal_email_status",
    "phone_type",
    "phone_status",
    "job_change",
    "before",
    "after",
)
# Columns that hold addresses to open.
LINK_COLUMNS = ("linkedin_url", "company_linkedin_url")


class Kind(Enum):
    """The type of a column, whatever a server happened to send."""

    TEXT = auto()  # object: text or None
    NUMBER = auto()  # float64
    TIME = auto()  # datetime64 in UTC


class Column(NamedTuple):
    """A column of a frame: how its value is read from a record, and its type.

    A text column reads text or None, a number column a number or None, and a time column any
    value: times are parsed for the whole column at once.
    """

    read: Callable[[Json], Any]
    kind: Kind = Kind.TEXT


def text(path: str) -> Column:
    """Returns the column of the text at a path."""
    return Column(lambda row: text_at(row, path))


def number(path: str) -> Column:
    """Returns the column of the number at a path."""
    return Column(lambda row: number_at(row, path), Kind.NUMBER)


def time(path: str) -> Column:
    """Returns the column of the time at a path."""
    return Column(lambda row: value_at(row, path), Kind.TIME)


def joined_texts(path: str) -> Column:
    """Returns the column of the texts in the list at a path, in one cell, in order."""
    return Column(lambda row: "; ".join(sorted(texts_at(row, path), key=str.casefold)) or None)


def joined_rows(path: str, field: str) -> Column:
    """Returns the column of a field of the objects in the list at a path, in one cell."""
    return Column(
        lambda row: (
            "; ".join(
                dict.fromkeys(filter(None, (text_at(item, field) for item in rows_at(row, path))))
            )
            or None
        )
    )


def frame_of(records: Iterable[Json], columns: Mapping[str, Column]) -> pd.DataFrame:
    """Returns one row for each record, with all columns even if there are no records."""
    records = [*records]
    return pd.DataFrame({name: _series(records, column) for name, column in columns.items()})


def _series(records: list[Json], column: Column) -> pd.Series:
    values = [column.read(record) for record in records]
    if column.kind is Kind.TIME:
        return pd.Series(parse_times(values))
    return pd.Series(values, dtype=float if column.kind is Kind.NUMBER else object)
