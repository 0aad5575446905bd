"""The user's input -> the API's input, or the problem to fix first. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.identity.domain import DOMAIN, parse_domain
from dashboard.identity.email import COMPLETE_EMAIL
from leadiq_api import SEARCH_CEILING

Input = dict[str, Any]


class TextField(NamedTuple):
    """A text box: the dotted field of ``SearchPeopleInput`` that it fills, label and example."""

    name: str
    label: str
    example: str


# The ways to find a person, with the boxes of each.
FIND_BY: Mapping[str, Sequence[TextField]] = {
    "LinkedIn URL": [TextField("linkedinUrl", "LinkedIn URL", "https://www.linkedin.com/in/…")],
    "Email": [TextField("email", "Email", "jane@company.com")],
    "Name and company": [
        TextField("firstName", "First name", "Jane"),
        TextField("lastName", "Last name", "Doe"),
        TextField("company.name", "Company name", "Acme"),
        TextField("company.domain", "Company domain", "acme.com"),
    ],
    "LeadIQ id": [TextField("id", "LeadIQ id", "PersonID-…")],
}

# One line for each way to find a company.
COMPANY_EXAMPLES = "acme.com\nhttps://www.linkedin.com/company/acme\nAcme Inc"
MAX_COMPANIES = 25  # in one search


def person_input(find_by: str, entered: Mapping[str, str], limit: int) -> tuple[Input, str | None]:
    """Returns the ``SearchPeopleInput``, and the problem to fix before it can be sent.

    ``find_by`` is a key of ``FIND_BY``; ``entered`` are the texts of its boxes by field name.
    """
    values = {name: (text or "").strip() for name, text in entered.items()}
    problem = _person_problem(find_by, values)
    if values.get("company.domain"):
        values["company.domain"] = parse_domain(values["company.domain"])
    request: Input = {}
    for name, text in values.items():
        parent, _, field = name.rpartition(".")
        if text:
            (request.setdefault(parent, {}) if parent else request)[field] = text
    return {**request, "limit": int(limit)}, problem


def _person_problem(find_by: str, values: Mapping[str, str]) -> str | None:
    if find_by == "LinkedIn URL" and "linkedin.com/" not in values["linkedinUrl"].lower():
        return "Enter a LinkedIn profile address, such as https://www.linkedin.com/in/jane-doe."
    if find_by == "Email" and not COMPLETE_EMAIL.fullmatch(values["email"]):
        return "Enter a whole email address, such as jane@company.com."
    if find_by == "LeadIQ id" and not values["id"]:
        return "Enter a LeadIQ id; search results show it, such as PersonID-…."
    if find_by == "Name and company":
        if not (values["firstName"] and values["lastName"]):
            return "Enter both the first and the last name."
        if not (values["company.name"] or values["company.domain"]):
            return "Enter the company's name or domain too: a name alone fits many people."
    return None


def person_label(request: Mapping[str, Any]) -> str:
    """Returns whom a ``SearchPeopleInput`` asks for: ``jane@acme.com``, ``Jane Doe at Acme``.

    It names everything that was entered; the text is the user's own and not escaped.
    """
    company = request.get("company") or {}
    name, domain = company.get("name"), company.get("domain")
    at = f"{name} ({domain})" if name and domain else name or domain
    full_name = " ".join(filter(None, (request.get("firstName"), request.get("lastName"))))
    named = " at ".join(filter(None, (full_name, at)))
    others = (request.get(field) for field in ("email", "linkedinUrl", "id"))
    return ", ".join(filter(None, (named, *others)))


def preview_input(request: Mapping[str, Any]) -> Input:
    """Returns the ``SearchPeoplePreviewInput`` for the person of a ``SearchPeopleInput``."""
    company = request.get("company") or {}
    names = ("linkedinUrl", "email", "fullName", "firstName", "lastName")
    return without_empty(
        {name: request.get(name) for name in names}
        | {"companyName": company.get("name"), "companyDomain": company.get("domain")}
    )


def company_inputs(entered: str) -> dict[str, Input]:
    """Returns a ``SearchCompanyInput`` by entered text, without repetitions.

    Each line names a company; a line of domains separated by commas names several.
    """
    inputs: dict[str, Input] = {}
    for line in split_pasted(entered):
        parts = [part.strip() for part in line.split(",") if part.strip()]
        only_domains = all(DOMAIN.fullmatch(parse_domain(part)) for part in parts)
        for text in parts if only_domains else [line]:
            request = company_input(text)
            if request not in inputs.values():
                inputs[text] = request
    return inputs


# A cell that a spreadsheet has quoted, or the text up to the next end of a cell.
_CELL = re.compile(r'"((?:[^"]|"")*)"(?=[ ]*(?:[\n\r\t;]|$))|([^\n\r\t;]+)')


def split_pasted(text: str) -> list[str]:
    """Returns the cells of a pasted column, each once.

    Cells end in any kind of line end, a tab or a semicolon, and may be quoted.
    """
    cells = (
        " ".join(quoted.replace('""', '"').split()) if quoted else bare.strip()
        for quoted, bare in _CELL.findall(text or "")
    )
    return [*dict.fromkeys(cell for cell in cells if cell)]


def company_input(line: str) -> Input:
    """Returns a ``SearchCompanyInput`` for a LinkedIn URL, LeadIQ id, domain or name."""
    if "linkedin.com/" in line.lower():
        return {"linkedinUrl": line}
    if line.startswith("MergedCompany-"):
        return {"id": line}
    if DOMAIN.fullmatch(parse_domain(line)):
        return {"domain": parse_domain(line)}
    return {"name": line}


def without_empty(values: Mapping[str, Any]) -> Input:
    """Returns the values without the empty ones: an empty filter filters nothing."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


class Range(NamedTuple):
    """A range of whole numbers, both ends included; an end that is None is open."""

    min: int | None
    max: int | None


# The bands of employees that filters and charts use, by label.
SIZE_BANDS: Mapping[str, Range] = {
    "1–10": Range(1, 10),
    "11–50": Range(11, 50),
    "51–200": Range(51, 200),
    "201–1,000": Range(201, 1_000),
    "1,001–5,000": Range(1_001, 5_000),
    "5,001+": Range(5_001, None),
}

# Roles, industries and technologies are free strings in LeadIQ's schema: these are suggested, and
# the user can type any other.
ROLES = (
    "Administrative",
    "Customer Success",
    "Engineering",
    "Finance",
    "Human Resources",
    "Information Technology",
    "Legal",
    "Marketing",
    "Operations",
    "Product Management",
    "Sales",
)
INDUSTRIES = (
    "Banking",
    "Biotechnology",
    "Computer Software",
    "Construction",
    "Financial Services",
    "Hospital & Health Care",
    "Information Technology and Services",
    "Insurance",
    "Internet",
    "Logistics and Supply Chain",
    "Management Consulting",
    "Marketing and Advertising",
    "Retail",
    "Telecommunications",
)
TECHNOLOGIES = (
    "Amazon Web Services",
    "Google Analytics",
    "HubSpot",
    "Kubernetes",
    "Marketo",
    "Microsoft 365",
    "Salesforce",
    "SAP",
    "Shopify",
    "Slack",
    "Snowflake",
    "Stripe",
    "Tableau",
    "Zendesk",
)


def page_input(request: Mapping[str, Any], page: int, limit: int) -> Input:
    """Returns the input of one page, counted from 0; the last page stops at the ceiling."""
    skip = page * limit
    return {**request, "skip": skip, "limit": min(limit, SEARCH_CEILING - skip)}
