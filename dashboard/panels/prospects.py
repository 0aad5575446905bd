"""Prospects of lists: counting, finding and viewing them, and what can be done with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import (
    ENUM_LABELS,
    count,
    day,
    escape_markdown,
    option_labels,
    safe_link,
)
from dashboard.identity.email import address_in
from dashboard.lists.duplicates import ExistingProspect
from dashboard.lists.inputs import feedback_input, prospect_name, validate_prospect_query
from dashboard.lists.open_list import OpenList, having_email
from dashboard.panels.list_writing import show_unfinished_addition, write_prospects
from dashboard.panels.missing_emails import get_missing_emails
from dashboard.panels.salesforce import export_to_salesforce
from dashboard.panels.stale_records import refresh_record
from dashboard.panels.verification import verify_button
from dashboard.state import ProspectQuery, session
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at, text_at, texts_at, time_at
from dashboard.widgets.buttons import write_button
from dashboard.widgets.cards import copyable
from dashboard.widgets.exports import DOWNLOAD, crm_export
from dashboard.widgets.tables import (
    EXPORT_ONLY_COLUMNS,
    HEADINGS,
    csv_download,
    excel_download,
    fact_table,
    table,
)
from leadiq_api import LeadIQError, may_have_taken_effect

# What can be wrong with an email or a phone number, and its InvalidReason in ApiPersonFeedback:
# that has only bounce codes, the wrong person, and anything else.
BOUNCED = "The email bounced"
INVALID_REASONS = {
    BOUNCED: "EmailBounceCode550",
    "The person left the company": "Other",
    "It is another person's": "WrongPerson",
    "Something else": "Other",
}

MAX_LISTS_IN_SIGHT = 7  # more are scrolled
LISTS_HEIGHT = 340  # pixels
MAX_NAME_CHARACTERS = 26  # of a list beside its prospects: of a longer name, its two ends
NAME_END_CHARACTERS = 10  # which often tells it from others: "… Q3 2026"
MAX_COUNTED = 20  # lists; each is read page by page

# The columns of the table, from left to right; those to act on are in sight.
COLUMNS = (
    "name",
    "title",
    "work_email",
    "phone",
    "company",
    "email_status",
    "seniority",
    "role",
    "domain",
    "industry",
    "city",
    "country",
    "linkedin_url",
    "notes",
    "created_at",
    "updated_at",
)

# The fields of a prospect that are shown: label -> path.
PROSPECT_DETAILS = {
    "Title": "title",
    "Seniority": "seniority",
    "Function": "function",
    "Company": "company.name",
    "Domain": "company.domain",
    "Industry": "company.industry",
    "Employees": "company.employees",
    "Email status": "emailStatus",
    "Street": "location.streetLine1",
    "City": "location.city",
    "State": "location.state",
    "Country": "location.country",
    "Notes": "notes",
    "LeadIQ ID": "personId",
    "Prospect ID": "id",
}


# Counting ----------------------------------------------------------------------------------------


def refresh(account: Account) -> None:
    """Reloads the lists, their counts, and the prospects of the open one."""
    account.state.prospect_counts.clear()
    account.refresh_lists()


def count_prospects(account: Account, list_ids: Sequence[str]) -> None:
    """Reads the first lists that were not read so far, to count their prospects; draws them again.

    Called last on the page, which a user can work with meanwhile: any click ends the reading.
    """
    counts = account.state.prospect_counts
    unread = [list_id for list_id in list_ids[:MAX_COUNTED] if list_id not in counts]
    if not unread:
        return
    with st.spinner(f"Counting the prospects of {count(len(unread), 'list')} …"):
        for list_id in unread:
            prospects = read_or_show_error(
                "the prospects", account.caller, data.list_prospects, list_id
            )
            if prospects is None:
                return
            remember_count(account, list_id, len(prospects))
    st.rerun()


def remember_count(account: Account, list_id: str, number: int) -> None:
    """Remembers how many prospects a list has; the page is drawn again if it said otherwise."""
    before = account.state.prospect_counts.get(list_id, number)
    account.state.prospect_counts[list_id] = number
    if before != number:
        st.rerun()


def remembered_counts(account: Account, list_ids: Sequence[str]) -> list[float | None]:
    """Returns how many prospects each list has; None for a list that was not read."""
    return [account.state.prospect_counts.get(list_id) for list_id in list_ids]


def list_input(account: Account, names: Mapping[str, str]) -> str:
    """Lets the user choose one of the lists, by name; returns its id.

    The list that is open stays open while others are searched for.
    """
    query = st.text_input("Search lists", key="lists_search", persist_state="session", live=True)
    matching = [id for id, name in names.items() if query.strip().lower() in f"{name}".lower()]
    if not matching:
        st.caption(f"No list has “{escape_markdown(query)}” in its name.")
    kept = account.state.open_list
    open_list = kept if kept is not None and kept in names else next(iter(names))
    labels = option_labels({id: _shortened(f"{name}") for id, name in names.items()})
    with st.container(height=LISTS_HEIGHT if len(matching) > MAX_LISTS_IN_SIGHT else "content"):
        # A number that changes leaves the options alone, and so a click that is on its way. Another
        # key after a form has opened a list: this may not be among those in sight.
        chosen = st.radio(
            "Open a list",
            matching,
            index=matching.index(open_list) if open_list in matching else None,
            format_func=lambda list_id: escape_markdown(labels[list_id]),
            captions=[_shown_count(account, list_id) for list_id in matching],
            label_visibility="collapsed",
            key=f"lists_{session().form_version}_{hash(tuple(matching))}",
        )
    account.state.open_list = chosen or open_list
    return chosen or open_list


def _shortened(name: str) -> str:
    """The two ends of a long name: ``Enterprise acco…a, Q3 2026``."""
    if len(name) <= MAX_NAME_CHARACTERS:
        return name
    start = name[: MAX_NAME_CHARACTERS - NAME_END_CHARACTERS - 1].rstrip()
    return f"{start}…{name[-NAME_END_CHARACTERS:].lstrip()}"


def _shown_count(account: Account, list_id: str) -> str:
    """``102 prospects``; empty if the list was not read."""
    number = account.state.prospect_counts.get(list_id)
    return "" if number is None else count(number, "prospect")


def charts(people: pd.DataFrame) -> list[go.Figure]:
    """Returns the charts of a list's people, as ``frames.prospects`` returns them."""
    return [
        people_charts.seniority_bars(people["seniority"], "Seniority"),
        people_charts.value_count_bars(people["company"], "Company"),
        people_charts.freshness_bars(people["updated_at"], "Updated"),
        people_charts.rows_per_day(people["created_at"], "Added, by day"),
    ]


def email_progress(people: pd.DataFrame) -> None:
    """Draws which part of the prospects has an email, and with what status."""
    statuses = people["email_status"].where(people["work_email"].notna()).value_counts()
    with_email = int(people["work_email"].notna().sum())
    share = with_email / len(people)
    parts = [f"{share:.0%} have an email"]
    for status, number in statuses.items():
        parts.append(escape_markdown(f"{number:,} {ENUM_LABELS.get(status, status).lower()}"))
    st.progress(share, " · ".join(parts))


# Finding -----------------------------------------------------------------------------------------


def find_saved_prospect(account: Account) -> None:
    """Draws a form that searches all lists by email or by name, and what the last search found."""
    with st.form("find_prospects", border=False):
        email = st.text_input("Email of the prospect", key="find_email").strip()
        first = st.text_input("First name of the prospect", key="find_first").strip()
        last = st.text_input("Last name of the prospect", key="find_last").strip()
        clicked = st.form_submit_button("Find · free", icon=":material/search:")
    if clicked:
        problem = validate_prospect_query(email, first, last)
        if problem:
            st.error(problem, icon=":material/edit:")
            return
        account.state.prospect_query = ProspectQuery(address_in(email), first, last)
    if account.state.prospect_query is not None:
        _show_found_prospects(account, account.state.prospect_query)


def _show_found_prospects(account: Account, query: ProspectQuery) -> None:
    prospects = read_or_show_error(
        "the saved prospects", account.caller, data.find_prospects, *query
    )
    if prospects is None:
        return
    if not prospects:
        st.info("No saved prospect has this email or name. Search People search for them instead.")
        return
    st.markdown(f"**{count(len(prospects), 'saved prospect')}**")
    table(frames.prospects(prospects), "found_prospects", hidden=EXPORT_ONLY_COLUMNS)
    if len(prospects) == 1:
        _show_prospect(account, str(prospects[0].get("id")))


# What can be done --------------------------------------------------------------------------------


def export_list(frame: pd.DataFrame, list_id: str, people: pd.DataFrame) -> None:
    """Draws a button that saves a list as LeadIQ exports it, and a menu with the rest.

    The menu has the columns to choose. The list's ``people``, as ``frames.prospects`` returns them,
    can be saved for a CRM.
    """
    csv = st.container(width="content")
    with st.popover("Export", icon=DOWNLOAD):
        columns = st.multiselect(
            "Columns to export",
            list(frame),
            placeholder="All columns",
            format_func=option_labels(
                {name: HEADINGS.get(name, name) for name in frame}
            ).__getitem__,
        )
        saved = frame[columns] if columns else frame
        excel_download(saved, f"leadiq-list-{list_id}", "prospects_excel")
        crm_export(lambda: people, f"leadiq-list-{list_id}", "prospects")
    with csv:
        csv_download(saved, f"leadiq-list-{list_id}", "prospects_csv")


def action_bar(
    account: Account,
    list_id: str,
    names: Mapping[str, str],
    picked: Collection[str],
    opened: OpenList,
) -> None:
    """Draws what can be done with the selected prospects of a list, at the bottom of the window.

    ``names`` are those of all lists, by id, and ``picked`` the ids of the selected prospects. One
    selected prospect can be exported to Salesforce.
    """
    others = {other_id: name for other_id, name in names.items() if other_id != list_id}
    selected = [opened.by_id[id] for id in picked]
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        st.markdown(f"**{len(selected):,} selected**", width="content")
        get_missing_emails(account, names[list_id], opened, f"missing_selected_{list_id}", picked)
        verify_button(account, list_id, having_email(selected), "verify_selected")
        if others:
            with st.popover("Add to another list", icon=":material/playlist_add:"):
                _attach_to_list(account, others, selected)
        if len(selected) == 1:
            with st.popover("Salesforce", icon=":material/cloud_upload:"):
                export_to_salesforce(account, selected[0])
            # A prospect is a copy: what is refreshed is the record of the person.
            refresh_record(account, {"id": selected[0].get("personId")}, ())
        ticked = opened.people[opened.people["prospect_id"].isin(picked)]
        csv_download(
            ticked[[*COLUMNS]], f"leadiq-list-{list_id}-selected", "selected_prospects_csv", "CSV"
        )


def _attach_to_list(account: Account, names: Mapping[str, str], prospects: Sequence[Json]) -> None:
    target = st.selectbox("Which list", list(names), format_func=option_labels(names).__getitem__)
    if target and show_unfinished_addition(account, target, names[target]):
        return
    label = f"Add {count(len(prospects), 'prospect')}"
    if target and write_button(label, "attach"):
        attach = [ExistingProspect(index, prospect) for index, prospect in enumerate(prospects)]
        write_prospects(account, target, names[target], [], prospects, [], attach)


# One prospect ------------------------------------------------------------------------------------


@st.dialog("Prospect", position="right", icon=":material/person:")
def show_record(account: Account, prospect_id: str) -> None:
    """Opens a prospect beside the table, with a form that reports what is wrong with it."""
    prospect = _show_prospect(account, prospect_id)
    if prospect is not None:
        with st.expander("Report bad data", icon=":material/flag:"):
            _report_wrong_value(account, prospect)


def _show_prospect(account: Account, prospect_id: str) -> Json | None:
    """Draws everything that is known of a prospect; returns it, or None if it cannot be read."""
    prospect = read_or_show_error("the prospect", account.caller, data.prospect, prospect_id)
    if prospect is None:
        return None
    name = prospect_name(prospect) or text_at(prospect, "name") or "No name"
    st.subheader(escape_markdown(name), anchor=False)
    emails = [text_at(prospect, "workEmail"), *texts_at(prospect, "personalEmails")]
    phones = [text_at(row, "value") for row in rows_at(prospect, "mobilePhones")]
    for value in filter(None, (*emails, *phones)):
        copyable(value)
    values = {label: text_at(prospect, path) for label, path in PROSPECT_DETAILS.items()}
    employees = number_at(prospect, "company.employees")
    if employees is not None:
        values["Employees"] = f"{employees:,.0f}"
    facts = {
        label: escape_markdown(ENUM_LABELS.get(value, value))
        for label, value in values.items()
        if value
    }
    created, updated = time_at(prospect, "createdAt"), time_at(prospect, "updatedAt")
    lists = count(len(texts_at(prospect, "listIds")), "list")
    fact_table(
        facts | {"On": lists, "Added": day(created), "Updated": day(updated)}, "The prospect's data"
    )
    url = safe_link(text_at(prospect, "linkedinUrl"))
    if url:
        st.link_button("LinkedIn profile", url, icon=":material/open_in_new:")
    return prospect


def _report_wrong_value(account: Account, prospect: Json) -> None:
    """Draws a form that reports an email or a phone number of the prospect as wrong."""
    kinds = _kinds_by_value(prospect)
    if not kinds:
        st.info("There is no address or number to report.")
        return
    prospect_id = str(prospect.get("id"))
    with st.form(f"feedback_{prospect_id}", border=False):
        labels = option_labels({value: value for value in kinds})
        value = st.selectbox("What is wrong", list(kinds), format_func=labels.__getitem__)
        reason = st.selectbox("Why", list(INVALID_REASONS))
        clicked = st.form_submit_button("Report", type="primary")
    if not clicked or value is None:
        return
    if reason == BOUNCED and not kinds[value].endswith("Email"):
        st.error("Phone numbers don't bounce. Choose another reason.", icon=":material/edit:")
        return
    try:
        feedback = feedback_input(prospect, value, kinds[value], INVALID_REASONS[reason])
        with st.spinner("Reporting …"):
            account.client.submit_person_feedback(feedback)
    except LeadIQError as error:
        show_error(error)
        if may_have_taken_effect(error):
            st.warning(
                "We couldn't confirm that LeadIQ received your report, and there's no way to check."
            )
        return
    st.success(f"{escape_markdown(value)} was reported as wrong.", icon=":material/check_circle:")


def _kinds_by_value(prospect: Json) -> dict[str, str]:
    """The prospect's emails and phone numbers, with the ``type`` that ApiPersonFeedback has."""
    values: dict[str, Sequence[str | None]] = {
        "WorkEmail": [text_at(prospect, "workEmail")],
        "PersonalEmail": texts_at(prospect, "personalEmails"),
        "PersonalMobile": [text_at(row, "value") for row in rows_at(prospect, "mobilePhones")],
    }
    return {value: kind for kind, of_kind in values.items() for value in of_kind if value}
