"""Company lists, where the server has them. All of it is free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leadiq_api import queries
from leadiq_api.errors import NotFoundError, ServiceError
from leadiq_api.features import Features
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.responses import Rows, require_object, require_rows
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport

PAGE_LIMIT = 100
MAX_PAGES = 1_000
COMPANY_BATCH_LIMIT = 100  # companies of one request


class CompanyListOperations:
    """What ``LeadIQClient`` does with company lists.

    A server that has none refuses all but ``company_lists``: ask ``supports("companyLists")``.
    """

    _transport: Transport
    _features: Features

    def company_lists(self) -> Rows:
        """Returns all company lists, reading every page; [] where the server has none. Free."""
        if not self._features.has("companyLists"):
            return []
        rows: Rows = []
        cursor = None
        for _ in range(MAX_PAGES):
            variables = {"limit": PAGE_LIMIT, "cursor": cursor}
            page = require_object(self._read("companyLists", queries.COMPANY_LISTS, variables))
            rows += require_rows(page, "items")
            cursor = _next_cursor(page, cursor)
            if cursor is None:
                return rows
        raise _endless()

    def company_list(self, list_id: str) -> JsonDict:
        """Returns a list with all its ``companies``, reading every page. Free.

        A company has {id, companyId, name, domain, linkedinUrl, notes, createdAt, updatedAt}.
        Raises ``NotFoundError``.
        """
        companies: Rows = []
        cursor = None
        for _ in range(MAX_PAGES):
            variables = {"id": list_id, "limit": PAGE_LIMIT, "cursor": cursor}
            found = self._read("companyList", queries.COMPANY_LIST, variables)
            if found is None:
                raise NotFoundError("There is no such company list.", status=404)
            page = require_object(require_object(found).get("companies"))
            companies += require_rows(page, "items")
            cursor = _next_cursor(page, cursor)
            if cursor is None:
                return {**found, "companies": companies}
        raise _endless()

    def create_company_list(self, name: str, description: str = "") -> JsonDict:
        """Creates a list and returns it. Free, never retried after anything but a 429.

        Raises ``InvalidRequestError`` of status 409 for a name that is taken.
        """
        input = {"name": name} | ({"description": description} if description else {})
        return self._write("createCompanyList", queries.CREATE_COMPANY_LIST, {"input": input})

    def update_company_list(self, list_id: str, input: Json) -> JsonDict:
        """Changes the name or the description of a list, and returns it. Free."""
        variables = {"id": list_id, "input": input}
        return self._write("updateCompanyList", queries.UPDATE_COMPANY_LIST, variables)

    def delete_company_list(self, list_id: str) -> JsonDict:
        """Deletes a list with its entries: {id, name, deletedCompanies}. Free."""
        return self._write("deleteCompanyList", queries.DELETE_COMPANY_LIST, {"id": list_id})

    def add_companies(self, list_id: str, companies: Sequence[Json]) -> JsonDict:
        """Saves up to ``COMPANY_BATCH_LIMIT`` companies (``SaveCompanyInput``) on a list. Free.

        Returns {succeeded, created, updated, failed: [{index, reason}]}. Never retried after
        anything but a 429: read the list back before sending them again.
        """
        field = "addCompaniesToCompanyList"
        variables = {"listId": list_id, "companies": [*companies]}
        answer = self._write(field, queries.ADD_COMPANIES, variables)
        require_rows(answer, "failed")
        return answer

    def remove_company(self, list_id: str, entry_id: str) -> JsonDict:
        """Removes an entry, by its own ``id``, from a list, and returns it. Free."""
        field = "removeCompanyFromCompanyList"
        variables = {"listId": list_id, "companyEntryId": entry_id}
        return self._write(field, queries.REMOVE_COMPANY, variables)

    def _read(self, field: str, document: str, variables: Json) -> Any:
        data = self._transport.graphql(document, variables, operation=field, retry=Retry.TRANSIENT)
        return data.get(field)

    def _write(self, field: str, document: str, variables: Json) -> JsonDict:
        data = self._transport.graphql(
            document, variables, operation=field, retry=Retry.RATE_LIMITED
        )
        return require_object(data.get(field))


def _next_cursor(page: JsonDict, cursor: str | None) -> str | None:
    """The cursor of the next page; None at the end, which a cursor that stays is too."""
    following = page.get("nextCursor")
    return None if not following or following == cursor else str(following)


def _endless() -> ServiceError:
    return ServiceError("LeadIQ's pages of company lists do not end.", code="shape")
