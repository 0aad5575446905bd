"""What ``python -m dashboard.jobs read`` prints: a file as it is understood. Sends nothing."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.formatting import count
from dashboard.jobs.model import NEVER_SENT, Row, RowState
from dashboard.jobs.people import read_rows
from dashboard.tables import preview
from dashboard.tables.fields import PERSON_FIELDS, Columns, find_columns, with_chosen
from dashboard.tables.spreadsheet import Table, UnreadableFileError, column_names, read_table

MAX_SHOWN = 10  # rows that are listed for each reason


@dataclass(frozen=True)
class ReadingOptions:
    """How a command reads its file: a sheet, a header row, and columns by field and name.

    ``columns`` are pairs such as ("email", "Work Email"); with an empty name, the field has none.
    """

    sheet: str | None = None
    header_row: int | None = None
    with_hidden_rows: bool = False
    columns: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, options: argparse.Namespace) -> ReadingOptions:
        """Returns the options of a command line."""
        columns = tuple(options.column)
        return cls(options.sheet, options.header_row, options.hidden_rows, columns)

    @property
    def as_text(self) -> tuple[str, ...]:
        """What makes another job of the same file; empty if nothing was chosen."""
        chosen = (self.sheet, self.header_row, self.with_hidden_rows, self.columns)
        return () if chosen == (None, None, False, ()) else (repr(chosen),)


def add_reading_options(command: argparse.ArgumentParser) -> None:
    """Adds the file of a command, and how it is read."""
    command.add_argument("file", type=Path, help="a CSV, Excel or OpenDocument file")
    command.add_argument("--sheet", metavar="NAME", help="the sheet to read")
    command.add_argument(
        "--header-row",
        type=int,
        metavar="N",
        help="the row with the column names; 0 if there is none",
    )
    command.add_argument(
        "--hidden-rows", action="store_true", help="also read rows that are hidden"
    )
    command.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar='FIELD="NAME"',
        help='the column that holds a field, such as email="Work Email"; leave the name empty if '
        f"there is none. Repeat for more fields: {', '.join(PERSON_FIELDS)}",
    )


def _column(text: str) -> tuple[str, str]:
    field, separator, name = text.partition("=")
    if not separator or field not in PERSON_FIELDS:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not FIELD=NAME with a field of {', '.join(PERSON_FIELDS)}"
        )
    return field, name


@dataclass(frozen=True)
class FileReading:
    """A file of people as it is understood."""

    table: Table
    columns: Columns
    rows: Sequence[Row]

    @property
    def left_out(self) -> list[Row]:
        """Rows that are not looked up: they name nobody, or repeat another."""
        return [row for row in self.rows if row.state in NEVER_SENT]


def read_file(content: bytes, options: ReadingOptions) -> FileReading:
    """Returns a file as it is understood. Raises ``UnreadableFileError``."""
    table = read_table(
        content,
        sheet=options.sheet,
        header_row=options.header_row,
        with_hidden_rows=options.with_hidden_rows,
    )
    chosen: dict[str, tuple[int, ...]] = {}
    for field, name in options.columns:
        indexes = (_index(table, name),) if name else ()
        chosen[field] = (*chosen.get(field, ()), *indexes)
    columns = with_chosen(find_columns(table), chosen)
    return FileReading(table, columns, read_rows(table, columns.by_field))


def _index(table: Table, name: str) -> int:
    """Returns the index of the column with this name. Raises ``UnreadableFileError``."""
    names = [one.casefold() for one in column_names(table.columns)]
    if name.strip().casefold() not in names:
        known = ", ".join(column_names(table.columns))
        raise UnreadableFileError(f"The file has no column called {name!r}. It has {known}.")
    return names.index(name.strip().casefold())


def lines(reading: FileReading) -> Iterator[str]:
    """Yields what is printed about a file."""
    table = reading.table
    for label, text in preview.facts(table).items():
        yield f"{label}: {text}"
    yield "Columns:"
    for label, text in preview.columns_by_label(table, reading.columns).items():
        yield f"  {label}: {text}"
    yield "First rows, as understood:"
    for row in preview.understood_rows(table, reading.columns.by_field).to_dict("records"):
        values = "; ".join(
            f"{label} {text}" for label, text in row.items() if text and label != "row"
        )
        yield f"  Row {row['row']:,}: {values}"
    people = sum(row.state == RowState.WAITING for row in reading.rows)
    yield f"{count(people, 'person', 'people')} to look up, of {count(len(reading.rows), 'row')}"
    yield from _skipped(reading)


def summary(reading: FileReading) -> Iterator[str]:
    """Yields what is printed before a job of a file starts."""
    yield from (f"{label}: {text}" for label, text in preview.facts(reading.table).items())
    yield from _skipped(reading)


def _skipped(reading: FileReading) -> Iterator[str]:
    """Yields which rows are no data or name nobody, by reason, and what the rows do not show."""
    yield from reading.table.notes
    by_reason: dict[str, list[int]] = {}
    for skipped in reading.table.skipped:
        by_reason.setdefault(f"skipped: {skipped.reason}", []).append(skipped.line)
    for row in reading.left_out:
        is_duplicate = row.state == RowState.DUPLICATE
        reason = "repeats another row" if is_duplicate else row.problem
        by_reason.setdefault(f"left out: {reason}", []).append(reading.table.lines[row.index])
    for reason, places in by_reason.items():
        shown = ", ".join(f"{line:,}" for line in places[:MAX_SHOWN])
        more = f" and {len(places) - MAX_SHOWN:,} more" if len(places) > MAX_SHOWN else ""
        yield f"{count(len(places), 'row')} {reason} ({shown}{more})"


def as_json(reading: FileReading) -> str:
    """Returns the same as JSON, with every row that is skipped or left out."""
    table = reading.table
    names = list(column_names(table.columns))
    counts = Counter(str(row.state) for row in reading.rows)
    summary: Mapping[str, object] = {
        "sheet": table.sheet,
        "sheets": table.sheets,
        "header_row": table.header_line,
        "delimiter": "" if table.sheet else table.delimiter,
        "columns": {
            field: [names[index] for index in reading.columns.by_field.get(field, ())]
            for field in PERSON_FIELDS
        },
        "inferred": sorted(reading.columns.inferred),
        "rows": len(reading.rows),
        "people": counts[RowState.WAITING],
        "first_rows": preview.understood_rows(table, reading.columns.by_field).to_dict("records"),
        "skipped": [
            {"row": row.line, "reason": row.reason, "cells": row.cells} for row in table.skipped
        ],
        "left_out": [
            {"row": table.lines[row.index], "reason": row.problem} for row in reading.left_out
        ],
        "notes": table.notes,
    }
    return json.dumps(summary, ensure_ascii=False, indent=2)
