"""What an advanced search found, to look at: news, charts that filter, the table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import state
from dashboard.account import Account
from dashboard.formatting import count, day, escape_markdown
from dashboard.ledger.saved_searches import Run
from dashboard.panels import chart_filters
from dashboard.panels.enrichment import enrich, with_contacts
from dashboard.panels.list_additions import add_people
from dashboard.search.crossfilter import FacetCounts
from dashboard.search.filter_fields import JOB_CHANGE_FILTERS
from dashboard.search.outcome import LoadedSearch
from dashboard.search.results import Results, ignored_job_changes
from dashboard.tables.api_json import text_at
from dashboard.widgets.cards import company_people
from dashboard.widgets.tables import columns_input, downloads, selectable_table

MAX_TABLE_ROWS = 1_000  # rows that a browser gets at every click; nobody reads further down
MAX_CARDS = 20
# Columns that a table shows only when somebody asks for them.
HIDDEN = (
    "state",
    "country_code",
    "domain",
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


def show_results(account: Account, outcome: LoadedSearch) -> None:
    """The charts, the chips, the table, and what can be done with the people in it."""
    results = outcome.results
    job_change_note(outcome)
    new = new_people_since_last_run(account, outcome)
    chosen = chart_filters.chart_filter_input(state.CHART_FILTERS)[1]
    left = results.crossfilter.matching_rows(chosen)
    if new and st.toggle("Only what is new", key="only_new", bind="query-params"):
        left = left & results.people["person_id"].isin(new).to_numpy()
    contacts = _contacts(results, left) if results.grouped else None
    chart_filters.draw_charts(
        results.crossfilter,
        chosen,
        chart_filters.PEOPLE_ROWS,
        state.CHART_FILTERS,
        contacts=contacts,
    )
    chart_filters.job_change_chart(results.crossfilter, chosen, state.CHART_FILTERS)
    if "company" not in outcome.data_points:
        st.caption(
            "Industry, employees, technologies and funding are part of company information, "
            "which was not chosen."
        )
    people = _described(account, results.people[left], new)
    if results.grouped:
        people = company_table(outcome, people, left)
    people_table(account, outcome, people, new)


def _described(account: Account, people: pd.DataFrame, new: frozenset[str]) -> pd.DataFrame:
    """The people with what enriching has found of them, and where some are new, which ones."""
    described = with_contacts(account, people)
    if new:
        described.insert(0, "new", described["person_id"].isin(new))
    return described


def job_change_note(outcome: LoadedSearch) -> None:
    """Tells that LeadIQ ignored the job-change filters, where the answer proves it."""
    asked = outcome.request["input"].keys() & {*JOB_CHANGE_FILTERS}
    if asked and any(ignored_job_changes(answer) for answer in outcome.results.values()):
        st.warning(
            "LeadIQ ignored the filters on job changes, previous company and previous position: "
            "these people came without any job change. It does so on accounts that do not have "
            "this feature; ask LeadIQ to switch it on. The other filters were used.",
            icon=":material/block:",
        )


def new_people_since_last_run(account: Account, outcome: LoadedSearch) -> frozenset[str]:
    """Records what a run of a saved search has loaded, and tells what of it is new: their ids.

    As far as the last run had loaded, that is: whoever comes after may have been there before.
    """
    if outcome.run is None:
        return frozenset()
    (name, run), results, ledger = outcome.run, outcome.results, account.payments.ledger
    if outcome.recorded != results.version:
        ids = results.people["person_id"].dropna()
        ledger.saved_searches.record_results(
            account.fingerprint, name, run, ids, int(results.total)
        )
        outcome.recorded = results.version
    last, unseen = ledger.saved_searches.new_results(account.fingerprint, name, run)
    if last is None:
        st.caption(
            f"This is the first run of “{escape_markdown(name)}”: the next one tells what is new."
        )
        return frozenset()
    whole = not results.grouped and last.total is not None and last.loaded >= last.total
    compared = results.people["person_id"][: None if whole else last.loaded]
    new = unseen.intersection(compared)
    told = _unloaded_note(name, last, len(new), outcome)
    if len(compared) < len(results.people):
        told += f" Only the first {last.loaded:,} are compared: no more were loaded then."
    st.info(told, icon=":material/new_releases:")
    return new


def _unloaded_note(name: str, last: Run, new: int, outcome: LoadedSearch) -> str:
    of = "people of" if outcome.results.grouped else "of"
    then = f"Then {last.loaded:,} {of} {last.total or 0:,} {outcome.noun[1]} were loaded"
    now = f"now {len(outcome.results.people):,} {of} {outcome.results.total:,.0f}"
    return (
        f"{count(new, 'person is', 'people are')} new in “{escape_markdown(name)}” since "
        f"{day(pd.Timestamp(last.at))}. {then}, {now}."
    )


def _contacts(results: Results, left: Any) -> FacetCounts:
    """How many contacts LeadIQ has of each company that has people left, the most first."""
    here = results.companies["company_id"].isin(results.people["company_id"][left])
    known = results.companies[here].dropna(subset=["company", "contacts"])
    by_name = known.groupby("company")["contacts"].sum().astype(int)
    ranked = by_name.sort_values(ascending=False, kind="stable")
    return FacetCounts(ranked, len(known), int(here.sum()))


# Tables ------------------------------------------------------------------------------------------


def company_table(outcome: LoadedSearch, people: pd.DataFrame, left: Any) -> pd.DataFrame:
    """Companies as rows or cards; the people of those selected, or all."""
    results = outcome.results
    shown = results.companies
    shown = shown[shown["company_id"].isin(people["company_id"])]
    st.subheader(count(len(shown), "company", "companies"))
    view = st.segmented_control(
        "Companies as",
        ["Rows", "Cards"],
        default="Rows",
        required=True,
        key="companies_as",
        bind="query-params",
    )
    if view == "Cards":
        ids, here = {*shown["company_id"]}, {*people["person_id"].fillna("")}
        cards = [row for row in results.rows if text_at(row, "company.id") in ids]
        for row in cards[:MAX_CARDS]:
            company_people(row, here)
        if len(cards) > MAX_CARDS:
            st.caption(f"The first {MAX_CARDS} of {len(cards):,} are drawn as cards; narrow them.")
        return people
    columns = columns_input(shown, "company_columns")
    version = hash((results.version, left.tobytes()))
    chosen = selectable_table(shown, "company_id", "found_companies", version, columns)
    if chosen:
        st.caption(f"The people of {count(len(chosen), 'selected company', 'selected companies')}:")
    return people[people["company_id"].isin(chosen)] if chosen else people


def people_table(
    account: Account,
    outcome: LoadedSearch,
    people: pd.DataFrame,
    new: frozenset[str],
) -> None:
    """The people left, searched and selected by id, and what can be done with them."""
    st.subheader(count(len(people), "person", "people"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            "Search in the table", key="find", bind="query-params", width=320
        ).strip()
        known = people.drop(columns="new", errors="ignore")
        columns = [
            *people.columns.intersection(["new"]),
            *columns_input(known, "columns", hidden=HIDDEN),
        ]
        tools = st.container(horizontal=True, vertical_alignment="bottom", width="content")
    if wanted:
        texts = outcome.results.searchable.loc[people.index]
        people = people[texts.str.contains(wanted.casefold(), regex=False)]
    if people.empty:
        st.info("Nobody is left. Clear a chip above the charts, or the search in the table.")
        return
    shown = people.head(MAX_TABLE_ROWS)
    ids = shown["person_id"].fillna("")
    kept = account.state.selected
    here = {*ids}
    now = selectable_table(shown, "person_id", "found_people", hash((*ids,)), columns, {*kept})
    selected = [*(one for one in kept if one not in here), *now]
    account.state.selected = selected
    chosen = people
    if selected:
        everybody = outcome.results.people
        chosen = _described(account, everybody[everybody["person_id"].isin(selected)], new)
    everybody_left = count(len(people), "person is", "people are")
    told = (
        f"{count(len(selected), 'person', 'people')} selected"
        if selected
        else (f"Nobody is selected, so {everybody_left} meant")
    )
    hidden = len(selected) - len(now)
    st.caption(told + (f", {hidden:,} of them not in the table now." if hidden else "."))
    if len(people) > MAX_TABLE_ROWS:
        st.caption(
            f"The table shows the first {MAX_TABLE_ROWS:,}. Narrow it in a chart or search in it to "
            "see others; downloads have all."
        )
    with tools:
        downloads(chosen, columns, "leadiq-advanced-search", "advanced")
    enrich(account, chosen)
    add_people(account, chosen)
