"""The Prospector REST surface below its operations: path prefix, ids, pages, batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadiq_api.errors import InvalidRequestError, NotFoundError, ServiceError
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.responses import Rows, require_object, require_rows, unexpected_shape
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport

# Prospector's own limits: rows of a page, prospects of a batch.
PAGE_LIMIT = 100
BATCH_LIMIT = 100
MAX_PAGES = 1_000  # of one list: 100,000 prospects; a server that never ends is not read for ever

LIVE = "/v1"  # the prefix of the live service; the guide's paths have none
LIST_PROSPECTS = "/lists/{list_id}/prospects"


@dataclass
class Prospector:
    """Sends Prospector's requests over ``transport``.

    ``prefix`` is what this server has before its paths: "/v1" as the live service, or "" as the
    guide; None until an answer has shown it.
    """

    transport: Transport
    prefix: str | None = None

    def request(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str] | None = None,
        *,
        params: Json | None = None,
        body: Any = None,
        retry: Retry | None = None,
    ) -> Any:
        """Returns the JSON of an answer. Raises ``LeadIQError``.

        ``path`` is a template that ``ids`` fill in. Without ``retry``, a GET is retried after any
        failure, everything else after a 429. While the prefix is unknown, a 404 may be of the path:
        then nothing was processed, and a request without the prefix is safe for a write too.
        """
        segments = {name: path_segment(id) for name, id in (ids or {}).items()}
        retry = retry or (Retry.TRANSIENT if method == "GET" else Retry.RATE_LIMITED)

        def send(prefix: str) -> Any:
            return self.transport.prospector(
                method, prefix + path, segments, params=params, body=body, retry=retry
            )

        if self.prefix is not None:
            return send(self.prefix)
        try:
            answer = send(LIVE)
        except NotFoundError:
            if self._is_live():
                self.prefix = LIVE
                raise
            answer = send("")
            self.prefix = ""
        else:
            self.prefix = LIVE
        return answer

    def _is_live(self) -> bool:
        """Whether the server has the live service's paths, by one that names nothing."""
        try:
            self.transport.prospector("GET", f"{LIVE}/whoami", retry=Retry.TRANSIENT)
        except NotFoundError:
            return False
        return True

    def rows(
        self, path: str, ids: Mapping[str, str] | None = None, query: Json | None = None
    ) -> Rows:
        """Returns the items of all pages. Raises ``ServiceError`` if there is no last page."""
        return [row for page in self._pages(path, ids, query or {}) for row in page]

    def _pages(self, path: str, ids: Mapping[str, str] | None, query: Json) -> Iterator[Rows]:
        cursor = None
        seen = set()
        for _ in range(MAX_PAGES):
            params = {"limit": PAGE_LIMIT, **query}
            params |= {"cursor": cursor} if cursor else {}
            page = require_object(self.request("GET", path, ids, params=params))
            yield require_rows(page, "items")
            cursor = page.get("nextCursor")
            if not cursor:
                return
            if not isinstance(cursor, str | int):
                raise unexpected_shape()
            if cursor in seen:
                raise ServiceError("LeadIQ's pages repeat.", code="shape")
            seen.add(cursor)
        raise ServiceError(
            f"LeadIQ's pages do not end: there are more than {MAX_PAGES:,}.", code="shape"
        )

    def add_batch(self, list_id: str, batch: Sequence[Json], start: int, done: JsonDict) -> None:
        """Creates ``batch``, whose first index is ``start``, in one request.

        Extends ``done``'s lists "succeeded" and "failed" [{index, reason}]. Raises ``LeadIQError``.
        """
        answer = require_object(
            self.request("POST", f"{LIST_PROSPECTS}/batch", {"list_id": list_id}, body=[*batch])
        )
        done["succeeded"] += require_rows(answer, "succeeded")
        for row in require_rows(answer, "failed"):
            if row.get("index") not in range(len(batch)):
                raise unexpected_shape()
            done["failed"].append({**row, "index": start + row["index"]})

    def add_one(self, list_id: str, prospect: Json, index: int, done: JsonDict) -> None:
        """As ``add_batch``, for servers that accept only one prospect a request."""
        try:
            created = self.request("POST", LIST_PROSPECTS, {"list_id": list_id}, body=prospect)
            done["succeeded"].append(require_object(created, "id"))
        except InvalidRequestError as error:
            done["failed"].append({"index": index, "reason": error.message})


def path_segment(id: str) -> str:
    """Returns ``id`` if it is safe in a path: lists and prospects have 24 hex digits.

    Raises ``NotFoundError`` for anything else, since no list or prospect has it.
    """
    if not id.isalnum() or not id.isascii():
        raise NotFoundError(f"There is no list or prospect {id!r}.", status=404)
    return id
