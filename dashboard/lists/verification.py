"""Verifying the email of a prospect, paid once."""

from __future__ import annotations

from dashboard.ledger.payments import Payments
from dashboard.tables.api_json import Json, text_at
from leadiq_api import LeadIQClient, ServiceError


def verify_email(payments: Payments, client: LeadIQClient, prospect: Json) -> str | None:
    """Verifies a prospect's email within the budget and returns its new status.

    After a lost answer the prospect is read back: if it has changed since ``prospect`` was read,
    the verification took effect and the status it has now is returned. Raises ``LeadIQError``,
    also if it has not changed.
    """
    prospect_id = str(prospect.get("id"))
    try:
        answer = payments.pay_verification(lambda: client.verify_prospect_email(prospect_id))
        return text_at(answer, "status")
    except ServiceError:
        current = client.prospect(prospect_id)
        if current.get("updatedAt") == prospect.get("updatedAt"):
            raise
        return text_at(current, "emailStatus")
