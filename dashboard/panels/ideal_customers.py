"""The team's ideal customer profiles as starting points of an advanced search."""

from __future__ import annotations

import streamlit as st

from dashboard import data, state
from dashboard.account import Account
from dashboard.formatting import escape_markdown
from dashboard.panels import filters
from dashboard.search.ideal_customers import entries_of
from dashboard.tables.api_json import Json, text_at


def start_from(account: Account) -> None:
    """Draws a button for each profile that fills the filters; nothing if the team has none."""
    profiles = data.icp_definitions(*account.caller) if account.is_reachable else []
    if not profiles:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Start from:", width="content")
        for number, profile in enumerate(profiles):
            st.button(
                escape_markdown(text_at(profile, "name") or "Unnamed profile"),
                key=f"start_from_{number}",
                on_click=_fill,
                args=(account, profile),
                help="Fills in the filters with this ideal customer profile of your team. Nothing "
                "is sent until you press Search.",
            )


def _fill(account: Account, profile: Json) -> None:
    entries = entries_of(profile)
    filters.fill(account, entries.by_key)
    message = f"Filters filled in from “{escape_markdown(text_at(profile, 'name'))}”."
    if entries.unknown:
        left = escape_markdown(", ".join(entries.unknown))
        message = f"{message} There is no filter for: {left}."
    state.session().flash_message = message
