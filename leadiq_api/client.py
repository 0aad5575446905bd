"""LeadIQClient: one method per API operation, named as the API names it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import repeat
from typing import Any

from leadiq_api import queries
from leadiq_api.batches import AliasLimit, Batches
from leadiq_api.company_list_operations import CompanyListOperations
from leadiq_api.credentials import ApiKey
from leadiq_api.data_points import require_data_points
from leadiq_api.errors import (
    OF_THE_INPUTS,
    STOPS_THE_BATCH,
    InvalidRequestError,
    LeadIQError,
    error_of_each,
)
from leadiq_api.features import Features
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.profile_operations import ProfileOperations
from leadiq_api.prospector import Prospector
from leadiq_api.prospector_operations import ProspectorOperations
from leadiq_api.quality import wants_work_emails
from leadiq_api.responses import (
    person_of_part,
    require_object,
    require_rows,
    unexpected_shape,
)
from leadiq_api.retry import Retry
from leadiq_api.search_kind import SearchKind
from leadiq_api.settings import (
    DEADLINE,
    GRAPHQL_URL,
    PROSPECTOR_URL,
    REQUESTS_PER_MINUTE,
    TIMEOUT,
    Settings,
    base_url,
)
from leadiq_api.tracking_operations import TrackingOperations
from leadiq_api.transport import Transport

# People of one request under GraphQL aliases. Whether LeadIQ limits them is not published, so a
# refusal is answered with fewer.
PEOPLE_LIMIT = 25


class LeadIQClient(
    ProspectorOperations, ProfileOperations, TrackingOperations, CompanyListOperations
):
    """LeadIQ's public API for one key.

    ``api_key`` in either encoding. Each method takes the API's own input and returns its JSON.
    ``timeout`` is (connect, read) in seconds for one attempt, or one number for both; ``deadline``
    in seconds bounds the retries of one request. Every method raises subclasses of
    ``LeadIQError``: a 429 is retried until the deadline; 5xx, timeouts and dead connections only
    for what is free to read, since a paid search or a list write may have been processed.
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
        self._transport = Transport(
            self._key,
            graphql_url=self._graphql_url,
            prospector_url=self._prospector_url,
            requests_per_minute=requests_per_minute,
            timeout=timeout if isinstance(timeout, tuple) else (timeout, timeout),
            deadline=deadline,
        )
        self._prospector = Prospector(self._transport)
        self._features = Features(self._transport)
        self._alias_limit = AliasLimit()

    @classmethod
    def from_settings(cls, api_key: str | ApiKey, settings: Settings) -> LeadIQClient:
        """Returns the client of this key for the servers and limits of ``settings``."""
        return cls(
            api_key,
            graphql_url=settings.graphql_url,
            prospector_url=settings.prospector_url,
            requests_per_minute=settings.requests_per_minute,
            timeout=settings.timeout,
            deadline=settings.deadline,
        )

    def __repr__(self) -> str:
        return (
            f"LeadIQClient({self._key!r}, graphql_url={self._graphql_url!r}, "
            f"prospector_url={self._prospector_url!r})"
        )

    @property
    def fingerprint(self) -> str:
        """Identifies the account, key and server without revealing the key (16 hex digits)."""
        names = " ".join((self._key.fingerprint, self._graphql_url, self._prospector_url))
        return hashlib.sha256(names.encode()).hexdigest()[:16]

    @property
    def requests_per_minute(self) -> int:
        """The actual pace: as configured, or what LeadIQ allows this key if that is less."""
        return self._transport.limiter.requests_per_minute

    @property
    def verifications_per_minute(self) -> int:
        """The actual pace of the verification of emails, which LeadIQ limits by itself.

        Until it has said how, the pace of everything else is the best guess.
        """
        limiter = self._transport.verification_limiter
        pace = limiter.requests_per_minute
        return pace if limiter.is_announced else min(pace, self.requests_per_minute)

    def with_gate(self, gate: Callable[[], None]) -> LeadIQClient:
        """Returns the same client with a gate: each request waits for ``gate`` to return first.

        For requests that share a pace with other processes.
        """
        other = copy.copy(self)
        transport = self._transport.with_gate(gate)
        vars(other).update(
            _transport=transport,
            _prospector=replace(self._prospector, transport=transport),
            _features=self._features.over(transport),
            _alias_limit=copy.copy(self._alias_limit),
        )
        return other

    def account(self) -> JsonDict:
        """Returns plans, balance (UC, whole numbers) and price list; {} without a plan. Free."""
        return self._field("account", queries.ACCOUNT, nullable=True)

    def usage(self) -> JsonDict:
        """Returns units used and caps of each API plan in this billing period. Free."""
        return self._field("usage", queries.USAGE)

    def search_people(self, input: Json, *, data_points: Collection[str]) -> JsonDict:
        """Returns people by id, LinkedIn, e-mail or name + company (``SearchPeopleInput``).

        {totalResults, hasMore, results}. Charged per person found: for the ``data_points`` out of
        "email", "phone" and "company" that are returned, or 0.1 UC for the profile alone.
        """
        document = queries.search_people(data_points, work_emails_only=wants_work_emails(input))
        return self._field(
            "searchPeople", document, input, rows="results", data_points=data_points, paid=True
        )

    def enrich_people(
        self,
        inputs: Sequence[Json],
        *,
        data_points: Collection[str],
        batch_size: int = PEOPLE_LIMIT,
    ) -> Iterator[tuple[int, JsonDict | LeadIQError | None]]:
        """Looks up one person for each ``SearchPeopleInput``, ``batch_size`` in each request.

        Yields (index in ``inputs``, outcome) in order: the person, None if there is none, or the
        error of this input, whose ``data`` is the person if they were returned incomplete.
        Charged as ``search_people``. What is refused as a request (400, 413) was not processed and
        is sent again as halves, down to single inputs. LeadIQ may answer one input with an error
        and leave the others of its request without an answer: each yields a ``ServiceError``, since
        it may have been charged. After a 401, 402 or 429 nothing more is sent, and the rest yields
        that error; nothing of unknown outcome is sent again.
        """
        points = require_data_points(data_points)
        one_each = [{**input, "limit": 1} for input in inputs]
        outcomes = self._send_in_batches(
            "searchPeople",
            lambda batch: queries.enrich_people(points, [*map(wants_work_emails, batch)]),
            one_each,
            batch_size,
            data_points=points,
            retry=Retry.RATE_LIMITED,
        )
        for index, part in outcomes:
            yield index, person_of_part(part)

    def preview_people(
        self, inputs: Sequence[Json], *, batch_size: int = PEOPLE_LIMIT
    ) -> Iterator[tuple[int, JsonDict | LeadIQError]]:
        """Yields ``search_people_preview`` of each input, batched as ``enrich_people``. Free."""
        outcomes = self._send_in_batches(
            "searchPeoplePreview",
            lambda batch: queries.preview_people(len(batch)),
            inputs,
            batch_size,
            retry=Retry.TRANSIENT,
        )
        for index, part in outcomes:
            yield index, part if isinstance(part, LeadIQError | dict) else unexpected_shape()

    def people_per_request(self, batch_size: int = PEOPLE_LIMIT) -> int:
        """Returns how many people this server takes in one request, as far as is known."""
        return self._alias_limit.size(batch_size)

    def search_people_preview(self, input: Json) -> JsonDict:
        """Returns whether an e-mail or a phone is likely: {personId, hasEmail, hasPhone}. Free."""
        return self._field("searchPeoplePreview", queries.SEARCH_PEOPLE_PREVIEW, input)

    def search_company(self, input: Json) -> JsonDict:
        """Returns companies by id, domain, name or LinkedIn (``SearchCompanyInput``). 3 UC each.

        {totalResults, hasMore, results}. A name can match several.
        """
        return self._field(
            "searchCompany", queries.SEARCH_COMPANY, input, rows="results", paid=True
        )

    def flat_advanced_search(
        self, input: Json, *, data_points: Collection[str], total: bool = True, cursor: bool = False
    ) -> JsonDict:
        """Returns a page of people by filters (``FlatSearchInput``): {totalPeople, people}.

        0.1 UC a person, or 3 UC a company if ``data_points`` has "company". ``skip + limit`` is at
        most ``SEARCH_CEILING``. Without ``total`` the answer has no ``totalPeople``: it is only
        needed with the first page. With ``cursor``, where the server has one, the answer has
        ``after``: as the input's ``after``, without ``skip``, it leads to the next page, beyond the
        ceiling too; it is empty after the last.
        """
        cursor = cursor and self._has_cursor(SearchKind.FLAT, input)
        document = queries.flat_advanced_search(data_points, total=total, cursor=cursor)
        return self._field(
            "flatAdvancedSearch",
            document,
            input,
            rows="people",
            data_points=data_points,
            paid=True,
        )

    def grouped_advanced_search(
        self, input: Json, *, data_points: Collection[str], total: bool = True, cursor: bool = False
    ) -> JsonDict:
        """Returns the same by company (``GroupedSearchInput``): {totalCompanies, companies}."""
        cursor = cursor and self._has_cursor(SearchKind.GROUPED, input)
        document = queries.grouped_advanced_search(data_points, total=total, cursor=cursor)
        return self._field(
            "groupedAdvancedSearch",
            document,
            input,
            rows="companies",
            data_points=data_points,
            paid=True,
        )

    def submit_person_feedback(self, input: Json) -> str:
        """Reports that an address or number is right or wrong (``ApiPersonFeedback``). Free."""
        field = "submitPersonFeedback"
        data = self._transport.graphql(
            queries.SUBMIT_FEEDBACK,
            {"input": input},
            operation=field,
            retry=Retry.RATE_LIMITED,
        )
        return str(data.get(field))

    def _has_cursor(self, kind: SearchKind, input: Json) -> bool:
        """Whether a search has a cursor; not, as long as the server's schema cannot be read."""
        if "after" in input:  # the server has given one
            return True
        with suppress(LeadIQError):
            return self.supports(kind.cursor_field)
        return False

    def _field(
        self,
        field: str,
        document: str,
        input: Json | None = None,
        *,
        rows: str | None = None,
        data_points: Collection[str] = (),
        paid: bool = False,
        nullable: bool = False,
    ) -> JsonDict:
        """The field of an answer, which must be an object with a list of ``rows`` if named."""
        data = self._transport.graphql(
            document,
            None if input is None else {"input": input},
            operation=str(field),
            data_points=data_points,
            retry=Retry.RATE_LIMITED if paid else Retry.TRANSIENT,
        )
        value = data.get(field)
        answer = {} if value is None and nullable else require_object(value)
        if rows is not None:
            require_rows(answer, rows)
        return answer

    def _send_in_batches(
        self,
        field: str,
        document: Callable[[Sequence[Json]], str],
        inputs: Sequence[Json],
        batch_size: int,
        *,
        data_points: Collection[str] = (),
        retry: Retry,
    ) -> Iterator[tuple[int, Any]]:
        """Yields (index, value or error) of every input, in requests of aliased fields.

        A refusal that no input is the reason of ends it as a 401 does: a ``RefusedBatchError``.
        """
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        batches = Batches(len(inputs), batch_size, self._alias_limit)
        stopped_by: LeadIQError | None = None
        for batch in batches:
            if stopped_by is not None:
                yield from zip(batch, repeat(stopped_by))
                continue
            try:
                parts = self._transport.graphql_parts(
                    document([inputs[index] for index in batch]),
                    {f"p{alias}": inputs[index] for alias, index in enumerate(batch)},
                    operation=field,
                    data_points=data_points,
                    retry=retry,
                )
            except LeadIQError as error:
                if isinstance(error, InvalidRequestError) and error.status in OF_THE_INPUTS:
                    if not batches.refused(batch):
                        yield batch.start, error
                    continue
                refusal = error_of_each(error)
                stopped_by = refusal if isinstance(refusal, STOPS_THE_BATCH) else None
                yield from zip(batch, repeat(refusal))
            else:
                batches.passed(batch)
                stops = (part for part in parts.values() if isinstance(part, STOPS_THE_BATCH))
                stopped_by = next(stops, None)
                for alias, index in enumerate(batch):
                    yield index, parts.get(f"p{alias}")
