"""Which phone number a text has, and whether a spreadsheet has damaged it. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from dashboard.identity.location import region_code
from dashboard.identity.words import clean, is_placeholder, shown

MIN_DIGITS = 5  # of a number
MIN_WHOLE = 7  # digits before a slash, which otherwise stands within a number: +49 30 / 12 34 56
MIN_NOTE = 3  # letters that follow a number without a blank and are no typing error in it

_FLOAT = re.compile(r"[+']*\d{7,15}\.0{1,2}")
_EXPONENT = re.compile(r"(?P<first>\d)(?:[.,](?P<rest>\d+))?e\+?(?P<power>\d{1,2})", re.IGNORECASE)
_LABEL = re.compile(r"(?:\([^\d+)]*\)|[^\d+(])+")  # before a number: Tel.:, Mobile (private)
_NUMBER = re.compile(r"\+*[\d\s().\-/]+")
_BRACKETED_CODE = re.compile(r"^\((\+|00)(\d{1,3})\)")
_HIDDEN = re.compile(r"^\W*(?:x{2,}|\*{2,}|#{2,}|•)", re.IGNORECASE)
_HIDDEN_DIGITS = re.compile(r"\d[ ().-]{0,3}(?:x{3}|[*•]{2})", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_EXTENSION = re.compile(r"x\.?\s?\d", re.IGNORECASE)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_SIGNS = str.maketrans({**_DASHES, "·": " ", "_": " ", "[": "(", "]": ")"})
_ACCESS_CODE = re.compile(r"00|011")  # dialled before a country's code, in place of +
_INTERNATIONAL = re.compile(r"(?:\+|00|011)[\d\s().\-/]{6,30}")


class Phone(NamedTuple):
    """A phone number, or the problem with what was written; both empty if there is none.

    ``number`` is international, +16035550101, if the country is known, and as written otherwise.
    """

    number: str = ""
    problem: str = ""

    @property
    def is_international(self) -> bool:
        """Whether the number has its country's code, so that it identifies one line."""
        return self.number.startswith("+")


def read_phone(text: str) -> Phone:
    """Returns the first phone number in a cell: "tel:+1 (603) 555-0101 ext. 4"."""
    written = clean(_first_line(text))
    if is_placeholder(written):
        return Phone()
    if is_cut(written):
        return Phone(problem=f"“{written}” is a number that the spreadsheet shortened. Format the "
                             "column as text and enter it again.")  # fmt: skip
    first = _first_number(in_full(written))
    international = _INTERNATIONAL.fullmatch(first)
    if international is not None:
        access_code = _ACCESS_CODE.match(first)
        number_alone = first[access_code.end() if access_code else 0 :].replace("(0)", "")
        digits = "".join(sign for sign in number_alone if sign.isdigit())
        # 011 is the area code of Delhi, Johannesburg and São Paulo too.
        is_certain = access_code is None or access_code[0] != "011"
        number = _international(f"+{digits}", None, is_certain=is_certain)
        if number or is_certain:
            return Phone(number) if number else _no_phone(text)
    return Phone(first) if _digits(first) >= MIN_DIGITS else _no_phone(text)


def _first_line(text: str) -> str:
    """Returns the first line of a cell that can be a number; all of it if no line is."""
    return next((line for line in text.splitlines() if _digits(line) >= MIN_DIGITS), text)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _first_number(written: str) -> str:
    """Returns the first number without its label, extension and notes; empty if it is damaged."""
    text = written.translate(_SIGNS)
    label = _LABEL.match(text)
    text = text[label.end() if label else 0 :]
    match = _NUMBER.match(_BRACKETED_CODE.sub(r"\1\2 ", text))
    if match is None:
        return ""
    rest = match.string[match.end() :]
    attached = _LETTERS.match(rest) if match[0][-1].isdigit() else None
    is_error = attached and len(attached[0]) < MIN_NOTE and not _EXTENSION.match(rest)
    if is_error or _HIDDEN.match(rest):
        return ""
    before = match[0].partition(" / ")[0]
    number = before if _digits(before) >= MIN_WHOLE else match[0]
    number = f"+{number.lstrip('+')}" if number.startswith("+") else number
    return number.rstrip(" .-/(")


def e164(text: str, country: str = "") -> str:
    """Returns the first number of a text as +16035550101; empty if its country is not known.

    ``country`` is where a number without its country's code is dialled, by name.
    """
    read = read_phone(text)
    region = region_code(country)
    if read.is_international or not read.number or not region:
        return read.number if read.is_international else ""
    return _international(read.number, region)


def _international(number: str, region: str | None, *, is_certain: bool = True) -> str:
    """Returns a number, dialled in a region, as +16035550101; empty if it is not possible.

    One that is not certain to begin with a country's code has to be in use there.
    """
    # Imported here: no page should wait for it before there is a number to read.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return ""
    fits = phonenumbers.is_possible_number if is_certain else phonenumbers.is_valid_number
    if not fits(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_cut(text: str) -> bool:
    """Whether a spreadsheet wrote a number in scientific notation, so that digits are lost."""
    match = _EXPONENT.fullmatch(clean(text).strip("'\""))
    return match is not None and not _is_whole(match)


def is_damaged(text: str) -> bool:
    """Whether digits of a number are lost: cut by a spreadsheet, or hidden by a program."""
    return is_cut(text) or _HIDDEN_DIGITS.search(text) is not None


def _is_whole(exponent: re.Match[str]) -> bool:
    """Whether a number in scientific notation has all its digits: 4.91715550102E11."""
    return len(exponent["rest"] or "") == int(exponent["power"])


def in_full(text: str) -> str:
    """Returns a number without the .0 or the exponent that a spreadsheet or program has added."""
    exponent = _EXPONENT.fullmatch(text.strip("'\""))
    if exponent is not None and _is_whole(exponent):
        return f"{exponent['first']}{exponent['rest'] or ''}"
    return text.rpartition(".")[0].lstrip("'") if _FLOAT.fullmatch(text) else text


def _no_phone(text: str) -> Phone:
    return Phone(problem=f"“{shown(text)}” is not a phone number, such as +1 603 555 0101.")
