"""Exporting a prospect to Salesforce."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.ledger.receipts import Receipt
from dashboard.state import ExportOutcome, session
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.charge import show_charge
from dashboard.widgets.tables import table
from leadiq_api import LeadIQError, may_have_taken_effect

# What the export's statuses and error codes (OpenAPI) mean, and what to do next.
MESSAGES: Mapping[str, str] = {
    "created": "Salesforce has a new record of this prospect.",
    "updated": "The record in Salesforce was updated.",
    "submitted": "LeadIQ passed it on to Salesforce without a confirmation. Check Salesforce; do "
    "not export it again.",
    "salesforce_export_disabled": "An admin of your LeadIQ account has switched Salesforce export "
    "off. Ask them to allow it.",
    "salesforce_export_not_enabled": "LeadIQ has not switched Salesforce export on for your team "
    "yet. Ask LeadIQ for it.",
    "salesforce_not_connected": "No Salesforce is connected to your LeadIQ user. Connect it in "
    "LeadIQ, then export again.",
    "salesforce_save_as_unsupported": "Your “Save to” setting in LeadIQ is not one that this "
    "export supports. Choose Lead or Contact there.",
    "salesforce_account_required": "A Contact needs an Account in Salesforce, and none was found. "
    "Create the Account, or save to Lead.",
    "quality_skipped": "Your rules for data quality left this prospect out. Verify its email or "
    "complete it first.",
    "export_rejected": "Your organization's rules in LeadIQ rejected this export.",
    "salesforce_rejected_record": "Salesforce rejected the record because of one of your "
    "validation or duplicate rules. Your Salesforce admin can tell you which.",
}
UNKNOWN_EXPORT = (
    "We couldn't confirm whether Salesforce has the record, so we didn't send it again. Check "
    "Salesforce."
)


DUPLICATES_FOUND = "duplicates_found"  # the status of an answer with ``duplicates``


def export_to_salesforce(account: Account, prospect: Json) -> None:
    """Draws a button that exports a prospect to Salesforce once, or the outcome of the export.

    If Salesforce has records that may be duplicates, the prospect is exported only after the user
    has looked at them.
    """
    prospect_id = str(prospect.get("id"))
    outcome = account.state.exports.get(prospect_id)
    price = account.payments.price("exportToSalesforce", {})
    st.caption("Writes to your Salesforce as you, and cannot be undone from here.")
    if outcome is None:
        label, force = "Export to Salesforce", False
    elif outcome.duplicates is None:
        st.info(outcome.message)
        show_charge(account, outcome.receipt)
        return
    elif _confirm_no_duplicate(outcome.duplicates, prospect_id):
        label, force = "Create anyway", True
    else:
        return
    request = ("salesforce", prospect_id, force)
    key, icon = f"salesforce_{prospect_id}", ":material/cloud_upload:"
    if paid_button(account, label, price, key, request=request, icon=icon):
        _send_export(account, prospect, prospect_id, force)


def _confirm_no_duplicate(duplicates: list[dict[str, Any]], prospect_id: str) -> bool:
    """Shows the records that may be the same person; returns whether the user rules them out."""
    st.warning("Nothing was written: Salesforce has records that may be the same person.")
    rows = pd.DataFrame(duplicates).reindex(columns=["id", "entityType", "name", "email"])
    table(rows, f"duplicates_{prospect_id}")
    return st.checkbox("None of these is this person", key=f"none_{prospect_id}")


def _send_export(account: Account, prospect: Json, prospect_id: str, force: bool) -> None:
    """Exports a prospect, keeps the outcome and reruns; or shows the error.

    The outcome is kept before anything is drawn: another click stops this run there.
    """
    receipt, exports, current = account.payments.receipt, account.state.exports, session()
    outcome_is_unknown = False
    try:
        with st.spinner("Exporting …"), current.write():
            try:
                answer = account.payments.pay_export(
                    text_at(prospect, "company.id"),
                    lambda: account.client.export_to_salesforce(prospect_id, force=force),
                )
            except LeadIQError as error:
                outcome_is_unknown = may_have_taken_effect(error)
                if outcome_is_unknown:
                    exports[prospect_id] = ExportOutcome(receipt, UNKNOWN_EXPORT)
                raise
            exports[prospect_id] = _outcome_of(answer, receipt)
            data.invalidate_account(*account.caller)
    except LeadIQError as error:
        message = MESSAGES.get(error.code or "")
        if message is None:
            show_error(error, paid=outcome_is_unknown)
        else:
            st.error(message, icon=":material/error:")
        show_charge(account, receipt)
        return
    st.rerun()


def _outcome_of(answer: Json, receipt: Receipt) -> ExportOutcome:
    status = str(answer.get("status"))
    if status == DUPLICATES_FOUND:
        return ExportOutcome(
            receipt, duplicates=[dict(row) for row in rows_at(answer, "duplicates")]
        )
    return ExportOutcome(receipt, MESSAGES.get(status, MESSAGES["submitted"]))
