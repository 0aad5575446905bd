"""A thin client for LeadIQ's public API: GraphQL for people and companies, REST for lists."""

from leadiq_api.client import LeadIQClient
from leadiq_api.credentials import ApiKey
from leadiq_api.errors import (
    InsufficientCredits,
    InvalidKey,
    InvalidRequest,
    LeadIQError,
    NotFound,
    RateLimited,
    ServiceUnavailable,
    Unreachable,
    may_be_done,
)
from leadiq_api.settings import Settings

__all__ = [
    "ApiKey",
    "InsufficientCredits",
    "InvalidKey",
    "InvalidRequest",
    "LeadIQClient",
    "LeadIQError",
    "NotFound",
    "RateLimited",
    "ServiceUnavailable",
    "Settings",
    "Unreachable",
    "may_be_done",
]
