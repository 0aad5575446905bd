"""Data points with prices, paid buttons, and what follows a click on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard import data, state
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import escape_markdown, uc, up_to
from dashboard.ledger.ledger import BudgetExceededError
from dashboard.search.outcome import Outcome
from dashboard.tables.api_json import text_at
from dashboard.widgets.budget import confirmation_dialog, needs_confirmation
from leadiq_api.credits import Estimate, Record

# A data point's name in the account's price list, and on the screen.
DATA_POINTS: Mapping[str, tuple[str, str]] = {
    "email": ("PersonEmail", "Email"),
    "phone": ("PersonPhone", "Phone"),
    "company": ("Company", "Company information"),
}


def data_points_input(account: Account, offered: Sequence[str], key: str) -> tuple[str, ...]:
    """Lets a person choose what to pay for, each with its price; nothing is chosen for them."""
    chosen = st.pills(
        "Data points beside the profile",
        offered,
        selection_mode="multi",
        format_func=lambda point: _priced(account, point),
        key=key,
        persist_state="session",
        help=f"The profile comes with every person found ({uc(account.prices['Profile'])}).",
    )
    return tuple(point for point in offered if point in (chosen or ()))


def _priced(account: Account, point: str) -> str:
    name, label = DATA_POINTS[point]
    return f"{label} · {uc(account.prices[name])}"


def paid_button(
    account: Account, label: str, price: Estimate, key: str, *, form: bool, note: bool = True
) -> bool:
    """A button that carries its price. True when pressed; ``may_send`` tells whether to send.

    ``note`` adds the balance beneath it.
    """
    button: Callable[..., bool] = st.form_submit_button if form else st.button
    pressed = button(
        f"{label} · {up_to(price.maximum)}",
        type="primary",
        key=key,
        icon=":material/search:",
        on_click=state.remember_shown_price,
        args=(price.maximum,),
    )
    if note:
        st.caption(_price_note(account.available, price.maximum))
    return pressed


def _price_note(available: int | None, most: Decimal) -> str:
    if available is None:
        return f"At most {uc(most)}. The balance is not known."
    if most > available:
        return f"At most {uc(most)}: more than the {available:,} UC available. Choose less."
    return f"At most {uc(most)} of the {available:,} UC available. Already unlocked data is free."


def is_approved(account: Account, pressed: bool, price: Estimate, request: Any) -> bool:
    """Whether ``request`` goes out now: its button was pressed with this price on it, and where
    the price is above the account's threshold, it was confirmed."""
    named = repr((account.fingerprint, request))
    if account.confirmed == named:
        return True
    if not pressed or not _price_still_matches(price.maximum):
        return False
    if needs_confirmation(account, price):
        confirmation_dialog(account, price, named)
        return False
    return True


def _price_still_matches(most: Decimal) -> bool:
    """Whether the button just pressed had shown at least this price; if not, says so.

    The last words typed before a press change the price after it was shown.
    """
    shown = st.session_state[state.SHOWN_PRICE]
    if shown is not None and most <= shown:
        return True
    st.warning(
        f"With what you entered last, this costs up to {uc(most)}. Nothing was sent. "
        "Press the button again to go on.",
        icon=":material/payments:",
    )
    return False


def preview_offer(
    account: Account, points: tuple[str, ...]
) -> list[tuple[bool, Estimate, dict[str, Any]]]:
    """What the last free preview found, and a button to get just that person.

    Gives (pressed, price, ``SearchPeopleInput``), or nothing where nobody was previewed.
    """
    owner, found = st.session_state[state.PREVIEW] or (None, None)
    if owner != account.fingerprint or found is None:
        return []
    person = text_at(found, "personId")
    if person is None:
        st.info("The preview found nobody, so a search would cost nothing and find nobody.")
        return []
    has = {"email": found.get("hasEmail") is True, "phone": found.get("hasPhone") is True}
    with st.container(border=True):
        told = " and ".join(("with " if has[one] else "without ") + f"{one}" for one in has)
        st.markdown(f"The preview found this person {told}.")
        companies = None if "company" in points else ()
        known = Record(person, has["email"], has["phone"], companies)
        request = {"id": person, "limit": 1}
        price = account.payments.price("searchPeople", request, points, known)
        return [(paid_button(account, "Get it", price, "preview_get", form=False), price, request)]


def refresh_balance_and_rerun(account: Account, outcome: Outcome) -> None:
    """Reads the new balance and draws the page again, so that later reruns send nothing."""
    stopped = [error for error in outcome.errors.values() if isinstance(error, BudgetExceededError)]
    if outcome.answers or len(stopped) < len(outcome.errors):
        data.invalidate_account(*account.caller)
    st.rerun()


def show_errors(outcome: Outcome) -> None:
    """Each failure of a search, with what it was about where there was more than one request."""
    for label, error in outcome.errors.items():
        if isinstance(label, str):
            st.markdown(f"**{escape_markdown(label)}**")
        show_error(error, paid=True)


def show_flash_message() -> None:
    """What the last press did, once."""
    done, st.session_state[state.FLASH] = st.session_state[state.FLASH], None
    if done:
        st.success(done, icon=":material/check_circle:")
