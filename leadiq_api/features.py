"""What a server has beyond what every LeadIQ server has, as its schema says."""

from __future__ import annotations

import threading
from typing import Any

from leadiq_api.errors import InvalidRequestError
from leadiq_api.json_types import JsonDict
from leadiq_api.responses import INVALID_DOCUMENT
from leadiq_api.retry import Retry
from leadiq_api.transport import Transport

# Without aliases, of which a server may take few.
_SCHEMA = """
query Schema {
  __schema {
    queryType { fields { name } }
    mutationType { fields { name } }
    types { name inputFields { name } }
  }
}
"""


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
                try:
                    self._names = self._ask()
                except InvalidRequestError as error:
                    if error.status != INVALID_DOCUMENT:  # of a firewall, or for a while
                        return False
                    self._names = frozenset()
            return name in self._names

    def _ask(self) -> frozenset[str]:
        answer = self._transport.graphql(_SCHEMA, operation="introspection", retry=Retry.TRANSIENT)
        schema = _object(answer.get("__schema"))
        operations = [_names(schema.get(kind), "fields") for kind in ("queryType", "mutationType")]
        inputs = [
            f"{kind.get('name')}.{field}"
            for kind in map(_object, _list(schema.get("types")))
            for field in _names(kind, "inputFields")
        ]
        return frozenset([name for names in (*operations, inputs) for name in names])


def _names(kind: Any, members: str) -> list[str]:
    rows = map(_object, _list(_object(kind).get(members)))
    return [str(row.get("name")) for row in rows]


def _object(value: Any) -> JsonDict:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
