"""Advanced search: people by filters, flat or grouped by company, a page at a time."""

from functools import partial

import streamlit as st

from dashboard import charts, data, forms, frames, state
from dashboard.cards import company_people
from dashboard.filters import company_filters, contact_filters
from dashboard.page import set_page
from dashboard.prospects import add_people
from dashboard.widgets import (
    after_paying,
    csv_download,
    data_points_input,
    figures,
    may_send,
    pager,
    paid_button,
    selectable,
    show_errors,
)
from dashboard.wording import count

PEOPLE_PER_COMPANY = 5
GROUPINGS = {"Flat": "flatAdvancedSearch", "Grouped by company": "groupedAdvancedSearch"}
SEARCHES = {
    "flatAdvancedSearch": data.flat_advanced_search,
    "groupedAdvancedSearch": data.grouped_advanced_search,
}

account = set_page("Advanced search", "Find people by who they are and where they work.")

with st.container(horizontal=True, vertical_alignment="bottom"):
    grouping = st.segmented_control(
        "Results",
        list(GROUPINGS),
        default="Flat",
        required=True,
        key="advanced_grouping",
        persist_state="session",
    )
    limit = st.number_input(
        "Rows a page", 1, 100, 25, key="advanced_limit", persist_state="session", width=120
    )
    points = data_points_input(account, ("company",), "advanced_points")


def send(outcome: state.Outcome, page: int) -> None:
    """Asks for one page and shows it if it came."""
    request = forms.page_input(outcome.request["input"], page, outcome.request["limit"])
    search = SEARCHES[outcome.request["operation"]]
    with st.spinner("Searching …"):
        points = outcome.data_points
        if outcome.ask(page, partial(search, *account.caller, request, points, account.purse)):
            outcome.shown = page
    after_paying(account, outcome)


operation = GROUPINGS[grouping]
shape = {"limitPerCompany": PEOPLE_PER_COMPANY} if grouping != "Flat" else {}
price = account.purse.price(operation, {**shape, "limit": limit}, points)
with st.form("advanced_form"):
    left, right = st.columns(2, gap="medium")
    with left:
        contact = contact_filters()
    with right:
        company = company_filters()
    pressed = paid_button(account, "Search", price, "advanced_search", form=True)

filters = forms.filters(contact, company)
if pressed and not filters:
    st.error("Choose at least one filter, then press Search.", icon=":material/edit:")
request = {"operation": operation, "input": {**filters, **shape}, "limit": limit}
if filters and may_send(account, pressed, price, (request, points)):
    st.session_state[state.ADVANCED] = state.Outcome(account.fingerprint, request, points)
    send(st.session_state[state.ADVANCED], 0)

outcome = state.outcome(state.ADVANCED, account.fingerprint)
if outcome is None:
    st.info("Choose filters and press Search. Nothing is sent before that.")
    st.stop()

flat = outcome.request["operation"] == "flatAdvancedSearch"
total_of, rows_of = ("totalPeople", "people") if flat else ("totalCompanies", "companies")
noun = ("person", "people") if flat else ("company", "companies")
answer = outcome.answers.get(outcome.shown)
if answer is not None:
    total = frames.number(answer, total_of) or len(frames.rows(answer, rows_of))
    st.subheader(f"{count(total, *noun)} found")
    wanted = pager(account, outcome, total)
    if wanted is not None:
        send(outcome, wanted)
show_errors(outcome)
if answer is None:
    st.stop()

shown, loaded = frames.rows(answer, rows_of), frames.loaded_rows(outcome.answers, rows_of)
if not shown:
    st.info("Nobody fits these filters, so nothing was charged. Take one away or widen it.")
    st.stop()
to_people = frames.found_people if flat else frames.grouped_people
people, everyone = to_people(shown), to_people(loaded)
if not flat:
    for found in shown:
        company_people(found)
chosen = selectable(people, "person_id", "advanced_table", outcome.at)
csv_download(everyone, "leadiq-advanced-search", "advanced_csv")
add_people(account, people[people["person_id"].isin(chosen)] if chosen else people)

st.caption(f"Charts are drawn on {count(len(loaded), *noun)} loaded of {total:,.0f} found.")
figures(
    "advanced",
    charts.seniorities(everyone["seniority"], "Seniority"),
    charts.counts(everyone["role"], "Role"),
    charts.company_sizes(everyone.drop_duplicates("company_id")["employees"], "Company size")
    if everyone["employees"].notna().any()
    else None,
    charts.counts(everyone["country"], "Country"),
)
if everyone["employees"].isna().all():
    st.caption("Company sizes are part of company information, which was not chosen.")
