"""The data points of a tracked contact: what ``unlockRequests`` returns of a person. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadiq_sandbox.billing import NOT_CONTACT_DATA, Unlock
from leadiq_sandbox.quality import accepted

Json = dict[str, Any]

EMAIL, PHONE = "PersonEmail", "PersonPhone"  # of UnlockableDataPointRequest, and of the price list


def unlocked(person: Json, input: Json) -> tuple[Json, list[Unlock]]:
    """Returns the fields of a ``TrackedContact`` that an import unlocks, and what it is charged.

    ``person`` is a ``PersonRecord``, ``input`` a ``TrackContactsInput``: what it requests, of the
    quality that it accepts. What is not there is not charged.
    """
    requests = input.get("unlockRequests") or ()
    fields: Json = {}
    info: Json = {}
    quality = {"phone": input.get("phoneQuality")}
    person = accepted(
        person, {"workEmailStatusIn": input.get("emailQuality"), "qualityFilter": quality}
    )
    jobs = person["currentPositions"]
    if EMAIL in requests and (emails := _good(row for job in jobs for row in job["emails"])):
        email, status = emails[0]["value"], emails[0]["status"]
        fields |= {"email": email, "emailStatus": status}
        info["email"] = {"__typename": "EmailValue", "email": email, "status": status}
    if PHONE in requests:
        personal = _good(person["personalPhones"])
        work = [row["value"] for row in _good(row for job in jobs for row in job["phones"])]
        if personal or work:
            rated = [{"phone": row["value"], "quality": row["status"]} for row in personal]
            phones = [row["value"] for row in personal]
            fields |= {"phones": phones, "phonesWithQuality": rated, "workPhones": work}
            info["personalPhones"] = {"__typename": "PersonalPhonesValue", "phones": rated}
            info["workPhones"] = {"__typename": "WorkPhonesValue", "phones": work}
    bill = [(EMAIL, person["id"])] if "email" in info else []
    bill += [(PHONE, person["id"])] if "workPhones" in info else []
    return {**fields, "contactInfo": info or None}, bill


def _good(contacts: Iterable[Json]) -> list[Json]:
    return [row for row in contacts if row["status"] not in NOT_CONTACT_DATA]
