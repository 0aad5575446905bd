"""The workbooks of Excel since 2007 as sheets of rows. Pure.

An .xlsx or .xlsm is read cell by cell, so that numbers appear as they are displayed; what a sheet
says beside its cells comes from ``sheet_details``. Of an .xlsb the plain values are read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

from openpyxl.reader.excel import ExcelReader
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dashboard.formatting import count
from dashboard.tables.damage import check_width, reporting_damage
from dashboard.tables.file_rows import (
    NO_LINKS,
    FileRow,
    Hidden,
    Sheet,
    check_cell,
)
from dashboard.tables.merged_cells import MergedCells, MergedColumns
from dashboard.tables.number_format import displayed
from dashboard.tables.sheet_details import SheetDetails, read_sheet_details, sheet_paths

MAX_EXCEL_ROW = 1_048_576  # of a sheet, by Excel's own limit


class _SheetReader(ExcelReader):
    """Reads sheets of cells. Charts on sheets of their own have no rows, and may be damaged."""

    def read_chartsheet(self, sheet: object, rel: object) -> None:
        """Leaves a chart out."""


def excel_sheets(content: bytes) -> list[Sheet]:
    """Returns the sheets of an .xlsx or .xlsm. Raises ``UnreadableFileError``."""
    with reporting_damage():
        reader = _SheetReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        reader.read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            paths = sheet_paths(archive)
    return [
        _excel_sheet(content, cells, paths.get(cells.title, "")) for cells in reader.wb.worksheets
    ]


def _excel_sheet(content: bytes, cells: Any, path: str) -> Sheet:
    notes: list[str] = []

    def rows() -> Iterator[FileRow]:
        with reporting_damage():
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                details = read_sheet_details(archive, path)
            notes[:] = _notes(details)
            yield from _excel_rows(cells, details)

    return Sheet(cells.title, rows, cells.sheet_state == "visible", notes=notes)


def _excel_rows(cells: Any, details: SheetDetails) -> Iterator[FileRow]:
    # A few bytes can claim a sheet of any size, which openpyxl would fill with empty cells.
    cells.reset_dimensions()
    filled = MergedColumns(details.merged)
    for line, row in enumerate(cells.iter_rows(max_row=MAX_EXCEL_ROW), 1):
        texts = [check_cell(displayed(cell.value, cell.number_format), line) for cell in row]
        while texts and not texts[-1]:  # only formatted
            texts.pop()
        check_width(len(texts))
        yield FileRow(
            line,
            filled.fill(line, texts),
            details.links.get(line, NO_LINKS),
            _hidden(line, details),
        )


def _hidden(line: int, details: SheetDetails) -> Hidden | None:
    if line not in details.hidden_rows:
        return None
    return Hidden.BY_FILTER if line in details.filtered else Hidden.BY_HAND


def _notes(details: SheetDetails) -> list[str]:
    if not details.uncalculated:
        return []
    number = len(details.uncalculated)
    cells = count(number, "formula has", "formulas have")
    return [
        f"{cells} no result yet, the first in {details.uncalculated[0]}: no spreadsheet has "
        "calculated them. Open the file in one, save it, then choose it again."
    ]


def binary_sheets(content: bytes) -> list[Sheet]:
    """Returns the sheets of an .xlsb. Raises ``UnreadableFileError``."""
    with reporting_damage():
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            Sheet(
                sheet.name,
                partial(_plain_rows, book, sheet.name),
                sheet.visible == SheetVisibleEnum.Visible,
            )
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]


def _plain_rows(book: CalamineWorkbook, name: str) -> Iterator[FileRow]:
    with reporting_damage():
        sheet = book.get_sheet_by_name(name)
        check_width(sheet.width)
        merged = [
            MergedCells(first[1], first[0] + 1, last[0] + 1)
            for first, last in sheet.merged_cell_ranges or ()
        ]
        filled = MergedColumns(merged)
        left = [""] * (sheet.start[1] if sheet.start else 0)
        for line, values in enumerate(sheet.iter_rows(), 1):
            texts = [check_cell(displayed(value, None), line) for value in values]
            yield FileRow(line, filled.fill(line, [*left, *texts]))
