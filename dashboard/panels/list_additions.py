"""Adding people to a list: from a form, a file, or what a search found."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import count, escape_markdown, strip_control_chars
from dashboard.lists import writing
from dashboard.lists.inputs import (
    check_prospect_rows,
    prospect_inputs,
    prospect_name,
    read_prospect_file,
)
from dashboard.lists.writing import (
    AdditionPlan,
    ExistingProspect,
    RefusedInput,
    WriteResult,
    plan_additions,
)
from dashboard.state import UnfinishedAddition, session
from dashboard.tables import upload_limits
from dashboard.tables.api_json import Json
from dashboard.widgets.buttons import show_flash_message
from dashboard.widgets.tables import csv_download, table
from leadiq_api import LeadIQError

# Adding ------------------------------------------------------------------------------------------


def create_list(account: Account, name: str, description: str) -> str | None:
    """Creates a list and gives its id, or tells why there is none."""
    try:
        known = [str(row.get("id")) for row in data.lists(*account.caller)]
        with st.spinner("Creating the list …"):
            made = writing.create_list(account.client, name, description, known)
    except LeadIQError as error:
        if error.status == 409:
            st.error(f"A list called {escape_markdown(name)} exists already. Choose another name.")
        else:
            show_error(error)
        return None
    finally:
        data.invalidate_lists(*account.caller)
    session().flash_message = f"{escape_markdown(name)} was created."
    return str(made.get("id"))


def add_people(account: Account, people: pd.DataFrame) -> None:
    """A button that opens a panel, where people of a search are put on a list."""
    st.button("Add to a list", icon=":material/playlist_add:", on_click=_open_panel)
    show_flash_message()
    if session().is_adding_people:
        with st.container(border=True):
            _add_panel(account, people)


def _open_panel() -> None:
    session().is_adding_people = not session().is_adding_people


def _add_panel(account: Account, people: pd.DataFrame) -> None:
    inputs, left_out = prospect_inputs(people)
    known = read_or_show_error("the lists", account.caller, data.lists)
    if known is None:
        return
    names = {str(row.get("id")): str(row.get("name")) for row in known}
    if not names:
        st.info("There is no list yet. Create one on Lists, then come back: the selection stays.")
        return
    list_id = st.selectbox(
        "List", list(names), format_func=lambda found: strip_control_chars(names[found])
    )
    if left_out:
        st.caption(
            f"{count(len(left_out), 'person', 'people')} without a first or last name cannot "
            f"be added: {escape_markdown(', '.join(left_out[:5]))}"
        )
    if not show_unfinished_addition(account, list_id, names[list_id]):
        _add_form(account, list_id, names[list_id], inputs)


def _add_form(account: Account, list_id: str, name: str, inputs: Sequence[Json]) -> None:
    """What would be written, duplicates left out unless chosen, and the button that writes it."""
    listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
    if listed is None or not inputs:
        return
    try:
        saved = data.find_saved_prospects(*account.caller, [dict(body) for body in inputs])
    except LeadIQError as error:
        show_error(error)
        saved = []
    found = plan_additions(inputs, listed, saved)
    chosen = _duplicates(inputs, found)
    attach = [] if "attached" in chosen else [*found.saved]
    places = sorted(
        [*found.new]
        + ([*found.repeated] if "repeated" in chosen else [])
        + ([place for place, _ in found.listed] if "listed" in chosen else [])
        + ([place for place, _ in found.saved] if "attached" in chosen else [])
    )
    number = len(places) + len(attach)
    if st.button(
        f"Add {count(number, 'person', 'people')} to the list · free",
        type="primary",
        disabled=not number,
        icon=":material/playlist_add:",
        key=f"add_to_{list_id}",
    ):
        _write(account, list_id, name, inputs, places, attach)


def _duplicates(inputs: Sequence[Json], found: AdditionPlan) -> set[str]:
    """Shows who is there already; gives which of them a person wants written all the same."""
    if len(inputs) > writing.MAX_LOOKUPS:
        st.caption(
            "Compared with this list. The other lists are compared for up to "
            f"{writing.MAX_LOOKUPS} people at a time."
        )
    chosen = set()
    for kind, places, told in (
        ("repeated", found.repeated, "more than once in what is to be added"),
        ("listed", [place for place, _ in found.listed], "on this list already"),
        (
            "attached",
            [place for place, _ in found.saved],
            "on another list: they will be put on this one too, as the same prospect",
        ),
    ):
        if not places:
            continue
        names = ", ".join(prospect_name(inputs[place]) for place in places[:10])
        more = f" and {len(places) - 10:,} more" if len(places) > 10 else ""
        st.warning(
            f"{count(len(places), 'person is', 'people are')} {told}: {escape_markdown(names)}{more}",
            icon=":material/content_copy:",
        )
        label = "Create new prospects of them" if kind == "attached" else "Add them all the same"
        if st.checkbox(label, key=f"duplicates_{kind}"):
            chosen.add(kind)
    return chosen


def _write(
    account: Account,
    list_id: str,
    name: str,
    inputs: Sequence[Json],
    places: Sequence[int],
    attach: Sequence[ExistingProspect] = (),
) -> None:
    bar = st.progress(0.0, "Adding to the list …")
    done = writing.add_prospects(
        account.client,
        list_id,
        inputs,
        places,
        attach,
        on_progress=lambda sent: bar.progress(sent / len(places), f"{sent:,} of {len(places):,}"),
    )
    data.invalidate_lists(*account.caller, list_id)
    number = len(done.added) + len(done.attached)
    if number:
        told = f"{count(number, 'person', 'people')} added to {escape_markdown(name)}."
        session().flash_message = told
    if done.failed or done.unsent or done.unattached or done.unconfirmed or done.error:
        account.state.unfinished_addition = UnfinishedAddition(list_id, [*inputs], done)
    else:
        session().form_version += 1
        session().is_adding_people = False
    st.rerun()


def _unfinished_addition(account: Account, list_id: str) -> UnfinishedAddition | None:
    addition = account.state.unfinished_addition
    return addition if addition is not None and addition.list_id == list_id else None


def _after_writing(
    account: Account, list_id: str, name: str, inputs: list[Json], done: WriteResult
) -> None:
    """What an addition left undone: the reasons row by row, and a retry of just those."""
    if done.error is not None:
        show_error(done.error)
    if done.failed:
        st.warning(f"{count(len(done.failed), 'row was', 'rows were')} not added:")
        rows = [
            {"name": prospect_name(inputs[place]), "problem": reason}
            for place, reason in done.failed
        ]
        table(pd.DataFrame(rows), f"failed_{list_id}")
    waiting = len(done.unsent) + len(done.unattached)
    if waiting:
        st.warning(f"{count(waiting, 'person was', 'people were')} not put on the list.")
    sure = True
    if done.unconfirmed:
        names = escape_markdown(
            ", ".join(prospect_name(inputs[place]) for place in done.unconfirmed[:10])
        )
        st.warning(
            f"Whether {count(len(done.unconfirmed), 'person', 'people')} reached the list is not known: "
            f"{names}. Look at the list first: LeadIQ does not remove duplicates."
        )
        sure = st.checkbox("I looked: they are not on the list", key=f"sure_{list_id}")
    again = sorted([*(place for place, _ in done.failed), *done.unsent, *done.unconfirmed])
    number = len(again) + len(done.unattached)
    with st.container(horizontal=True):
        retried = st.button(
            f"Try {count(number, 'person', 'people')} again · free",
            key=f"again_{list_id}",
            disabled=not (number and sure),
        )
        st.button(
            "Leave it",
            key=f"leave_{list_id}",
            on_click=account.state.forget_unfinished_addition,
        )
    if retried:
        account.state.forget_unfinished_addition()
        _write(account, list_id, name, inputs, again, done.unattached)


def add_one(account: Account, list_id: str, name: str, body: Json) -> None:
    """Adds a prospect from the form; somebody who is there already is asked about first."""
    try:
        listed = data.list_prospects(*account.caller, list_id)
    except LeadIQError as error:
        show_error(error)  # and no more: a form holds no button but its own
        return
    if plan_additions([body], listed).new:
        _write(account, list_id, name, [body], [0])
    else:
        there = WriteResult(
            failed=[RefusedInput(0, "On this list already, by email, LinkedIn, id or name")]
        )
        account.state.unfinished_addition = UnfinishedAddition(list_id, [body], there)
        st.rerun()


def show_unfinished_addition(account: Account, list_id: str, name: str) -> bool:
    """Draws what the last addition to this list left undone; whether there was anything."""
    addition = _unfinished_addition(account, list_id)
    if addition is not None:
        _after_writing(account, list_id, name, addition.inputs, addition.result)
    return addition is not None


def upload(account: Account, list_id: str, name: str) -> None:
    """Adds the rows of a CSV file; rows that Prospector would refuse are told with the reason."""
    file = st.file_uploader(
        "CSV file",
        type=["csv", "txt", "tsv"],
        max_upload_size=upload_limits.MAX_PROSPECT_MEGABYTES,
        key=f"upload_{list_id}_{session().form_version}",
        help="A header row with first name and last name; email, title, company, phone, LinkedIn "
        "URL, notes and email status where there are any.",
    )
    if file is None:
        return
    rows, problem = read_prospect_file(file.getvalue())
    if problem:
        st.error(problem, icon=":material/edit:")
        return
    inputs, refused = check_prospect_rows(rows)
    if refused:
        st.warning(f"{count(len(refused), 'row')} cannot be added:")
        told = pd.DataFrame(refused, columns=["row", "problem"])
        table(told, f"refused_{list_id}")
        csv_download(told, "rows-not-added", f"refused_csv_{list_id}", "Download these")
    if (
        _unfinished_addition(account, list_id) is None
    ):  # else the page tells first what is left of it
        _add_form(account, list_id, name, inputs)
