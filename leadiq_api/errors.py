"""The errors of the client, by the status that LeadIQ gives a request.

The status is the HTTP status, or the one inside a 200's ``errors[0].extensions.response.status``:
LeadIQ answers most GraphQL failures with HTTP 200.

* LeadIQError
  + AuthenticationError        401
  + InsufficientCreditsError   402
  + NotFoundError              404
  + RateLimitError             429
  + InvalidRequestError        every other 4xx except 408
    - RefusedBatchError        403, 404 and the like for many inputs in one request
  + ServiceError               3xx, 408, 5xx, and answers that cannot be read or do not arrive
    - ConnectError             no connection, so nothing was sent
"""

from __future__ import annotations

from typing import Any

CLIENT_ERRORS = range(400, 500)


class LeadIQError(Exception):
    """A request that did not return what was requested.

    ``status`` is the HTTP-like status, or None if there was no answer; ``code`` the service's own
    name for the failure (``extensions.code`` or REST's ``code``), or the client's: "connection",
    "timeout", "not_json", "not_csv", "shape"; ``data`` whatever was returned nevertheless:
    GraphQL's partial ``data``, or what a batch had written before it failed.
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
    """429, still after retrying until the deadline. The request was not processed."""


class InvalidRequestError(LeadIQError):
    """400, 403, 409, 413, 422 and GraphQL validation: the request itself has to change."""


class RefusedBatchError(InvalidRequestError):
    """A refusal of a request for many inputs that none of them is the reason of.

    Nothing of it was processed.
    """


class NotFoundError(LeadIQError):
    """404: no such list, prospect or path."""


class ServiceError(LeadIQError):
    """5xx, HTML, bad JSON, a timeout, a dead connection. The outcome is unknown.

    Unless it ``is_upstream``: Prospector's own 502 with a code, in its JSON, by its OpenAPI a
    "temporary upstream error". Then nothing was processed.
    """

    is_upstream = False


class ConnectError(ServiceError):
    """No such host, nothing listening, or a certificate without trust. Nothing was sent."""


# What the other statuses of 300 or more mean depends on their class alone: see ``error_class``.
ERROR_OF_STATUS: dict[int, type[LeadIQError]] = {
    401: AuthenticationError,
    402: InsufficientCreditsError,
    404: NotFoundError,
    408: ServiceError,
    429: RateLimitError,
}


def error_class(status: int) -> type[LeadIQError]:
    """Returns the class of error for an HTTP-like status of 300 or more."""
    default = InvalidRequestError if status in CLIENT_ERRORS else ServiceError
    return ERROR_OF_STATUS.get(status, default)


# After one of these, no other request of a batch would succeed.
STOPS_THE_BATCH = (
    AuthenticationError,
    InsufficientCreditsError,
    RateLimitError,
    RefusedBatchError,
)
# Statuses of a refusal that an input, or the size of a batch, may be the reason of.
OF_THE_INPUTS = (400, 413, 422)


def error_of_each(error: LeadIQError) -> LeadIQError:
    """Returns the error of each input of a request that failed, not because of its inputs."""
    if not isinstance(error, InvalidRequestError | NotFoundError):
        return error
    return RefusedBatchError(error.message, status=error.status, code=error.code, data=error.data)


def may_have_taken_effect(error: LeadIQError) -> bool:
    """Returns whether a failed request may have been processed nevertheless.

    A refusal was not, nor was anything that was never sent, nor what Prospector itself answers with
    502. A gateway's 502, or GraphQL's, proves nothing.
    """
    unsent = isinstance(error, ConnectError)
    return isinstance(error, ServiceError) and not unsent and not error.is_upstream
