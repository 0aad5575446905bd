"""People search: one person, or a few, by what identifies them."""

from functools import partial

import streamlit as st

from dashboard import data
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count
from dashboard.page import set_page
from dashboard.panels import new_job
from dashboard.panels.list_additions import add_people
from dashboard.search.inputs import FIND_BY, person_input, preview_input
from dashboard.search.outcome import Outcome
from dashboard.tables import frames
from dashboard.tables.api_json import number_at, rows_at
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    preview_offer,
    refresh_balance_and_rerun,
    show_errors,
)
from dashboard.widgets.cards import person_card
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download, selectable_table

account = set_page(
    "People search", "Find a person by what you know; pay only for the data points you choose."
)

mode = st.segmented_control(
    "Look up",
    new_job.MODES,
    default=new_job.MODES[0],
    required=True,
    key="people_mode",
    persist_state="session",
    label_visibility="collapsed",
)
if mode != new_job.MODES[0]:
    new_job.new_job_panel(account, mode)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    points = data_points_input(account, ("email", "phone", "company"), "people_points")
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
find_by = st.segmented_control(
    "Find by",
    list(FIND_BY),
    default=next(iter(FIND_BY)),
    required=True,
    key="people_by",
    persist_state="session",
)

price = account.payments.price("searchPeople", {"limit": limit}, points)
form = st.form("people_form")
with form:
    entered = {
        name: st.text_input(
            label, placeholder=example, key=f"people_{name}", persist_state="session"
        )
        for name, label, example in FIND_BY[find_by]
    }
request, problem = person_input(find_by, entered, limit)
approved = paid_button(
    account,
    "Search",
    price,
    "people_search",
    request=(request, points),
    problem=problem,
    form=form,
)
if find_by != "LeadIQ id" and form.form_submit_button("Check first · free"):
    if problem:
        st.error(problem, icon=":material/edit:")
    else:
        account.state.preview = read_or_show_error(
            "the preview", account.caller, data.search_people_preview, preview_input(request)
        )
previewed = preview_offer(account, points)
to_send = request if approved else previewed
if to_send is not None:
    outcome = account.state.people = Outcome(to_send, points)
    with st.spinner("Searching …"):
        ask = partial(data.search_people, *account.caller, to_send, points, account.payments)
        outcome.ask(0, ask)
    refresh_balance_and_rerun(account, outcome)

outcome = account.state.people
if outcome is None:
    st.info("Enter who you are looking for and press Search. Nothing is sent before that.")
    st.stop()

show_errors(outcome)
answer = outcome.answers.get(0)
if answer is None:
    st.stop()
results = rows_at(answer, "results")
if not results:
    st.info(
        "Nobody was found, so nothing was charged. Try the LinkedIn URL, or the name with the "
        "company's domain."
    )
    st.stop()

people = frames.people(results)
total = number_at(answer, "totalResults") or len(people)
st.subheader(f"{count(len(people), 'person', 'people')} of {total:,.0f} found")
if len(people) < total:
    st.caption("Raise “People, at most” to see more; the button tells the price.")
chosen = selectable_table(people, "person_id", "people_table", outcome.at)
csv_download(people, "leadiq-people", "people_csv")
add_people(account, people[people["person_id"].isin(chosen)] if chosen else people)

for place, person in enumerate(results):
    person_card(person, outcome.data_points, f"person_{place}")
figures(
    "people",
    people_charts.data_point_bars(people, outcome.data_points, "What came back"),
    people_charts.seniority_bars(people["seniority"], "Seniority"),
)
