"""The word lists of this folder, one entry a line, and how a cell is cleaned before it is read."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from pathlib import Path

MAX_CHARACTERS = 2_000  # of a cell that are read: more is no name, address or company
MAX_SHOWN = 60  # characters of a text that a problem names
# Trademark signs, which NFKC would turn into letters, and marks that Windows and web pages leave.
_INVISIBLE = {ord(sign): None for sign in "®©™℠\u00ad\u034f\ufe0e\ufe0f"}
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")
# A link formula in the language of any spreadsheet: its first argument is an address.
_FORMULA = re.compile(r'"{0,2}=\s*[\w.]{4,30}\(\s*"{1,2}([^"]{1,2000})"')
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z][a-z\d]{1,7});", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\[[^\[\]]{0,200}\]\(\s*<?([^\s()<>]{1,2000})>?[^()]{0,200}\)")


@cache
def word_list(name: str) -> frozenset[str]:
    """Returns the entries of ``data/<name>.txt``, in lower case; lines with # are comments."""
    return frozenset(table(name))


@cache
def table(name: str) -> dict[str, str]:
    """Returns what follows each entry of ``data/<name>.txt`` after a tab, by entry.

    Entries are in lower case; nothing follows those of a plain list.
    """
    text = (Path(__file__).parent / "data" / f"{name}.txt").read_text("utf-8")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    cells = (line.partition("\t") for line in lines)
    return {entry.strip().lower(): rest.strip() for entry, _, rest in cells}


def clean(text: str) -> str:
    """Returns a cell on one line, in composed and half-width letters, without invisible marks.

    Letters that a web page spells out, such as &amp; and &#252;, are those letters.
    """
    text = text[:MAX_CHARACTERS]
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if text.isascii() and text.isprintable():  # most cells, by far
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join("".join(_printable(letter) for letter in visible).split())


def _printable(letter: str) -> str:
    return " " if unicodedata.category(letter) in ("Cc", "Cs", "Co") else letter


def link_target(text: str) -> str:
    """Returns the address in a link formula or a Markdown link; other text as it is."""
    formula = _FORMULA.match(text)
    if formula is not None and not {".", ":"}.isdisjoint(formula[1]):
        return formula[1]
    link = _MARKDOWN_LINK.search(text)
    return text if link is None else link[1]


def shown(text: str) -> str:
    """Returns the beginning of a text, to be named in a problem."""
    text = clean(text)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def fold(text: str) -> str:
    """Returns text as it is compared: lower case, without accents, letters and digits only.

    Words stay apart by single spaces.
    """
    folded = clean(text).casefold()
    if folded.isascii():
        return _NOT_ALPHANUMERIC.sub(" ", folded.replace("'", "")).strip()
    bare = without_accents(folded)
    return " ".join("".join(c if c.isalnum() else " " for c in bare if c not in "'’").split())


def without_accents(text: str) -> str:
    """Returns text in lower case, its letters without accents: ``Müller`` as ``muller``."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    letters = unicodedata.normalize("NFKD", folded.translate(_UNFOLDED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


# Letters that do not decompose.
_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
                           "ı": "i"})  # fmt: skip


def is_placeholder(text: str) -> bool:
    """Whether text only fills a cell: empty, "n/a", "unknown", "-", "#N/A"."""
    return not fold(text) or clean(text).strip("#<>[]() ").lower() in word_list("placeholders")
