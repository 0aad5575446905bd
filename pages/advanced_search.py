"""Advanced search: people by filters, flat or grouped by company, explored in charts."""

import streamlit as st

from dashboard import data
from dashboard.formatting import count, escape_markdown, uc
from dashboard.page import set_page
from dashboard.panels import search_run
from dashboard.panels.filters import filters_input
from dashboard.panels.saved_searches import saved_searches
from dashboard.panels.search_results import show_results
from dashboard.search.filter_fields import DEFAULT_GROUPING, DEFAULT_LIMIT
from dashboard.widgets.buttons import show_errors, show_flash_message
from dashboard.widgets.charge import show_charge
from leadiq_api import SearchKind

PEOPLE_PER_COMPANY = 5
GROUPINGS = {"Flat": SearchKind.FLAT, "Grouped by company": SearchKind.GROUPED}

account = set_page("Advanced search", "Find people by who they are and where they work.")
show_flash_message()

with st.container(horizontal=True, vertical_alignment="bottom"):
    grouping = st.segmented_control(
        "Results",
        list(GROUPINGS),
        default=DEFAULT_GROUPING,
        required=True,
        key="results",
        bind="query-params",
    )
    # Not of whole numbers: with ?limit=1e400 in the address Streamlit would fail to make one of it.
    rows = st.number_input(
        "Rows a page",
        1.0,
        100.0,
        float(DEFAULT_LIMIT),
        1.0,
        "%.0f",
        key="limit",
        bind="query-params",
        width=120,
    )
    limit = int(rows)
    with_company = st.toggle(
        f"Company information · {uc(account.prices['Company'])} a company",
        key="company_information",
        bind="query-params",
        help="Without it each person costs the profile alone, "
        f"{uc(account.prices['Profile'])}; emails and phones are chosen below, once found.",
    )

kind = GROUPINGS[grouping]
is_flat = kind is SearchKind.FLAT
points = ("company",) if with_company else ()
# A search without filters is refused, so this alone is not an input.
group_size = {} if is_flat else {"limitPerCompany": PEOPLE_PER_COMPANY}
form = st.form("advanced_form")
with form:
    filters, problems = filters_input(is_flat, data.suggestions(account.fingerprint))

search_input = {**filters, **group_size} if filters else {}
request = {"operation": kind, "input": search_input, "limit": limit}
problem = None
if problems:
    problem = f"Nothing was sent. {escape_markdown(' · '.join(problems))}"
elif not filters:
    problem = "Choose at least one filter, then press Search."
if search_run.search_button(account, form, request, points, problem):
    search_run.load_pages(account, search_run.start_search(account, request, points), [0])

saved_searches(account, request, points)
search = search_run.current_search(account, request, points)
if search is None:
    st.info("Choose filters and press Search. Nothing is sent before that.")
    st.stop()

show_charge(account, search.receipt)
show_errors(search)
if 0 not in search.results:
    st.stop()
st.header(f"{count(search.results.total, *search.noun)} found")
if (search.request, search.data_points) != (request, points):
    st.caption("The filters have changed since: press Search to see what they find.")
if not search.results.rows:
    st.info("Nobody fits these filters. Take one away or widen it.")
    st.stop()
search_run.load_more_controls(account, search)
show_results(account, search)
