"""The user's input -> the API's input, or the problem to fix first. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.identity.company import read_company
from dashboard.identity.domain import has_public_suffix
from dashboard.identity.email import read_emails
from dashboard.identity.linkedin import company_page, has_profile, read_linkedin
from dashboard.identity.names import read_name
from dashboard.identity.words import shown
from dashboard.search.examples import (
    COMPANY_NAME,
    COMPANY_URL,
    DOMAIN,
    FIRST_NAME,
    LAST_NAME,
    PROFILE_URL,
)
from leadiq_api import SEARCH_CEILING

Input = dict[str, Any]

CURSOR_CEILING = 100_000  # rows that this console loads of a search whose cursor reaches all


# The boxes that say who is looked up, by the name of what is entered: label and example.
IDENTIFIER = "identifier"
PERSON_BOXES: Mapping[str, tuple[str, str]] = {
    IDENTIFIER: ("LinkedIn URL, email or LeadIQ ID", PROFILE_URL),
    "firstName": ("First name", FIRST_NAME),
    "lastName": ("Last name", LAST_NAME),
    "company": ("Company or domain", COMPANY_NAME),
}
PERSON_ID_PREFIX = "PersonID-"

# One line for each way to find a company.
COMPANY_EXAMPLES = f"{DOMAIN}\n{COMPANY_URL}\n{COMPANY_NAME}"
MAX_COMPANIES = 25  # in one search


def person_input(entered: Mapping[str, str], limit: int) -> tuple[Input, str | None]:
    """Returns the ``SearchPeopleInput``, and the problem to fix before it can be sent.

    ``entered`` are the texts of ``PERSON_BOXES``, each of which understands what a cell of a file
    does.
    """
    values = {name: (entered.get(name) or "").strip() for name in PERSON_BOXES}
    request, problem = _read_person(values.pop(IDENTIFIER), values)
    return {**request, "limit": int(limit)}, problem


def entered_person(request: Mapping[str, Any]) -> dict[str, str]:
    """Returns what to enter in ``PERSON_BOXES`` for a ``SearchPeopleInput`` of ``person_input``."""
    company = request.get("company") or {}
    identifiers = (request.get(field) for field in ("linkedinUrl", "email", "id"))
    return {
        IDENTIFIER: next(filter(None, identifiers), ""),
        "firstName": request.get("fullName") or request.get("firstName") or "",
        "lastName": request.get("lastName") or "",
        "company": company.get("name") or company.get("domain") or "",
    }


Reading = tuple[Input, str | None]  # an input without a limit, and the problem with what it is of


def _read_person(identifier: str, values: Mapping[str, str]) -> Reading:
    has_name = any(values.values())
    if identifier and has_name:
        return {}, "Clear either the first box or the name: one of them is enough."
    if identifier:
        return _by_identifier(identifier)
    if has_name:
        return _by_name(values)
    return {}, "Paste a LinkedIn URL, an email or a LeadIQ ID, or enter a name."


def _by_identifier(text: str) -> Reading:
    if text.startswith(PERSON_ID_PREFIX):
        return {"id": text}, None
    emails = read_emails(text)
    profile = read_linkedin(text)
    if has_profile(text) or (profile.url and _is_profile_name(text)):
        return {"linkedinUrl": profile.url}, None
    if emails.best:
        return {"email": emails.best}, None
    if "linkedin.com/" in text.lower() or "lnkd.in/" in text.lower():
        return {}, profile.problem
    if "@" in text and emails.problems:
        return {}, emails.problems[0]
    return {}, (
        f"“{shown(text)}” is not a LinkedIn URL, an email or a LeadIQ ID. Enter a name under First "
        "name and Last name."
    )


def _is_profile_name(text: str) -> bool:
    """Whether a text without an address is the name of a LinkedIn profile, not that of a person."""
    return any(not letter.isalpha() for letter in text)


def _by_name(values: Mapping[str, str]) -> Reading:
    name = read_name("", values["firstName"], values["lastName"])
    company = read_company(values["company"])
    request = without_empty({**name.as_input, "company": company.as_input})
    if not name.full or (name.problem and not name.last):
        return request, "Enter both the first and the last name."
    if "company" not in request:
        missing = "Add a company name or domain; a name alone matches too many people."
        return request, company.problem or missing
    return request, name.problem or None


def person_label(request: Mapping[str, Any]) -> str:
    """Returns whom a ``SearchPeopleInput`` asks for: ``jane@acme.com``, ``Jane Doe at Acme``.

    It names everything that was entered; the text is the user's own and not escaped.
    """
    company = request.get("company") or {}
    name, domain = company.get("name"), company.get("domain")
    at = f"{name} ({domain})" if name and domain else name or domain
    names = (request.get(field) for field in ("fullName", "firstName", "lastName"))
    full_name = " ".join(filter(None, names))
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


class CompanyLines(NamedTuple):
    """What the lines of Company search ask for, and the problems with the others by line.

    ``inputs`` are ``SearchCompanyInput`` by entered text, without repetitions.
    """

    inputs: dict[str, Input]
    problems: dict[str, str]


def company_lines(entered: str) -> CompanyLines:
    """Returns what each line names: a company; a line of domains separated by commas, several."""
    inputs: dict[str, Input] = {}
    problems: dict[str, str] = {}
    for line in split_pasted(entered):
        parts = [part.strip() for part in line.split(",") if part.strip()]
        for text in parts if all(map(has_public_suffix, parts)) else [line]:
            request, problem = company_input(text)
            if problem:
                problems[text] = problem
            elif request not in inputs.values():
                inputs[text] = request
    return CompanyLines(inputs, problems)


# A cell that a spreadsheet has quoted, or the text up to the next end of a cell.
# A formula may have separators of its own.
_CELL = re.compile(r'(=\w{1,30}\([^()\n]*\))|"((?:[^"]|"")*)"(?=[ ]*(?:[\n\r\t;]|$))|([^\n\r\t;]+)')


def split_pasted(text: str) -> list[str]:
    """Returns the cells of a pasted column, each once.

    Cells end in any kind of line end, a tab or a semicolon, and may be quoted.
    """
    cells = (
        formula or (" ".join(quoted.replace('""', '"').split()) if quoted else bare.strip())
        for formula, quoted, bare in _CELL.findall(text or "")
    )
    return [*dict.fromkeys(cell for cell in cells if cell)]


def company_input(line: str) -> tuple[Input, str]:
    """Returns the ``SearchCompanyInput`` of a line, or the problem with it.

    A line is a company's page on LinkedIn, a LeadIQ id, a domain, web or email address, or a name.
    """
    if line.startswith("MergedCompany-"):
        return {"id": line}, ""
    page = company_page(line)
    if page:
        number = page.rpartition("/")[2]
        return ({"linkedinId": number} if number.isdigit() else {"linkedinUrl": page}), ""
    if has_profile(line):
        return {}, "This is a person's profile on LinkedIn: look it up on People search."
    company = read_company(line)
    if company.as_input:
        return company.as_input, company.problem
    return {}, company.problem or "This names no company."


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


def page_input(
    request: Mapping[str, Any], page: int, limit: int, after: Sequence[Mapping[str, Any]] = ()
) -> Input:
    """Returns the input of one page, counted from 0, which starts ``after`` a cursor if given.

    Without one the last page stops at the ceiling. The first page has neither ``skip`` nor cursor,
    so that its answer may have one.
    """
    if not page:
        return {**request, "limit": limit}
    if after:
        return {**request, "limit": limit, "after": [*after]}
    skip = page * limit
    return {**request, "skip": skip, "limit": min(limit, SEARCH_CEILING - skip)}
