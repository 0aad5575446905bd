"""What a file is made of, whatever its kind: sheets of rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

MAX_CELL_CHARACTERS = 100_000


class UnreadableFileError(ValueError):
    """The file is not a table, or too large. The message says what the user can do."""


class Hidden(StrEnum):
    """Why a row of a workbook is not displayed, in the words of the preview."""

    BY_FILTER = "filtered out"
    BY_HAND = "hidden"


NO_LINKS: Mapping[int, str] = {}


class FileRow(NamedTuple):
    """A row of a file: its number as a spreadsheet shows it, its cells, the links behind them."""

    line: int
    cells: list[str]
    links: Mapping[int, str] = NO_LINKS  # addresses by column
    hidden: Hidden | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, or the only one of a text file, whose rows can be read repeatedly.

    ``delimiter`` is that of a text file. ``notes`` say what the rows do not show; they are complete
    once the rows were read.
    """

    name: str
    rows: Callable[[], Iterator[FileRow]]
    is_visible: bool = True
    delimiter: str = ""
    notes: list[str] = field(default_factory=list)


def check_cell(text: str, line: int) -> str:
    """Returns a cell's text. Raises ``UnreadableFileError`` if it is too long for a cell."""
    if len(text) > MAX_CELL_CHARACTERS:
        raise UnreadableFileError(
            f"A cell that begins in row {line:,} has more than {MAX_CELL_CHARACTERS:,} "
            "characters. Shorten it, or look for a quotation mark there that is not closed."
        )
    return text
