"""Company search: one company per line, by domain, name, LinkedIn URL or id."""

from functools import partial

import streamlit as st

from dashboard import data, state
from dashboard.formatting import count, escape_markdown, uc
from dashboard.page import set_page
from dashboard.panels import chart_filters, company_lists
from dashboard.panels.company_comparison import companies_table, compare
from dashboard.panels.company_lines import company_lines_input, explain_price, start_over
from dashboard.search.crossfilter import COMPANY_FACETS, Crossfilter
from dashboard.search.outcome import Outcome
from dashboard.tables import frames
from dashboard.tables.api_json import rows_at
from dashboard.widgets.affordable import items
from dashboard.widgets.batch import send_batch
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun, show_errors
from dashboard.widgets.charge import show_charge
from leadiq_api.credits import total

MIN_COMPANIES_OF_CHARTS = 8  # of fewer, a distribution says nothing

account = set_page("Company search", "Look up companies by domain, name, LinkedIn URL or ID.")

inputs, problem = company_lines_input(account)
prices = [account.price("searchCompany", input) for input in inputs.values()]
with st.container(horizontal=True, vertical_alignment="center"):
    approved = paid_button(
        account,
        "Search",
        total(prices),
        "companies_search",
        request=inputs,
        fitting=items("company", "companies", lambda: [price.maximum for price in prices]),
        problem=problem,
        unit_price=None if inputs else f"{uc(account.prices['Company'])} per company",
    )
explain_price(inputs, total(prices))
if approved:
    start_over(account)
    search = account.state.companies = Outcome(
        {"lines": list(inputs)}, receipt=account.payments.receipt
    )
    calls = {
        line: partial(data.search_company, *account.caller, input, account.payments)
        for line, input in inputs.items()
    }
    send_batch(calls, lambda line: search.ask(line, calls[line]), "Searching …")
    account.recent.keep(search.request, (), search)
    refresh_balance_and_rerun(account)

if account.state.companies is None:
    account.state.companies = account.recent.find({"lines": list(inputs)}, ())
outcome = account.state.companies
if outcome is None:
    st.caption("Paste a company's domain to start. Nothing is sent before you press Search.")
    company_lists.show_company_lists(account)
    st.stop()

show_errors(outcome)
unsent = [line for line in outcome.request["lines"] if not outcome.has(line)]
if unsent:
    st.warning(
        f"Stopped: {count(len(unsent), 'line')} not looked up yet. Press Search to continue."
    )
results = frames.distinct(
    row for answer in outcome.answers.values() for row in rows_at(answer, "results")
)
not_found = [line for line, answer in outcome.answers.items() if not rows_at(answer, "results")]
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.header(count(len(results), "company", "companies"), width="content", anchor=False)
    show_charge(account, outcome.receipt)
if not_found:
    st.caption(f"No match (not charged): {escape_markdown(', '.join(not_found))}")
if not results:
    company_lists.show_company_lists(account)
    st.stop()

above, below = st.container(), st.container()
narrowed, chips = results, list[str]()
if len(results) >= MIN_COMPANIES_OF_CHARTS:
    with below:
        st.subheader("Distribution", anchor=False)
        crossfilter = Crossfilter(frames.companies(results), COMPANY_FACETS)
        filters = chart_filters.chart_filter_input(crossfilter, state.COMPANY_CHART_FILTERS)
        chart_filters.draw_charts(
            crossfilter,
            filters.chosen,
            chart_filters.COMPANY_CHARTS,
            state.COMPANY_CHART_FILTERS,
            noun="companies",
        )
    rows = crossfilter.matching_rows(filters.chosen)
    narrowed = [company for company, left in zip(results, rows, strict=True) if left]
    chips = filters.chips
with above:
    if narrowed:
        selected = companies_table(outcome, narrowed, chips)
        compare(account, outcome, narrowed, selected, results)
        company_lists.save_companies(account, narrowed, selected)
    else:
        st.info("No company matches the chart filters. Remove one of them.")
company_lists.show_company_lists(account)
