"""The class of error of each status, and what a failure says of its outcome."""

import pytest

from leadiq_api import (
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    may_have_taken_effect,
)
from leadiq_api.errors import error_class
from leadiq_api.retry import Retry

REFUSALS = [
    AuthenticationError("", status=401),
    InsufficientCreditsError("", status=402),
    NotFoundError("", status=404),
    InvalidRequestError("", status=422),
]
RATE_LIMIT = RateLimitError("", status=429)
UNSENT = ConnectError("", code="connection")
UPSTREAM = ServiceError("", status=502, code="UPSTREAM_ERROR")
UPSTREAM.is_upstream = True
GATEWAY = ServiceError("", status=502)
UNKNOWN = [GATEWAY, ServiceError("", status=502, code="GATEWAY"), ServiceError("", status=500)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, ServiceError),
        (400, InvalidRequestError),
        (401, AuthenticationError),
        (402, InsufficientCreditsError),
        (403, InvalidRequestError),
        (404, NotFoundError),
        (408, ServiceError),
        (429, RateLimitError),
        (499, InvalidRequestError),
        (500, ServiceError),
    ],
)
def test_a_status_has_its_class(status: int, kind: type[LeadIQError]) -> None:
    assert error_class(status) is kind


def test_only_a_failure_of_unknown_outcome_may_have_taken_effect() -> None:
    assert all(may_have_taken_effect(error) for error in UNKNOWN)
    assert not any(may_have_taken_effect(e) for e in (*REFUSALS, RATE_LIMIT, UNSENT, UPSTREAM))


@pytest.mark.parametrize(
    ("retry", "retried"),
    [
        (Retry.TRANSIENT, [RATE_LIMIT, UNSENT, UPSTREAM, *UNKNOWN]),
        (Retry.RATE_LIMITED, [RATE_LIMIT]),
        (Retry.NOT_PROCESSED, [RATE_LIMIT, UNSENT, UPSTREAM]),
        (Retry.NEVER, []),
    ],
)
def test_each_policy_retries_its_failures(retry: Retry, retried: list[LeadIQError]) -> None:
    errors = [*REFUSALS, RATE_LIMIT, UNSENT, UPSTREAM, *UNKNOWN]
    assert [error for error in errors if retry.allows(error)] == retried
