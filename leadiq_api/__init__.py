"""A thin client for LeadIQ's public API: GraphQL for people and companies, REST for lists."""

from leadiq_api.client import LeadIQClient
from leadiq_api.credentials import ApiKey
from leadiq_api.errors import (
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
from leadiq_api.settings import Settings

__all__ = [
    "ApiKey",
    "AuthenticationError",
    "ConnectError",
    "InsufficientCreditsError",
    "InvalidRequestError",
    "LeadIQClient",
    "LeadIQError",
    "NotFoundError",
    "RateLimitError",
    "ServiceError",
    "Settings",
    "may_have_taken_effect",
]
