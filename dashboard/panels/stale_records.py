"""Records that LeadIQ is asked to make current, where the server can: asked first, then watched."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import day, escape_markdown
from dashboard.jobs.model import EXACT
from dashboard.search.outcome import Outcome
from dashboard.state import RecordRefresh, session
from dashboard.tables.api_json import Json, rows_at, text_at, time_at
from dashboard.widgets.buttons import (
    paid_button,
    refresh_balance_and_rerun,
    show_errors,
    write_button,
)
from dashboard.widgets.cards import person_card
from dashboard.widgets.charge import show_charge
from leadiq_api import LeadIQError, may_have_taken_effect

POLL_SECONDS = 5
UNKNOWN_PRICE = (
    "LeadIQ doesn't publish a price for this, so it may cost credits, and your budget can't cap "
    "it. Check the balance on Usage afterwards to see what it cost. It can take a few minutes, and "
    "LeadIQ may find nothing newer."
)


def refresh_record(account: Account, person: Json, points: tuple[str, ...]) -> None:
    """Draws what makes the record of a person current, and looks them up again with ``points``.

    ``person`` has its LeadIQ ``id`` and when it was updated. Nothing where the server cannot.
    """
    person_id = text_at(person, "id")
    if person_id is None or not account.supports("regenerate"):
        return
    refresh = account.state.refreshes.get(person_id)
    if refresh is None:
        _offer(account, person_id, person)
    elif refresh.is_done:
        _look_up_again(account, person_id, refresh, points)
    else:
        st.fragment(_watch, run_every=POLL_SECONDS)(account, person_id, refresh)


def _offer(account: Account, person_id: str, person: Json) -> None:
    updated = time_at(person, "updatedAt")
    with st.popover("Out of date?", icon=":material/update:", key=f"stale_{person_id}"):
        known = f"LeadIQ last updated this record on {day(updated)}. " if updated else ""
        st.markdown(f"{known}{UNKNOWN_PRICE}")
        label, key = "Ask LeadIQ to refresh it · price not known", f"regenerate_{person_id}"
        if write_button(label, key, type="secondary"):
            _start(account, person_id)


def _start(account: Account, person_id: str) -> None:
    refreshes, current = account.state.refreshes, session()
    try:
        with st.spinner("Asking LeadIQ …"), current.write():
            is_known = _ask(account, refreshes, person_id)
    except LeadIQError as error:
        show_error(error)
        return
    if is_known:
        st.rerun()
    st.error("LeadIQ no longer has this record.", icon=":material/error:")


def _ask(account: Account, refreshes: dict[str, RecordRefresh], person_id: str) -> bool:
    """Asks LeadIQ to refresh a record; returns whether it has it. Draws nothing meanwhile."""
    refresh = RecordRefresh(account.client.regenerated_time(person_id))
    refreshes[person_id] = refresh  # before it is sent: any later run finds it
    status = ""
    try:
        status = account.client.regenerate(person_id)
    except LeadIQError as error:
        if not may_have_taken_effect(error):
            del refreshes[person_id]
            raise
        # It is watched all the same: asking once more could cost twice.
    if status == "NotFound":
        del refreshes[person_id]
        return False
    data.invalidate_account(*account.caller)
    return True


def _watch(account: Account, person_id: str, refresh: RecordRefresh) -> None:
    """Asks every few seconds whether the record is current; free."""
    try:
        time = account.client.regenerated_time(person_id)
    except LeadIQError as error:
        show_error(error)
        return
    if time is None or time == refresh.before:
        st.caption(
            ":material/hourglass: LeadIQ is refreshing this record. You can leave this page."
        )
        return
    refresh.is_done = True
    st.rerun()


def _look_up_again(
    account: Account, person_id: str, refresh: RecordRefresh, points: tuple[str, ...]
) -> None:
    outcome = refresh.outcome
    if outcome is None:
        st.markdown(":material/check_circle: LeadIQ has refreshed this record.")
        request = {"id": person_id, "limit": 1}
        approved = paid_button(
            account,
            "Look the person up again",
            account.payments.price("searchPeople", request, points),
            f"refreshed_{person_id}",
            request=("refreshed", request, points),
        )
        if not approved:
            return
        outcome = refresh.outcome = Outcome(request, points, receipt=account.payments.receipt)
        arguments = (*account.caller, request, points, account.payments)
        data.search_people.clear(*arguments)  # what was known before the record was refreshed
        with st.spinner("Searching …"):
            outcome.ask(0, partial(data.search_people, *arguments))
        refresh_balance_and_rerun(account)
    show_charge(account, outcome.receipt)
    show_errors(outcome)
    for person in rows_at(outcome.answers.get(0), "results"):
        name = escape_markdown(text_at(person, "name.fullName") or "This person")
        st.caption(f"{name} as of now:")
        person_card(person, outcome.data_points, outcome.request, EXACT)  # found by its id
