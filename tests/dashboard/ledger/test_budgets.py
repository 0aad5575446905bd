"""Limits of accounts, and their lock, on both databases."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from dashboard.ledger.budgets import Budget, lock_account
from dashboard.ledger.ledger import Allowance, BudgetExceededError, Ledger
from dashboard.ledger.schema import EventState
from leadiq_api.credits import Estimate, Unlock
from tests.dashboard.ledger.driver import ACCOUNT, OTHER, request, set_clock, up_to

BUDGET = Budget(Decimal(10), Decimal("4.5"), Decimal(5), Decimal("0.1"), Decimal(2))


def test_limits_are_those_of_one_account(ledger: Ledger) -> None:
    assert ledger.budgets.read(ACCOUNT) == Budget()
    ledger.budgets.save(ACCOUNT, BUDGET)
    assert ledger.budgets.read(ACCOUNT) == BUDGET
    assert ledger.budgets.read(OTHER) == Budget()
    ledger.budgets.save(ACCOUNT, Budget())
    assert ledger.budgets.read(ACCOUNT) == Budget()


def test_the_lock_returns_the_limits(ledger: Ledger) -> None:
    ledger.budgets.save(ACCOUNT, BUDGET)
    with ledger.database.writing() as db:
        assert lock_account(db, ACCOUNT) == BUDGET
        assert lock_account(db, OTHER) == Budget()  # creates the row that it locks


def test_one_session_at_a_time_holds_the_lock(database: str) -> None:
    first, second = Ledger(database), Ledger(database)
    order = []

    def wait_for_the_lock() -> None:
        with second.database.writing() as db:
            lock_account(db, ACCOUNT)
            order.append("second")

    first.budgets.save(ACCOUNT, BUDGET)
    with first.database.writing() as db:
        lock_account(db, ACCOUNT)
        waiting = threading.Thread(target=wait_for_the_lock)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(30)
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_the_allowance_is_what_reserve_lets_through(ledger: Ledger) -> None:
    assert ledger.allowance(ACCOUNT, "local") == Allowance(None, None, None)
    ledger.budgets.save(ACCOUNT, Budget(Decimal(12), Decimal(5), Decimal(90)))
    ledger.record_balance(ACCOUNT, available=100, used=0)
    assert ledger.allowance(ACCOUNT, "local") == Allowance(Decimal(12), Decimal(5), Decimal(10))
    event = ledger.reserve(request(), up_to("3"))
    assert ledger.allowance(ACCOUNT, "local") == Allowance(Decimal(9), Decimal(5), Decimal(7))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(1))
    assert ledger.allowance(ACCOUNT, "local") == Allowance(Decimal(11), Decimal(5), Decimal(9))
    with pytest.raises(BudgetExceededError):
        ledger.reserve(request(), up_to("9.1"))
    ledger.reserve(request(), up_to("9"))
    assert ledger.allowance(ACCOUNT, "local") == Allowance(Decimal(2), Decimal(5), Decimal(0))


def test_each_user_has_the_same_limit_within_that_of_all(ledger: Ledger) -> None:
    ann, bob = replace(request(), user="ann"), replace(request(), user="bob")
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(9), per_user=Decimal(5)))
    event = ledger.reserve(ann, up_to("4"))
    with pytest.raises(BudgetExceededError, match="the user's daily budget of 5 UC; 4 UC is"):
        ledger.reserve(ann, up_to("2"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(3))
    assert ledger.allowance(ACCOUNT, "ann").user == 2
    assert ledger.allowance(ACCOUNT, "bob").user == 5
    ledger.reserve(bob, up_to("5"))
    with pytest.raises(BudgetExceededError, match="today's budget of 9 UC; 8 UC is"):
        ledger.reserve(ann, up_to("2"))
    assert ledger.spent_today(ACCOUNT, "ann") == 3
    assert ledger.spent_today(ACCOUNT) == 8


COMPANY = ("Company", "c")


def buy(ledger: Ledger, price: Estimate) -> None:
    """Asks for one company, which is charged once."""
    event = ledger.reserve(request(), price)

    def charge(new: frozenset[Unlock]) -> Estimate:
        return up_to("3", "3") if new else up_to("0")

    ledger.settle(event, state=EventState.ESTIMATED, charge=charge, unlocked=[COMPANY])


def test_what_is_free_is_held_until_a_balance_has_shown_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If LeadIQ charged it all the same, the budget would be passed by one request at most."""
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(10)))
    ledger.record_balance(ACCOUNT, available=100, used=0)
    buy(ledger, up_to("3"))
    free = Estimate(Decimal(0), Decimal(0), saved=Decimal(3))
    for left in (7, 4, 1):
        assert ledger.allowance(ACCOUNT, "local").today == left
        buy(ledger, free)
    with pytest.raises(BudgetExceededError, match="9 UC is on hold until the balance shows"):
        buy(ledger, free)
    with pytest.raises(BudgetExceededError):
        ledger.reserve(request(), up_to("0.1"))
    ledger.record_balance(ACCOUNT, available=97, used=3)  # it may be late
    with pytest.raises(BudgetExceededError):
        buy(ledger, free)
    set_clock(monkeypatch, 3)
    ledger.record_balance(ACCOUNT, available=97, used=3)
    assert ledger.allowance(ACCOUNT, "local").today == 7
    for _ in range(5):  # now it is known to be free
        buy(ledger, free)
    assert ledger.allowance(ACCOUNT, "local").today == 7


def test_what_a_balance_has_shown_to_be_charged_counts_once(ledger: Ledger) -> None:
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(10)))
    ledger.record_balance(ACCOUNT, available=100, used=0)
    buy(ledger, up_to("3"))
    buy(ledger, up_to("3"))
    ledger.record_balance(ACCOUNT, available=94, used=6)
    assert ledger.spent_today(ACCOUNT) == 6
    assert ledger.allowance(ACCOUNT, "local").today == 4


def test_without_a_balance_nothing_is_held(ledger: Ledger) -> None:
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(10)))
    for _ in range(5):
        buy(ledger, up_to("3"))
    assert ledger.allowance(ACCOUNT, "local").today == 7
