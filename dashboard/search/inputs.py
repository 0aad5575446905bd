"""What a person enters -> the API's input, or what to mend. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.identity.domain import DOMAIN, parse_domain
from dashboard.identity.email import COMPLETE_EMAIL

Input = dict[str, Any]

# How a person can be found: (field of SearchPeopleInput, label, example).
FIND_BY: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "LinkedIn URL": [("linkedinUrl", "LinkedIn URL", "https://www.linkedin.com/in/…")],
    "Email": [("email", "Email", "jane@company.com")],
    "Name and company": [
        ("firstName", "First name", "Jane"),
        ("lastName", "Last name", "Doe"),
        ("company.name", "Company name", "Acme"),
        ("company.domain", "Company domain", "acme.com"),
    ],
    "LeadIQ id": [("id", "LeadIQ id", "PersonID-…")],
}

# How a company can be found, by the look of a line.
COMPANY_EXAMPLES = "acme.com\nhttps://www.linkedin.com/company/acme\nAcme Inc"
MAX_COMPANIES = 25  # lines of one search


def person_input(find_by: str, entered: Mapping[str, str], limit: int) -> tuple[Input, str | None]:
    """``SearchPeopleInput`` from what was entered, and what to mend before it can be sent."""
    values = {name: (text or "").strip() for name, text in entered.items()}
    problem = None
    if find_by == "LinkedIn URL" and "linkedin.com/" not in values["linkedinUrl"].lower():
        problem = "Enter a LinkedIn profile address, such as https://www.linkedin.com/in/jane-doe."
    elif find_by == "Email" and not COMPLETE_EMAIL.fullmatch(values["email"]):
        problem = "Enter a whole email address, such as jane@company.com."
    elif find_by == "LeadIQ id" and not values["id"]:
        problem = "Enter a LeadIQ id; search results show it, such as PersonID-…."
    elif find_by == "Name and company":
        if not (values["firstName"] and values["lastName"]):
            problem = "Enter both the first and the last name."
        elif not (values["company.name"] or values["company.domain"]):
            problem = "Enter the company's name or domain too: a name alone fits many people."
        if values["company.domain"]:
            values["company.domain"] = parse_domain(values["company.domain"])
    request: Input = {}
    for name, text in values.items():
        parent, _, child = name.rpartition(".")
        if text:
            (request.setdefault(parent, {}) if parent else request)[child] = text
    return {**request, "limit": int(limit)}, problem


def preview_input(request: Mapping[str, Any]) -> Input:
    """``SearchPeoplePreviewInput`` for what a ``SearchPeopleInput`` names."""
    company = request.get("company") or {}
    names = ("linkedinUrl", "email", "fullName", "firstName", "lastName")
    return without_empty(
        {name: request.get(name) for name in names}
        | {"companyName": company.get("name"), "companyDomain": company.get("domain")}
    )


def company_inputs(entered: str) -> dict[str, Input]:
    """One ``SearchCompanyInput`` a line, by the line; what is repeated or empty is left out."""
    found: dict[str, Input] = {}
    for line in split_pasted(entered):
        parts = [part.strip() for part in line.split(",") if part.strip()]
        several = all(DOMAIN.fullmatch(parse_domain(part)) for part in parts)
        for one in parts if several else [line]:
            request = company_input(one)
            if request not in found.values():
                found[one] = request
    return found


# A cell as spreadsheets quote it, or what stands between the ends of cells.
_CELL = re.compile(r'"((?:[^"]|"")*)"(?=[ ]*(?:[\n\r\t;]|$))|([^\n\r\t;]+)')


def split_pasted(text: str) -> list[str]:
    """The cells of a pasted column, each once: of any line ends, tabs, semicolons and quotes."""
    cells = (
        " ".join(quoted.replace('""', '"').split()) if quoted else bare.strip()
        for quoted, bare in _CELL.findall(text or "")
    )
    return [*dict.fromkeys(cell for cell in cells if cell)]


def company_input(line: str) -> Input:
    """``SearchCompanyInput`` by the look of ``line``: LinkedIn URL, LeadIQ id, domain or name."""
    if "linkedin.com/" in line.lower():
        return {"linkedinUrl": line}
    if line.startswith("MergedCompany-"):
        return {"id": line}
    if DOMAIN.fullmatch(parse_domain(line)):
        return {"domain": parse_domain(line)}
    return {"name": line}


def without_empty(values: Mapping[str, Any]) -> Input:
    """``values`` without what was left open: an empty filter is no filter."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


# Bands of headcount as people know them: (least, most) employees.
SIZE_BANDS: Mapping[str, tuple[int, int | None]] = {
    "1–10": (1, 10),
    "11–50": (11, 50),
    "51–200": (51, 200),
    "201–1,000": (201, 1_000),
    "1,001–5,000": (1_001, 5_000),
    "5,001+": (5_001, None),
}

# LeadIQ's roles, industries and technologies are free strings; these are offered, any can be typed.
ROLES = (
    "Administrative", "Customer Success", "Engineering", "Finance", "Human Resources",
    "Information Technology", "Legal", "Marketing", "Operations", "Product Management", "Sales",
)  # fmt: skip
INDUSTRIES = (
    "Banking", "Biotechnology", "Computer Software", "Construction", "Financial Services",
    "Hospital & Health Care", "Information Technology and Services", "Insurance", "Internet",
    "Logistics and Supply Chain", "Management Consulting", "Marketing and Advertising", "Retail",
    "Telecommunications",
)  # fmt: skip
TECHNOLOGIES = (
    "Amazon Web Services", "Google Analytics", "HubSpot", "Kubernetes", "Marketo", "Microsoft 365",
    "Salesforce", "SAP", "Shopify", "Slack", "Snowflake", "Stripe", "Tableau", "Zendesk",
)  # fmt: skip

# An advanced search ends at this row (skip + limit), as LeadIQ has it.
SEARCH_CEILING = 10_000


def page_input(request: Mapping[str, Any], page: int, limit: int) -> Input:
    """The input of one page, counted from 0; the last page stops at the ceiling."""
    skip = page * limit
    return {**request, "skip": skip, "limit": min(limit, SEARCH_CEILING - skip)}
