"""What every page starts with: set-up, access, the account, the sidebar."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import access, data
from dashboard.account import Account, Connection, connect, current_user, owner_label
from dashboard.configuration import read_configuration
from dashboard.errors import (
    THE_ACCOUNT,
    explained_ledger_errors,
    read_or_show_error,
    show_account_error,
    show_error,
    stop,
)
from dashboard.formatting import count, escape_markdown
from dashboard.jobs.records import JobRecords
from dashboard.ledger.database import LedgerError
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.panels.running_jobs import show_running_jobs
from dashboard.state import session
from dashboard.widgets.budget import sidebar_budget
from dashboard.widgets.buttons import show_flash_message
from leadiq_api import (
    ApiKey,
    AuthenticationError,
    InvalidRequestError,
    LeadIQClient,
    LeadIQError,
    Settings,
)
from leadiq_api.credits import price_list
from leadiq_api.logs import configure_from

FAVICON = Path(__file__).with_name("favicon.svg")
LOGO = Path(__file__).with_name("logo.svg")
ABOUT = "LeadIQ console: find people and companies, see the price first, take the CSV."
SANDBOX_HELP = "Made-up people and play-money credits. Connect your LeadIQ key to go live."
PAGES = (
    ("pages/usage.py", "Usage"),
    ("pages/people_search.py", "People search"),
    ("pages/company_search.py", "Company search"),
    ("pages/advanced_search.py", "Advanced search"),
    ("pages/lists.py", "Lists"),
)


def set_page(title: str, lead: str | None) -> Account:
    """Sets the page up, checks access and draws the sidebar; every page calls it first.

    A page without a ``lead`` draws its own heading. The links between pages are ``app.py``'s. Stops
    the script with a clear error if there is no usable account.
    """
    session().begin_run(title)
    _draw_header(title, lead)
    session().heading = partial(st.container().title, title, anchor=False) if lead is None else None
    _explain_lost_session()
    configured = _configuration()
    access.require_access(configured, session().draw_heading)
    ledger = _require_ledger()
    sidebar = st.sidebar.container()
    _draw_connection(configured)
    connection = _connect(configured)
    if session().drawn_account != connection.client.fingerprint:
        sidebar = sidebar.empty()  # the balance of another account must not stay meanwhile
    account = _open_account(connection, ledger, current_user(configured), title)
    if account.ledger_problem is None:
        _resume_jobs(account)
    with sidebar.container():
        _draw_account(account)
    session().drawn_account = account.fingerprint
    session().heading = None  # from here on, a page has its own
    show_flash_message()
    return account


@contextmanager
def shows_writes() -> Iterator[None]:
    """Shows, at the end of the page, what the write of an earlier click has done meanwhile.

    The run of that click, which would have shown it, was stopped by this one.
    """
    try:
        yield
    finally:
        current = session()
        if current.has_written_meanwhile():
            error = current.wait_for_write()
            if error is None:
                st.rerun()
            show_error(error)


def _draw_header(title: str, lead: str | None) -> None:
    # A file of our own: the browser would fetch an emoji or a Material icon from a third party.
    st.set_page_config(
        page_title=f"{title} · LeadIQ console",
        page_icon=FAVICON,
        layout="wide",
        # With an entry of its own, Streamlit draws its menu, in which the theme is chosen.
        menu_items={"About": ABOUT},
    )
    st.logo(LOGO, size="large", icon_image=FAVICON)
    if lead is not None:
        st.title(title, anchor=False)
        st.caption(lead)


def _explain_lost_session() -> None:
    """Says what is gone and what is not, after a tab was away for longer than its session."""
    if not session().replaces_lost_one:
        return
    st.info(
        "A key you connected in this tab and results you hadn't saved are gone. Jobs keep running, "
        "and the ledger, saved searches and lists are all there. What you have unlocked is free to "
        "look up again.",
        title="This tab was away too long, so its session ended",
        icon=":material/bedtime:",
    )
    st.button("OK", key="accept_lost_session", on_click=session().accept_loss)


def _configuration() -> dict[str, str]:
    try:
        configured = read_configuration()
        configure_from(configured)
        return configured
    except InvalidRequestError as error:
        show_error(error)
        stop()


def _require_ledger() -> Ledger:
    with explained_ledger_errors():
        return data.ledger()


def _ledger_problem(ledger: Ledger, fingerprint: str) -> str | None:
    """Shows why the ledger cannot be written to, and what waits for that; None if it can."""
    try:
        ledger.require_writable(fingerprint)
    except LedgerError as error:
        show_error(error)
        if ledger.unrecorded:
            requests = count(ledger.unrecorded, "paid request")
            st.warning(
                f"The outcome of {requests} is not recorded yet. The price stays reserved, and is "
                "settled when the ledger works again. Nothing is sent a second time.",
                icon=":material/pending:",
            )
        return error.message
    return None


def _connect(configured: Mapping[str, str]) -> Connection:
    try:
        return connect(configured, session().own_key)
    except LeadIQError as error:
        show_account_error(error)
        stop()


def _open_account(connection: Connection, ledger: Ledger, user: str, page: str) -> Account:
    """Reads plans and prices; without them the account has LeadIQ's published prices."""
    client = connection.client
    caller = (client, client.fingerprint)
    problem = _ledger_problem(ledger, client.fingerprint)
    if problem is None and ledger.is_balance_due(client.fingerprint):
        data.invalidate_account(*caller)
    billing: Mapping[str, Any] | None = read_or_show_error(THE_ACCOUNT, caller, data.account_info)
    if billing is None:
        st.caption("Balance unavailable; showing LeadIQ's list prices.")
        billing = {}
    prices = price_list(billing)
    return Account(
        weakref.ref(client),
        client.fingerprint,
        connection.is_sandbox,
        billing,
        prices,
        Payments(ledger, client.fingerprint, user, page, prices),
        problem,
        session().take_approved_request(),
    )


def _resume_jobs(account: Account) -> None:
    """Resumes jobs that a restart of the server interrupted, and shows how far they are."""
    if JobRecords(account.ledger).has_running(account.fingerprint):
        data.start_job_workers(account.client)
        with st.sidebar:
            show_running_jobs(account)


def _draw_account(account: Account) -> None:
    if account.is_sandbox:
        st.badge("Sandbox", icon=":material/science:", color="violet", help=SANDBOX_HELP)
    elif account.billing:
        st.caption(owner_label(data.whoami(*account.caller)))
    sidebar_budget(account)


def _draw_connection(configured: Mapping[str, str]) -> None:
    with st.sidebar:
        if session().own_key is None:
            _key_form(configured)
        else:
            st.caption("Your own key is connected, in this tab only.")
            st.button(
                "Disconnect",
                icon=":material/key_off:",
                on_click=_use_key,
                args=(None,),
                width="stretch",
            )
        if access.is_signed_in():
            access.show_sign_out()


def _key_form(configured: Mapping[str, str]) -> None:
    """Draws the form for a key, which keeps what was entered until LeadIQ has accepted it."""
    with (
        st.popover("Connect your LeadIQ key", icon=":material/key:", width="stretch"),
        st.form("own_key_form", border=False),
    ):
        entered = st.text_input(
            "LeadIQ API key",
            type="password",
            help="From LeadIQ: Settings → API. It is kept in this browser tab's session only.",
        )
        if st.form_submit_button("Connect", type="primary"):
            try:
                key = ApiKey(entered)
                # Free, and the key counts as connected only once LeadIQ has answered it.
                with st.spinner("Trying the key …"):
                    LeadIQClient.from_settings(key, Settings.from_mapping(configured)).account()
            except AuthenticationError as error:
                st.error(escape_markdown(error.message), title="LeadIQ didn't accept this key")
            except LeadIQError as error:
                st.error(escape_markdown(error.message), title="We couldn't try this key")
            else:
                _use_key(key)
                session().flash_message = "Your key is connected."
                st.rerun()


def _use_key(key: ApiKey | None) -> None:
    session().use_key(key)
    data.own_client.clear()
    # An error with its traceback keeps the earlier client, and its key, in a reference cycle.
    gc.collect()
