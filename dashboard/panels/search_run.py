"""An advanced search, page by page: begun, kept over a reload, loaded further at a press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import data, state
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.search.inputs import page_input
from dashboard.search.outcome import LoadedSearch, SavedSearchRun
from dashboard.search.results import seen_values
from dashboard.tables.api_json import Json
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from leadiq_api import SEARCH_CEILING
from leadiq_api.credits import Estimate, total

SEARCHES: Mapping[str, Any] = {
    "flatAdvancedSearch": data.flat_advanced_search,
    "groupedAdvancedSearch": data.grouped_advanced_search,
}
ROWS_AT_ONCE = 500  # what "load all" offers at first
CEILING_NOTE = (
    f"LeadIQ gives the first {SEARCH_CEILING:,} of a search, in the order chosen. To reach the "
    "others, split the search into smaller ones that do not overlap: one for each seniority, each "
    "band of employees or each country, or the same filters once included and once under "
    "“Leave out”."
)


def start_search(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> LoadedSearch:
    """A search that was just agreed to; nothing is asked yet.

    Of a saved search it is the next run, which asks the service anew.
    """
    outcome = _loaded_search(account, request, points)
    named = saved_name(account, request, points)
    if named is not None:
        run = account.payments.ledger.saved_searches.start_run(account.fingerprint, named)
        outcome.run = SavedSearchRun(named, run)
    account.state.advanced = outcome
    account.state.selected, account.state.enriched = [], None
    state.set_chips(state.CHART_FILTERS, [])
    return outcome


def current_search(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> LoadedSearch | None:
    """This session's search, or what the account has loaded of the one in the address."""
    if account.state.advanced is not None:
        return account.state.advanced
    found = _loaded_search(account, request, points)
    if not found.results:
        return None
    named = saved_name(account, request, points)
    run = named and account.payments.ledger.saved_searches.last_run(account.fingerprint, named)
    if named and run:
        found.run = SavedSearchRun(named, run)
    account.state.advanced = found
    return found


def _loaded_search(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> LoadedSearch:
    kept = data.results(
        account.fingerprint, request["operation"], request["input"], points, request["limit"]
    )
    return LoadedSearch(request, points, answers=kept)


def saved_name(account: Account, request: Json, points: tuple[str, ...]) -> str | None:
    """The name under which just this search is saved, if it is."""
    asked = (request["operation"], request["input"], points)
    for search in account.payments.ledger.saved_searches.all(account.fingerprint):
        if (search.operation, search.input, search.data_points) == asked:
            return search.name
    return None


def load_pages(account: Account, outcome: LoadedSearch, pages: Sequence[int]) -> None:
    """Asks for pages one after the other; any press ends it, with what has come until then."""
    search = SEARCHES[outcome.request["operation"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "Searching …", width="stretch")
        if len(pages) > 1:
            st.button("Stop", icon=":material/stop:", key="stop_loading")
    for done, page in enumerate(pages, 1):
        data.invalidate_account(*account.caller)  # a press in the middle has the balance read too
        request = page_input(outcome.request["input"], page, outcome.request["limit"])
        asked = (*account.caller, request, outcome.data_points, account.payments)
        if outcome.run is not None:
            search.clear(*asked)
        if not outcome.ask(page, partial(search, *asked)):
            break
        if outcome.run is not None and page == 0:
            for later in [one for one in outcome.results if one]:
                del outcome.results[later]
        found = outcome.results.people_on_page(page)
        data.suggest(account.fingerprint, seen_values(found))
        if found.empty:
            break
        bar.progress(done / len(pages), f"{count(done, 'page')} of {len(pages):,}")
    refresh_balance_and_rerun(account, outcome)


def load_more_controls(account: Account, outcome: LoadedSearch) -> None:
    """Buttons that load the next page, or all up to a number of rows, each with its price."""
    results, limit = outcome.results, outcome.request["limit"]
    reachable = min(results.total, SEARCH_CEILING)
    missing = [page for page in range(-int(-reachable // limit)) if page not in results]
    told = f"{count(len(results.rows), *outcome.noun)} of {results.total:,.0f} loaded"
    if not results.total_known:
        st.caption(
            f"{count(len(results.rows), *outcome.noun)} loaded. LeadIQ did not tell how many "
            "there are, so no more can be loaded."
        )
    elif not missing:
        st.caption(f"{told}: all that LeadIQ gives.")
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            following = missing[:1]
            number = _rows_of(outcome, following)
            # A key for each page: the second press of a double click meant the page that is here.
            key = f"load_next_{following[0]}"
            if _load_button(account, outcome, f"Load the next {number:,}", following, key):
                load_pages(account, outcome, following)
            wanted = st.number_input(
                "Rows to load up to",
                1,
                SEARCH_CEILING,
                int(min(reachable, max(ROWS_AT_ONCE, limit))),
                step=limit,
                width=170,
                key="load_up_to",
                persist_state="session",
            )
            up_to = [page for page in missing if page * limit < wanted]
            label = f"Load all up to {min(wanted, reachable):,.0f}"
            if up_to and _load_button(account, outcome, label, up_to, "load_all"):
                load_pages(account, outcome, up_to)
        st.caption(f"{told}. Loading goes on until it is done or you press anything.")
    if results.total > SEARCH_CEILING:
        st.info(CEILING_NOTE, icon=":material/call_split:")


def _rows_of(outcome: LoadedSearch, pages: Sequence[int]) -> int:
    limit = outcome.request["limit"]
    reachable = min(outcome.results.total, SEARCH_CEILING)
    return int(sum(min(limit, reachable - page * limit) for page in pages))


def _load_button(
    account: Account, outcome: LoadedSearch, label: str, pages: Sequence[int], key: str
) -> bool:
    """A button that loads pages; whether it was pressed and they may be paid."""
    price = _price(account, outcome, pages)
    request = (outcome.request, outcome.data_points, list(pages))
    return paid_button(account, label, price, key, request=request, note=False)


def _price(account: Account, outcome: LoadedSearch, pages: Sequence[int]) -> Estimate:
    rows, limit = _rows_of(outcome, pages), outcome.request["limit"]
    sizes = [limit] * (rows // limit) + ([rows % limit] if rows % limit else [])
    operation, input = outcome.request["operation"], outcome.request["input"]
    return total(
        account.payments.price(operation, {**input, "limit": size}, outcome.data_points)
        for size in sizes
    )
