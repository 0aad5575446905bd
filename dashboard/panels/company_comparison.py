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
from dashboard.charts.base import coverage_label
from dashboard.formatting import count, escape_markdown
from dashboard.search import company_facts
from dashboard.search.company_facts import MAX_COMPARED, USED_BY, KnownParents
from dashboard.search.outcome import Outcome
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download


def compare(
    account: Account,
    outcome: Outcome,
    results: Sequence[Json],
    selected: Sequence[str],
    all_results: Sequence[Json],
) -> list[Json]:
    """Compares the companies with the ``selected`` ids, or the first; returns those compared.

    ``results`` are those left by the chart filters, of ``all_results``.
    """
    compared = company_facts.companies_to_compare(results, selected)
    st.subheader(f"{count(len(compared), 'company', 'companies')} compared")
    _limit_note(len(results), len(selected), len(compared))
    _people_links(compared)
    tabs: dict[str, Callable[[], None]] = {
        "Facts": partial(_facts, compared),
        "Headcount by function": partial(_headcount, compared),
        "Technologies": partial(_technologies, compared),
        "Parents": partial(_parents, account, outcome, all_results, compared, selected),
    }
    containers = st.tabs([*tabs], key="comparison", on_change="rerun")
    for container, draw in zip(containers, tabs.values(), strict=True):
        if container.open:  # a tab that nobody looks at is not drawn
            with container:
                draw()
    return compared


def _limit_note(results: int, selected: int, compared: int) -> None:
    """Shows which companies are compared, if not all of them are."""
    if selected > MAX_COMPARED:
        st.warning(
            f"{selected} companies are selected; {MAX_COMPARED} fit side by side, so the "
            f"first {MAX_COMPARED} are compared. To see another, take one of them away in the "
            "table.",
            icon=":material/edit:",
        )
    elif not selected and results > compared:
        st.caption(
            f"These are the first {compared} of {results}. Select up to {MAX_COMPARED} in "
            "the table to compare others."
        )


def _people_links(companies: Sequence[Json]) -> None:
    """Draws links to Advanced search with each company filled in; a click sends nothing."""
    links = [
        (f"People at {escape_markdown(name)}", query)
        for company, name in zip(companies, company_facts.unique_names(companies), strict=True)
        if (query := company_facts.people_query([company]))
    ]
    if len(links) > 1:
        query = company_facts.people_query(companies)
        entries = next(iter(query.values())).splitlines()
        links.insert(0, (f"People at {count(len(entries), 'company', 'companies')}", query))
    with st.container(horizontal=True, gap="small"):
        for label, query in links:
            # A page that is run as a script of its own has no neighbours to link to.
            with suppress(StreamlitPageNotFoundError):
                st.page_link(
                    "pages/advanced_search.py",
                    label=label,
                    icon=":material/group:",
                    query_params=query,
                    help="Opens Advanced search with this filter. Nothing is sent before you "
                    "press Search there.",
                )


def _facts(compared: Sequence[Json]) -> None:
    facts = company_facts.facts_table(compared)
    table = company_facts.side_by_side(facts)
    headings = {name: st.column_config.TextColumn(name, width="medium") for name in table}
    headings["fact"] = st.column_config.TextColumn("", pinned=True, width=170)
    st.dataframe(
        table,
        hide_index=True,
        column_config=headings,
        height="content",
        key="comparison_facts",
        alt=f"Facts of {count(len(compared), 'company', 'companies')} side by side",
    )
    csv_download(table, "leadiq-comparison", "comparison_csv", "Download the comparison")

    def titled(title: str, column: str) -> str:
        return f"{title} · {coverage_label(facts[column].notna().sum(), len(facts))}"

    figures(
        "comparison",
        company_charts.amount_bars(facts, "company", "employees", titled("Headcount", "employees")),
        company_charts.growth_bars(facts, 12, titled("Growth over 12 months", "growth_12")),
        company_charts.growth_bars(facts, 24, titled("Growth over 24 months", "growth_24")),
        company_charts.amount_bars(
            facts, "company", "funding_usd", titled("Funding", "funding_usd"), unit="$"
        ),
    )


def _headcount(compared: Sequence[Json]) -> None:
    trends = company_facts.headcount_trends(compared)
    if trends.empty:
        st.info("LeadIQ has no headcount by function of these companies.")
        return
    unit = st.segmented_control(
        "Headcount as",
        ["Employees", "Shares"],
        default="Employees",
        required=True,
        key="headcount_as",
        persist_state="session",
        label_visibility="collapsed",
    )
    coverage = coverage_label(trends["company"].nunique(), len(compared))
    title = f"Headcount by function · {coverage}"
    st.plotly_chart(
        company_charts.headcount_by_role(trends, title, shares=unit == "Shares"),
        key="headcount",
        config={"displaylogo": False},
        alt=f"{title}, over time",
    )


def _technologies(compared: Sequence[Json]) -> None:
    used = company_facts.technology_use(compared)
    companies = list(used.columns[4:])
    if used.empty:
        st.info("LeadIQ knows no technologies of these companies.")
        return
    numbers = used["shared"].value_counts()
    used_by = st.segmented_control(
        "Used by",
        USED_BY,
        format_func=lambda group: f"{group} · {numbers.get(group, 0)}",
        key="used_by",
        persist_state="session",
        help="Press again to see every technology.",
    )
    st.caption(f"Technologies are known of {coverage_label(len(companies), len(compared))}.")
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


def _parents(
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
    coverage = coverage_label(with_parent, len(compared))
    lineage = company_facts.lineage(compared)
    figure = company_charts.family_tree(lineage, f"Below their parents · {coverage}")
    if figure.data:
        st.plotly_chart(figure, key="family", config={"displaylogo": False}, alt="Parents, a tree")
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
    if error is None and selected:
        parents = rows_at(outcome.answers[parent.answer_key], "results")
        outcome.preselected += filter(None, (text_at(row, "id") for row in parents))
    refresh_balance_and_rerun(account)


def _lineage_note(name: str, parents: KnownParents) -> str:
    """Returns which companies a company belongs to, in words; ``name`` is Markdown already."""
    names = [*dict.fromkeys(filter(None, (parents.parent, parents.ultimate)))]
    if names:
        belonging = ", and in the end to ".join(
            f"**{escape_markdown(parent)}**" for parent in names
        )
        return f"**{name}** belongs to {belonging}."
    if parents.is_ultimate:
        return f"**{name}** has no parent."
    return f"**{name}**: no parent is known."
