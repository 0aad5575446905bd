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
  flat: __type(name: "FlatSearchInput") { inputFields { name } }
  grouped: __type(name: "GroupedSearchInput") { inputFields { name } }
}
"""
# What the names of the fields of each answer begin with.
_PREFIXES = {
    "queries": "",
    "mutations": "",
    "flat": "FlatSearchInput.",
    "grouped": "GroupedSearchInput.",
}


class Features:
    """Asks the server once, when first needed; a server that does not tell its schema has none."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._names: frozenset[str] | None = None
        self._lock = threading.Lock()

    def over(self, transport: Transport) -> Features:
        """Returns what is known so far, to be asked for over another transport if need be."""
        other = Features(transport)
        other._names = self._names
        return other

    def has(self, name: str) -> bool:
        """Returns whether the server has a query, a mutation or a field of a search's input.

        A field is named ``FlatSearchInput.after``. Free. Raises ``LeadIQError``.
        """
        with self._lock:
            if self._names is None:
                self._names = self._ask()
            return name in self._names

    def _ask(self) -> frozenset[str]:
        try:
            answer = self._transport.graphql(
                _OPERATIONS, operation="introspection", retry=Retry.TRANSIENT
            )
        except InvalidRequestError:
            return frozenset()
        return frozenset(
            prefix + name for kind, prefix in _PREFIXES.items() for name in _names(answer.get(kind))
        )


def _names(kind: Any) -> set[str]:
    fields = kind.get("fields") or kind.get("inputFields") if isinstance(kind, dict) else None
    rows = fields if isinstance(fields, list) else []
    return {str(row.get("name")) for row in rows if isinstance(row, dict)}
