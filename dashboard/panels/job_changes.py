"""Tracking job changes on Lists, where the plan has it: who is tracked, and who moved where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from dashboard import data
from dashboard.account import Account
from dashboard.errors import explained_ledger_errors, read_or_show_error, show_error
from dashboard.formatting import count, day, escape_markdown, option_labels, uc
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.database import LedgerError
from dashboard.ledger.tracking_imports import TrackingImport
from dashboard.lists import tracking
from dashboard.lists.file_rows import prospect_rows
from dashboard.lists.inputs import prospect_inputs
from dashboard.panels.file_preview import people_file_input
from dashboard.panels.list_additions import UPLOAD, add_people
from dashboard.panels.people_job import people_job, plan_lookup
from dashboard.state import session
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, text_at
from dashboard.widgets.buttons import data_points_input, write_button
from dashboard.widgets.tables import csv_download, table
from leadiq_api import DATA_POINTS, InvalidRequestError, LeadIQError

POLL_SECONDS = 10
READ_AGAIN = "People looked up elsewhere"  # the name of the job that reads them again
FROM_LIST, FROM_FILE, UNLOCKED = "A list", "A file", "People you unlocked"


def track_job_changes(account: Account, lists: Mapping[str, str]) -> None:
    """Draws a panel that tracks contacts and shows who moved; nothing where the plan lacks it.

    ``lists`` are the names of the account's lists by id.
    """
    balance = data.contact_tracking_balance(*account.caller)
    if not balance or account.ledger_problem is not None:
        return
    panel = st.expander(
        "Track job changes", icon=":material/radar:", key="track_job_changes", on_change="rerun"
    )
    if not panel.open:  # what nobody looks at is not read
        return
    with panel:
        left = number_at(balance, "balance")
        st.caption(
            "LeadIQ reports which of these people have changed jobs. This is free"
            + ("." if left is None else f"; your plan tracks {left:,.0f} more contacts.")
        )
        with explained_ledger_errors():
            _new_import(account, lists)
            imports = account.ledger.tracking_imports.all(account.fingerprint)
            if imports:
                _show_import(account, imports)


# Tracking ----------------------------------------------------------------------------------------


def _new_import(account: Account, lists: Mapping[str, str]) -> None:
    source = st.segmented_control(
        "People to track", [FROM_LIST, FROM_FILE, UNLOCKED], default=FROM_LIST, key="track_from"
    )
    if source is None:
        return
    name, people = _people(account, lists, source)
    contacts, left_out = tracking.contacts_of(people)
    if left_out:
        st.caption(
            f"{count(left_out, 'person', 'people')} without a full name or a company cannot be "
            "tracked."
        )
    if len(contacts) > tracking.MAX_CONTACTS:
        st.caption(f"Up to {tracking.MAX_CONTACTS:,} at a time; you have {len(contacts):,}.")
        contacts = contacts[: tracking.MAX_CONTACTS]
    label = f"Track {count(len(contacts), 'person', 'people')} · free"
    if write_button(label, "track", disabled=not contacts):
        imports = account.ledger.tracking_imports
        _send(account, lambda: imports.add(account.fingerprint, name, contacts))


def _people(account: Account, lists: Mapping[str, str], source: str) -> tuple[str, Sequence[Json]]:
    """The name of a source that the user chooses, and its people as prospects."""
    if source == FROM_FILE:
        file = people_file_input(account, UPLOAD._replace(key="track_upload"))
        rows = [] if file is None else prospect_rows(file.table, file.columns).inputs
        return ("" if file is None else file.name), rows
    if source == UNLOCKED:
        return UNLOCKED, _unlocked(account)
    if not lists:
        st.caption("No lists yet.")
        return "", []
    list_id = st.selectbox(
        "List to track",
        list(lists),
        format_func=option_labels(lists).__getitem__,
        key="track_list",
    )
    listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
    return lists[list_id], listed or []


def _unlocked(account: Account) -> Sequence[Json]:
    """The people whom jobs have found; a job reads the others again, whom LeadIQ returns free."""
    records = JobRecords(account.ledger)
    jobs = records.jobs(account.fingerprint)
    answers = [
        row.answer
        for job in jobs
        for row in records.rows(job.id, state=RowState.FOUND)
        if row.answer is not None
    ]
    found = frames.distinct(answers)
    known = {text_at(answer, "id") for answer in found}
    others = [id for id in account.ledger.contacts(account.fingerprint) if id not in known]
    if any(job.name == READ_AGAIN and job.state == JobState.RUNNING for job in jobs):
        st.caption("A job is loading the people you looked up elsewhere.")
    elif others:
        people = [{"personId": id} for id in others[: tracking.MAX_CONTACTS]]
        people_job(
            account,
            plan_lookup(account, READ_AGAIN, people, ()),
            lambda number: f"Add {count(number, 'person', 'people')} you looked up elsewhere",
            key="track_others",
            icon=":material/person_add:",
        )
    return prospect_inputs(frames.people(found))[0]


def _send(account: Account, stored: Callable[[], TrackingImport]) -> None:
    """Sends the import that ``stored`` returns, or shows why not; another click changes nothing."""
    current, imports = session(), account.ledger.tracking_imports
    try:
        with st.spinner("Sending the contacts …"), current.write():
            one = stored()
            tracking.send(account.client, imports, account.fingerprint, one)
            data.contact_tracking_balance.clear(*account.caller)
            people = count(len(one.contacts), "person", "people")
            current.flash_message = f"LeadIQ is now tracking {people}."
    except LedgerError:
        raise  # not LeadIQ's
    except LeadIQError as error:
        show_error(error)
        if not isinstance(error, InvalidRequestError):
            st.warning(
                "We couldn't confirm that LeadIQ received the contacts. They are saved below."
            )
        return
    st.rerun()


# Results -----------------------------------------------------------------------------------------


def _show_import(account: Account, imports: Sequence[TrackingImport]) -> None:
    by_id = {one.id: one for one in imports}
    names = {one.id: f"{one.name} · {day(one.at)}" for one in imports}
    chosen = st.selectbox(
        "Tracked so far",
        list(names),
        format_func=option_labels(names).__getitem__,
        key="track_import",
    )
    one = by_id[chosen]
    if not one.sent:
        st.caption(f"{count(len(one.contacts), 'person', 'people')} not sent yet.")
        if write_button("Send them · free", "track_again", type="secondary"):
            _send(account, lambda: one)
        return
    found = account.state.tracked.get(one.id)
    if found is None:
        st.fragment(_watch, run_every=POLL_SECONDS)(account, one)
    else:
        _show_moves(account, one, found)


def _watch(account: Account, one: TrackingImport) -> None:
    """Asks LeadIQ every few seconds whether it is done; free."""
    try:
        found = account.client.tracked_contacts(one.id)
    except LeadIQError as error:
        show_error(error)
        return
    if found["errorCode"]:
        st.error(f"LeadIQ could not track these: {escape_markdown(str(found['errorCode']))}.")
    elif found["isProcessing"] and not found["isTimeout"]:
        st.caption(":material/hourglass: LeadIQ is checking. You can leave this page.")
    else:
        account.state.tracked[one.id] = found
        st.rerun()


def _show_moves(account: Account, one: TrackingImport, found: Json) -> None:
    if found["isTimeout"]:
        st.warning("LeadIQ ran out of time: this may not be all.")
    profiles = {
        str(row.get("id")): text_at(row, "name") or ""
        for row in data.icp_definitions(*account.caller)
    }
    people = tracking.moves(found["contacts"], profiles)
    tracked = count(len(one.contacts), "person", "people")
    st.markdown(f"**{len(people):,} of {tracked} changed jobs**")
    if st.button("Look again · free", key="track_look"):
        del account.state.tracked[one.id]
        st.rerun()
    if people.empty:
        return
    table(people, "tracked_people", hidden=("person_id", "first_name", "last_name"))
    csv_download(people, "leadiq-job-changes", "tracked_csv")
    _price_note(account, people)
    _look_up(account, one, people)
    add_people(account, people)
    _link_to_search(people["linkedin_url"].dropna().unique().tolist())


def _link_to_search(profiles: Sequence[str]) -> None:
    """Draws a link to Advanced search with these profiles, if there are any."""
    if not profiles:
        return
    with suppress(StreamlitPageNotFoundError):  # a page of its own has no neighbours to link to
        st.page_link(
            "pages/advanced_search.py",
            label=f"Open {count(len(profiles), 'person', 'people')} on Advanced search",
            icon=":material/group:",
            query_params={"linkedin_urls": "\n".join(profiles)},
        )


def _look_up(account: Account, one: TrackingImport, people: pd.DataFrame) -> None:
    """Draws a button that gets the chosen data points of who moved, at their new companies."""
    points = data_points_input(account, tuple(DATA_POINTS), "track_points")
    people_job(
        account,
        plan_lookup(account, f"{one.name}, changed jobs", tracking.prospects_of(people), points),
        lambda number: f"Look up {count(number, 'person', 'people')}",
        key="track_look_up",
        icon=":material/search:",
    )


def _price_note(account: Account, people: pd.DataFrame) -> None:
    inputs = [{"id": id} for id in people["person_id"].dropna()]
    prices = [
        (point.phrase, account.payments.price_of_people(inputs, (name,)))
        for name, point in DATA_POINTS.items()
    ]
    st.caption(
        "If you look them up: "
        + ", ".join(
            f"{phrase} {uc(price.minimum)} to {uc(price.maximum)}" for phrase, price in prices
        )
        + "."
    )
