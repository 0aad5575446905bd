"""Data points with prices, paid buttons, and what follows a click on one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data, state
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import escape_markdown, likely_price, uc, up_to
from dashboard.ledger.ledger import BudgetExceededError
from dashboard.search.outcome import Outcome
from dashboard.widgets.budget import confirmation_dialog, needs_confirmation
from leadiq_api import DATA_POINTS
from leadiq_api.credits import Estimate
from leadiq_api.data_points import EMAIL, PHONE
from leadiq_api.quality import MAX_CONFIDENCE, Quality


def data_points_input(account: Account, offered: Sequence[str], key: str) -> tuple[str, ...]:
    """Lets the user choose data points, each with its price; none is chosen at first."""
    chosen = st.pills(
        "Data points beside the profile",
        offered,
        selection_mode="multi",
        format_func=lambda point: _data_point_label(account, point),
        key=key,
        persist_state="session",
        help=f"The profile comes with every person found ({uc(account.prices['Profile'])}).",
    )
    return tuple(point for point in offered if point in (chosen or ()))


def quality_input(points: Sequence[str], key: str) -> Quality:
    """Lets the user choose what is good enough of these data points; anything is at first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        verified_emails = st.checkbox(
            "Verified work emails only",
            key=f"{key}_verified_emails",
            disabled=EMAIL.id not in points,
            persist_state="session",
            help="Verified, or likely verified. People without one are neither returned nor "
            "charged, and personal emails are left out.",
        )
        better_phones = st.checkbox(
            "Higher-quality phones only",
            key=f"{key}_better_phones",
            disabled=PHONE.id not in points,
            persist_state="session",
            help="Other numbers are neither returned nor charged.",
        )
        min_confidence = st.number_input(
            "Minimum match confidence",
            min_value=1,
            max_value=MAX_CONFIDENCE,
            value=None,
            placeholder="Any",
            key=f"{key}_min_confidence",
            persist_state="session",
            width=200,
            help="In percent. People who match less surely are neither returned nor charged.",
        )
    return Quality(
        verified_emails and EMAIL.id in points,
        better_phones and PHONE.id in points,
        min_confidence or 0,
    )


def _data_point_label(account: Account, point: str) -> str:
    data_point = DATA_POINTS[point]
    return f"{data_point.label} · {uc(account.prices[data_point.price_name])}"


def paid_button(
    account: Account,
    label: str,
    price: Estimate,
    key: str,
    *,
    request: Any,
    problem: str | None = None,
    form: DeltaGenerator | None = None,
    note: bool = True,
) -> bool:
    """Draws a button that carries its price; returns True if ``request`` is to be sent now.

    That is the case once after a click, if the price on the button covered the request, and the
    user confirmed it if it is above the account's threshold. Everything else is handled here: the
    warning that the price has changed, and the dialog that asks.

    Args:
        account: Who pays.
        label: What the button does; the price is appended.
        price: The price range (UC) of the request.
        key: The button's widget key.
        request: What identifies the request within the account: plain JSON values, decimals, times.
        problem: What is wrong with the user's input; a click shows it, and nothing is sent.
        form: The form that the button submits, with its ``with`` block closed: no dialog can be
            opened inside a form.
        note: Whether the balance is shown beneath the button.
    """
    clicked = _priced_button(account, label, price, key, form, note)
    if problem is not None:
        if clicked:
            st.error(problem, icon=":material/edit:")
        return False
    request_id = _request_id(account, request)
    if account.approved_request == request_id:
        return True
    if not clicked or not _price_still_matches(price.maximum):
        return False
    if needs_confirmation(account, price):
        confirmation_dialog(account, price, request_id)
        return False
    return True


def _priced_button(
    account: Account, label: str, price: Estimate, key: str, form: DeltaGenerator | None, note: bool
) -> bool:
    button = st.button if form is None else st.form_submit_button
    with nullcontext() if form is None else form:
        clicked = button(
            f"{label} · {up_to(price.maximum)}",
            type="primary",
            key=key,
            icon=":material/search:",
            on_click=state.remember_shown_price,
            args=(price.maximum,),
        )
        if note:
            st.caption(_price_note(account.available, price))
    return clicked


def _price_note(available: int | None, price: Estimate) -> str:
    likely = likely_price(price.expected, price.maximum)
    note = likely[0].upper() + likely[1:]
    if available is None:
        return f"{note}. The balance is not known."
    if price.maximum > available:
        return f"{note}: more than the {available:,} UC available. Choose less."
    return f"{note} of the {available:,} UC available. Already unlocked data is free."


def _request_id(account: Account, request: Any) -> str:
    """Identifies a request over reruns; the order of an object's keys does not matter."""
    return json.dumps([account.fingerprint, request], sort_keys=True, default=str)


def _price_still_matches(maximum: Decimal) -> bool:
    """Whether the button just clicked had shown at least this price; if not, says so.

    What was typed last before a click changes the price after it was shown.
    """
    shown = state.session().shown_price
    if shown is not None and maximum <= shown:
        return True
    st.warning(
        f"With what you entered last, this costs up to {uc(maximum)}. Nothing was sent. "
        "Press the button again to go on.",
        icon=":material/payments:",
    )
    return False


def refresh_balance_and_rerun(account: Account, outcome: Outcome) -> None:
    """Reloads the balance if anything was sent, and reruns the page, which then sends nothing."""
    errors = outcome.errors.values()
    if outcome.answers or not all(isinstance(error, BudgetExceededError) for error in errors):
        data.invalidate_account(*account.caller)
    st.rerun()


def show_errors(outcome: Outcome) -> None:
    """Shows each error of a search, below what it is about if that has a name."""
    for label, error in outcome.errors.items():
        if isinstance(label, str):
            st.markdown(f"**{escape_markdown(label)}**")
        show_error(error, paid=True)


def show_flash_message() -> None:
    """Shows what the last action did, once."""
    message = state.session().take_flash_message()
    if message:
        st.success(message, icon=":material/check_circle:")
