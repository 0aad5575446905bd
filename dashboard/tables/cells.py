"""One cell of a file as it was written, before programs changed it. Pure."""

from __future__ import annotations

import re

# A spreadsheet runs a cell as a formula if it starts with one of these, after invisible characters.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
INVISIBLE = " \u00a0\u200b\u2060\ufeff"  # characters that can precede a formula
CHECK = "check: "  # begins the match of a row that a job doubts; the reasons follow
READINGS = 2  # times that a text's encoding may have been mistaken

# What UTF-8 becomes when it is read as cp1252 or Latin-1: a first byte, and one that follows it.
_MISREAD = re.compile("[ÂÃÄÅÐÑØÙàáâãäåæç][\u0080-\u00bf\u2010-\u203a€ŒœŠšŸŽžƒˆ˜™]")
# A formula that is nothing but a text, with which programs keep zeros at the start: ="0151".
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
# Where a spreadsheet that separates columns by another character would begin a cell.
_ESCAPED_INNER = re.compile(f"([;|\\t\\r\\n][{INVISIBLE}]*)'(?=[=+\\-@＝＋－＠])")


def as_written(text: str) -> str:
    """Returns a cell's text without the damage of other programs.

    UTF-8 that was read in another encoding is read again. The apostrophes that keep a spreadsheet
    from running a cell are taken off, as our own exports and Excel put them there, and so is the
    formula around a text.
    """
    repaired = _repaired(text).lstrip()
    formula = _TEXT_FORMULA.fullmatch(repaired.rstrip())
    return formula[1].replace('""', '"').strip() if formula else _unescaped(repaired).strip()


def _unescaped(text: str) -> str:
    inner = _ESCAPED_INNER.sub(r"\1", text)
    rest = inner[1:].lstrip(INVISIBLE)
    is_escaped = inner[:1] == "'" and (rest.startswith(FORMULA_STARTS) or inner[1:2].isdigit())
    return inner[1:] if is_escaped else inner


def _repaired(text: str) -> str:
    for _ in range(READINGS):
        if text.isascii() or not _MISREAD.search(text):
            break
        text = _read_again(text)
    return text


def _read_again(text: str) -> str:
    """Returns a text in UTF-8 whose bytes were read as cp1252; unchanged if they were not."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text
