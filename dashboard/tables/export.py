"""Frames as CSV and Excel, safe to open in a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pandas as pd

from dashboard.tables.cells import FORMULA_STARTS

MAX_EXCEL_CHARACTERS = 32_767  # of one cell

INVISIBLE = " \u00a0\u200b\u2060\ufeff"
# Where a new cell starts in a spreadsheet that separates columns by another character, as in much
# of Europe.
_INNER_CELL = re.compile(f"([;|\\t\\r\\n][{INVISIBLE}]*)(?=[=+\\-@＝＋－＠])")


def escape_formula(value: Any) -> Any:
    """Returns a value, with an apostrophe before text that a spreadsheet would run as a formula."""
    if not isinstance(value, str):
        return value
    value = _INNER_CELL.sub(r"\1'", value)
    return "'" + value if value.lstrip(INVISIBLE).startswith(FORMULA_STARTS) else value


def csv_bytes(
    frame: pd.DataFrame, *, user_columns: int = 0, header: bool = True, delimiter: str = ","
) -> bytes:
    """Returns a frame as CSV that every spreadsheet opens correctly: UTF-8 with BOM, no formulas.

    Args:
        frame: The frame; times are written in UTC.
        user_columns: How many of the first columns are the user's own, and stay as they are.
        header: Whether to write the header and the BOM; False for further parts of one file.
        delimiter: What separates the cells.
    """
    safe = frame.copy()
    for index in range(user_columns, frame.shape[1]):
        column = frame.iloc[:, index]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        safe.isetitem(index, column.map(escape_formula))
    safe.columns = [
        name if index < user_columns else escape_formula(str(name))
        for index, name in enumerate(frame.columns)
    ]
    text = str(safe.to_csv(index=False, header=header, lineterminator="\r\n", sep=delimiter))
    return text.encode("utf-8-sig" if header else "utf-8")


def excel_bytes(frame: pd.DataFrame) -> bytes:
    """Returns a frame as an Excel file whose text is text: no formulas, no links; times in UTC."""
    plain = frame.map(lambda cell: cell[:MAX_EXCEL_CHARACTERS] if isinstance(cell, str) else cell)
    # By index: a column of the user's file may have the same name as one of ours.
    for index, dtype in enumerate(plain.dtypes):
        if isinstance(dtype, pd.DatetimeTZDtype):  # Excel has no time zones
            plain.isetitem(index, plain.iloc[:, index].dt.tz_localize(None))
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": options}) as book:
        plain.to_excel(book, index=False, sheet_name="LeadIQ")
    return content.getvalue()


def read_list_export(content: str) -> pd.DataFrame:
    """Returns the CSV text of a list's export as a frame of text.

    Nothing is lost or refused: short rows are filled up, long rows add columns, repeated names get
    a number, and an unclosed quote ends with the text.
    """
    csv.field_size_limit(len(content) + 1)
    head, *rows = [row for row in csv.reader(io.StringIO(content, newline="")) if row] or [[]]
    width = max(map(len, [head, *rows]))
    names: dict[str, None] = {}
    for number, name in enumerate([*head, *[""] * (width - len(head))], 1):
        name = name or f"Column {number}"
        while name in names:
            name = f"{name} · {number}"
        names[name] = None
    return pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=[*names])
