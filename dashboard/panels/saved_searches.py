"""Saved searches: saved under a name, opened, deleted, and shared as a link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard import state
from dashboard.account import Account, if_allowed
from dashboard.formatting import day, escape_markdown
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.panels import filters
from dashboard.search import filter_fields
from dashboard.search.outcome import SavedSearchRun


def saved_searches(
    account: Account, request: Mapping[str, Any], data_points: tuple[str, ...]
) -> None:
    """Draws panels: one saves this search and lists the saved ones, one has a link to this page.

    ``request`` has the search's ``operation`` and ``input``, as the filters are filled in.
    """
    if account.ledger_problem is not None:
        return
    searches = account.ledger.saved_searches.all(account.fingerprint)
    label = f"Saved · {len(searches)}" if searches else "Saved"
    with st.popover(label, icon=":material/bookmarks:", key="saved_searches"):
        with st.form("save_search", border=False, clear_on_submit=True):
            name = st.text_input("Name", max_chars=100).strip()
            is_submitted = st.form_submit_button("Save", type="primary")
        if is_submitted:
            _save(account, name, request, data_points)
        for search in searches:
            _search_row(account, search)
        if not searches:
            st.caption("Only the filters are saved.")
    if request["input"]:
        _link()


def _link() -> None:
    query = filters.link()
    if len(query) > filter_fields.MAX_LINK_CHARACTERS:
        st.caption("These filters are too long for a link. Save the search instead.")
        return
    with st.popover("Copy link", icon=":material/link:"):
        st.caption("Opens this page with these filters. It holds no key and no results.")
        chips = [(state.CHART_FILTERS, chip) for chip in state.chips(state.CHART_FILTERS)]
        query_with_chips = "&".join([query, urlencode(chips)]) if chips else query
        st.code(f"{st.context.url or ''}?{query_with_chips}", language=None, wrap_lines=True)


def _save(
    account: Account, name: str, request: Mapping[str, Any], data_points: tuple[str, ...]
) -> None:
    if not name:
        st.error("Give the search a name.", icon=":material/edit:")
        return
    if not request["input"]:
        st.error("Choose filters and press Search before you save.", icon=":material/edit:")
        return
    searches = account.ledger.saved_searches
    if searches.find(account.fingerprint, name) is not None:
        st.error(
            f"“{escape_markdown(name)}” is saved already: delete it first, or choose another name."
        )
        return
    search = SavedSearch(
        name,
        str(request["operation"]),
        dict(request["input"]),
        data_points,
        filters.link(),
        datetime.now(UTC),
    )
    searches.save(account.fingerprint, search)
    loaded = account.state.advanced
    if loaded is not None and (loaded.request, loaded.data_points) == (request, data_points):
        # What is loaded now is the first run, with which the next one is compared.
        loaded.run = SavedSearchRun(name, searches.start_run(account.fingerprint, name))
        loaded.recorded = -1
    state.session().flash_message = f"“{escape_markdown(name)}” was saved."
    st.rerun()


def _search_row(account: Account, search: SavedSearch) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        label = f"**{escape_markdown(search.name)}** · {day(search.saved_at)}"
        st.markdown(label, width="stretch")
        st.button("Open", key=f"open_{search.name}", on_click=_open, args=(account, search))
        if st.button("Delete", key=f"delete_{search.name}", icon=":material/delete:"):
            _delete_dialog(account, search.name)


@st.dialog("Delete this saved search?")
def _delete_dialog(account: Account, name: str) -> None:
    st.markdown(f"This deletes **{escape_markdown(name)}** and the record of who its runs found.")
    with st.container(horizontal=True):
        clicked = st.button(
            "Delete",
            type="primary",
            key="confirm_delete",
            on_click=if_allowed(
                partial(account.ledger.saved_searches.delete, account.fingerprint, name)
            ),
        )
        if clicked or st.button("Cancel", key="cancel_delete"):
            st.rerun()


def _open(account: Account, search: SavedSearch) -> None:
    """Fills in the filters of a saved search; nothing is sent until Search is clicked."""
    filters.fill(account, filter_fields.entries(search.address))
    state.session().flash_message = (
        f"“{escape_markdown(search.name)}” loaded. Run it to see who's new."
    )
