"""The results of an advanced search: tables, charts that filter them, and the bar of actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import state
from dashboard.account import Account
from dashboard.formatting import count, day, escape_markdown
from dashboard.identity.words import without_accents
from dashboard.panels import chart_filters
from dashboard.panels.enrichment import (
    enrich_buttons,
    show_enrichment,
    with_contacts,
    with_notes,
)
from dashboard.panels.filters import clear_table_filters, sort_input
from dashboard.panels.list_additions import add_people
from dashboard.panels.search_run import load_more_controls
from dashboard.search.crossfilter import FacetCounts, parse_chips
from dashboard.search.crossfilter import Selection as ChartSelection
from dashboard.search.filter_fields import JOB_CHANGE_FILTERS
from dashboard.search.ignored_filters import mismatches
from dashboard.search.outcome import LoadedSearch
from dashboard.search.results import Results, ignored_job_changes
from dashboard.tables import frames
from dashboard.tables.api_json import text_at
from dashboard.widgets.cards import company_people
from dashboard.widgets.exports import with_names
from dashboard.widgets.tables import (
    columns_input,
    csv_download,
    downloads,
    selectable_table,
    table_version,
)
from leadiq_api import DATA_POINTS

Mask = np.ndarray[Any, Any]  # which rows of the people are meant, a bool for each

MAX_TABLE_ROWS = 1_000  # rows that a browser gets at every click; nobody reads further down
MAX_CARDS = 20
TABLE_PIXELS = 560  # 15 rows
GRID_COLUMNS, MIN_GRID_PIXELS = 4, 230  # the table, and charts beside it if there is room
FIRST_COLUMNS = ("new", "name", "title", "company", "work_email", "phone")
# Columns that a table shows only if the user chooses them.
HIDDEN_COLUMNS = (
    "state",
    "country_code",
    "domain",
    "personal_email_status",
    "other_emails",
    "phone_type",
    "phone_status",
    "company_phone",
    "other_phones",
    "company_city",
    "company_state",
    "company_country",
    "company_linkedin_url",
    "employee_range",
    "founded",
    "revenue",
    "funding_usd",
    "funded_on",
    "technologies",
    "technology_categories",
    "changed_at",
    "previous_title",
    "position_since",
    "updated_at",
)


def show_results(
    account: Account, search: LoadedSearch, facts: DeltaGenerator, header: DeltaGenerator
) -> None:
    """Draws the tables with charts beside and below them, and the bar of what can be done.

    The page has drawn the chart filters. ``facts`` takes how many rows there are, and ``header``
    the downloads.
    """
    results, crossfilter = search.results, search.results.crossfilter
    job_change_note(search)
    _ignored_filters_note(search)
    new = new_people_since_last_run(account, search)
    chosen = parse_chips(state.chips(state.CHART_FILTERS))
    mask = crossfilter.matching_rows(chosen)
    if new and st.toggle("Only new people", key="only_new", bind="query-params"):
        mask = mask & results.people["person_id"].isin(new).to_numpy()
    with facts:
        st.caption(_coverage(search, int(mask.sum())), width="content")
    facets = chart_filters.telling_facets(crossfilter, chart_filters.PEOPLE_CHARTS)
    side = facets[: chart_filters.SIDE_CHARTS]
    grid = st.grid(GRID_COLUMNS, min_column_width=MIN_GRID_PIXELS, gap=("xsmall", "small"))
    below = st.container(gap="xsmall")
    with grid.cell(column_span=GRID_COLUMNS - 1, row_span=max(1, len(side))):
        people = _described(account, results.people[mask], new)
        if results.grouped:
            people = company_table(search, people, mask)
        place = below if results.grouped else st.container(gap="xsmall")
    for facet in side:
        with grid.cell():
            chart_filters.side_chart(facet, crossfilter, chosen, state.CHART_FILTERS)
    with place:
        selected, columns = people_table(account, search, people, header)
    show_enrichment(account)
    load_more_controls(account, search)
    _more_charts(search, chosen, mask, [name for name in facets if name not in side])
    if selected:
        everybody = results.people
        ticked = everybody[everybody["person_id"].isin(selected.ids)]
        action_bar(account, search, _described(account, ticked, new), selected, columns)


def _coverage(search: LoadedSearch, matching: int) -> str:
    """Returns how many rows are loaded, and how many of them match the chart filters."""
    results = search.results
    loaded, people = len(results.rows), len(results.people)
    first = f"first {loaded:,} of {results.total:,.0f}" if loaded < results.total else ""
    if matching < people:
        return f"{matching:,} of {'the first ' if first else ''}{people:,}"
    return first


def _more_charts(
    search: LoadedSearch, chosen: ChartSelection, mask: Mask, facets: Sequence[str]
) -> None:
    if not st.toggle("More charts", key="more_charts", persist_state="session"):
        return
    results = search.results
    chart_filters.draw_charts(
        results.crossfilter,
        chosen,
        ("country", *facets),
        state.CHART_FILTERS,
        contacts=_contacts(results, mask) if results.grouped else None,
    )
    chart_filters.job_change_chart(results.crossfilter, chosen, state.CHART_FILTERS)
    if "company" not in search.data_points:
        st.caption("Add company data to see industry, size, technologies and funding.")


def _described(account: Account, people: pd.DataFrame, new: frozenset[str]) -> pd.DataFrame:
    """Returns the people with what enriching has brought, and if some are new, which ones."""
    described = with_contacts(account, people)
    if new:
        described.insert(0, "new", described["person_id"].isin(new))
    first = [name for name in FIRST_COLUMNS if name in described]
    return described[[*first, *described.columns.drop(first)]]


def job_change_note(search: LoadedSearch) -> None:
    """Shows that LeadIQ ignored the job-change filters, if the answers prove it."""
    has_filters = bool(search.request["input"].keys() & {*JOB_CHANGE_FILTERS})
    if has_filters and any(ignored_job_changes(page) for page in search.results.values()):
        st.warning(
            "LeadIQ ignored the filters on job changes, previous company and previous position: "
            "these people came without any job change. It does so on accounts that do not have "
            "this feature; ask LeadIQ to switch it on. The other filters were used.",
            icon=":material/block:",
        )


def _ignored_filters_note(search: LoadedSearch) -> None:
    """Shows how many people do not match the filters, before anything is bought for them."""
    found = mismatches(search.request["input"], search.results.values())
    if found.people:
        st.warning(str(found), icon=":material/filter_alt_off:")


def new_people_since_last_run(account: Account, search: LoadedSearch) -> frozenset[str]:
    """Records what a run of a saved search has loaded; returns the ids that are new since the last.

    Only compared up to the number of rows loaded last time; later rows may not be new.
    """
    if search.run is None or account.ledger_problem is not None:
        return frozenset()
    run, results = search.run, search.results
    searches = account.ledger.saved_searches
    if search.recorded != results.version:
        ids = results.people["person_id"].dropna()
        searches.record_results(account.fingerprint, run.name, run.id, ids, int(results.total))
        search.recorded = results.version
    last, unseen = searches.new_results(account.fingerprint, run.name, run.id)
    if last is None:
        st.caption("First run. Next time we'll show who's new.")
        return frozenset()
    loaded_all = not results.grouped and last.total is not None and last.loaded >= last.total
    compared = results.people["person_id"][: None if loaded_all else last.loaded]
    new = unseen.intersection(compared)
    who = count(len(new), "new person", "new people") if new else "No new people"
    compared_with = "" if loaded_all else f" (compared: first {last.loaded:,})"
    name, since = escape_markdown(run.name), day(pd.Timestamp(last.at))
    st.info(f"{who} in “{name}” since {since}{compared_with}.", icon=":material/new_releases:")
    return new


def _contacts(results: Results, mask: Mask) -> FacetCounts:
    """Counts LeadIQ's contacts of each company of the people in ``mask``, largest first."""
    remaining = results.companies["company_id"].isin(results.people["company_id"][mask])
    counted = results.companies[remaining].dropna(subset=["company", "contacts"])
    by_name = counted.groupby("company")["contacts"].sum().astype(int)
    ranked = by_name.sort_values(ascending=False, kind="stable")
    return FacetCounts(ranked, len(counted), int(remaining.sum()))


# Tables ------------------------------------------------------------------------------------------


def company_table(search: LoadedSearch, people: pd.DataFrame, mask: Mask) -> pd.DataFrame:
    """Draws the people's companies; returns the people of those selected, or all."""
    results = search.results
    companies = results.companies
    companies = companies[companies["company_id"].isin(people["company_id"])]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(count(len(companies), "company", "companies"), width="content", anchor=False)
        view = st.segmented_control(
            "Companies as",
            ["Rows", "Cards"],
            default="Rows",
            required=True,
            key="companies_as",
            label_visibility="collapsed",
            bind="query-params",
        )
        columns = columns_input(companies, "company_columns")
    if view == "Cards":
        with st.container(height=TABLE_PIXELS, border=False):
            _company_cards(results, companies, people)
        return people
    version = table_version(results.version, mask.tobytes())
    selected = selectable_table(
        companies, "company_id", "found_companies", version, columns, (), TABLE_PIXELS
    )
    if not selected:
        return people
    st.caption(f"People at {count(len(selected), 'selected company', 'selected companies')}:")
    return people[people["company_id"].isin(selected)]


def _company_cards(results: Results, companies: pd.DataFrame, people: pd.DataFrame) -> None:
    company_ids, person_ids = {*companies["company_id"]}, {*people["person_id"].fillna("")}
    cards = [row for row in results.rows if text_at(row, "company.id") in company_ids]
    for row in cards[:MAX_CARDS]:
        company_people(row, person_ids)
    if len(cards) > MAX_CARDS:
        st.caption(f"Showing {MAX_CARDS} of {len(cards):,}. Narrow down to see the rest.")


def people_table(
    account: Account, search: LoadedSearch, people: pd.DataFrame, header: DeltaGenerator
) -> tuple[Selection, list[str]]:
    """Draws the people, to filter and to select; returns who is selected, and the columns."""
    tools = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    with tools:
        above_ticks = st.container(width="content")
        sort_input(flat=not search.results.grouped)
        words = st.text_input(
            "Filter these rows",
            key="find",
            bind="query-params",
            width=170,
            placeholder="Filter these rows",
            label_visibility="collapsed",
        )
        noted = with_notes(account, people)
        columns = _people_columns(noted)
    found = _containing(search, noted, words)
    if not found.any():
        _nobody_left(words if len(people) else "")
        return _selection(account, people[found], []), columns
    people = people[found]
    with header:
        downloads(people, columns, "leadiq-advanced-search", "advanced", "CSV")
    with above_ticks:
        everyone = st.checkbox(f"All {len(people):,}", key=f"everyone_{search.at}")
    drawn = noted.loc[people.index].head(MAX_TABLE_ROWS)
    selected = _select_people(account, drawn, columns)
    if len(people) > MAX_TABLE_ROWS:
        st.caption(f"Showing {MAX_TABLE_ROWS:,} of {len(people):,}. Filter to see the rest.")
    if everyone:
        selected = Selection([*people["person_id"].dropna()], 0)
    return selected, columns


def _nobody_left(words: str) -> None:
    """Says which filter has left nobody, and draws a button that clears it."""
    icon = ":material/filter_alt_off:"
    if words:
        st.info(f"No row contains “{escape_markdown(words)}”.")
        st.button("Show all rows", icon=icon, on_click=_clear_words)
    else:
        st.info("No one matches the chart filters.")
        st.button("Clear chart filters", icon=icon, on_click=clear_table_filters)


def _clear_words() -> None:
    state.set_widget_values({"find": ""})


def action_bar(
    account: Account,
    search: LoadedSearch,
    people: pd.DataFrame,
    selected: Selection,
    columns: Sequence[str],
) -> None:
    """Draws what can be done with the people selected, at the bottom of the window."""
    offered = [point for point in DATA_POINTS if point not in search.data_points]
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        st.markdown(_selection_note(selected), width="content")
        enrich_buttons(account, people, offered)
        add_people(account, people)
        csv_download(
            people[with_names(people, columns)], "leadiq-advanced-search", "selected_csv", "CSV"
        )


def _people_columns(people: pd.DataFrame) -> list[str]:
    """Lets the user choose the columns; the one that marks new people is always first."""
    optional = people.drop(columns="new", errors="ignore")
    chosen = columns_input(optional, "columns", hidden=HIDDEN_COLUMNS)
    return [*people.columns.intersection(["new"]), *chosen]


def _containing(search: LoadedSearch, people: pd.DataFrame, words: str) -> pd.Series:
    """Returns whether each row, with what was bought of the person, contains all the words."""
    contains = pd.Series(True, index=people.index)
    wanted = without_accents(words).split()
    if wanted:
        texts = search.results.searchable.loc[people.index]
        bought = people[people.columns.intersection(_bought_columns(search))]
        bought = bought.dropna(axis="columns", how="all")
        if bought.shape[1]:
            texts = texts.str.cat(frames.joined_text(bought), sep="\n")
        for word in wanted:
            contains &= texts.str.contains(word, regex=False)
    return contains


def _bought_columns(search: LoadedSearch) -> list[str]:
    """Returns the columns that enriching fills: the search itself has brought the others."""
    points = [point for point in DATA_POINTS if point not in search.data_points]
    return [name for point in points for name in frames.COLUMNS_OF_DATA_POINT[point]]


class Selection(NamedTuple):
    """The ids of all people selected, and how many of them are not in the table now."""

    ids: list[str]
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.ids)


def _select_people(account: Account, people: pd.DataFrame, columns: Sequence[str]) -> Selection:
    """Draws the table; a selection outlives a filter that takes its rows out of the table."""
    version = table_version(*people["person_id"].fillna(""))
    visible = selectable_table(
        people,
        "person_id",
        "found_people",
        version,
        columns,
        {*account.state.selected},
        TABLE_PIXELS,
    )
    return _selection(account, people, visible)


def _selection(account: Account, people: pd.DataFrame, visible: Sequence[str]) -> Selection:
    in_table = {*people["person_id"].dropna()}
    hidden = [person_id for person_id in account.state.selected if person_id not in in_table]
    account.state.selected = [*hidden, *visible]
    return Selection(account.state.selected, len(hidden))


def _selection_note(selected: Selection) -> str:
    hidden = f" ({selected.hidden:,} hidden)" if selected.hidden else ""
    return f"**{len(selected.ids):,} selected**{hidden}"
