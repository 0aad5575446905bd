"""People search: one person, or a few, by what identifies them."""

import streamlit as st

from dashboard.formatting import count
from dashboard.jobs.match import people_found
from dashboard.page import set_page
from dashboard.panels.list_additions import add_people
from dashboard.panels.new_job import Mode, new_job_panel
from dashboard.panels.person_lookup import (
    MAX_RESULTS,
    current_people,
    look_up_person,
    nobody_found,
    person_boxes,
    recent_people,
)
from dashboard.panels.stale_records import refresh_record
from dashboard.tables import frames
from dashboard.tables.api_json import number_at, rows_at, text_at
from dashboard.widgets.buttons import show_errors
from dashboard.widgets.cards import person_card
from dashboard.widgets.charge import show_charge
from dashboard.widgets.tables import downloads, selectable_table

account = set_page("People search", "Look someone up. You pay only for what you tick.")

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

lookup, actions = person_boxes(account)
outcome = current_people(account, lookup)
with actions:
    look_up_person(account, lookup)
if outcome is None:
    st.caption("Paste a LinkedIn URL to start. Nothing is sent before you press a button.")
    recent_people(account)
    st.stop()

show_errors(outcome)
results = frames.distinct(rows_at(outcome.answers.get(0), "results"))
people = people_found(outcome.request, outcome.answers.get(0) or {})
matches = people["match"]
total = number_at(outcome.answers.get(0), "totalResults") or len(people)
if results:
    of = f"{len(people):,} of " if len(people) < total else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(f"{of}{count(total, 'match', 'matches')}", width="content", anchor=False)
        charge, exports = (
            st.container(width="stretch"),
            st.container(horizontal=True, width="content"),
        )
    with charge:
        show_charge(account, outcome.receipt)
elif 0 in outcome.answers and account.state.preview is None:  # the preview is of somebody else
    st.info(nobody_found(outcome.request), icon=":material/person_off:")
if not results:
    show_charge(account, outcome.receipt)
if len(people) < total and outcome.request["limit"] < MAX_RESULTS:
    st.caption("Increase “Max results” under Options to see more.")
if len(people) > 1:
    selected = selectable_table(people, "person_id", "people_table", outcome.at)
    people = people[people["person_id"].isin(selected)] if selected else people
for person, match in zip(results, matches, strict=True):
    if len(results) == len(people) or text_at(person, "id") in {*people["person_id"]}:
        person_card(person, outcome.data_points, outcome.request, match)
        refresh_record(account, person, outcome.data_points)
if results:
    with exports:
        downloads(people, [*people], "leadiq-people", "people")
        add_people(account, people)
recent_people(account)
