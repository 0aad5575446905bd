"""Whose credits and lists a page works with, and how that account is connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard import data
from dashboard.formatting import escape_markdown
from dashboard.ledger.payments import Payments
from dashboard.state import AccountState, session
from dashboard.tables.api_json import text_at
from leadiq_api import ApiKey, LeadIQClient, Settings


@dataclass(frozen=True)
class Account:
    """Whose credits and lists a page works with, and at what prices (UC)."""

    client: LeadIQClient
    fingerprint: str
    is_sandbox: bool
    credits: Mapping[str, Any]
    prices: Mapping[str, Decimal]
    payments: Payments
    approved_request: str | None  # whose price was just confirmed; for this run alone

    @property
    def state(self) -> AccountState:
        """What the session keeps of this account."""
        return session().of(self.fingerprint)

    @property
    def caller(self) -> tuple[LeadIQClient, str]:
        """The two arguments that every function of ``dashboard.data`` begins with."""
        return self.client, self.fingerprint

    @property
    def available(self) -> int | None:
        """Universal credits left (UC), or None where the service does not tell."""
        plan = self.credits.get("universalPlan")
        found = plan.get("available") if isinstance(plan, Mapping) else None
        return found if isinstance(found, int) else None


def owner_label(found: Mapping[str, Any]) -> str:
    """``Jane Doe · jane@acme.com · Acme``, of what ``whoami`` tells, or why it tells nothing."""
    problem = text_at(found, "problem")
    if problem is not None:
        return f"Whose account this is could not be read: {escape_markdown(problem)}"
    told = [text_at(found, path) for path in ("user.name", "user.email", "team.name")]
    return f":material/account_circle: {escape_markdown(' · '.join(filter(None, told)))}"


def current_user() -> str:
    """Who is signed in; without sign-in, whoever runs the app."""
    return str(st.user.get("email") or "local")


def connect(configured: Mapping[str, str], own_key: ApiKey | None) -> tuple[LeadIQClient, bool]:
    if own_key is not None:
        settings = Settings.from_mapping(configured)
        return data.own_client(own_key, own_key.fingerprint, settings), False
    if configured.get("LEADIQ_API_KEY", "").strip():
        key = ApiKey(configured["LEADIQ_API_KEY"])
        settings = Settings.from_mapping(configured)
        return data.client(key, key.fingerprint, settings), False
    sandbox = data.sandbox()
    key = ApiKey(sandbox.api_key)
    settings = Settings(
        graphql_url=sandbox.graphql_url,
        prospector_url=sandbox.prospector_url,
        requests_per_minute=data.SANDBOX_REQUESTS_PER_MINUTE,
    )
    return data.client(key, key.fingerprint, settings), True
