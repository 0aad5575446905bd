"""The text of an advanced search's boxes -> the API's filters, or the problem to fix. Pure.

Each parser takes the entry of one kind of box and returns a ``Parsed``. It never raises. An empty
box has an empty value, which ``advanced_search_input`` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from dashboard.identity.domain import DOMAIN, parse_domain
from dashboard.search.inputs import SIZE_BANDS, Input, Range, split_pasted, without_empty

MIN_CODE_DIGITS, MAX_CODE_DIGITS = 2, 8  # of NAICS and SIC codes; fewer digits are a beginning
LOCATION_FIELDS = ("city", "areaLevel1", "country")  # of LocationFilterInput, as they are written
MAX_NAMED_VALUES = 3  # wrong values that a problem names
MAX_VALUE_CHARACTERS = 60  # of each


class Parsed(NamedTuple):
    """A value for the API, and the problem with what was entered, if any."""

    value: Any
    problem: str | None = None


def parse_choices(entered: Sequence[str]) -> Parsed:
    """Returns the values chosen or typed; a pasted column counts as one value a line."""
    return Parsed(_split_choices(entered))


def _split_choices(entered: Sequence[str]) -> list[str]:
    return [*dict.fromkeys(line for choice in entered for line in split_pasted(choice))]


def parse_names(entered: str) -> Parsed:
    """Returns names, one a line: a name may contain a comma."""
    return Parsed(split_pasted(entered))


def parse_profiles(entered: str) -> Parsed:
    """Returns LinkedIn profiles, one a line."""
    profiles = split_pasted(entered)
    invalid = [line for line in profiles if "linkedin.com/in/" not in line.lower()]
    expected = "a LinkedIn profile, such as https://www.linkedin.com/in/jane-doe"
    return Parsed(profiles, _problem(invalid, expected))


def parse_domains(entered: str) -> Parsed:
    """Returns the domains of a column of domains, web addresses or email addresses."""
    parts = [part for part in re.split(r"[\s,;\"'<>]+", entered) if part]
    domains = [*dict.fromkeys(parse_domain(part) for part in parts)]
    invalid = [domain for domain in domains if not DOMAIN.fullmatch(domain)]
    return Parsed(domains, _problem(invalid, "a domain, such as acme.com"))


def parse_codes(entered: str) -> Parsed:
    """Returns ``NAICSCodeFilter`` or ``SICCodeFilter``, one a line.

    A line of digits is a code or its beginning; any other is words of a code's name.
    """
    filters: list[Input] = []
    invalid = []
    for line in split_pasted(entered):
        if line.isdigit() and not MIN_CODE_DIGITS <= len(line) <= MAX_CODE_DIGITS:
            invalid.append(line)
        filters.append({"code" if line.isdigit() else "description": line})
    expected = "a code of two to eight digits, such as 5415, or words of its name"
    return Parsed(filters, _problem(invalid, expected))


def parse_locations(entered: Sequence[str]) -> Parsed:
    """Returns ``LocationFilterInput`` for texts such as "Boston, Massachusetts, United States".

    One part is a country, two are area and country, three are city, area and country. A part may
    be empty: "Boston, ," is a city in any country, "Texas," an area.
    """
    filters: list[Input] = []
    invalid = []
    for text in _split_choices(entered):
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > len(LOCATION_FIELDS) or not any(parts):
            invalid.append(text)
            continue
        fields = LOCATION_FIELDS[-len(parts) :]
        filters.append(without_empty(dict(zip(fields, parts, strict=True))))
    expected = "a place, such as Boston, Massachusetts, United States"
    return Parsed(filters, _problem(invalid, expected))


def parse_sizes(entered: Sequence[str]) -> Parsed:
    """Returns ``CompanySizeFilter`` for each label of ``SIZE_BANDS`` or range as "120 – 450"."""
    filters: list[Input] = []
    invalid = []
    for text in _split_choices(entered):
        size = SIZE_BANDS.get(text) or _parse_range(text)
        if size is None:
            invalid.append(text)
        else:
            filters.append(without_empty({"min": size.min, "max": size.max}))
    expected = "a number of employees, such as 120 – 450 or 5,000+"
    return Parsed(filters, _problem(invalid, expected))


def parse_amount(entered: str) -> Parsed:
    """Returns a ``RangeFilter`` in whole US dollars for a range such as "10M – 50M" or "5M –"."""
    if not entered.strip():
        return Parsed(None)
    amount = _parse_range(entered)
    if amount is None:
        expected = "an amount, such as 10M – 50M, 5M – or – 1B"
        return Parsed(None, _problem([entered.strip()], expected))
    return Parsed(without_empty({"start": amount.min, "end": amount.max}))


def parse_amounts(entered: str) -> Parsed:
    """Returns a ``RangeFilter`` for each range; ranges are separated by semicolons."""
    amounts = [parse_amount(part) for part in entered.split(";") if part.strip()]
    problems = [amount.problem for amount in amounts if amount.problem]
    filters = [amount.value for amount in amounts if amount.value]
    return Parsed(filters, problems[0] if problems else None)


def parse_date(entered: date | None) -> Parsed:
    """Returns the Unix milliseconds at which a day begins in UTC."""
    if entered is None:
        return Parsed(None)
    start = datetime(entered.year, entered.month, entered.day, tzinfo=UTC)
    is_future = start > datetime.now(UTC)
    problem = "This day is yet to come: choose an earlier one." if is_future else None
    return Parsed(int(start.timestamp() * 1000), problem)


def parse_since(entered: date | None) -> Parsed:
    """Returns a ``DateRangeFilter`` that starts at a day."""
    start, problem = parse_date(entered)
    return Parsed(None if start is None else {"start": start}, problem)


def _problem(invalid: Sequence[str], expected: str) -> str | None:
    """Returns a sentence that names the invalid values and what was expected, if there are any."""
    if not invalid:
        return None
    named = ", ".join(f"“{value[:MAX_VALUE_CHARACTERS]}”" for value in invalid[:MAX_NAMED_VALUES])
    others = len(invalid) - MAX_NAMED_VALUES
    more = f" and {others:,} more" if others > 0 else ""
    return f"{named}{more} {'is' if len(invalid) == 1 else 'are'} not {expected}."


_NUMBER = re.compile(r"\$?\s*([\d,]+(?:\.\d+)?)\s*([kmb]?)", re.IGNORECASE)
MAX_NUMBER_DIGITS = 15
_MULTIPLIERS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


def _parse_range(text: str) -> Range | None:
    """Returns the range of "10M – 50M", "5,000+", "5M –", "– 1B" or a single number, else None."""
    match [part.strip() for part in re.split("[-–—]|to", text.strip().lower())]:
        case [low, high]:
            pass
        case [single] if single.endswith("+"):
            low, high = single.removesuffix("+"), ""
        case [single]:
            low = high = single
        case _:
            return None
    if not (low or high):
        return None
    ends = Range(_parse_number(low), _parse_number(high))
    if (low and ends.min is None) or (high and ends.max is None):
        return None
    if ends.min is not None and ends.max is not None and ends.min > ends.max:
        return None
    return ends


def _parse_number(text: str) -> int | None:
    """Returns the whole number of "5,000", "$1.5b" or "250k", or None for any other text."""
    parts = _NUMBER.fullmatch(text)
    if parts is None:
        return None
    number, multiplier = parts.groups()
    digits = number.replace(",", "")
    if len(digits) > MAX_NUMBER_DIGITS:  # neither dollars nor people, and too long for the API
        return None
    return int(Decimal(digits or 0) * _MULTIPLIERS[multiplier])


def advanced_search_input(values: Iterable[tuple[str, Any]]) -> Input:
    """Returns the input of an advanced search for pairs of a dotted path and a value.

    Empty values are left out.
    """
    request: Input = {}
    for path, value in values:
        if value in (None, "", [], {}):
            continue
        *parents, name = path.split(".")
        parent_object = request
        for parent in parents:
            parent_object = parent_object.setdefault(parent, {})
        parent_object[name] = value
    for company in (request.get("companyFilter", {}), request.get("companyExcludedFilter", {})):
        if "fundingInfoFilters" in company:  # alternatives in the schema; the boxes make up one
            company["fundingInfoFilters"] = [company["fundingInfoFilters"]]
    if "jobChangeFilter" in request:  # required by the schema; an empty list means every kind
        request["jobChangeFilter"].setdefault("jobChangeTypes", [])
    return request


def _both_directions(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{direction}" for name in names for direction in ("Asc", "Desc"))


CONTACT_SORTS = _both_directions(
    "Name", "Title", "Role", "Seniority", "UpdatedAt", "JobChangeStartedAt", "MobilePhone", "Id"
)
COMPANY_SORTS = _both_directions("Size", "Name", "Industry", "Id")
# By name: its label, and what ascending and descending mean.
_SORT_LABELS = {
    "UpdatedAt": ("Updated", "oldest first", "newest first"),
    "JobChangeStartedAt": ("Job change", "oldest first", "newest first"),
    "MobilePhone": ("Mobile phone", "without one first", "with one first"),
    "Seniority": ("Seniority", "lowest first", "highest first"),
    "Size": ("Employees", "fewest first", "most first"),
    "Id": ("LeadIQ id", "A to Z", "Z to A"),
}


def sort_label(option: str) -> str:
    """Returns the label of a sort option: ``SizeDesc`` -> "Employees, most first"."""
    name = re.sub("(Asc|Desc)$", "", option)
    label, ascending, descending = _SORT_LABELS.get(name, (name, "A to Z", "Z to A"))
    return f"{label}, {descending if option.endswith('Desc') else ascending}"
