"""Cells of a workbook as a spreadsheet displays them, by the cell's number format. Pure.

Covers the formats that people meet: leading zeros, separators, percentages, currencies, masks such
as those of phone numbers, dates and times. What a spreadsheet shows in another way than the file
says in full comes back in full: a number in scientific notation with all its digits, and a date
whose order depends on the reader's country as ISO 8601.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

GENERAL = "General"
SHORT_DATE = "mm-dd-yy"  # the built-in format 14: in the order of the reader's country
GENERAL_DIGITS = 10  # significant digits that a spreadsheet shows of a fraction
NAMED = 3  # letters from which a month or day is written in letters, and a year in full
GROUP = 3  # digits between two separators
SECONDS_PER_HOUR, SECONDS_PER_MINUTE = 3_600, 60
HALF_DAY = 12  # hours
MAX_FORMAT = 255  # characters, as Excel allows
PRECISION = 1_200  # digits: 309 of a float, two for each % of a format, and its decimals

# What a format consists of: quoted or escaped text, [conditions and colours], placeholders, the
# rest. Each alternative begins with another character, so that matching is linear.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<ampm>AM/PM|A/P)|(?P<exponent>E[+-])|(?P<date>y+|m+|d+|h+|s+)|(?P<digit>[0#?])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(?P<operator><=|>=|<>|<|>|=)(?P<limit>-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$(?P<symbol>[^-]*)(?:-.*)?", re.DOTALL)
_DATE_NAMES = {3: "%b", 4: "%B"}
_DAY_NAMES = {3: "%a", 4: "%A"}


class _Token(NamedTuple):
    kind: str
    text: str


def displayed(value: object, number_format: str | None) -> str:
    """Returns a cell's value as a spreadsheet displays it; empty for None."""
    code = (number_format or GENERAL)[:MAX_FORMAT]
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case timedelta():
            return _duration(value)
        case date() | time():  # a datetime is a date
            return _date(value, code)
        case int() | float():
            return _number(value, code)
        case _:
            return str(value)


# Numbers -----------------------------------------------------------------------------------------


def _number(value: float, code: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    tokens, show_sign = _section(value, code)
    kinds = {token.kind for token in tokens}
    if not kinds - {"quoted", "escaped", "space", "fill", "bracket"} and "quoted" in kinds:
        return "".join(map(_literal, tokens))  # such as "none" for 0
    if "digit" not in kinds or "exponent" in kinds or _Token("other", "/") in tokens:
        return _general(value)
    sign = "-" if value < 0 and show_sign else ""
    with localcontext(prec=PRECISION):
        return sign + _masked(abs(Decimal(repr(value))), tokens)


def _general(value: float) -> str:
    """Returns a number in full if it is whole, otherwise with the digits that are displayed."""
    if float(value).is_integer():
        return str(int(value))
    return f"{Decimal(f'{value:.{GENERAL_DIGITS}g}'):f}"


def _section(value: float, code: str) -> tuple[tuple[_Token, ...], bool]:
    """Returns the part of a format that is used for a value, and whether it needs a minus sign."""
    sections = _sections(code)
    for section in sections:
        condition = next((c for t in section if (c := _condition(t))), None)
        if condition is not None and _holds(value, condition):
            return section, True
    if any(_condition(token) for token in sections[0]):
        return sections[-1], True
    for_positive, for_negative, for_zero, *_ = (*sections, None, None)
    if value < 0 and for_negative is not None:
        return for_negative, False
    if value == 0 and for_zero is not None:
        return for_zero, False
    return for_positive or (), True


def _condition(token: _Token) -> re.Match[str] | None:
    return _CONDITION.fullmatch(token.text) if token.kind == "bracket" else None


def _holds(value: float, condition: re.Match[str]) -> bool:
    limit = float(condition["limit"])
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[condition["operator"]]


@lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    sections: list[list[_Token]] = [[]]
    for token in _tokens(code):
        if token == ("other", ";"):
            sections.append([])
        else:
            sections[-1].append(token)
    return tuple(tuple(section) for section in sections)


def _tokens(code: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(code):
        kind = str(match.lastgroup)
        yield _Token(kind, match[kind])


def _masked(value: Decimal, tokens: tuple[_Token, ...]) -> str:
    """Returns a positive number in a format of placeholders and text."""
    digits = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    last = digits[-1]
    point = next((i for i, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    commas = [i for i, token in enumerate(tokens) if token == ("other", ",")]
    value *= Decimal(100) ** sum(token == ("other", "%") for token in tokens)
    value /= Decimal(1_000) ** sum(index > last for index in commas)
    decimals = [index for index in digits if index > point]
    quantum = Decimal(1).scaleb(-len(decimals))
    whole, _, fraction = f"{value.quantize(quantum, ROUND_HALF_UP):f}".partition(".")
    integer = [index for index in digits if index < point]
    is_grouped = any(integer and integer[0] < index < integer[-1] for index in commas)
    placed = _place_integer(whole.lstrip("0"), integer, tokens, is_grouped=is_grouped)
    placed |= _place_fraction(fraction, decimals, tokens)
    return "".join(
        placed[index] if index in placed else _literal(token) for index, token in enumerate(tokens)
    )


def _place_integer(
    whole: str, places: list[int], tokens: tuple[_Token, ...], *, is_grouped: bool
) -> dict[int, str]:
    """Returns the text at each placeholder before the point, filled from the right."""
    placed: dict[int, str] = {}
    remaining = whole
    for number, index in enumerate(reversed(places)):
        is_first = number == len(places) - 1
        digit, remaining = (remaining, "") if is_first else (remaining[-1:], remaining[:-1])
        if not digit:
            digit = {"0": "0", "?": " "}.get(tokens[index].text, "")
        if is_grouped:
            digit = _group(digit, number)
        placed[index] = digit
    return placed


def _group(digits: str, position: int) -> str:
    """Returns digits with separators, the last of which stands at ``position`` from the right."""
    text = ""
    for offset, digit in enumerate(reversed(digits)):
        place = position + offset
        separator = "," if place and place % GROUP == 0 else ""
        text = digit + separator + text
    return text


def _place_fraction(fraction: str, places: list[int], tokens: tuple[_Token, ...]) -> dict[int, str]:
    """Returns the text at each placeholder after the point."""
    placed = {index: fraction[number : number + 1] for number, index in enumerate(places)}
    for index in reversed(places):
        if placed[index] != "0" or tokens[index].text == "0":
            break
        placed[index] = " " if tokens[index].text == "?" else ""
    return placed


def _literal(token: _Token) -> str:
    """Returns what a part of a format shows that is no placeholder."""
    if token.kind == "bracket":
        currency = _CURRENCY.fullmatch(token.text)
        return currency["symbol"] if currency else ""
    if token.kind in ("space", "fill") or token == ("other", ","):
        return " " if token.kind == "space" else ""
    return token.text


# Dates and times ---------------------------------------------------------------------------------


def _date(value: date | time, code: str) -> str:
    section = _sections(code)[0]
    if code == SHORT_DATE or all(token.kind != "date" for token in section):
        return _iso(value)
    if isinstance(value, time):
        value = datetime.combine(date(1900, 1, 1), value)
    elif not isinstance(value, datetime):
        value = datetime.combine(value, time())
    has_half_days = any(token.kind == "ampm" for token in section)
    parts = []
    previous = ""  # the last part of the date: m after h is minutes
    for index, token in enumerate(section):
        if token.kind == "date":
            following = next(
                (t.text[0].lower() for t in section[index + 1 :] if t.kind == "date"), ""
            )
            is_minute = previous == "h" or following == "s"
            parts.append(_date_part(value, token.text.lower(), is_minute, has_half_days))
            previous = token.text[0].lower()
        elif token.kind == "ampm":
            name = "AM" if value.hour < HALF_DAY else "PM"
            parts.append(name if token.text.upper() == "AM/PM" else name[0])
        elif token.kind != "bracket" and token.kind != "digit":
            parts.append(_literal(token) if token != ("other", ",") else ",")
    return "".join(parts).strip()


def _iso(value: date | time) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # Excel has no days without a time
    return value.isoformat()


def _date_part(value: datetime, code: str, is_minute: bool, has_half_days: bool) -> str:
    size = len(code)
    if code[0] == "y":
        return str(value.year) if size >= NAMED else f"{value.year % 100:02}"
    if code[0] == "m" and not is_minute:
        return (
            value.strftime(_DATE_NAMES[min(size, 4)])
            if size >= NAMED
            else _padded(value.month, size)
        )
    if code[0] == "d":
        return (
            value.strftime(_DAY_NAMES[min(size, 4)]) if size >= NAMED else _padded(value.day, size)
        )
    hour = ((value.hour - 1) % HALF_DAY + 1) if has_half_days else value.hour
    return _padded({"h": hour, "m": value.minute, "s": value.second}[code[0]], size)


def _padded(number: int, size: int) -> str:
    return f"{number:0{min(size, 2)}}"


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(seconds, SECONDS_PER_HOUR)
    minutes, rest = divmod(rest, SECONDS_PER_MINUTE)
    return f"{sign}{hours}:{minutes:02}:{rest:02}"
