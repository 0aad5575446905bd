"""How this server refuses a request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

# What LeadIQ calls its refusals (``code`` of REST, ``extensions.code`` of GraphQL).
CODES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "BAD_REQUEST",
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.PAYMENT_REQUIRED: "INSUFFICIENT_CREDITS",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.CONFLICT: "CONFLICT",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "PAYLOAD_TOO_LARGE",
    HTTPStatus.MISDIRECTED_REQUEST: "MISDIRECTED_REQUEST",
    HTTPStatus.UNPROCESSABLE_ENTITY: "UNPROCESSABLE",
    HTTPStatus.TOO_MANY_REQUESTS: "TOO_MANY_REQUESTS",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
    HTTPStatus.BAD_GATEWAY: "UPSTREAM_ERROR",
    HTTPStatus.SERVICE_UNAVAILABLE: "UNAVAILABLE",
}
MESSAGES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Invalid or missing API key",
    HTTPStatus.PAYMENT_REQUIRED: "Insufficient credits",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong",
    HTTPStatus.BAD_GATEWAY: "Temporary upstream error",
    HTTPStatus.SERVICE_UNAVAILABLE: "Service unavailable",
}


class RefusalError(Exception):
    """A refusal with its HTTP-like status; each surface writes it in its own form.

    ``message`` and ``code`` default to those of the status; ``details`` is any JSON, for REST.
    """

    def __init__(
        self, status: int, message: str = "", code: str | None = None, details: Any = None
    ) -> None:
        super().__init__(message or MESSAGES.get(status, "Refused"))
        self.status = int(status)
        self.code = code or CODES.get(status, "ERROR")
        self.details = details
