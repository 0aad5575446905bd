"""Looking one person up: a free preview first, if wanted, then the paid search."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error
from dashboard.formatting import escape_markdown
from dashboard.search.inputs import person_label, preview_input
from dashboard.search.outcome import Outcome
from dashboard.state import Preview, was_clicked
from dashboard.tables.api_json import Json, text_at
from dashboard.widgets.affordable import fewer_data_points, items
from dashboard.widgets.buttons import paid_button, refresh_balance_and_rerun
from leadiq_api.credits import Estimate, Record
from leadiq_api.quality import Quality

# The fields of a preview's answer that say what the person has.
PREVIEW_FIELDS = {"email": "hasEmail", "phone": "hasPhone"}
MAX_LABEL_CHARACTERS = 80  # of the person's name on a button


def search_button(
    account: Account,
    form: DeltaGenerator | None,
    request: dict[str, Any],
    points: tuple[str, ...],
    problem: str | None,
) -> bool:
    """Draws the button that searches; returns whether ``request`` is to be sent now.

    Without a form the page knows what is entered, and the button has its very price.
    """
    limit = request["limit"]

    def price(number: int, some: tuple[str, ...]) -> Estimate:
        return account.payments.price("searchPeople", {"limit": number}, some)

    of_anybody = price(limit, points)
    return paid_button(
        account,
        "Search",
        of_anybody if problem else account.price("searchPeople", request, points),
        "people_search",
        request=(request, points),
        fitting=items(
            "person",
            "people",
            lambda: [price(1, points).maximum] * limit,
            fewer_data_points(points, partial(price, 1)),
        ),
        problem=problem,
        form=form,
        form_price=None if form is None else of_anybody,
    )


def preview_button(
    account: Account,
    form: DeltaGenerator,
    find_by: str,
    request: dict[str, Any],
    problem: str | None,
) -> None:
    """Draws a second button of the form, which previews the request; or shows its problem."""
    if not form.form_submit_button("Check first · free"):
        return
    account.state.preview = None
    if problem:
        st.error(problem, icon=":material/edit:")
        return
    answer = read_or_show_error(
        "the preview", account.caller, data.search_people_preview, preview_input(request)
    )
    if answer is not None:
        account.state.preview = Preview(find_by, request, answer)


def preview_offer(
    account: Account,
    form: DeltaGenerator | None,
    find_by: str,
    request: dict[str, Any],
    points: tuple[str, ...],
) -> dict[str, Any] | None:
    """Shows what the last free preview found, with a button to get just that person.

    The preview holds only while the form asks for the same, and is forgotten otherwise. Its button
    belongs to the form, because only then a click on it brings what was typed last.

    Returns the ``SearchPeopleInput`` to send now, if there is one.
    """
    preview = account.state.preview
    if preview is None:
        return None
    if form is None or not preview.is_for(find_by, request):
        _forget(account, preview)
        return None
    whom = person_label(preview.request)
    person = text_at(preview.answer, "personId")
    if person is None:
        form.info(
            f"For {escape_markdown(whom)}: the preview found nobody, so a search would cost "
            "nothing and find nobody."
        )
        return None
    has = {name: preview.answer.get(field) is True for name, field in PREVIEW_FIELDS.items()}
    contacts = " and ".join(("with " if has[name] else "without ") + name for name in has)
    box = form.container(border=True)
    box.markdown(f"For {escape_markdown(whom)}: the preview found this person, likely {contacts}.")
    known = Record(person, has["email"], has["phone"], previewed=True)
    to_buy = {"id": person, "limit": 1, **Quality.of(request).fields()}

    def price(some: tuple[str, ...]) -> Estimate:
        return account.price("searchPeople", to_buy, some, known)

    approved = paid_button(
        account,
        f"Get {escape_markdown(_shortened(whom))}",
        price(points),
        preview.button_key,
        request=(to_buy, points),
        fitting=fewer_data_points(points, price),
        form=box,
    )
    return to_buy if approved else None


def _forget(account: Account, preview: Preview) -> None:
    """Forgets a preview of what is no longer asked for; a click on its button sends nothing."""
    account.state.preview = None
    if was_clicked(preview.button_key):
        st.warning(
            f"The preview was for {escape_markdown(person_label(preview.request))}, and you have "
            "entered something else since. Nothing was sent. Check again, or press Search.",
            icon=":material/edit:",
        )


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_LABEL_CHARACTERS else f"{text[: MAX_LABEL_CHARACTERS - 1]}…"


def look_up(account: Account, request: dict[str, Any], points: tuple[str, ...]) -> None:
    """Sends a search whose price was agreed to, keeps its outcome and reruns the page.

    The preview before it is forgotten: what it offered is bought, or something else was searched.
    """
    account.state.preview = None
    search = account.state.people = Outcome(request, points, receipt=account.payments.receipt)
    arguments = (*account.caller, request, points, account.payments)
    with st.spinner("Searching …"):
        search.ask(0, partial(data.search_people, *arguments))
    refresh_balance_and_rerun(account)


def nobody_found(request: Json) -> str:
    """Returns what to say of a ``SearchPeopleInput`` that found nobody."""
    whom, only = escape_markdown(person_label(request)), Quality.of(request).label
    if only:
        return f"Nobody was found for {whom} with what you accept ({only}). Accept more."
    return (
        f"Nobody was found for {whom}. Try the LinkedIn URL, or the name with the company's domain."
    )
