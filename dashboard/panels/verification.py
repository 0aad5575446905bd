"""Verifying the email addresses of prospects."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import count
from dashboard.ledger.payments import STOPS_THE_BATCH
from dashboard.lists.inputs import prospect_name
from dashboard.lists.verification import verify_email
from dashboard.state import Verification
from dashboard.tables.api_json import Json, text_at
from dashboard.widgets.affordable import items
from dashboard.widgets.batch import send_batch
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.charge import show_charge
from dashboard.widgets.tables import csv_download, table
from leadiq_api import LeadIQError

NO_EMAIL = "no_email_to_verify"  # the code of an error: the prospect has no email any more


def verify_button(account: Account, list_id: str, with_email: Sequence[Json], key: str) -> None:
    """Draws a button that verifies the emails of prospects that have one; nothing without any.

    ``key`` is the button's widget key.
    """
    if not with_email:
        return
    price = account.payments.price("verifyEmail", {})
    approved = paid_button(
        account,
        f"Verify {count(len(with_email), 'email')}",
        price.times(len(with_email)),
        key,
        request=("verify", [prospect.get("id") for prospect in with_email]),
        fitting=items("email", "emails", lambda: [price.maximum] * len(with_email)),
        note=False,
        icon=":material/mark_email_read:",
        type="secondary",
    )
    if approved:
        _send_verifications(account, list_id, with_email)


def show_verification(account: Account) -> None:
    """Draws the result of the last verification, if it was of the list that is open."""
    verification = account.state.verification
    if verification is None or verification.list_id != account.state.open_list:
        return
    show_charge(account, verification.receipt)
    if verification.error is not None:
        show_error(verification.error, paid=True)
        st.caption(f"{count(len(verification.rows), 'email')} verified before that.")
    if verification.rows:
        rows = pd.DataFrame(
            verification.rows, columns=["name", "work_email", "before", "after", "problem"]
        )
        table(rows, "verified")
        csv_download(rows, "leadiq-verified-emails", "verified_csv", "Download the results")


def _send_verifications(account: Account, list_id: str, prospects: Sequence[Json]) -> None:
    """Verifies the emails one after the other, keeps the result, and reruns."""
    verification = Verification(list_id, account.payments.receipt)
    account.state.verification = verification

    def send(prospect: Json) -> LeadIQError | None:
        row = {
            "name": prospect_name(prospect),
            "work_email": text_at(prospect, "workEmail"),
            "before": text_at(prospect, "emailStatus"),
        }
        try:
            row["after"] = verify_email(account.payments, account.client, prospect)
        except STOPS_THE_BATCH as error:
            verification.error = error
            return error
        except LeadIQError as error:
            row["problem"] = (
                "There is no email to verify." if error.code == NO_EMAIL else error.message
            )
        verification.rows.append(row)
        return None

    send_batch(prospects, send, "Verifying …")
    data.invalidate_account(*account.caller)
    data.invalidate_lists(*account.caller, list_id)
    st.rerun()
