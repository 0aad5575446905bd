"""Writing people to a list, and what an addition left undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import count, escape_markdown
from dashboard.lists import writing
from dashboard.lists.duplicates import ExistingProspect
from dashboard.lists.inputs import prospect_name
from dashboard.lists.writing import WriteResult
from dashboard.state import UnfinishedAddition, session
from dashboard.tables.api_json import Json
from dashboard.widgets.buttons import write_button
from dashboard.widgets.tables import table

MAX_NAMES = 10  # of people in one message


def write_prospects(
    account: Account,
    target: str | Callable[[], str],
    list_name: str,
    listed: Sequence[Json],
    inputs: Sequence[Json],
    indexes: Sequence[int],
    attach: Sequence[ExistingProspect] = (),
    retried: UnfinishedAddition | None = None,
) -> None:
    """Adds prospects to a list with a progress bar, keeps what was left undone, and reruns.

    Although another click stops this run where it draws, everybody is added. Who was put on the
    list since this was planned is left out. Raises what ``target`` raises.

    Args:
        account: Whose list it is.
        target: The id of the list, or what creates the list, draws nothing and returns its id.
        list_name: Its name, for the message.
        listed: The prospects on the list when the addition was planned.
        inputs: ``ProspectInput`` bodies, or prospects.
        indexes: Which of the inputs are created.
        attach: Existing prospects that are put on the list.
        retried: The addition that left these people undone; forgotten once they are sent.
    """
    current, state, result = session(), account.state, WriteResult()
    known = {str(row.get("id")) for row in listed}
    bar = st.progress(0.0, "Adding to the list …")

    def show(done: int) -> None:
        with suppress(StopException):
            bar.progress(done / len(indexes), f"{done:,} of {len(indexes):,}")

    add = partial(writing.add_prospects, on_progress=show, known=known, result=result)
    with current.write():
        list_id = target if isinstance(target, str) else target()
        if state.unfinished_addition is retried:
            state.forget_unfinished_addition()
        try:
            add(account.client, list_id, inputs, indexes, attach)
        finally:
            data.invalidate_lists(*account.caller, list_id)
            if result.added or result.attached or result.listed:
                current.flash_message = _summary(result, list_name)
            if result.is_complete:
                current.form_version += 1
            else:
                state.unfinished_addition = UnfinishedAddition(list_id, [*inputs], result)
    st.rerun()


def _summary(result: WriteResult, list_name: str) -> str:
    """Returns what was done, in words, as Markdown."""
    added = count(len(result.added) + len(result.attached), "person", "people")
    message = f"{added} added to {escape_markdown(list_name)}."
    if result.listed:
        there = count(len(result.listed), "person was", "people were")
        message += f" {there} there already, added meanwhile."
    return message


# What the last addition left undone --------------------------------------------------------------


def show_unfinished_addition(account: Account, list_id: str, list_name: str) -> bool:
    """Draws what the last addition to this list left undone; returns whether there is anything."""
    addition = unfinished_addition(account, list_id)
    if addition is None:
        return False
    result = addition.result
    if result.error is not None:
        show_error(result.error)
    if result.failed:
        _show_failed(addition)
    number_left = len(result.unsent) + len(result.unattached)
    if number_left:
        st.warning(f"{count(number_left, 'person was', 'people were')} not put on the list.")
    may_retry = not result.unconfirmed or _confirm_not_written(addition)
    indexes = sorted(
        [*(row.input_index for row in result.failed), *result.unsent, *result.unconfirmed]
    )
    number = len(indexes) + len(result.unattached)
    with st.container(horizontal=True):
        retry_clicked = write_button(
            f"Try {count(number, 'person', 'people')} again · free",
            f"again_{list_id}",
            type="secondary",
            disabled=not (number and may_retry),
        )
        st.button(
            "Dismiss",
            key=f"leave_{list_id}",
            on_click=account.state.forget_unfinished_addition,
        )
    if retry_clicked:
        _retry(account, list_name, addition, indexes)
    return True


def _retry(
    account: Account, list_name: str, addition: UnfinishedAddition, indexes: Sequence[int]
) -> None:
    list_id, attach = addition.list_id, addition.result.unattached
    listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
    if listed is not None:
        write_prospects(
            account, list_id, list_name, listed, addition.inputs, indexes, attach, addition
        )


def unfinished_addition(account: Account, list_id: str) -> UnfinishedAddition | None:
    """Returns the last addition if it was one to this list and left something undone."""
    addition = account.state.unfinished_addition
    return addition if addition is not None and addition.list_id == list_id else None


def _show_failed(addition: UnfinishedAddition) -> None:
    failed = addition.result.failed
    st.warning(f"{count(len(failed), 'row was', 'rows were')} not added:")
    rows = [
        {"name": prospect_name(addition.inputs[index]), "problem": reason}
        for index, reason in failed
    ]
    table(pd.DataFrame(rows), f"failed_{addition.list_id}")


def _confirm_not_written(addition: UnfinishedAddition) -> bool:
    """Asks the user to check the list for people that may have been written."""
    unconfirmed = addition.result.unconfirmed
    st.warning(
        "We couldn't confirm whether "
        f"{count(len(unconfirmed), 'person', 'people')} reached the list: "
        f"{names_of(addition.inputs, unconfirmed)}. Check the list first: LeadIQ does not remove "
        "duplicates."
    )
    return st.checkbox("I checked: they are not on the list", key=f"sure_{addition.list_id}")


def names_of(inputs: Sequence[Json], indexes: Sequence[int]) -> str:
    """Returns the names of the first ``MAX_NAMES`` people, as Markdown."""
    names = (prospect_name(inputs[index]) for index in indexes[:MAX_NAMES])
    return escape_markdown(", ".join(names))
