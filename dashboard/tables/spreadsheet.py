"""Reads the tables that users upload: CSV of any kind, and Excel.

Every upload is read here, so that ``upload_limits`` hold everywhere. ``read_table`` is pure; the
server calls ``read_upload``, which runs it in a process of its own.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, NamedTuple

import openpyxl
from charset_normalizer import from_bytes

from dashboard.identity.email import EMAIL_IN_CELL
from dashboard.identity.linkedin import PROFILE_URL
from dashboard.tables import upload_limits
from dashboard.tables.bounded import TooDemandingError, run_bounded

MAX_CELL_CHARACTERS = 100_000
END_MARK = "\0"  # Sentinel row appended to detect an unclosed quote; no decoded text contains it
DELIMITERS = (",", ";", "\t", "|", "^", "~")
PROBED_LINES = 50  # read to guess the delimiter
MAX_EXCEL_ROW = 1_048_576  # of a sheet, by Excel's own limit

# What Windows' programs write if they do not write Unicode: Western, Japanese, Eastern European,
# Cyrillic, Korean, Chinese. The first one wins if others fit as well.
ENCODINGS = ("cp1252", "cp932", "euc_jp", "cp1250", "cp1251", "cp949", "gb18030", "big5")
UTF_16 = ("utf_16_le", "utf_16_be")
PROBED_NON_ASCII_LINES = 1_000  # read to guess the encoding
PROBED_BYTES = 100_000  # read to guess the byte order of UTF-16 without a mark

XLSX_START = b"PK\x03\x04"
XLS_START = b"\xd0\xcf\x11\xe0"
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)


class UnreadableFileError(ValueError):
    """The file is not a table, or too large. The message says what the user can do."""


@dataclass(frozen=True)
class Table:
    """A file's columns, and its rows with a cell for each column. Empty rows are left out.

    ``lines`` are the row numbers as a spreadsheet shows them, one for each row.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


class _Row(NamedTuple):
    """A row of a file with its number as a spreadsheet shows it."""

    line: int
    cells: list[str]


def read_upload(
    content: bytes,
    *,
    max_rows: int = upload_limits.MAX_BULK_ROWS,
    max_megabytes: int = upload_limits.MAX_BULK_MEGABYTES,
) -> Table:
    """Returns ``read_table`` of a file, within limits of memory and time.

    No file holds up the other users of the server. Raises ``UnreadableFileError``.
    """
    _raise_problem(upload_limits.check_file(content, max_megabytes))
    try:
        return run_bounded(read_table, content, max_rows=max_rows, max_megabytes=max_megabytes)
    except TooDemandingError:
        raise UnreadableFileError(
            "Reading this file takes too much memory or time. Split it, or save the table as CSV "
            "with fewer columns, then choose that."
        ) from None


def read_table(
    content: bytes,
    *,
    max_rows: int = upload_limits.MAX_BULK_ROWS,
    max_megabytes: int = upload_limits.MAX_BULK_MEGABYTES,
) -> Table:
    """Returns the table in a CSV or Excel file, with its cells and column names unchanged.

    Text is UTF-8, UTF-16, or whichever of ``ENCODINGS`` fits best. The delimiter is the one that a
    first line ``sep=;`` names, or whichever of ``DELIMITERS`` fits best. If the first row is data,
    the columns are called "Column 1" and so on. Of an Excel file the first sheet is read that is
    visible and not empty. Raises ``UnreadableFileError``.
    """
    _raise_problem(upload_limits.check_file(content, max_megabytes))
    rows = []
    count = 0
    for row in _file_rows(content):
        if not any(cell.strip() for cell in row.cells):
            continue
        _check_cells(row)
        count += 1
        if count <= max_rows + 1:  # one of them may be the header
            rows.append(row)
    if not rows:
        raise UnreadableFileError("The file is empty. Choose one with a row for each person.")
    width = max(len(row.cells) for row in rows)
    _check_width(width)  # before every row is made as wide as the widest
    header = [] if _is_data(rows[0].cells) else rows[0].cells
    columns = [*header, *(f"Column {number}" for number in range(len(header) + 1, width + 1))]
    if header:
        del rows[0]
        count -= 1
    _raise_problem(upload_limits.check_table(count, width, max_rows))
    return Table(
        tuple(columns),
        tuple((*row.cells, *[""] * (width - len(row.cells))) for row in rows),
        tuple(row.line for row in rows),
    )


def _file_rows(content: bytes) -> Iterator[_Row]:
    if content.startswith(XLSX_START):
        return _excel_rows(content)
    if content.startswith(XLS_START):
        raise UnreadableFileError(
            "This is an old Excel file. Save it as .xlsx or CSV and choose that."
        )
    return _csv_rows(_decode(content))


def _check_width(columns: int) -> None:
    _raise_problem(upload_limits.check_table(0, columns))


def _check_cells(row: _Row) -> None:
    if max(map(len, row.cells)) > MAX_CELL_CHARACTERS:
        raise UnreadableFileError(
            f"A cell in row {row.line:,} has more than {MAX_CELL_CHARACTERS:,} characters. "
            "Shorten it, then choose the file again."
        )


def _raise_problem(problem: str | None) -> None:
    if problem:
        raise UnreadableFileError(problem)


def normalize_header(name: str) -> str:
    """Returns a column's name as it is compared: ``First_Name`` and ``first name`` are equal."""
    return re.sub(r"[\s_\-]+", " ", name).strip().lower()


# CSV ---------------------------------------------------------------------------------------------


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
    elif b"\0" in content:
        text = content.decode(_guess_encoding(content[:PROBED_BYTES], UTF_16), errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            lines = [line for line in content.splitlines(keepends=True) if not line.isascii()]
            probe = b"".join(lines[:PROBED_NON_ASCII_LINES])
            text = content.decode(_guess_encoding(probe, ENCODINGS), errors="replace")
    if "\0" in text:
        raise UnreadableFileError(
            "This is no CSV file. Save the table as CSV, then choose it again."
        )
    if _WEB_PAGE.match(text):
        raise UnreadableFileError(
            "This is a web page and no table, whatever its name says. Open it in a spreadsheet "
            "and save it as CSV or .xlsx, then choose that."
        )
    return text


def _guess_encoding(probe: bytes, candidates: Sequence[str]) -> str:
    """Which of the encodings fits best; the first one if no other fits better."""
    matches = from_bytes(probe, cp_isolation=[*candidates], threshold=1.0)
    best = matches.best()
    if best is None:
        return candidates[0]
    equally_good = {
        name
        for match in matches
        if match.chaos <= best.chaos and match.coherence >= best.coherence
        for name in (match.encoding, *match.could_be_from_charset)
    }
    return candidates[0] if candidates[0] in equally_good else best.encoding


def _csv_rows(text: str) -> Iterator[_Row]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    declared = re.match(r"sep=(.)[ \t]*\r?\n", text, re.IGNORECASE)  # as Excel declares it
    if declared is None:
        first_line, delimiter = 1, _guess_delimiter(text)
    else:
        first_line, delimiter = 2, declared[1]
        text = text[declared.end() :]
    reader = csv.reader(chain(io.StringIO(text, newline=""), ("\n", END_MARK)), delimiter=delimiter)
    line = first_line
    try:
        for cells in reader:
            if cells == [END_MARK]:
                return
            if cells and cells[-1].endswith(END_MARK):
                raise UnreadableFileError(
                    f"A quotation mark in row {line:,} is never closed, so that all the rest would "
                    "be one cell. Close it or take it out, then choose the file again."
                )
            yield _Row(line, cells)
            line = first_line + reader.line_num
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnreadableFileError(
                f"A cell that begins in row {line:,} has more than {MAX_CELL_CHARACTERS:,} "
                "characters. Shorten it, or look for a quote there that is not closed."
            ) from None
        raise UnreadableFileError(
            f"This CSV file cannot be read at row {line:,}: {error}. Mend that row or save the "
            "file anew, then choose it again."
        ) from None


def _guess_delimiter(text: str) -> str:
    """The delimiter that splits the most of the first lines alike, and into the most columns."""
    lines = "".join(islice(io.StringIO(text, newline=None), PROBED_LINES))

    def alike_rows_and_width(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(lines), delimiter=delimiter)
        try:
            widths = [len(cells) for cells in reader if cells]
        except csv.Error:
            return 0, 0
        if not widths or widths[0] == 1:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    best = max(DELIMITERS, key=alike_rows_and_width)
    return best if alike_rows_and_width(best)[0] else ","


# Excel -------------------------------------------------------------------------------------------


def _excel_rows(content: bytes) -> Iterator[_Row]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            # A few bytes can claim a sheet of any size, which openpyxl would fill with empty cells.
            sheet.reset_dimensions()
            is_empty = True
            for line, values in enumerate(
                sheet.iter_rows(max_row=MAX_EXCEL_ROW, values_only=True), 1
            ):
                if values.count(None) == len(values):
                    continue
                cells = [_cell_text(value) for value in values]
                while cells and not cells[-1]:  # only formatted
                    cells.pop()
                _check_width(len(cells))
                is_empty = is_empty and not cells
                if not is_empty and sheet.sheet_state == "visible":
                    yield _Row(line, cells)
            if not is_empty and sheet.sheet_state == "visible":
                return
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over in a damaged file
        raise UnreadableFileError(
            f"This Excel file cannot be read ({type(error).__name__}). Save it anew, or as CSV."
        ) from None


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # Excel has no days without a time
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


# Both --------------------------------------------------------------------------------------------


def _is_data(cells: Sequence[str]) -> bool:
    """Whether a first row identifies a person instead of naming columns."""
    return any(
        EMAIL_IN_CELL.match(cell)
        or PROFILE_URL.search(cell)
        or cell.startswith("PersonID-")
        or re.match(r"\s*(?:https?://|www\.)", cell, re.IGNORECASE)
        for cell in cells
    )
