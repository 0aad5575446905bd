"""Workbooks as sheets of rows: Excel of every age, and OpenDocument. Pure.

An .xlsx or .xlsm is read cell by cell, so that numbers appear as they are displayed; what a sheet
says beside its cells comes from ``sheet_details``. Of .xls, .xlsb and .ods the plain values are
read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from openpyxl.reader.excel import ExcelReader
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from dashboard.formatting import count
from dashboard.tables.file_kinds import PASSWORD
from dashboard.tables.file_rows import (
    NO_LINKS,
    FileRow,
    Hidden,
    Sheet,
    UnreadableFileError,
    check_cell,
)
from dashboard.tables.number_format import displayed
from dashboard.tables.sheet_details import (
    MergedCells,
    SheetDetails,
    read_sheet_details,
    sheet_paths,
)
from dashboard.tables.upload_limits import check_table

MAX_EXCEL_ROW = 1_048_576  # of a sheet, by Excel's own limit


class _SheetReader(ExcelReader):
    """Reads sheets of cells. Charts on sheets of their own have no rows, and may be damaged."""

    def read_chartsheet(self, sheet: object, rel: object) -> None:
        """Leaves a chart out."""


# Excel since 2007 --------------------------------------------------------------------------------


def excel_sheets(content: bytes) -> list[Sheet]:
    """Returns the sheets of an .xlsx or .xlsm. Raises ``UnreadableFileError``."""
    with _reporting_damage():
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
        with _reporting_damage():
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                details = read_sheet_details(archive, path)
            notes[:] = _notes(details)
            yield from _excel_rows(cells, details)

    return Sheet(cells.title, rows, cells.sheet_state == "visible", notes=notes)


def _excel_rows(cells: Any, details: SheetDetails) -> Iterator[FileRow]:
    # A few bytes can claim a sheet of any size, which openpyxl would fill with empty cells.
    cells.reset_dimensions()
    filled = _MergedColumns(details.merged)
    for line, row in enumerate(cells.iter_rows(max_row=MAX_EXCEL_ROW), 1):
        texts = [check_cell(displayed(cell.value, cell.number_format), line) for cell in row]
        while texts and not texts[-1]:  # only formatted
            texts.pop()
        _check_width(len(texts))
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


class _MergedColumns:
    """Gives the cells of merged rows the text of the first, column by column."""

    def __init__(self, merged: Sequence[MergedCells]) -> None:
        self._waiting = sorted(
            (cells for cells in merged if cells.last_row > cells.first_row),
            key=lambda cells: cells.first_row,
            reverse=True,
        )
        self._open: list[tuple[MergedCells, str]] = []  # with their text

    def fill(self, line: int, texts: list[str]) -> list[str]:
        """Returns a row's cells with those of merged cells that reach it; an empty row stays."""
        self._open = [(cells, text) for cells, text in self._open if cells.last_row >= line]
        if any(texts):
            for cells, text in self._open:
                texts += [""] * (cells.column + 1 - len(texts))
                texts[cells.column] = texts[cells.column] or text
        while self._waiting and self._waiting[-1].first_row <= line:
            cells = self._waiting.pop()
            if cells.column < len(texts) and cells.last_row > line:
                self._open.append((cells, texts[cells.column]))
        return texts


# Excel before 2007, binary Excel and OpenDocument ------------------------------------------------


def other_sheets(content: bytes) -> list[Sheet]:
    """Returns the sheets of an .xls, .xlsb or .ods. Raises ``UnreadableFileError``."""
    with _reporting_damage():
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
    with _reporting_damage():
        sheet = book.get_sheet_by_name(name)
        _check_width(sheet.width)
        merged = [
            MergedCells(first[1], first[0] + 1, last[0] + 1)
            for first, last in sheet.merged_cell_ranges or ()
        ]
        filled = _MergedColumns(merged)
        left = [""] * (sheet.start[1] if sheet.start else 0)
        for line, values in enumerate(sheet.iter_rows(), 1):
            texts = [check_cell(displayed(value, None), line) for value in values]
            yield FileRow(line, filled.fill(line, [*left, *texts]))


# Both --------------------------------------------------------------------------------------------


def _check_width(columns: int) -> None:
    problem = check_table(0, columns)
    if problem:
        raise UnreadableFileError(problem)


@contextmanager
def _reporting_damage() -> Iterator[None]:
    """Raises ``UnreadableFileError`` for whatever a library stumbles over in a damaged file."""
    try:
        yield
    except (UnreadableFileError, MemoryError):
        raise
    except PasswordError:
        raise UnreadableFileError(PASSWORD) from None
    except Exception:
        raise UnreadableFileError(
            "This workbook is damaged, or of a kind that cannot be read here. Open it in a "
            "spreadsheet and save it as .xlsx or CSV, then choose that."
        ) from None
