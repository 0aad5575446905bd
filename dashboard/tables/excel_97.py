"""The .xls workbooks of Excel 5 to 2003, which CRM exports still have. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, time
from functools import partial

import xlrd

from dashboard.tables.damage import check_width, reporting_damage
from dashboard.tables.file_kinds import PASSWORD
from dashboard.tables.file_rows import (
    NO_LINKS,
    FileRow,
    Hidden,
    Sheet,
    UnreadableFileError,
    check_cell,
)
from dashboard.tables.merged_cells import MergedCells, MergedColumns
from dashboard.tables.number_format import SHORT_DATE, displayed

FILTER_RANGE = "_FilterDatabase"  # the name that Excel gives to the range of a filter
SHORT_DATE_KEY = 14  # of the built-in format whose order is that of the reader's country


def excel_97_sheets(content: bytes) -> list[Sheet]:
    """Returns the sheets of an .xls. Raises ``UnreadableFileError``."""
    with reporting_damage():
        try:
            book = xlrd.open_workbook(
                file_contents=content, formatting_info=True, logfile=io.StringIO()
            )
        except xlrd.XLRDError as error:
            if "encrypted" in str(error):
                raise UnreadableFileError(PASSWORD) from None
            raise
        return [
            Sheet(sheet.name, partial(_rows, book, sheet), sheet.visibility == 0)
            for sheet in book.sheets()
        ]


def _rows(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> Iterator[FileRow]:
    with reporting_damage():
        check_width(sheet.ncols)
        filtered = _filtered(book, sheet)
        filled = MergedColumns(
            [MergedCells(left, top + 1, bottom) for top, bottom, left, _ in sheet.merged_cells]
        )
        links: dict[int, dict[int, str]] = {}
        for (row, column), link in sheet.hyperlink_map.items():
            if link.url_or_path:
                links.setdefault(row, {})[column] = str(link.url_or_path)
        for row in range(sheet.nrows):
            texts = [check_cell(_text(book, cell), row + 1) for cell in sheet.row(row)]
            hidden = None
            if row in sheet.rowinfo_map and sheet.rowinfo_map[row].hidden:
                hidden = Hidden.BY_FILTER if row in filtered else Hidden.BY_HAND
            yield FileRow(row + 1, filled.fill(row + 1, texts), links.get(row, NO_LINKS), hidden)


def _filtered(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> range:
    """Returns the rows, from 0, that a filter covers, without its header."""
    for name in book.name_obj_list:
        if name.name == FILTER_RANGE and name.scope == sheet.number:
            _, top, bottom, _, _ = name.area2d()
            return range(top + 1, bottom)
    return range(0)


def _text(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> str:
    """Returns a cell as Excel displays it."""
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER:
            return displayed(cell.value, _number_format(book, cell))
        case xlrd.XL_CELL_DATE:
            return displayed(_date(cell.value, book.datemode), _number_format(book, cell))
        case xlrd.XL_CELL_BOOLEAN:
            return displayed(bool(cell.value), None)
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, ""))
        case _:
            return str(cell.value)


def _number_format(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> str:
    key = book.xf_list[cell.xf_index].format_key
    return SHORT_DATE if key == SHORT_DATE_KEY else str(book.format_map[key].format_str)


def _date(days: float, datemode: int) -> datetime | time:
    """Returns the date and time that a number of days means, or the time of day below 1."""
    moment: datetime = xlrd.xldate.xldate_as_datetime(days, datemode)
    return moment.time() if 0 <= days < 1 else moment
