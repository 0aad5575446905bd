"""Which phone number a text has, and whether a spreadsheet has damaged it. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from dashboard.identity.location import region_code
from dashboard.identity.words import clean, is_placeholder, shown

_FLOAT = re.compile(r"[+']*\d{7,15}\.0{1,2}")
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,2}", re.IGNORECASE)
_END = re.compile(r"[;|,\n]|\s/\s|\bext\b|\bx(?=\d)")  # of the first number
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
    written = clean(text).lstrip("'=\"").removeprefix("tel:").rstrip("\"' ,;")
    if is_placeholder(written):
        return Phone()
    if is_cut(written):
        return Phone(problem=f"“{written}” is a number that the spreadsheet shortened. Format the "
                             "column as text and enter it again.")  # fmt: skip
    written = without_decimal(written)
    first = _END.split(written, maxsplit=1)[0].strip()
    international = _INTERNATIONAL.fullmatch(first)
    if international is not None:
        access_code = _ACCESS_CODE.match(first)
        number_alone = first[access_code.end() if access_code else 0 :].replace("(0)", "")
        digits = "".join(sign for sign in number_alone if sign.isdigit())
        number = _international(f"+{digits}", None)
        return Phone(number) if number else _no_phone(text)
    return Phone(first) if sum(map(str.isdigit, first)) >= 5 else _no_phone(text)  # noqa: PLR2004


def e164(text: str, country: str = "") -> str:
    """Returns the first number of a text as +16035550101; empty if its country is not known.

    ``country`` is where a number without its country's code is dialled, by name.
    """
    read = read_phone(text)
    region = region_code(country)
    if read.is_international or not read.number or not region:
        return read.number if read.is_international else ""
    return _international(read.number, region)


def _international(number: str, region: str | None) -> str:
    """Returns a number, dialled in a region, as +16035550101; empty if it is not possible."""
    # Imported here: no page should wait for it before there is a number to read.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_cut(text: str) -> bool:
    """Whether a spreadsheet wrote a number in scientific notation, so that digits are lost."""
    return _EXPONENT.fullmatch(clean(text).strip("'\"")) is not None


def without_decimal(text: str) -> str:
    """Returns a number without the .0 that a spreadsheet or program has added."""
    return text.rpartition(".")[0].lstrip("'") if _FLOAT.fullmatch(text) else text


def _no_phone(text: str) -> Phone:
    return Phone(problem=f"“{shown(text)}” is not a phone number, such as +1 603 555 0101.")
