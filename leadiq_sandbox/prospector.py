"""The Prospector REST surface as its OpenAPI describes it, without the server around it."""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from leadiq_sandbox import records
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.store import PRICES, Store
from leadiq_sandbox.validation import (
    LIST_FIELDS,
    LOCATION_FIELDS,
    MAX_PAGE_LIMIT,
    PROSPECT_FIELDS,
    check_boolean,
    check_email,
    paging,
    problems,
    require_valid,
)
from leadiq_sandbox.world import World

Json = dict[str, Any]

BATCH_LIMIT = 100
REQUIRED_OF_A_PROSPECT = ("firstName", "lastName")
# Fields of a ``ProspectInput`` that a ``Prospect`` has unchanged.
COPIED_FIELDS = (
    "personId",
    "linkedinUrl",
    "firstName",
    "lastName",
    "title",
    "seniority",
    "function",
    "workEmail",
    "emailStatus",
    "notes",
)
# Two of five addresses are verified.
VERDICTS = ("Verified", "Verified", "VerifiedLikely", "Unverified", "Invalid")

# The outcomes of an export to Salesforce by name: (status, message).
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

EXPORT_COLUMNS = (
    "id",
    "firstName",
    "lastName",
    "name",
    "title",
    "seniority",
    "function",
    "workEmail",
    "emailStatus",
    "phone",
    "company",
    "companyDomain",
    "linkedinUrl",
    "city",
    "country",
    "notes",
    "createdAt",
    "updatedAt",
)

# The first characters by which a spreadsheet takes a cell for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Prospector:
    """One method per operation.

    Each takes valid ids, the query and the JSON body, and returns JSON or raises ``RefusalError``.
    """

    def __init__(self, world: World, store: Store) -> None:
        self._world, self._store = world, store
        self.salesforce = "created"  # the outcome of every export, one of SALESFORCE
        self.exported: list[str] = []  # ids of prospects, once for each record created

    def create_list(self, body: Any) -> Json:
        """Creates a list. Refuses an invalid body with 400, a name that is taken with 409."""
        require_valid(problems(body, LIST_FIELDS, ("name",)), HTTPStatus.BAD_REQUEST)
        return self._store.create_list(body["name"], body.get("description"))

    def lists(self, query: Mapping[str, str]) -> Json:
        """Returns a page of lists: {items, nextCursor}. Refuses an invalid query with 400."""
        role = query.get("role")
        if role not in (None, "owner", "collaborator"):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "role must be owner or collaborator")
        limit, cursor = paging(query)
        items, following = self._store.lists(limit, cursor)
        if role == "collaborator":  # no one shares lists with a sandbox
            items, following = [], None
        return {"items": items, "nextCursor": following}

    def get_list(self, list_id: str) -> Json:
        """Returns one list; 404 if there is none."""
        return self._store.get_list(list_id)

    def list_prospects(self, list_id: str, query: Mapping[str, str]) -> Json:
        """Returns a page of a list's prospects: {items, nextCursor}; 404 if there is no list."""
        limit, cursor = paging(query)
        items, following = self._store.prospects(limit, cursor, list_id=list_id)
        return {"items": items, "nextCursor": following}

    def create_prospect(self, body: Any, list_id: str | None, *, invalid: int) -> Json:
        """Creates a prospect, on a list if one is named. Nothing is deduplicated.

        ``invalid`` is the status of a refused body: the OpenAPI has 400 and 422.
        """
        require_valid(problems(body, PROSPECT_FIELDS, REQUIRED_OF_A_PROSPECT), invalid)
        reason = self._unsaveable(body)
        if reason:
            raise RefusalError(invalid, reason)
        return self._store.create_prospect(self._saved(body), list_id)

    def create_batch(self, body: Any, list_id: str) -> Json:
        """Creates 1 to 100 prospects: {succeeded, failed: [{index, reason}]}.

        Refuses the whole batch with 400 if any of them is invalid.
        """
        self._store.get_list(list_id)
        if not isinstance(body, list) or not 1 <= len(body) <= BATCH_LIMIT:
            raise RefusalError(
                HTTPStatus.BAD_REQUEST, f"The body must be an array of 1 to {BATCH_LIMIT} prospects"
            )
        wrong = [
            {**problem, "path": f"{index}.{problem['path']}"}
            for index, row in enumerate(body)
            for problem in problems(row, PROSPECT_FIELDS, REQUIRED_OF_A_PROSPECT)
        ]
        require_valid(wrong, HTTPStatus.BAD_REQUEST)
        result: Json = {"succeeded": [], "failed": []}
        for index, row in enumerate(body):
            reason = self._unsaveable(row)
            if reason:
                result["failed"].append({"index": index, "reason": reason})
            else:
                saved = self._store.create_prospect(self._saved(row), list_id)
                result["succeeded"].append(saved)
        return result

    def attach(self, list_id: str, prospect_id: str) -> Json:
        """Puts an existing prospect on a list, and returns it. 404 if either is missing."""
        return self._store.attach(list_id, prospect_id)

    def prospect(self, prospect_id: str) -> Json:
        """Returns one prospect; 404 if there is none."""
        return self._store.prospect(prospect_id)

    def prospects(self, query: Mapping[str, str]) -> Json:
        """Returns a page of prospects of all lists, by email or by first and last name."""
        email, first, last = query.get("email"), query.get("firstName"), query.get("lastName")
        if (first is None) != (last is None) or (email is not None and first is not None):
            raise RefusalError(
                HTTPStatus.BAD_REQUEST,
                "Give email alone, firstName and lastName together, or neither",
            )
        if email is not None and check_email(email):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "email must be an email address")
        if first == "" or last == "":
            raise RefusalError(HTTPStatus.BAD_REQUEST, "firstName and lastName must not be empty")
        limit, cursor = paging(query)
        name = (first, last) if first is not None and last is not None else None
        items, following = self._store.prospects(limit, cursor, email=email, name=name)
        return {"items": items, "nextCursor": following}

    def verify_email(self, query: Mapping[str, str]) -> Json:
        """Verifies an address: {status}. 0.1 UC. Refuses an invalid address with 400."""
        email = query.get("email")
        if email is None or check_email(email):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "email must be an email address")
        return {"status": self._verdict(email)}

    def verify_prospect(self, prospect_id: str) -> Json:
        """Verifies a prospect's address and stores the status: {status, prospect}. 0.1 UC.

        Refuses a prospect without an address with 409.
        """
        email = self._store.prospect(prospect_id).get("workEmail")
        if not email:
            raise RefusalError(
                HTTPStatus.CONFLICT, "This prospect has no email to verify", "no_email_to_verify"
            )
        status = self._verdict(email)
        return {"status": status, "prospect": self._store.set_email_status(prospect_id, status)}

    def export_to_salesforce(self, prospect_id: str, body: Any) -> tuple[int, Json]:
        """Returns (status, answer) of the chosen outcome, ``salesforce``, or refuses with it.

        Whatever creates a record unlocks the prospect's company, and adds the prospect's id to
        ``exported``.
        """
        prospect = self._store.prospect(prospect_id)
        require_valid(
            problems({} if body is None else body, {"force": check_boolean}, ()),
            HTTPStatus.BAD_REQUEST,
        )
        force = bool(body and body.get("force"))
        status, message = SALESFORCE[self.salesforce]
        if status >= HTTPStatus.BAD_REQUEST:
            is_ours = status < HTTPStatus.INTERNAL_SERVER_ERROR
            raise RefusalError(status, message, self.salesforce if is_ours else None)
        finds_duplicates = self.salesforce == "duplicates_found" and not force
        company_id = prospect.get("company", {}).get("id")
        if company_id and not finds_duplicates:
            self._store.charge([[("Company", company_id)]])
        answer = {"requestId": secrets.token_hex(8), "savedAs": "Lead"}
        if self.salesforce == "submitted":
            self.exported.append(prospect_id)
            return status, {**answer, "status": "submitted", "message": message}
        if finds_duplicates:
            same = {"id": "00Q000000000001", "entityType": "Lead", "name": prospect["name"]}
            return status, {**answer, "status": "duplicates_found", "duplicates": [same]}
        self.exported.append(prospect_id)
        entity = f"00Q{len(self.exported):012d}"
        return status, {**answer, "status": "created", "entityId": entity, "entityType": "Lead"}

    def export(self, list_id: str) -> str:
        """Returns a list as CSV, the guide's own operation; no cell starts like a formula."""
        rows, cursor = self._store.prospects(MAX_PAGE_LIMIT, None, list_id=list_id)
        while cursor is not None:
            items, cursor = self._store.prospects(MAX_PAGE_LIMIT, cursor, list_id=list_id)
            rows += items
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
            writer.writerow([_escaped(cells.get(name) or "") for name in EXPORT_COLUMNS])
        return text.getvalue()

    def whoami(self) -> Json:
        """Returns the account behind the key: {user, team}."""
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
        """The status of an address, always the same one. Charged."""
        self._store.spend(PRICES["EmailReverification"])
        digest = hashlib.sha256(email.lower().encode()).digest()[0]
        return VERDICTS[digest % len(VERDICTS)]

    def _unsaveable(self, body: Json) -> str | None:
        """Why a valid prospect cannot be saved: a company id that does not exist. Else None."""
        company_id = body.get("companyId")
        if company_id is None or company_id in self._world.company_index:
            return None
        return f"companyId {company_id} is unknown"

    def _saved(self, body: Json) -> Json:
        """``ProspectInput`` as the ``Prospect`` to store, enriched by the company it names."""
        c = self._world.company_index.get(body.get("companyId", ""))
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
        saved = {name: body.get(name) for name in COPIED_FIELDS}
        saved |= {
            "name": f"{body['firstName']} {body['lastName']}",
            "mobilePhones": [{"value": body["phone"]}] if "phone" in body else None,
            "location": location or None,
            "company": _present(company) or None,
        }
        return _present(saved)


def _present(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _escaped(cell: Any) -> Any:
    formula = isinstance(cell, str) and cell.startswith(FORMULA_STARTS)
    return f"'{cell}" if formula else cell
