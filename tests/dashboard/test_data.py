"""What goes through the cache into the ledger."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from dashboard import data
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from leadiq_api import LeadIQClient
from tests.dashboard.ledger.driver import ACCOUNT, request, spend, up_to


@pytest.fixture
def ledger(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    opened = Ledger(database)
    monkeypatch.setattr(data, "ledger", lambda: opened)
    data.account_info.clear()
    yield opened
    data.account_info.clear()
    opened.close()


class SlowAccount:
    """An account whose balance is on its way while another request of it is paid for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def account(self) -> dict[str, Any]:
        answer = {"universalPlan": {"available": 100, "used": 0}}
        spend(self._ledger, "60")
        return answer


def test_what_is_paid_while_the_balance_is_read_counts_against_it(ledger: Ledger) -> None:
    data.account_info(cast("LeadIQClient", SlowAccount(ledger)), ACCOUNT)
    with pytest.raises(BudgetExceededError, match="what is left of it is 40 UC"):
        ledger.reserve(request(), up_to("40.1"))
    ledger.reserve(request(), up_to("40"))
