"""The filter boxes of an advanced search as tables, and the link that fills them. Pure.

The key of a box is also its name in the page's address, so that a search can be shared as a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

import pandas as pd

from dashboard.formatting import ENUM_LABELS, day
from dashboard.search import parsing
from dashboard.search.examples import COMPANY_NAME, DOMAIN, FULL_NAME, PROFILE_URL
from dashboard.search.inputs import INDUSTRIES, ROLES, SIZE_BANDS, TECHNOLOGIES, split_pasted
from dashboard.search.parsing import Parsed
from dashboard.tables.frames import SENIORITIES
from leadiq_api import SearchKind

SORT_LABELS = {
    option: parsing.sort_label(option)
    for option in (*parsing.CONTACT_SORTS, *parsing.COMPANY_SORTS)
}
LOCATION_HELP = (
    "A city, state or country: “Boston, Massachusetts, United States”, “Boston, United States” or "
    "“United States”. Where a name can mean several, you choose."
)
AMOUNT_HELP = "1,500, 1.500 and 1 500 are the same; 10.5M and 10,5M are ten and a half million."
Suggestions = Mapping[str, Sequence[str]]  # values seen in earlier results, by kind


def _no_meanings(entered: Sequence[str]) -> Sequence[str]:  # noqa: ARG001 - an unambiguous box
    return ()


@dataclass(frozen=True)
class Box:
    """One box of the form.

    ``path`` is the filter and its field in the API's input; ``parse`` turns the entry into its
    value. A choice offers ``options`` and the ``Suggestions`` of the kind ``suggested``, and
    accepts any other text if ``accepts_text``. ``meanings`` are what ambiguous entries can mean, to
    choose from. An empty box shows ``example``.
    """

    path: str
    key: str
    label: str
    parse: Callable[[Any], Parsed]
    kind: Literal["choice", "pills", "lines", "range", "day"] = "choice"
    options: Sequence[str] = ()
    accepts_text: bool = False
    suggested: str = ""
    example: str = ""
    help: str | None = None
    meanings: Callable[[Sequence[str]], Sequence[str]] = _no_meanings

    @property
    def is_choice(self) -> bool:
        """Whether several values can be chosen: the entry is a list."""
        return self.kind in ("choice", "pills")

    @property
    def empty(self) -> Any:
        """The entry of the empty box."""
        return [] if self.is_choice else None if self.kind == "day" else ""

    def texts(self, entry: Any) -> list[str]:
        """Returns what was entered as texts to read."""
        if self.is_choice:
            return [self.option_label(value) for value in entry]
        if self.kind == "day":
            return [day(pd.Timestamp(entry))]
        return split_pasted(entry) if self.kind == "lines" else [entry]

    def option_label(self, value: str) -> str:
        """Returns the label of an option; the value itself if the box accepts any text."""
        if self.accepts_text:
            return value
        return ENUM_LABELS.get(value) or SORT_LABELS.get(value, value)


def _choice(path: str, key: str, label: str, options: Sequence[str]) -> Box:
    return Box(path, key, label, parsing.parse_choices, options=options)


def _text_choice(
    path: str, key: str, label: str, suggested: str, options: Sequence[str] = ()
) -> Box:
    return Box(
        path,
        key,
        label,
        parsing.parse_choices,
        options=options,
        accepts_text=True,
        suggested=suggested,
    )


def _locations(path: str, key: str, label: str) -> Box:
    return Box(
        path,
        key,
        label,
        parsing.parse_locations,
        accepts_text=True,
        suggested="places",
        example="City or country",
        help=LOCATION_HELP,
        meanings=parsing.location_choices,
    )


def _sizes(path: str, key: str, label: str) -> Box:
    return Box(
        path,
        key,
        label,
        parsing.parse_sizes,
        options=(*SIZE_BANDS,),
        accepts_text=True,
        example="Choose, or type 120 – 450",
        help=AMOUNT_HELP,
    )


def _lines(path: str, key: str, label: str, example: str, parse: Callable[[Any], Parsed]) -> Box:
    return Box(path, key, label, parse, "lines", example=example)


def _range(path: str, key: str, label: str, example: str, parse: Callable[[Any], Parsed]) -> Box:
    return Box(path, key, label, parse, "range", example=example, help=AMOUNT_HELP)


def _day(path: str, key: str, label: str, parse: Callable[[Any], Parsed]) -> Box:
    return Box(path, key, label, parse, "day")


CONTACT_BOXES = (
    _text_choice("contactFilter.titles", "titles", "Titles", "titles"),
    replace(
        _choice("contactFilter.seniorities", "seniorities", "Seniority", SENIORITIES), kind="pills"
    ),
    _text_choice("contactFilter.roles", "roles", "Role", "roles", ROLES),
    # Without help, whose icon would be a Tab stop before the button.
    replace(_locations("contactFilter.locations", "locations", "Location"), help=None),
    _lines("contactFilter.names", "names", "Names", FULL_NAME, parsing.parse_people),
    _lines(
        "contactFilter.linkedinUrls",
        "linkedin_urls",
        "LinkedIn profiles",
        PROFILE_URL,
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
COMPANY_BOXES = (
    _text_choice("companyFilter.industries", "industries", "Industry", "industries", INDUSTRIES),
    replace(_sizes("companyFilter.sizes", "sizes", "Company size"), kind="pills", help=None),
    _locations("companyFilter.locations", "company_locations", "Company location"),
    _text_choice(
        "companyFilter.technologies", "technologies", "Technologies", "technologies", TECHNOLOGIES
    ),
    _lines(
        "companyFilter.domains",
        "company_domains",
        "Company domains",
        DOMAIN,
        parsing.parse_domains,
    ),
    _lines(
        "companyFilter.names",
        "company_names",
        "Company names",
        COMPANY_NAME,
        parsing.parse_companies,
    ),
    _text_choice(
        "companyFilter.technologyCategories",
        "technology_categories",
        "Technology categories",
        "technology_categories",
    ),
    _range(
        "companyFilter.revenueRanges",
        "revenue",
        "Annual revenue (US$)",
        "10M – 50M",
        parsing.parse_amounts,
    ),
    _range(
        "companyFilter.fundingInfoFilters.lastFundingRange",
        "funding",
        "Last funding (US$)",
        "5M+",
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
OTHER_SIZES = _lines(
    "companyFilter.sizes", "other_sizes", "Other sizes", "120 – 450", parsing.parse_size_lines
)
# Only a search for people has these, and LeadIQ ignores them on accounts without the feature.
JOB_CHANGE_BOXES = (
    _choice(
        "jobChangeFilter.jobChangeTypes", "changes", "What changed", ("JobChange", "TitleChange")
    ),
    _day("jobChangeFilter.startedAfter", "changed_since", "Changed since", parsing.parse_date),
    _text_choice("previousPositionFilter.titles", "previous_titles", "Previous titles", "titles"),
    _text_choice(
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
        COMPANY_NAME,
        parsing.parse_companies,
    ),
    _lines(
        "previousCompanyFilter.domains",
        "previous_domains",
        "Previous company domains",
        DOMAIN,
        parsing.parse_domains,
    ),
    _sizes("previousCompanyFilter.employeeCount", "previous_sizes", "Previous company's employees"),
    _locations(
        "previousCompanyFilter.locations", "previous_locations", "Previous company's location"
    ),
)
JOB_CHANGE_FILTERS = ("jobChangeFilter", "previousPositionFilter", "previousCompanyFilter")


def _excluded(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Returns the same boxes for ``…ExcludedFilter``, which excludes the rows that match any."""
    return tuple(
        replace(
            box,
            path=box.path.replace("Filter.", "ExcludedFilter.", 1),
            kind="choice" if box.is_choice else box.kind,
            key=f"not_{box.key}",
            label=f"Exclude · {box.label}",
        )
        for box in boxes
    )


def _sort(name: str, label: str, options: Sequence[str]) -> Box:
    return Box(name, name, label, parsing.parse_choices, options=options)


EXCLUDED_CONTACT_BOXES = _excluded(CONTACT_BOXES)
EXCLUDED_COMPANY_BOXES = _excluded(COMPANY_BOXES)
SORT_PEOPLE = _sort("sortContactsBy", "Sort people by", parsing.CONTACT_SORTS)
SORT_COMPANIES = _sort("sortCompaniesBy", "Sort companies by", parsing.COMPANY_SORTS)
BOXES = (
    *CONTACT_BOXES,
    *COMPANY_BOXES,
    OTHER_SIZES,
    *EXCLUDED_CONTACT_BOXES,
    *EXCLUDED_COMPANY_BOXES,
    *JOB_CHANGE_BOXES,
    SORT_PEOPLE,
    SORT_COMPANIES,
)
FIRST_KEYS = ("titles", "roles", "locations", "seniorities", "sizes")  # in sight at first


# Links -------------------------------------------------------------------------------------------

GROUPINGS = {"People": SearchKind.FLAT, "By company": SearchKind.GROUPED}
FORMER_GROUPINGS = {"Flat": "People", "Grouped by company": "By company"}  # in older links
DEFAULT_GROUPING = "People"
DEFAULT_LIMIT = 100  # rows per load
Setting = str | int | bool
# What belongs to a search besides its filters, with the values that the page starts with, by key.
DEFAULT_SETTINGS: Mapping[str, Setting] = {
    "results": DEFAULT_GROUPING,
    "limit": DEFAULT_LIMIT,
    "company_information": False,
}
KEYS = (*DEFAULT_SETTINGS, *(box.key for box in BOXES))
MAX_LINK_CHARACTERS = 8000  # that all browsers and servers accept


def address(entered: Mapping[str, Any]) -> str:
    """Returns the query of a link that fills the boxes with ``entered``, by key.

    It is written as Streamlit writes values that are bound to the address; defaults are left out.
    """
    pairs = [
        (key, _setting_text(entered[key], default))
        for key, default in DEFAULT_SETTINGS.items()
        if entered.get(key) not in (None, default)
    ]
    for box in BOXES:
        value = entered.get(box.key)
        if box.is_choice:
            pairs += [(box.key, box.option_label(choice)) for choice in value or ()]
        elif value:
            pairs.append((box.key, value.isoformat() if isinstance(value, date) else value))
    return urlencode(pairs)


def entries(query: str) -> dict[str, Any]:
    """Returns what the query of a link fills the boxes with, by key; the others are empty.

    What a box cannot hold is left out.
    """
    parameters = parse_qs(query)
    values: dict[str, Any] = {
        key: _parse_setting(parameters[key][0], default) if key in parameters else default
        for key, default in DEFAULT_SETTINGS.items()
    }
    values["results"] = FORMER_GROUPINGS.get(values["results"], values["results"])
    return values | {box.key: _parse_entry(box, parameters.get(box.key, [])) for box in BOXES}


def _setting_text(value: Setting, default: Setting) -> str:
    return str(value).lower() if isinstance(default, bool) else str(value)


def _parse_setting(text: str, default: Setting) -> Setting:
    if isinstance(default, bool):
        return text == "true"
    if isinstance(default, str):
        return text
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default


def _parse_entry(box: Box, texts: Sequence[str]) -> Any:
    if box.is_choice:
        option_by_label = {box.option_label(option): option for option in box.options}
        return [option_by_label.get(text, text) for text in texts]
    if box.kind == "day":
        with suppress(ValueError):
            return date.fromisoformat("".join(texts[:1]))
        return box.empty
    return texts[0] if texts else box.empty
