"""Reads the tables that users upload: text of any kind, and workbooks.

Every upload is read here, so that ``upload_limits`` hold everywhere. ``read_table`` is pure; the
server calls ``read_upload``, which runs it in a process of its own. What a file means is decided
elsewhere: this is what it says, and which of its rows are no data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

from dashboard.tables import upload_limits
from dashboard.tables.bounded import TooDemandingError, run_bounded
from dashboard.tables.file_kinds import FileKind, kind_of
from dashboard.tables.file_rows import FileRow, Hidden, Sheet, UnreadableFileError
from dashboard.tables.header import (
    HEADER_ROWS,
    RowsBelowHeader,
    SkipReason,
    find_header,
    is_empty,
)
from dashboard.tables.header_names import read_header
from dashboard.tables.text_file import text_sheet

__all__ = [
    "NO_HEADER",
    "ReadingChoice",
    "SkipReason",
    "SkippedRow",
    "Table",
    "UnreadableFileError",
    "column_names",
    "read_table",
    "read_upload",
]

NO_HEADER = 0  # the row number of a header that is not there
PROBED_ROWS = 100  # read to find the header
MIN_NAMES = 2  # known names of columns in the sheet that is taken before others

HIDDEN_REASONS: Mapping[Hidden, SkipReason] = {
    Hidden.BY_FILTER: SkipReason.FILTERED,
    Hidden.BY_HAND: SkipReason.HIDDEN,
}


class SkippedRow(NamedTuple):
    """A row of a file that is no data: its number in the spreadsheet, why, and its cells."""

    line: int
    reason: SkipReason
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file's columns, and its rows with a cell for each column. Empty rows are left out.

    ``lines`` are the row numbers as a spreadsheet shows them, one for each row; ``links`` the
    addresses behind cells, by row and column. ``header_line`` is ``NO_HEADER`` if no row names the
    columns. ``sheets`` are the names that can be chosen; ``delimiter`` is that of a text file, and
    a comma for a workbook. ``notes`` say what the rows do not show.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    header_line: int = NO_HEADER
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    delimiter: str = ","
    skipped: tuple[SkippedRow, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def skipped_by_reason(self) -> Mapping[SkipReason, int]:
        """How many rows are no data, by the reason."""
        return Counter(row.reason for row in self.skipped)


class ReadingChoice(NamedTuple):
    """How the user wants a file read, as ``read_table`` takes it; None is what is found."""

    sheet: str | None = None
    header_row: int | None = None
    with_hidden_rows: bool = False


def read_upload(
    content: bytes,
    choice: ReadingChoice | None = None,
    *,
    max_rows: int = upload_limits.MAX_BULK_ROWS,
    max_megabytes: int = upload_limits.MAX_BULK_MEGABYTES,
) -> Table:
    """Returns ``read_table`` of a file, within limits of memory and time.

    No file holds up the other users of the server. Raises ``UnreadableFileError``.
    """
    _raise_problem(upload_limits.check_file(content, max_megabytes))
    options = (choice or ReadingChoice())._asdict()
    try:
        return run_bounded(
            read_table, content, **options, max_rows=max_rows, max_megabytes=max_megabytes
        )
    except TooDemandingError:
        raise UnreadableFileError(
            "Reading this file takes too much memory or time. Split it, or save the table as CSV "
            "with fewer columns, then choose that."
        ) from None


def read_table(
    content: bytes,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    with_hidden_rows: bool = False,
    max_rows: int = upload_limits.MAX_BULK_ROWS,
    max_megabytes: int = upload_limits.MAX_BULK_MEGABYTES,
) -> Table:
    """Returns the table in a text file or workbook, with its cells and column names unchanged.

    The header is looked for in the first rows; without one, the columns are called "Column 1" and
    so on. Of a workbook the first visible sheet is read whose columns have known names, or else the
    first that is not empty.

    Args:
        content: The file.
        sheet: The sheet's name, if it is not the one that is found.
        header_row: The row that names the columns, as the spreadsheet shows it, or ``NO_HEADER``.
        with_hidden_rows: Whether rows are read that the workbook does not show.
        max_rows: The most rows below the header.
        max_megabytes: The largest file.

    Raises:
        UnreadableFileError: The file is no table, or too large.
    """
    choice = ReadingChoice(sheet, header_row, with_hidden_rows)
    _raise_problem(upload_limits.check_file(content, max_megabytes))
    sheets = _sheets(content)
    chosen = _chosen_sheet(sheets, choice)
    rows = (row for row in chosen.rows() if not is_empty(row.cells))
    start = list(islice(rows, PROBED_ROWS))
    if not start:
        raise UnreadableFileError("The file is empty. Choose one with a row for each person.")
    # Before each cell of a row is looked at for a header.
    _raise_problem(upload_limits.check_table(0, max(len(row.cells) for row in start)))
    header = _header_index(start, choice)
    reader = _TableReader(start[header].cells if header is not None else [], choice, max_rows)
    above = start[:header] if header is not None else []
    for row in above:
        reader.skip(row, SkipReason.ABOVE_HEADER)
    for row in chain(start[len(above) + (header is not None) :], rows):
        reader.add(row)
    header_line = NO_HEADER if header is None else start[header].line
    return reader.table(chosen, sheets, header_line)


def _sheets(content: bytes) -> list[Sheet]:
    # Each kind's library is slow to import, and a file needs one of them.
    match kind_of(content):
        case FileKind.EXCEL:
            from dashboard.tables.workbook import excel_sheets

            return excel_sheets(content)
        case FileKind.BINARY_EXCEL:
            from dashboard.tables.workbook import binary_sheets

            return binary_sheets(content)
        case FileKind.EXCEL_97:
            from dashboard.tables.excel_97 import excel_97_sheets

            return excel_97_sheets(content)
        case FileKind.OPEN_DOCUMENT:
            from dashboard.tables.open_document import open_document_sheets

            return open_document_sheets(content)
        case _:
            return [text_sheet(content)]


def _chosen_sheet(sheets: Sequence[Sheet], choice: ReadingChoice) -> Sheet:
    """Returns the sheet that is read. Raises ``UnreadableFileError`` if there is none."""
    if choice.sheet is not None:
        chosen = next((sheet for sheet in sheets if sheet.name == choice.sheet), None)
        if chosen is None:
            names = ", ".join(sheet.name for sheet in sheets if sheet.name)
            hint = f"Choose one of {names}." if names else "A text file has no sheets."
            raise UnreadableFileError(f"There is no sheet called {choice.sheet!r}. {hint}")
        return chosen
    visible = [sheet for sheet in sheets if sheet.is_visible]
    if len(visible) == 1:
        return visible[0]
    filled = [sheet for sheet in visible if _first_rows(sheet)]
    if not filled:
        raise UnreadableFileError(
            "This workbook has no visible sheet with rows. Show the sheet with the people, or "
            "choose another file."
        )
    return next((sheet for sheet in filled if _has_known_header(sheet)), filled[0])


def _first_rows(sheet: Sheet) -> list[FileRow]:
    return list(islice((row for row in sheet.rows() if not is_empty(row.cells)), HEADER_ROWS))


def _has_known_header(sheet: Sheet) -> bool:
    rows = _first_rows(sheet)
    header = find_header(rows)
    return header is not None and header != len(rows) - 1 and _names_columns(rows[header])


def _names_columns(row: FileRow) -> bool:
    return sum(read_header(cell).is_known for cell in row.cells) >= MIN_NAMES


def _header_index(rows: Sequence[FileRow], choice: ReadingChoice) -> int | None:
    """Returns the index of the row that names the columns, or None if there is none.

    It is a hidden one only if no row that is shown has known names.
    """
    if choice.header_row is None:
        shown = [i for i, row in enumerate(rows) if row.hidden is None or choice.with_hidden_rows]
        visible, any_row = find_header([rows[index] for index in shown]), find_header(rows)
        found = None if visible is None else shown[visible]
        is_known = found is not None and _names_columns(rows[found])
        hides_it = any_row is not None and _names_columns(rows[any_row])
        return any_row if hides_it and not is_known else found
    if choice.header_row == NO_HEADER:
        return None
    index = next((i for i, row in enumerate(rows) if row.line == choice.header_row), None)
    if index is None:
        raise UnreadableFileError(
            f"Row {choice.header_row:,} is empty, or too far down to be the header. Choose another."
        )
    return index


class _TableReader:
    """Collects the rows of a table, and those that are no data, within the limits."""

    def __init__(self, header: list[str], choice: ReadingChoice, max_rows: int) -> None:
        self._header = header
        self._choice = choice
        self._max_rows = max_rows
        self._below = RowsBelowHeader(header)
        self._rows: list[FileRow] = []
        self._skipped: list[SkippedRow] = []
        self._count = 0
        self._width = len(header)

    def add(self, row: FileRow) -> None:
        """Adds a row below the header, or skips it. Raises ``UnreadableFileError``."""
        self._check_width(row)
        if row.hidden is not None and not self._choice.with_hidden_rows:
            self.skip(row, HIDDEN_REASONS[row.hidden])
            return
        reason = self._below.skip_reason(row.cells)
        if reason is not None:
            self.skip(row, reason)
            return
        self._count += 1
        if self._count <= self._max_rows:
            self._rows.append(row)

    def skip(self, row: FileRow, reason: SkipReason) -> None:
        """Keeps a row that is no data apart."""
        self._check_width(row)
        if len(self._skipped) < self._max_rows:
            self._skipped.append(SkippedRow(row.line, reason, tuple(row.cells)))

    def _check_width(self, row: FileRow) -> None:
        """Raises before every row is made as wide as the widest."""
        self._width = max(self._width, len(row.cells))
        _raise_problem(upload_limits.check_table(0, self._width))

    def table(self, sheet: Sheet, sheets: Sequence[Sheet], header_line: int) -> Table:
        """Returns what was collected. Raises ``UnreadableFileError``."""
        width = max([len(self._header), *(len(row.cells) for row in self._rows)])
        _raise_problem(upload_limits.check_table(self._count, width, self._max_rows))
        names = [f"Column {number}" for number in range(len(self._header) + 1, width + 1)]
        return Table(
            columns=(*self._header, *names),
            rows=tuple((*row.cells, *[""] * (width - len(row.cells))) for row in self._rows),
            lines=tuple(row.line for row in self._rows),
            links={
                (index, column): address
                for index, row in enumerate(self._rows)
                for column, address in row.links.items()
            },
            header_line=header_line,
            sheet=sheet.name,
            sheets=tuple(one.name for one in sheets if one.name),
            delimiter=sheet.delimiter or ",",
            skipped=tuple(self._skipped),
            notes=tuple(sheet.notes),
        )


def _raise_problem(problem: str | None) -> None:
    if problem:
        raise UnreadableFileError(problem)


def column_names(columns: Sequence[str]) -> Iterator[str]:
    """Yields the names of columns for people: those without a name are numbered."""
    return (name.strip() or f"Column {number}" for number, name in enumerate(columns, 1))
