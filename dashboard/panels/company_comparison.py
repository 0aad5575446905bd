"""Companies side by side: facts, headcount over time, technologies, parents, their people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from dashboard import data
from dashboard.account import Account
from dashboard.charts import companies as company_charts
from dashboard.charts.base import coverage_label, covered_title
from dashboard.formatting import count, escape_markdown
from dashboard.search import company_facts
from dashboard.search.company_facts import MAX_COMPARED, USED_BY, KnownParents
from dashboard.search.outcome import Outcome
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from dashboard.widgets.cards import company_card
from dashboard.widgets.tables import (
    columns_input,
    csv_download,
    downloads,
    selectable_table,
    table_version,
)

TREND = "trend"
HIDDEN_COLUMNS = ("country_code", "counted_at")  # at first
# Columns of the table, from left to right; the others follow.
FIRST_COLUMNS = (
    "company",
    "employees",
    "growth_12",
    "growth_24",
    "revenue",
    "funding_usd",
    TREND,
    "country",
    "industry",
)


def companies_table(outcome: Outcome, results: Sequence[Json], chips: Sequence[str]) -> list[str]:
    """Draws the companies with their growth and headcounts, and downloads; returns selected ids.

    A single company is no table. After a look-up the table starts with the companies compared, and
    the parent that joined them. ``chips`` are the chart filters that led to these ``results``.
    """
    facts = company_facts.facts_table(results).round({"growth_12": 2, "growth_24": 2})
    facts = facts[[*FIRST_COLUMNS, *(name for name in facts if name not in FIRST_COLUMNS)]]
    columns, selected = [*facts], []
    tools = st.container(horizontal=True, vertical_alignment="center")
    if len(results) > 1:
        with tools:
            columns = columns_input(facts, "companies_columns", hidden=HIDDEN_COLUMNS)
        version = table_version(outcome.at, *chips)
        selected = selectable_table(
            facts, "company_id", "companies_table", version, columns, outcome.preselected
        )
    with tools:
        rows = facts[facts["company_id"].isin(selected)] if selected else facts
        saved = [name for name in columns if name != TREND]
        downloads(rows.drop(columns=TREND), saved, "leadiq-companies", "companies")
        _people_at([row for row in results if text_at(row, "id") in selected] or results)
    return selected


def compare(
    account: Account,
    outcome: Outcome,
    results: Sequence[Json],
    selected: Sequence[str],
    all_results: Sequence[Json],
) -> None:
    """Compares the companies with the ``selected`` ids, or the first; one alone has a card.

    ``results`` are those left by the chart filters, of ``all_results``.
    """
    compared = company_facts.companies_to_compare(results, selected)
    if len(compared) == 1:
        _single_company(account, outcome, all_results, compared, selected)
        return
    st.subheader(f"Compare {count(len(compared), 'company', 'companies')}", anchor=False)
    _limit_note(len(results), len(selected), len(compared))
    tabs: dict[str, Callable[[], None]] = {
        "Compare": partial(_facts, compared),
        "Headcount by function": partial(_headcount, compared),
        "Technologies": partial(_technologies, compared),
        "Ownership": partial(_ownership, account, outcome, all_results, compared, selected),
    }
    containers = st.tabs([*tabs], key="comparison", on_change="rerun")
    for container, draw in zip(containers, tabs.values(), strict=True):
        if container.open:  # a tab that nobody looks at is not drawn
            with container:
                draw()
    for company in compared:
        with st.expander(_name(company), icon=":material/domain:"):
            company_card(company)
            _people_link(f"People at {_name(company)}", [company])


def _people_at(companies: Sequence[Json]) -> None:
    """Draws a link to Advanced search with these companies filled in; a click sends nothing."""
    query = company_facts.people_query(companies)
    entries = next(iter(query.values()), "").splitlines()
    if len(entries) > 1:
        _people_link(f"People at {count(len(entries), 'company', 'companies')}", companies)


def _people_link(label: str, companies: Sequence[Json]) -> None:
    query = company_facts.people_query(companies)
    if not query:
        return
    # A page that is run as a script of its own has no neighbours to link to.
    with suppress(StreamlitPageNotFoundError):
        st.page_link(
            "pages/advanced_search.py",
            label=label,
            icon=":material/group:",
            query_params=query,
            help="Opens Advanced search with this filter. Nothing is sent before you press Search "
            "there.",
        )


def _name(company: Json) -> str:
    return escape_markdown(text_at(company, "name") or "No name")


def _single_company(
    account: Account,
    outcome: Outcome,
    all_results: Sequence[Json],
    compared: Sequence[Json],
    selected: Sequence[str],
) -> None:
    (company,) = compared
    with st.container(border=True):
        st.subheader(_name(company), anchor=False)
        has_trends = not company_facts.headcount_trends(compared).empty
        company_card(company, *([partial(_headcount, compared)] if has_trends else []))
        _ownership(account, outcome, all_results, compared, selected)
        _people_link(f"People at {_name(company)}", compared)


def _limit_note(results: int, selected: int, compared: int) -> None:
    """Shows which companies are compared, if not all of them are."""
    if selected > MAX_COMPARED:
        st.warning(
            f"{selected} companies are selected; the first {MAX_COMPARED} are compared. "
            "Deselect one in the table to add another.",
            icon=":material/edit:",
        )
    elif not selected and results > compared:
        st.caption(
            f"These are the first {compared} of {results}. Select up to {MAX_COMPARED} in "
            "the table to compare others."
        )


def _facts(compared: Sequence[Json]) -> None:
    table = company_facts.side_by_side(company_facts.facts_table(compared))
    headings = {"fact": st.column_config.TextColumn("Fact", pinned=True, width=130)}
    st.dataframe(
        table,
        hide_index=True,
        column_config=headings,
        height="content",
        key="comparison_facts",
        alt=f"Facts of {count(len(compared), 'company', 'companies')} side by side",
    )
    csv_download(table, "leadiq-comparison", "comparison_csv", "Download the comparison")


def _headcount(compared: Sequence[Json]) -> None:
    trends = company_facts.headcount_trends(compared)
    if trends.empty:
        st.info("LeadIQ has no headcount by function for these companies.")
        return
    unit = st.segmented_control(
        "Headcount as",
        ["Headcount", "% of total"],
        default="Headcount",
        required=True,
        key="headcount_as",
        persist_state="session",
        label_visibility="collapsed",
    )
    title = covered_title("Headcount by function", trends["company"].nunique(), len(compared))
    st.plotly_chart(
        company_charts.headcount_by_role(trends, title, shares=unit == "% of total"),
        key="headcount",
        config={"displaylogo": False},
        alt=f"{title}, over time",
    )


def _technologies(compared: Sequence[Json]) -> None:
    used = company_facts.technology_use(compared)
    companies = list(used.columns[4:])
    if used.empty:
        st.info("LeadIQ has no technologies for these companies.")
        return
    numbers = used["shared"].value_counts()
    used_by = st.segmented_control(
        "Used by",
        USED_BY,
        format_func=lambda group: f"{group.lower()} · {numbers.get(group, 0)}",
        key="used_by",
        persist_state="session",
        help="Press again to see every technology.",
    )
    if len(companies) < len(compared):
        st.caption(f"Tech data for {coverage_label(len(companies), len(compared))}.")
    ticked = used.assign(**{name: used[name].map({True: "✓", False: ""}) for name in companies})
    st.dataframe(
        ticked[ticked["shared"] == used_by] if used_by else ticked,
        hide_index=True,
        column_config={
            "technology": st.column_config.TextColumn("Technology", pinned=True),
            "category": "Category",
            "used_by": "Companies",
            **{name: st.column_config.TextColumn(name, alignment="center") for name in companies},
        },
        column_order=["technology", "used_by", *companies, "category"],
        key="comparison_technologies",
        alt=f"{count(len(used), 'technology', 'technologies')} and which of the companies use them",
    )


def _ownership(
    account: Account,
    outcome: Outcome,
    all_results: Sequence[Json],
    compared: Sequence[Json],
    selected: Sequence[str],
) -> None:
    names = company_facts.unique_names(compared)
    with_parent = 0
    for company, name in zip(compared, names, strict=True):
        parents = company_facts.known_parents(company)
        st.markdown(_lineage_note(escape_markdown(name), parents))
        with_parent += parents.parent is not None or parents.ultimate is not None
    title = covered_title("Corporate hierarchy", with_parent, len(compared))
    figure = company_charts.family_tree(company_facts.lineage(compared), title)
    if figure.data:
        st.plotly_chart(
            figure, key="family", config={"displaylogo": False}, alt="Corporate hierarchy, a tree"
        )
    for parent in company_facts.missing_parents(compared, all_results):
        price = account.price("searchCompany", parent.input)
        label = f"Look up {escape_markdown(parent.name)}"
        # A key for each: the second click of a double click meant this parent, not the next one.
        if paid_button(account, label, price, f"parent_{parent.answer_key}", request=parent.input):
            _look_up(account, outcome, parent, selected)


def _look_up(
    account: Account,
    outcome: Outcome,
    parent: company_facts.Parent,
    selected: Sequence[str],
) -> None:
    """Requests a parent, which joins the results, and the companies compared."""
    outcome.receipt = account.payments.receipt
    outcome.preselected = [*selected]  # after the answer or the error the table is a new one
    with st.spinner("Searching …"):
        call = partial(data.search_company, *account.caller, parent.input, account.payments)
        error = outcome.ask(parent.answer_key, call)
    account.recent.keep(outcome.request, (), outcome)
    if error is None and selected:
        parents = rows_at(outcome.answers[parent.answer_key], "results")
        outcome.preselected += filter(None, (text_at(row, "id") for row in parents))
    refresh_balance_and_rerun(account)


def _lineage_note(name: str, parents: KnownParents) -> str:
    """Returns who owns a company, in words; ``name`` is Markdown already."""
    parent, ultimate = (escape_markdown(text) for text in (parents.parent, parents.ultimate))
    if parent and ultimate and parent != ultimate:
        return f"**{name}** is owned by **{parent}** (ultimate parent: **{ultimate}**)."
    if parent or ultimate:
        return f"**{name}** is owned by **{parent or ultimate}**."
    if parents.is_ultimate:
        return f"**{name}** has no parent."
    return f"**{name}**: no parent is known."
