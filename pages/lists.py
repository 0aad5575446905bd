"""Lists: all lists, the prospects of one, what can be done with them, and the export."""

import streamlit as st

from dashboard import data
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, day, escape_markdown
from dashboard.page import set_page
from dashboard.panels import (
    job_changes,
    list_additions,
    list_writing,
    missing_emails,
    prospects,
    verification,
)
from dashboard.tables import frames
from dashboard.widgets.figures import figures
from dashboard.widgets.paging import page_of
from dashboard.widgets.tables import csv_download, record_table, table, table_version

MIN_PROSPECTS_OF_CHARTS = 8  # of fewer, a distribution says nothing
GRID_COLUMNS, MIN_GRID_PIXELS = 4, 220  # the lists, and one of them beside if there is room

account = set_page("Lists", "Your LeadIQ lists. Viewing and editing is free.")

all_lists = read_or_show_error("the lists", account.caller, data.lists)
lists = frames.lists(all_lists or []).dropna(subset=["list_id"])
if lists.empty:
    if all_lists is not None:
        st.caption("No lists yet. Create your first list.")
        list_additions.create_list_form(account)
    st.stop()

names = dict(zip(lists["list_id"], lists["name"], strict=True))
grid = st.grid(GRID_COLUMNS, min_column_width=MIN_GRID_PIXELS)
with grid.cell():
    list_additions.new_list_button(account)
    list_id = prospects.list_input(account, names)
    st.button("Refresh", icon=":material/refresh:", on_click=prospects.refresh, args=(account,))

with grid.cell(column_span=GRID_COLUMNS - 1):
    opened = read_or_show_error("the prospects", account.caller, data.open_list, list_id)
    heading = st.container(horizontal=True, vertical_alignment="center")
    heading.header(escape_markdown(names[list_id]), width="stretch", anchor=False)
    list_writing.show_unfinished_addition(account, list_id, names[list_id])
    people = frames.prospects([]) if opened is None else opened.people
    if opened is not None:
        prospects.remember_count(account, list_id, len(people))
        added = "" if people.empty else f" · last added {day(people['created_at'].max())}"
        st.caption(f"{count(len(people), 'prospect')}{added}")
    if opened is not None and people.empty:
        st.info("This list is empty. Add people from a search, or below.")
    if opened is not None and not people.empty:
        exported = read_or_show_error("the export", account.caller, data.list_export, list_id)
        if exported is not None:
            with heading:
                prospects.export_list(exported, list_id, people)
        prospects.email_progress(people)
        with st.container(horizontal=True):
            missing_emails.get_missing_emails(account, names[list_id], opened, f"missing_{list_id}")
            verification.verify_button(account, list_id, opened.with_email, "verify")
        verification.show_verification(account)
        page = page_of(people, f"prospects_page_{list_id}")
        picked = record_table(
            page[["prospect_id", "person_id", *prospects.COLUMNS]],
            "prospect_id",
            "prospects_table",
            table_version(*page["prospect_id"]),
        )
        st.caption("Click a cell to open the prospect. Tick rows to work with them.")
        if picked.ids:
            prospects.action_bar(account, list_id, names, picked.ids, opened)
    with st.expander("Add a prospect", icon=":material/person_add:"):
        list_additions.prospect_form(account, list_id, names[list_id])
    with st.expander("Add from a file", icon=":material/upload_file:"):
        list_additions.upload_prospects(account, list_id, names[list_id])
    with st.expander("Find a saved prospect", icon=":material/person_search:"):
        prospects.find_saved_prospect(account)
    with st.expander("All lists", icon=":material/list_alt:"):
        lists["prospects"] = prospects.remembered_counts(account, lists["list_id"])
        table(lists, "lists_table", hidden=("list_id",))
        csv_download(lists, "leadiq-lists", "lists_csv", "Download all lists")
    if opened is not None and len(people) >= MIN_PROSPECTS_OF_CHARTS:
        with st.expander("Charts", icon=":material/bar_chart:"):
            figures("lists", *opened.once("charts", lambda: prospects.charts(people)))
job_changes.track_job_changes(account, names)
if not people.empty and picked.opened is not None:
    prospects.show_record(account, picked.opened)
else:
    prospects.count_prospects(account, list(names))
