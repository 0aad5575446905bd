"""A table's columns, as they are looked at to tell what they hold. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from itertools import groupby, islice

from dashboard.identity.words import is_placeholder, link_target
from dashboard.tables.cells import as_written
from dashboard.tables.header import MAX_CELL
from dashboard.tables.header_names import HeaderName, read_grouped_header
from dashboard.tables.spreadsheet import NO_HEADER, SkipReason, Table

PROBED_ROWS, PROBED_CELLS = 300, 50  # looked at to tell what a column holds
DISTINCT = 0.9  # the share of different addresses in a column that holds each person's own
MAX_NAME = 60  # characters of a name

Found = defaultdict[str, list[int]]


class ColumnProbe:
    """Looks at a table's columns: what they are called, and what the first cells hold."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns: dict[int, list[str]] = {}
        has_header = table.header_line != NO_HEADER
        self.names = [
            read_grouped_header(group, name) if has_header else HeaderName()
            for group, name in zip(_groups(table), table.columns, strict=True)
        ]
        self.indexes = range(len(table.columns))

    def leave_out(self, indexes: Collection[int]) -> None:
        """Takes columns for those of somebody else."""
        for index in indexes:
            self.names[index] = HeaderName(is_of_somebody_else=True)

    def named(self) -> Found:
        """Returns the columns of each field by their names, the most reliable first."""
        found: Found = defaultdict(list)
        for index in sorted(self.indexes, key=self._order):
            if self.names[index].field:
                found[self.names[index].field].append(index)
        return found

    def title(self, index: int) -> str:
        """Returns a column's name as it is written."""
        return self._table.columns[index]

    def _order(self, index: int) -> tuple[bool, int]:
        """What says whose it is comes first: "Contact Email" beside the "Email" of the account."""
        name = self.names[index]
        return not name.is_qualified, name.rank

    def free(self, found: Found) -> list[int]:
        """Returns the columns that hold no field yet, and are nobody else's."""
        taken = {index for indexes in found.values() for index in indexes}
        return [
            index
            for index in self.indexes
            if index not in taken and not self.names[index].is_of_somebody_else
        ]

    def column(self, index: int) -> list[str]:
        """Returns the first cells of a column; the address behind one instead of its text."""
        if index not in self._columns:
            self._columns[index] = [
                _content(self._table.links.get((number, index)) or row[index])
                for number, row in enumerate(self._table.rows[:PROBED_ROWS])
            ]
        return self._columns[index]

    def sample(self, index: int) -> list[str]:
        """Returns the first cells of a column that are not empty."""
        return list(islice(filter(None, self.column(index)), PROBED_CELLS))

    def share(self, index: int, is_match: Callable[[str], object]) -> float:
        """Returns the share of a column's first cells that match."""
        sample = self.sample(index)
        return sum(bool(is_match(cell[:MAX_CELL])) for cell in sample) / (len(sample) or 1)

    def mostly(self, index: int, is_match: Callable[[str], object]) -> bool:
        """Whether most of a column's first cells match."""
        return self.share(index, is_match) > 1 / 2

    def are_distinct(self, index: int) -> bool:
        """Whether almost all cells of a column differ."""
        cells = [cell.casefold() for cell in self.column(index) if cell]
        return len(set(cells)) >= len(cells) * DISTINCT

    def agree(
        self, first: Sequence[int], second: Sequence[int], fits: Callable[[str, str], bool]
    ) -> float:
        """Returns the share of rows in which the texts of two groups of columns fit.

        Rows in which one of them is empty do not count; without any, the share is 1.
        """
        compared = [fits(one, other) for one, other in self._pairs(first, second)]
        return sum(compared) / len(compared) if compared else 1.0

    def compared(self, first: Sequence[int], second: Sequence[int]) -> int:
        """Returns the number of rows in which the texts of two groups of columns are compared."""
        return len(self._pairs(first, second))

    def _pairs(self, first: Sequence[int], second: Sequence[int]) -> list[tuple[str, str]]:
        pairs = zip(self._joined(first), self._joined(second), strict=True)
        return [(one, other) for one, other in pairs if one and other]

    def _joined(self, indexes: Sequence[int]) -> list[str]:
        columns = [self.column(index) for index in indexes]
        rows = range(len(self._table.rows[:PROBED_ROWS]))
        return [" ".join(column[row] for column in columns).strip() for row in rows]


def _groups(table: Table) -> list[str]:
    """Returns the name above each column if the row above the header names groups of columns."""
    above = [row for row in table.skipped if row.reason is SkipReason.ABOVE_HEADER]
    cells = above[-1].cells if above and above[-1].line == table.header_line - 1 else ()
    names: list[str] = []
    for cell in (*cells, *[""] * len(table.columns))[: len(table.columns)]:
        names.append(" ".join(cell.split()) or (names[-1] if names else ""))
    widths = [len([*columns]) for _, columns in groupby(names)]
    # Not a title, which is alone, nor the name of one value: "Created by:", "Bob".
    are_groups = max(widths[:-1], default=0) > 1 and all(map(_is_group_name, names))
    return names if are_groups else [""] * len(names)


def _is_group_name(text: str) -> bool:
    return len(text) <= MAX_NAME and not re.search(r"[\d:@/]", text)


def _content(cell: str) -> str:
    """Returns what a cell holds; empty if it says that there is nothing."""
    text = link_target(as_written(cell[:MAX_CELL]))
    return "" if len(text) <= MAX_NAME and is_placeholder(text) else text
