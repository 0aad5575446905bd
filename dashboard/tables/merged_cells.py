"""Merged cells of a sheet: the first has the text, and stands for all rows below it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class MergedCells(NamedTuple):
    """A range whose first cell stands for all of them; rows from 1, columns from 0."""

    column: int
    first_row: int
    last_row: int


class MergedColumns:
    """Gives the cells of merged rows the text of the first, column by column."""

    def __init__(self, merged: Iterable[MergedCells] = ()) -> None:
        self._waiting: list[MergedCells] = []
        for cells in sorted(merged, key=lambda cells: cells.first_row, reverse=True):
            self.add(cells)
        self._open: list[tuple[MergedCells, str]] = []  # with their text

    def add(self, cells: MergedCells) -> None:
        """Adds cells that begin in the row that is filled next."""
        if cells.last_row > cells.first_row:
            self._waiting.append(cells)

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
