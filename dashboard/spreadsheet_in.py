"""Tables that people bring: CSV of any kind, and Excel. Pure.

Every upload of the console is read here, so that its limits hold everywhere.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from dashboard import uploads

MEGABYTES = 50
ROWS = 50_000
LONGEST_CELL = 100_000  # characters
DELIMITERS = (",", ";", "\t", "|", "^", "~")
PROBED_LINES = 50  # that tell the delimiter
LAST_LINE = 1_048_576  # of an Excel sheet

# What names a person, wherever it stands.
EMAIL = re.compile(r"[^@\s]+@(?:[\w-]+\.)+[\w-]+")
LINKEDIN = re.compile(r"linkedin\.com/(?:in|pub|sales/\w+)/([^/?#\s,]+)", re.IGNORECASE)


class UnreadableFile(ValueError):
    """A file that is no table, or too large; says what to do."""


@dataclass(frozen=True)
class Table:
    """A file's columns, and its rows with a cell for each; empty rows are left out.

    ``lines`` are the numbers of the rows as a spreadsheet shows them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_table(content: bytes, *, most_rows: int = ROWS, most_megabytes: int = MEGABYTES) -> Table:
    """The table in a CSV or Excel file. Raises ``UnreadableFile``.

    Text is UTF-8, UTF-16 with its mark, or else Windows' own encoding; the delimiter is whichever
    of ``DELIMITERS`` makes columns of it. A first row that holds data and no names is kept as a
    row. Cells are as they stand in the file.
    """
    problem = uploads.check(content, most_megabytes)
    if problem:
        raise UnreadableFile(problem)
    if content.startswith(b"PK\x03\x04"):
        found = _excel_rows(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("This is an old Excel file. Save it as .xlsx or CSV and choose that.")
    else:
        found = _csv_rows(_decoded(content))
    rows: list[tuple[str, ...]] = []
    lines, count = [], 0
    for line, row in found:
        if not any(cell.strip() for cell in row):
            continue
        count += 1
        if count <= most_rows + 1:  # the names of the columns may be one of them
            rows.append(tuple(row))
            lines.append(line)
    if not rows:
        raise UnreadableFile("The file is empty. Choose one with a row for each person.")
    width = max(map(len, rows))
    _refuse_width(width)  # before each row is made as wide as the widest
    rows = [row + ("",) * (width - len(row)) for row in rows]
    head = ("",) * width if _is_data(rows[0]) else rows[0]
    columns = tuple(name.strip() or f"Column {place}" for place, name in enumerate(head, 1))
    if any(head):
        rows, lines = rows[1:], lines[1:]
        count -= 1
    problem = uploads.check_table(count, width, most_rows)
    if problem:
        raise UnreadableFile(problem)
    return Table(columns, tuple(rows), tuple(lines))


def normal(name: str) -> str:
    """A column's name as it is compared: ``First_Name`` and ``first name`` are one."""
    return re.sub(r"[\s_\-]+", " ", name).strip().lower()


def _refuse_width(columns: int) -> None:
    problem = uploads.check_table(0, columns)
    if problem:
        raise UnreadableFile(problem)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UnreadableFile("This is no CSV file. Save the table as CSV, then choose it again.")
    return text


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    line = 1
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnreadableFile(
                f"A cell that begins in line {line:,} has more than {LONGEST_CELL:,} characters. "
                "Shorten it, or look for a quote there that is not closed."
            ) from None
        raise UnreadableFile(
            f"This CSV file cannot be read: {error}. Save it anew, then choose it again."
        ) from None


def _delimiter(text: str) -> str:
    """The delimiter that makes the same number of columns, and most of them, of the first lines."""
    lines = "".join(islice(io.StringIO(text, newline=None), PROBED_LINES))

    def columns(delimiter: str) -> tuple[int, int]:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(lines), delimiter=delimiter) if row
            ]
        except csv.Error:
            return 0, 0
        if not widths or widths[0] == 1:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    best = max(DELIMITERS, key=columns)
    return best if columns(best)[0] else ","


def _excel_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        import openpyxl
    except ImportError:
        raise UnreadableFile(
            "Excel files need one more package here: pip install openpyxl. Or save as CSV."
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # A few bytes can claim a sheet of any size, which openpyxl would fill with empty cells.
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(max_row=LAST_LINE, values_only=True), 1):
            if row.count(None) == len(row):
                continue
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:  # only formatted
                cells.pop()
            _refuse_width(len(cells))
            yield line, cells
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever the file's parts made it stumble over
        raise UnreadableFile(
            f"This Excel file cannot be read ({type(error).__name__}). Save it anew, or as CSV."
        ) from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _is_data(row: Sequence[str]) -> bool:
    """Whether a first row names people, and not columns."""
    return any(
        EMAIL.fullmatch(cell.strip()) or LINKEDIN.search(cell) or cell.startswith("PersonID-")
        for cell in row
    )
