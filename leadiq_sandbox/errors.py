"""How this server says no."""

from __future__ import annotations

from typing import Any

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    402: "INSUFFICIENT_CREDITS",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    421: "MISDIRECTED_REQUEST",
    422: "UNPROCESSABLE",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    502: "UPSTREAM_ERROR",
    503: "UNAVAILABLE",
}
MESSAGES = {
    401: "Invalid or missing API key",
    402: "Insufficient credits",
    429: "Too many requests",
    500: "Something went wrong",
    502: "Temporary upstream error",
    503: "Service unavailable",
}


class Refused(Exception):
    """A refusal with its HTTP-like status; the surface decides how it is written."""

    def __init__(
        self, status: int, message: str = "", code: str | None = None, details: Any = None
    ) -> None:
        super().__init__(message or MESSAGES.get(status, "Refused"))
        self.status = status
        self.code = code or CODES.get(status, "ERROR")
        self.details = details
