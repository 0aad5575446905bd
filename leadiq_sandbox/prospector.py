"""The Prospector REST surface as its OpenAPI says it, without the server around it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from leadiq_sandbox import records
from leadiq_sandbox.errors import Refused
from leadiq_sandbox.store import PRICES, Store
from leadiq_sandbox.world import World

Json = dict[str, Any]

ID = re.compile(r"[0-9a-fA-F]{24}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
BATCH_LIMIT = 100

SENIORITIES = ("VP", "Manager", "Director", "Executive", "SeniorIndividualContributor", "Other")
EMAIL_STATUSES = ("Unverified", "Verified", "VerifiedLikely")
LOCATION_FIELDS = ("streetLine1", "streetLine2", "city", "state", "zip", "country", "formatted")

Check = Callable[[Any], str | None]


def _text(least: int = 0, most: int | None = None) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "must be a string"
        if len(value) < least:
            return f"must have at least {least} character"
        return f"must have at most {most} characters" if most and len(value) > most else None

    return check


def _one_of(options: tuple[str, ...]) -> Check:
    return lambda value: None if value in options else f"must be one of {', '.join(options)}"


def _email(value: Any) -> str | None:
    fits = isinstance(value, str) and EMAIL.fullmatch(value)
    return None if fits else "must be an email address"


def _uri(value: Any) -> str | None:
    fits = isinstance(value, str) and urlsplit(value).scheme and " " not in value
    return None if fits else "must be a URI"


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _location(value: Any) -> str | None:
    if not isinstance(value, dict):
        return "must be an object"
    known = {name: part for name, part in value.items() if name in LOCATION_FIELDS}
    return None if all(isinstance(part, str) for part in known.values()) else "must hold strings"


# What an export to Salesforce can come to, by the name it is ordered under: (status, message).
SALESFORCE = {
    "created": (200, "A new record"),
    "duplicates_found": (200, "Nothing is written; with force a new record"),
    "submitted": (202, "The export was submitted; its outcome is not known. Do not retry."),
    "salesforce_export_disabled": (403, "An admin has disabled Salesforce export"),
    "salesforce_export_not_enabled": (403, "Salesforce export is not enabled for this team yet"),
    "salesforce_not_connected": (409, "No Salesforce is connected to this user"),
    "salesforce_save_as_unsupported": (409, "The member's Save to setting is not supported"),
    "salesforce_account_required": (409, "A Contact needs an Account"),
    "quality_skipped": (409, "The prospect's data is not good enough to export"),
    "export_rejected": (409, "The export was rejected by the organization's rules"),
    "salesforce_rejected_record": (409, "Salesforce rejected the record"),
    "upstream": (502, "Temporary upstream error"),
}

LIST_FIELDS: Mapping[str, Check] = {"name": _text(1, 200), "description": _text(0, 2000)}
PROSPECT_FIELDS: Mapping[str, Check] = {
    "firstName": _text(1),
    "lastName": _text(1),
    "workEmail": _email,
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
    """What is wrong with a body, a line each; [] where it fits."""
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


class Prospector:
    """One method per operation; each takes checked path and query values and the JSON body."""

    def __init__(self, world: World, store: Store) -> None:
        self._world, self._store = world, store
        self.salesforce = "created"  # the outcome on order, one of SALESFORCE
        self.exported: list[str] = []  # ids, once for each record made

    def create_list(self, body: Any) -> Json:
        self._check(problems(body, LIST_FIELDS, ("name",)), 400)
        return self._store.create_list(body["name"], body.get("description"))

    def lists(self, query: Mapping[str, str]) -> Json:
        role = query.get("role")
        if role not in (None, "owner", "collaborator"):
            raise Refused(400, "role must be owner or collaborator")
        limit, cursor = _paging(query)
        items, following = self._store.lists(limit, cursor)
        if role == "collaborator":  # nobody shares lists with a sandbox
            items, following = [], None
        return {"items": items, "nextCursor": following}

    def list(self, list_id: str) -> Json:
        return self._store.list(list_id)

    def list_prospects(self, list_id: str, query: Mapping[str, str]) -> Json:
        limit, cursor = _paging(query)
        items, following = self._store.prospects(limit, cursor, list_id=list_id)
        return {"items": items, "nextCursor": following}

    def create_prospect(self, body: Any, list_id: str | None, *, invalid: int) -> Json:
        """``invalid`` is the status of a body that does not fit: the OpenAPI has 400 and 422."""
        self._check(problems(body, PROSPECT_FIELDS, ("firstName", "lastName")), invalid)
        reason = self._unsaveable(body)
        if reason:
            raise Refused(invalid, reason)
        return self._store.create_prospect(self._saved(body), list_id)

    def create_batch(self, body: Any, list_id: str) -> Json:
        self._store.list(list_id)
        if not isinstance(body, list) or not 1 <= len(body) <= BATCH_LIMIT:
            raise Refused(400, f"The body must be an array of 1 to {BATCH_LIMIT} prospects")
        wrong = [
            {**problem, "path": f"{place}.{problem['path']}"}
            for place, one in enumerate(body)
            for problem in problems(one, PROSPECT_FIELDS, ("firstName", "lastName"))
        ]
        self._check(wrong, 400)
        result: Json = {"succeeded": [], "failed": []}
        for place, one in enumerate(body):
            reason = self._unsaveable(one)
            if reason:
                result["failed"].append({"index": place, "reason": reason})
            else:
                saved = self._store.create_prospect(self._saved(one), list_id)
                result["succeeded"].append(saved)
        return result

    def attach(self, list_id: str, prospect_id: str) -> Json:
        return self._store.attach(list_id, prospect_id)

    def prospect(self, prospect_id: str) -> Json:
        return self._store.prospect(prospect_id)

    def prospects(self, query: Mapping[str, str]) -> Json:
        email, first, last = query.get("email"), query.get("firstName"), query.get("lastName")
        if (first is None) != (last is None) or (email is not None and first is not None):
            raise Refused(400, "Give email alone, firstName and lastName together, or neither")
        if email is not None and _email(email):
            raise Refused(400, "email must be an email address")
        if first == "" or last == "":
            raise Refused(400, "firstName and lastName must not be empty")
        limit, cursor = _paging(query)
        name = (first, last) if first is not None and last is not None else None
        items, following = self._store.prospects(limit, cursor, email=email, name=name)
        return {"items": items, "nextCursor": following}

    def verify_email(self, query: Mapping[str, str]) -> Json:
        email = query.get("email")
        if email is None or _email(email):
            raise Refused(400, "email must be an email address")
        return {"status": self._verdict(email)}

    def verify_prospect(self, prospect_id: str) -> Json:
        email = self._store.prospect(prospect_id).get("workEmail")
        if not email:
            raise Refused(409, "This prospect has no email to verify", "no_email_to_verify")
        status = self._verdict(email)
        return {"status": status, "prospect": self._store.set_email_status(prospect_id, status)}

    def export_to_salesforce(self, prospect_id: str, body: Any) -> tuple[int, Json]:
        """The outcome on order; what creates a record notes the prospect in ``exported``."""
        prospect = self._store.prospect(prospect_id)
        self._check(problems({} if body is None else body, {"force": _boolean}, ()), 400)
        force = bool(body and body.get("force"))
        status, message = SALESFORCE[self.salesforce]
        if status >= 400:
            raise Refused(status, message, self.salesforce if status < 500 else None)
        told = {"requestId": secrets.token_hex(8), "savedAs": "Lead"}
        if self.salesforce == "submitted":
            self.exported.append(prospect_id)
            return status, {**told, "status": "submitted", "message": message}
        if self.salesforce == "duplicates_found" and not force:
            same = {"id": "00Q000000000001", "entityType": "Lead", "name": prospect["name"]}
            return status, {**told, "status": "duplicates_found", "duplicates": [same]}
        self.exported.append(prospect_id)
        entity = f"00Q{len(self.exported):012d}"
        return status, {**told, "status": "created", "entityId": entity, "entityType": "Lead"}

    def export(self, list_id: str) -> str:
        """A list as CSV, the guide's own operation; no cell begins as a formula does."""
        rows: list[Json] = []
        cursor = None
        while True:
            items, cursor = self._store.prospects(100, cursor, list_id=list_id)
            rows += items
            if cursor is None:
                break
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(EXPORT_COLUMNS)
        for row in rows:
            phones = "; ".join(phone["value"] for phone in row.get("mobilePhones", ()))
            company, location = row.get("company", {}), row.get("location", {})
            cells = {
                **row,
                "phone": phones,
                "company": company.get("name"),
                "companyDomain": company.get("domain"),
                "city": location.get("city"),
                "country": location.get("country"),
            }
            writer.writerow([_inert(cells.get(name) or "") for name in EXPORT_COLUMNS])
        return text.getvalue()

    def whoami(self) -> Json:
        return {
            "user": {
                "email": "sandbox@leadiq-sandbox.example",
                "name": "Sam Box",
                "firstName": "Sam",
                "lastName": "Box",
            },
            "team": {"name": "Sandbox", "domain": "leadiq-sandbox.example"},
        }

    def _verdict(self, email: str) -> str:
        """Charged; the same address always gets the same verdict."""
        self._store.spend(PRICES["EmailReverification"])
        digest = hashlib.sha256(email.lower().encode()).digest()[0]
        return ("Verified", "Verified", "VerifiedLikely", "Unverified", "Invalid")[digest % 5]

    def _unsaveable(self, body: Json) -> str | None:
        """Why a well-formed prospect cannot be saved: a company id that nobody has."""
        company_id = body.get("companyId")
        if company_id is None or company_id in self._world.company_place:
            return None
        return f"companyId {company_id} is unknown"

    def _saved(self, body: Json) -> Json:
        """``ProspectInput`` as the ``Prospect`` that is kept, enriched by the ids it names."""
        c = self._world.company_place.get(body.get("companyId", ""))
        known = {} if c is None else records.company(self._world, c)
        company = {
            "id": body.get("companyId"),
            "name": body.get("company") or known.get("name"),
            "domain": body.get("companyDomain") or known.get("domain"),
            "industry": body.get("companyIndustry") or known.get("industry"),
            "employees": known.get("employeeCount"),
        }
        location = {
            name: part for name, part in body.get("location", {}).items() if name in LOCATION_FIELDS
        }
        saved = {
            name: body.get(name)
            for name in ("personId", "linkedinUrl", "firstName", "lastName", "title", "seniority",
                         "function", "workEmail", "emailStatus", "notes")
        }  # fmt: skip
        saved |= {
            "name": f"{body['firstName']} {body['lastName']}",
            "mobilePhones": [{"value": body["phone"]}] if "phone" in body else None,
            "location": location or None,
            "company": _present(company) or None,
        }
        return _present(saved)

    @staticmethod
    def _check(found: list[Json], status: int) -> None:
        if found:
            first = f"{found[0]['path']} {found[0]['message']}".strip()
            raise Refused(status, f"Invalid body: {first}", "invalid_body", found)


EXPORT_COLUMNS = (
    "id", "firstName", "lastName", "name", "title", "seniority", "function", "workEmail",
    "emailStatus", "phone", "company", "companyDomain", "linkedinUrl", "city", "country", "notes",
    "createdAt", "updatedAt",
)  # fmt: skip


def _paging(query: Mapping[str, str]) -> tuple[int, str | None]:
    limit, cursor = query.get("limit", "25"), query.get("cursor")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit) <= 100:
        raise Refused(400, "limit must be 1 to 100")
    if cursor is not None and not ID.fullmatch(cursor):
        raise Refused(400, "cursor must be 24 hex digits")
    return int(limit), cursor


def _present(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _inert(cell: Any) -> Any:
    return (
        "'" + cell
        if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        else cell
    )
