"""Makes ``ProspectInput`` bodies of a form or of people of a search. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from dashboard.identity.email import address_in
from dashboard.identity.linkedin import read_linkedin
from dashboard.search.inputs import Input, without_empty
from dashboard.tables.api_json import EMAIL_STATUSES, Json, text_at
from dashboard.tables.frames import SENIORITIES

MAX_NOTES_CHARACTERS = 5_000  # as Prospector allows


# A form -------------------------------------------------------------------------------------------


def prospect_input(entered: Mapping[str, str]) -> tuple[Input, str | None]:
    """Returns the ``ProspectInput`` of a form, and the problem that Prospector would refuse it for.

    ``entered`` is text by field; empty fields are left out. The email and the LinkedIn address may
    be written as in a file.
    """
    written = without_empty({name: (text or "").strip() for name, text in entered.items()})
    profile = read_linkedin(written.get("linkedinUrl", ""))
    found = {"workEmail": address_in(written.get("workEmail", "")), "linkedinUrl": profile.url}
    body = written | without_empty(found)
    problem = None
    if not (body.get("firstName") and body.get("lastName")):
        problem = "Enter a first and a last name: both are required."
    elif "workEmail" in body and not found["workEmail"]:
        problem = "Enter a full email address, such as jane@company.com, or leave it empty."
    elif "linkedinUrl" in body and not profile.url:
        problem = profile.problem or "Enter a whole LinkedIn address, or leave it empty."
    elif len(body.get("notes", "")) > MAX_NOTES_CHARACTERS:
        problem = (
            f"Shorten the notes to {MAX_NOTES_CHARACTERS:,} characters; "
            f"they have {len(body['notes']):,}."
        )
    elif body.get("emailStatus", EMAIL_STATUSES[0]) not in EMAIL_STATUSES:
        problem = f"Choose an email status out of {', '.join(EMAIL_STATUSES)}, or leave it empty."
    elif "emailStatus" in body and "workEmail" not in body:
        problem = "Enter the email too, or leave its status empty."
    return body, problem


# People of a search -------------------------------------------------------------------------------


class ProspectField(NamedTuple):
    """A text field of ``ProspectInput``: the column it is read from, and what it accepts."""

    name: str
    column: str
    accepts: Callable[[str], bool] | None = None  # None: any text


def _is_web_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


PROSPECT_FIELDS = (
    ProspectField("firstName", "first_name"),
    ProspectField("lastName", "last_name"),
    ProspectField("title", "title"),
    ProspectField("seniority", "seniority", SENIORITIES.__contains__),
    ProspectField("function", "role"),
    ProspectField("company", "company"),
    ProspectField("companyDomain", "domain"),
    ProspectField("companyIndustry", "industry"),
    ProspectField("companyId", "company_id"),
    ProspectField("linkedinUrl", "linkedin_url", _is_web_address),
    ProspectField("personId", "person_id"),
    ProspectField("workEmail", "work_email"),
    ProspectField("phone", "phone"),
)
LOCATION_FIELDS = ("city", "state", "country")  # the same names in ``location`` and in a frame
READ_COLUMNS = {field.column for field in PROSPECT_FIELDS} | {
    "name",
    "email_status",
    *LOCATION_FIELDS,
}


def prospect_inputs(people: pd.DataFrame) -> tuple[list[dict[str, Any]], list[str]]:
    """Returns ``ProspectInput`` bodies of people, and the names of those who cannot be one.

    Prospector requires a first and a last name, and refuses empty text and unknown values; those
    are left out. ``people`` is a frame of people; any of its columns may be missing.
    """
    inputs, nameless = [], []
    columns = [name for name in people if name in READ_COLUMNS]  # to_dict is slow for the others
    for row in people[columns].to_dict("records"):
        body = _prospect_body(row)
        if "firstName" in body and "lastName" in body:
            inputs.append(body)
        else:
            nameless.append(str(row.get("name") or row.get("person_id")))
    return inputs, nameless


def _prospect_body(row: Mapping[Any, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, column, accepts in PROSPECT_FIELDS:
        value = row.get(column)
        text = value.strip() if isinstance(value, str) else ""
        if text and (accepts is None or accepts(text)):
            body[name] = text
    if "workEmail" in body and row.get("email_status") in EMAIL_STATUSES:
        body["emailStatus"] = row["email_status"]
    location = {name: row[name] for name in LOCATION_FIELDS if isinstance(row.get(name), str)}
    if location:
        body["location"] = location
    return body


# Saved prospects ----------------------------------------------------------------------------------


def feedback_input(prospect: Mapping[str, Any], value: str, kind: str, reason: str) -> Input:
    """Returns the ``ApiPersonFeedback`` that a value of a prospect is wrong.

    Args:
        prospect: The prospect.
        value: The address or number.
        kind: What the value is, such as ``WorkEmail``.
        reason: Why it is wrong, an ``InvalidReason``.
    """
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
    """Returns the problem of a search for saved prospects: by email, or by both names."""
    if email and (first or last):
        return "Search by email or by name, not by both: empty one of them."
    if email and not address_in(email):
        return "Enter a full email address, such as jane@company.com."
    if not email and not (first and last):
        return "Enter an email, or both the first and the last name."
    return None


def prospect_name(prospect: Json) -> str:
    """Returns the name of a prospect, or of an input for one; empty if there is none."""
    names = (text_at(prospect, "firstName"), text_at(prospect, "lastName"))
    return " ".join(filter(None, names))
