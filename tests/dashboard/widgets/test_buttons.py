"""What identifies a request whose price is confirmed."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dashboard.widgets.buttons import _request_id


def account(fingerprint: str) -> Any:
    return SimpleNamespace(fingerprint=fingerprint)


def test_a_request_is_the_same_in_any_order_of_its_keys() -> None:
    first = {"company": {"name": "Acme", "domain": "acme.com"}, "limit": 1}
    second = {"limit": 1, "company": {"domain": "acme.com", "name": "Acme"}}
    assert _request_id(account("a"), (first, ("email",))) == _request_id(
        account("a"), (second, ["email"])
    )


def test_another_account_value_or_budget_is_another_request() -> None:
    ids = {
        _request_id(account("a"), ({"limit": 1}, None)),
        _request_id(account("b"), ({"limit": 1}, None)),
        _request_id(account("a"), ({"limit": 2}, None)),
        _request_id(account("a"), ({"limit": 1}, Decimal("1.5"))),
    }
    assert len(ids) == 4
