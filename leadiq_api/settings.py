"""Where the service is, how fast it may be asked and how long to wait, from the environment."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from leadiq_api.errors import InvalidRequestError

GRAPHQL_URL = "https://api.leadiq.com/graphql"
PROSPECTOR_URL = "https://prospector.leadiq.com"
REQUESTS_PER_MINUTE = 60  # LeadIQ's published limit for a key

# Seconds to connect and to wait for an answer: a connection is made quickly or not at all, and
# LeadIQ's samples wait 30 seconds for an answer.
TIMEOUT = (5.0, 30.0)
# Seconds after which a request that a user is waiting for is no longer retried.
DEADLINE = 20.0


@dataclass(frozen=True)
class Settings:
    """The two hosts, the rate limit and the timeouts. The key is kept elsewhere.

    ``timeout`` is (connect, read) in seconds for one attempt, ``deadline`` the seconds from the
    first attempt after which no retry starts.
    """

    graphql_url: str = GRAPHQL_URL
    prospector_url: str = PROSPECTOR_URL
    requests_per_minute: int = REQUESTS_PER_MINUTE
    timeout: tuple[float, float] = TIMEOUT
    deadline: float = DEADLINE

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Settings:
        """Returns the settings of an environment or of a secrets file.

        Reads LEADIQ_GRAPHQL_URL, LEADIQ_PROSPECTOR_URL, LEADIQ_REQUESTS_PER_MINUTE,
        LEADIQ_TIMEOUT_SECONDS (a number, or two as in "5, 30": to connect and to read) and
        LEADIQ_DEADLINE_SECONDS. Empty values mean the defaults. Raises ``InvalidRequestError``
        naming the variable to fix.
        """
        pace = str(values.get("LEADIQ_REQUESTS_PER_MINUTE") or REQUESTS_PER_MINUTE).strip()
        if not re.fullmatch("0*[1-9][0-9]{0,5}", pace):
            raise InvalidRequestError(
                f"LEADIQ_REQUESTS_PER_MINUTE is {pace!r}; it must be a whole number from 1 to "
                "999999."
            )
        return cls(
            graphql_url=base_url(
                "LEADIQ_GRAPHQL_URL", str(values.get("LEADIQ_GRAPHQL_URL") or GRAPHQL_URL)
            ),
            prospector_url=base_url(
                "LEADIQ_PROSPECTOR_URL", str(values.get("LEADIQ_PROSPECTOR_URL") or PROSPECTOR_URL)
            ),
            requests_per_minute=int(pace),
            timeout=_timeout(values),
            deadline=_deadline(values),
        )


def _timeout(values: Mapping[str, object]) -> tuple[float, float]:
    text = _text(values, "LEADIQ_TIMEOUT_SECONDS")
    if not text:
        return TIMEOUT
    seconds = [_seconds(part) for part in text.split(",")]
    connect, read = seconds[0], seconds[-1]
    if not connect or not read or len(seconds) > len(TIMEOUT):
        raise InvalidRequestError(
            f"LEADIQ_TIMEOUT_SECONDS is {text!r}; it must be a number above 0, "
            "or two of them as in '5, 30'."
        )
    return connect, read


def _deadline(values: Mapping[str, object]) -> float:
    text = _text(values, "LEADIQ_DEADLINE_SECONDS")
    if not text:
        return DEADLINE
    seconds = _seconds(text)
    if seconds is None:
        raise InvalidRequestError(
            f"LEADIQ_DEADLINE_SECONDS is {text!r}; it must be a number, 0 or more."
        )
    return seconds


def _text(values: Mapping[str, object], name: str) -> str:
    """The value as text; a number 0 counts, and an array of secrets.toml is joined by commas."""
    value = values.get(name)
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return "" if value is None else str(value).strip()


def _seconds(text: str) -> float | None:
    """A finite number of seconds from 0, or None."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def base_url(name: str, url: str) -> str:
    """Returns ``url`` without a trailing slash.

    Raises ``InvalidRequestError``, which calls it ``name``, if no key may be sent there.
    """
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port  # raises ValueError if the port is not a number
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise InvalidRequestError(f"{name} must be an address such as {GRAPHQL_URL}.")
    if any(sign <= " " or sign in "@?#\\" for sign in url):  # each could lead elsewhere
        raise InvalidRequestError(f"{name} must hold nothing but the host, the port and the path.")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidRequestError(
            f"{name} must start with https://: otherwise the key would be sent unencrypted."
        )
    return url


def is_loopback(host: str) -> bool:
    """Returns whether ``host`` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"  # a name server may be asked for names below it
