"""Whose key a job runs with. Pure."""

from __future__ import annotations

import hashlib

from dashboard.tables.api_json import Json, text_at


def owner_of(caller: Json) -> str:
    """Identifies whose key it is by what ``whoami`` says; empty if that says nothing."""
    email = text_at(caller, "user.email")
    if email is None:
        return ""
    names = (
        email.lower(),
        text_at(caller, "team.name") or "",
        text_at(caller, "team.domain") or "",
    )
    return hashlib.sha256("\0".join(names).encode()).hexdigest()[:32]
