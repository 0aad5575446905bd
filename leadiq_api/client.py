"""LeadIQClient: one method per API operation, named as the API names it."""

from __future__ import annotations

import copy
import csv
import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from leadiq_api import queries
from leadiq_api.credentials import ApiKey
from leadiq_api.errors import (
    AuthenticationError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
)
from leadiq_api.settings import GRAPHQL_URL, PROSPECTOR_URL, REQUESTS_PER_MINUTE, base_url
from leadiq_api.transport import (
    Retry,
    Transport,
    any_failure,
    nothing,
    refused,
    refused_upstream,
)

Json = dict[str, Any]
Rows = list[Json]  # named here: inside the class, ``list`` is the API's operation

# Prospector's own limits: rows of a page, prospects of a batch.
PAGE_LIMIT = 100
BATCH_LIMIT = 100

# People of one request under GraphQL aliases. Whether LeadIQ limits them is not published, so a
# refusal is met with fewer.
PEOPLE_LIMIT = 25

# Connecting is quick or hopeless; LeadIQ's samples give an answer 30 seconds.
TIMEOUT = (5.0, 30.0)
# Seconds within which a refused or failed request is tried again while somebody waits for it.
DEADLINE = 20.0

# How servers say that they do not have a path.
ABSENT = (404, 405, 501)

EXPORT_COLUMNS = (
    "id", "personId", "firstName", "lastName", "name", "title", "seniority", "function",
    "workEmail", "emailStatus", "personalEmails", "mobilePhones", "linkedinUrl", "company.name",
    "company.domain", "company.industry", "company.employees", "location.city", "location.state",
    "location.country", "notes", "createdAt", "updatedAt",
)  # fmt: skip


class LeadIQClient:
    """LeadIQ's public API for one key.

    ``api_key`` in either encoding. Each method takes the API's own input and gives back its JSON.
    ``timeout`` is (connect, read) in seconds for one attempt, or one number for both; ``deadline``
    in seconds bounds the retries of one request. Every method raises ``LeadIQError`` kinds: a 429
    is retried until the deadline; 5xx, timeouts and dead connections only for what is free to
    read, since a paid search or a list write may have been done.
    """

    def __init__(
        self,
        api_key: str | ApiKey,
        *,
        graphql_url: str = GRAPHQL_URL,
        prospector_url: str = PROSPECTOR_URL,
        requests_per_minute: int = REQUESTS_PER_MINUTE,
        timeout: float | tuple[float, float] = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        if requests_per_minute < 1:
            raise ValueError("requests_per_minute must be at least 1")
        self._key = api_key if isinstance(api_key, ApiKey) else ApiKey(api_key)
        self._graphql_url = base_url("graphql_url", graphql_url)
        self._prospector_url = base_url("prospector_url", prospector_url).removesuffix("/v1")
        self.requests_per_minute = requests_per_minute
        self._transport = Transport(
            self._key,
            graphql_url=self._graphql_url,
            prospector_url=self._prospector_url,
            requests_per_minute=requests_per_minute,
            timeout=timeout if isinstance(timeout, tuple) else (timeout, timeout),
            deadline=deadline,
        )
        # What this server turned out to have; None until an answer has told.
        self._prefix: str | None = None
        self._has_export: bool | None = None
        self._most_aliases: int | None = None

    def __repr__(self) -> str:
        return (
            f"LeadIQClient({self._key!r}, graphql_url={self._graphql_url!r}, "
            f"prospector_url={self._prospector_url!r})"
        )

    @property
    def fingerprint(self) -> str:
        """Names the account, key and server, without telling the key (16 hex digits)."""
        names = " ".join((self._key.fingerprint, self._graphql_url, self._prospector_url))
        return hashlib.sha256(names.encode()).hexdigest()[:16]

    def waiting_for(self, turn: Callable[[], None]) -> LeadIQClient:
        """The same client, of which each request first waits for ``turn`` to come back.

        For requests that share a pace with other processes.
        """
        other = copy.copy(self)
        other._transport = self._transport.waiting_for(turn)
        return other

    # GraphQL ---------------------------------------------------------------------------------

    def account(self) -> Json:
        """Plans, balance (UC, whole numbers) and price list; {} where there is none. Free."""
        return self._field("account", queries.ACCOUNT, nullable=True)

    def usage(self) -> Json:
        """Units used and caps of each API plan in this billing period. Free."""
        return self._field("usage", queries.USAGE)

    def search_people(self, input: Json, *, data_points: Collection[str]) -> Json:
        """People by id, LinkedIn, e-mail or name + company (``SearchPeopleInput``).

        Charged per person found for the chosen ``data_points`` out of "email", "phone", "company",
        and 0.1 UC for the profile alone. Gives {totalResults, hasMore, results}.
        """
        document = queries.search_people(data_points)
        return self._field("searchPeople", document, input, rows="results", paid=True)

    def enrich_people(
        self,
        inputs: Sequence[Json],
        *,
        data_points: Collection[str],
        batch_size: int = PEOPLE_LIMIT,
    ) -> Iterator[tuple[int, Json | LeadIQError | None]]:
        """One person for each ``SearchPeopleInput``, ``batch_size`` of them a request.

        Yields (place in ``inputs``, outcome) in order: the person, None where nobody was found, or
        the error that this input met; a person who came back incomplete is that error's ``data``.
        Charged as ``search_people``. A request that is refused as such (400, 413) was not done, and
        goes out again as two halves, down to single inputs; the size that passes is remembered.
        After a 401, 402 or 429 nothing more is sent, and the inputs that are left meet that error.
        Nothing whose outcome is unknown (``ServiceError``) is sent again.
        """
        chosen = queries.chosen(data_points)

        def document(number: int) -> str:
            return queries.enrich_people(chosen, number)

        named = [{**input, "limit": 1} for input in inputs]
        for place, part in self._aliased(document, named, batch_size, retry=refused):
            yield place, _person(part)

    def preview_people(
        self, inputs: Sequence[Json], *, batch_size: int = PEOPLE_LIMIT
    ) -> Iterator[tuple[int, Json | LeadIQError]]:
        """``search_people_preview`` for many, as ``enrich_people``. Free."""
        yield from self._aliased(queries.preview_people, inputs, batch_size, retry=any_failure)

    def people_per_request(self, batch_size: int = PEOPLE_LIMIT) -> int:
        """How many people this server takes in one request, as far as its answers have told."""
        return min(batch_size, self._most_aliases or batch_size)

    def search_people_preview(self, input: Json) -> Json:
        """Whether there would be an e-mail or a phone: {personId, hasEmail, hasPhone}. Free."""
        return self._field("searchPeoplePreview", queries.SEARCH_PEOPLE_PREVIEW, input)

    def search_company(self, input: Json) -> Json:
        """Companies by id, domain, name or LinkedIn (``SearchCompanyInput``). 3 UC each.

        Gives {totalResults, hasMore, results}. A name can match several.
        """
        return self._field(
            "searchCompany", queries.SEARCH_COMPANY, input, rows="results", paid=True
        )

    def flat_advanced_search(
        self, input: Json, *, data_points: Collection[str], total: bool = True
    ) -> Json:
        """People by filters (``FlatSearchInput``): {totalPeople, people}.

        0.1 UC a person, or 3 UC a company where ``data_points`` has "company". ``skip + limit``
        is at most 10,000. Without ``total`` the answer has no ``totalPeople``: it is asked once,
        with the first page.
        """
        document = queries.flat_advanced_search(data_points, total=total)
        return self._field("flatAdvancedSearch", document, input, rows="people", paid=True)

    def grouped_advanced_search(
        self, input: Json, *, data_points: Collection[str], total: bool = True
    ) -> Json:
        """The same by company (``GroupedSearchInput``): {totalCompanies, companies}."""
        document = queries.grouped_advanced_search(data_points, total=total)
        return self._field("groupedAdvancedSearch", document, input, rows="companies", paid=True)

    # Prospector ------------------------------------------------------------------------------

    def whoami(self) -> Json:
        """The account behind the key: {user, team}. Free."""
        return _object(self._prospector("GET", "/whoami"), "user")

    def lists(self) -> Rows:
        """All lists this account owns or shares, paged underneath. Free."""
        return [row for page in self._pages("/lists") for row in page]

    def list(self, list_id: str) -> Json:
        """One list. Free. Raises ``NotFoundError``."""
        return _object(self._prospector("GET", f"/lists/{_segment(list_id)}"), "id")

    def create_list(self, name: str, description: str = "") -> Json:
        """A new list. A taken name is an ``InvalidRequestError`` of status 409. Free, never retried."""
        body = {"name": name} | ({"description": description} if description else {})
        return _object(self._prospector("POST", "/lists", body=body), "id")

    def list_prospects(self, list_id: str) -> Rows:
        """All prospects of a list, paged underneath. Free."""
        pages = self._pages(f"/lists/{_segment(list_id)}/prospects")
        return [row for page in pages for row in page]

    def add_prospects(self, list_id: str, prospects: Sequence[Json]) -> Json:
        """Creates prospects (``ProspectInput``) in a list, 100 a request. Free, never retried.

        Gives {succeeded: [Prospect], failed: [{index, reason}]} over all of them, ``index`` being
        the place in ``prospects``. Where a request fails, the error's ``data`` is that same object
        for the requests before it, ``unknown``: the places whose outcome nobody knows, and
        ``details``: what LeadIQ said of the request that failed. Nothing is deduplicated by
        LeadIQ, so read the list back before sending those again.
        """
        done: Json = {"succeeded": [], "failed": [], "unknown": []}
        size, start = BATCH_LIMIT, 0
        while start < len(prospects):
            batch = prospects[start : start + size]
            try:
                self._add_batch(list_id, batch, start, done, single=size == 1)
            except NotFoundError:
                if size == 1:
                    raise
                size = 1  # the guide's server knows only one prospect a request
                continue
            except LeadIQError as error:
                if isinstance(error, ServiceError):
                    done["unknown"] = [*range(start, start + len(batch))]
                error.data = {**done, "details": error.data}
                raise
            start += len(batch)
        return {"succeeded": done["succeeded"], "failed": done["failed"]}

    def attach_prospect(self, list_id: str, prospect_id: str) -> Json:
        """Puts an existing prospect on another list, and gives it. Free.

        Doing it twice is doing it once, so that failures are retried.
        """
        path = f"/lists/{_segment(list_id)}/prospects/{_segment(prospect_id)}"
        return _object(self._prospector("POST", path, retry=any_failure), "id")

    def prospect(self, prospect_id: str) -> Json:
        """One prospect with everything that is kept of it. Free."""
        return _object(self._prospector("GET", f"/prospects/{_segment(prospect_id)}"), "id")

    def prospects(
        self, *, email: str | None = None, first_name: str = "", last_name: str = ""
    ) -> Rows:
        """Prospects of all lists by email, or by first and last name, paged underneath. Free."""
        named = {"firstName": first_name, "lastName": last_name}
        pages = self._pages("/prospects", {"email": email} if email is not None else named)
        return [row for page in pages for row in page]

    def verify_prospect_email(self, prospect_id: str) -> Json:
        """Verifies the address of a prospect and keeps the verdict: {status, prospect}. 0.1 UC.

        ``status`` is Verified, VerifiedLikely, Unverified or Invalid. Without an address an
        ``InvalidRequestError`` of status 409. Prospector's 502 is retried; a lost answer is not, since
        it may have been paid.
        """
        path = f"/prospects/{_segment(prospect_id)}/verify-email"
        return _object(self._prospector("POST", path, retry=refused_upstream), "status")

    def export_to_salesforce(self, prospect_id: str, *, force: bool = False) -> Json:
        """Writes a prospect to the caller's Salesforce: {status, entityId, duplicates, ...}.

        ``status`` is created, updated, duplicates_found (nothing was written) or submitted (its
        outcome is unknown). ``force`` writes in spite of duplicates. It cannot be undone and is
        never sent twice. Up to 3 UC for a company that was not unlocked.
        """
        path = f"/prospects/{_segment(prospect_id)}/export/salesforce"
        body = {"force": True} if force else {}
        return _object(self._prospector("POST", path, body=body, retry=nothing), "status")

    def submit_person_feedback(self, input: Json) -> str:
        """Says that an address or number is right or wrong (``ApiPersonFeedback``). Free."""
        variables = {"input": input}
        data = self._transport.graphql(queries.SUBMIT_FEEDBACK, variables, retry=refused)
        return str(data.get("submitPersonFeedback"))

    def export_list(self, list_id: str, *, read: Rows | None = None) -> str:
        """A list as CSV text, header first, cells as the service holds them. Free.

        From the guide's ``GET /lists/{listId}/export`` where the server has it; the live service
        does not, and there the prospects are paged through, or taken from ``read``. Raises
        ``NotFoundError`` for no such list.
        """
        path = f"/lists/{_segment(list_id)}/export"
        if self._has_export is not False:
            try:
                text = str(self._transport.prospector("GET", path, text=True, retry=any_failure))
            except LeadIQError as error:
                if error.status not in ABSENT:
                    raise
                # No such path or no such list: only the list itself can tell.
                self.list(list_id)
                self._has_export = False
            else:
                self._has_export = True
                return text
        return _csv_text(self.list_prospects(list_id) if read is None else read)

    # Underneath ------------------------------------------------------------------------------

    def _field(
        self,
        field: str,
        document: str,
        input: Json | None = None,
        *,
        rows: str | None = None,
        paid: bool = False,
        nullable: bool = False,
    ) -> Json:
        variables = None if input is None else {"input": input}
        data = self._transport.graphql(document, variables, retry=refused if paid else any_failure)
        value = data.get(field)
        answer = {} if value is None and nullable else _object(value)
        if rows is not None:
            _rows(answer, rows)
        return answer

    def _aliased(
        self, document: Callable[[int], str], inputs: Sequence[Json], batch_size: int, retry: Retry
    ) -> Iterator[tuple[int, Any]]:
        """(place, value or error) of every input, in requests of at most ``batch_size``."""
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        # What is still to be sent, (start, end), the next one last.
        waiting = [(0, len(inputs))]
        refused_size, hopeless, before = None, None, self._most_aliases
        while waiting:
            start, end = waiting.pop()
            size = self.people_per_request(batch_size)
            if end - start > size:
                waiting.append((start + size, end))
                end = start + size
            if start == end:
                continue
            try:
                if hopeless is not None:
                    raise hopeless
                variables = {f"p{place}": inputs[start + place] for place in range(end - start)}
                parts = self._transport.graphql_parts(document(end - start), variables, retry=retry)
            except InvalidRequestError as error:
                if end - start > 1:
                    middle = (start + end + 1) // 2
                    refused_size = min(refused_size or end - start, end - start)
                    waiting += [(middle, end), (start, middle)]
                    continue
                # This input alone was refused, so what was refused with it tells nothing of sizes.
                refused_size, self._most_aliases = None, before
                yield start, error
                continue
            except LeadIQError as error:
                if isinstance(
                    error, AuthenticationError | InsufficientCreditsError | RateLimitError
                ):
                    hopeless = error
                yield from ((place, error) for place in range(start, end))
                continue
            if refused_size is not None and end - start < refused_size:
                self._most_aliases = max(self._most_aliases or 1, end - start)
            for place in range(end - start):
                yield start + place, parts.get(f"p{place}")

    def _prospector(
        self, method: str, path: str, *, retry: Retry | None = None, **request: Any
    ) -> Any:
        """Asks under ``/v1`` or without, whichever this server has.

        Trying the other spelling is safe for a write too: a 404 means that nothing was done.
        """
        request["retry"] = retry or (any_failure if method == "GET" else refused)
        if self._prefix is not None:
            return self._transport.prospector(method, self._prefix + path, **request)
        try:
            answer = self._transport.prospector(method, "/v1" + path, **request)
        except NotFoundError as not_found:
            try:
                answer = self._transport.prospector(method, path, **request)
            except NotFoundError:
                raise not_found from None
            self._prefix = ""
        else:
            self._prefix = "/v1"
        return answer

    def _pages(self, path: str, query: Json | None = None) -> Iterator[Rows]:
        cursor = None
        seen = set()
        while True:
            params = {"limit": PAGE_LIMIT, **(query or {})}
            params |= {"cursor": cursor} if cursor else {}
            page = _object(self._prospector("GET", path, params=params))
            yield _rows(page, "items")
            cursor = page.get("nextCursor")
            if not cursor:
                return
            if not isinstance(cursor, str | int):
                raise ServiceError("LeadIQ's answer has an unexpected shape.", code="shape")
            if cursor in seen:
                raise ServiceError("LeadIQ's pages go round in a circle.", code="shape")
            seen.add(cursor)

    def _add_batch(
        self, list_id: str, batch: Sequence[Json], start: int, done: Json, *, single: bool
    ) -> None:
        path = f"/lists/{_segment(list_id)}/prospects"
        if single:
            try:
                made = self._prospector("POST", path, body=batch[0])
                done["succeeded"].append(_object(made, "id"))
            except InvalidRequestError as error:
                done["failed"].append({"index": start, "reason": error.message})
            return
        answer = _object(self._prospector("POST", f"{path}/batch", body=[*batch]))
        done["succeeded"] += _rows(answer, "succeeded")
        for row in _rows(answer, "failed"):
            if row.get("index") not in range(len(batch)):
                raise ServiceError("LeadIQ's answer has an unexpected shape.", code="shape")
            done["failed"].append({**row, "index": start + row["index"]})


def _person(part: Any) -> Json | LeadIQError | None:
    """The one person of an aliased answer."""
    try:
        if isinstance(part, LeadIQError):
            found = _rows(part.data, "results") if isinstance(part.data, dict) else []
            part.data = next(iter(found), None)
            return part
        return next(iter(_rows(_object(part), "results")), None)
    except ServiceError as error:
        return error


def _object(value: Any, needed: str | None = None) -> Json:
    if not isinstance(value, dict) or (needed and needed not in value):
        raise ServiceError("LeadIQ's answer has an unexpected shape.", code="shape")
    return value


def _rows(answer: Json, name: str) -> Rows:
    rows = answer.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ServiceError("LeadIQ's answer has an unexpected shape.", code="shape")
    return rows


def _segment(id: str) -> str:
    """An id as one path segment; lists and prospects have 24 hex digits, so no other is theirs."""
    if not id.isalnum() or not id.isascii():
        raise NotFoundError(f"There is no list or prospect {id!r}.", status=404)
    return id


def _csv_text(prospects: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(EXPORT_COLUMNS)
    for prospect in prospects:
        writer.writerow([_cell(prospect, column) for column in EXPORT_COLUMNS])
    return text.getvalue()


def _cell(prospect: Json, column: str) -> Any:
    value: Any = prospect
    for step in column.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, list):  # addresses are strings, phones objects with a value
        return "; ".join(
            str(item.get("value") if isinstance(item, dict) else item) for item in value
        )
    return value
