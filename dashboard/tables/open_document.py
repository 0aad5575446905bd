"""The .ods workbooks of LibreOffice, Google Sheets and others. Pure.

A cell has its text as it is displayed, so nothing has to be formatted here. The XML is read as a
stream: a document of any size takes no more memory than a row. For memory and time that a hostile
one takes nevertheless, see ``bounded``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from xml.etree import ElementTree as ET

from dashboard.tables.damage import check_width, reporting_damage
from dashboard.tables.file_rows import FileRow, Hidden, Sheet, check_cell
from dashboard.tables.merged_cells import MergedCells, MergedColumns
from dashboard.tables.number_format import displayed

CONTENT = "content.xml"
MAX_ROWS = 1_048_576  # of a sheet, as LibreOffice has them

_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _TEXT, _OFFICE, _STYLE = (
    _NAMESPACE % name for name in ("table", "text", "office", "style")
)
_XLINK = "{http://www.w3.org/1999/xlink}"
_HIDDEN = {"collapse": Hidden.BY_HAND, "filter": Hidden.BY_FILTER}
_VALUES = ("string-value", "date-value", "time-value", "boolean-value")
_SCIENTIFIC = re.compile(r"-?[\d.,]+E[+-]?\d+", re.IGNORECASE)


def open_document_sheets(content: bytes) -> list[Sheet]:
    """Returns the sheets of an .ods. Raises ``UnreadableFileError``."""
    with reporting_damage():
        hidden_styles: set[str] = set()
        sheets: list[Sheet] = []
        for event, element in _elements(content):
            if event == "end" and element.tag == f"{_STYLE}style":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{_TABLE}display") == "false":
                    hidden_styles.add(element.get(f"{_STYLE}name", ""))
            elif event == "start" and element.tag == f"{_TABLE}table":
                is_visible = element.get(f"{_TABLE}style-name", "") not in hidden_styles
                rows = partial(_rows, content, len(sheets))
                sheets.append(Sheet(element.get(f"{_TABLE}name", ""), rows, is_visible))
        return sheets


def _elements(content: bytes) -> Iterator[tuple[str, ET.Element]]:
    """Yields the elements of the document as they start and end, and forgets each row after it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(CONTENT) as part:
        for event, element in ET.iterparse(part, ("start", "end")):  # noqa: S314 - see above
            yield event, element
            if event == "end" and element.tag in (f"{_TABLE}table-row", f"{_TABLE}table"):
                element.clear()


def _rows(content: bytes, sheet: int) -> Iterator[FileRow]:
    with reporting_damage():
        index, line, filled = -1, 0, MergedColumns()
        for event, element in _elements(content):
            if event == "start":
                index += element.tag == f"{_TABLE}table"
            elif index > sheet:
                return
            elif index == sheet and element.tag == f"{_TABLE}table-row":
                row = _Row(element, line + 1)
                for merged in row.merged:
                    filled.add(merged)
                for _ in range(row.repeated if row.texts else 0):
                    line += 1
                    texts = filled.fill(line, [*row.texts])
                    yield FileRow(line, texts, row.links, row.hidden)
                line += 0 if row.texts else row.repeated


class _Row:
    """A row of the document: its cells as they are displayed, and what it says beside them."""

    def __init__(self, element: ET.Element, line: int) -> None:
        self.texts: list[str] = []
        self.links: dict[int, str] = {}
        self.merged: list[MergedCells] = []
        self.repeated = min(_number(element, "number-rows-repeated"), MAX_ROWS)
        self.hidden = _HIDDEN.get(element.get(f"{_TABLE}visibility", ""))
        column = 0
        for cell in element:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            text, repeated = check_cell(_text(cell), line), _number(cell, "number-columns-repeated")
            if text:  # thousands of empty cells end each row
                check_width(column + repeated)
                self.texts += [""] * (column - len(self.texts)) + [text] * repeated
            link = cell.find(f".//{_TEXT}a")
            if link is not None:
                self.links[column] = link.get(f"{_XLINK}href", "")
            last_line = line + _number(cell, "number-rows-spanned") - 1
            if last_line > line:
                self.merged.append(MergedCells(column, line, last_line))
            column += repeated


def _number(element: ET.Element, name: str) -> int:
    return int(element.get(_TABLE + name, "1"))


def _text(cell: ET.Element) -> str:
    """Returns a cell's text as it is displayed; numbers in scientific notation come in full."""
    text = "\n".join("".join(_pieces(paragraph)) for paragraph in cell.iterfind(f"{_TEXT}p"))
    number = cell.get(f"{_OFFICE}value")
    if number is not None and (not text or _SCIENTIFIC.fullmatch(text)):
        return displayed(float(number), None)
    # What other programs than spreadsheets write can have a value alone.
    return text or next(filter(None, (cell.get(_OFFICE + name) for name in _VALUES)), "")


def _pieces(element: ET.Element) -> Iterator[str]:
    """Yields the parts of a paragraph's text, with its spaces, tabs and line breaks."""
    yield element.text or ""
    for part in element:
        if part.tag == f"{_TEXT}s":
            yield " " * int(part.get(f"{_TEXT}c", "1"))
        elif part.tag == f"{_TEXT}tab":
            yield "\t"
        elif part.tag == f"{_TEXT}line-break":
            yield "\n"
        elif part.tag != f"{_OFFICE}annotation":
            yield from _pieces(part)
        yield part.tail or ""
