"""What every page begins with: set-up, the account, the sidebar; and how errors are told."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from dashboard import access, data, state
from dashboard.account import Account, connect, current_user, owner_label
from dashboard.configuration import read_configuration
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import escape_markdown
from dashboard.jobs.records import JobRecords
from dashboard.ledger.database import LedgerError
from dashboard.ledger.payments import Payments
from dashboard.widgets.budget import sidebar_budget
from leadiq_api import ApiKey, AuthenticationError, InvalidRequestError, LeadIQError
from leadiq_api.credits import price_list

PAGES = (
    ("pages/usage.py", "Usage", ":material/monitoring:"),
    ("pages/people_search.py", "People search", ":material/person_search:"),
    ("pages/company_search.py", "Company search", ":material/domain:"),
    ("pages/advanced_search.py", "Advanced search", ":material/tune:"),
    ("pages/lists.py", "Lists", ":material/list_alt:"),
)


def set_page(title: str, lead: str) -> Account:
    """Sets the page up, signs in and draws the sidebar; every page calls it first.

    A deep link on a cold server runs a page without ``app.py``, so nothing may rely on that.
    Stops the script with a clear error where there is no usable account.
    """
    st.set_page_config(page_title=f"{title} · LeadIQ console", page_icon="🔎", layout="wide")
    st.title(title)
    st.caption(lead)
    try:
        configured = read_configuration()
    except InvalidRequestError as error:
        show_error(error)
        st.stop()
    access.require_access(configured)
    try:
        data.ledger()
    except LedgerError as error:
        st.error(
            escape_markdown(str(error)),
            title="The ledger cannot be used",
            icon=":material/database:",
        )
        st.stop()
    try:
        own_key = state.session().own_key
        client, is_sandbox = connect(configured, own_key)
    except LeadIQError as error:
        _sidebar(own_key_given=state.session().own_key is not None)
        show_error(error)
        st.stop()
    if is_sandbox:
        st.info("Sandbox: synthetic people, no credits are spent", icon=":material/science:")
    _sidebar(own_key_given=own_key is not None)
    credits = read_or_show_error("the account", (client, client.fingerprint), data.account_info)
    if credits is None:
        st.caption("The balance is not known; prices below are LeadIQ's published ones.")
        credits = {}
    owner = data.whoami(client, client.fingerprint) if credits else None
    prices = price_list(credits)
    payments = Payments(data.ledger(), client.fingerprint, current_user(), title, prices)
    approved = state.session().take_approved_request()
    if JobRecords(data.ledger()).unfinished(client.fingerprint):
        data.start_job_workers(client)  # goes on with what a restart interrupted
    account = Account(client, client.fingerprint, is_sandbox, credits, prices, payments, approved)
    with st.sidebar:
        if owner is not None:
            st.caption(owner_label(owner), help="Whose account the key belongs to, and which team")
        sidebar_budget(account)
    return account


def _sidebar(*, own_key_given: bool) -> None:
    with st.sidebar:
        for path, title, icon in PAGES:
            # A page that is run as a script of its own has no neighbours to link to.
            with suppress(StreamlitPageNotFoundError):
                st.page_link(path, label=title, icon=icon)
        st.divider()
        if access.is_signed_in():
            access.show_sign_out()
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
                    st.error(escape_markdown(error.message))
                else:
                    st.rerun()


def _use_key(key: ApiKey | None) -> None:
    state.session().use_key(key)
    data.own_client.clear()
