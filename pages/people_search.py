"""People search: one person, or a few, by what identifies them."""

import streamlit as st

from dashboard.charts import people as people_charts
from dashboard.formatting import count
from dashboard.page import set_page
from dashboard.panels.list_additions import add_people
from dashboard.panels.new_job import Mode, new_job_panel
from dashboard.panels.person_lookup import (
    look_up,
    nobody_found,
    preview_button,
    preview_offer,
    search_button,
)
from dashboard.search.inputs import FIND_BY, person_input
from dashboard.tables import frames
from dashboard.tables.api_json import number_at, rows_at
from dashboard.widgets.buttons import data_points_input, quality_input, show_errors
from dashboard.widgets.cards import person_card
from dashboard.widgets.charge import show_charge
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download, selectable_table
from leadiq_api import DATA_POINTS

account = set_page(
    "People search", "Find a person by what you know; pay only for the data points you choose."
)

mode = st.segmented_control(
    "Look up",
    list(Mode),
    default=Mode.ONE_PERSON,
    required=True,
    key="people_mode",
    persist_state="session",
    label_visibility="collapsed",
)
if mode != Mode.ONE_PERSON:
    new_job_panel(account, mode)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    points = data_points_input(account, tuple(DATA_POINTS), "people_points")
    limit = st.number_input(
        "People, at most",
        min_value=1,
        max_value=25,
        value=1,
        key="people_limit",
        persist_state="session",
        width=140,
        help="A name and company can match several people; each one found is charged.",
    )
quality = quality_input(points, "people")
find_by = st.segmented_control(
    "Find by",
    list(FIND_BY),
    default=next(iter(FIND_BY)),
    required=True,
    key="people_by",
    persist_state="session",
)

# What an id costs depends on the id: the price follows what is typed, since no form holds it back.
by_id = find_by == "LeadIQ id"
form = None if by_id else st.form("people_form")
with st.container() if form is None else form:
    entered = {
        name: st.text_input(
            label, placeholder=example, key=f"people_{name}", persist_state="session", live=by_id
        )
        for name, label, example in FIND_BY[find_by]
    }
request, problem = person_input(find_by, entered, limit)
request |= quality.fields()
approved = search_button(account, form, request, points, problem)
if form is not None:  # the API has no preview by id
    preview_button(account, form, find_by, request, problem)
previewed_request = preview_offer(account, form, find_by, request, points)
approved_request = request if approved else previewed_request
if approved_request is not None:
    look_up(account, approved_request, points)

outcome = account.state.people
if outcome is None:
    st.info("Enter who you are looking for and press Search. Nothing is sent before that.")
    st.stop()

show_charge(account, outcome.receipt)
show_errors(outcome)
answer = outcome.answers.get(0)
if answer is None:
    st.stop()
results = rows_at(answer, "results")
if not results:
    if account.state.preview is None:  # it is of somebody else
        st.info(nobody_found(outcome.request))
    st.stop()

people = frames.people(results)
total = number_at(answer, "totalResults") or len(people)
st.header(f"{count(len(people), 'person', 'people')} of {total:,.0f} found")
if len(people) < total:
    st.caption("Raise “People, at most” to see more; the button tells the price.")
selected = selectable_table(people, "person_id", "people_table", outcome.at)
csv_download(people, "leadiq-people", "people_csv")
add_people(account, people[people["person_id"].isin(selected)] if selected else people)

for index, person in enumerate(results):
    person_card(person, outcome.data_points, f"person_{index}")
figures(
    "people",
    people_charts.data_point_bars(people, outcome.data_points, "What came back"),
    people_charts.seniority_bars(people["seniority"], "Seniority"),
)
