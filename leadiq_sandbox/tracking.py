"""Tracking: contacts and companies whose people changed jobs, in a state that a test chooses."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import numpy as np
from graphql import GraphQLResolveInfo

from leadiq_sandbox import records
from leadiq_sandbox.billing import Bill
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.lookup import Lookup
from leadiq_sandbox.store import Store
from leadiq_sandbox.tracked_data_points import unlocked
from leadiq_sandbox.world import World

Json = dict[str, Any]
Info = GraphQLResolveInfo[Any]
Resolver = Callable[..., Any]

# What becomes of each import and task. "done" is processing until it has been asked for once.
STATES = ("done", "processing", "timeout", "InsufficientCredits", "UnsupportedByCreditPlan")
BATCH = 100  # contacts
CONTACTS_OF_PLAN = 10_000
DEFAULT_TIMEOUT_MINUTES = 60
DEFAULT_MONTHS_BACK = 3
DAYS_PER_MONTH = 30


@dataclass
class Import:
    """Contacts that are tracked, or a task over the tracked companies."""

    id: str
    rows: list[Json]  # nodes of its connection
    size: int = 0
    asked: int = 0  # how often its state was read
    is_cancelled: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    minutes: int = DEFAULT_TIMEOUT_MINUTES


class Tracking:
    """Resolvers of contact and company tracking.

    Signals are free; of contacts, ``unlockRequests`` are charged as they are tracked.

    ``state``, one of ``STATES``, is what becomes of whatever is tracked; ``icps`` are the team's.
    """

    def __init__(self, world: World, lookup: Lookup, icps: tuple[Json, ...], store: Store) -> None:
        self._world, self._lookup, self._icps, self._store = world, lookup, icps, store
        self.state = STATES[0]
        self._imports: dict[str, Import] = {}
        self._tasks: dict[str, Import] = {}
        self._companies: dict[str, Json] = {}

    def queries(self) -> Mapping[str, Resolver]:
        """Returns the resolvers of the queries by their names."""
        return {
            "trackedContacts": self._tracked_contacts,
            "contactTrackingBalance": self._balance,
            "companyTrackingTask": lambda _, _info, id, **__: self._task(self._tasks.get(id)),
            "trackedCompanies": lambda *_, **page: self._company_page(**page),
        }

    def mutations(self) -> Mapping[str, Resolver]:
        """Returns the resolvers of the mutations by their names."""
        return {
            "trackContacts": self._track,
            "abandonBatch": self._abandon,
            "addTrackedCompanies": self._add_companies,
            "removeTrackedCompanies": self._remove_companies,
            "removeAllTrackedCompanies": self._remove_all,
            "startCompanyTrackingTask": self._start_task,
            "cancelCompanyTrackingTask": self._cancel_task,
        }

    # Contacts --------------------------------------------------------------------------------

    def _track(self, _: Any, _info: Info, input: Json) -> Json:
        contacts, code = input["contacts"], self._refusal()
        if code is None and input["importId"] not in self._imports:  # sending it twice is harmless
            rows, code = self._signals(contacts, input)
        if code is None and input["importId"] not in self._imports:
            minutes = input.get("timeoutAfterMinutes") or DEFAULT_TIMEOUT_MINUTES
            known = Import(input["importId"], rows, len(contacts), minutes=minutes)
            self._imports[known.id] = known
        return {
            "importId": input["importId"],
            "totalCount": 0 if code else len(contacts),
            "batchCount": 0 if code else -(-len(contacts) // BATCH),
            "errors": [code] if code else [],
            "errorCode": code,
            "warnings": [],
            "contactsExceedingSubscriptionLimit": [],
            "totalSubscriptionContactsUsed": self._used(),
            "totalSubscriptionContactsRemaining": CONTACTS_OF_PLAN - self._used(),
        }

    def _signals(self, contacts: list[Json], input: Json) -> tuple[list[Json], str | None]:
        """What changed for contacts, with the data points that are paid for, or why not."""
        rows: list[Json] = []
        bill: Bill = []
        for contact in contacts:
            i = self._moved(contact)
            if i is None:
                continue
            person = records.person_record(self._world, i, include_invalid=False, matched=())
            fields, charged = unlocked(person, input)
            rows.append({**self._signal(contact, i), **fields})
            bill.append(charged)
        try:
            self._store.charge(bill)
        except RefusalError:
            return [], "InsufficientCredits"
        return rows, None

    def _moved(self, contact: Json) -> int | None:
        """Who changed jobs since the company that they are known at; None: nobody."""
        company = {"name": contact["companyName"], "searchInPastCompanies": True}
        by_name = {name: contact[name] for name in ("firstName", "lastName")}
        people = self._lookup.people({**by_name, "company": company})
        return next((i for i in people if self._world.change[i]), None)

    def _signal(self, contact: Json, i: int) -> Json:
        person = records.search_person(self._world, i)
        now = records.company(self._world, int(self._world.company[i]))
        change = person["personJobChange"]
        started = datetime.fromtimestamp(change["startedAt"] / 1000, UTC)
        given = {name: contact.get(name) for name in ("referenceId", "externalRecordId")}
        return {
            **{name: person[name] for name in ("id", "firstName", "title")},
            **given,
            "lastName": person["lastName"] or "",
            "contactCountry": person["country"],
            "lastKnownCompany": contact["companyName"],
            "lastKnownCompanyDomain": contact.get("companyDomain"),
            "lastKnownTitle": contact.get("title"),
            "linkedIn": person["linkedinUrl"],
            "company": now["name"],
            "companyDomain": now["domain"],
            "companyCountry": now["country"],
            "companyState": now["state"],
            "jobStartDate": started.date().isoformat(),
            "phones": [],
            "phonesWithQuality": [],
            "workPhones": [],
            "companySize": str(now["employeeCount"]),
            "companyIndustry": now["industry"],
            "titleLevel": person["seniority"],
            "titleDomain": person["role"],
            "jobChangeType": change["jobChangeType"],
            "duplicateRecordIds": [],
            "duplicateAccountIds": [],
            "matchedICPIds": [icp["id"] for icp in self._icps if _matches(icp, person)],
        }

    def _tracked_contacts(
        self,
        _: Any,
        _info: Info,
        limit: int,
        importId: str | None = None,  # noqa: N803
        cursor: str | None = None,
        uniqueOnly: bool | None = None,  # noqa: N803
    ) -> Json:
        found = [one for one in self._imports.values() if importId in (None, one.id)]
        code = self._refusal() or ("NotFound" if importId and not found else None)
        processing = [self._is_processing(one) for one in found]
        rows = [] if code or any(processing) else [row for one in found for row in one.rows]
        if uniqueOnly:
            rows = [*{row["id"]: row for row in rows}.values()]
        newest = found[-1] if found else Import("", [])
        return {
            **_connection(rows, limit, cursor),
            "isProcessing": any(processing),
            "errors": [code] if code else None,
            "errorCode": code,
            "totalSubscriptionContactsUsed": self._used(),
            "totalSubscriptionContactsRemaining": CONTACTS_OF_PLAN - self._used(),
            "availableICPs": [*self._icps],
            **self._timeout(newest),
        }

    def _abandon(self, _: Any, _info: Info, **arguments: Any) -> Json:
        found = self._imports.pop(arguments["importId"], None)
        code = None if found else "NotFound"
        errors = [] if found else ["There is no such import"]
        batch = arguments["importId"]
        return {"batchId": batch, "success": not code, "errorCode": code, "errors": errors}

    def _balance(self, *_: Any) -> Json | None:
        if self.state == "UnsupportedByCreditPlan":
            return None
        remaining = 0 if self.state == "InsufficientCredits" else CONTACTS_OF_PLAN - self._used()
        return {
            "alreadyUsed": self._used(),
            "balance": remaining,
            "remaining": remaining,
            "maxCredits": CONTACTS_OF_PLAN,
            "plan": "ContactTracking",
        }

    # Companies -------------------------------------------------------------------------------

    def _add_companies(self, _: Any, _info: Info, input: Json) -> Json:
        results = []
        for row in input["companies"]:
            same = [one for one in self._companies.values() if one["domain"] == row["domain"]]
            company = same[0] if same else {"id": secrets.token_hex(12), **row}
            self._companies[company["id"]] = company
            results.append({"input": row, "company": company, "success": True, "errors": []})
        return {
            "companies": results,
            "totalAdded": len(results),
            "trackedCompanies": lambda _info, **page: self._company_page(**page),
        }

    def _remove_companies(self, _: Any, _info: Info, input: Json) -> Json:
        removed = [self._companies.pop(id) for id in input["ids"] if id in self._companies]
        gone = {company["id"] for company in removed}
        return {
            "companies": removed,
            "notFound": [id for id in input["ids"] if id not in gone],
            "totalRemoved": len(removed),
            "trackedCompanies": lambda _info, **page: self._company_page(**page),
        }

    def _remove_all(self, *_: Any) -> Json:
        self._companies.clear()
        return {"success": True, "totalRemaining": 0}

    def _company_page(self, first: int | None = None, after: str | None = None) -> Json:
        return _connection([*self._companies.values()], first or BATCH, after)

    def _start_task(self, _: Any, _info: Info, input: Json) -> Json:
        code = self._refusal() or (None if self._companies else "NoTrackedEntities")
        task = None
        if code is None:
            minutes = input.get("timeoutAfterMinutes") or DEFAULT_TIMEOUT_MINUTES
            rows = [row for company in self._companies.values() for row in self._arrivals(company)]
            task = Import(secrets.token_hex(12), rows, len(self._companies), minutes=minutes)
            self._tasks[task.id] = task
        errors = [code] if code else []
        answer = {"success": not code, "errors": errors, "errorCode": code, "warnings": []}
        return {**answer, "task": self._task(task)}

    def _arrivals(self, company: Json) -> list[Json]:
        """Who changed jobs at a tracked company, or to it."""
        c = self._lookup.company_by_domain(company["domain"])
        if c is None:
            return []
        world = self._world
        here = np.flatnonzero((world.company == c) & (world.change > 0))
        return [self._arrival(company, int(i)) for i in here]

    def _arrival(self, company: Json, i: int) -> Json:
        person = records.search_person(self._world, i)
        change = person["personJobChange"]
        before = change["previousPosition"]["company"](None)
        started = datetime.fromtimestamp(change["startedAt"] / 1000, UTC)
        tracked = {"inputName": company["name"], "inputDomain": company["domain"]}
        return {
            "id": person["id"],
            "person": {
                **{name: person[name] for name in ("firstName", "lastName", "linkedinUrl")},
                "country": person["country"],
                "personalPhones": [],
                "personalPhonesWithQuality": [],
                "workPhones": [],
            },
            "currentCompany": {**company, **tracked},
            "previousCompany": {"name": before["name"], "domain": before["domain"]},
            "currentPosition": {
                "title": change["currentPosition"]["title"],
                "function": person["role"],
                "seniority": person["seniority"],
                "startDate": started.date().isoformat(),
            },
            "previousPosition": {"title": change["previousPosition"]["title"]},
            "jobChangeType": change["jobChangeType"],
            "matchedICPIds": [icp["id"] for icp in self._icps if _matches(icp, person)],
            "duplicateRecordIds": [],
        }

    def _cancel_task(self, _: Any, _info: Info, input: Json) -> Json:
        task = self._tasks.get(input["id"])
        code = "NotFound" if task is None else "AlreadyCanceled" if task.is_cancelled else None
        if task is not None:
            task.is_cancelled = True
        answer = {"success": not code, "error": code, "errorCode": code}
        return {**answer, "task": self._task(task)}

    def _task(self, task: Import | None) -> Json | None:
        if task is None:
            return None
        processing = not task.is_cancelled and self._is_processing(task)
        failed = task.is_cancelled or self.state == "timeout"
        since = task.created - timedelta(days=DAYS_PER_MONTH * DEFAULT_MONTHS_BACK)
        return {
            "id": task.id,
            "jobChanges": lambda _info, first, after=None: _connection(task.rows, first, after),
            "icpDefinitionSnapshot": [*self._icps],
            "status": "Failed" if failed else "Processing" if processing else "Successful",
            "createdAt": task.created.isoformat(),
            "monthsBack": DEFAULT_MONTHS_BACK,
            "jobStartDateFrom": since.date().isoformat(),
            "maxContactsPerCompany": BATCH,
            "icps": [],
            "filters": {"icps": [], "jobDetections": [], "emailQuality": []},
            "isCancelled": task.is_cancelled,
            **self._timeout(task),
        }

    # States ----------------------------------------------------------------------------------

    def _refusal(self) -> str | None:
        return self.state if self.state in STATES[3:] else None

    def _is_processing(self, one: Import) -> bool:
        one.asked += 1
        return self.state == "processing" or (self.state == "done" and one.asked == 1)

    def _timeout(self, one: Import) -> Json:
        return {
            "timeoutAt": (one.created + timedelta(minutes=one.minutes)).isoformat(),
            "isTimeout": self.state == "timeout",
            "suppressedContacts": 0,
            "warning": None,
        }

    def _used(self) -> int:
        return sum(one.size for one in self._imports.values())


def _matches(icp: Json, person: Json) -> bool:
    """Whether a person has the function and the seniority of a profile."""
    persona = icp["persona"]
    return person["role"] in persona["functions"] and person["seniority"] in persona["seniorities"]


def _connection(rows: list[Json], limit: int, cursor: str | None) -> Json:
    """A page of rows after ``cursor``, which is the number of rows before it."""
    if limit < 1 or (cursor is not None and not cursor.isdecimal()):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "limit must be positive, cursor from a page")
    start = int(cursor or 0)
    page = rows[start : start + limit]
    edges = [{"cursor": str(start + n), "node": row} for n, row in enumerate(page, 1)]
    return {
        "edges": edges,
        "pageInfo": {
            "total": len(rows),
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
            "hasPreviousPage": start > 0,
            "hasNextPage": start + limit < len(rows),
        },
    }
