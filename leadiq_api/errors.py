"""What can go wrong with a request, by the status that LeadIQ gives it.

The status is the HTTP status, or the one inside a 200's ``errors[0].extensions.response.status``:
LeadIQ answers most GraphQL failures with HTTP 200.
"""

from __future__ import annotations

from typing import Any


class LeadIQError(Exception):
    """A request that did not give what was asked.

    ``status`` is the HTTP-like status or None where there was no answer; ``code`` the service's
    own word for it (``extensions.code`` or REST's ``code``); ``data`` whatever came back all the
    same: GraphQL's partial ``data``, or what a batch had written before it failed.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        data: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.data = data


class AuthenticationError(LeadIQError):
    """401: the key is missing, wrong or revoked."""


class InsufficientCreditsError(LeadIQError):
    """402: the balance does not cover the request."""


class RateLimitError(LeadIQError):
    """429, still after retrying until the deadline. The request was not done."""


class InvalidRequestError(LeadIQError):
    """400, 403, 409, 413, 422 and GraphQL validation: the request itself has to change."""


class NotFoundError(LeadIQError):
    """404: no such list, prospect or path."""


class ServiceError(LeadIQError):
    """5xx, HTML, bad JSON, a timeout, a dead connection. Whether it was done is unknown."""


class ConnectError(ServiceError):
    """No connection: no such host, nobody there, no trust in its certificate. Nothing was sent."""


def may_have_taken_effect(error: LeadIQError) -> bool:
    """Whether a failed request may have been done all the same.

    No refusal was, nor what was never sent; nor was what Prospector itself answers with 502,
    "temporary upstream error" by its OpenAPI, in its own JSON. A gateway's 502 tells nothing.
    """
    own = error.status == 502 and error.code not in (None, "not_json")
    return isinstance(error, ServiceError) and not isinstance(error, ConnectError) and not own


def error_class(status: int) -> type[LeadIQError]:
    """The kind of error for an HTTP-like status of 300 or more."""
    if status == 401:
        return AuthenticationError
    if status == 402:
        return InsufficientCreditsError
    if status == 404:
        return NotFoundError
    if status == 429:
        return RateLimitError
    if 400 <= status < 500 and status != 408:
        return InvalidRequestError
    return ServiceError
