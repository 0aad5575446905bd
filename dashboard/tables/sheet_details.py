"""What a sheet of an .xlsx says beside its cells: hidden rows, merged cells, links, formulas. Pure.

openpyxl tells it only of a workbook that is in memory as a whole. Here the sheet's XML is read as a
stream, and nothing is kept but what is said.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from dashboard.tables.merged_cells import MergedCells

WORKBOOK = "xl/workbook.xml"
MAX_LINKS = 200_000  # of a sheet
_LINK_FORMULA = re.compile(r'\s*(?:_xlfn\.)?HYPERLINK\(\s*"([^"]*)"', re.IGNORECASE)


@dataclass
class SheetDetails:
    """What a sheet says beside its cells; rows from 1, columns from 0.

    ``filtered`` are the rows that a filter covers, without its header. ``uncalculated`` are cells
    with a formula and no result, because no spreadsheet has calculated them.
    """

    hidden_rows: set[int] = field(default_factory=set)
    filtered: range = range(0)
    merged: list[MergedCells] = field(default_factory=list)
    links: dict[int, dict[int, str]] = field(default_factory=dict)  # row -> column -> address
    uncalculated: list[str] = field(default_factory=list)

    def add_link(self, cell: str, address: str) -> None:
        """Adds the address behind a cell, or behind the first one of a range."""
        column, row = coordinate_from_string(cell.partition(":")[0])
        if address and len(self.links) < MAX_LINKS:
            self.links.setdefault(row, {})[column_number(column) - 1] = address


def sheet_paths(book: zipfile.ZipFile) -> dict[str, str]:
    """Returns the path of each sheet within the archive, by its name."""
    targets = _relationships(book, WORKBOOK)
    return {
        element.get("name", ""): targets.get(_attribute(element, "id"), "")
        for element in _elements(book, WORKBOOK)
        if _name(element) == "sheet"
    }


def read_sheet_details(book: zipfile.ZipFile, path: str) -> SheetDetails:
    """Returns what the sheet at ``path`` says beside its cells."""
    details = SheetDetails()
    targets = _relationships(book, path)
    for element in _elements(book, path):
        match _name(element):
            case "row" if element.get("hidden") in ("1", "true"):
                details.hidden_rows.add(int(element.get("r", "0")))
            case "c":
                _read_formula(details, element)
            case "mergeCell":
                left, top, _, bottom = _boundaries(element)
                details.merged.append(MergedCells(left - 1, top, bottom))
            case "autoFilter":
                _, top, _, bottom = _boundaries(element)
                details.filtered = range(top + 1, bottom + 1)
            case "hyperlink":
                address = targets.get(_attribute(element, "id"), "")
                details.add_link(element.get("ref", ""), address)
    return details


def _read_formula(details: SheetDetails, cell: ET.Element) -> None:
    parts = {_name(part): part.text or "" for part in cell}
    if "f" not in parts:
        return
    place = cell.get("r", "")
    link = _LINK_FORMULA.match(parts["f"])
    if link is not None:
        details.add_link(place, link[1])
    if not parts.get("v") and cell.get("t") not in ("str", "inlineStr"):
        details.uncalculated.append(place)


def _boundaries(element: ET.Element) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(element.get("ref", ""))
    return left or 1, top or 1, right or 1, bottom or 1


def _relationships(book: zipfile.ZipFile, path: str) -> Mapping[str, str]:
    """Returns what a part of the archive refers to: paths within it, or addresses, by their ids."""
    folder, name = posixpath.split(path)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in book.namelist():
        return {}
    return {
        element.get("Id", ""): _target(element, folder)
        for element in _elements(book, rels)
        if _name(element) == "Relationship"
    }


def _target(relationship: ET.Element, folder: str) -> str:
    target = relationship.get("Target", "")
    if relationship.get("TargetMode") == "External":
        return target
    return posixpath.normpath(posixpath.join(folder, target)).lstrip("/")


def _elements(book: zipfile.ZipFile, path: str) -> Iterator[ET.Element]:
    """Yields the elements of an XML part as they end, and forgets each row after it."""
    with book.open(path) as part:
        for _, element in ET.iterparse(part):  # noqa: S314 - as above
            yield element
            if _name(element) in ("row", "sheetData"):
                element.clear()


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str) -> str:
    """Returns an attribute by its name without a namespace: Excel has two for the same."""
    return next((v for key, v in element.items() if key.rpartition("}")[2] == name), "")
