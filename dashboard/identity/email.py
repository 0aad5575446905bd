"""What an email address looks like. Pure."""

from __future__ import annotations

import re

COMPLETE_EMAIL = re.compile(r"[^@\s]+@(?:[\w-]+\.)+[\w-]+")

# What names a person, wherever it stands.
_ADDRESS = r"[^@\s<>()\[\],;:\"'][^@\s<>()\[\],;:\"]*@(?:[\w-]+\.)+[\w-]+"
EMAIL_IN_CELL = re.compile(  # jane@acme.com, mailto:jane@acme.com, Jane Doe <jane@acme.com>; ...
    rf"[\s\"'(\[\u200b\ufeff]*(?:[^<>@]*<\s*)?(?:mailto:\s*)?({_ADDRESS})", re.IGNORECASE
)
