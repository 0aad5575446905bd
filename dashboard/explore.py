"""What an advanced search found, to look at: loading more of it, charts that filter, the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, crossfilter, data, forms, frames, maps, state
from dashboard.cards import company_people
from dashboard.crossfilter import FACETS, Counted
from dashboard.enrich import enrich, with_contacts
from dashboard.filters import LIMITED
from dashboard.ledger import Run
from dashboard.page import Account
from dashboard.prospects import add_people
from dashboard.results import Results, ignored_job_changes, seen_values
from dashboard.widgets import (
    after_paying,
    columns_input,
    downloads,
    may_send,
    paid_button,
    selectable,
)
from dashboard.wording import ENUM_LABELS, count, day, plain
from leadiq_api.credits import Estimate, total

Json = Mapping[str, Any]

SEARCHES: Mapping[str, Any] = {
    "flatAdvancedSearch": data.flat_advanced_search,
    "groupedAdvancedSearch": data.grouped_advanced_search,
}
ROWS_AT_ONCE = 500  # what "load all" offers at first
MOST_IN_TABLE = 10_000  # rows that a browser gets at once
MOST_CARDS = 20
# Columns that a table shows only when somebody asks for them.
HIDDEN = ("state", "country_code", "domain", "revenue", "funding_usd", "funded_on", "technologies",
          "technology_categories", "changed_at", "previous_title", "position_since",
          "updated_at")  # fmt: skip
# The charts row by row, with the width of each.
ROWS: Sequence[Mapping[str, int]] = (
    {"seniority": 1, "role": 1, "title_word": 1},
    {"country": 2, "company_size": 1},
    {"industry": 1, "company": 1, "funding_stage": 1},
    {"technology": 2, "previous_company": 1},
)
CEILING_NOTE = (
    f"LeadIQ gives the first {forms.CEILING:,} of a search, in the order chosen. To reach the "
    "others, split the search into smaller ones that do not overlap: one for each seniority, each "
    "band of employees or each country, or the same filters once included and once under "
    "“Leave out”."
)


@dataclass
class Exploration(state.Outcome):
    """A search with the pages loaded; ``run`` is (saved search, run) where it is one's run."""

    run: tuple[str, int] | None = None
    recorded: int = -1  # version of the results that the run was last recorded with

    @property
    def results(self) -> Results:
        """The loaded pages; other sessions of the account may load some too."""
        assert isinstance(self.answers, Results)  # noqa: S101  made below, of nothing else
        return self.answers

    @property
    def noun(self) -> tuple[str, str]:
        """What is found: people, or companies."""
        return ("company", "companies") if self.results.grouped else ("person", "people")


# Searching ---------------------------------------------------------------------------------------


def begin(account: Account, request: dict[str, Any], points: tuple[str, ...]) -> Exploration:
    """A search that was just agreed to; nothing is asked yet.

    Of a saved search it is the next run, which asks the service anew.
    """
    outcome = _exploration(account, request, points)
    named = saved_name(account, request, points)
    if named is not None:
        outcome.run = (named, account.purse.ledger.begin_run(account.fingerprint, named))
    st.session_state[state.ADVANCED] = outcome
    st.session_state[state.NARROW] = []
    state.forget(state.SELECTED, state.ENRICHED)
    return outcome


def current(
    account: Account, request: dict[str, Any], points: tuple[str, ...]
) -> Exploration | None:
    """This session's search, or what the account has loaded of the one in the address."""
    kept = state.outcome(state.ADVANCED, account.fingerprint)
    if isinstance(kept, Exploration):
        return kept
    found = _exploration(account, request, points)
    if not found.results:
        return None
    st.session_state[state.ADVANCED] = found
    return found


def _exploration(account: Account, request: dict[str, Any], points: tuple[str, ...]) -> Exploration:
    kept = data.results(
        account.fingerprint, request["operation"], request["input"], points, request["limit"]
    )
    return Exploration(account.fingerprint, request, points, answers=kept)


def saved_name(account: Account, request: Json, points: tuple[str, ...]) -> str | None:
    """The name under which just this search is saved, if it is."""
    asked = (request["operation"], request["input"], points)
    for search in account.purse.ledger.saved_searches(account.fingerprint):
        if (search.operation, search.input, search.data_points) == asked:
            return search.name
    return None


def load(account: Account, outcome: Exploration, pages: Sequence[int]) -> None:
    """Asks for pages one after the other; any press ends it, with what has come until then."""
    search = SEARCHES[outcome.request["operation"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "Searching …", width="stretch")
        if len(pages) > 1:
            st.button("Stop", icon=":material/stop:", key="stop_loading")
    for done, page in enumerate(pages, 1):
        data.forget_account(*account.caller)  # a press in the middle has the balance read too
        request = forms.page_input(outcome.request["input"], page, outcome.request["limit"])
        asked = (*account.caller, request, outcome.data_points, account.purse)
        if outcome.run is not None:
            search.clear(*asked)
        if not outcome.ask(page, partial(search, *asked)):
            break
        if outcome.run is not None and page == 0:
            for later in [one for one in outcome.results if one]:
                del outcome.results[later]
        found = outcome.results.page(page)
        data.suggest(account.fingerprint, seen_values(found))
        if found.empty:
            break
        bar.progress(done / len(pages), f"{count(done, 'page')} of {len(pages):,}")
    after_paying(account, outcome)


def more(account: Account, outcome: Exploration) -> None:
    """Buttons that load the next page, or all up to a number of rows, each with its price."""
    results, limit = outcome.results, outcome.request["limit"]
    reachable = min(results.total, forms.CEILING)
    missing = [page for page in range(-int(-reachable // limit)) if page not in results]
    told = f"{count(len(results.rows), *outcome.noun)} of {results.total:,.0f} loaded"
    if not missing:
        st.caption(f"{told}: all that LeadIQ gives.")
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            following = missing[:1]
            number = _rows_of(outcome, following)
            if _press(account, outcome, f"Load the next {number:,}", following, "load_next"):
                load(account, outcome, following)
            wanted = st.number_input(
                "Rows to load up to", limit, forms.CEILING,
                int(min(reachable, max(ROWS_AT_ONCE, limit))), step=limit, width=170,
                key="load_up_to", persist_state="session",
            )  # fmt: skip
            up_to = [page for page in missing if page * limit < wanted]
            label = f"Load all up to {min(wanted, reachable):,.0f}"
            if up_to and _press(account, outcome, label, up_to, "load_all"):
                load(account, outcome, up_to)
        st.caption(f"{told}. Loading goes on until it is done or you press anything.")
    if results.total > forms.CEILING:
        st.info(CEILING_NOTE, icon=":material/call_split:")


def _rows_of(outcome: Exploration, pages: Sequence[int]) -> int:
    limit = outcome.request["limit"]
    reachable = min(outcome.results.total, forms.CEILING)
    return int(sum(min(limit, reachable - page * limit) for page in pages))


def _press(
    account: Account, outcome: Exploration, label: str, pages: Sequence[int], key: str
) -> bool:
    """A button that loads pages; whether it was pressed and they may be paid."""
    price = _price(account, outcome, pages)
    pressed = paid_button(account, label, price, key, form=False, note=False)
    return may_send(account, pressed, price, (outcome.request, outcome.data_points, list(pages)))


def _price(account: Account, outcome: Exploration, pages: Sequence[int]) -> Estimate:
    rows, limit = _rows_of(outcome, pages), outcome.request["limit"]
    sizes = [limit] * (rows // limit) + ([rows % limit] if rows % limit else [])
    operation, input = outcome.request["operation"], outcome.request["input"]
    return total(
        account.purse.price(operation, {**input, "limit": size}, outcome.data_points)
        for size in sizes
    )


# Looking -----------------------------------------------------------------------------------------


def look(account: Account, outcome: Exploration) -> None:
    """The charts, the chips, the table, and what can be done with the people in it."""
    results = outcome.results
    job_change_note(outcome)
    new = news(account, outcome)
    chips = st.multiselect(
        "Narrowed to",
        st.session_state.get(state.NARROW, []),
        accept_new_options=True,
        placeholder="Click or box in a chart: what you choose shows here, and is cleared here",
        key=state.NARROW,
        bind="query-params",
    )
    chosen = crossfilter.chosen_of(chips)
    odd = [one for one in chips if not crossfilter.chosen_of([one])]
    if odd:
        st.caption(f":red[{plain(', '.join(odd))}: not a value of a chart. Clear it.]")
    left = results.crossfilter.passing(chosen)
    if new and st.toggle("Only what is new", key="only_new", bind="query-params"):
        left = left & results.people["person_id"].isin(new).to_numpy()
    draw_charts(outcome, chosen)
    people = with_contacts(account, results.people[left])
    if new:
        people.insert(0, "new", people["person_id"].isin(new))
    if results.grouped:
        people = companies(outcome, people, left)
    table(account, outcome, people, results.searchable[left], (chips, new))


def job_change_note(outcome: Exploration) -> None:
    """Tells that LeadIQ ignored the job-change filters, where the answer proves it."""
    asked = outcome.request["input"].keys() & {*LIMITED}
    if asked and any(ignored_job_changes(answer) for answer in outcome.results.values()):
        st.warning(
            "LeadIQ ignored the filters on job changes, previous company and previous position: "
            "these people came without any job change. It does so on accounts that do not have "
            "this feature; ask LeadIQ to switch it on. The other filters were used.",
            icon=":material/block:",
        )


def news(account: Account, outcome: Exploration) -> frozenset[str]:
    """Records what a run of a saved search has loaded, and tells what of it is new: their ids."""
    if outcome.run is None:
        return frozenset()
    (name, run), results, ledger = outcome.run, outcome.results, account.purse.ledger
    if outcome.recorded != results.version:
        ids = results.people["person_id"].dropna()
        ledger.record_run(account.fingerprint, name, run, ids, int(results.total))
        outcome.recorded = results.version
    last, new = ledger.news(account.fingerprint, name, run)
    if last is None:
        st.caption(f"This is the first run of “{plain(name)}”: the next one tells what is new.")
        return frozenset()
    st.info(_told(name, last, len(new), outcome), icon=":material/new_releases:")
    return new


def _told(name: str, last: Run, new: int, outcome: Exploration) -> str:
    then = f"Then {last.loaded:,} people of {last.total or 0:,} {outcome.noun[1]} were loaded"
    now = f"now {len(outcome.results.people):,} of {outcome.results.total:,.0f}"
    return (
        f"{count(new, 'person is', 'people are')} new in “{plain(name)}” since "
        f"{day(pd.Timestamp(last.at))}. {then}, {now}."
    )


# Charts ------------------------------------------------------------------------------------------


def draw_charts(outcome: Exploration, chosen: crossfilter.Chosen) -> None:
    """Every chart that there is anything to draw of, row by row."""
    results = outcome.results
    counted = {key: results.crossfilter.counted(key, chosen) for key in FACETS}
    maps.serve()
    for row in ROWS:
        drawn = {key: _figure(key, counted[key], chosen, results) for key in row}
        shown = {key: figure for key, figure in drawn.items() if figure.data}
        widths = [row[key] for key in shown]
        places = st.columns(widths) if widths else []
        for place, (key, figure) in zip(places, shown.items(), strict=True):
            with place.container(border=True):
                _chart(key, figure)
    if len(counted["move"].values):
        _moves(counted["move"], chosen.get("move", ()))
    if "company" not in outcome.data_points:
        st.caption(
            "Industry, employees, technologies and funding are part of company information, "
            "which was not chosen."
        )


def _figure(key: str, counted: Counted, chosen: crossfilter.Chosen, results: Results) -> go.Figure:
    title, own = FACETS[key].label, chosen.get(key, ())
    if key == "country":
        return charts.world(counted, results.country_codes, own, title)
    if key == "technology":
        return charts.treemap(counted, own, title)
    if key == "company" and results.grouped:
        by_name = results.companies.dropna(subset=["company"]).groupby("company")["contacts"].sum()
        here = by_name[by_name.index.isin(counted.values.index)]
        contacts = here.sort_values(ascending=False, kind="stable").astype(int)
        return charts.facet(
            Counted(contacts, counted.known, counted.rows), own, "Contacts, by company"
        )
    order = {"seniority": [ENUM_LABELS.get(one, one) for one in frames.SENIORITIES],
             "company_size": [*forms.SIZE_BANDS]}  # fmt: skip
    return charts.facet(counted, own, title, order.get(key, ()))


def _chart(key: str, figure: go.Figure) -> None:
    widget = f"chart_{key}"
    st.plotly_chart(
        figure,
        key=widget,
        on_select=partial(pick, key, widget, values_of),
        selection_mode=("points", "box"),
        config={"displaylogo": False, "topojsonURL": maps.TOPOLOGY},
        alt=f"{figure.layout.title.text}, {figure.layout.title.subtitle.text}",
    )


def _moves(counted: Counted, chosen: Sequence[str] | set[str]) -> None:
    links = charts.moved(counted, chosen)
    with st.container(border=True):
        told = charts.of(counted.known, counted.rows, "people")
        st.markdown(f"**From the previous company to the present one**  \n{told}")
        option = charts.moves(counted, chosen)
        # Another key for each choice: an ECharts selection would outlive the change of its links.
        widget = f"chart_move_{json.dumps(sorted(chosen))}"
        st.echarts_chart(
            option,
            key=widget,
            height=max(220, 26 * len(links) + 40),
            on_select=partial(pick, "move", widget, partial(links_of, option, links)),
            alt=f"Job changes from company to company, {told}",
        )


def pick(facet: str, widget: str, read: Callable[[Any], Sequence[str]]) -> None:
    """Turns what was just clicked or boxed in a chart into chips, or takes those away."""
    values = read(st.session_state[widget].selection)
    if values:
        chips = st.session_state.get(state.NARROW) or []
        st.session_state[state.NARROW] = crossfilter.toggled(chips, facet, values)


def values_of(selection: Mapping[str, Any]) -> list[str]:
    """The values that a selection in a Plotly chart of ``charts`` stands for."""
    points = selection.get("points") or []
    found = [point.get("customdata") or point.get("id") for point in points]
    return [value[0] if isinstance(value, list) else value for value in found if value]


def links_of(option: Json, links: Sequence[str], selection: Mapping[str, Any]) -> list[str]:
    """The moves that a selection in ``charts.moves`` stands for: a link, or those of a company."""
    drawn = option["series"][0]
    found: list[str] = []
    for part in selection.get("selected") or []:
        for index in part["data_indices"]:
            if part["data_type"] == "edge":
                found.append(links[index])
            else:
                name = drawn["data"][index]["name"]
                ends = zip(drawn["links"], links, strict=True)
                found += [link for end, link in ends if name in (end["source"], end["target"])]
    return found


# Tables ------------------------------------------------------------------------------------------


def companies(
    outcome: Exploration, people: pd.DataFrame, left: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """Companies as rows or cards; the people of those selected, or all."""
    results = outcome.results
    shown = results.companies
    shown = shown[shown["company_id"].isin(people["company_id"])]
    st.subheader(count(len(shown), "company", "companies"))
    view = st.segmented_control(
        "Companies as", ["Rows", "Cards"], default="Rows", required=True, key="companies_as",
        bind="query-params",
    )  # fmt: skip
    if view == "Cards":
        ids = {*shown["company_id"]}
        cards = [row for row in results.rows if frames.text(row, "company.id") in ids]
        for row in cards[:MOST_CARDS]:
            company_people(row)
        if len(cards) > MOST_CARDS:
            st.caption(f"The first {MOST_CARDS} of {len(cards):,} are drawn as cards; narrow them.")
        return people
    columns = columns_input(shown, "company_columns")
    version = hash((results.version, left.tobytes()))
    chosen = selectable(shown, "company_id", "found_companies", version, columns)
    if chosen:
        st.caption(f"The people of {count(len(chosen), 'selected company', 'selected companies')}:")
    return people[people["company_id"].isin(chosen)] if chosen else people


def table(
    account: Account,
    outcome: Exploration,
    people: pd.DataFrame,
    searchable: pd.Series,
    version: Any,
) -> None:
    """The people left, searched and selected by id, and what can be done with them."""
    st.subheader(count(len(people), "person", "people"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            "Search in the table", key="find", bind="query-params", width=320
        ).strip()
        columns = columns_input(people, "columns", hidden=HIDDEN)
        tools = st.container(horizontal=True, vertical_alignment="bottom", width="content")
    if wanted:
        fits = searchable.loc[people.index].str.contains(wanted.casefold(), regex=False)
        people = people[fits]
    if people.empty:
        st.info("Nobody is left. Clear a chip above the charts, or the search in the table.")
        return
    kept = st.session_state[state.SELECTED]
    here = {*people["person_id"].dropna()}
    now = selectable(
        people.head(MOST_IN_TABLE), "person_id", "found_people",
        hash((outcome.results.version, wanted, json.dumps([*map(str, version)]), len(people))),
        columns, {*kept},
    )  # fmt: skip
    selected = [*(one for one in kept if one not in here), *now]
    st.session_state[state.SELECTED] = selected
    everybody = with_contacts(account, outcome.results.people)
    chosen = everybody[everybody["person_id"].isin(selected)] if selected else people
    told = f"{count(len(selected), 'person', 'people')} selected" if selected else (
        f"Nobody is selected: all {len(people):,} are meant")  # fmt: skip
    hidden = len(selected) - len(now)
    st.caption(told + (f", {hidden:,} of them not in the table now." if hidden else "."))
    if len(people) > MOST_IN_TABLE:
        st.caption(f"The table shows the first {MOST_IN_TABLE:,}; downloads have all.")
    with tools:
        downloads(chosen, columns, "leadiq-advanced-search", "advanced")
    enrich(account, chosen)
    add_people(account, chosen)
