"""What the Prospector OpenAPI demands of bodies and queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from leadiq_sandbox.errors import RefusalError

Json = dict[str, Any]

ID = re.compile(r"[0-9a-fA-F]{24}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")

DEFAULT_PAGE_LIMIT = 25
MAX_PAGE_LIMIT = 100

SENIORITIES = ("VP", "Manager", "Director", "Executive", "SeniorIndividualContributor", "Other")
EMAIL_STATUSES = ("Unverified", "Verified", "VerifiedLikely")
LOCATION_FIELDS = ("streetLine1", "streetLine2", "city", "state", "zip", "country", "formatted")

# Returns what is wrong with a value, or None.
Check = Callable[[Any], str | None]


def _text(min_length: int = 0, max_length: int | None = None) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "must be a string"
        if len(value) < min_length:
            return f"must have at least {min_length} character"
        too_long = max_length is not None and len(value) > max_length
        return f"must have at most {max_length} characters" if too_long else None

    return check


def _one_of(options: tuple[str, ...]) -> Check:
    return lambda value: None if value in options else f"must be one of {', '.join(options)}"


def check_email(value: Any) -> str | None:
    """Returns what is wrong with an address, or None."""
    fits = isinstance(value, str) and EMAIL.fullmatch(value)
    return None if fits else "must be an email address"


def _uri(value: Any) -> str | None:
    fits = isinstance(value, str) and urlsplit(value).scheme and " " not in value
    return None if fits else "must be a URI"


def check_boolean(value: Any) -> str | None:
    """Returns what is wrong with a flag, or None."""
    return None if isinstance(value, bool) else "must be true or false"


def _location(value: Any) -> str | None:
    if not isinstance(value, dict):
        return "must be an object"
    parts = [part for name, part in value.items() if name in LOCATION_FIELDS]
    return None if all(isinstance(part, str) for part in parts) else "must hold strings"


LIST_FIELDS: Mapping[str, Check] = {"name": _text(1, 200), "description": _text(0, 2000)}
PROSPECT_FIELDS: Mapping[str, Check] = {
    "firstName": _text(1),
    "lastName": _text(1),
    "workEmail": check_email,
    "phone": _text(1),
    "title": _text(1),
    "seniority": _one_of(SENIORITIES),
    "function": _text(1),
    "company": _text(1),
    "companyDomain": _text(1),
    "companyIndustry": _text(1),
    "companyId": _text(1),
    "linkedinUrl": _uri,
    "emailStatus": _one_of(EMAIL_STATUSES),
    "location": _location,
    "notes": _text(0, 5000),
    "personId": _text(1),
}


def problems(body: Any, fields: Mapping[str, Check], required: tuple[str, ...]) -> list[Json]:
    """Returns what is wrong with a body: [{path, message}], or [] if it is valid.

    ``fields`` are the checks of all fields that it may have, by name.
    """
    if not isinstance(body, dict):
        return [{"path": "", "message": "must be an object"}]
    missing = [{"path": name, "message": "is required"} for name in required if name not in body]
    unknown = [
        {"path": name, "message": "is not a known field"} for name in body if name not in fields
    ]
    wrong = [
        {"path": name, "message": message}
        for name, check in fields.items()
        if name in body and (message := check(body[name]))
    ]
    return missing + unknown + wrong


def require_valid(found: list[Json], status: int) -> None:
    """Raises ``RefusalError`` of ``status`` for the first of the problems ``found``, if any."""
    if found:
        first = f"{found[0]['path']} {found[0]['message']}".strip()
        raise RefusalError(status, f"Invalid body: {first}", "invalid_body", found)


def paging(query: Mapping[str, str]) -> tuple[int, str | None]:
    """Returns (limit, cursor) of a query. Raises ``RefusalError`` of status 400."""
    limit, cursor = query.get("limit", str(DEFAULT_PAGE_LIMIT)), query.get("cursor")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MAX_PAGE_LIMIT:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"limit must be 1 to {MAX_PAGE_LIMIT}")
    if cursor is not None and not ID.fullmatch(cursor):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "cursor must be 24 hex digits")
    return int(limit), cursor
