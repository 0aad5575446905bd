"""The budget in the sidebar, and the confirmation before an expensive request."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard import state
from dashboard.account import Account
from dashboard.errors import explained_ledger_errors
from dashboard.formatting import uc
from dashboard.ledger.budgets import Budget
from dashboard.ledger.database import LedgerError
from dashboard.state import ShownPrice
from leadiq_api.credits import Estimate

CONFIRM_HELP = "Ask me before a single request costs more than this."
REFRESH_SECONDS = 30  # rereads the ledger for what other sessions spent; sends nothing


@st.fragment(run_every=REFRESH_SECONDS)
def sidebar_budget(account: Account) -> None:
    """Draws the balance and today's spending, and a form that changes the limits."""
    available = "unavailable" if account.available is None else uc(account.available)
    st.metric("Balance", available)
    try:
        _spending_and_limits(account)
    except LedgerError:  # the page says what is wrong
        st.caption("Today's spending is unavailable until the ledger works again.")


def _spending_and_limits(account: Account) -> None:
    ledger = account.ledger
    budget = ledger.budgets.read(account.fingerprint)
    spent = ledger.spent_today(account.fingerprint)
    zone, user = ledger.zone.key, account.payments.user
    if budget.per_day is None:
        st.caption(f"Spent today ({zone}): {uc(spent)} · no daily limit")
    else:
        held = ledger.allowance(account.fingerprint, user).held
        until = f", {uc(held)} held until the balance shows that it was free" if held else ""
        st.caption(f"Spent today ({zone}): {uc(spent)} of {uc(budget.per_day)}{until}")
        st.progress(min(1.0, float(spent / budget.per_day) if budget.per_day else 1.0))
    if budget.per_user is not None:
        own = ledger.spent_today(account.fingerprint, user)
        st.caption(f"Spent by you: {uc(own)} of {uc(budget.per_user)}")
    with (
        st.popover("Budget", icon=":material/savings:", width="stretch"),
        st.form("budget", border=False),
    ):
        new_budget = Budget(
            per_day=_limit(
                "Daily limit (UC)", budget.per_day, f"Empty: no limit. Days are in {zone}."
            ),
            per_user=_limit(
                "Daily limit per user (UC)", budget.per_user, "Applies to each user separately."
            ),
            per_job=_limit("Limit per job (UC)", budget.per_job, "For bulk jobs. Empty: no limit."),
            reserve=_limit("Keep in reserve (UC)", budget.reserve, "Credits that are never spent.")
            or Decimal(0),
            confirm_above=_limit("Confirm above (UC)", budget.confirm_above, CONFIRM_HELP)
            or Decimal(0),
        )
        if st.form_submit_button("Save", type="primary"):
            with explained_ledger_errors():
                ledger.budgets.save(account.fingerprint, new_budget)
            state.session().flash_message = "The budget was saved."
            st.rerun()


def _limit(label: str, value: Decimal | None, help: str) -> Decimal | None:
    """Draws an input for UC, rounded to tenths; empty is None."""
    entered = st.number_input(
        label, min_value=0.0, value=None if value is None else float(value), step=1.0, help=help
    )
    return None if entered is None else Decimal(str(round(entered, 1)))


def needs_confirmation(account: Account, price: Estimate) -> bool:
    """Whether the price is above the account's limit for requests without a confirmation."""
    if not price.maximum:
        return False
    return price.maximum > account.ledger.budgets.read(account.fingerprint).confirm_above


def confirmation_dialog(account: Account, price: Estimate, request: str, doubt: str) -> None:
    """Opens a dialog that shows what a request costs; agreeing approves ``request``.

    ``doubt`` says why a click was not enough, if it was not the price alone.
    """
    title = f"Spend up to {uc(price.maximum)}?"
    dialog = st.dialog(title, icon=":material/payments:")(_confirmation)
    dialog(account, price, request, doubt)


def _confirmation(account: Account, price: Estimate, request: str, doubt: str) -> None:
    if doubt:
        st.markdown(doubt)
    for label, number, unit_price in price.breakdown:
        st.markdown(f"{number:,} × {label} at {uc(unit_price)}: **{uc(number * unit_price)}**")
    st.markdown(f"You'll be charged {uc(price.minimum)} to **{uc(price.maximum)}**.")
    if price.expected is not None:
        st.markdown(f"Likely about {uc(price.expected)}")
    if account.available is not None:
        after = max(Decimal(0), account.available - price.maximum)
        st.markdown(f"Balance after: at least {uc(after)}")
    with st.container(horizontal=True):
        if st.button(
            f"Spend up to {uc(price.maximum)}",
            type="primary",
            key="go_on",
            on_click=state.approve,
            args=(ShownPrice(request, price.maximum, sent=state.session().sent),),
        ):
            st.rerun()
        if st.button("Cancel", key="not_now"):
            st.rerun()
