"""What a person enters -> the API's input, or what to mend. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import uploads
from dashboard.frames import EMAIL_STATUSES
from dashboard.spreadsheet_in import UnreadableFileError, normal, read_table

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
MOST_COMPANIES = 25  # lines of one search

DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@(?:[\w-]+\.)+[\w-]+")


def person_input(find_by: str, entered: Mapping[str, str], limit: int) -> tuple[Input, str | None]:
    """``SearchPeopleInput`` from what was entered, and what to mend before it can be sent."""
    values = {name: (text or "").strip() for name, text in entered.items()}
    problem = None
    if find_by == "LinkedIn URL" and "linkedin.com/" not in values["linkedinUrl"].lower():
        problem = "Enter a LinkedIn profile address, such as https://www.linkedin.com/in/jane-doe."
    elif find_by == "Email" and not _EMAIL.fullmatch(values["email"]):
        problem = "Enter a whole email address, such as jane@company.com."
    elif find_by == "LeadIQ id" and not values["id"]:
        problem = "Enter a LeadIQ id; search results show it, such as PersonID-…."
    elif find_by == "Name and company":
        if not (values["firstName"] and values["lastName"]):
            problem = "Enter both the first and the last name."
        elif not (values["company.name"] or values["company.domain"]):
            problem = "Enter the company's name or domain too: a name alone fits many people."
        if values["company.domain"]:
            values["company.domain"] = domain_of(values["company.domain"])
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
    for line in pasted(entered):
        parts = [part.strip() for part in line.split(",") if part.strip()]
        several = all(DOMAIN.fullmatch(domain_of(part)) for part in parts)
        for one in parts if several else [line]:
            request = company_input(one)
            if request not in found.values():
                found[one] = request
    return found


# A cell as spreadsheets quote it, or what stands between the ends of cells.
_CELL = re.compile(r'"((?:[^"]|"")*)"(?=[ ]*(?:[\n\r\t;]|$))|([^\n\r\t;]+)')


def pasted(text: str) -> list[str]:
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
    if DOMAIN.fullmatch(domain_of(line)):
        return {"domain": domain_of(line)}
    return {"name": line}


def domain_of(text: str) -> str:
    """``acme.com`` out of ``https://www.acme.com/about`` or ``jane@acme.com``."""
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower())
    host = re.split("[/?#]", bare)[0].rpartition("@")[2].partition(":")[0]
    return host.removeprefix("www.").rstrip(".")


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
CEILING = 10_000


def page_input(request: Mapping[str, Any], page: int, limit: int) -> Input:
    """The input of one page, counted from 0; the last page stops at the ceiling."""
    skip = page * limit
    return {**request, "skip": skip, "limit": min(limit, CEILING - skip)}


def prospect_input(entered: Mapping[str, str]) -> tuple[Input, str | None]:
    """``ProspectInput`` from a form, and what to mend; checked as Prospector checks it."""
    body = without_empty({name: (text or "").strip() for name, text in entered.items()})
    problem = None
    if not (body.get("firstName") and body.get("lastName")):
        problem = "Enter a first and a last name: LeadIQ keeps no prospect without both."
    elif "workEmail" in body and not _EMAIL.fullmatch(body["workEmail"]):
        problem = "Enter a whole email address, such as jane@company.com, or leave it empty."
    elif "linkedinUrl" in body and not re.match(r"https?://\S+$", body["linkedinUrl"]):
        problem = "Enter a whole LinkedIn address, beginning with https://, or leave it empty."
    elif len(body.get("notes", "")) > 5000:
        problem = f"Shorten the notes to 5,000 characters; they have {len(body['notes']):,}."
    elif body.get("emailStatus", EMAIL_STATUSES[0]) not in EMAIL_STATUSES:
        problem = f"Choose an email status out of {', '.join(EMAIL_STATUSES)}, or leave it empty."
    elif "emailStatus" in body and "workEmail" not in body:
        problem = "Enter the email too, or leave its status empty."
    return body, problem


# The names that the columns of a CSV file of prospects go by.
CSV_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "firstName": ("first name", "firstname", "given name", "first"),
    "lastName": ("last name", "lastname", "surname", "family name", "last"),
    "workEmail": ("work email", "workemail", "email", "email address", "e mail"),
    "emailStatus": ("email status", "emailstatus"),
    "title": ("title", "job title", "position"),
    "company": ("company", "company name", "organization", "account"),
    "companyDomain": ("company domain", "companydomain", "domain", "website"),
    "phone": ("phone", "mobile", "phone number"),
    "linkedinUrl": ("linkedin url", "linkedinurl", "linkedin", "linkedin profile"),
    "personId": ("person id", "personid", "leadiq id"),
    "notes": ("notes", "note"),
}


def csv_rows(content: bytes) -> tuple[list[dict[str, str]], str | None]:
    """The rows of a file by ``ProspectInput`` field, or what to mend in it."""
    try:
        table = read_table(content, most_rows=uploads.ROWS, most_megabytes=uploads.MEGABYTES)
    except UnreadableFileError as error:
        return [], str(error)
    names = [normal(name) for name in table.columns]
    places = {
        field: names.index(known[0])
        for field, aliases in CSV_COLUMNS.items()
        if (known := [alias for alias in aliases if alias in names])
    }
    if not {"firstName", "lastName"} <= {*places}:
        return [], (
            "The first row must name the columns, with one for the first and one for the last name."
        )
    return [{field: row[place] for field, place in places.items()} for row in table.rows], None


def prospect_rows(
    rows: Sequence[Mapping[str, str]],
) -> tuple[list[Input], list[tuple[int, str]]]:
    """``ProspectInput`` bodies of a file's rows, and (row number, what to mend) of the others."""
    checked = [(number, *prospect_input(row)) for number, row in enumerate(rows, 2)]
    inputs = [body for _, body, problem in checked if problem is None]
    return inputs, [(number, problem) for number, _, problem in checked if problem is not None]


def feedback_input(prospect: Mapping[str, Any], value: str, kind: str, reason: str) -> Input:
    """``ApiPersonFeedback``: that ``value`` of a prospect is wrong, for an ``InvalidReason``."""
    company = prospect.get("company")
    name = " ".join(filter(None, (prospect.get("firstName"), prospect.get("lastName"))))
    return without_empty(
        {
            "personId": prospect.get("personId"),
            "linkedinUrl": prospect.get("linkedinUrl"),
            "name": name or prospect.get("name"),
            "companyName": company.get("name") if isinstance(company, Mapping) else None,
            "companyDomain": company.get("domain") if isinstance(company, Mapping) else None,
            "title": prospect.get("title"),
            "value": value,
            "status": "Invalid",
            "invalidReason": reason,
            "type": kind,
        }
    )


def found_by(email: str, first: str, last: str) -> str | None:
    """What to mend before saved prospects can be searched: by email, or by both names."""
    if email and (first or last):
        return "Search by email or by name, not by both: empty one of them."
    if email and not _EMAIL.fullmatch(email):
        return "Enter a whole email address, such as jane@company.com."
    if not email and not (first and last):
        return "Enter an email, or both the first and the last name."
    return None
