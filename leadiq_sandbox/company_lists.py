"""Company lists: free, and for as long as the sandbox runs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from graphql import GraphQLResolveInfo

from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.validation import DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT

Json = dict[str, Any]
Info = GraphQLResolveInfo[Any]
Resolver = Callable[..., Any]

MAX_COMPANIES = 100  # of one request
# By which of its fields a company is found on a list again; the first that is given counts.
IDENTIFYING = ("companyId", "domain", "linkedinUrl", "name")


class CompanyLists:
    """Resolvers of company lists. A company that is on a list already is updated, never doubled."""

    def __init__(self) -> None:
        self._lists: dict[str, Json] = {}  # with their entries by id

    def queries(self) -> Mapping[str, Resolver]:
        """Returns the resolvers of the queries by their names."""
        return {
            "companyLists": lambda _, _info, **paging: page(self._lists.values(), **paging),
            "companyList": lambda _, _info, id: self._lists.get(id),
        }

    def mutations(self) -> Mapping[str, Resolver]:
        """Returns the resolvers of the mutations by their names."""
        return {
            "createCompanyList": self._create,
            "updateCompanyList": self._update,
            "deleteCompanyList": self._delete,
            "addCompaniesToCompanyList": self._add,
            "removeCompanyFromCompanyList": self._remove,
        }

    @staticmethod
    def companies(parent: Json, _info: Info, **paging: Any) -> Json:
        """Resolves a page of a list's entries."""
        return page(parent["entries"].values(), **paging)

    def _create(self, _: Any, _info: Info, input: Json) -> Json:
        new = {"id": _new_id(), "description": input.get("description"), "entries": {}, **_times()}
        new["name"] = self._free_name(input["name"])
        self._lists[new["id"]] = new
        return new

    def _update(self, _: Any, _info: Info, id: str, input: Json) -> Json:
        found = self._list(id)
        if input.get("name") is not None:
            found["name"] = self._free_name(input["name"], besides=id)
        if "description" in input:
            found["description"] = input["description"]
        return _touch(found)

    def _delete(self, _: Any, _info: Info, id: str) -> Json:
        found = self._list(id)
        del self._lists[id]
        return {"id": id, "name": found["name"], "deletedCompanies": len(found["entries"])}

    def _add(self, _: Any, _info: Info, listId: str, companies: Sequence[Json]) -> Json:  # noqa: N803
        found = self._list(listId)
        if not 1 <= len(companies) <= MAX_COMPANIES:
            message = f"companies must be 1 to {MAX_COMPANIES}"
            raise RefusalError(HTTPStatus.BAD_REQUEST, message)
        answer: Json = {"succeeded": [], "failed": [], "created": 0, "updated": 0}
        for index, company in enumerate(companies):
            given = {name: value for name, value in company.items() if value is not None}
            key = next((name for name in IDENTIFYING if given.get(name)), None)
            if key is None:
                reason = f"one of {', '.join(IDENTIFYING)} is required"
                answer["failed"].append({"index": index, "reason": reason})
                continue
            entries = found["entries"]
            entry = next((row for row in entries.values() if row.get(key) == given[key]), None)
            answer["created" if entry is None else "updated"] += 1
            if entry is None:
                entry = {"id": _new_id(), **_times()}
                entries[entry["id"]] = entry
            answer["succeeded"].append(_touch(entry | given, entry))
        _touch(found)
        return answer

    def _remove(self, _: Any, _info: Info, listId: str, companyEntryId: str) -> Json:  # noqa: N803
        found = self._list(listId)
        if companyEntryId not in found["entries"]:
            raise RefusalError(HTTPStatus.NOT_FOUND, "Company not found")
        entry: Json = found["entries"].pop(companyEntryId)
        _touch(found)
        return entry

    def _list(self, id: str) -> Json:
        if id not in self._lists:
            raise RefusalError(HTTPStatus.NOT_FOUND, "List not found")
        return self._lists[id]

    def _free_name(self, name: str, besides: str | None = None) -> str:
        wanted = name.strip()
        if not wanted:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "name must not be empty")
        taken = {row["name"].casefold() for id, row in self._lists.items() if id != besides}
        if wanted.casefold() in taken:
            message = "A list with this name already exists"
            raise RefusalError(HTTPStatus.CONFLICT, message, "list_name_taken")
        return wanted


def page(rows: Iterable[Json], limit: int | None = None, cursor: str | None = None) -> Json:
    """Returns a page of rows after the row with the id ``cursor``: {items, nextCursor}."""
    if limit is not None and not 1 <= limit <= MAX_PAGE_LIMIT:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"limit must be 1 to {MAX_PAGE_LIMIT}")
    rows, size = [*rows], limit or DEFAULT_PAGE_LIMIT
    ids = [row["id"] for row in rows]
    if cursor is not None and cursor not in ids:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "Unknown cursor")
    start = 0 if cursor is None else ids.index(cursor) + 1
    items = rows[start : start + size]
    return {
        "items": items,
        "nextCursor": ids[start + size - 1] if len(rows) > start + size else None,
    }


def _touch(values: Json, row: Json | None = None) -> Json:
    """Updates ``row`` with the values, or else these themselves; returns it, changed now."""
    row = values if row is None else row
    row.update(values, updatedAt=_times()["updatedAt"])
    return row


def _times() -> Json:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"createdAt": now, "updatedAt": now}


def _new_id() -> str:
    return secrets.token_hex(12)
