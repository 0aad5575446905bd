"""Company search: one company a line, by domain, name, LinkedIn URL or id."""

from functools import partial

import streamlit as st

from dashboard import data, state
from dashboard.formatting import count, escape_markdown, uc
from dashboard.page import set_page
from dashboard.panels import chart_filters
from dashboard.panels.company_comparison import compare
from dashboard.panels.company_lines import company_lines_input
from dashboard.search.crossfilter import COMPANY_FACETS, Crossfilter
from dashboard.search.outcome import Outcome
from dashboard.tables import frames
from dashboard.tables.api_json import rows_at, text_at
from dashboard.widgets.affordable import items
from dashboard.widgets.batch import send_batch
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun, show_errors
from dashboard.widgets.cards import company_card
from dashboard.widgets.charge import show_charge
from dashboard.widgets.tables import columns_input, downloads, selectable_table, table_version
from leadiq_api.credits import total

account = set_page("Company search", "Company information by domain, name, LinkedIn URL or id.")

inputs, problem = company_lines_input(account)
prices = [account.price("searchCompany", input) for input in inputs.values()]
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
if approved:
    search = account.state.companies = Outcome(
        {"lines": list(inputs)}, receipt=account.payments.receipt
    )
    calls = {
        line: partial(data.search_company, *account.caller, input, account.payments)
        for line, input in inputs.items()
    }
    send_batch(calls, lambda line: search.ask(line, calls[line]), "Searching …")
    refresh_balance_and_rerun(account)

outcome = account.state.companies
if outcome is None:
    st.info("Enter companies, one a line, and press Search. Nothing is sent before that.")
    st.stop()

show_charge(account, outcome.receipt)
show_errors(outcome)
unsent = [line for line in outcome.request["lines"] if not outcome.has(line)]
if unsent:
    st.warning(f"Not asked any more: {count(len(unsent), 'line')}. Press Search to go on.")
results = frames.distinct(
    row for answer in outcome.answers.values() for row in rows_at(answer, "results")
)
not_found = [line for line, answer in outcome.answers.items() if not rows_at(answer, "results")]
if not_found:
    st.info(f"Not found: {escape_markdown(', '.join(not_found))}")
if not results:
    st.stop()

companies = frames.companies(results)
st.header(f"{count(len(companies), 'company', 'companies')} found")
crossfilter = Crossfilter(companies, COMPANY_FACETS)
filters = chart_filters.chart_filter_input(state.COMPANY_CHART_FILTERS)
chart_filters.draw_charts(
    crossfilter,
    filters.chosen,
    chart_filters.COMPANY_ROWS,
    state.COMPANY_CHART_FILTERS,
    noun="companies",
)
companies = companies[crossfilter.matching_rows(filters.chosen)]
if companies.empty:
    st.info("No company is left. Clear a chip above the charts.")
    st.stop()
tools = st.container(horizontal=True, vertical_alignment="center")
with tools:
    columns = columns_input(companies, "companies_columns", hidden=("country_code",))
# After a look-up the table starts with the companies compared, and the parent that joined them.
selected = selectable_table(
    companies,
    "company_id",
    "companies_table",
    table_version(outcome.at, *filters.chips),
    columns,
    outcome.preselected,
)
with tools:
    rows = companies[companies["company_id"].isin(selected)] if selected else companies
    downloads(rows, columns, "leadiq-companies", "companies")

filtered = [row for row in results if text_at(row, "id") in {*companies["company_id"]}]
for company in compare(account, outcome, filtered, selected, results):
    company_card(company)
