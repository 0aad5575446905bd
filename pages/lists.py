"""Lists: all lists, the prospects of one, what can be done with them, and the export."""

import streamlit as st

from dashboard import data
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, day, escape_markdown, strip_control_chars
from dashboard.page import set_page
from dashboard.panels import list_additions, prospects
from dashboard.tables import frames
from dashboard.widgets.buttons import show_flash_message
from dashboard.widgets.figures import figures
from dashboard.widgets.paging import page_of
from dashboard.widgets.tables import csv_download, selectable_table, table, table_version

account = set_page("Lists", "Prospects you keep in LeadIQ. Reading and writing lists is free.")

st.button("Refresh", icon=":material/refresh:", on_click=account.refresh_lists)
show_flash_message()
with st.expander("Create a list", icon=":material/add:"):
    list_additions.create_list_form(account)
with st.expander("Find a saved prospect", icon=":material/person_search:"):
    prospects.find_saved_prospect(account)

all_lists = read_or_show_error("the lists", account.caller, data.lists)
if all_lists is None:
    st.stop()
lists = frames.lists(all_lists).dropna(subset=["list_id"])
if lists.empty:
    st.info("There is no list yet. Press Create a list, then add people from a search.")
    st.stop()

names = dict(zip(lists["list_id"], lists["name"], strict=True))
st.subheader(count(len(lists), "list"))
with st.container(horizontal=True, vertical_alignment="bottom"):
    query = st.text_input("Search lists by name", key="lists_search", persist_state="session")
    prospects.count_prospects(account, list(names))
query = query.strip()
lists["prospects"] = prospects.remembered_counts(account, lists["list_id"])
matching = lists[lists["name"].str.contains(query, case=False, regex=False, na=False)]
if matching.empty:
    st.info(f"No list has “{escape_markdown(query)}” in its name.")
table(matching, "lists_table", hidden=("list_id",))
csv_download(matching, "leadiq-lists", "lists_csv")

list_ids = list(names)
open_list = account.state.open_list
list_id = st.selectbox(
    "Open a list",
    list_ids,
    index=list_ids.index(open_list) if open_list in list_ids else 0,
    format_func=lambda list_id: strip_control_chars(f"{names[list_id]}"),
)
account.state.open_list = list_id

list_additions.show_unfinished_addition(account, list_id, names[list_id])
with st.expander("Add a prospect", icon=":material/person_add:"):
    list_additions.prospect_form(account, list_id, names[list_id])
with st.expander("Add from a CSV file", icon=":material/upload_file:"):
    list_additions.upload_prospects(account, list_id, names[list_id])

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
page = page_of(people, f"prospects_page_{list_id}")
version = table_version(*page["prospect_id"])
selected_ids = selectable_table(page, "prospect_id", "prospects_table", version)
exported = read_or_show_error("the export", account.caller, data.export_list, list_id)
if exported is not None:
    prospects.export_list(exported, list_id)
selected = [row for row in listed if row.get("id") in selected_ids]
prospects.prospect_actions(account, list_id, names, selected, listed)
figures(
    "lists",
    people_charts.seniority_bars(people["seniority"], "Seniority"),
    people_charts.value_count_bars(people["company"], "Company"),
    people_charts.value_count_bars(people["email_status"].fillna("No email"), "Email status"),
    people_charts.freshness_bars(people["updated_at"], "Updated"),
    people_charts.rows_per_day(people["created_at"], "Added, by day"),
)
