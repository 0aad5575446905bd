"""What every page begins with: set-up, the account, the sidebar; and how errors are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitDuplicateElementKey, StreamlitPageNotFoundError

from dashboard import access, data, frames, state
from dashboard.budget import sidebar_budget
from dashboard.configuration import configuration
from dashboard.job_records import JobRecords
from dashboard.ledger import BudgetExceededError, LedgerError
from dashboard.purse import Purse, may_be_charged
from dashboard.wording import plain
from leadiq_api import (
    ApiKey,
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQClient,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    Settings,
)
from leadiq_api.credits import price_list

T = TypeVar("T")

PAGES = (
    ("pages/usage.py", "Usage", ":material/monitoring:"),
    ("pages/people_search.py", "People search", ":material/person_search:"),
    ("pages/company_search.py", "Company search", ":material/domain:"),
    ("pages/advanced_search.py", "Advanced search", ":material/tune:"),
    ("pages/lists.py", "Lists", ":material/list_alt:"),
)

# What happened, and what to do next.
ADVICE: Mapping[type[LeadIQError], tuple[str, str]] = {
    AuthenticationError: (
        "LeadIQ did not accept the key",
        "Copy the key again from LeadIQ (Settings → API) and set it as LEADIQ_API_KEY, "
        "or give it in the sidebar.",
    ),
    InsufficientCreditsError: (
        "There are not enough credits",
        "Nothing was charged for this. Choose fewer data points or a smaller page, "
        "or wait for the next period shown on Usage.",
    ),
    RateLimitError: (
        "LeadIQ takes no more requests for now",
        "Nothing was charged. Wait a minute and press the button again; another app may be "
        "using the same key.",
    ),
    InvalidRequestError: (
        "LeadIQ refused the request",
        "Change what is named below and press the button again.",
    ),
    NotFoundError: (
        "That is not there any more",
        "It may have been deleted, or it belongs to another account. Refresh and choose again.",
    ),
    ConnectError: (
        "LeadIQ cannot be reached",
        "Nothing was sent, and nothing charged. Your entries are kept. Check the connection, and "
        "LEADIQ_GRAPHQL_URL, then try again.",
    ),
    ServiceError: (
        "LeadIQ could not be reached or gave no usable answer",
        "Your entries are kept. Wait a moment and try again; if it lasts, check the connection "
        "and LEADIQ_GRAPHQL_URL.",
    ),
}
UNKNOWN_CHARGE = (
    "Whether it was done and charged is not known, so it was not sent again. Your entries are "
    "kept: refresh Usage and compare the balance before you press the button once more."
)
ADVICE_OF_BUDGET = (
    "Not sent: it would pass a limit",
    "Nothing was sent and nothing was charged. Choose fewer data points or a smaller page, or "
    "change the limits under Budget in the sidebar.",
)
MOST_DETAIL = 300  # characters of the service's own words
FAILURE_SECONDS = 300  # how long a failed read is not tried again by itself


@dataclass(frozen=True)
class Account:
    """Whose credits and lists a page works with, and at what prices (UC)."""

    client: LeadIQClient
    fingerprint: str
    is_sandbox: bool
    credits: Mapping[str, Any]
    prices: Mapping[str, Decimal]
    purse: Purse
    confirmed: str | None  # the request whose price was just agreed to; for this run alone

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


def set_page(title: str, lead: str) -> Account:
    """Sets the page up, signs in and draws the sidebar; every page calls it first.

    A deep link on a cold server runs a page without ``app.py``, so nothing may rely on that.
    Stops the script with a clear error where there is no usable account.
    """
    st.set_page_config(page_title=f"{title} · LeadIQ console", page_icon="🔎", layout="wide")
    state.set_up()
    st.title(title)
    st.caption(lead)
    try:
        configured = configuration()
    except InvalidRequestError as error:
        show_error(error)
        st.stop()
    access.admit(configured)
    try:
        data.ledger()
    except LedgerError as error:
        st.error(plain(str(error)), title="The ledger cannot be used", icon=":material/database:")
        st.stop()
    try:
        own_key = st.session_state[state.OWN_KEY]
        client, is_sandbox = _client(configured, own_key)
    except LeadIQError as error:
        _sidebar(own_key_given=st.session_state[state.OWN_KEY] is not None)
        show_error(error)
        st.stop()
    if is_sandbox:
        st.info("Sandbox: synthetic people, no credits are spent", icon=":material/science:")
    _sidebar(own_key_given=own_key is not None)
    credits = read("the account", (client, client.fingerprint), data.account)
    if credits is None:
        st.caption("The balance is not known; prices below are LeadIQ's published ones.")
        credits = {}
    owner = data.whoami(client, client.fingerprint) if credits else None
    prices = price_list(credits)
    purse = Purse(data.ledger(), client.fingerprint, _user(), title, prices)
    confirmed, st.session_state[state.CONFIRMED] = st.session_state[state.CONFIRMED], None
    if JobRecords(data.ledger()).unfinished(client.fingerprint):
        data.jobs(client)  # goes on with what a restart interrupted
    account = Account(client, client.fingerprint, is_sandbox, credits, prices, purse, confirmed)
    with st.sidebar:
        if owner is not None:
            st.caption(_owner(owner), help="Whose account the key belongs to, and which team")
        sidebar_budget(account)
    return account


def show_error(error: LeadIQError, *, paid: bool = False) -> None:
    """An error in plain words, with what to do next and what the service itself said.

    ``paid`` says that the request would have cost credits.
    """
    headline, advice = ADVICE.get(type(error), ADVICE[ServiceError])
    if isinstance(error, BudgetExceededError):
        headline, advice = ADVICE_OF_BUDGET
    if paid and may_be_charged(error):
        advice = UNKNOWN_CHARGE
    said = error.message if len(error.message) <= MOST_DETAIL else error.message[:MOST_DETAIL] + "…"
    status = "" if error.status is None else f" ({error.status})"
    st.error(f"{advice}\n\n{plain(said)}{status}", title=headline, icon=":material/error:")


def _owner(found: Mapping[str, Any]) -> str:
    """``Jane Doe · jane@acme.com · Acme``, of what ``whoami`` tells, or why it tells nothing."""
    problem = frames.text(found, "problem")
    if problem is not None:
        return f"Whose account this is could not be read: {plain(problem)}"
    told = [frames.text(found, path) for path in ("user.name", "user.email", "team.name")]
    return f":material/account_circle: {plain(' · '.join(filter(None, told)))}"


def _user() -> str:
    """Who is signed in; without sign-in, whoever runs the app."""
    return str(st.user.get("email") or "local")


def _client(configured: Mapping[str, str], own_key: ApiKey | None) -> tuple[LeadIQClient, bool]:
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


def read(
    what: str, caller: tuple[LeadIQClient, str], call: Callable[..., T], *more: Any
) -> T | None:
    """What a free read of ``dashboard.data`` gives; None where it failed, which is told here.

    A failed read has waited for its retries' deadline, so a rerun does not try it again by itself:
    a button does, and time.
    """
    failures = st.session_state[state.FAILURES]
    failed = (what, caller[1], repr(more))
    at, error = failures.get(failed, (-FAILURE_SECONDS, None))
    if error is None or time.monotonic() > at + FAILURE_SECONDS:
        failures.pop(failed, None)
        try:
            with st.spinner(f"Reading {what} …"):
                return call(*caller, *more)
        except LeadIQError as failure:
            error = failure
            failures[failed] = (time.monotonic(), error)
    show_error(error)
    with suppress(StreamlitDuplicateElementKey):  # read at two places of a page: one button
        st.button("Try again", key=f"retry_{what}", on_click=failures.clear)
    if isinstance(error, AuthenticationError):
        st.stop()
    return None


def _sidebar(*, own_key_given: bool) -> None:
    with st.sidebar:
        for path, title, icon in PAGES:
            # A page that is run as a script of its own has no neighbours to link to.
            with suppress(StreamlitPageNotFoundError):
                st.page_link(path, label=title, icon=icon)
        st.divider()
        if access.signed_in():
            access.sign_out()
        if own_key_given:
            st.success("Your own key is in use, in this browser tab only.", icon=":material/key:")
            st.button("Forget the key", on_click=_use_key, args=(None,), width="stretch")
            return
        with (
            st.popover("Use your own key", icon=":material/key:", width="stretch"),
            st.form("own_key_form", clear_on_submit=True, border=False),
        ):
            typed = st.text_input(
                "LeadIQ API key",
                type="password",
                help="From LeadIQ: Settings → API. It is kept in this browser tab's session only.",
            )
            if st.form_submit_button("Use this key", type="primary"):
                try:
                    _use_key(ApiKey(typed))
                except AuthenticationError as error:
                    st.error(plain(error.message))
                else:
                    st.rerun()


def _use_key(key: ApiKey | None) -> None:
    st.session_state[state.OWN_KEY] = key
    data.own_client.clear()
    state.forget(*state.RESULTS)
