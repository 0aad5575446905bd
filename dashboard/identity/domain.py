"""Domains of companies in text. Pure."""

from __future__ import annotations

import re

# To be matched in full: two labels or more, the last of which starts with a letter, so that it is
# not an IP address or a number.
DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+", re.IGNORECASE)


def parse_domain(text: str) -> str:
    """Returns the domain of a web or email address: acme.com of https://www.acme.com/about.

    Other text is returned in lower case: match the result with ``DOMAIN``.
    """
    without_scheme = re.sub(r"^[a-z]+://", "", text.strip().lower())
    host = re.split("[/?#]", without_scheme)[0].rpartition("@")[2].partition(":")[0]
    return host.removeprefix("www.").rstrip(".")
