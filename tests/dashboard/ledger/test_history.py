"""Tables of what was spent, on both databases."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dashboard.ledger.days import utc_today
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import EventState
from tests.dashboard.ledger.driver import ACCOUNT, EVER, OTHER, request, up_to


def test_what_was_spent_elsewhere_by_day(ledger: Ledger) -> None:
    for used in (10, 20, 25):
        ledger.record_balance(ACCOUNT, available=100 - used, used=used)
    (row,) = ledger.history(ACCOUNT).elsewhere(*EVER).to_dict("records")
    assert (row["charge"], row["day"].date()) == (15, utc_today())
    assert ledger.history(OTHER).elsewhere(*EVER).empty
    assert ledger.history(ACCOUNT).by_day(*EVER).empty  # these are the sums of this console


def test_what_each_user_spent(ledger: Ledger) -> None:
    for used in (10, 25):  # what was spent elsewhere is of no user
        ledger.record_balance(ACCOUNT, available=100 - used, used=used)
    for user, charge in (("ann", 1), ("bob", 5), ("ann", 2)):
        event = ledger.reserve(replace(request(), user=user), up_to("5"))
        ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(charge))
    by_user = ledger.history(ACCOUNT).by_user(utc_today(), utc_today())
    assert by_user.to_dict("split", index=False) == {
        "columns": ["user", "requests", "charge"],
        "data": [["bob", 1, 5.0], ["ann", 2, 3.0]],
    }
    assert ledger.history(OTHER).by_user(*EVER).empty


def test_dates_are_whole_days(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(1))
    yesterday, tomorrow = utc_today() - timedelta(days=1), utc_today() + timedelta(days=1)
    assert len(ledger.history(ACCOUNT).by_day(utc_today(), utc_today())) == 1
    assert len(ledger.history(ACCOUNT).events(utc_today(), utc_today(), limit=5)) == 1
    assert ledger.history(ACCOUNT).by_day(yesterday, yesterday).empty
    assert ledger.history(ACCOUNT).events(tomorrow, tomorrow, limit=5).empty
    assert (
        ledger.history(ACCOUNT)
        .events(utc_today(), utc_today(), limit=5, equal={"page": "Lists"})
        .empty
    )
