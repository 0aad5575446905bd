"""Email addresses in text. Pure.

Two patterns, for two kinds of text: what a user typed as an address must be one as a whole, while
a cell of a file may wrap it in other text.
"""

from __future__ import annotations

import re

_DOMAIN = r"(?:[\w-]+\.)+[\w-]+"

# To be matched in full: one address and nothing else. Its local part may have any characters but
# blanks and @, since LeadIQ decides what it accepts.
COMPLETE_EMAIL = re.compile(rf"[^@\s]+@{_DOMAIN}")

# To be matched at the start of a cell; group 1 is its first address: jane@acme.com,
# mailto:jane@acme.com, Jane Doe <jane@acme.com>, "jane@acme.com; joe@acme.com". The local part has
# none of the characters that separate or enclose addresses.
_UNWRAPPED_EMAIL = rf"[^@\s<>()\[\],;:\"'][^@\s<>()\[\],;:\"]*@{_DOMAIN}"
# Possessive, since what comes before < may begin with the same blanks: trying each division of them
# would take a time that grows with the square of their number.
EMAIL_IN_CELL = re.compile(
    rf"[\s\"'(\[\u200b\ufeff]*+(?:[^<>@]*+<\s*+)?(?:mailto:\s*+)?({_UNWRAPPED_EMAIL})",
    re.IGNORECASE,
)
