"""Comparison of this client's documents with the service's schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from graphql import (
    GraphQLError,
    IntrospectionQuery,
    build_client_schema,
    get_introspection_query,
    parse,
    validate,
)

from leadiq_api.errors import InvalidRequestError
from leadiq_api.json_types import JsonDict
from leadiq_api.queries import every_document

INTROSPECTION_QUERY = get_introspection_query(descriptions=False)


def read_introspection(path: Path) -> JsonDict:
    """Returns the introspection result of a file that has it with or without ``data`` around it.

    Raises ``InvalidRequestError`` if the file is missing or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidRequestError(f"{path} cannot be read as JSON: {error}") from None
    content = content.get("data", content) if isinstance(content, dict) else None
    if not isinstance(content, dict) or "__schema" not in content:
        raise InvalidRequestError(f"{path} holds no introspection result (no __schema).")
    return content


def drift(introspection: JsonDict) -> list[str]:
    """Returns a line for each error that the schema finds in a document; [] if all are valid.

    ``introspection`` is ``{"__schema": …}``. Raises ``InvalidRequestError`` if it is not a schema.
    """
    try:
        schema = build_client_schema(cast(IntrospectionQuery, introspection))
    except (TypeError, KeyError, ValueError, AttributeError, GraphQLError) as error:
        raise InvalidRequestError(f"The introspection result makes no schema: {error}") from None
    return [
        f"{name}: {error.message}"
        for name, document in every_document().items()
        for error in validate(schema, parse(document))
    ]
