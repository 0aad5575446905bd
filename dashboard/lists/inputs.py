"""Everything that becomes a ``ProspectInput``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.identity.email import COMPLETE_EMAIL
from dashboard.search.inputs import Input, without_empty
from dashboard.tables import upload_limits
from dashboard.tables.api_json import EMAIL_STATUSES, Json, text_at
from dashboard.tables.frames import SENIORITIES
from dashboard.tables.spreadsheet import UnreadableFileError, normalized_header, read_table


def prospect_input(entered: Mapping[str, str]) -> tuple[Input, str | None]:
    """``ProspectInput`` from a form, and what to mend; checked as Prospector checks it."""
    body = without_empty({name: (text or "").strip() for name, text in entered.items()})
    problem = None
    if not (body.get("firstName") and body.get("lastName")):
        problem = "Enter a first and a last name: LeadIQ keeps no prospect without both."
    elif "workEmail" in body and not COMPLETE_EMAIL.fullmatch(body["workEmail"]):
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
        table = read_table(
            content,
            most_rows=upload_limits.MAX_PROSPECT_ROWS,
            most_megabytes=upload_limits.MAX_PROSPECT_MEGABYTES,
        )
    except UnreadableFileError as error:
        return [], str(error)
    names = [normalized_header(name) for name in table.columns]
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


def validate_prospect_query(email: str, first: str, last: str) -> str | None:
    """What to mend before saved prospects can be searched: by email, or by both names."""
    if email and (first or last):
        return "Search by email or by name, not by both: empty one of them."
    if email and not COMPLETE_EMAIL.fullmatch(email):
        return "Enter a whole email address, such as jane@company.com."
    if not email and not (first and last):
        return "Enter an email, or both the first and the last name."
    return None


# What a ProspectInput takes from a row of people, by its name there.
PROSPECT_FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "title": "title",
    "seniority": "seniority",
    "function": "role",
    "company": "company",
    "companyDomain": "domain",
    "companyIndustry": "industry",
    "companyId": "company_id",
    "linkedinUrl": "linkedin_url",
    "personId": "person_id",
    "workEmail": "work_email",
    "phone": "phone",
}


def prospect_inputs(people: pd.DataFrame) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of people -> (``ProspectInput`` bodies, names of people who cannot be one).

    Prospector requires a first and a last name, and refuses empty strings and unknown values.
    """
    inputs, left_out = [], []
    for row in people.to_dict("records"):
        body = {
            field: str(row[column]).strip()
            for field, column in PROSPECT_FIELDS.items()
            if isinstance(row.get(column), str) and str(row[column]).strip()
        }
        if body.get("seniority") not in SENIORITIES:
            body.pop("seniority", None)
        if not body.get("linkedinUrl", "").startswith(("http://", "https://")):
            body.pop("linkedinUrl", None)
        if "workEmail" in body and row.get("email_status") in EMAIL_STATUSES:
            body["emailStatus"] = row["email_status"]
        places = {"city": row.get("city"), "state": row.get("state"), "country": row.get("country")}
        location = {name: place for name, place in places.items() if isinstance(place, str)}
        if location:
            body["location"] = location
        if "firstName" in body and "lastName" in body:
            inputs.append(body)
        else:
            left_out.append(str(row.get("name") or row.get("person_id")))
    return inputs, left_out


def prospect_name(body: Json) -> str:
    return " ".join(filter(None, (text_at(body, "firstName"), text_at(body, "lastName"))))
