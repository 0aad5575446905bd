"""The operations of Prospector's REST surface: lists, prospects, exports."""

from __future__ import annotations

from collections.abc import Sequence

from leadiq_api.errors import (
    AuthenticationError,
    InvalidRequestError,
    LeadIQError,
    NotFoundError,
    ServiceError,
)
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.list_csv import csv_text
from leadiq_api.prospector import BATCH_LIMIT, LIST_PROSPECTS, Prospector, path_segment
from leadiq_api.responses import Rows, require_object
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport

# By these, servers say that they do not have a path: some ask for another key, or forbid it.
ABSENT = (NotFoundError, InvalidRequestError, AuthenticationError)
NOT_IMPLEMENTED = 501


class ProspectorOperations:
    """What ``LeadIQClient`` does over REST."""

    _transport: Transport
    _prospector: Prospector
    # Whether this server has the guide's export; None until an answer has shown it.
    _has_export: bool | None = None

    def whoami(self) -> JsonDict:
        """Returns the account behind the key: {user, team}. Free."""
        return require_object(self._prospector.request("GET", "/whoami"), "user")

    def lists(self) -> Rows:
        """Returns all lists that this account owns or shares, reading every page. Free."""
        return self._prospector.rows("/lists")

    def list(self, list_id: str) -> JsonDict:
        """Returns one list. Free. Raises ``NotFoundError``."""
        answer = self._prospector.request("GET", "/lists/{list_id}", {"list_id": list_id})
        return require_object(answer, "id")

    def create_list(self, name: str, description: str = "") -> JsonDict:
        """Creates a list and returns it. Free, never retried after anything but a 429.

        Raises ``InvalidRequestError`` of status 409 for a name that is taken.
        """
        body = {"name": name} | ({"description": description} if description else {})
        return require_object(self._prospector.request("POST", "/lists", body=body), "id")

    def list_prospects(self, list_id: str) -> Rows:
        """Returns all prospects of a list, reading every page. Free."""
        return self._prospector.rows(LIST_PROSPECTS, {"list_id": list_id})

    def add_prospects(self, list_id: str, prospects: Sequence[Json]) -> JsonDict:
        """Creates prospects (``ProspectInput``) in a list, 100 a request. Free.

        Returns {succeeded: [Prospect], failed: [{index, reason}]} over all of them, with each
        ``index`` in ``prospects``. If a request fails, the error's ``data`` is that same object
        for the requests before it, with ``unknown``: the indexes whose outcome is unknown, and
        ``details``: what LeadIQ said of the request that failed. Nothing is deduplicated by
        LeadIQ, so read the list back before sending those again. Never retried after anything but
        a 429.
        """
        done: JsonDict = {"succeeded": [], "failed": [], "unknown": []}
        size, start = BATCH_LIMIT, 0
        while start < len(prospects):
            batch = prospects[start : start + size]
            try:
                if size == 1:
                    self._prospector.add_one(list_id, batch[0], start, done)
                else:
                    self._prospector.add_batch(list_id, batch, start, done)
            except LeadIQError as error:
                if isinstance(error, NotFoundError) and size > 1:
                    size = 1  # the guide's server accepts only one prospect a request
                    continue
                if isinstance(error, ServiceError):
                    done["unknown"] = [*range(start, start + len(batch))]
                error.data = {**done, "details": error.data}
                raise
            start += len(batch)
        return {"succeeded": done["succeeded"], "failed": done["failed"]}

    def attach_prospect(self, list_id: str, prospect_id: str) -> JsonDict:
        """Puts an existing prospect on another list, and returns it. Free.

        Idempotent, so failures are retried.
        """
        answer = self._prospector.request(
            "POST",
            "/lists/{list_id}/prospects/{prospect_id}",
            {"list_id": list_id, "prospect_id": prospect_id},
            retry=Retry.TRANSIENT,
        )
        return require_object(answer, "id")

    def prospect(self, prospect_id: str) -> JsonDict:
        """Returns one prospect with everything that is stored of it. Free."""
        ids = {"prospect_id": prospect_id}
        answer = self._prospector.request("GET", "/prospects/{prospect_id}", ids)
        return require_object(answer, "id")

    def prospects(
        self, *, email: str | None = None, first_name: str = "", last_name: str = ""
    ) -> Rows:
        """Returns prospects of all lists by email, or by first and last name. Free."""
        by_name = {"firstName": first_name, "lastName": last_name}
        query = {"email": email} if email is not None else by_name
        return self._prospector.rows("/prospects", query=query)

    def verify_prospect_email(self, prospect_id: str) -> JsonDict:
        """Verifies the address of a prospect and stores the result: {status, prospect}. 0.1 UC.

        ``status`` is Verified, VerifiedLikely, Unverified or Invalid. Raises
        ``InvalidRequestError`` of status 409 if there is no address. Prospector's 502 is retried;
        a lost answer is not, since it may have been paid.
        """
        answer = self._prospector.request(
            "POST",
            "/prospects/{prospect_id}/verify-email",
            {"prospect_id": prospect_id},
            retry=Retry.NOT_PROCESSED,
        )
        return require_object(answer, "status")

    def verify_email(self, email: str) -> JsonDict:
        """Verifies any address, of a prospect or not: {status, …}. 0.1 UC, at a pace of its own.

        ``status`` is Verified, VerifiedLikely, Unverified or Invalid. Raises
        ``InvalidRequestError`` of status 400 for what is no address. Retried as
        ``verify_prospect_email``.
        """
        answer = self._prospector.request(
            "GET", "/verify-email", params={"email": email}, retry=Retry.NOT_PROCESSED
        )
        return require_object(answer, "status")

    def export_to_salesforce(self, prospect_id: str, *, force: bool = False) -> JsonDict:
        """Writes a prospect to the caller's Salesforce: {status, entityId, duplicates, ...}.

        ``status`` is created, updated, duplicates_found (nothing was written) or submitted (its
        outcome is unknown). ``force`` writes in spite of duplicates. It cannot be undone and is
        never sent twice. Up to 3 UC for a company that was not unlocked.
        """
        answer = self._prospector.request(
            "POST",
            "/prospects/{prospect_id}/export/salesforce",
            {"prospect_id": prospect_id},
            body={"force": True} if force else {},
            retry=Retry.NEVER,
        )
        return require_object(answer, "status")

    def export_list(self, list_id: str, *, read: Rows | None = None) -> str:
        """Returns a list as CSV text, header first, cells as the service has them. Free.

        From the guide's ``GET /lists/{listId}/export`` if the server has it; the live service does
        not, and then the prospects are read, or taken from ``read``. Raises ``NotFoundError`` if
        there is no such list.
        """
        ids = {"list_id": path_segment(list_id)}
        if self._has_export is not False:
            try:
                text = self._transport.prospector(
                    "GET", "/lists/{list_id}/export", ids, text=True, retry=Retry.TRANSIENT
                )
            except LeadIQError as error:
                if not isinstance(error, ABSENT) and error.status != NOT_IMPLEMENTED:
                    raise
                # Either the path or the list does not exist, or the key is refused: only the list
                # itself can tell.
                self.list(list_id)
                self._has_export = False
            else:
                self._has_export = True
                return str(text)
        return csv_text(self.list_prospects(list_id) if read is None else read)
