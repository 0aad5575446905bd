"""Lists: all lists, the prospects of one, what can be done with them, and the export."""

import streamlit as st

from dashboard import data
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, day, escape_markdown, strip_control_chars
from dashboard.lists.inputs import prospect_input
from dashboard.page import set_page
from dashboard.panels import list_additions, prospects
from dashboard.state import session
from dashboard.tables import frames
from dashboard.tables.api_json import EMAIL_STATUSES
from dashboard.widgets.buttons import show_flash_message
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download, selectable_table, table

FIELDS = {
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


st.button("Refresh", icon=":material/refresh:", on_click=account.refresh_lists)
show_flash_message()
form = session().form_version
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
            made = list_additions.create_list(account, name, about)
            if made is not None:
                account.state.open_list = made
                session().form_version += 1
                st.rerun()
with st.expander("Find a saved prospect", icon=":material/person_search:"):
    prospects.find(account)

found = read_or_show_error("the lists", account.caller, data.lists)
if found is None:
    st.stop()
lists = frames.lists(found).dropna(subset=["list_id"])
if lists.empty:
    st.info("There is no list yet. Press Create a list, then add people from a search.")
    st.stop()

names = dict(zip(lists["list_id"], lists["name"], strict=True))
st.subheader(count(len(lists), "list"))
with st.container(horizontal=True, vertical_alignment="bottom"):
    wanted = st.text_input("Search lists by name", key="lists_search", persist_state="session")
    prospects.count_prospects(account, list(names))
lists["prospects"] = prospects.counts(account, lists["list_id"])
matching = lists[lists["name"].str.contains(wanted.strip(), case=False, regex=False, na=False)]
if matching.empty:
    st.info(f"No list has “{escape_markdown(wanted.strip())}” in its name.")
table(matching, "lists_table", hidden=("list_id",))
csv_download(matching, "leadiq-lists", "lists_csv")

known = list(names)
kept = account.state.open_list
list_id = st.selectbox(
    "Open a list",
    known,
    index=known.index(kept) if kept in known else 0,
    format_func=lambda found: strip_control_chars(f"{names[found]}"),
)
account.state.open_list = list_id

list_additions.show_unfinished_addition(account, list_id, names[list_id])
with (
    st.expander("Add a prospect", icon=":material/person_add:"),
    st.form("add_prospect", border=False),
):
    entered = {
        field: st.text_input(label, key=f"prospect_{field}_{form}")
        for field, label in FIELDS.items()
    }
    options = ("", *EMAIL_STATUSES)
    entered["emailStatus"] = st.selectbox("Email status", options, key=f"prospect_status_{form}")
    if st.form_submit_button("Add to the list · free", type="primary"):
        body, problem = prospect_input(entered)
        if problem:
            st.error(problem, icon=":material/edit:")
        else:
            list_additions.add_one(account, list_id, names[list_id], body)
with st.expander("Add from a CSV file", icon=":material/upload_file:"):
    list_additions.upload(account, list_id, names[list_id])

listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
if listed is None:
    st.stop()
people = frames.prospects(listed)
prospects.remember_count(account, list_id, len(people))
st.subheader(f"{escape_markdown(names[list_id])}: {count(len(people), 'prospect')}")
if people.empty:
    st.info("This list is empty. Add people from People search or Advanced search, or above.")
    st.stop()
st.caption(f"Last added {day(people['created_at'].max())}. Select rows to work with them.")
version = hash(tuple(people["prospect_id"]))
chosen = selectable_table(people, "prospect_id", "prospects_table", version)
exported = read_or_show_error("the export", account.caller, data.export_list, list_id)
if exported is not None:
    prospects.export(exported, list_id)
prospects.prospect_actions(
    account, list_id, names, [row for row in listed if row.get("id") in chosen], listed
)
figures(
    "lists",
    people_charts.seniorities(people["seniority"], "Seniority"),
    people_charts.counts(people["company"], "Company"),
    people_charts.counts(people["email_status"].fillna("No email"), "Email status"),
    people_charts.freshness(people["updated_at"], "Updated"),
    people_charts.per_day(people["created_at"], "Added, by day"),
)
