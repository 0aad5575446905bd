"""What the address of a LinkedIn profile looks like. Pure."""

from __future__ import annotations

import re

PROFILE_URL = re.compile(
    r"linkedin\.com/(?:mwlite/)?(?P<kind>in|pub|sales/(?:lead|people|profile)|talent/profile)/"
    r"(?P<name>[^/?#\s,;]+)(?P<numbers>(?<=\w)(?:/[0-9a-f]{1,3}){3}(?![^/?#\s,;]))?",
    re.IGNORECASE,
)
