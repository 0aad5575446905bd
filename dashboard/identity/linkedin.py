"""LinkedIn profiles of people in text. Pure."""

from __future__ import annotations

import re

# To be searched for: the address of a person's profile, with or without scheme, country and query.
# ``kind`` is the path before the name, also of Sales Navigator and Recruiter. ``name`` identifies
# the person; in the old form /pub/jane-doe/5/b87/a12 only together with ``numbers``.
PROFILE_URL = re.compile(
    r"linkedin\.com/(?:mwlite/)?(?P<kind>in|pub|sales/(?:lead|people|profile)|talent/profile)/"
    r"(?P<name>[^/?#\s,;]+)(?P<numbers>(?<=\w)(?:/[0-9a-f]{1,3}){3}(?![^/?#\s,;]))?",
    re.IGNORECASE,
)
