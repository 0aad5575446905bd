"""An advanced search, page by page: started, kept over a reload, loaded further when clicked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.panels import filters
from dashboard.search.inputs import CURSOR_CEILING, page_input
from dashboard.search.outcome import LoadedSearch, SavedSearchRun
from dashboard.search.results import seen_values
from dashboard.tables.api_json import Json
from dashboard.widgets.affordable import Fit, fewer_data_points, items, nothing, number_within
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from dashboard.widgets.charge import show_charge
from leadiq_api import SEARCH_CEILING, SearchKind
from leadiq_api.credits import Estimate, total

DEFAULT_ROWS_TO_LOAD = 500  # what "load all" offers at first
CEILING_NOTE = (
    f"LeadIQ stops at the first {SEARCH_CEILING:,} of a search. Split it into smaller ones that do "
    "not overlap, for example by seniority, company size or country."
)


def start_search(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> LoadedSearch:
    """Starts a search whose price was agreed to, without sending anything yet.

    If this search is saved, this is its next run, which asks the service again.
    """
    search = _loaded_search(account, request, points)
    name = saved_name(account, request, points)
    if name is not None:
        run_id = account.ledger.saved_searches.start_run(account.fingerprint, name)
        search.run = SavedSearchRun(name, run_id)
    account.state.forget_advanced_search()
    account.state.advanced = search
    filters.clear_table_filters()
    return search


def current_search(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> LoadedSearch | None:
    """Returns this session's search, or what the account has loaded of the one in the address."""
    if account.state.advanced is not None:
        return account.state.advanced
    search = _loaded_search(account, request, points)
    if not search.results:
        return None
    name = saved_name(account, request, points)
    if name is not None:
        run_id = account.ledger.saved_searches.last_run(account.fingerprint, name)
        search.run = SavedSearchRun(name, run_id) if run_id else None
    account.state.advanced = search
    return search


def _loaded_search(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> LoadedSearch:
    results = data.results(
        account.fingerprint, request["operation"], request["input"], points, request["limit"]
    )
    return LoadedSearch(request, points, answers=results, address=filters.link())


def saved_name(account: Account, request: Json, points: tuple[str, ...]) -> str | None:
    """Returns the name under which this very search is saved, if it is."""
    if account.ledger_problem is not None:
        return None
    wanted = (request["operation"], request["input"], points)
    for search in account.ledger.saved_searches.all(account.fingerprint):
        if (search.operation, search.input, search.data_points) == wanted:
            return search.name
    return None


def search_button(
    account: Account,
    form: DeltaGenerator | None,
    request: dict[str, Any],
    points: tuple[str, ...],
    problem: str | None,
) -> bool:
    """Draws the button that starts a search; returns whether its first page is to be sent.

    Without a ``form`` it is the one beside results that the filters do not stand for any more.
    """
    kind, limit = request["operation"], request["limit"]
    # A price depends on the numbers of people, not on the filters.
    sizes = {name: size for name, size in request["input"].items() if name == "limitPerCompany"}

    def price(number: int, some: tuple[str, ...]) -> Estimate:
        return account.payments.price(kind, {**sizes, "limit": number}, some)

    form_price = price(limit, points)
    is_free = saved_name(account, request, points) is None and data.is_cached(
        *account.caller, kind, page_input(request["input"], 0, limit), points
    )
    noun = ("person", "people") if kind is SearchKind.FLAT else ("company", "companies")
    return paid_button(
        account,
        "Search" if form else "Update results",
        total([]) if is_free else form_price,
        "advanced_search" if form else "update_results",
        request=(request, points),
        fitting=items(
            *noun,
            lambda: [price(1, points).maximum] * limit,
            fewer_data_points(points, partial(price, 1)),
        ),
        problem=problem,
        form=form,
        form_price=form_price if form else None,
        note=form is not None,
    )


def load_pages(account: Account, search: LoadedSearch, pages: Sequence[int]) -> None:
    """Requests pages one after the other, and draws the page again with what was loaded.

    Stops at an error and at a page with nothing new. Any click ends it too, with what was loaded so
    far.
    """
    search.receipt = account.payments.receipt
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "Searching…", width="stretch")
        if len(pages) > 1:
            st.button("Stop", icon=":material/stop:", key="stop_loading")
    for number, page in enumerate(pages, 1):
        data.invalidate_account(*account.caller)  # for the balance after a click that ends this
        if not _load_page(account, search, page):
            break
        bar.progress(number / len(pages), f"{count(number, 'page')} of {len(pages):,}")
    refresh_balance_and_rerun(account)


def _is_cached(account: Account, search: LoadedSearch, page: int) -> bool:
    operation, input = search.request["operation"], _input_of_page(search, page)
    return data.is_cached(*account.caller, operation, input, search.data_points)


def _input_of_page(search: LoadedSearch, page: int) -> dict[str, Any]:
    input, limit = search.request["input"], search.request["limit"]
    after = search.results.after(page - 1)
    whole = page_input(input, page, limit, after)
    # As many rows as the button said: more may match by now.
    return {**whole, "limit": _rows_on(search, [page])} if page else whole


def _load_page(account: Account, search: LoadedSearch, page: int) -> bool:
    """Requests one page; returns whether there may be more after it.

    That is so if it has new rows and, where the service has a cursor, a cursor to the next page.
    """
    loaded = len(search.results.rows)
    arguments = (
        *account.caller,
        search.request["operation"],
        _input_of_page(search, page),
        search.data_points,
        account.payments,
    )
    before = _ids_on(search, page)
    if search.run is not None:  # a run of a saved search asks the service, not the cache
        data.advanced_search.clear(*arguments)
    if search.ask(page, partial(data.advanced_search, *arguments)) is not None:
        return False
    if search.run is not None and page == 0 and _ids_on(search, page) != before:
        # Others have moved to other pages, so those loaded earlier do not continue this one.
        for older in [number for number in search.results if number != page]:
            del search.results[older]
    people = search.results.people_on_page(page)
    data.suggest(account.fingerprint, seen_values(people))
    ended = search.results.has_cursor and not search.results.after(page)
    return len(search.results.rows) > loaded and not ended


def heading(search: LoadedSearch | None) -> str:
    """Returns what a search found: ``2,147 people match``; the page's name if there is none."""
    if search is None or 0 not in search.results:
        return "Advanced search"
    total = search.results.total
    return f"{count(total, *search.noun)} {'matches' if total == 1 else 'match'}"


def _ids_on(search: LoadedSearch, page: int) -> list[str]:
    if page not in search.results:
        return []
    return list(search.results.people_on_page(page)["person_id"])


def load_more_controls(account: Account, search: LoadedSearch) -> None:
    """Draws buttons that load the next page, or all up to a number of rows, with their prices."""
    results = search.results
    missing = _missing_pages(search)
    if not results.total_known:
        st.caption(
            f"{count(len(results.rows), *search.noun)} loaded. LeadIQ didn't say how many there "
            "are, so no more can be loaded."
        )
    elif not missing:
        st.caption(f"All {count(len(results.rows), *search.noun)} loaded.")
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _load_next_button(account, search, missing[0])
            _load_all_button(account, search, missing)
    if len(results) > 1:
        show_charge(account, search.receipt)
    if results.total > SEARCH_CEILING and not results.has_cursor:
        st.info(CEILING_NOTE, icon=":material/call_split:")


def _load_next_button(account: Account, search: LoadedSearch, page: int) -> None:
    label = f"Load {_rows_on(search, [page]):,} more"
    # A key for each page: the second click of a double click meant the page that is loaded now.
    _load_button(account, search, label, [page], f"load_next_{page}")


def _load_all_button(account: Account, search: LoadedSearch, missing: Sequence[int]) -> None:
    limit, reachable = search.request["limit"], _reachable_rows(search)
    wanted = st.number_input(
        "Load up to",
        1,
        CURSOR_CEILING if search.results.has_cursor else SEARCH_CEILING,
        min(reachable, max(DEFAULT_ROWS_TO_LOAD, limit)),
        step=limit,
        width=170,
        key="load_up_to",
        persist_state="session",
    )
    pages = [page for page in missing if page * limit < wanted]
    if pages:
        label = f"Load first {min(wanted, reachable):,.0f}"
        _load_button(account, search, label, pages, "load_all")


def _load_button(
    account: Account, search: LoadedSearch, label: str, pages: Sequence[int], key: str
) -> None:
    request = (search.request, search.data_points, list(pages))
    approved = paid_button(
        account,
        label,
        _price(account, search, pages),
        key,
        request=request,
        fitting=partial(_fit, account, search, pages),
        note=False,
        icon=":material/expand_more:",
        type="secondary",
    )
    if approved:
        load_pages(account, search, pages)


def _reachable_rows(search: LoadedSearch) -> int:
    """How many rows can be loaded. A total is approximate: only a cursor knows the end."""
    results, limit = search.results, int(search.request["limit"])
    if not results.has_cursor:
        return min(int(results.total), SEARCH_CEILING)
    rows_of_pages = len(results) * limit
    if not results.after(len(results) - 1):
        return rows_of_pages
    if results.total <= rows_of_pages:
        return min(rows_of_pages + limit, CURSOR_CEILING)
    return min(int(results.total), CURSOR_CEILING)


def _missing_pages(search: LoadedSearch) -> list[int]:
    first_rows = range(0, _reachable_rows(search), search.request["limit"])
    return [page for page in range(len(first_rows)) if page not in search.results]


def _rows_on(search: LoadedSearch, pages: Sequence[int]) -> int:
    limit, reachable = search.request["limit"], _reachable_rows(search)
    return sum(min(limit, reachable - page * limit) for page in pages)


def _fit(account: Account, search: LoadedSearch, pages: Sequence[int], left: Decimal) -> Fit:
    """What an amount (UC) covers of these pages, which are loaded as a whole."""
    number = number_within(left, [_price(account, search, [page]).maximum for page in pages])
    if not number:
        return nothing(left)
    rows, all_rows = _rows_on(search, pages[:number]), _rows_on(search, pages)
    up_to = (pages[number - 1] + 1) * search.request["limit"]
    return Fit(f"{rows:,} of these {count(all_rows, *search.noun)}", f"load up to {up_to:,} rows")


def _price(account: Account, search: LoadedSearch, pages: Sequence[int]) -> Estimate:
    limit = search.request["limit"]
    full_pages, rest = divmod(_rows_on(search, pages), limit)
    sizes = [limit] * full_pages + ([rest] if rest else [])
    operation, input = search.request["operation"], search.request["input"]
    if len(pages) == 1 and search.run is None and _is_cached(account, search, pages[0]):
        return total([])
    return total(
        account.payments.price(operation, {**input, "limit": size}, search.data_points)
        for size in sizes
    )
