"""Lists: all lists, a new one, the prospects of one, and its export."""

import streamlit as st

from dashboard import charts, data, frames, state
from dashboard.forms import prospect_input
from dashboard.page import set_page, show_error
from dashboard.widgets import add_prospects, create_list, csv_download, figures, notice, table
from dashboard.wording import count, day, plain
from leadiq_api import LeadIQError

PROSPECT_FIELDS = {
    "firstName": "First name",
    "lastName": "Last name",
    "title": "Title",
    "company": "Company",
    "workEmail": "Email",
    "phone": "Phone",
    "linkedinUrl": "LinkedIn URL",
    "notes": "Notes",
}

account = set_page("Lists", "Prospects you keep in LeadIQ. Reading and writing lists is free.")


def refresh() -> None:
    data.forget_lists(*account.caller, st.session_state[state.OPEN_LIST])


def new_forms() -> None:
    """After a success the forms begin anew; after a failure nothing entered is lost."""
    st.session_state[state.FORM] += 1
    st.rerun()


st.button("Refresh", icon=":material/refresh:", on_click=refresh)
notice()
form = st.session_state[state.FORM]
with (
    st.expander("Create a list", icon=":material/add:"),
    st.form("create_list", border=False),
):
    name = st.text_input("Name", max_chars=200, key=f"list_name_{form}").strip()
    about = st.text_area("Description", max_chars=2000, key=f"list_description_{form}").strip()
    if st.form_submit_button("Create the list · free", type="primary"):
        if not name:
            st.error("Give the list a name.", icon=":material/edit:")
        else:
            made = create_list(account, name, about)
            if made is not None:
                st.session_state[state.OPEN_LIST] = made
                new_forms()

try:
    with st.spinner("Reading the lists …"):
        found = data.lists(*account.caller)
except LeadIQError as error:
    show_error(error)
    st.stop()
lists = frames.lists(found).dropna(subset=["list_id"])
if lists.empty:
    st.info("There is no list yet. Press Create a list, then add people from a search.")
    st.stop()

names = dict(zip(lists["list_id"], lists["name"], strict=True))
st.subheader(count(len(lists), "list"))
table(lists, "lists_table", hidden=("list_id",))
csv_download(lists, "leadiq-lists", "lists_csv")

known = list(names)
kept = st.session_state[state.OPEN_LIST]
list_id = st.selectbox(
    "Open a list",
    known,
    index=known.index(kept) if kept in known else 0,
    format_func=lambda found: f"{names[found]}",
)
st.session_state[state.OPEN_LIST] = list_id

with (
    st.expander("Add a prospect", icon=":material/person_add:"),
    st.form("add_prospect", border=False),
):
    entered = {
        field: st.text_input(label, key=f"prospect_{field}_{form}")
        for field, label in PROSPECT_FIELDS.items()
    }
    if st.form_submit_button("Add to the list · free", type="primary"):
        body, problem = prospect_input(entered)
        if problem:
            st.error(problem, icon=":material/edit:")
        elif add_prospects(account, list_id, names[list_id], [body]):
            new_forms()

try:
    with st.spinner("Reading the prospects …"):
        prospects = frames.prospects(data.list_prospects(*account.caller, list_id))
        exported = frames.from_csv(data.export_list(*account.caller, list_id))
except LeadIQError as error:
    show_error(error)
    st.stop()
st.subheader(f"{plain(names[list_id])}: {count(len(prospects), 'prospect')}")
if prospects.empty:
    st.info("This list is empty. Add people from People search or Advanced search, or above.")
    st.stop()
st.caption(f"Last added {day(prospects['created_at'].max())}.")
table(prospects, "prospects_table", hidden=("prospect_id", "person_id"))
csv_download(exported, f"leadiq-list-{list_id}", "prospects_csv", "Download the list as CSV")
figures(
    "lists",
    charts.seniorities(prospects["seniority"], "Seniority"),
    charts.counts(prospects["company"], "Company"),
    charts.counts(prospects["email_status"].fillna("No email"), "Email status"),
    charts.per_day(prospects["created_at"], "Added, by day"),
)
