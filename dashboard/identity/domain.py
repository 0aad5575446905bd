"""What a company's domain looks like. Pure."""

from __future__ import annotations

import re

DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+", re.IGNORECASE)


def parse_domain(text: str) -> str:
    """``acme.com`` out of ``https://www.acme.com/about`` or ``jane@acme.com``."""
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower())
    host = re.split("[/?#]", bare)[0].rpartition("@")[2].partition(":")[0]
    return host.removeprefix("www.").rstrip(".")
