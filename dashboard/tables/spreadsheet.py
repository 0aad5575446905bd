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
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any

from charset_normalizer import from_bytes

from dashboard.identity.email import EMAIL_IN_CELL
from dashboard.identity.linkedin import PROFILE_URL
from dashboard.tables import upload_limits

MAX_BULK_MEGABYTES = 50
MAX_BULK_ROWS = 50_000
MAX_CELL_CHARACTERS = 100_000  # characters
END_MARK = "\0"  # of a text that has none
DELIMITERS = (",", ";", "\t", "|", "^", "~")
PROBED_LINES = 50  # that tell the delimiter
LAST_LINE = 1_048_576  # of an Excel sheet

# What Windows' programs write where they write no Unicode: Western, Japanese, Eastern European,
# Cyrillic, Korean, Chinese.
WESTERN = "cp1252"
ENCODINGS = (WESTERN, "cp932", "euc_jp", "cp1250", "cp1251", "cp949", "gb18030", "big5")
UTF_16 = ("utf_16_le", "utf_16_be")
TELLING_LINES = 1_000  # with letters beyond ASCII, that tell the encoding
PROBED_BYTES = 100_000

_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)


class UnreadableFileError(ValueError):
    """A file that is no table, or too large; says what to do."""


@dataclass(frozen=True)
class Table:
    """A file's columns, and its rows with a cell for each; empty rows are left out.

    ``lines`` are the numbers of the rows as a spreadsheet shows them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_table(
    content: bytes, *, most_rows: int = MAX_BULK_ROWS, most_megabytes: int = MAX_BULK_MEGABYTES
) -> Table:
    """The table in a CSV or Excel file. Raises ``UnreadableFileError``.

    Text is UTF-8, UTF-16, or whichever of ``ENCODINGS`` makes sense of it; the delimiter is what a
    first line ``sep=;`` says, or whichever of ``DELIMITERS`` makes columns of it. A first row that
    holds data and no names is kept as a row. Cells and names are as they stand in the file. Of an
    Excel file the first sheet that is shown and not empty is read.
    """
    problem = upload_limits.check_file(content, most_megabytes)
    if problem:
        raise UnreadableFileError(problem)
    if content.startswith(b"PK\x03\x04"):
        found = _excel_rows(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError(
            "This is an old Excel file. Save it as .xlsx or CSV and choose that."
        )
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
        raise UnreadableFileError("The file is empty. Choose one with a row for each person.")
    width = max(map(len, rows))
    _refuse_width(width)  # before each row is made as wide as the widest
    head = () if _is_data(rows[0]) else rows[0]
    columns = head + tuple(f"Column {place}" for place in range(len(head) + 1, width + 1))
    rows = [row + ("",) * (width - len(row)) for row in rows]
    if head:
        rows, lines = rows[1:], lines[1:]
        count -= 1
    problem = upload_limits.check_table(count, width, most_rows)
    if problem:
        raise UnreadableFileError(problem)
    return Table(columns, tuple(rows), tuple(lines))


def normalized_header(name: str) -> str:
    """A column's name as it is compared: ``First_Name`` and ``first name`` are one."""
    return re.sub(r"[\s_\-]+", " ", name).strip().lower()


def _refuse_width(columns: int) -> None:
    problem = upload_limits.check_table(0, columns)
    if problem:
        raise UnreadableFileError(problem)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
    elif b"\0" in content:
        text = content.decode(_encoding(content[:PROBED_BYTES], UTF_16), errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            lines = [line for line in content.splitlines(keepends=True) if not line.isascii()]
            encoding = _encoding(b"".join(lines[:TELLING_LINES]), ENCODINGS)
            text = content.decode(encoding, errors="replace")
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


def _encoding(probe: bytes, among: Sequence[str]) -> str:
    """Which of these encodings makes the most sense; the first where others make no more."""
    found = from_bytes(probe, cp_isolation=[*among], threshold=1.0)
    best = found.best()
    if best is None:
        return among[0]
    as_good = {
        name
        for one in found
        if one.chaos <= best.chaos and one.coherence >= best.coherence
        for name in (one.encoding, *one.could_be_from_charset)
    }
    return among[0] if among[0] in as_good else best.encoding


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    told = re.match(r"sep=(.)[ \t]*\r?\n", text, re.IGNORECASE)  # Excel's own word for it
    skipped = "" if told is None else told[0]
    text = text[len(skipped) :]
    delimiter = _delimiter(text) if told is None else told[1]
    first = 1 if told is None else 2
    reader = csv.reader(chain(io.StringIO(text, newline=""), ("\n", END_MARK)), delimiter=delimiter)
    line = first
    try:
        for row in reader:
            if row == [END_MARK]:
                return
            if row and row[-1].endswith(END_MARK):
                raise UnreadableFileError(
                    f"A quotation mark in row {line:,} is never closed, so that all the rest would "
                    "be one cell. Close it or take it out, then choose the file again."
                )
            yield line, row
            line = first + reader.line_num
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnreadableFileError(
                f"A cell that begins in row {line:,} has more than {MAX_CELL_CHARACTERS:,} characters. "
                "Shorten it, or look for a quote there that is not closed."
            ) from None
        raise UnreadableFileError(
            f"This CSV file cannot be read at row {line:,}: {error}. Mend that row or save the "
            "file anew, then choose it again."
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
        raise UnreadableFileError(
            "Excel files need one more package here: pip install openpyxl. Or save as CSV."
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            # A few bytes can claim a sheet of any size, which openpyxl would fill with empty cells.
            sheet.reset_dimensions()
            empty = True
            for line, row in enumerate(sheet.iter_rows(max_row=LAST_LINE, values_only=True), 1):
                if row.count(None) == len(row):
                    continue
                cells = [_cell(value) for value in row]
                while cells and not cells[-1]:  # only formatted
                    cells.pop()
                _refuse_width(len(cells))
                empty = empty and not cells
                if not empty and sheet.sheet_state == "visible":
                    yield line, cells
            if not empty and sheet.sheet_state == "visible":
                return
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl raises whatever the file's parts made it stumble over
        raise UnreadableFileError(
            f"This Excel file cannot be read ({type(error).__name__}). Save it anew, or as CSV."
        ) from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # Excel has no days without a time
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _is_data(row: Sequence[str]) -> bool:
    """Whether a first row names people, and not columns."""
    return any(
        EMAIL_IN_CELL.match(cell)
        or PROFILE_URL.search(cell)
        or cell.startswith("PersonID-")
        or re.match(r"\s*(?:https?://|www\.)", cell, re.IGNORECASE)
        for cell in row
    )
