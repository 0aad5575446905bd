"""Which row of a file names its columns, and which rows are no data. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from dashboard.identity.linkedin import has_profile
from dashboard.tables.file_rows import FileRow
from dashboard.tables.header_names import read_header, word_list, words_of

HEADER_ROWS = 20  # of a file, in which its header is looked for
EXAMPLE_ROWS = 2  # below a header, that can show what to enter
MAX_FOOTER_CELLS = 2  # of a line above or below a table
PROBED_ROWS = 50  # compared with a first row, to tell whether it is one of them
MAX_CELL = 1_000  # characters that are looked at

_DIGIT = re.compile(r"\d")
# An address that begins a cell or stands in brackets: a header can mention an example of one.
_EMAIL = re.compile(
    r"^[\s\"'(\[<\u200b\ufeff]*(?:mailto:)?[^\s@<>]{1,200}@[\w-]+(?:\.[\w-]+)+|<[^\s@<>]{1,200}@[^\s@<>]{1,200}>",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(r"\s*(?:https?://|www\.)", re.IGNORECASE)
_RECORD_COUNT = re.compile(
    r"(?:\(|^)\s*[\d.,]+ (?:records?|rows?|contacts?|leads?|items?)\s*(?:\)|$)", re.IGNORECASE
)
# In a footer of two cells: a date, a page of pages, a sign, or what asks for the second cell.
_FOOTER_SIGN = re.compile(r"\d{4}|\d\s?(?:of|von|de|di|/)\s?\d|[:©]|\(c\)", re.IGNORECASE)
_FOOTER_END = re.compile(r"\s(?:by|on|at|from|am|von|par|le|por|el|da|il|door|op)$")
_LEGAL_FORM = re.compile(
    r"\b(?:inc|llc|ltd|gmbh|corp|plc|ag|srl|s\.?r\.?l|spa|s\.p\.a|bv|b\.v|nv|oy|ab|as|sas|sarl|"
    r"sp\. z o\.o|limited|ltda|pty|kg|co)\.?$",
    re.IGNORECASE,
)


class SkipReason(StrEnum):
    """Why a row of a file is no data, in the words of the preview."""

    ABOVE_HEADER = "above the header"
    HEADER_AGAIN = "the header again"
    EXAMPLE = "an example of what to enter"
    LINE = "a line"
    TOTAL = "a total"
    FOOTER = "a footer"
    FILTERED = "filtered out in the workbook"
    HIDDEN = "hidden in the workbook"


def is_empty(cells: Sequence[str]) -> bool:
    """Whether a row has no text."""
    return not any(cell.strip() for cell in cells)


def is_data(cell: str) -> bool:
    """Whether a cell can only be data: an address, a profile, an id, a web address."""
    start = cell[:MAX_CELL]
    return bool(
        _EMAIL.search(start)
        or start.strip().startswith("PersonID-")
        or _WEB_ADDRESS.match(start)
        or ("linkedin." in start.lower() and has_profile(start))
    )


def ends_like_company(cell: str) -> bool:
    """Whether a text ends in Inc, GmbH or another legal form."""
    return _LEGAL_FORM.search(cell.strip()[-MAX_CELL:]) is not None


# The header --------------------------------------------------------------------------------------


def find_header(rows: Sequence[FileRow]) -> int | None:
    """Returns the index of the row that names the columns, or None if no row does.

    ``rows`` are the first of a file, without empty ones. The row with the most known names of
    columns wins; without any, the first that is as wide as the table and unlike the rows below.
    """
    candidates = [i for i, row in enumerate(rows) if row.line <= HEADER_ROWS]
    scores = {i: _known_names(rows[i].cells) for i in candidates}
    best = max(candidates, key=lambda i: scores[i], default=None)
    if best is not None and scores[best] > 1:
        return best
    first = _first_full_row(rows)
    is_narrow = all(len(row.cells) == 1 for row in rows)
    if best is not None and scores[best] == 1 and (best <= first or is_narrow):
        return best
    return None if first >= len(rows) or _is_like_others(rows, first) else first


def _known_names(cells: Sequence[str]) -> int:
    """Returns how many different fields a row names; 0 for a row of data."""
    if any(is_data(cell) for cell in cells):
        return 0
    names = [read_header(cell) for cell in cells if cell.strip()]
    own = {name.field for name in names if name.field}
    # A sentence that mentions an owner is no header; beside known fields, the name is one.
    return len(own) + (bool(own) and any(name.is_of_somebody_else for name in names))


def _first_full_row(rows: Sequence[FileRow]) -> int:
    """Returns the index of the first row that is more than half as wide as most of them."""
    widths = sorted(sum(bool(cell.strip()) for cell in row.cells) for row in rows[:PROBED_ROWS])
    if not widths:
        return 0
    needed = widths[len(widths) // 2] // 2 + 1
    return next(
        (i for i, row in enumerate(rows) if sum(bool(c.strip()) for c in row.cells) >= needed),
        len(rows),
    )


def _is_like_others(rows: Sequence[FileRow], index: int) -> bool:
    """Whether a row is data as those below it are, instead of naming columns."""
    cells = rows[index].cells
    if any(is_data(cell) or ends_like_company(cell) for cell in cells):
        return True
    below = [row.cells for row in rows[index + 1 : index + 1 + PROBED_ROWS]]
    for column, cell in enumerate(cells):
        others = [row[column].strip() for row in below if column < len(row) and row[column].strip()]
        if not others:
            continue
        if cell.strip() in others or (_have(others, _is_number) and _is_number(cell)):
            return True
        if not cell.strip() and _have(others, is_data):
            return True
    return False


def _have(cells: Sequence[str], is_match: Callable[[str], object]) -> bool:
    """Whether most cells match."""
    return sum(bool(is_match(cell)) for cell in cells) * 2 > len(cells)


def _is_number(cell: str) -> bool:
    return bool(_DIGIT.search(cell[:MAX_CELL]))


# Rows that are no data ---------------------------------------------------------------------------


class RowsBelowHeader:
    """Tells which rows below a header are no data."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = [words_of(cell) for cell in header if cell.strip()]
        self._fields = [read_header(cell).field for cell in header]
        self._width = len(self._header)
        self._seen = 0

    def skip_reason(self, cells: Sequence[str]) -> SkipReason | None:
        """Returns why the next row, which is not empty, is no data; None if it is."""
        self._seen += 1
        texts = [cell.strip()[:MAX_CELL] for cell in cells if cell.strip()]
        if self._is_header(texts) or (self._seen <= EXAMPLE_ROWS and self._names_fields(cells)):
            return SkipReason.HEADER_AGAIN
        if self._seen <= EXAMPLE_ROWS and _is_example(texts):
            return SkipReason.EXAMPLE
        if any(is_data(text) for text in texts):
            return None
        if not any(sign.isalnum() for text in texts for sign in text):
            return SkipReason.LINE
        if _is_total(texts):
            return SkipReason.TOTAL
        if len(texts) <= MAX_FOOTER_CELLS < self._width + 1 and _is_footer(texts):
            return SkipReason.FOOTER
        return None

    def _is_header(self, texts: Sequence[str]) -> bool:
        return len(texts) == self._width and [words_of(text) for text in texts] == self._header

    def _names_fields(self, cells: Sequence[str]) -> bool:
        """Whether most cells name what their column's header does, in other words."""
        pairs = zip(self._fields, cells, strict=False)
        same = [field == read_header(cell).field for field, cell in pairs if field and cell.strip()]
        return sum(same) > 1 and sum(same) * 2 > len(same)


def _is_example(texts: Sequence[str]) -> bool:
    examples = word_list("rows", "examples")
    return sum(text.casefold().startswith(examples) for text in texts) * 2 > len(texts)


def _is_total(texts: Sequence[str]) -> bool:
    first, *others = texts
    if _RECORD_COUNT.search(first) and not others:
        return True
    name = " ".join(re.split(r"[(:\d]", first, maxsplit=1)[0].casefold().split())
    if name not in word_list("rows", "totals"):
        return False
    numbers = [text for text in others if text.casefold() not in word_list("rows", "totals")]
    return all(map(_is_number, numbers)) and (bool(others) or name != "count")


def _is_footer(texts: Sequence[str]) -> bool:
    """Whether a line is no data, which in two cells takes more than its first word.

    Page Larson of Acme is a person, and the Copyright Clearance Center a company.
    """
    footers, first = word_list("rows", "footers"), texts[0].casefold()
    if not first.startswith(footers):
        return False
    label = first.rstrip(" :")
    return (
        len(texts) == 1
        or label in footers
        or _FOOTER_END.search(label) is not None
        or any(_FOOTER_SIGN.search(text) for text in texts)
    )
