"""What an action was charged, where its result appears."""

from __future__ import annotations

import streamlit as st

from dashboard.account import Account
from dashboard.formatting import uc
from dashboard.ledger.database import LedgerError
from dashboard.ledger.receipts import Charge, Receipt
from leadiq_api.credits import Estimate


def show_charge(account: Account, receipt: Receipt | None) -> None:
    """Shows what the ledger has charged for the last action; nothing if there was none."""
    if receipt is not None:
        st.caption(f":material/receipt_long: {charge_text(account, receipt)}")


def show_breakdown(price: Estimate, reason: str) -> None:
    """Shows what a price is made of, and the ``reason`` why it is more than what was chosen."""
    if price.breakdown:
        st.caption(f"{breakdown_text(price)}. {reason}")


def breakdown_text(price: Estimate) -> str:
    """``1 × email at 1 UC + 2 × company at 3 UC``: what a price is made of."""
    return " + ".join(
        f"{line.quantity:,} × {line.what} at {uc(line.price)}" for line in price.breakdown
    )


def charge_text(account: Account, receipt: Receipt) -> str:
    """Returns in words what the ledger has charged for an action by now."""
    try:
        return charge_summary(account.ledger.charge_of(account.fingerprint, receipt))
    except LedgerError:
        return "The charge is recorded when the ledger works again; its price stays reserved."


def charge_summary(charge: Charge) -> str:
    """Returns ``Charged 9 UC``, with what was saved and what may have been charged besides."""
    summary = f"Charged {uc(charge.charged)}"
    if charge.saved:
        saved = uc(charge.saved).removesuffix(" UC")
        summary += f", {saved} saved: already unlocked"
    if charge.unanswered:
        number = "one request" if charge.unanswered == 1 else f"{charge.unanswered:,} requests"
        maximum = uc(charge.uncertain)
        summary += f"; up to {maximum} more may have been charged for {number} that got no answer"
    return summary
