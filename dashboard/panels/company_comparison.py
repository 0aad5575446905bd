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
from dashboard.search.company_facts import MAX_COMPARED, USED_BY
from dashboard.search.outcome import Outcome
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download


def compare(
    account: Account,
    outcome: Outcome,
    results: Sequence[Json],
    chosen: Sequence[str],
    known: Sequence[Json],
) -> list[Json]:
    """Compares the companies with the ``chosen`` ids, or the first; gives those compared.

    ``known`` are all that were found, also those that ``results`` has been narrowed by.
    """
    shown = company_facts.companies_to_compare(results, chosen)
    st.subheader(f"{count(len(shown), 'company', 'companies')} compared")
    if len(chosen) > MAX_COMPARED:
        st.warning(
            f"{len(chosen)} companies are selected; {MAX_COMPARED} fit side by side, so the "
            f"first {MAX_COMPARED} are compared. To see another, take one of them away in the "
            "table.",
            icon=":material/edit:",
        )
    elif not chosen and len(results) > len(shown):
        st.caption(
            f"These are the first {len(shown)} of {len(results)}. Select up to {MAX_COMPARED} in "
            "the table to compare others."
        )
    _people_links(shown)
    drawn: dict[str, Callable[[], None]] = {
        "Facts": partial(_facts, shown),
        "Headcount by function": partial(_headcount, shown),
        "Technologies": partial(_technologies, shown),
        "Parents": partial(_parents, account, outcome, known, shown, chosen),
    }
    tabs = st.tabs([*drawn], key="comparison", on_change="rerun")
    for tab, draw in zip(tabs, drawn.values(), strict=True):
        if tab.open:  # what nobody looks at is not drawn
            with tab:
                draw()
    return shown


def _people_links(companies: Sequence[Json]) -> None:
    """Links to the advanced search with each company filled in; a click sends nothing."""
    known = [
        (f"People at {escape_markdown(name)}", query)
        for company, name in zip(companies, company_facts.unique_names(companies), strict=True)
        if (query := company_facts.people_query([company]))
    ]
    everybody = company_facts.people_query(companies)
    if len(known) > 1:
        places = count(len(next(iter(everybody.values())).splitlines()), "company", "companies")
        known.insert(0, (f"People at {places}", everybody))
    with st.container(horizontal=True, gap="small"):
        for label, query in known:
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


def _facts(shown: Sequence[Json]) -> None:
    facts = company_facts.facts_table(shown)
    table = company_facts.side_by_side(facts)
    headings = {name: st.column_config.TextColumn(name, width="medium") for name in table}
    headings["fact"] = st.column_config.TextColumn("", pinned=True, width=170)
    st.dataframe(
        table,
        hide_index=True,
        column_config=headings,
        height="content",
        key="comparison_facts",
        alt=f"Facts of {count(len(shown), 'company', 'companies')} side by side",
    )
    csv_download(table, "leadiq-comparison", "comparison_csv", "Download the comparison")

    def told(title: str, column: str) -> str:
        return f"{title} · {coverage_label(facts[column].notna().sum(), len(facts))}"

    figures(
        "comparison",
        company_charts.amount_bars(facts, "company", "employees", told("Headcount", "employees")),
        company_charts.growth_bars(facts, 12, told("Growth over 12 months", "growth_12")),
        company_charts.growth_bars(facts, 24, told("Growth over 24 months", "growth_24")),
        company_charts.amount_bars(
            facts, "company", "funding_usd", told("Funding", "funding_usd"), unit="$"
        ),
    )


def _headcount(shown: Sequence[Json]) -> None:
    trends = company_facts.headcount_trends(shown)
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
    known = coverage_label(trends["company"].nunique(), len(shown))
    title = f"Headcount by function · {known}"
    st.plotly_chart(
        company_charts.headcount_by_role(trends, title, shares=unit == "Shares"),
        key="headcount",
        config={"displaylogo": False},
        alt=f"{title}, over time",
    )


def _technologies(shown: Sequence[Json]) -> None:
    used = company_facts.technology_use(shown)
    companies = list(used.columns[4:])
    if used.empty:
        st.info("LeadIQ knows no technologies of these companies.")
        return
    number = used["shared"].value_counts()
    by = st.segmented_control(
        "Used by",
        USED_BY,
        format_func=lambda shared: f"{shared} · {number.get(shared, 0)}",
        key="used_by",
        persist_state="session",
        help="Press again to see every technology.",
    )
    st.caption(f"Technologies are known of {coverage_label(len(companies), len(shown))}.")
    ticked = used.assign(**{name: used[name].map({True: "✓", False: ""}) for name in companies})
    st.dataframe(
        ticked[ticked["shared"] == by] if by else ticked,
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
    results: Sequence[Json],
    shown: Sequence[Json],
    chosen: Sequence[str],
) -> None:
    told = [company_facts.known_parents(company) for company in shown]
    for name, place in zip(company_facts.unique_names(shown), told, strict=True):
        st.markdown(_told(escape_markdown(name), *place))
    known = coverage_label(sum(place[:2] != (None, None) for place in told), len(shown))
    figure = company_charts.family_tree(
        company_facts.lineage(shown), f"Below their parents · {known}"
    )
    if figure.data:
        st.plotly_chart(figure, key="family", config={"displaylogo": False}, alt="Parents, a tree")
    for parent in company_facts.missing_parents(shown, results):
        price = account.payments.price("searchCompany", parent.input)
        label = f"Look up {escape_markdown(parent.name)}"
        # The second press of a double click meant this one, not the parent that follows it.
        if paid_button(account, label, price, f"parent_{parent.answer_key}", request=parent.input):
            _look_up(account, outcome, parent, chosen)


def _look_up(
    account: Account,
    outcome: Outcome,
    parent: company_facts.Parent,
    chosen: Sequence[str],
) -> None:
    """Asks for a parent, which joins what was found, and what is compared."""
    outcome.shown = [*chosen]  # the answer, or its failure, begins a new table
    with st.spinner("Searching …"):
        ask = partial(data.search_company, *account.caller, parent.input, account.payments)
        if outcome.ask(parent.answer_key, ask) and chosen:
            found = rows_at(outcome.answers[parent.answer_key], "results")
            outcome.shown += filter(None, (text_at(row, "id") for row in found))
    refresh_balance_and_rerun(account, outcome)


def _told(name: str, parent: str | None, ultimate: str | None, own: bool) -> str:
    """Where a company stands, in words."""
    if parent and ultimate and ultimate != parent:
        return f"**{name}** belongs to **{escape_markdown(parent)}**, and in the end to **{escape_markdown(ultimate)}**."
    if parent or ultimate:
        return f"**{name}** belongs to **{escape_markdown(parent or ultimate)}**."
    if own:
        return f"**{name}** has no parent."
    return f"**{name}**: no parent is known."
