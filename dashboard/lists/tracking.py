"""Contacts whose job changes LeadIQ tracks: made of people, and sent once under a stored id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dashboard.identity.job_change import Position, kind_of_change
from dashboard.ledger.tracking_imports import TrackingImport, TrackingImports
from dashboard.tables.api_json import Json, parse_times, text_at, texts_at
from leadiq_api import InvalidRequestError, LeadIQClient, ServiceError

MAX_CONTACTS = 2_000  # of one import, which is one request
NOT_FOUND = "NotFound"  # the code of an import that LeadIQ does not have
# The fields of a ``TrackContactInput``, and where a prospect or its ``ProspectInput`` has them.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "firstName": ("firstName",),
    "lastName": ("lastName",),
    "companyName": ("company.name", "company"),
    "companyDomain": ("company.domain", "companyDomain"),
    "title": ("title",),
    "email": ("workEmail",),
    "personalLinkedInUrl": ("linkedinUrl",),
}
_REQUIRED = ("firstName", "lastName", "companyName")


def contacts_of(people: Iterable[Json]) -> tuple[list[dict[str, Any]], int]:
    """Returns prospects as contacts, and how many of them have no name or no company."""
    contacts, left_out = [], 0
    for person in people:
        contact = {name: _first_text(person, paths) for name, paths in _FIELDS.items()}
        contact = {name: text for name, text in contact.items() if text}
        if all(name in contact for name in _REQUIRED):
            contacts.append(contact)
        else:
            left_out += 1
    return contacts, left_out


def _first_text(person: Json, paths: Iterable[str]) -> str | None:
    return next((text for path in paths if (text := text_at(person, path))), None)


def send(client: LeadIQClient, imports: TrackingImports, account: str, one: TrackingImport) -> None:
    """Sends a stored import once, and forgets it if LeadIQ refuses it: ``InvalidRequestError``.

    After a lost answer it is looked for under its id: if LeadIQ has it, it was sent. Raises another
    ``LeadIQError`` if it was not sent, or if that is not known; then it stays unsent.
    """
    try:
        answer = client.track_contacts({"importId": one.id, "contacts": one.contacts})
        if answer.get("errorCode"):
            raise InvalidRequestError(f"LeadIQ does not track these: {answer['errorCode']}.")
    except InvalidRequestError:
        imports.delete(account, one.id)
        raise
    except ServiceError:
        if client.tracked_contacts(one.id)["errorCode"] == NOT_FOUND:
            raise
    imports.mark_sent(account, one.id)


def prospects_of(people: pd.DataFrame) -> list[Json]:
    """Returns who moved as prospects: by their ids, else as they are called at the new company."""
    return [
        {
            "personId": row["person_id"],
            "firstName": row["first_name"],
            "lastName": row["last_name"],
            "company": {"name": row["company"], "domain": row["domain"]},
            "linkedinUrl": row["linkedin_url"],
        }
        for row in people.to_dict("records")
    ]


def _false_change(row: Json) -> str | None:
    """What a tracked contact's job change is instead of one; None if it is real."""
    before = Position(
        "", text_at(row, "lastKnownCompany") or "", text_at(row, "lastKnownTitle") or ""
    )
    now = Position("", text_at(row, "company") or "", text_at(row, "title") or "")
    kind = kind_of_change(before, now)
    return None if kind.is_real else str(kind)


def moves(contacts: Iterable[Json], profiles: Mapping[str, str]) -> pd.DataFrame:
    """Returns who moved where and when, with the names of the ideal customer ``profiles`` matched.

    ``profiles`` are their names by id. The columns are those of found people, where they are alike.
    """
    rows = [
        {
            "person_id": text_at(row, "id"),
            "name": " ".join(filter(None, (text_at(row, "firstName"), text_at(row, "lastName")))),
            "first_name": text_at(row, "firstName"),
            "last_name": text_at(row, "lastName"),
            "title": text_at(row, "title"),
            "company": text_at(row, "company"),
            "domain": text_at(row, "companyDomain"),
            "previous_title": text_at(row, "lastKnownTitle"),
            "previous_company": text_at(row, "lastKnownCompany"),
            "job_change": text_at(row, "jobChangeType"),
            "change_check": _false_change(row),
            "changed_at": text_at(row, "jobStartDate"),
            "profiles": ", ".join(profiles.get(id, id) for id in texts_at(row, "matchedICPIds")),
            "linkedin_url": text_at(row, "linkedIn"),
        }
        for row in contacts
    ]
    frame = pd.DataFrame(rows)
    if rows:
        frame["changed_at"] = parse_times([*frame["changed_at"]])
    return frame
