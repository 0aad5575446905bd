"""What the boxes of an advanced search take -> the API's filters, or what to mend. Pure.

Each parser takes what was entered and gives the value for the API and what to mend in it; an empty
box is no filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from dashboard.identity.domain import DOMAIN, parse_domain
from dashboard.search.inputs import SIZE_BANDS, Input, split_pasted, without_empty

Parsed = tuple[Any, str | None]  # a value for the API, and what to mend in what was entered


def parse_choices(entered: Sequence[str]) -> Parsed:
    """Values chosen or typed; a pasted column is as many as it has lines."""
    return [*dict.fromkeys(line for one in entered for line in split_pasted(one))], None


def parse_names(entered: str) -> Parsed:
    """Names, one a line: a comma can be part of one."""
    return split_pasted(entered), None


def parse_profiles(entered: str) -> Parsed:
    """LinkedIn profiles, one a line."""
    found = split_pasted(entered)
    odd = [line for line in found if "linkedin.com/in/" not in line.lower()]
    return found, _invalid(odd, "a LinkedIn profile, such as https://www.linkedin.com/in/jane-doe")


def parse_domains(entered: str) -> Parsed:
    """Domains in a column of domains, web addresses or e-mail addresses."""
    found = [
        *dict.fromkeys(parse_domain(part) for part in re.split(r"[\s,;\"'<>]+", entered) if part)
    ]
    odd = [domain for domain in found if not DOMAIN.fullmatch(domain)]
    return found, _invalid(odd, "a domain, such as acme.com")


def parse_codes(entered: str) -> Parsed:
    """``NAICSCodeFilter`` or ``SICCodeFilter``, one a line: a code, its beginning, or words."""
    found, odd = [], []
    for line in split_pasted(entered):
        if line.isdigit() and not 2 <= len(line) <= 8:
            odd.append(line)
        found.append({"code" if line.isdigit() else "description": line})
    return found, _invalid(odd, "a code of two to eight digits, such as 5415, or words of its name")


def parse_locations(entered: Sequence[str]) -> Parsed:
    """``LocationFilterInput`` from texts such as "Boston, Massachusetts, United States".

    One part is a country, two are area and country, three are city, area and country; a part
    can be left empty: "Boston, ," is a city anywhere, "Texas," an area.
    """
    found: list[Input] = []
    odd = []
    for text in parse_choices(entered)[0]:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > 3 or not any(parts):
            odd.append(text)
            continue
        names = ("city", "areaLevel1", "country")[-len(parts) :]
        found.append(without_empty(dict(zip(names, parts, strict=True))))
    return found, _invalid(odd, "a place, such as Boston, Massachusetts, United States")


def parse_sizes(entered: Sequence[str]) -> Parsed:
    """``CompanySizeFilter`` for each band of ``SIZE_BANDS``, or for a range such as "120 – 450"."""
    found: list[Input] = []
    odd = []
    for text in parse_choices(entered)[0]:
        low, high = SIZE_BANDS.get(text) or _range(text) or (None, None)
        if low is None and high is None:
            odd.append(text)
        else:
            found.append(without_empty({"min": low, "max": high}))
    return found, _invalid(odd, "a number of employees, such as 120 – 450 or 5,000+")


def parse_amount(entered: str) -> Parsed:
    """``RangeFilter`` in whole US dollars from a range such as "10M – 50M" or "5M –"."""
    if not entered.strip():
        return None, None
    found = _range(entered)
    if found is None:
        return None, _invalid([entered.strip()], "an amount, such as 10M – 50M, 5M – or – 1B")
    return without_empty({"start": found[0], "end": found[1]}), None


def parse_amounts(entered: str) -> Parsed:
    """``RangeFilter`` for each range, separated by semicolons."""
    parsed = [parse_amount(part) for part in entered.split(";") if part.strip()]
    return [one for one, _ in parsed if one], next((why for _, why in parsed if why), None)


def parse_date(entered: date | None) -> Parsed:
    """The Unix milliseconds of a day's beginning in UTC."""
    if entered is None:
        return None, None
    moment = datetime(entered.year, entered.month, entered.day, tzinfo=UTC)
    late = "This day is yet to come: choose an earlier one." if moment > datetime.now(UTC) else None
    return int(moment.timestamp() * 1000), late


def parse_since(entered: date | None) -> Parsed:
    """``DateRangeFilter`` from a day on."""
    moment, problem = parse_date(entered)
    return (None if moment is None else {"start": moment}), problem


def _invalid(values: Sequence[str], wanted: str) -> str | None:
    if not values:
        return None
    shown = ", ".join(f"“{value[:60]}”" for value in values[:3])
    more = f" and {len(values) - 3:,} more" if len(values) > 3 else ""
    return f"{shown}{more} {'is' if len(values) == 1 else 'are'} not {wanted}."


_AMOUNT = re.compile(r"\$?\s*([\d,]+(?:\.\d+)?)\s*([kmb]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


def _range(text: str) -> tuple[int | None, int | None] | None:
    """(from, to) of "10M – 50M", "5,000+", "5M –", "– 1B" or one number; None for anything else."""
    parts = [part.strip() for part in re.split("[-–—]|to", text.strip().lower())]
    if len(parts) == 1:
        parts = [parts[0].removesuffix("+"), "" if parts[0].endswith("+") else parts[0]]
    if len(parts) != 2 or not any(parts):
        return None
    ends: list[int | None] = []
    for part in parts:
        found = _AMOUNT.fullmatch(part) if part else None
        if part and found is None:
            return None
        number = Decimal(found[1].replace(",", "") or 0) * _UNITS[found[2]] if found else None
        ends.append(None if number is None else int(number))
    low, high = ends
    return None if low is not None and high is not None and low > high else (low, high)


def nested(values: Iterable[tuple[str, Any]]) -> Input:
    """The input of an advanced search from (dotted path, value); open boxes are left out."""
    request: Input = {}
    for path, value in values:
        if value in (None, "", [], {}):
            continue
        *parents, name = path.split(".")
        inner = request
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[name] = value
    for company in (request.get("companyFilter", {}), request.get("companyExcludedFilter", {})):
        if "fundingInfoFilters" in company:  # alternatives in the schema; the boxes make up one
            company["fundingInfoFilters"] = [company["fundingInfoFilters"]]
    if "jobChangeFilter" in request:  # required by the schema; an empty list means every kind
        request["jobChangeFilter"].setdefault("jobChangeTypes", [])
    return request


def _sorts(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{way}" for name in names for way in ("Asc", "Desc"))


CONTACT_SORTS = _sorts(
    "Name", "Title", "Role", "Seniority", "UpdatedAt", "JobChangeStartedAt", "MobilePhone", "Id"
)
COMPANY_SORTS = _sorts("Size", "Name", "Industry", "Id")
_SORT_LABELS = {
    "UpdatedAt": ("Updated", "oldest first", "newest first"),
    "JobChangeStartedAt": ("Job change", "oldest first", "newest first"),
    "MobilePhone": ("Mobile phone", "without one first", "with one first"),
    "Seniority": ("Seniority", "lowest first", "highest first"),
    "Size": ("Employees", "fewest first", "most first"),
    "Id": ("LeadIQ id", "A to Z", "Z to A"),
}


def sort_label(option: str) -> str:
    """``SizeDesc`` in words."""
    name, descending = re.sub("(Asc|Desc)$", "", option), option.endswith("Desc")
    label, up, down = _SORT_LABELS.get(name, (name, "A to Z", "Z to A"))
    return f"{label}, {down if descending else up}"
