"""The account's plans, balance and price list as the API reports them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from dashboard.ledger.database import LedgerError
from dashboard.ledger.ledger import Ledger
from dashboard.tables.api_json import time_at
from leadiq_api import LeadIQClient
from leadiq_api.credits import credit_plan

MAX_BALANCE = 2**31 - 1  # the schema's Int; a number beyond it is not a balance


def read_billing(client: LeadIQClient, ledger: Ledger, account: str) -> dict[str, Any]:
    """Returns plans, balance and price list of an account; the ledger records the balance.

    Unless its database fails. Free. Raises what the client raises.
    """
    try:
        mark = ledger.balance_mark(account)
    except LedgerError:  # reading the balance is free, and a later one is as good
        return client.account()
    billing = client.account()
    plan = credit_plan(billing)
    available, used = _balance(plan.get("available")), _balance(plan.get("used"))
    if available is not None and used is not None:
        renewal = time_at(plan, "nextBillingPeriod")
        with suppress(LedgerError):
            ledger.record_balance(
                account,
                available=available,
                used=used,
                mark=mark,
                renewal=None if renewal is None else int(renewal.timestamp() * 1000),
            )
    return billing


def _balance(value: object) -> int | None:
    return value if isinstance(value, int) and abs(value) <= MAX_BALANCE else None
