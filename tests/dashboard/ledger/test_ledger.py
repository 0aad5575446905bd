"""Reserving and settling on both databases, with eight sessions at once."""

import time
from decimal import Decimal

import pytest

from dashboard.ledger.budgets import Budget
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.schema import EventState
from tests.dashboard.ledger.driver import ACCOUNT, EVER, OTHER, request, run_at_once, states, up_to


def test_an_event_from_its_reservation_to_the_charts(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("11"))
    assert ledger.spent_today(ACCOUNT) == 11
    ledger.settle(
        event,
        state=EventState.ESTIMATED,
        charge=Decimal("1.1"),
        returned=1,
        emails=1,
        unlocked=[("PersonEmail", "p"), ("Profile", "p")],
    )
    ledger.settle(
        event, state=EventState.ESTIMATED, charge=Decimal(9)
    )  # a second time changes nothing
    assert ledger.spent_today(ACCOUNT) == Decimal("1.1")
    assert ledger.unlocked(ACCOUNT, ["p", "q"]) == {("PersonEmail", "p"), ("Profile", "p")}
    assert ledger.unlocked(OTHER, ["p"]) == frozenset()
    (row,) = ledger.history(ACCOUNT).events(*EVER, limit=10).to_dict("records")
    assert (row["page"], row["data_points"], row["charge"], row["state"], row["most"]) == (
        "People search",
        "email",
        1.1,
        EventState.ESTIMATED,
        11.0,
    )
    (day,) = ledger.history(ACCOUNT).by_day(*EVER).to_dict("records")
    assert (day["requests"], day["returned"], day["emails"], day["charge"]) == (1, 1, 1, 1.1)
    assert ledger.history(OTHER).by_day(*EVER).empty


def test_a_day_a_job_and_a_reserve(ledger: Ledger) -> None:
    ledger.budgets.save(ACCOUNT, Budget(Decimal(10), Decimal(4), Decimal(5)))
    assert ledger.budgets.read(ACCOUNT) == Budget(Decimal(10), Decimal(4), Decimal(5), Decimal(50))
    ledger.reserve(request(job="one"), up_to("3"))
    with pytest.raises(BudgetExceededError, match="the job's budget of 4 UC; 3 UC is"):
        ledger.reserve(request(job="one"), up_to("1.1"))
    ledger.reserve(request(job="two"), up_to("4"))
    with pytest.raises(BudgetExceededError, match="today's budget of 10 UC; 7 UC is"):
        ledger.reserve(request(), up_to("3.1"))
    ledger.record_balance(ACCOUNT, available=8, used=92)
    with pytest.raises(BudgetExceededError, match="with 5 UC in reserve"):
        ledger.reserve(request(), up_to("0.1"))
    ledger.reserve(request(), up_to("0"))  # what is free passes any budget
    assert ledger.budgets.read(OTHER) == Budget()


def test_eight_sessions_cannot_pass_a_budget(database: str) -> None:
    ledgers = [Ledger(database) for _ in range(8)]
    ledgers[0].budgets.save(ACCOUNT, Budget(per_day=Decimal(5)))
    reserved, refused = [], []

    def session(index: int) -> None:
        for _ in range(3):
            try:
                reserved.append(ledgers[index].reserve(request(), up_to("0.7")))
            except BudgetExceededError:
                refused.append(index)

    run_at_once(8, session)
    assert (len(reserved), len(refused)) == (7, 17)
    assert ledgers[0].spent_today(ACCOUNT) == Decimal("4.9")
    for ledger in ledgers:
        ledger.close()


def test_the_first_requests_of_an_account_come_together(database: str) -> None:
    ledgers = [Ledger(database) for _ in range(6)]
    reserved = []
    run_at_once(6, lambda index: reserved.append(ledgers[index].reserve(request(), up_to("1"))))
    assert len(set(reserved)) == 6
    assert ledgers[0].spent_today(ACCOUNT) == 6
    for ledger in ledgers:
        ledger.close()


def test_yesterday_does_not_count(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(1)))
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(1))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert ledger.spent_today(ACCOUNT) == 0
    ledger.reserve(request(), up_to("1"))


def test_unlocks_end_after_a_year(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(
        event, state=EventState.ESTIMATED, charge=Decimal(1), unlocked=[("PersonEmail", "p")]
    )
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 366 * 86_400)
    assert ledger.unlocked(ACCOUNT, ["p"]) == frozenset()


def test_a_refused_request_costs_nothing(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=EventState.REFUSED)
    assert states(ledger) == [("refused", 0.0)]
    assert ledger.spent_today(ACCOUNT) == 0
