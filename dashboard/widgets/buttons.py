"""Data points with prices, paid buttons, and what follows a click on one."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data, state
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import escape_markdown, likely_price, uc, up_to
from dashboard.search.outcome import Outcome
from dashboard.state import ShownPrice
from dashboard.widgets.affordable import Fitting, Shortfall, nothing, shortfall
from dashboard.widgets.budget import confirmation_dialog, needs_confirmation
from leadiq_api import DATA_POINTS
from leadiq_api.credits import Estimate
from leadiq_api.data_points import EMAIL, PHONE
from leadiq_api.quality import MAX_CONFIDENCE, Quality

HAS_RISEN = "What you typed last changed the price. Nothing has been sent yet."
CLICKED_AGAIN = (
    "You clicked again while your request was being sent, which may have stopped it part-way. "
    "Nothing more is sent unless you agree."
)
NOT_DONE = "Your last click did nothing: a change was still being saved. Try again."

NO_NAMES: Mapping[str, str] = MappingProxyType({})

ButtonType = Literal["primary", "secondary"]
Bind = Literal["query-params"] | None  # whether a widget's value is in the page's address


def data_points_input(
    account: Account, offered: Sequence[str], key: str, bind: Bind = None
) -> tuple[str, ...]:
    """Lets the user choose data points, each with its price; none is chosen at first."""
    chosen = st.pills(
        f"Also get (each profile costs {uc(account.prices['Profile'])})",
        offered,
        selection_mode="multi",
        format_func=lambda point: _data_point_label(account, point),
        key=key,
        wrap=True,
        persist_state="session",
        bind=bind,
    )
    return tuple(point for point in offered if point in (chosen or ()))


def quality_input(points: Sequence[str], key: str, bind: Bind = None) -> Quality:
    """Lets the user choose what is good enough of these data points; anything is at first.

    A number is never in the address: one of thousands of digits there would break the page.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        verified_emails = st.checkbox(
            "Verified work emails only",
            key=f"{key}_verified_emails",
            disabled=EMAIL.id not in points,
            persist_state="session",
            bind=bind,
            help="Verified, or likely verified. People without one are neither returned nor "
            "charged, and personal emails are left out.",
        )
        better_phones = st.checkbox(
            "Higher-quality phones only",
            key=f"{key}_better_phones",
            disabled=PHONE.id not in points,
            persist_state="session",
            bind=bind,
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
            help="In percent. Less certain matches are neither returned nor charged.",
        )
    return Quality(verified_emails, better_phones, min_confidence or 0).of_points(points)


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
    fitting: Fitting = nothing,
    problem: str | None = None,
    unit_price: str | None = None,
    form: DeltaGenerator | None = None,
    form_price: Estimate | None = None,
    note: bool | DeltaGenerator = True,
    icon: str = ":material/search:",
    type: ButtonType = "primary",
) -> bool:
    """Draws a button that carries its price; returns True if ``request`` is to be sent now.

    That is the case once after a click, if the price on the button covered it and the user has
    confirmed a price above the account's threshold. One that the balance or a budget does not cover
    disables the button; one that has risen with what was typed last is asked about.

    Args:
        account: Who pays.
        label: What the button does; the price is appended.
        price: The price range (UC) of the request.
        key: The button's widget key.
        request: What identifies the request within the account: plain JSON values, decimals, times.
        fitting: What of the request a smaller amount would cover.
        problem: What is wrong with the user's input; a click shows it, and nothing is sent.
        unit_price: What the button shows instead of a price while nothing is entered.
        form: The form that the button submits, with its ``with`` block closed: no dialog can be
            opened inside a form.
        form_price: The price range (UC) of anything that may stand in the form at the next click.
        note: Whether the balance is shown beneath the button, or where else.
        icon: The button's icon.
        type: Whether it is the button to see first.
    """
    short = shortfall(account, price, fitting)
    if form_price is None or shortfall(account, form_price, fitting) is not None:
        form_price = price
    label = f"{label} · {unit_price or _price_label(price, form_price)}"
    shown = None if unit_price else form_price
    request_id = _request_id(account, request)
    maxima = (price.maximum, shown.maximum) if shown else (Decimal(0), Decimal(0))
    remembered = ShownPrice(request_id, *maxima, state.session().sent)
    clicked = _priced_button(account, label, shown, remembered, key, form, short, note, icon, type)
    if clicked and problem is not None:
        st.error(problem, icon=":material/edit:")
    return problem is None and short is None and _is_agreed(account, price, request_id, clicked)


def _priced_button(
    account: Account,
    label: str,
    shown: Estimate | None,
    remembered: ShownPrice,
    key: str,
    form: DeltaGenerator | None,
    short: Shortfall | None,
    note: bool | DeltaGenerator,
    icon: str,
    type: ButtonType,
) -> bool:
    """Draws the button with what is said beneath it.

    ``shown`` is the price in its label, and ``remembered`` what a click agrees to.
    """
    button = st.button if form is None else st.form_submit_button
    with nullcontext() if form is None else form:
        clicked = button(
            label,
            type=type,
            key=key,
            icon=icon,
            disabled=short is not None,
            on_click=state.remember_shown_price,
            args=(remembered,),
        )
        beneath = nullcontext() if isinstance(note, bool) else note
        with beneath:
            if short is not None:
                st.caption(f":material/block: {short.message}")
            elif note:
                st.caption(price_note(account.available, shown))
    if short is not None and short.of_balance:
        # Outside the form, which can have no other button: the balance may have grown since.
        st.button(
            "Refresh the balance",
            icon=":material/refresh:",
            type="tertiary",
            key=f"{key}_refresh_balance",
            on_click=account.refresh_balance,
        )
    return clicked or _is_due_example(account, remembered.request)


def write_button(
    label: str,
    key: str,
    *,
    icon: str | None = None,
    type: ButtonType = "primary",
    disabled: bool = False,
    submits: bool = False,
) -> bool:
    """Draws a button for a free ``Session.write``, and returns whether it was clicked.

    A second click does not write again, and one on another button while a write is under way does
    nothing: what it was drawn for may have changed. ``submits`` is for the button of a form.
    """
    button = st.form_submit_button if submits else st.button
    clicked = button(label, key=key, type=type, icon=icon, disabled=disabled)
    if not clicked or _has_written_meanwhile(key):
        return False
    state.session().write_key = key
    return True


def _has_written_meanwhile(key: str) -> bool:
    """Whether a click came while the write of an earlier one was under way: waits until it is done.

    Then draws the page again, or says why the write failed: the first click's run, which would
    have said it, was stopped.
    """
    session = state.session()
    if not session.has_written_meanwhile():
        return False
    with st.spinner("Saving …"):
        error = session.wait_for_write()
    is_other_button = key != session.write_key
    if error is None:
        if is_other_button:
            session.flash_message = "\n".join(filter(None, [session.flash_message, NOT_DONE]))
        st.rerun()
    show_error(error)
    if is_other_button:
        st.warning(NOT_DONE, icon=":material/touch_app:")
    return True


def _is_due_example(account: Account, request_id: str) -> bool:
    """Whether a click on an example led here: it counts as one on this button, at its own price.

    In the sandbox only, and for the first button of the page.
    """
    price = state.session().take_due_example()
    if not price or not account.is_sandbox:  # a free example buys nothing
        return False
    state.remember_shown_price(ShownPrice(request_id, price, sent=state.session().sent))
    return True


def _price_label(price: Estimate, form_price: Estimate) -> str:
    if form_price.maximum and not price.maximum:
        return f"free again, or {up_to(form_price.maximum)}"
    return up_to(form_price.maximum)


def price_note(available: int | None, price: Estimate | None) -> str:
    """Returns what a price (UC) is of the balance: ``Up to 3 of your 120 UC. …``."""
    balance = "Balance unavailable." if available is None else f"{available:,} UC available."
    if price is None or not price.maximum:
        return balance
    likely = likely_price(price.expected, price.maximum)
    note = likely[0].upper() + likely[1:]
    if available is None:
        return f"{note}. {balance}"
    share = f"{note.removesuffix(' UC')} of your {available:,} UC"
    return f"{share}. Anything you've already unlocked is free."


def _is_agreed(account: Account, price: Estimate, request_id: str, clicked: bool) -> bool:
    """Whether the user has agreed to this price; opens the dialog that asks if a click has not."""
    confirmed = account.approved_request == request_id
    if not (clicked or confirmed) or _has_written_meanwhile(request_id):
        return False
    session, doubt = state.session(), ""
    session.write_key = request_id  # what is bought may be written to a list at once
    if price.maximum > session.shown_price.of(request_id):
        doubt = HAS_RISEN  # what was typed last before a click changes the price after it was shown
    elif price.maximum and session.shown_price.sent != session.sent:
        doubt = CLICKED_AGAIN
    if not doubt and (confirmed or not needs_confirmation(account, price)):
        if price.maximum:  # what is free may be sent at each click
            session.sent += 1
        return True
    confirmation_dialog(account, price, request_id, doubt)
    return False


def _request_id(account: Account, request: Any) -> str:
    """Identifies a request over reruns; the order of an object's keys does not matter."""
    return json.dumps([account.fingerprint, request], sort_keys=True, default=str)


def refresh_balance_and_rerun(account: Account) -> None:
    """Reloads the balance if anything was sent, and reruns the page, which then sends nothing."""
    if account.payments.receipt:
        data.invalidate_account(*account.caller)
    st.rerun()


def show_errors(outcome: Outcome, names: Mapping[str, str] = NO_NAMES) -> None:
    """Shows each error of a search, below what it is about if that has a name.

    ``names`` are those of what was requested by its id.
    """
    for label, error in outcome.errors.items():
        if isinstance(label, str):
            st.markdown(f"**{escape_markdown(names.get(label, label))}**")
        show_error(error, paid=True)


def show_flash_message() -> None:
    """Shows what the last action did, without moving anything on the page."""
    message = state.session().take_flash_message(time.time())
    for line in message.split("\n") if message else ():
        icon = ":material/touch_app:" if line == NOT_DONE else ":material/check_circle:"
        st.toast(line, icon=icon, duration="long")
