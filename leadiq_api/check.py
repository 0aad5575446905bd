"""Comparison of what this client sends and reads with the service's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    get_introspection_query,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    parse,
    validate,
)

from leadiq_api.errors import InvalidRequestError
from leadiq_api.json_types import JsonDict
from leadiq_api.queries import every_document, optional_documents

INTROSPECTION_QUERY = get_introspection_query(descriptions=False)

# What this client reads and writes, and the names of everything that the service had at that time.
CONTRACT_FILE = Path(__file__).with_name("contract.graphql")
KNOWN_FILE = Path(__file__).with_name("known_schema.txt")

DOCUMENTS_NAMED = 2  # of those with the same error; the others are counted


@dataclass(frozen=True)
class Report:
    """Lines of text: what no longer works, what soon may not, and what the service has besides."""

    breaks: list[str]
    deprecated: list[str]
    new: list[str]


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


def compare(introspection: JsonDict) -> Report:
    """Returns how a schema differs from what this client sends and reads.

    ``introspection`` is ``{"__schema": …}``. Raises ``InvalidRequestError`` if it is not a schema.
    """
    try:
        schema = build_client_schema(cast(IntrospectionQuery, introspection))
    except (TypeError, KeyError, ValueError, AttributeError, GraphQLError) as error:
        raise InvalidRequestError(f"The introspection result makes no schema: {error}") from None
    contract = build_schema(CONTRACT_FILE.read_text(encoding="utf-8"))
    return Report(
        breaks=[*_invalid_documents(schema), *dict.fromkeys(_changes(contract, schema))],
        deprecated=[*_deprecations(contract, schema)],
        new=[*_news(schema)],
    )


def _invalid_documents(schema: GraphQLSchema) -> Iterator[str]:
    """Yields each error of a document once, with the documents that have it."""
    found: dict[str, list[str]] = {}
    roots = [root for root in (schema.query_type, schema.mutation_type) if root is not None]
    served = {field for root in roots for field in root.fields}
    served |= {
        f"{name}.{field}"
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLInputObjectType)
        for field in kind.fields
    }
    optional = {name: text for name, text in optional_documents().items() if name in served}
    for name, document in (every_document() | optional).items():
        for error in validate(schema, parse(document)):
            found.setdefault(error.message, []).append(name)
    for message, names in found.items():
        for name in names[:DOCUMENTS_NAMED]:
            yield f"{name}: {message}"
        if len(names) > DOCUMENTS_NAMED:
            yield f"{len(names) - DOCUMENTS_NAMED} more documents: {message}"


def _changes(contract: GraphQLSchema, schema: GraphQLSchema) -> Iterator[str]:
    """Yields what differs between a type of the contract and the service's of that name."""
    for name, expected in _named(contract):
        actual = schema.type_map.get(name)
        if actual is None:
            # A field that has a type of another name is reported as that.
            continue
        if isinstance(expected, GraphQLEnumType):
            yield from _enum_changes(name, expected, actual)
        elif isinstance(expected, GraphQLInputObjectType):
            yield from _input_changes(name, expected, actual)
        else:
            yield from _output_changes(name, expected, actual)


def _enum_changes(name: str, expected: GraphQLEnumType, actual: Any) -> Iterator[str]:
    if not isinstance(actual, GraphQLEnumType):
        yield f"{name} is no longer an enum"
        return
    yield from (
        f"{name}.{value} can no longer be sent"
        for value in expected.values
        if value not in actual.values
    )


def _input_changes(name: str, expected: GraphQLInputObjectType, actual: Any) -> Iterator[str]:
    if not isinstance(actual, GraphQLInputObjectType):
        yield f"{name} is no longer an input"
        return
    for field, known in expected.fields.items():
        if field not in actual.fields:
            yield f"{name}.{field} can no longer be sent"
            continue
        now = actual.fields[field]
        yield from _shape_change(f"{name}.{field}", known.type, now.type)
        if is_required_input_field(now) and not is_required_input_field(known):
            yield f"{name}.{field} is required now"
        elif _items_non_null(now.type) and not _items_non_null(known.type):
            yield f"{name}.{field} no longer takes null items"
    for field, now in actual.fields.items():
        if field not in expected.fields and is_required_input_field(now):
            yield f"{name}.{field} is new and required"


def _output_changes(name: str, expected: Any, actual: Any) -> Iterator[str]:
    fields = getattr(actual, "fields", None)
    if not hasattr(expected, "fields"):  # a scalar
        if type(actual) is not type(expected):
            yield f"{name} is no longer a GraphQL {_kind(expected)}"
        return
    if fields is None:
        yield f"{name} no longer has fields"
        return
    for field, known in expected.fields.items():
        if field not in fields:
            continue  # the documents that select it are invalid
        now = fields[field]
        place = f"{name}.{field}"
        yield from _shape_change(place, known.type, now.type)
        if is_non_null_type(known.type) and not is_non_null_type(now.type):
            yield f"{place} may be null now"
        elif _items_non_null(known.type) and not _items_non_null(now.type):
            yield f"{place} may hold nulls now"
        for argument, sent in known.args.items():
            if argument in now.args:
                yield from _shape_change(f"{place}({argument})", sent.type, now.args[argument].type)


def _shape_change(place: str, known: Any, now: Any) -> Iterator[str]:
    """Yields a line if one is a list and the other is not, or if they hold different types."""
    before, after = _shape(known), _shape(now)
    if before != after:
        yield f"{place} is {after} now, not {before}"


def _shape(kind: Any) -> str:
    """The type without marks of what may be null: ``[String]``."""
    return str(kind).replace("!", "")


def _items_non_null(kind: Any) -> bool:
    of_list = get_nullable_type(kind)
    return is_list_type(of_list) and is_non_null_type(of_list.of_type)


def _kind(kind: Any) -> str:
    return type(kind).__name__.removeprefix("GraphQL").removesuffix("Type").lower()


def _named(schema: GraphQLSchema) -> list[tuple[str, Any]]:
    """The types of a schema without those of introspection."""
    return [(name, kind) for name, kind in schema.type_map.items() if name[:2] != "__"]


def _deprecations(contract: GraphQLSchema, schema: GraphQLSchema) -> Iterator[str]:
    """Yields what this client uses and the service has deprecated, with its reason."""
    for name, expected in _named(contract):
        actual = schema.type_map.get(name)
        for of_kind in ("fields", "values"):
            members = getattr(actual, of_kind, None) or {}
            for member in getattr(expected, of_kind, None) or ():
                reason = getattr(members.get(member), "deprecation_reason", None)
                if reason is not None:
                    yield f"{name}.{member}: {reason}"


def _news(schema: GraphQLSchema) -> Iterator[str]:
    """Yields the types, fields and values that the service did not have at that time."""
    lines = KNOWN_FILE.read_text(encoding="utf-8").splitlines()
    known = {name: members.split() for name, _, members in (line.partition(":") for line in lines)}
    for name, kind in sorted(_named(schema)):
        members = getattr(kind, "fields", None) or getattr(kind, "values", None) or {}
        if name not in known:
            yield name
        else:
            yield from (f"{name}.{member}" for member in members if member not in known[name])
