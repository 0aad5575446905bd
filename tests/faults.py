"""What the sandbox's faults mean to a client."""

from leadiq_api import (
    AuthenticationError,
    InsufficientCreditsError,
    LeadIQError,
    RateLimitError,
    ServiceError,
)

# The error of each kind of fault that meets every surface alike.
ERROR_OF_FAULT: dict[str, type[LeadIQError]] = {
    "401": AuthenticationError,
    "401-in-200": AuthenticationError,
    "401-gateway": AuthenticationError,
    "402": InsufficientCreditsError,
    "402-in-200": InsufficientCreditsError,
    "429": RateLimitError,
    "429-in-200": RateLimitError,
} | dict.fromkeys(
    (
        "500",
        "502",
        "503",
        "500-in-200",
        "502-html",
        "bad-json",
        "wrong-types",
        "truncated",
        "reset",
        "hang",
        "drip",
    ),
    ServiceError,
)
