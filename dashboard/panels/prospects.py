"""What people do with prospects: add them, look at one, verify, report what is wrong, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import (
    ENUM_LABELS,
    as_code,
    count,
    day,
    escape_markdown,
    safe_link,
    strip_control_chars,
)
from dashboard.lists.inputs import feedback_input, prospect_name, validate_prospect_query
from dashboard.lists.writing import ExistingProspect
from dashboard.panels.list_additions import _write, show_unfinished_addition
from dashboard.panels.salesforce import salesforce
from dashboard.panels.verification import verify
from dashboard.state import ProspectQuery
from dashboard.tables import frames
from dashboard.tables.api_json import Json, rows_at, text_at, texts_at, time_at
from dashboard.tables.export import read_list_export
from dashboard.widgets.tables import csv_download, excel_download, table
from leadiq_api import LeadIQError, may_have_taken_effect

# What can be wrong with an address or a number, as ApiPersonFeedback has it: InvalidReason knows
# only bounce codes, the wrong person and anything else.
WRONG = {
    "The email bounced": "EmailBounceCode550",
    "The person left the company": "Other",
    "It is another person's": "WrongPerson",
    "Something else": "Other",
}


# Looking ----------------------------------------------------------------------------------------


def count_prospects(account: Account, list_ids: Sequence[str]) -> None:
    """A button that reads every list to count its prospects."""
    unread = [one for one in list_ids if one not in account.state.prospect_counts]
    label = f"Count prospects of {count(len(unread), 'list')} · free"
    if not unread or not st.button(label, key="count_prospects"):
        return
    bar = st.progress(0.0, "Counting …")
    for place, list_id in enumerate(unread, 1):
        listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
        if listed is None:
            return
        remember_count(account, list_id, len(listed))
        bar.progress(place / len(unread), f"{place:,} of {len(unread):,}")


def remember_count(account: Account, list_id: str, number: int) -> None:
    """Remembers how many prospects a list that was read has."""
    account.state.prospect_counts[list_id] = number


def counts(account: Account, list_ids: Sequence[str]) -> list[float | None]:
    """How many prospects each list has, where it was read."""
    return [account.state.prospect_counts.get(one) for one in list_ids]


def find(account: Account) -> None:
    """Searches the prospects of all lists, by email or by first and last name."""
    with st.form("find_prospects", border=False):
        email = st.text_input("Email of the prospect", key="find_email").strip()
        first = st.text_input("First name of the prospect", key="find_first").strip()
        last = st.text_input("Last name of the prospect", key="find_last").strip()
        pressed = st.form_submit_button("Find · free", icon=":material/search:")
    if pressed:
        problem = validate_prospect_query(email, first, last)
        if problem:
            st.error(problem, icon=":material/edit:")
            return
        account.state.prospect_query = ProspectQuery(email, first, last)
    query = account.state.prospect_query
    if query is None:
        return
    found = read_or_show_error("the saved prospects", account.caller, data.find_prospects, *query)
    if found is None:
        return
    if not found:
        st.info("No saved prospect has this email or name. Search People search for them instead.")
        return
    st.markdown(f"**{count(len(found), 'saved prospect')}**")
    table(frames.prospects(found), "found_prospects", hidden=("prospect_id", "person_id"))
    if len(found) == 1:
        record(account, str(found[0].get("id")))


def export(exported: str, list_id: str) -> None:
    """The list as LeadIQ exports it, in chosen columns, as CSV or Excel."""
    whole = read_list_export(exported)
    columns = st.multiselect(
        "Columns to export", list(whole), placeholder="All columns", format_func=strip_control_chars
    )
    chosen = whole[columns] if columns else whole
    with st.container(horizontal=True):
        csv_download(chosen, f"leadiq-list-{list_id}", "prospects_csv", "Download the list as CSV")
        excel_download(chosen, f"leadiq-list-{list_id}", "prospects_excel")


def prospect_actions(
    account: Account,
    list_id: str,
    names: Mapping[str, str],
    chosen: Sequence[Json],
    listed: Sequence[Json],
) -> None:
    """What can be done with the selected prospects of a list; without a selection, with all."""
    with st.expander("Verify emails", icon=":material/mark_email_read:"):
        verify(account, list_id, chosen or listed)
    if chosen and len(names) > 1:
        with st.expander("Put on another list", icon=":material/playlist_add:"):
            _attach(account, {one: name for one, name in names.items() if one != list_id}, chosen)
    if len(chosen) == 1:
        whole = record(account, str(chosen[0].get("id")))
        if whole is None:
            return
        with st.expander("Report a wrong address or number", icon=":material/flag:"):
            feedback(account, whole)
        with st.expander("Export to Salesforce", icon=":material/cloud_upload:"):
            salesforce(account, whole)


def _attach(account: Account, names: Mapping[str, str], chosen: Sequence[Json]) -> None:
    target = st.selectbox(
        "Which list", list(names), format_func=lambda found: strip_control_chars(names[found])
    )
    if target and show_unfinished_addition(account, target, names[target]):
        return
    label = f"Put {count(len(chosen), 'prospect')} on this list · free"
    if target and st.button(label, type="primary", key="attach"):
        existing = [ExistingProspect(index, row) for index, row in enumerate(chosen)]
        _write(account, target, names[target], chosen, [], existing)


# One prospect ------------------------------------------------------------------------------------


def record(account: Account, prospect_id: str) -> Json | None:
    """Everything that is kept of one prospect."""
    found = read_or_show_error("the prospect", account.caller, data.prospect, prospect_id)
    if found is None:
        return None
    with st.container(border=True):
        st.subheader(
            escape_markdown(prospect_name(found) or text_at(found, "name") or "No name"),
            divider="gray",
        )
        for label, path in RECORD.items():
            value = text_at(found, path)
            if value:
                shown = (
                    as_code(value)
                    if label == "Email"
                    else escape_markdown(ENUM_LABELS.get(value, value))
                )
                st.markdown(f"**{label}:** {shown}")
        phones = [text_at(row, "value") for row in rows_at(found, "mobilePhones")]
        more = {"Phones": phones, "Personal emails": texts_at(found, "personalEmails")}
        for label, values in more.items():
            if any(values):
                st.markdown(f"**{label}:** {', '.join(map(as_code, filter(None, values)))}")
        lists = count(len(texts_at(found, "listIds")), "list")
        created, updated = time_at(found, "createdAt"), time_at(found, "updatedAt")
        st.caption(f"On {lists} · added {day(created)} · updated {day(updated)}")
        url = safe_link(text_at(found, "linkedinUrl"))
        if url:
            st.link_button("LinkedIn profile", url, icon=":material/open_in_new:")
    return found


RECORD = {
    "Title": "title",
    "Seniority": "seniority",
    "Function": "function",
    "Company": "company.name",
    "Domain": "company.domain",
    "Industry": "company.industry",
    "Employees": "company.employees",
    "Email": "workEmail",
    "Email status": "emailStatus",
    "Street": "location.streetLine1",
    "City": "location.city",
    "State": "location.state",
    "Country": "location.country",
    "Notes": "notes",
    "LeadIQ id": "personId",
    "Prospect id": "id",
}


def feedback(account: Account, prospect: Json) -> None:
    """Marks an address or a number of the prospect as wrong."""
    values = {"WorkEmail": [text_at(prospect, "workEmail")]}
    values["PersonalEmail"] = [*texts_at(prospect, "personalEmails")]
    values["PersonalMobile"] = [text_at(r, "value") for r in rows_at(prospect, "mobilePhones")]
    offered = {value: kind for kind, found in values.items() for value in found if value}
    if not offered:
        st.info("There is no address or number to report.")
        return
    prospect_id = str(prospect.get("id"))
    with st.form(f"feedback_{prospect_id}", border=False):
        value = st.selectbox("What is wrong", list(offered), format_func=strip_control_chars)
        reason = st.selectbox("Why", list(WRONG))
        pressed = st.form_submit_button("Report it as wrong · free", type="primary")
    if not pressed or value is None:
        return
    if reason == "The email bounced" and not offered[value].endswith("Email"):
        st.error("A number does not bounce. Choose another reason.", icon=":material/edit:")
        return
    try:
        request = feedback_input(prospect, value, offered[value], WRONG[reason])
        account.client.submit_person_feedback(request)
    except LeadIQError as error:
        show_error(error)
        if may_have_taken_effect(error):
            st.warning("Whether LeadIQ has your report is not known, and it cannot be looked up.")
        return
    st.success(f"{escape_markdown(value)} was reported as wrong.", icon=":material/check_circle:")
