"""One cell of a file as it is meant: without damage, and without what hides in it. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from dashboard.tables.export import FORMULA_STARTS
from dashboard.tables.header_names import word_list

MAX_CELL = 10_000  # characters of a cell that mean anything

_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
# What UTF-8 becomes when it is read as cp1252: the first byte of two or three, and another.
_MISREAD = re.compile("[ÂÃÄÅÐÑØÙàáâãäåæç][\u0080-\u00bf\u2010-\u203a€ŒœŠšŸŽžƒˆ˜™]")
_ESCAPED_INNER = re.compile(r"(?<=[;|]\s)'(?=[=+\-@])")
_SCIENTIFIC = re.compile(r"\+?\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_DECIMAL_ZERO = re.compile(r"(\+?\d{5,})\.0+")
_DIGITS = re.compile(r"\d")


def plain(text: str) -> str:
    """Returns a cell's text as it is meant; empty if it says that there is nothing.

    Takes out invisible characters, outer spaces and the apostrophe that keeps a spreadsheet from
    running a cell, and repairs UTF-8 that was once read as cp1252.
    """
    shown = _HIDDEN.sub("", text[:MAX_CELL]).strip()
    if shown.isascii():
        return "" if is_nothing(shown) else unescape(shown)
    repaired = unicodedata.normalize("NFC", _repair(shown)).strip()
    return "" if is_nothing(repaired) else unescape(repaired)


def is_nothing(text: str) -> bool:
    """Whether a text is one of those that programs write into an empty cell.

    Some of them are names, too: Null, Nil and Na are kept as these are written.
    """
    is_written_as_name = text.isalpha() and text.istitle() and " " not in text
    return not is_written_as_name and text.casefold() in word_list("values", "nothing")


def unescape(text: str) -> str:
    """Returns a text without the apostrophes that our own exports, and Excel, put before it."""
    inner = _ESCAPED_INNER.sub("", text)
    is_escaped = inner.startswith("'") and (
        inner[1:].startswith(FORMULA_STARTS) or inner[1:2].isdigit()
    )
    return inner[1:] if is_escaped else inner


def _repair(text: str) -> str:
    """Returns a text whose UTF-8 was read as cp1252, once or twice, as it was."""
    for _ in range(2):
        if not _MISREAD.search(text):
            break
        try:
            text = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            try:
                text = text.encode("latin-1").decode("utf-8")
            except UnicodeError:
                break
    return text


class Phone(NamedTuple):
    """A phone number as it can be used, or why it cannot."""

    number: str
    problem: str = ""


def read_phone(text: str) -> Phone:
    """Returns a phone number without the damage that spreadsheets do to it.

    A number in scientific notation has lost digits: it is reported.
    """
    number = text.strip().strip("'\"").strip()
    if _SCIENTIFIC.fullmatch(number):
        return Phone("", f"The phone number {number} was shortened by a spreadsheet.")
    decimal = _DECIMAL_ZERO.fullmatch(number)
    if decimal is not None:
        number = decimal[1]
    if number and not _DIGITS.search(number):
        return Phone("", f"“{number}” is no phone number.")
    return Phone(number)
