"""A job by a saved search: its people are found, enriched, and put on a list."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import option_labels
from dashboard.jobs import control, planning
from dashboard.jobs.pace import requests_of_search
from dashboard.jobs.requests import PAGE_LIMIT
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.widgets.affordable import job_budget
from dashboard.widgets.buttons import data_points_input, paid_button, quality_input
from dashboard.widgets.job_start import budget_input, own_key_note, starting, time_note, within
from leadiq_api import DATA_POINTS, SearchKind

DEFAULT_MAX_PEOPLE = 100


def search_job(account: Account) -> None:
    """Draws what starts a job that finds and enriches the people of a saved search."""
    saved = account.ledger.saved_searches.all(account.fingerprint)
    if not saved:
        st.caption(
            "No saved searches yet. Once you save one on Advanced search, you can find its people, "
            "look them up and add them to a list in one go."
        )
        with suppress(StreamlitPageNotFoundError):  # a page run alone has no neighbours
            st.page_link("pages/advanced_search.py", label="Go to Advanced search")
        return
    search_by_name = {search.name: search for search in saved}
    labels = option_labels({name: name for name in search_by_name})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Saved search", list(labels), format_func=labels.__getitem__, key="bulk_search"
        )
        max_people = _max_people_input(account, search_by_name[name])
        list_name = st.text_input(
            "Add to list",
            key="bulk_list",
            help="A new list is created if none has this name. Leave it empty for no list.",
        )
    _start_search_button(account, search_by_name[name], max_people, list_name)


def _max_people_input(account: Account, search: SavedSearch) -> int:
    """Lets the user choose how many people are wanted, out of those that LeadIQ can return."""
    has_cursor = account.supports(SearchKind(search.operation).cursor_field)
    reach = planning.reach_of_search(search.operation, search.input, has_cursor=has_cursor)
    return st.number_input(
        "Max people",
        min_value=1,
        max_value=reach,
        value=DEFAULT_MAX_PEOPLE,
        key="bulk_most",
        help=f"LeadIQ returns up to {reach:,} of this search.",
    )


def _start_search_button(
    account: Account, search: SavedSearch, max_people: int, list_name: str
) -> None:
    points = data_points_input(account, tuple(DATA_POINTS), "bulk_search_points")
    per_hit = planning.people_per_hit(search.operation, search.input)
    price = planning.price_of_search(account.payments, max_people, points, per_hit)
    quality = quality_input(points, "bulk_search")
    budget = budget_input()
    chosen = (points, quality.fields(), budget)
    request = ("pipeline", search.name, search.saved_at, max_people, list_name, *chosen)
    approved = paid_button(
        account,
        "Find and enrich",
        within(price, budget),
        "bulk_search_start",
        request=request,
        fitting=job_budget,
        icon=":material/play_arrow:",
    )
    client = account.client
    requests = requests_of_search(
        max_people, PAGE_LIMIT * per_hit, client.people_per_request(), enriched=bool(points)
    )
    time_note(requests, client.requests_per_minute)
    own_key_note()
    if approved:
        with starting(account, search.name):
            control.start_search(
                account.payments,
                data.start_job_workers(account.client),
                search=search,
                max_people=max_people,
                data_points=points,
                budget=budget,
                list_name=list_name,
                quality=quality,
            )
