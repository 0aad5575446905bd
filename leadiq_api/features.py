"""What a server has beyond what every LeadIQ server has, as its schema says."""

from __future__ import annotations

import threading
from typing import Any

from leadiq_api.errors import InvalidRequestError
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport

_OPERATIONS = """
query Operations {
  queries: __type(name: "Query") { fields { name } }
  mutations: __type(name: "Mutation") { fields { name } }
}
"""


class Features:
    """Asks the server once, when first needed; a server that does not tell its schema has none."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._operations: frozenset[str] | None = None
        self._lock = threading.Lock()

    def has(self, operation: str) -> bool:
        """Returns whether the server has this query or mutation. Free. Raises ``LeadIQError``."""
        with self._lock:
            if self._operations is None:
                self._operations = self._ask()
            return operation in self._operations

    def _ask(self) -> frozenset[str]:
        try:
            answer = self._transport.graphql(
                _OPERATIONS, operation="introspection", retry=Retry.TRANSIENT
            )
        except InvalidRequestError:
            return frozenset()
        return frozenset(_names(answer.get("queries")) | _names(answer.get("mutations")))


def _names(kind: Any) -> set[str]:
    fields = kind.get("fields") if isinstance(kind, dict) else None
    rows = fields if isinstance(fields, list) else []
    return {str(row.get("name")) for row in rows if isinstance(row, dict)}
