"""The JSON that a request carries: in its body, or in the query of a GraphQL GET."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import ClientDisconnect, Request

from leadiq_sandbox.errors import RefusalError

MAX_BODY_BYTES = 1_000_000  # more is a 413


async def read_json(
    request: Request, not_json: int = HTTPStatus.BAD_REQUEST, *, in_query: bool = False
) -> Any:
    """Returns the JSON of a body, None if it is empty; ``in_query`` lets a GET have it there.

    Refuses what is too large with 413, and what is no JSON, or not declared as such, with the
    status ``not_json``.
    """
    if in_query and request.method == "GET":
        return _from_query(request.query_params)
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_BODY_BYTES:
                raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    except ClientDisconnect:  # nobody reads the answer; it is logged
        raise RefusalError(HTTPStatus.BAD_REQUEST, "The body was cut") from None
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content and declared and not declared.endswith(("/json", "+json")):
        raise RefusalError(not_json, "The Content-Type of the body is not application/json")
    return _parsed(content, "The body", not_json) if content else None


def _from_query(query: Mapping[str, str]) -> dict[str, Any]:
    """Returns the body that a GET of GraphQL has in its query. Refuses what is not JSON."""
    body: dict[str, Any] = {name: value for name, value in query.items() if value}
    for name in ("variables", "extensions"):
        if name in body:
            body[name] = _parsed(body[name], name)
    return body


def _parsed(
    text: str | bytes | bytearray, name: str, not_json: int = HTTPStatus.BAD_REQUEST
) -> Any:
    try:
        content = json.loads(text)
        # Half of a surrogate pair is JSON, but no text: nothing can store or answer it.
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RefusalError(not_json, f"{name} is not JSON") from None
    return content
