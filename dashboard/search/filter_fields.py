"""The filter boxes of an advanced search: a table of fields, drawn, and read as the API's input.

The key of a box is its name in the page's address too, so that a search can be shared as a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

from dashboard.formatting import ENUM_LABELS
from dashboard.search import parsing
from dashboard.search.inputs import INDUSTRIES, ROLES, SIZE_BANDS, TECHNOLOGIES
from dashboard.search.parsing import Parsed
from dashboard.tables.frames import SENIORITIES

SORT_LABELS = {
    one: parsing.sort_label(one) for one in (*parsing.CONTACT_SORTS, *parsing.COMPANY_SORTS)
}
LOCATIONS = (
    "City, area and country, or less: “Boston, Massachusetts, United States”, “Massachusetts, "
    "United States” or “United States”. An area or a city alone ends in commas: “Massachusetts,” "
    "or “Boston, ,”."
)
Suggestions = Mapping[str, Sequence[str]]  # values seen before, by kind


@dataclass(frozen=True)
class Box:
    """One box of the form.

    ``path`` is the filter and its field in the API's input; ``parse`` reads what was entered. A
    choice offers ``options`` and the values seen before under ``seen``, and takes others too where
    ``typed``; ``example`` shows in a box that is empty.
    """

    path: str
    key: str
    label: str
    parse: Callable[[Any], Parsed]
    kind: Literal["choice", "lines", "range", "day"] = "choice"
    options: Sequence[str] = ()
    typed: bool = False
    seen: str = ""
    example: str = ""
    help: str | None = None

    def worded(self, value: str) -> str:
        """A choice in words; the API's own where any text can be typed."""
        return value if self.typed else ENUM_LABELS.get(value) or SORT_LABELS.get(value, value)


def _choice(path: str, key: str, label: str, options: Sequence[str]) -> Box:
    return Box(path, key, label, parsing.parse_choices, options=options)


def _typed(path: str, key: str, label: str, seen: str, options: Sequence[str] = ()) -> Box:
    return Box(path, key, label, parsing.parse_choices, options=options, typed=True, seen=seen)


def _places(path: str, key: str, label: str) -> Box:
    return Box(path, key, label, parsing.parse_locations, typed=True, seen="places", help=LOCATIONS)


def _sizes(path: str, key: str, label: str) -> Box:
    example = "Choose, or type 120 – 450"
    return Box(
        path, key, label, parsing.parse_sizes, options=(*SIZE_BANDS,), typed=True, example=example
    )


def _lines(path: str, key: str, label: str, example: str, parse: Callable[[Any], Parsed]) -> Box:
    return Box(path, key, label, parse, "lines", example=example)


def _range(path: str, key: str, label: str, example: str, parse: Callable[[Any], Parsed]) -> Box:
    return Box(path, key, label, parse, "range", example=example)


def _day(path: str, key: str, label: str, parse: Callable[[Any], Parsed]) -> Box:
    return Box(path, key, label, parse, "day")


CONTACT = (
    _typed("contactFilter.titles", "titles", "Titles", "titles"),
    _choice("contactFilter.seniorities", "seniorities", "Seniority", SENIORITIES),
    _typed("contactFilter.roles", "roles", "Role", "roles", ROLES),
    _places("contactFilter.locations", "locations", "Location"),
    _lines("contactFilter.names", "names", "Names", "Jane Doe", parsing.parse_names),
    _lines(
        "contactFilter.linkedinUrls",
        "linkedin_urls",
        "LinkedIn profiles",
        "https://www.linkedin.com/in/jane-doe",
        parsing.parse_profiles,
    ),
    _choice(
        "contactFilter.containsWorkEmails",
        "work_emails",
        "Work email",
        ("Verified", "VerifiedLikely"),
    ),
    _day("contactFilter.updatedAt", "updated_since", "Updated since", parsing.parse_since),
    _day("contactFilter.newHireFrom", "hired_since", "New hire since", parsing.parse_date),
    _day("contactFilter.newPromotionFrom", "promoted_since", "Promoted since", parsing.parse_date),
)
COMPANY = (
    _typed("companyFilter.industries", "industries", "Industry", "industries", INDUSTRIES),
    _sizes("companyFilter.sizes", "sizes", "Employees"),
    _places("companyFilter.locations", "company_locations", "Company location"),
    _typed(
        "companyFilter.technologies", "technologies", "Technologies", "technologies", TECHNOLOGIES
    ),
    _lines(
        "companyFilter.domains",
        "company_domains",
        "Company domains",
        "acme.com",
        parsing.parse_domains,
    ),
    _lines("companyFilter.names", "company_names", "Company names", "Acme", parsing.parse_names),
    _typed(
        "companyFilter.technologyCategories",
        "technology_categories",
        "Technology categories",
        "technology_categories",
    ),
    _range(
        "companyFilter.revenueRanges",
        "revenue",
        "Yearly revenue, US$",
        "10M – 50M",
        parsing.parse_amounts,
    ),
    _range(
        "companyFilter.fundingInfoFilters.lastFundingRange",
        "funding",
        "Last funding, US$",
        "5M –",
        parsing.parse_amount,
    ),
    _day(
        "companyFilter.fundingInfoFilters.lastFundingDateRange",
        "funded_since",
        "Funded since",
        parsing.parse_since,
    ),
    _lines("companyFilter.naicsCodeFilters", "naics", "NAICS codes", "5415", parsing.parse_codes),
    _lines("companyFilter.sicCodeFilters", "sic", "SIC codes", "737", parsing.parse_codes),
)
# Only a flat search knows these, and only on accounts that LeadIQ has switched them on for.
CHANGES = (
    _choice(
        "jobChangeFilter.jobChangeTypes", "changes", "What changed", ("JobChange", "TitleChange")
    ),
    _day("jobChangeFilter.startedAfter", "changed_since", "Changed since", parsing.parse_date),
    _typed("previousPositionFilter.titles", "previous_titles", "Previous titles", "titles"),
    _typed(
        "previousCompanyFilter.industries",
        "previous_industries",
        "Previous company's industry",
        "industries",
        INDUSTRIES,
    ),
    _lines(
        "previousCompanyFilter.names",
        "previous_names",
        "Previous company names",
        "Acme",
        parsing.parse_names,
    ),
    _lines(
        "previousCompanyFilter.domains",
        "previous_domains",
        "Previous company domains",
        "acme.com",
        parsing.parse_domains,
    ),
    _sizes("previousCompanyFilter.employeeCount", "previous_sizes", "Previous company's employees"),
    _places("previousCompanyFilter.locations", "previous_locations", "Previous company's location"),
)
LIMITED = ("jobChangeFilter", "previousPositionFilter", "previousCompanyFilter")


def _excluded(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """The same boxes for ``…ExcludedFilter``: whoever fits one of them is left out."""
    return tuple(
        replace(
            box,
            path=box.path.replace("Filter.", "ExcludedFilter.", 1),
            key=f"not_{box.key}",
            label=f"Leave out · {box.label}",
        )
        for box in boxes
    )


def _sort(name: str, label: str, options: Sequence[str]) -> Box:
    return Box(name, name, label, parsing.parse_choices, options=options)


NOT_CONTACT, NOT_COMPANY = _excluded(CONTACT), _excluded(COMPANY)
SORT_PEOPLE = _sort("sortContactsBy", "Order of people", parsing.CONTACT_SORTS)
SORT_COMPANIES = _sort("sortCompaniesBy", "Order of companies", parsing.COMPANY_SORTS)
BOXES = (*CONTACT, *COMPANY, *NOT_CONTACT, *NOT_COMPANY, *CHANGES, SORT_PEOPLE, SORT_COMPANIES)


# The address ---------------------------------------------------------------------------------

# What stands beside the filters and belongs to a search too, with what it is when left alone.
SHAPE: Mapping[str, Any] = {"results": "Flat", "limit": 25, "company_information": False}
KEYS = (*SHAPE, *(box.key for box in BOXES))
MAX_LINK_CHARACTERS = 8000  # characters that browsers and servers are sure to take


def address(entered: Mapping[str, Any]) -> str:
    """The query of an address that fills the boxes with what is ``entered``, by key.

    Written as Streamlit writes what is bound to the address.
    """
    pairs = [
        (key, str(entered[key]).lower() if isinstance(alone, bool) else str(entered[key]))
        for key, alone in SHAPE.items()
        if entered.get(key) not in (None, alone)
    ]
    for box in BOXES:
        value = entered.get(box.key)
        if box.kind == "choice":
            pairs += [(box.key, box.worded(one)) for one in value or ()]
        elif value:
            pairs.append((box.key, value.isoformat() if isinstance(value, date) else value))
    return urlencode(pairs)


def entries(query: str) -> dict[str, Any]:
    """What an address fills the boxes with, by key; boxes that it does not name are empty."""
    given = parse_qs(query)
    found: dict[str, Any] = {}
    for key, alone in SHAPE.items():
        text = given.get(key, [str(alone)])[0]
        found[key] = text == "true" if isinstance(alone, bool) else type(alone)(text)
    for box in BOXES:
        values = given.get(box.key, [])
        if box.kind == "choice":
            raw = {box.worded(option): option for option in box.options}
            found[box.key] = [raw.get(value, value) for value in values]
        elif box.kind == "day":
            found[box.key] = date.fromisoformat(values[0]) if values else None
        else:
            found[box.key] = values[0] if values else ""
    return found
