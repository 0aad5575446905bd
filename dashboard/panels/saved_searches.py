"""Saved searches: kept under a name, opened again, shared as a link."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from dashboard import state
from dashboard.account import Account
from dashboard.formatting import day, escape_markdown
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.panels import filters
from dashboard.search import filter_fields
from dashboard.search.outcome import SavedSearchRun


def saved_searches(account: Account, request: dict[str, object], points: tuple[str, ...]) -> None:
    """A panel that saves the search in the boxes, and lists those that are saved."""
    kept = account.ledger.saved_searches.all(account.fingerprint)
    query = filters.link()
    with st.container(horizontal=True, vertical_alignment="center"):
        label = f"Saved searches · {len(kept)}" if kept else "Saved searches"
        with st.popover(label, icon=":material/bookmarks:"):
            with st.form("save_search", border=False, clear_on_submit=True):
                name = st.text_input("Name of this search", max_chars=100).strip()
                pressed = st.form_submit_button("Save this search · free", type="primary")
            if pressed:
                _save(account, name, request, points)
            for search in kept:
                _saved(account, search)
            if not kept:
                st.caption("Saved: the filters, never the key or the results.")
        if request["input"] and len(query) <= filter_fields.MAX_LINK_CHARACTERS:
            with st.popover("Link", icon=":material/link:"):
                st.caption(
                    "Opens this page with these filters and chips. It holds no key and no results."
                )
                chips = [(state.CHART_FILTERS, chip) for chip in state.chips(state.CHART_FILTERS)]
                shared = "&".join([query, urlencode(chips)]) if chips else query
                st.code(f"{st.context.url or ''}?{shared}", language=None, wrap_lines=True)
        elif request["input"]:
            st.caption(
                "These filters are too long for a link, and a reload would empty their boxes: save "
                "the search instead."
            )


def _save(account: Account, name: str, request: dict[str, object], points: tuple[str, ...]) -> None:
    if not name:
        st.error("Give the search a name.", icon=":material/edit:")
        return
    if not request["input"]:
        st.error("Choose filters and press Search first, then save it.", icon=":material/edit:")
        return
    ledger = account.ledger
    search = SavedSearch(
        name,
        str(request["operation"]),
        dict(request["input"]),
        points,
        filters.link(),  # type: ignore[call-overload]
        datetime.now(UTC),
    )
    if ledger.saved_searches.find(account.fingerprint, name) is not None:
        st.error(
            f"“{escape_markdown(name)}” is saved already: delete it first, or choose another name."
        )
        return
    ledger.saved_searches.save(account.fingerprint, search)
    shown = account.state.advanced
    if shown is not None and shown.request == request:
        # What is loaded now is its first run, so that the next one can tell what is new.
        shown.run = SavedSearchRun(name, ledger.saved_searches.start_run(account.fingerprint, name))
        shown.recorded = -1
    state.session().flash_message = f"“{escape_markdown(name)}” was saved."
    st.rerun()


def _saved(account: Account, search: SavedSearch) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = f"**{escape_markdown(search.name)}** · {day(search.saved_at)}"  # type: ignore[arg-type]
        st.markdown(told, width="stretch")
        st.button("Open", key=f"open_{search.name}", on_click=_open, args=(account, search))
        st.button(
            "Delete",
            key=f"delete_{search.name}",
            icon=":material/delete:",
            on_click=account.ledger.saved_searches.delete,
            args=(account.fingerprint, search.name),
        )


def _open(account: Account, search: SavedSearch) -> None:
    """Fills the boxes with a saved search; nothing is sent before Search is pressed."""
    state.set_widget_values(filter_fields.entries(search.address))
    state.set_chips(state.CHART_FILTERS, [])
    account.state.advanced, account.state.selected = None, []
    state.session().flash_message = (
        f"“{escape_markdown(search.name)}” is open. Press Search to run it: what is new since last time is "
        "shown."
    )
