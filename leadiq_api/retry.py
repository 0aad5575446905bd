"""When a failed request may be sent again."""

from __future__ import annotations

from enum import Enum, auto

from leadiq_api.errors import LeadIQError, RateLimitError, ServiceError, may_have_taken_effect


class Retry(Enum):
    """Which failures of a request are retried until its deadline."""

    # Every failure that time may fix: for what is free and safe to repeat.
    TRANSIENT = auto()
    # A 429 alone, which was refused before it was processed: for what is paid or written.
    RATE_LIMITED = auto()
    # As RATE_LIMITED, and no connection, and Prospector's own 502.
    NOT_PROCESSED = auto()
    # None: for what must be sent once, such as an export to another system.
    NEVER = auto()

    def allows(self, error: LeadIQError) -> bool:
        """Returns whether the request that failed with ``error`` may be sent again."""
        if self is Retry.NEVER or not isinstance(error, RateLimitError | ServiceError):
            return False
        if self is Retry.RATE_LIMITED:
            return isinstance(error, RateLimitError)
        return self is Retry.TRANSIENT or not may_have_taken_effect(error)
