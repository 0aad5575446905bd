"""Limits of accounts, and their lock, on both databases."""

import threading
from decimal import Decimal

import pytest

from dashboard.ledger.budgets import Budget, lock_account
from dashboard.ledger.ledger import Allowance, BudgetExceededError, Ledger
from dashboard.ledger.schema import EventState
from tests.dashboard.ledger.driver import ACCOUNT, OTHER, request, up_to

BUDGET = Budget(Decimal(10), Decimal("4.5"), Decimal(5), Decimal("0.1"))


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
    assert ledger.allowance(ACCOUNT) == Allowance(None, None, None)
    ledger.budgets.save(ACCOUNT, Budget(Decimal(12), Decimal(5), Decimal(90)))
    ledger.record_balance(ACCOUNT, available=100, used=0)
    assert ledger.allowance(ACCOUNT) == Allowance(Decimal(12), Decimal(5), Decimal(10))
    event = ledger.reserve(request(), up_to("3"))
    assert ledger.allowance(ACCOUNT) == Allowance(Decimal(9), Decimal(5), Decimal(7))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(1))
    assert ledger.allowance(ACCOUNT) == Allowance(Decimal(11), Decimal(5), Decimal(9))
    with pytest.raises(BudgetExceededError):
        ledger.reserve(request(), up_to("9.1"))
    ledger.reserve(request(), up_to("9"))
    assert ledger.allowance(ACCOUNT) == Allowance(Decimal(2), Decimal(5), Decimal(0))
