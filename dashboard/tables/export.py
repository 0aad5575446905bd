"""Frames as CSV and Excel, safe to open in a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pandas as pd

MAX_EXCEL_CELL = 32_767  # characters that a cell of Excel can hold

# What a spreadsheet takes for a formula when a cell begins with it, after what it does not see.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNSEEN = " \u00a0\u200b\u2060\ufeff"
# Where a spreadsheet that splits at other signs, as in much of Europe, begins a cell anew.
_CELL_INSIDE = re.compile(f"([;|\\t\\r\\n][{UNSEEN}]*)(?=[=+\\-@＝＋－＠])")


# CSV ---------------------------------------------------------------------------------------------


def escape_formula(value: Any) -> Any:
    """``value``, with text that a spreadsheet would run as a formula made plain text."""
    if not isinstance(value, str):
        return value
    value = _CELL_INSIDE.sub(r"\1'", value)
    return "'" + value if value.lstrip(UNSEEN).startswith(FORMULA_STARTS) else value


def csv_bytes(frame: pd.DataFrame, *, own: int = 0, header: bool = True) -> bytes:
    """The frame as CSV that opens rightly everywhere: UTF-8 with BOM, no live formulas.

    The first ``own`` columns are a person's own, and stay as they are. A further piece of the same
    file has no ``header``, and no BOM.
    """
    safe = frame.copy()
    for place in range(own, frame.shape[1]):
        column = frame.iloc[:, place]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        safe.isetitem(place, column.map(escape_formula))
    safe.columns = [
        name if place < own else escape_formula(str(name))
        for place, name in enumerate(frame.columns)
    ]
    text = str(safe.to_csv(index=False, header=header, lineterminator="\r\n"))
    return text.encode("utf-8-sig" if header else "utf-8")


def excel_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as an Excel file whose text is text: no formulas, no links."""
    plain = frame.map(lambda cell: cell[:MAX_EXCEL_CELL] if isinstance(cell, str) else cell)
    for place, kind in enumerate(plain.dtypes):  # a person's own column may have the same name
        if isinstance(kind, pd.DatetimeTZDtype):  # Excel knows no time zones: these are UTC
            plain.isetitem(place, plain.iloc[:, place].dt.tz_localize(None))
    content = io.BytesIO()
    dead = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": dead}) as book:
        plain.to_excel(book, index=False, sheet_name="LeadIQ")
    return content.getvalue()


def read_list_export(content: str) -> pd.DataFrame:
    """CSV text of a list's export -> a frame of text, as it is.

    Rows of any length, quotes that do not close and repeated names are kept as well as can be.
    """
    csv.field_size_limit(len(content) + 1)
    head, *rows = [row for row in csv.reader(io.StringIO(content, newline="")) if row] or [[]]
    width = max(map(len, [head, *rows]))
    names: dict[str, None] = {}
    for place, name in enumerate([*head, *[""] * (width - len(head))], 1):
        name = name or f"Column {place}"
        while name in names:
            name = f"{name} · {place}"
        names[name] = None
    return pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=[*names])
