"""Lists: all lists, the prospects of one, what can be done with them, and the export."""

import streamlit as st

from dashboard import data
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, day, escape_markdown
from dashboard.page import set_page
from dashboard.panels import job_changes, list_additions, missing_emails, prospects
from dashboard.tables import frames
from dashboard.widgets.figures import figures
from dashboard.widgets.paging import page_of
from dashboard.widgets.tables import csv_download, record_table, table, table_version

MIN_PROSPECTS_OF_CHARTS = 8  # of fewer, a distribution says nothing

account = set_page("Lists", "Your LeadIQ lists. Viewing and editing is free.")

all_lists = read_or_show_error("the lists", account.caller, data.lists)
lists = frames.lists(all_lists or []).dropna(subset=["list_id"])
if lists.empty:
    if all_lists is not None:
        st.caption("No lists yet. Create your first list.")
    list_additions.create_list_form(account)
    st.stop()

names = dict(zip(lists["list_id"], lists["name"], strict=True))
left, right = st.columns([1, 4], gap="medium")
with left:
    list_additions.new_list_button(account)
    list_id = prospects.list_input(account, names)
    st.button("Refresh", icon=":material/refresh:", on_click=prospects.refresh, args=(account,))

with right:
    listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
    heading = st.container(horizontal=True, vertical_alignment="center")
    heading.header(escape_markdown(names[list_id]), width="stretch", anchor=False)
    list_additions.show_unfinished_addition(account, list_id, names[list_id])
    shown = missing_emails.with_emails_of_jobs(account, listed or [])
    people = frames.prospects(shown)
    if listed is not None:
        prospects.remember_count(account, list_id, len(people))
        added = "" if people.empty else f" · last added {day(people['created_at'].max())}"
        st.caption(f"{count(len(people), 'prospect')}{added}")
    if listed is not None and people.empty:
        st.info("This list is empty. Add people from a search, or below.")
    if not people.empty:
        exported = read_or_show_error("the export", account.caller, data.export_list, list_id)
        if exported is not None:
            with heading:
                prospects.export_list(exported, list_id, people)
        prospects.email_progress(people)
        missing_emails.get_missing_emails(account, list_id, names[list_id], shown)
        page = page_of(people, f"prospects_page_{list_id}")
        picked = record_table(
            page[["prospect_id", "person_id", *prospects.COLUMNS]],
            "prospect_id",
            "prospects_table",
            table_version(*page["prospect_id"]),
        )
        st.caption("Click a cell to open the prospect. Tick rows to work with them.")
        selected = [row for row in listed or [] if row.get("id") in picked.ids]
        prospects.prospect_actions(account, list_id, names, selected, listed or [])
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
    if len(people) >= MIN_PROSPECTS_OF_CHARTS:
        with st.expander("Charts", icon=":material/bar_chart:"):
            figures(
                "lists",
                people_charts.seniority_bars(people["seniority"], "Seniority"),
                people_charts.value_count_bars(people["company"], "Company"),
                people_charts.freshness_bars(people["updated_at"], "Updated"),
                people_charts.rows_per_day(people["created_at"], "Added, by day"),
            )
job_changes.track_job_changes(account, names)
if not people.empty and picked.opened is not None:
    prospects.show_record(account, picked.opened)
else:
    prospects.count_prospects(account, list(names))
