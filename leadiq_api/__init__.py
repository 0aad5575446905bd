"""A thin client for LeadIQ's public API: GraphQL for people and companies, REST for lists."""

from leadiq_api.client import LeadIQClient
from leadiq_api.credentials import ApiKey
from leadiq_api.data_points import DATA_POINTS, DataPoint
from leadiq_api.errors import (
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    RefusedBatchError,
    ServiceError,
    may_have_taken_effect,
)
from leadiq_api.json_types import Json, JsonDict
from leadiq_api.search_kind import SEARCH_CEILING, SearchKind
from leadiq_api.settings import Settings

__all__ = [
    "DATA_POINTS",
    "SEARCH_CEILING",
    "ApiKey",
    "AuthenticationError",
    "ConnectError",
    "DataPoint",
    "InsufficientCreditsError",
    "InvalidRequestError",
    "Json",
    "JsonDict",
    "LeadIQClient",
    "LeadIQError",
    "NotFoundError",
    "RateLimitError",
    "RefusedBatchError",
    "SearchKind",
    "ServiceError",
    "Settings",
    "may_have_taken_effect",
]
