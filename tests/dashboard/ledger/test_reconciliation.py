"""What two balances say about the requests between them, on both databases."""

import time
from decimal import Decimal

import pytest

from dashboard.ledger.budgets import Budget
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.schema import EventState
from tests.dashboard.ledger.driver import (
    ACCOUNT,
    charges_by_day,
    request,
    set_clock,
    spend,
    states,
    up_to,
)


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


# The order of balances and requests ---------------------------------------------------------------


def assert_left(ledger: Ledger, amount: str) -> None:
    """Exactly that much of the balance can be reserved, with 10 UC kept back."""
    ledger.budgets.save(ACCOUNT, Budget(reserve=Decimal(10)))
    with pytest.raises(BudgetExceededError, match="with 10 UC in reserve"):
        ledger.reserve(request(), up_to(str(Decimal(amount) + Decimal("0.1"))))
    ledger.reserve(request(), up_to(amount))
    with pytest.raises(BudgetExceededError, match="what is left of it is 10 UC"):
        ledger.reserve(request(), up_to("0.1"))


@pytest.mark.parametrize(
    ("at_balance", "at_requests"),
    [(0, -60), (5, 0), (0, 5), (-60, 0)],
    ids=["set back", "the balance was read ahead", "sent ahead", "set forward"],
)
@pytest.mark.parametrize("settled", [True, False])
def test_a_reserve_holds_whatever_the_clocks_say(
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    at_balance: int,
    at_requests: int,
    settled: bool,
) -> None:
    set_clock(monkeypatch, at_balance)
    ledger.record_balance(ACCOUNT, available=100, used=0)
    set_clock(monkeypatch, at_requests)
    for _ in range(6):
        if settled:
            spend(ledger, "10")
        else:
            ledger.reserve(request(), up_to("10"))
    assert_left(ledger, "30")
    set_clock(monkeypatch, at_balance)
    with pytest.raises(BudgetExceededError):
        ledger.reserve(request(), up_to("0.1"))


@pytest.mark.parametrize("minutes", [-60, 5])
def test_a_balance_that_includes_a_request_does_not_lose_it_twice(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    set_clock(monkeypatch, minutes)
    spend(ledger, "60")
    set_clock(monkeypatch, 0)
    mark = ledger.balance_mark(ACCOUNT)
    ledger.record_balance(ACCOUNT, available=40, used=60, mark=mark)
    assert_left(ledger, "30")


def test_what_is_settled_while_a_balance_is_read_counts_against_it(ledger: Ledger) -> None:
    """The balance may have been read before the service charged it."""
    spend(ledger, "5")
    sent_before = ledger.reserve(request(), up_to("20"))
    mark = ledger.balance_mark(ACCOUNT)
    ledger.settle(sent_before, state=EventState.ESTIMATED, charge=Decimal(20))
    spend(ledger, "10")
    lost = ledger.reserve(request(), up_to("30"))
    ledger.settle(lost, state=EventState.UNKNOWN)
    ledger.record_balance(ACCOUNT, available=95, used=5, mark=mark)
    assert_left(ledger, "25")


def test_the_balance_that_was_asked_for_last_counts(ledger: Ledger) -> None:
    """Also if the answer to an earlier question arrives after it."""
    early = ledger.balance_mark(ACCOUNT)
    spend(ledger, "30")
    late = ledger.balance_mark(ACCOUNT)
    ledger.record_balance(ACCOUNT, available=70, used=30, mark=late)
    ledger.record_balance(ACCOUNT, available=100, used=0, mark=early)
    assert_left(ledger, "60")


def test_a_balance_from_before_a_charge_does_not_lower_it(ledger: Ledger) -> None:
    ledger.record_balance(ACCOUNT, available=100, used=0)
    mark = ledger.balance_mark(ACCOUNT)
    spend(ledger, "3")
    ledger.record_balance(ACCOUNT, available=100, used=0, mark=mark)
    assert states(ledger) == [("estimated", 3.0)]
    ledger.record_balance(ACCOUNT, available=97, used=3)  # it cannot tell either: it has no before
    assert states(ledger) == [("estimated", 3.0)]
    assert_left(ledger, "87")


@pytest.mark.parametrize("minutes", [-60, 5])
def test_a_balance_confirms_a_charge_whatever_the_clocks_say(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    ledger.record_balance(ACCOUNT, available=100, used=0)
    set_clock(monkeypatch, minutes)
    spend(ledger, "3")
    set_clock(monkeypatch, 0)
    ledger.record_balance(ACCOUNT, available=97, used=3, mark=ledger.balance_mark(ACCOUNT))
    assert states(ledger) == [("settled", 3.0)]


def test_a_request_that_was_given_up_counts_until_a_balance_explains_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be in flight still, in a process whose clock is behind."""
    ledger.record_balance(ACCOUNT, available=100, used=0)
    set_clock(monkeypatch, -60)
    event = ledger.reserve(request(), up_to("60"))
    spend(ledger, "1")
    set_clock(monkeypatch, 0)
    ledger.record_balance(
        ACCOUNT, available=98, used=2, mark=ledger.balance_mark(ACCOUNT)
    )  # explains neither
    assert states(ledger) == [("unknown", 0.0), ("estimated", 1.0)]
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(60))
    assert_left(ledger, "28")
