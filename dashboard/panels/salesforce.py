"""Exporting a prospect to Salesforce."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.state import ExportOutcome
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.tables import table
from leadiq_api import LeadIQError, may_have_taken_effect

# What Salesforce's export can answer, by the OpenAPI's codes, and what to do about it.
SALESFORCE: Mapping[str, str] = {
    "created": "Salesforce has a new record of this prospect.",
    "updated": "The record that Salesforce had was brought up to date.",
    "submitted": "LeadIQ handed it to Salesforce, but does not know what became of it. Look in "
    "Salesforce; do not export it again.",
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
    "salesforce_rejected_record": "Salesforce rejected the record, by a validation or duplicate "
    "rule of your own. Its admin can tell which.",
}
UNKNOWN_EXPORT = (
    "Whether Salesforce has a record of it is not known, so it was not sent again. Look in "
    "Salesforce."
)


def salesforce(account: Account, prospect: Json) -> None:
    """Exports one prospect: once, and in spite of duplicates only after a person looked at them."""
    prospect_id = str(prospect.get("id"))
    exports = account.state.exports
    outcome = exports.get(prospect_id)
    price = account.payments.price("exportToSalesforce", {})
    st.caption("Writes to your Salesforce as you, and cannot be undone from here.")
    force = False
    if outcome is None:
        title = "Export to Salesforce"
    elif outcome.duplicates is not None:
        st.warning("Nothing was written: Salesforce has records that may be the same person.")
        rows = pd.DataFrame(outcome.duplicates).reindex(
            columns=["id", "entityType", "name", "email"]
        )
        table(rows, f"duplicates_{prospect_id}")
        force = st.checkbox("None of these is this person", key=f"none_{prospect_id}")
        if not force:
            return
        title = "Create it all the same"
    else:
        st.info(outcome.message)
        return
    request = ("salesforce", prospect_id, force)
    if not paid_button(account, title, price, f"salesforce_{prospect_id}", request=request):
        return
    try:
        answer = account.payments.pay_export(
            text_at(prospect, "company.id"),
            lambda: account.client.export_to_salesforce(prospect_id, force=force),
        )
    except LeadIQError as error:
        unknown = may_have_taken_effect(error)
        if error.code not in SALESFORCE:
            show_error(error, paid=unknown)
        else:
            st.error(SALESFORCE[str(error.code)], icon=":material/error:")
        if unknown:
            exports[prospect_id] = ExportOutcome(UNKNOWN_EXPORT)
        return
    found = str(answer.get("status"))
    duplicates = [dict(row) for row in rows_at(answer, "duplicates")]
    exports[prospect_id] = (
        ExportOutcome(duplicates=duplicates)
        if found == "duplicates_found"
        else ExportOutcome(SALESFORCE.get(found, SALESFORCE["submitted"]))
    )
    data.invalidate_account(*account.caller)
    st.rerun()
