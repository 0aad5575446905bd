"""Tables of what was spent, on both databases."""

from datetime import timedelta
from decimal import Decimal

from dashboard.ledger.ledger import Ledger, today
from dashboard.ledger.schema import EventState
from tests.dashboard.ledger.driver import ACCOUNT, EVER, request, up_to


def test_balances_of_each_day(ledger: Ledger) -> None:
    ledger.record_balance(ACCOUNT, available=90, used=10)
    ledger.record_balance(ACCOUNT, available=80, used=20)
    (row,) = ledger.history(ACCOUNT).balances(*EVER).to_dict("records")
    assert (row["available"], row["used"], row["day"].date()) == (80, 20, today())


def test_dates_are_whole_days(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(1))
    yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)
    assert len(ledger.history(ACCOUNT).by_day(today(), today())) == 1
    assert len(ledger.history(ACCOUNT).events(today(), today(), limit=5)) == 1
    assert ledger.history(ACCOUNT).by_day(yesterday, yesterday).empty
    assert ledger.history(ACCOUNT).events(tomorrow, tomorrow, limit=5).empty
    assert ledger.history(ACCOUNT).events(today(), today(), limit=5, equal={"page": "Lists"}).empty
