"""Advanced search: people by filters, flat or grouped by company, explored in charts."""

import streamlit as st

from dashboard import data
from dashboard.page import set_page
from dashboard.panels import chart_filters, filters, ideal_customers, search_run
from dashboard.panels.saved_searches import saved_searches
from dashboard.panels.search_results import show_results
from dashboard.widgets.buttons import show_errors
from dashboard.widgets.charge import show_charge

account = set_page("Advanced search", None)
filters.restore(account)
page = st.container(gap="xsmall")
header = page.container(horizontal=True, vertical_alignment="center", gap="xsmall")
heading = header.container(horizontal=True, vertical_alignment="center", width="content")
header.space("stretch")
entered = filters.entered_search()
search = search_run.current_search(account, entered.request, entered.data_points)
panel = filters.filter_panel(header, entered, search)
with panel:
    above, below = st.container(), st.container()
with below:  # after the button, which is then near the top for the keyboard too
    filters.settings_input(account, entered, with_sort=search is None or not search.results)
    ideal_customers.start_from(account)
with above:
    with st.form("advanced_form", border=False):
        form = filters.filter_boxes(entered, data.suggestions(account.fingerprint))
    before, entered = entered, filters.entered_search()
    filters.refill_after_back(account, before, entered)
    request, points = entered.request, entered.data_points
    clicked = search_run.search_button(account, form, request, points, entered.problem)
with below:
    if not entered.active:
        filters.examples(account)
    if search is None:
        with st.container(horizontal=True):
            saved_searches(account, request, points)
if clicked:
    search_run.load_pages(account, search_run.start_search(account, request, points), [0])

search = search_run.current_search(account, request, points)
# Above the rows if there are any, and below the form.
place = page if search is not None and search.results else st.container()
active = place.container(horizontal=True, vertical_alignment="center", gap="xsmall")
with active:
    filters.active_filters(account, entered)
with heading:
    st.title(search_run.heading(search), width="content", anchor=False)
    facts = st.container(width="content")
if search is None:
    st.caption(
        "Build a list of people by title, company, location and more, then press Search. "
        "Nothing is sent before that."
    )
    st.stop()

with header:
    saved_searches(account, request, points)
with page:
    if (search.request, search.data_points) != (request, points):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Filters changed.", width="content")
            clicked = search_run.search_button(account, None, request, points, entered.problem)
        if clicked:
            search_run.load_pages(account, search_run.start_search(account, request, points), [0])
    show_errors(search)
    if 0 not in search.results or not search.results.rows:
        if 0 in search.results:
            st.info("No matches, no charge. Try removing a filter.")
        show_charge(account, search.receipt)
        st.stop()
    with active:
        chart_filters.people_filters(search)
        if len(search.results) == 1:  # what was loaded later is charged where it is loaded
            show_charge(account, search.receipt)
    show_results(account, search, facts, header)
