"""The account whose credits and lists a page works with, and how it is connected."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import streamlit as st

from dashboard import access, data
from dashboard.access import Access
from dashboard.configuration import read_configuration
from dashboard.errors import is_unreachable, show_error
from dashboard.formatting import escape_markdown
from dashboard.ledger.database import LedgerError
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import MAX_USER_CHARACTERS
from dashboard.search.recent import RecentSearches
from dashboard.state import AccountState, session
from dashboard.tables.api_json import text_at
from leadiq_api import ApiKey, AuthenticationError, InvalidRequestError, LeadIQClient, Settings
from leadiq_api.credits import Estimate, Record, credit_plan, total


class Connection(NamedTuple):
    """A client, and whether it talks to the embedded sandbox."""

    client: LeadIQClient
    is_sandbox: bool


@dataclass(frozen=True)
class Account:
    """Whose credits and lists a page works with, and at what prices (UC).

    ``billing`` is the answer of the API's ``account``: plans, balances and price list; empty if it
    could not be read. The client is not held: Streamlit keeps callbacks and fragments, and thereby
    accounts, for longer than the session keeps its key.
    """

    held_client: weakref.ref[LeadIQClient]
    fingerprint: str
    is_sandbox: bool
    billing: Mapping[str, Any]
    prices: Mapping[str, Decimal]
    payments: Payments
    ledger_problem: str | None  # why nothing can be paid for; None as long as the ledger works
    approved_request: str | None  # whose price was just confirmed; for this run alone

    @property
    def client(self) -> LeadIQClient:
        """The client. Raises ``AuthenticationError`` once its key is forgotten."""
        client = self.held_client()
        if client is None:
            raise AuthenticationError("This key is no longer connected. Reload the page.")
        return client

    @property
    def state(self) -> AccountState:
        """What the session keeps of this account."""
        return session().of(self.fingerprint)

    @property
    def ledger(self) -> Ledger:
        """What was reserved, paid, limited and saved, by account fingerprint."""
        return self.payments.ledger

    @property
    def caller(self) -> tuple[LeadIQClient, str]:
        """The first two arguments of every function of ``dashboard.data`` that reads LeadIQ."""
        return self.client, self.fingerprint

    @property
    def is_reachable(self) -> bool:
        """Whether LeadIQ accepted a connection when the account was read."""
        return not is_unreachable(self.state.failures)

    def supports(self, name: str) -> bool:
        """Whether the server has an operation or a field; False without a connection. Free."""
        return self.is_reachable and data.supports(*self.caller, name)

    @property
    def recent(self) -> RecentSearches:
        """What this user searched for last on this page."""
        return data.recent_searches(self.fingerprint, self.payments.user, self.payments.page)

    @property
    def available(self) -> int | None:
        """The balance (UC), or None if the service does not report it."""
        available = credit_plan(self.billing).get("available")
        return available if isinstance(available, int) else None

    def price(
        self,
        operation: str,
        input: dict[str, Any],
        data_points: tuple[str, ...] = (),
        person: Record | None = None,
    ) -> Estimate:
        """Returns a search's price range (UC): free from the cache, else what LeadIQ may charge."""
        if data.is_cached(*self.caller, operation, input, data_points):
            return total([])
        return self.payments.price(operation, input, data_points, person)

    def refresh_balance(self) -> None:
        """Reloads balance, plans and usage when the page is drawn next."""
        self.state.failures.clear()
        data.invalidate_account(*self.caller)

    def refresh_lists(self) -> None:
        """Reloads the lists, and the prospects of the open one, when the page is drawn next."""
        self.state.failures.clear()
        data.invalidate_lists(*self.caller, self.state.open_list)


def owner_label(owner: Mapping[str, Any]) -> str:
    """``Connected as Jane Doe · jane@acme.com · Acme`` from ``data.whoami``, or why not."""
    problem = text_at(owner, "problem")
    if problem is not None:
        return f"We couldn't read whose account this is: {escape_markdown(problem)}"
    parts = [text_at(owner, path) for path in ("user.name", "user.email", "team.name")]
    return f"Connected as {escape_markdown(' · '.join(filter(None, parts)))}"


def current_user(configured: Mapping[str, str]) -> str:
    """The email address of the user who is signed in; ``local`` without sign-in.

    An address that somebody has not proven to be theirs could be another user's. Without a proven
    one, it is the provider's own name for them. A name that is too long for the ledger ends in a
    hash, which keeps users apart.
    """
    claims = st.user.to_dict()
    if claims.get("is_logged_in") is not True:
        return "local"
    address = access.proven_address(claims, configured)
    user = address or f"{claims.get('sub')} at {claims.get('iss')}"
    if len(user) <= MAX_USER_CHARACTERS:
        return user
    name = hashlib.sha256(user.encode()).hexdigest()
    return f"{user[: MAX_USER_CHARACTERS - len(name) - 1]} {name}"


def user_is_allowed() -> bool:
    """Whether the user may use the app, as it is configured now."""
    try:
        configured = read_configuration()
    except InvalidRequestError:  # the page shows what is wrong
        return False
    return access.access_of(st.user.to_dict(), configured) is Access.GRANTED


def if_allowed(action: Callable[[], object]) -> Callable[[], None]:
    """Returns a callback that acts if the user may still use the app.

    Callbacks run before the page is drawn, and so before it checks access. The server's own check
    comes earlier still, but it is not there if a page is run as a script of its own. A failure of
    the ledger is explained above the page.
    """

    def act() -> None:
        if not user_is_allowed():
            return
        try:
            action()
        except LedgerError as error:
            show_error(error)

    return act


def connect(configured: Mapping[str, str], own_key: ApiKey | None) -> Connection:
    """Returns the client for the user's own key, else the server's, else of the sandbox.

    Raises ``LeadIQError`` if a setting cannot be used.
    """
    if own_key is not None:
        settings = Settings.from_mapping(configured)
        return Connection(data.own_client(own_key, own_key.fingerprint, settings), False)
    if access.has_own_key(configured):
        key = ApiKey(configured["LEADIQ_API_KEY"])
        settings = Settings.from_mapping(configured)
        return Connection(data.client(key, key.fingerprint, settings), False)
    with st.spinner("Starting the sandbox …"):
        sandbox = data.sandbox()
    key = ApiKey(sandbox.api_key)
    settings = Settings(
        graphql_url=sandbox.graphql_url,
        prospector_url=sandbox.prospector_url,
        requests_per_minute=data.SANDBOX_REQUESTS_PER_MINUTE,
    )
    client = data.client(key, key.fingerprint, settings)
    data.suggest_sandbox_values(client.fingerprint)
    return Connection(client, True)
