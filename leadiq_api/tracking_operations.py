"""Tracking: contacts whose job changes LeadIQ reports."""

from __future__ import annotations

from leadiq_api import queries
from leadiq_api.errors import LeadIQError, ServiceError
from leadiq_api.features import Features
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.responses import Rows, require_object, require_rows
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport

PAGE_LIMIT = 100
MAX_PAGES = 1_000
FORBIDDEN = 403


class TrackingOperations:
    """What ``LeadIQClient`` does with tracked contacts, where server and plan have them."""

    _transport: Transport
    _features: Features

    def contact_tracking_balance(self) -> JsonDict:
        """Returns {balance, maxCredits, plan}; {} without tracking. Free."""
        field = "contactTrackingBalance"
        if not self._features.has(field):
            return {}
        try:
            data = self._transport.graphql(
                queries.CONTACT_TRACKING_BALANCE, operation=field, retry=Retry.TRANSIENT
            )
        except LeadIQError as error:
            if error.status != FORBIDDEN:
                raise
            return {}
        balance = data.get(field)
        return {} if balance is None else require_object(balance)

    def track_contacts(self, input: Json) -> JsonDict:
        """Tracks contacts (``TrackContactsInput``): {importId, totalCount, errors, errorCode}.

        Signals are free, ``unlockRequests`` are charged. ``importId`` is the caller's: store it
        before sending, and read it with ``tracked_contacts`` after a lost answer. Sent again after
        a 429 alone.
        """
        field = "trackContacts"
        data = self._transport.graphql(
            queries.TRACK_CONTACTS, {"input": input}, operation=field, retry=Retry.RATE_LIMITED
        )
        return require_object(data.get(field), "importId")

    def tracked_contacts(self, import_id: str) -> JsonDict:
        """Returns an import's state, and all contacts that changed jobs, reading every page. Free.

        {isProcessing, isTimeout, errorCode, contacts}. A code of "NotFound" means that LeadIQ does
        not have the import.
        """
        contacts: Rows = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = self._page(import_id, cursor)
            edges = require_rows(page, "edges")
            contacts += [require_object(edge.get("node")) for edge in edges]
            info = require_object(page.get("pageInfo"))
            following = info.get("endCursor") if info.get("hasNextPage") else None
            if following is None or following == cursor:
                state = {
                    name: page.get(name) for name in ("isProcessing", "isTimeout", "errorCode")
                }
                return {**state, "contacts": contacts}
            cursor = following
        raise ServiceError("LeadIQ's pages of tracked contacts do not end.", code="shape")

    def _page(self, import_id: str, cursor: str | None) -> JsonDict:
        field = "trackedContacts"
        variables = {"importId": import_id, "limit": PAGE_LIMIT, "cursor": cursor}
        data = self._transport.graphql(
            queries.TRACKED_CONTACTS, variables, operation=field, retry=Retry.TRANSIENT
        )
        return require_object(data.get(field))
