"""Where the service is and how fast it may be asked, from the environment or any other mapping."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from leadiq_api.errors import InvalidRequestError

GRAPHQL_URL = "https://api.leadiq.com/graphql"
PROSPECTOR_URL = "https://prospector.leadiq.com"
REQUESTS_PER_MINUTE = 60  # LeadIQ's published limit for a key


@dataclass(frozen=True)
class Settings:
    """The two hosts and the pace. The key is not a setting: it is never kept beside them."""

    graphql_url: str = GRAPHQL_URL
    prospector_url: str = PROSPECTOR_URL
    requests_per_minute: int = REQUESTS_PER_MINUTE

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Settings:
        """Reads LEADIQ_GRAPHQL_URL, LEADIQ_PROSPECTOR_URL and LEADIQ_REQUESTS_PER_MINUTE.

        Empty values mean the defaults. Raises ``InvalidRequestError`` naming the variable to mend.
        """
        pace = str(values.get("LEADIQ_REQUESTS_PER_MINUTE") or REQUESTS_PER_MINUTE).strip()
        if not pace.isascii() or not pace.isdigit() or int(pace) < 1:
            raise InvalidRequestError(
                f"LEADIQ_REQUESTS_PER_MINUTE is {pace!r}; it must be a whole number from 1."
            )
        return cls(
            graphql_url=base_url(
                "LEADIQ_GRAPHQL_URL", str(values.get("LEADIQ_GRAPHQL_URL") or GRAPHQL_URL)
            ),
            prospector_url=base_url(
                "LEADIQ_PROSPECTOR_URL", str(values.get("LEADIQ_PROSPECTOR_URL") or PROSPECTOR_URL)
            ),
            requests_per_minute=int(pace),
        )


def base_url(name: str, url: str) -> str:
    """``url`` without a trailing slash; raises ``InvalidRequestError`` if a key must not go there."""
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port  # raises where the port is no number
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise InvalidRequestError(f"{name} must be an address such as {GRAPHQL_URL}.")
    if any(sign <= " " or sign in "@?#\\" for sign in url):  # each could lead elsewhere
        raise InvalidRequestError(f"{name} must hold nothing but the host, the port and the path.")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidRequestError(
            f"{name} must start with https://: the key would travel in the clear."
        )
    return url


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"  # names below it may be asked of a name server
