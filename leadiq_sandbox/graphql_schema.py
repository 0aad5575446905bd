"""The GraphQL schema with its scalars, and how GraphQL writes errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    Visitor,
    build_schema,
    parse,
    validate,
    value_from_ast_untyped,
    visit,
)

from leadiq_sandbox.errors import CODES, MESSAGES, RefusalError

Json = dict[str, Any]

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")
CURSOR_FILE = Path(__file__).with_name("cursor.graphql")
COMPANY_LISTS_FILE = Path(__file__).with_name("company_lists.graphql")


def build(*, cursor: bool = False, company_lists: bool = False) -> GraphQLSchema:
    """Returns the schema of ``SCHEMA_FILE``, without resolvers.

    With ``cursor``, the advanced searches have that of ``CURSOR_FILE`` too; with
    ``company_lists``, there are those of ``COMPANY_LISTS_FILE``.
    """
    files = [SCHEMA_FILE]
    files += [CURSOR_FILE] if cursor else []
    files += [COMPANY_LISTS_FILE] if company_lists else []
    schema = build_schema("\n".join(file.read_text(encoding="utf-8") for file in files))

    def scalar(
        name: str, write: Callable[[Any], Any], read: Callable[[Any], Any] | None = None
    ) -> None:
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLScalarType)  # noqa: S101  the file declares it
        kind.coerce_output_value = write
        if read:
            kind.coerce_input_value = read
            kind.coerce_input_literal = lambda node, *_: read(value_from_ast_untyped(node))

    scalar("Long", int, _long)
    scalar("BigDecimal", float)
    # Times are ISO strings, but job changes have Unix milliseconds, as on the live service.
    scalar("ZonedDateTime", lambda value: value, _time)
    plan = schema.type_map["Plan"]
    plan.resolve_type = lambda *_: "SandboxPlan"  # type: ignore[attr-defined]
    return schema


# The servers of a process share a schema, which takes longer to build than all the rest of one.
shared = cache(build)


class _Defers(Visitor):
    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        return REMOVE if node.name.value == "defer" else None


def _without_defers(document: DocumentNode) -> DocumentNode:
    """Returns a document without ``@defer``: a server may answer everything at once."""
    result: DocumentNode = visit(document, _Defers())
    return result


@lru_cache(maxsize=256)
def prepare(schema: GraphQLSchema, query: str) -> DocumentNode | tuple[Json, ...]:
    """Returns the document, parsed and validated, or its errors."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return (formatted(error, 400, "GRAPHQL_PARSE_FAILED"),)
    errors = validate(schema, document)
    refused = tuple(formatted(e, 400, "GRAPHQL_VALIDATION_FAILED") for e in errors)
    return refused or _without_defers(document)


def _long(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise GraphQLError(f"Long cannot represent {value!r}")
    try:
        number = int(value)
    except (ValueError, OverflowError):  # no number, too long a text, or infinity
        raise GraphQLError(f"Long cannot represent {value!r}") from None
    if abs(number) >= 2**63 or number != float(value):
        raise GraphQLError(f"Long cannot represent {value!r}")
    return number


def _time(value: Any) -> str:
    try:
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    except (TypeError, ValueError):
        raise GraphQLError(f"ZonedDateTime cannot represent {value!r}") from None


def refusal(error: RefusalError, path: Sequence[str | int] | None = None) -> Json:
    """Returns a refusal as GraphQL writes it: with the status inside ``extensions``."""
    extensions = {"code": error.code, "response": {"status": error.status}}
    content: Json = {"message": str(error), "extensions": extensions}
    return {"data": None, "errors": [content | ({"path": [*path]} if path else {})]}


def formatted(error: GraphQLError, status: int | None = None, code: str | None = None) -> Json:
    """Returns an error of graphql-core with ``extensions`` as LeadIQ writes them.

    ``status`` and ``code`` are those of an error of the document; a resolver's error has its own.
    """
    content: Json = dict(error.formatted)
    original = error.original_error
    if isinstance(original, RefusalError):
        status, code = original.status, original.code
    elif original is not None and not isinstance(original, GraphQLError):
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        content["message"], code = MESSAGES[status], CODES[status]
    content["extensions"] = {
        "code": code or "BAD_USER_INPUT",
        "response": {"status": int(status or HTTPStatus.BAD_REQUEST)},
    }
    return content
