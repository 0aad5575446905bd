"""Adding people to a list: from a form, a file, or the results of a search."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import count, escape_markdown, option_labels
from dashboard.lists import writing
from dashboard.lists.duplicates import (
    AdditionPlan,
    ExistingProspect,
    plan_additions,
)
from dashboard.lists.file_rows import RowProblem, prospect_rows
from dashboard.lists.inputs import prospect_input, prospect_inputs
from dashboard.lists.writing import RefusedInput, WriteResult
from dashboard.panels.file_preview import Upload, people_file_input
from dashboard.panels.list_writing import (
    MAX_NAMES,
    names_of,
    show_unfinished_addition,
    unfinished_addition,
    write_prospects,
)
from dashboard.state import UnfinishedAddition, session
from dashboard.tables import upload_limits
from dashboard.tables.api_json import EMAIL_STATUSES, Json
from dashboard.tables.fields import PERSON_FIELDS, PROSPECT_FIELDS
from dashboard.widgets.buttons import write_button
from dashboard.widgets.tables import csv_download, table
from leadiq_api import LeadIQError

MAX_LIST_NAME = 200  # characters, as Prospector allows
CONFLICT = 409  # the status of a name that is taken
MINUTE = 60  # seconds
ADD_PANEL_PIXELS = 260  # height of the panel that adds people of a search
MAX_NAMELESS = 5  # people without a name in one message

UPLOAD = Upload(
    "upload",
    "People, as CSV, Excel or OpenDocument",
    "Columns with first and last name, or the full name; email, title, company, phone, LinkedIn "
    "URL, notes and email status where there are any.",
    PERSON_FIELDS | PROSPECT_FIELDS,
    upload_limits.MAX_PROSPECT_MEGABYTES,
    upload_limits.MAX_PROSPECT_ROWS,
)

# The fields of the form, with their labels.
FORM_FIELDS = {
    "firstName": "First name",
    "lastName": "Last name",
    "title": "Title",
    "company": "Company",
    "workEmail": "Email",
    "phone": "Phone",
    "linkedinUrl": "LinkedIn URL",
    "notes": "Notes",
}


class _Additions(NamedTuple):
    """What is to be added: the indexes of inputs to write, and prospects to put on the list."""

    indexes: list[int]
    attach: list[ExistingProspect]


# Creating a list ---------------------------------------------------------------------------------


def new_list_button(account: Account) -> None:
    """Draws a button that opens the form; it closes once the list is there."""
    key = f"new_list_{session().form_version}"
    with st.popover("New list", icon=":material/add:", key=key):
        create_list_form(account)


def create_list_form(account: Account) -> None:
    """Draws a form that creates a list and opens it."""
    form = session().form_version
    with st.form("create_list", border=False):
        name = st.text_input("Name", max_chars=MAX_LIST_NAME, key=f"list_name_{form}").strip()
        description = st.text_area("Description", max_chars=2000, key=f"list_description_{form}")
        clicked = write_button("Create the list · free", f"submit_list_{form}", submits=True)
        if clicked and not name:
            st.error("Give the list a name.", icon=":material/edit:")
        elif clicked:
            _create_list(account, name, description.strip())


def _create_list(account: Account, name: str, description: str) -> None:
    """Creates a list, opens it and reruns; or shows the error."""
    current, state = session(), account.state
    try:
        with st.spinner("Creating the list …"), current.write():
            state.open_list = _created_list(account, name, description)
            current.flash_message = f"{escape_markdown(name)} was created."
            current.form_version += 1
    except LeadIQError as error:
        _show_not_created(name, error)
        return
    st.rerun()


def _created_list(account: Account, name: str, description: str) -> str:
    """Creates a list and returns its id."""
    try:
        existing_ids = [str(row.get("id")) for row in data.lists(*account.caller)]
        created = writing.create_list(account.client, name, description, existing_ids)
    finally:
        data.invalidate_lists(*account.caller)
    return str(created.get("id"))


def _show_not_created(name: str, error: LeadIQError) -> None:
    if error.status == CONFLICT:
        st.error(f"A list called {escape_markdown(name)} exists already. Choose another name.")
    else:
        show_error(error)


# Adding people of a search -----------------------------------------------------------------------


def add_people(account: Account, people: pd.DataFrame) -> None:
    """Draws a button that opens a panel, in which people of a search are added to a list."""
    # Another key after each addition, which closes the panel.
    panel = st.popover(
        "Add to list",
        icon=":material/playlist_add:",
        key=f"add_people_{session().form_version}",
        on_change="rerun",
    )
    # It opens at the bottom of the window, upwards only if it is high before it is filled.
    with panel, st.container(height=ADD_PANEL_PIXELS, border=False):
        if panel.open:
            _draw_panel(account, people)


def _draw_panel(account: Account, people: pd.DataFrame) -> None:
    inputs, nameless = prospect_inputs(people)
    lists = read_or_show_error("the lists", account.caller, data.lists)
    if lists is None:
        return
    names = {str(row.get("id")): str(row.get("name")) for row in lists}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "List",
            list(names),
            format_func=option_labels(names).__getitem__,
            placeholder="No list yet",
        )
        form = session().form_version
        new_name = st.text_input(
            "…or a new list", max_chars=MAX_LIST_NAME, key=f"new_list_name_{form}"
        ).strip()
    if new_name and new_name not in names.values():
        _offer_new_list(account, new_name, inputs)
        return
    list_id = next((one for one, name in names.items() if name == new_name), chosen)
    if list_id is None:
        return
    if nameless:
        st.caption(
            f"{count(len(nameless), 'person', 'people')} without a first or last name cannot "
            f"be added: {escape_markdown(', '.join(nameless[:MAX_NAMELESS]))}"
        )
    if not show_unfinished_addition(account, list_id, names[list_id]):
        _offer_additions(account, list_id, names[list_id], inputs)


def _offer_new_list(account: Account, name: str, inputs: Sequence[Json]) -> None:
    """Draws a button that creates a list and adds the people to it, each once."""
    additions = plan_additions(inputs, [])
    people = count(len(additions.new), "person", "people")
    if write_button(
        f"Create the list and add {people} · free",
        "create_and_add",
        disabled=not additions.new,
        icon=":material/playlist_add:",
    ):
        create = partial(_created_list, account, name, "")
        with st.empty():  # an error takes the place of the progress bar
            try:
                write_prospects(account, create, name, [], inputs, additions.new)
            except LeadIQError as error:
                _show_not_created(name, error)


# Adding one person -------------------------------------------------------------------------------


def prospect_form(account: Account, list_id: str, list_name: str) -> None:
    """Draws a form that adds one prospect to a list."""
    form = session().form_version
    with st.form("add_prospect", border=False):
        entered = {}
        for field, label in FORM_FIELDS.items():
            entered[field] = st.text_input(label, key=f"prospect_{field}_{form}")
        entered["emailStatus"] = st.selectbox(
            "Email status", ("", *EMAIL_STATUSES), key=f"prospect_status_{form}"
        )
        if not write_button("Add to the list · free", f"submit_prospect_{form}", submits=True):
            return
        body, problem = prospect_input(entered)
        if problem:
            st.error(problem, icon=":material/edit:")
        else:
            _add_prospect(account, list_id, list_name, body)


def _add_prospect(account: Account, list_id: str, list_name: str, body: Json) -> None:
    """Adds a prospect; if it is on the list already, the user is asked first, on the next run."""
    try:
        with st.spinner("Comparing with the list …"):
            listed = data.list_prospects(*account.caller, list_id)
    except LeadIQError as error:
        show_error(error)  # without a "Try again": a form can have no other button
        return
    if plan_additions([body], listed).new:
        write_prospects(account, list_id, list_name, listed, [body], [0])
    else:
        reason = "Already on this list, by email, LinkedIn, ID or name"
        result = WriteResult(failed=[RefusedInput(0, reason)])
        account.state.unfinished_addition = UnfinishedAddition(list_id, [body], result)
        st.rerun()


# Adding the rows of a file -----------------------------------------------------------------------


def upload_prospects(account: Account, list_id: str, list_name: str) -> None:
    """Draws an upload that adds the rows of a file; shows why some of them cannot be added."""
    file = people_file_input(account, UPLOAD._replace(key=f"upload_{list_id}"))
    if file is None:
        return
    if not (file.columns.keys() & {"fullName", "firstName", "lastName"}):
        st.error(
            "Choose the columns above that hold the first and last name, or the full name.",
            icon=":material/edit:",
        )
        return
    rows = prospect_rows(file.table, file.columns)
    if rows.rejected:
        number = count(len(rows.rejected), "row")
        _show_rows(f"{number} cannot be added:", rows.rejected, f"refused_{list_id}")
    if rows.left_out:
        number = count(len(rows.left_out), "value is", "values are")
        _show_rows(f"{number} left out of the rows:", rows.left_out, f"values_{list_id}")
    if unfinished_addition(account, list_id) is None:  # otherwise the page shows that first
        _offer_additions(account, list_id, list_name, rows.inputs)


def _show_rows(message: str, problems: Sequence[RowProblem], key: str) -> None:
    st.warning(message)
    rows = pd.DataFrame(problems, columns=["row", "problem"])
    table(rows, key)
    csv_download(rows, "rows-not-added", f"{key}_csv", "Download skipped rows")


# Duplicates --------------------------------------------------------------------------------------


def _offer_additions(
    account: Account, list_id: str, list_name: str, inputs: Sequence[Json]
) -> None:
    """Draws the duplicates among the inputs, and the button that adds what is chosen."""
    listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
    if listed is None or not inputs:
        return
    saved = _on_other_lists(account, list_id)
    additions = _choose_additions(inputs, plan_additions(inputs, listed, saved))
    number = len(additions.indexes) + len(additions.attach)
    if write_button(
        f"Add {count(number, 'person', 'people')} to the list · free",
        f"add_to_{list_id}",
        disabled=not number,
        icon=":material/playlist_add:",
    ):
        write_prospects(account, list_id, list_name, listed, inputs, *additions)


def _on_other_lists(account: Account, list_id: str) -> list[Json]:
    """Returns the prospects of the other lists, and says how old that is."""
    lists = read_or_show_error("the lists", account.caller, data.lists)
    others = [str(row.get("id")) for row in lists or () if row.get("id") != list_id]
    if not others:
        return []
    with st.spinner(f"Reading {count(len(others), 'other list')} …"):
        read = read_or_show_error(
            "the other lists", account.caller, data.saved_prospects, tuple(others)
        )
    if read is None:
        return []
    minutes = int((time.time() - read[0]) / MINUTE)
    age = f"{count(minutes, 'minute')} ago" if minutes else "just now"
    st.caption(f"Compared with this list and {count(len(others), 'other list')}, read {age}.")
    return read[1]


def _choose_additions(inputs: Sequence[Json], plan: AdditionPlan) -> _Additions:
    """Lets the user choose which duplicates are written; the others are left out or attached."""
    listed = [existing.input_index for existing in plan.listed]
    saved = [existing.input_index for existing in plan.saved]
    indexes, attach = [*plan.new], [*plan.saved]
    if _is_duplicate_wanted("repeated", inputs, plan.repeated, "More than once in these rows"):
        indexes += plan.repeated
    if _is_duplicate_wanted("listed", inputs, listed, "Already on this list"):
        indexes += listed
    if _is_duplicate_wanted(
        "attached",
        inputs,
        saved,
        "On another list; we'll add the same prospects to this one",
        "Add as new prospects instead",
    ):
        indexes += saved
        attach = []
    return _Additions(sorted(indexes), attach)


def _is_duplicate_wanted(
    kind: str,
    inputs: Sequence[Json],
    indexes: Sequence[int],
    problem: str,
    label: str = "Add anyway",
) -> bool:
    """Shows the duplicates of one kind, if any; returns whether the user wants them written."""
    if not indexes:
        return False
    more = f" and {len(indexes) - MAX_NAMES:,} more" if len(indexes) > MAX_NAMES else ""
    st.warning(
        f"{problem}: {names_of(inputs, indexes)}{more}",
        icon=":material/content_copy:",
    )
    return st.checkbox(label, key=f"duplicates_{kind}")
