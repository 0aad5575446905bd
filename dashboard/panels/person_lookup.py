"""Looking one person up: a free preview first, if wanted, then the paid search."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error
from dashboard.search.inputs import preview_input
from dashboard.search.outcome import Outcome
from dashboard.tables.api_json import text_at
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from leadiq_api.credits import Record


def preview_button(
    account: Account, form: DeltaGenerator, request: dict[str, Any], problem: str | None
) -> None:
    """Draws a second button of the form, which previews the request; or shows its problem."""
    if not form.form_submit_button("Check first · free"):
        return
    if problem:
        st.error(problem, icon=":material/edit:")
        return
    account.state.preview = read_or_show_error(
        "the preview", account.caller, data.search_people_preview, preview_input(request)
    )


def preview_offer(account: Account, points: tuple[str, ...]) -> dict[str, Any] | None:
    """Shows what the last free preview found, with a button to get just that person.

    Returns the ``SearchPeopleInput`` to send now, if there is one.
    """
    preview = account.state.preview
    if preview is None:
        return None
    person = text_at(preview, "personId")
    if person is None:
        st.info("The preview found nobody, so a search would cost nothing and find nobody.")
        return None
    has = {"email": preview.get("hasEmail") is True, "phone": preview.get("hasPhone") is True}
    with st.container(border=True):
        contacts = " and ".join(("with " if has[name] else "without ") + name for name in has)
        st.markdown(f"The preview found this person {contacts}.")
        companies = None if "company" in points else ()
        known = Record(person, has["email"], has["phone"], companies)
        request = {"id": person, "limit": 1}
        price = account.payments.price("searchPeople", request, points, known)
        approved = paid_button(account, "Get it", price, "preview_get", request=(request, points))
    return request if approved else None


def look_up(account: Account, request: dict[str, Any], points: tuple[str, ...]) -> None:
    """Sends a search whose price was agreed to, keeps its outcome and reruns the page."""
    search = account.state.people = Outcome(request, points)
    arguments = (*account.caller, request, points, account.payments)
    with st.spinner("Searching …"):
        search.ask(0, partial(data.search_people, *arguments))
    refresh_balance_and_rerun(account, search)
