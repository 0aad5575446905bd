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
from dashboard.lists import writing
from dashboard.lists.inputs import prospect_name
from dashboard.state import Verification
from dashboard.tables.api_json import Json, text_at
from dashboard.widgets.batch import send_batch
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.tables import csv_download, table
from leadiq_api import LeadIQError
from leadiq_api.credits import total

# Verifying ---------------------------------------------------------------------------------------


def verify(account: Account, list_id: str, found: Sequence[Json]) -> None:
    """Verifies the addresses of prospects, with the price, the progress, before and after."""
    known = [row for row in found if text_at(row, "workEmail")]
    if len(known) < len(found):
        number = count(len(found) - len(known), "prospect has", "prospects have")
        st.caption(f"{number} no email, so there is nothing to verify.")
    if known:
        price = total(account.payments.price("verifyEmail", {}) for _ in known)
        label = f"Verify {count(len(known), 'email')}"
        ids = [row.get("id") for row in known]
        if paid_button(account, label, price, "verify", request=("verify", ids)):
            _verify(account, list_id, known)
    verification = account.state.verification
    if verification is None:
        return
    if verification.error is not None:
        show_error(verification.error, paid=True)
        st.caption(f"{count(len(verification.rows), 'email')} verified before that.")
    if verification.rows:
        shown = pd.DataFrame(
            verification.rows, columns=["name", "work_email", "before", "after", "problem"]
        )
        table(shown, "verified")
        csv_download(shown, "leadiq-verified-emails", "verified_csv")


def _verify(account: Account, list_id: str, known: Sequence[Json]) -> None:
    verification = account.state.verification = Verification()

    def send(prospect: Json) -> LeadIQError | None:
        row = {
            "name": prospect_name(prospect),
            "work_email": text_at(prospect, "workEmail"),
            "before": text_at(prospect, "emailStatus"),
        }
        try:
            row["after"] = writing.verify_email(account.payments, account.client, prospect)
        except STOPS_THE_BATCH as error:
            verification.error = error
            return error
        except LeadIQError as error:
            row["problem"] = (
                "There is no email to verify."
                if error.code == "no_email_to_verify"
                else error.message
            )
        verification.rows.append(row)
        return None

    send_batch(known, send, "Verifying …")
    data.invalidate_account(*account.caller)
    data.invalidate_lists(*account.caller, list_id)
    st.rerun()
