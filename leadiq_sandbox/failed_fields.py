"""A field of a GraphQL answer that fails on purpose: an error with its path, and null in its place.

A field that must not be null makes null of what holds it, up to all of ``data``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)

from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.graphql_schema import refusal

Json = dict[str, Any]
Path = list[str | int]

PARTIAL = "partial"
ONE_OF_MANY = "one-of-many"
# Fields that ``partial`` fails, if there are any: what comes beside them is worth keeping.
FIRST_CHOICE = ("location", "locationInfo", "title")


@dataclass(frozen=True)
class _Field:
    """A field of an answer: its path, and whether it may be null."""

    path: Path
    nullable: bool


def failing_path(
    fault: str | None, schema: GraphQLSchema, document: DocumentNode, operation: Any, data: Any
) -> Path:
    """Returns the path of the field that ``fault`` fails; empty if it fails none.

    ``partial`` fails a part of the first field, or all of it if no part may be null;
    ``one-of-many`` the last of several fields.
    """
    if fault not in (PARTIAL, ONE_OF_MANY) or not data:
        return []
    if fault == ONE_OF_MANY:
        return [[*data][-1]] if len(data) > 1 else []
    nullable = [f.path for f in _fields(schema, document, operation, data) if f.nullable]
    inner = [path for path in nullable if len(path) > 1]
    chosen = [path for path in inner if path[-1] in FIRST_CHOICE]
    return next(iter([*chosen, *inner]), [next(iter(data))])


def failed(
    path: Path, schema: GraphQLSchema, document: DocumentNode, operation: Any, data: Json
) -> Json:
    """Returns ``data`` as an answer in which the field of this path has failed."""
    nullable = [
        field.path
        for field in _fields(schema, document, operation, data)
        if field.nullable and field.path == path[: len(field.path)]
    ]
    errors = refusal(RefusalError(HTTPStatus.INTERNAL_SERVER_ERROR), path=path)["errors"]
    if not nullable:
        return {"data": None, "errors": errors}
    *holder, last = max(nullable, key=len)
    value: Any = data
    for step in holder:
        value = value[step]
    value[last] = None
    return {"data": data, "errors": errors}


def _fields(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, data: Json
) -> Iterator[_Field]:
    """Yields every field of ``data`` that has a value, those that hold others before them."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    root = schema.get_root_type(operation.operation)
    return _inside(operation.selection_set, root, data, [], schema, fragments)


def _inside(
    selections: SelectionSetNode,
    parent: Any,
    value: Json,
    path: Path,
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> Iterator[_Field]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            name = node.alias.value if node.alias else node.name.value
            field = getattr(parent, "fields", {}).get(node.name.value)
            if field is None or value.get(name) is None:  # __typename, or left out
                continue
            here = [*path, name]
            yield _Field(here, not is_non_null_type(field.type))
            for end, kind, part in _objects(here, field.type, value[name]):
                if node.selection_set:
                    yield from _inside(node.selection_set, kind, part, end, schema, fragments)
        else:
            spread: Any = node
            if isinstance(node, FragmentSpreadNode):
                spread = fragments[node.name.value]
            condition = spread.type_condition
            kind = schema.type_map[condition.name.value] if condition else parent
            yield from _inside(spread.selection_set, kind, value, path, schema, fragments)


def _objects(path: Path, kind: Any, value: Any) -> Iterator[tuple[Path, Any, Json]]:
    """Yields the objects of a field, each with its path and its type."""
    kind = get_nullable_type(kind)
    if is_list_type(kind) and value is not None:
        for index, item in enumerate(value):
            yield from _objects([*path, index], kind.of_type, item)
    elif isinstance(value, dict):
        yield path, kind, value
