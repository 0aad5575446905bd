"""The text of an advanced search's boxes -> the API's filters, or the problem to fix. Pure.

Each parser takes the entry of one kind of box and returns a ``Parsed``. It never raises. An empty
box has an empty value, which ``advanced_search_input`` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from dashboard.identity.amounts import read_amount
from dashboard.identity.company import read_company
from dashboard.identity.domain import read_domain
from dashboard.identity.linkedin import read_linkedin
from dashboard.identity.location import read_place
from dashboard.identity.names import read_name
from dashboard.search.inputs import SIZE_BANDS, Input, Range, split_pasted, without_empty

MIN_CODE_DIGITS, MAX_CODE_DIGITS = 2, 8  # of NAICS and SIC codes; fewer digits are a beginning
LOCATION_FIELDS = ("city", "areaLevel1", "country")  # of LocationFilterInput
FIRST_TIME_ZONE = timedelta(hours=14)  # ahead of UTC, where each day begins
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


def parse_people(entered: str) -> Parsed:
    """Returns people's names, one a line, without titles and degrees."""
    names = [(line, read_name(line).full) for line in split_pasted(entered)]
    invalid = [line for line, name in names if not name]
    found = [*dict.fromkeys(name for _, name in names if name)]
    return Parsed(found, _problem(invalid, "a name, such as Jane Doe"))


def parse_companies(entered: str) -> Parsed:
    """Returns companies' names, one a line, without legal forms: a name may contain a comma."""
    companies = [(line, read_company(line).name) for line in split_pasted(entered)]
    invalid = [line for line, name in companies if not name]
    found = [*dict.fromkeys(name for _, name in companies if name)]
    return Parsed(found, _problem(invalid, "a company's name, such as Acme"))


def parse_profiles(entered: str) -> Parsed:
    """Returns LinkedIn profiles, one a line, each in its canonical form."""
    profiles = [(line, read_linkedin(line).url) for line in split_pasted(entered)]
    invalid = [line for line, url in profiles if not url]
    found = [*dict.fromkeys(url for _, url in profiles if url)]
    expected = "a LinkedIn profile, such as https://www.linkedin.com/in/jane-doe"
    return Parsed(found, _problem(invalid, expected))


def parse_domains(entered: str) -> Parsed:
    """Returns the companies' domains of a column of domains, web addresses or email addresses."""
    parts = [part for part in re.split(r"[\s,;\"'<>]+", entered) if part]
    domains = [(part, read_domain(part).domain) for part in parts]
    invalid = [part for part, domain in domains if not domain]
    found = [*dict.fromkeys(domain for _, domain in domains if domain)]
    return Parsed(found, _problem(invalid, "a domain of a company, such as acme.com"))


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

    They are read as ``read_place`` says; what is ambiguous is a problem that names the choices.
    """
    filters: list[Input] = []
    invalid, ambiguous = [], []
    for text in _split_choices(entered):
        places, choices = read_place(text)
        filters += [
            without_empty(dict(zip(LOCATION_FIELDS, place, strict=True))) for place in places
        ]
        if choices:
            ambiguous.append(f"“{_short(text)}” is not clear: enter {_either(choices)}.")
        elif not places:
            invalid.append(text)
    wrong = _problem(invalid, "a place, such as Boston, Massachusetts, United States")
    problems = filter(None, (*ambiguous[:MAX_NAMED_VALUES], wrong))
    return Parsed(filters, " ".join(problems) or None)


def location_choices(entered: Sequence[str]) -> list[str]:
    """Returns what ambiguous places can be, each as a text that names one place."""
    return [choice for text in _split_choices(entered) for choice in read_place(text).choices]


def _either(choices: Sequence[str]) -> str:
    return " or ".join(f"“{choice}” for {_meaning(choice)}" for choice in choices)


def _meaning(choice: str) -> str:
    """Returns what kind of place a choice is: the first part that it has."""
    kinds = ("the city", "the state or region", "the country")
    (place,) = read_place(choice).places
    return next(kind for kind, part in zip(kinds, place, strict=True) if part)


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


def parse_size_lines(entered: str) -> Parsed:
    """Returns ``CompanySizeFilter`` for ranges, one per line."""
    return parse_sizes([entered])


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
    """Returns the Unix milliseconds at which a day begins in UTC.

    A day that has begun somewhere on Earth is not yet to come, even if it has not in UTC.
    """
    if entered is None:
        return Parsed(None)
    start = datetime(entered.year, entered.month, entered.day, tzinfo=UTC)
    is_future = start - FIRST_TIME_ZONE > datetime.now(UTC)
    problem = "Choose a date in the past." if is_future else None
    return Parsed(int(start.timestamp() * 1000), problem)


def parse_since(entered: date | None) -> Parsed:
    """Returns a ``DateRangeFilter`` that starts at a day."""
    start, problem = parse_date(entered)
    return Parsed(None if start is None else {"start": start}, problem)


def _problem(invalid: Sequence[str], expected: str) -> str | None:
    """Returns a sentence that names the invalid values and what was expected, if there are any."""
    if not invalid:
        return None
    named = ", ".join(f"“{_short(value)}”" for value in invalid[:MAX_NAMED_VALUES])
    others = len(invalid) - MAX_NAMED_VALUES
    more = f" and {others:,} more" if others > 0 else ""
    return f"{named}{more} {'is' if len(invalid) == 1 else 'are'} not {expected}."


def _short(text: str) -> str:
    return text[:MAX_VALUE_CHARACTERS]


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
    ends = Range(read_amount(low), read_amount(high))
    if (low and ends.min is None) or (high and ends.max is None):
        return None
    if ends.min is not None and ends.max is not None and ends.min > ends.max:
        return None
    return ends


def advanced_search_input(values: Iterable[tuple[str, Any]]) -> Input:
    """Returns the input of an advanced search for pairs of a dotted path and a value.

    Empty values are left out, and lists with the same path are put together.
    """
    request: Input = {}
    for path, value in values:
        if value in (None, "", [], {}):
            continue
        *parents, name = path.split(".")
        parent_object = request
        for parent in parents:
            parent_object = parent_object.setdefault(parent, {})
        before = parent_object.get(name, []) if isinstance(value, list) else []
        parent_object[name] = [*before, *value] if before else value
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
