"""Lists: all lists, a new one, the prospects of one, and its export."""

import streamlit as st

from dashboard import charts, data, frames, state
from dashboard.forms import prospect_input
from dashboard.page import read, set_page
from dashboard.widgets import add_prospects, create_list, csv_download, figures, notice, table
from dashboard.wording import count, day, plain

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
    state.forget(state.FAILURES)
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

found = read("the lists", account.caller, data.lists)
if found is None:
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

listed = read("the prospects", account.caller, data.list_prospects, list_id)
if listed is None:
    st.stop()
prospects = frames.prospects(listed)
st.subheader(f"{plain(names[list_id])}: {count(len(prospects), 'prospect')}")
if prospects.empty:
    st.info("This list is empty. Add people from People search or Advanced search, or above.")
    st.stop()
st.caption(f"Last added {day(prospects['created_at'].max())}.")
table(prospects, "prospects_table", hidden=("prospect_id", "person_id"))
exported = read("the export", account.caller, data.export_list, list_id)
if exported is not None:
    csv_download(
        frames.from_csv(exported),
        f"leadiq-list-{list_id}",
        "prospects_csv",
        "Download the list as CSV",
    )
figures(
    "lists",
    charts.seniorities(prospects["seniority"], "Seniority"),
    charts.counts(prospects["company"], "Company"),
    charts.counts(prospects["email_status"].fillna("No email"), "Email status"),
    charts.per_day(prospects["created_at"], "Added, by day"),
)
