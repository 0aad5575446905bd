"""The team's ideal customer profiles, and records that LeadIQ makes current."""

from __future__ import annotations

from typing import Any

from leadiq_api import queries
from leadiq_api.features import Features
from leadiq_api.responses import Rows, require_object, require_rows
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport


class ProfileOperations:
    """What ``LeadIQClient`` does with profiles and records, where the server has it."""

    _transport: Transport
    _features: Features

    def supports(self, name: str) -> bool:
        """Returns whether the server has a query or mutation, such as "icpDefinitions". Free.

        Or a field of a search's input, such as "FlatSearchInput.after". It is asked once for each
        client.
        """
        return self._features.has(name)

    def icp_definitions(self) -> Rows:
        """Returns the team's ideal customer profiles; [] without any. Free.

        Each has {id, name, persona, company}, whose fields are those of an advanced search.
        """
        if not self.supports("icpDefinitions"):
            return []
        data = self._transport.graphql(
            queries.ICP_DEFINITIONS, operation="icpDefinitions", retry=Retry.TRANSIENT
        )
        answer = data.get("icpDefinitions")
        return [] if answer is None else require_rows(require_object(answer), "icps")

    def regenerate(self, person_id: str) -> str:
        """Asks LeadIQ to make a person's record current: Started, InProgress or NotFound.

        Its price is not published, so it is sent again after a 429 alone.
        """
        return str(self._of_person("regenerate", queries.REGENERATE, person_id, Retry.RATE_LIMITED))

    def regenerated_time(self, person_id: str) -> str | None:
        """Returns when a person's record was last made current (ISO), or None. Free."""
        field = "regeneratedTime"
        answer = self._of_person(field, queries.REGENERATED_TIME, person_id, Retry.TRANSIENT)
        time = require_object(answer).get("time")
        return None if time is None else str(time)

    def _of_person(self, field: str, document: str, person_id: str, retry: Retry) -> Any:
        variables = {"input": {"personId": person_id}}
        return self._transport.graphql(document, variables, operation=field, retry=retry).get(field)
