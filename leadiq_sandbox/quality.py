"""What a ``SearchPeopleInput`` accepts of a person: filters on statuses, phones and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from leadiq_sandbox.errors import RefusalError

Json = dict[str, Any]

MAX_CONFIDENCE = 100
CONFIDENCE_OF_NAME_AND_COMPANY = 90
CONFIDENCE_OF_NAME = 60
IDENTIFIERS = ("id", "linkedinUrl", "linkedinId", "email", "hashedEmail", "phone")


def confidence(input: Mapping[str, Any]) -> int:
    """Returns how surely the people found are those who are named, in percent.

    Refuses a ``minConfidence`` that is no percentage with 400.
    """
    if not 0 <= (input.get("minConfidence") or 0) <= MAX_CONFIDENCE:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "minConfidence must be 0 to 100")
    if any(input.get(name) for name in IDENTIFIERS):
        return MAX_CONFIDENCE
    return CONFIDENCE_OF_NAME_AND_COMPANY if input.get("company") else CONFIDENCE_OF_NAME


def accepted(person: Json, input: Mapping[str, Any]) -> Json:
    """Returns a person's record with the confidence, and the contact data that is good enough."""
    quality = (input.get("qualityFilter") or {}).get("phone")
    statuses = input.get("workEmailStatusIn")
    positions = []
    for position in person["currentPositions"]:
        emails = [it for it in position["emails"] if not statuses or it["status"] in statuses]
        phones = [it for it in position["phones"] if _is_good(it, quality)]
        work_email = emails[0] if emails else None
        positions.append({**position, "emails": emails, "phones": phones, "workEmail": work_email})
    return {
        **person,
        "currentPositions": positions,
        "personalPhones": [it for it in person["personalPhones"] if _is_good(it, quality)],
        "confidence": confidence(input),
    }


def _is_good(phone: Json, quality: str | None) -> bool:
    """Of higher quality is a verified number, or a mobile phone that is likely accurate."""
    if quality == "HighestQualityPhones":
        return bool(phone["status"] == "Verified")
    if quality == "HigherQualityPhones":
        likely_mobile = phone["type"] == "PersonalMobile" and phone["status"] == "LikelyAccurate"
        return bool(phone["status"] == "Verified" or likely_mobile)
    return True
