"""The filter boxes of an advanced search: a table of fields, drawn, and read as the API's input.

The key of a box is its name in the page's address too, so that a search can be shared as a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

import streamlit as st

from dashboard import filter_input as read
from dashboard.filter_input import Parsed
from dashboard.forms import INDUSTRIES, ROLES, SIZE_BANDS, TECHNOLOGIES, Input
from dashboard.frames import SENIORITIES
from dashboard.wording import ENUM_LABELS, plain

IN_A_ROW = 3  # boxes beside each other, where the window is wide enough
SORT_LABELS = {one: read.sort_label(one) for one in (*read.CONTACT_SORTS, *read.COMPANY_SORTS)}
PLACES = (
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
    return Box(path, key, label, read.chosen, options=options)


def _typed(path: str, key: str, label: str, seen: str, options: Sequence[str] = ()) -> Box:
    return Box(path, key, label, read.chosen, options=options, typed=True, seen=seen)


def _places(path: str, key: str, label: str) -> Box:
    return Box(path, key, label, read.places, typed=True, seen="places", help=PLACES)


def _sizes(path: str, key: str, label: str) -> Box:
    example = "Choose, or type 120 – 450"
    return Box(path, key, label, read.sizes, options=(*SIZE_BANDS,), typed=True, example=example)


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
    _lines("contactFilter.names", "names", "Names", "Jane Doe", read.named),
    _lines("contactFilter.linkedinUrls", "linkedin_urls", "LinkedIn profiles",
           "https://www.linkedin.com/in/jane-doe", read.profiles),
    _choice("contactFilter.containsWorkEmails", "work_emails", "Work email",
            ("Verified", "VerifiedLikely")),
    _day("contactFilter.updatedAt", "updated_since", "Updated since", read.since),
    _day("contactFilter.newHireFrom", "hired_since", "New hire since", read.instant),
    _day("contactFilter.newPromotionFrom", "promoted_since", "Promoted since", read.instant),
)  # fmt: skip
COMPANY = (
    _typed("companyFilter.industries", "industries", "Industry", "industries", INDUSTRIES),
    _sizes("companyFilter.sizes", "sizes", "Employees"),
    _places("companyFilter.locations", "company_locations", "Company location"),
    _typed("companyFilter.technologies", "technologies", "Technologies", "technologies",
           TECHNOLOGIES),
    _lines("companyFilter.domains", "company_domains", "Company domains", "acme.com",
           read.domain_list),
    _lines("companyFilter.names", "company_names", "Company names", "Acme", read.named),
    _typed("companyFilter.technologyCategories", "technology_categories",
           "Technology categories", "technology_categories"),
    _range("companyFilter.revenueRanges", "revenue", "Yearly revenue, US$", "10M – 50M",
           read.amounts),
    _range("companyFilter.fundingInfoFilters.lastFundingRange", "funding", "Last funding, US$",
           "5M –", read.amount),
    _day("companyFilter.fundingInfoFilters.lastFundingDateRange", "funded_since", "Funded since",
         read.since),
    _lines("companyFilter.naicsCodeFilters", "naics", "NAICS codes", "5415", read.codes),
    _lines("companyFilter.sicCodeFilters", "sic", "SIC codes", "737", read.codes),
)  # fmt: skip
# Only a flat search knows these, and only on accounts that LeadIQ has switched them on for.
CHANGES = (
    _choice("jobChangeFilter.jobChangeTypes", "changes", "What changed",
            ("JobChange", "TitleChange")),
    _day("jobChangeFilter.startedAfter", "changed_since", "Changed since", read.instant),
    _typed("previousPositionFilter.titles", "previous_titles", "Previous titles", "titles"),
    _typed("previousCompanyFilter.industries", "previous_industries",
           "Previous company's industry", "industries", INDUSTRIES),
    _lines("previousCompanyFilter.names", "previous_names", "Previous company names", "Acme",
           read.named),
    _lines("previousCompanyFilter.domains", "previous_domains", "Previous company domains",
           "acme.com", read.domain_list),
    _sizes("previousCompanyFilter.employeeCount", "previous_sizes",
           "Previous company's employees"),
    _places("previousCompanyFilter.locations", "previous_locations",
            "Previous company's location"),
)  # fmt: skip
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
    return Box(name, name, label, read.chosen, options=options)


NOT_CONTACT, NOT_COMPANY = _excluded(CONTACT), _excluded(COMPANY)
SORT_PEOPLE = _sort("sortContactsBy", "Order of people", read.CONTACT_SORTS)
SORT_COMPANIES = _sort("sortCompaniesBy", "Order of companies", read.COMPANY_SORTS)
BOXES = (*CONTACT, *COMPANY, *NOT_CONTACT, *NOT_COMPANY, *CHANGES, SORT_PEOPLE, SORT_COMPANIES)


def filters_input(flat: bool, suggestions: Suggestions) -> tuple[Input, list[str]]:
    """Draws all boxes; the search's input without open boxes, and what to mend in it.

    ``flat`` tells whether boxes that only a flat search has are drawn.
    """
    last = (*CHANGES, SORT_PEOPLE) if flat else (SORT_PEOPLE, SORT_COMPANIES)
    tabs = st.tabs(
        ["Contact", "Company", "Leave out", "Job changes and order" if flat else "Order"]
    )
    groups = (CONTACT, COMPANY, (*NOT_CONTACT, *NOT_COMPANY), last)
    read_boxes: list[tuple[Box, Any, str | None]] = []
    fits = len(link()) <= LONGEST_LINK
    for tab, boxes in zip(tabs, groups, strict=True):
        with tab:
            for start in range(0, len(boxes), IN_A_ROW):
                columns = st.columns(IN_A_ROW, gap="medium")
                for column, box in zip(columns, boxes[start : start + IN_A_ROW], strict=False):
                    with column:
                        read_boxes.append((box, *_draw(box, suggestions, fits)))
    request = read.nested((box.path, value) for box, value, _ in read_boxes)
    return request, [f"{box.label}: {problem}" for box, _, problem in read_boxes if problem]


def _draw(box: Box, suggestions: Suggestions, fits: bool) -> Parsed:
    """One box, and under it what to mend: its value for the API, and that.

    Where the filters are too long for the address (not ``fits``), lines stay in the session alone.
    """
    entered: Any
    if box.kind == "day":
        entered = st.date_input(
            box.label, None, min_value="1970-01-01", key=box.key, bind="query-params"
        )
    elif box.kind == "choice":
        entered = st.multiselect(
            box.label,
            [*dict.fromkeys([*box.options, *suggestions.get(box.seen, ())])],
            format_func=box.worded,
            accept_new_options=box.typed,
            placeholder=box.example or ("Choose or type" if box.typed else "Choose"),
            help=box.help,
            key=box.key,
            bind="query-params",
        )
    elif box.kind == "range":
        entered = st.text_input(
            box.label, placeholder=box.example, key=box.key, bind="query-params"
        )
    else:
        entered = st.text_area(
            f"{box.label}, one a line", placeholder=box.example, height=68, key=box.key,
            bind="query-params" if fits else None, persist_state="session",
        )  # fmt: skip
    value, problem = box.parse(entered)
    if problem:
        st.caption(f":red[{plain(problem)}]")
    return value, problem


# The address ---------------------------------------------------------------------------------

# What stands beside the filters and belongs to a search too, with what it is when left alone.
SHAPE: Mapping[str, Any] = {"results": "Flat", "limit": 25, "company_information": False}
KEYS = (*SHAPE, *(box.key for box in BOXES))
LONGEST_LINK = 8000  # characters that browsers and servers are sure to take


def link() -> str:
    """The query of an address that draws the boxes as they are."""
    return address({key: st.session_state.get(key) for key in KEYS})


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
