"""The results of an advanced search: what is new, charts that filter, the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
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
from dashboard.search.ignored_filters import mismatches
from dashboard.search.outcome import LoadedSearch
from dashboard.search.results import Results, ignored_job_changes
from dashboard.tables.api_json import text_at
from dashboard.widgets.cards import company_people
from dashboard.widgets.tables import columns_input, downloads, selectable_table, table_version

Mask = np.ndarray[Any, Any]  # which rows of the people are meant, a bool for each

MAX_TABLE_ROWS = 1_000  # rows that a browser gets at every click; nobody reads further down
MAX_CARDS = 20
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


def show_results(account: Account, search: LoadedSearch) -> None:
    """Draws the chips, the charts, the tables, and what can be done with the people in them."""
    results = search.results
    job_change_note(search)
    _ignored_filters_note(search)
    new = new_people_since_last_run(account, search)
    chosen = chart_filters.chart_filter_input(state.CHART_FILTERS).chosen
    mask = results.crossfilter.matching_rows(chosen)
    if new and st.toggle("Only what is new", key="only_new", bind="query-params"):
        mask = mask & results.people["person_id"].isin(new).to_numpy()
    chart_filters.draw_charts(
        results.crossfilter,
        chosen,
        chart_filters.PEOPLE_ROWS,
        state.CHART_FILTERS,
        contacts=_contacts(results, mask) if results.grouped else None,
    )
    chart_filters.job_change_chart(results.crossfilter, chosen, state.CHART_FILTERS)
    if "company" not in search.data_points:
        st.caption(
            "Industry, employees, technologies and funding are part of company information, "
            "which was not chosen."
        )
    people = _described(account, results.people[mask], new)
    if results.grouped:
        people = company_table(search, people, mask)
    people_table(account, search, people, new)


def _described(account: Account, people: pd.DataFrame, new: frozenset[str]) -> pd.DataFrame:
    """Returns the people with what enriching has brought, and if some are new, which ones."""
    described = with_contacts(account, people)
    if new:
        described.insert(0, "new", described["person_id"].isin(new))
    return described


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
        name = escape_markdown(run.name)
        st.caption(f"This is the first run of “{name}”: the next one tells what is new.")
        return frozenset()
    loaded_all = not results.grouped and last.total is not None and last.loaded >= last.total
    compared = results.people["person_id"][: None if loaded_all else last.loaded]
    new = unseen.intersection(compared)
    note = _new_people_note(search, run.name, last, len(new))
    if len(compared) < len(results.people):
        note += f" Only the first {last.loaded:,} are compared: no more were loaded then."
    st.info(note, icon=":material/new_releases:")
    return new


def _new_people_note(search: LoadedSearch, name: str, last: Run, new: int) -> str:
    of = "people of" if search.results.grouped else "of"
    then = f"Then {last.loaded:,} {of} {last.total or 0:,} {search.noun[1]} were loaded"
    now = f"now {len(search.results.people):,} {of} {search.results.total:,.0f}"
    return (
        f"{count(new, 'person is', 'people are')} new in “{escape_markdown(name)}” since "
        f"{day(pd.Timestamp(last.at))}. {then}, {now}."
    )


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
    st.subheader(count(len(companies), "company", "companies"))
    view = st.segmented_control(
        "Companies as",
        ["Rows", "Cards"],
        default="Rows",
        required=True,
        key="companies_as",
        bind="query-params",
    )
    if view == "Cards":
        _company_cards(results, companies, people)
        return people
    columns = columns_input(companies, "company_columns")
    version = table_version(results.version, mask.tobytes())
    selected = selectable_table(companies, "company_id", "found_companies", version, columns)
    if not selected:
        return people
    st.caption(f"The people of {count(len(selected), 'selected company', 'selected companies')}:")
    return people[people["company_id"].isin(selected)]


def _company_cards(results: Results, companies: pd.DataFrame, people: pd.DataFrame) -> None:
    company_ids, person_ids = {*companies["company_id"]}, {*people["person_id"].fillna("")}
    cards = [row for row in results.rows if text_at(row, "company.id") in company_ids]
    for row in cards[:MAX_CARDS]:
        company_people(row, person_ids)
    if len(cards) > MAX_CARDS:
        st.caption(f"The first {MAX_CARDS} of {len(cards):,} are drawn as cards; narrow them.")


def people_table(
    account: Account, search: LoadedSearch, people: pd.DataFrame, new: frozenset[str]
) -> None:
    """Draws the people, to search and select, and what can be done with those selected, or all."""
    st.subheader(count(len(people), "person", "people"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Search in the table", key="find", bind="query-params", width=320)
        columns = _people_columns(people)
        tools = st.container(horizontal=True, vertical_alignment="bottom", width="content")
    people = _containing(search, people, words.strip())
    if people.empty:
        st.info("Nobody is left. Clear a chip above the charts, or the search in the table.")
        return
    selected = _select_people(account, people.head(MAX_TABLE_ROWS), columns)
    st.caption(_selection_note(selected, len(people)))
    if len(people) > MAX_TABLE_ROWS:
        st.caption(
            f"The table shows the first {MAX_TABLE_ROWS:,}. Narrow it in a chart or search in it "
            "to see others; downloads have all."
        )
    if selected.ids:
        everybody = search.results.people
        people = _described(account, everybody[everybody["person_id"].isin(selected.ids)], new)
    with tools:
        downloads(people, columns, "leadiq-advanced-search", "advanced")
    enrich(account, people)
    add_people(account, people)


def _people_columns(people: pd.DataFrame) -> list[str]:
    """Lets the user choose the columns; the one that marks new people is always first."""
    optional = people.drop(columns="new", errors="ignore")
    chosen = columns_input(optional, "columns", hidden=HIDDEN_COLUMNS)
    return [*people.columns.intersection(["new"]), *chosen]


def _containing(search: LoadedSearch, people: pd.DataFrame, words: str) -> pd.DataFrame:
    """Returns the people whose row contains the words, in any case."""
    if not words:
        return people
    texts = search.results.searchable.loc[people.index]
    return people[texts.str.contains(words.casefold(), regex=False)]


class Selection(NamedTuple):
    """The ids of all people selected, and how many of them are not in the table now."""

    ids: list[str]
    hidden: int


def _select_people(account: Account, people: pd.DataFrame, columns: Sequence[str]) -> Selection:
    """Draws the table; a selection outlives a filter that takes its rows out of the table."""
    ids = people["person_id"].fillna("")
    before, in_table = account.state.selected, {*ids}
    hidden = [person_id for person_id in before if person_id not in in_table]
    visible = selectable_table(
        people, "person_id", "found_people", table_version(*ids), columns, {*before}
    )
    account.state.selected = [*hidden, *visible]
    return Selection(account.state.selected, len(hidden))


def _selection_note(selected: Selection, people: int) -> str:
    if not selected.ids:
        return f"Nobody is selected, so {count(people, 'person is', 'people are')} meant."
    hidden = f", {selected.hidden:,} of them not in the table now" if selected.hidden else ""
    return f"{count(len(selected.ids), 'person', 'people')} selected{hidden}."
