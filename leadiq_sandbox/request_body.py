"""The JSON that a request carries: in its body, or in the query of a GraphQL GET."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from leadiq_sandbox.errors import RefusalError

MAX_BODY_BYTES = 1_000_000  # more is a 413


async def read_json(request: Request, not_json: int = HTTPStatus.BAD_REQUEST) -> Any:
    """Returns the JSON of a body, None if it is empty.

    Refuses what is too large with 413, and what is no JSON with the status ``not_json``.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY_BYTES:
            raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    return _parsed(content, "The body", not_json) if content else None


def from_query(query: Mapping[str, str]) -> dict[str, Any]:
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
