"""What two balances say about the requests between them, on both databases."""

import time
from decimal import Decimal

import pytest

from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import EventState
from tests.dashboard.ledger.driver import ACCOUNT, charges_by_day, request, states, up_to


@pytest.mark.parametrize(
    ("moved", "charge", "expected"),
    [
        (1, "1.1", ("settled", 1.1)),  # the same, to the whole UC that balances are reported in
        (3, "0", ("settled", 3.0)),  # company information that was unlocked, charged all the same
        (0, "3", ("settled", 0.0)),  # the team had unlocked it without this console
        (40, "1", ("settled", 11.0)),  # more than the request can cost was spent by others
    ],
)
def test_the_balance_settles_a_single_request(ledger, moved, charge, expected) -> None:
    ledger.record_balance(ACCOUNT, available=100, used=50)
    time.sleep(0.002)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(charge))
    time.sleep(0.002)
    ledger.record_balance(ACCOUNT, available=100 - moved, used=50 + moved)
    assert states(ledger) == [expected]
    assert charges_by_day(ledger) == [expected[1]]


def test_a_lost_answer_is_counted_at_its_maximum_until_a_balance_explains_it(
    ledger: Ledger,
) -> None:
    ledger.record_balance(ACCOUNT, available=100, used=0)
    time.sleep(0.002)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=EventState.UNKNOWN)
    assert ledger.spent_today(ACCOUNT) == 11
    time.sleep(0.002)
    ledger.record_balance(ACCOUNT, available=99, used=1)
    assert states(ledger) == [("settled", 1.0)]
    assert ledger.spent_today(ACCOUNT) == 1


def test_a_request_whose_process_died_is_given_up(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record_balance(ACCOUNT, available=100, used=0)
    time.sleep(0.002)
    ledger.reserve(request(), up_to("11"))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 660)
    ledger.record_balance(ACCOUNT, available=89, used=11)
    assert states(ledger) == [("settled", 11.0)]
