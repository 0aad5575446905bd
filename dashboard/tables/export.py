"""Frames as CSV and Excel, in words that people read and safe to open in a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pandas as pd

from dashboard.formatting import ENUM_LABELS, safe_link
from dashboard.tables.cells import FORMULA_STARTS, INVISIBLE
from dashboard.tables.columns import LINK_COLUMNS, WORD_COLUMNS

PREFIX = "leadiq_"  # of our columns beside those of a user's file
NO_HEADINGS: Mapping[str, str] = MappingProxyType({})  # the columns' own names

# A number, a phone's among them, is no formula: +1 (603) 555-0101.
_NUMBER = r"[+-]?[ .()\u00a0-]*\d[\d .()\u00a0-]*"
_NUMBERS = re.compile(f"{_NUMBER}(?:[;|] ?{_NUMBER})*")
# Where a new cell starts in a spreadsheet that separates columns by another character, as in much
# of Europe.
_INNER_CELL = re.compile(
    f"([;|\\t\\r\\n][{INVISIBLE}]*)(?=[=+\\-@＝＋－＠])(?!{_NUMBER}(?:[;|\\t\\r\\n]|$))"
)

# Excel's own limits, and the first year whose days it counts.
MAX_EXCEL_CHARACTERS = 32_767  # of one cell
MAX_LINKED_ROWS = 65_530 // len(LINK_COLUMNS)  # a sheet has 65,530 links at most
MAX_LINK_CHARACTERS = 2_079
FIRST_EXCEL_YEAR = 1900
NARROWEST, WIDEST = 10, 50  # characters of a column
SAMPLE_ROWS = 200  # that a column's width is measured by


def escape_formula(value: Any) -> Any:
    """Returns a value, with an apostrophe before text that a spreadsheet would run as a formula."""
    if not isinstance(value, str) or _NUMBERS.fullmatch(value.strip(INVISIBLE)):
        return value
    value = _INNER_CELL.sub(r"\1'", value)
    return "'" + value if value.lstrip(INVISIBLE).startswith(FORMULA_STARTS) else value


def csv_bytes(
    frame: pd.DataFrame,
    *,
    headings: Mapping[str, str] = NO_HEADINGS,
    user_columns: int = 0,
    header: bool = True,
    delimiter: str = ",",
) -> bytes:
    """Returns a frame as CSV that every spreadsheet opens correctly: UTF-8 with BOM, no formulas.

    Args:
        frame: The frame; times are written in UTC, whole numbers without decimals.
        headings: What columns are called in the file; others keep their names.
        user_columns: How many of the first columns are the user's own, and stay as they are.
        header: Whether to write the header and the BOM; False for further parts of one file.
        delimiter: What separates the cells.
    """
    safe = frame.copy()
    names = list(frame.columns)
    for index in range(user_columns, frame.shape[1]):
        cells = [escape_formula(cell) for cell in _as_text(frame.iloc[:, index])]
        safe.isetitem(index, pd.Series(cells, index=frame.index, dtype=object))
        names[index] = escape_formula(headings.get(names[index], str(names[index])))
    safe.columns = names
    text = str(safe.to_csv(index=False, header=header, lineterminator="\r\n", sep=delimiter))
    return text.encode("utf-8-sig" if header else "utf-8")


def _as_text(column: pd.Series) -> Iterable[Any]:
    """Returns the cells of a column as a CSV shows them."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return map(_number if pd.api.types.is_float_dtype(column) else _words(column), column)


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _words(column: pd.Series) -> Callable[[Any], Any]:
    """Returns what makes a cell of a column readable: the API's own words are written as labels."""
    is_api_word = str(column.name).removeprefix(PREFIX) in WORD_COLUMNS
    return (lambda cell: ENUM_LABELS.get(cell, cell)) if is_api_word else lambda cell: cell


def excel_bytes(
    frame: pd.DataFrame, *, headings: Mapping[str, str] = NO_HEADINGS, user_columns: int = 0
) -> bytes:
    """Returns a frame as an Excel file: a frozen header with filters, dates, links, no formulas.

    Its arguments are those of ``csv_bytes``. Times are in UTC.
    """
    import xlsxwriter  # slow to import, and not before there is a file to write

    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet("LeadIQ")
        bold = book.add_format({"bold": True})
        for index, name in enumerate(frame.columns):
            is_ours = index >= user_columns
            heading = headings.get(name, str(name)) if is_ours else str(name)
            sheet.write_string(0, index, heading[:MAX_EXCEL_CHARACTERS], bold)
            column = frame.iloc[:, index]
            _write_column(book, sheet, index, column, is_ours=is_ours)
            sheet.set_column(index, index, _width(heading, column))
        sheet.freeze_panes(1, 0)
        if frame.shape[1]:
            sheet.autofilter(0, 0, len(frame), frame.shape[1] - 1)
    return content.getvalue()


def _write_column(book: Any, sheet: Any, index: int, column: pd.Series, *, is_ours: bool) -> None:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)  # Excel has no time zones
        known = column.dropna()
        days_only = bool((known == known.dt.normalize()).all())
        shown = book.add_format({"num_format": "yyyy-mm-dd" + ("" if days_only else " hh:mm:ss")})
        for row, cell in enumerate(column, 1):
            _write_time(sheet, row, index, cell, shown)
        return
    are_links = is_ours and str(column.name).removeprefix(PREFIX) in LINK_COLUMNS
    words = _words(column) if is_ours else str
    for row, cell in enumerate(column, 1):
        if pd.isna(cell):
            continue
        link = safe_link(cell) if are_links and row <= MAX_LINKED_ROWS else None
        if link and len(link) <= MAX_LINK_CHARACTERS:
            sheet.write_url(row, index, link, string=link)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, index, cell)
        elif pd.api.types.is_number(cell):
            sheet.write_number(row, index, cell)
        else:
            sheet.write_string(row, index, str(words(cell))[:MAX_EXCEL_CHARACTERS])


def _write_time(sheet: Any, row: int, index: int, time: datetime, shown: Any) -> None:
    if pd.isna(time):
        return
    if time.year < FIRST_EXCEL_YEAR:
        sheet.write_string(row, index, time.isoformat())
    else:
        sheet.write_datetime(row, index, time, shown)


def _width(heading: str, column: pd.Series) -> int:
    """Returns the width of a column in characters: its longest cell, within bounds."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    texts = column.head(SAMPLE_ROWS).dropna().astype(str)
    longest = max([len(heading) + 2, *texts.str.len()])  # with room for the filter's arrow
    return int(min(WIDEST, max(NARROWEST, longest)))


# Columns of a list's export, by the names that LeadIQ gives them.
LIST_EXPORT_COLUMNS: Mapping[str, str] = {
    "id": "prospect_id",
    "personId": "person_id",
    "firstName": "first_name",
    "lastName": "last_name",
    "function": "role",
    "workEmail": "work_email",
    "emailStatus": "email_status",
    "personalEmails": "personal_email",
    "mobilePhones": "phone",
    "linkedinUrl": "linkedin_url",
    "company.name": "company",
    "company.domain": "domain",
    "company.industry": "industry",
    "company.employees": "employees",
    "location.city": "city",
    "location.state": "state",
    "location.country": "country",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
}


def read_list_export(content: str) -> pd.DataFrame:
    """Returns the CSV text of a list's export as a frame of text, with our own names of columns.

    Nothing is lost or refused: short rows are filled up, long rows add columns, repeated names get
    a number, and an unclosed quote ends with the text.
    """
    csv.field_size_limit(len(content) + 1)
    head, *rows = [row for row in csv.reader(io.StringIO(content, newline="")) if row] or [[]]
    width = max(map(len, [head, *rows]))
    names: dict[str, None] = {}
    for number, name in enumerate([*head, *[""] * (width - len(head))], 1):
        name = LIST_EXPORT_COLUMNS.get(name, name) or f"Column {number}"
        while name in names:
            name = f"{name} · {number}"
        names[name] = None
    return pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=[*names])
