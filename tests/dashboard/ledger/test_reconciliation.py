"""What two balances say about the requests between them, on both databases."""

from decimal import Decimal

import pytest

from dashboard.ledger.budgets import Budget
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.schema import EventState
from leadiq_api.credits import Estimate
from tests.dashboard.ledger.driver import (
    ACCOUNT,
    charges_by_day,
    corrections,
    request,
    set_clock,
    spend,
    states,
    up_to,
)


def read_balance(ledger: Ledger, used: int, *, available: int | None = None) -> None:
    """A balance of 1,000 UC in all, unless another amount is available."""
    left = 1000 - used if available is None else available
    mark = ledger.balance_mark(ACCOUNT)
    ledger.record_balance(ACCOUNT, available=left, used=used, mark=mark)


def read_stable_balance(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, used: int) -> None:
    """The same balance twice, more than two minutes apart."""
    read_balance(ledger, used)
    set_clock(monkeypatch, 2.1)
    read_balance(ledger, used)


def repeat(ledger: Ledger, price: str, maximum: str) -> None:
    """Buys what is unlocked already: the answer is free."""
    event = ledger.reserve(request(), up_to(maximum))
    unlock = ("PersonEmail", "p")

    def charge(new: frozenset[tuple[str, str]]) -> Estimate:
        return up_to(price, price) if new else up_to("0")

    ledger.settle(event, state=EventState.ESTIMATED, charge=charge, unlocked=[unlock])


# What answers say ---------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [53, 54], ids=["rounded down", "rounded up"])
def test_an_exact_charge_stays_however_the_balance_is_rounded(ledger: Ledger, after: int) -> None:
    read_balance(ledger, 50)
    spend(ledger, "3.1")
    read_balance(ledger, after)
    assert states(ledger) == [("settled", 3.1)]
    assert corrections(ledger) == []
    assert charges_by_day(ledger) == [3.1]


def test_rounding_does_not_add_up(ledger: Ledger) -> None:
    """Forty balances, each rounded up: one credit of doubt, not forty."""
    read_balance(ledger, 0)
    for turn in range(1, 41):
        spend(ledger, "0.3")
        read_balance(ledger, -(-3 * turn // 10))
    assert corrections(ledger) == []
    assert {state for state, _ in states(ledger)} == {"settled"}
    for turn in range(1, 41):  # as often with a tenth too much is charged
        spend(ledger, "0.3")
        read_balance(ledger, -(-(120 + 4 * turn) // 10))
    assert sum(charge for _, charge in corrections(ledger)) == pytest.approx(4, abs=1)


def test_what_yesterday_did_not_cost_raises_no_limit_of_today(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(50)))
    read_balance(ledger, 0)
    spend(ledger, "40")  # of which the team had unlocked 30
    read_balance(ledger, 10)
    set_clock(monkeypatch, 24 * 60)
    read_balance(ledger, 10)
    assert corrections(ledger) == [("unlockedBefore", -30.0)]
    assert ledger.spent_today(ACCOUNT) == 0
    with pytest.raises(BudgetExceededError, match="today's budget of 50 UC; 0 UC is"):
        ledger.reserve(request(), up_to("50.1"))
    ledger.reserve(request(), up_to("50"))


def test_what_a_colleague_spends_meanwhile_is_not_charged_to_a_request(ledger: Ledger) -> None:
    read_balance(ledger, 50)
    spend(ledger, "1")
    read_balance(ledger, 61)
    assert states(ledger) == [("settled", 1.0)]
    assert charges_by_day(ledger) == [1.0]
    assert corrections(ledger) == [("spentElsewhere", 10.0)]
    assert ledger.spent_today(ACCOUNT) == 11
    read_balance(ledger, 61)  # it is recorded once
    assert ledger.spent_today(ACCOUNT) == 11


def test_what_is_spent_while_nothing_is_sent_is_elsewhere(ledger: Ledger) -> None:
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(20)))
    read_balance(ledger, 0)
    read_balance(ledger, 12)
    assert corrections(ledger) == [("spentElsewhere", 12.0)]
    with pytest.raises(BudgetExceededError, match="today's budget of 20 UC; 12 UC is"):
        ledger.reserve(request(), up_to("8.1"))
    ledger.reserve(request(), up_to("8"))


def test_what_was_taken_to_be_free_and_is_charged_counts(ledger: Ledger) -> None:
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(10)))
    read_balance(ledger, 0)
    repeat(ledger, price="3", maximum="3")
    read_balance(ledger, 3)
    assert ledger.unlocked(ACCOUNT, ["p"]) == {("PersonEmail", "p")}
    repeat(ledger, price="3", maximum="3")
    read_balance(ledger, 6)
    assert [charge for _, charge in states(ledger)] == [3.0, 0.0]
    assert corrections(ledger) == [("unexplainedCharge", 3.0)]
    assert ledger.spent_today(ACCOUNT) == 6
    assert charges_by_day(ledger) == [3.0, 3.0]
    # From now on nothing is taken to be free, so that the budget holds.
    assert ledger.unlocked(ACCOUNT, ["p"]) == frozenset()
    with pytest.raises(BudgetExceededError):
        ledger.reserve(request(), up_to("4.1"))


def test_a_refused_request_that_is_charged_all_the_same_counts(ledger: Ledger) -> None:
    read_balance(ledger, 0)
    event = ledger.reserve(request(), up_to("3"))
    ledger.settle(event, state=EventState.REFUSED)
    read_balance(ledger, 3)
    assert corrections(ledger) == [("unexplainedCharge", 3.0)]


def test_what_an_answer_did_not_bring_was_not_charged_for(ledger: Ledger) -> None:
    """Up to 11 UC for email and phone, of which there is no phone; a colleague spends 10."""
    read_balance(ledger, 0)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(1), returned=1)
    read_balance(ledger, 11)
    assert corrections(ledger) == [("spentElsewhere", 10.0)]


def test_an_unexplained_charge_counts_against_the_job_that_was_running(ledger: Ledger) -> None:
    read_balance(ledger, 0)
    event = ledger.reserve(request(job="one"), up_to("11"))
    ledger.settle(event, state=EventState.ESTIMATED)
    read_balance(ledger, 11)
    assert corrections(ledger) == [("unexplainedCharge", 11.0)]
    assert ledger.spent_by_job(ACCOUNT, "one") == (11, 0)


# Late balances ------------------------------------------------------------------------------------


def test_a_late_balance_erases_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten searches of 3 UC with a balance that does not move: the day's budget of 12 holds."""
    ledger.budgets.save(ACCOUNT, Budget(per_day=Decimal(12)))
    read_balance(ledger, 0)
    sent = 0
    for turn in range(10):
        set_clock(monkeypatch, turn * 0.05)
        try:
            spend(ledger, "3")
        except BudgetExceededError:
            continue
        sent += 1
        for _ in range(3):
            read_balance(ledger, 0)
    assert sent == 4
    assert ledger.spent_today(ACCOUNT) == 12
    read_balance(ledger, 12)
    assert corrections(ledger) == []
    assert states(ledger) == [("settled", 3.0)] * 4


def test_a_late_balance_does_not_open_the_reserve(ledger: Ledger) -> None:
    read_balance(ledger, 0, available=30)
    for _ in range(3):
        spend(ledger, "6")
        read_balance(ledger, 0, available=30)
    assert_left(ledger, "2")


def test_a_balance_that_is_late_now_and_then_counts_nothing_twice(ledger: Ledger) -> None:
    """Two servers, of which one is behind: the billing period is the same."""
    renewal = 1_800_000_000_000
    for used in (0, 10, 0, 10, 10, 0, 13):
        mark = ledger.balance_mark(ACCOUNT)
        ledger.record_balance(ACCOUNT, available=100 - used, used=used, mark=mark, renewal=renewal)
    assert sum(charge for _, charge in corrections(ledger)) == 13


def test_a_new_billing_period_begins_again(ledger: Ledger) -> None:
    ledger.record_balance(ACCOUNT, available=10, used=90, renewal=1_800_000_000_000)
    spend(ledger, "5")
    ledger.record_balance(ACCOUNT, available=98, used=2, renewal=1_802_592_000_000)
    ledger.record_balance(ACCOUNT, available=96, used=4, renewal=1_802_592_000_000)
    assert corrections(ledger) == [("spentElsewhere", 2.0)]


def test_credits_that_were_added_are_not_spent(ledger: Ledger) -> None:
    read_balance(ledger, 10, available=90)
    spend(ledger, "2")
    read_balance(ledger, 12, available=588)
    assert states(ledger) == [("settled", 2.0)]
    assert corrections(ledger) == []
    assert_left(ledger, "578")


# Earlier unlocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charge", "moved", "lowered"),
    [
        ("3", 0, 3),
        ("3.1", 0, 3),  # the profile's tenth is known from the answer
        ("3.1", 1, 2),
        ("14", 3, 11),
        ("1668", 1478, 190),
    ],
)
def test_a_stable_balance_takes_off_what_the_team_had_unlocked(
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    charge: str,
    moved: int,
    lowered: int,
) -> None:
    read_balance(ledger, 0, available=5000)
    spend(ledger, charge)
    for _ in range(5):
        read_balance(ledger, moved, available=5000 - moved)
    assert corrections(ledger) == []  # it may be late
    set_clock(monkeypatch, 11)
    read_balance(ledger, moved, available=5000 - moved)
    assert corrections(ledger) == [("unlockedBefore", -lowered)]
    assert ledger.spent_today(ACCOUNT) == Decimal(charge) - lowered
    assert sum(charges_by_day(ledger)) == pytest.approx(float(Decimal(charge) - lowered))
    read_balance(ledger, moved, available=5000 - moved)
    assert len(corrections(ledger)) == 1


def test_an_earlier_unlock_is_taken_off_the_job(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    for _ in range(4):
        event = ledger.reserve(request(job="one"), up_to("25"))
        ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(25))
    read_stable_balance(ledger, monkeypatch, 61)
    assert ledger.spent_by_job(ACCOUNT, "one") == (61, 0)


def test_a_job_settles_its_own_sum_beside_other_requests(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    spend(ledger, "15")  # the team had unlocked it
    read_balance(ledger, 0)  # as the job starts
    event = ledger.reserve(request(job="one"), up_to("100"))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(100))
    read_balance(ledger, 60)
    spend(ledger, "3")
    read_stable_balance(ledger, monkeypatch, 63)
    assert ledger.spent_by_job(ACCOUNT, "one") == (60, 0)
    assert ledger.spent_today(ACCOUNT) == 63
    assert corrections(ledger) == [("unlockedBefore", -40), ("unlockedBefore", -15)]


def test_a_balance_is_due_until_it_is_stable_or_nothing_is_left_to_settle(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    spend(ledger, "3")
    read_balance(ledger, 0)
    for minutes, is_due in [(1.9, False), (2.1, True)]:
        set_clock(monkeypatch, minutes)
        assert ledger.is_balance_due(ACCOUNT) is is_due
    read_balance(ledger, 3)  # it agrees
    set_clock(monkeypatch, 5)
    assert not ledger.is_balance_due(ACCOUNT)
    spend(ledger, "3")
    read_balance(ledger, 3)
    set_clock(monkeypatch, 7.1)
    assert ledger.is_balance_due(ACCOUNT)
    read_balance(ledger, 3)  # it is stable: the team had unlocked it
    set_clock(monkeypatch, 20)
    assert not ledger.is_balance_due(ACCOUNT)


def test_a_balance_that_moves_between_two_reads_takes_nothing_off(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    spend(ledger, "30")
    read_balance(ledger, 3)
    set_clock(monkeypatch, 11)
    read_balance(ledger, 4)
    assert ledger.spent_today(ACCOUNT) == 30


def test_a_request_between_two_reads_takes_nothing_off(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    spend(ledger, "30")
    read_balance(ledger, 3)
    set_clock(monkeypatch, 11)
    spend(ledger, "0")
    read_balance(ledger, 3)
    assert ledger.spent_today(ACCOUNT) == 30


# Unknown outcomes ---------------------------------------------------------------------------------


def test_a_lost_answer_is_counted_at_its_maximum_until_a_stable_balance_has_less_room(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=EventState.UNKNOWN)
    read_balance(ledger, 0)
    assert ledger.spent_today(ACCOUNT) == 11
    read_stable_balance(ledger, monkeypatch, 1)
    assert states(ledger) == [("unknown", 0.0)]
    assert ledger.spent_today(ACCOUNT) == 2  # 1 UC to the whole credit, rounded either way
    assert corrections(ledger) == []


def test_more_than_a_lost_answer_can_have_cost_was_spent_elsewhere(ledger: Ledger) -> None:
    read_balance(ledger, 0)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=EventState.UNKNOWN)
    read_balance(ledger, 11)
    assert corrections(ledger) == []
    read_balance(ledger, 15)
    assert corrections(ledger) == [("spentElsewhere", 4.0)]
    assert ledger.spent_today(ACCOUNT) == 15


def test_a_request_whose_process_died_is_given_up(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_balance(ledger, 0)
    ledger.reserve(request(), up_to("11"))
    set_clock(monkeypatch, 11)
    read_balance(ledger, 0)
    assert states(ledger) == [("unknown", 0.0)]
    assert ledger.spent_today(ACCOUNT) == 11


# The order of balances and requests ---------------------------------------------------------------


def assert_left(ledger: Ledger, amount: str) -> None:
    """Exactly that much of the balance can be reserved, with 10 UC kept back."""
    ledger.budgets.save(ACCOUNT, Budget(reserve=Decimal(10)))
    with pytest.raises(BudgetExceededError, match="with 10 UC in reserve"):
        ledger.reserve(request(), up_to(str(Decimal(amount) + Decimal("0.1"))))
    ledger.reserve(request(), up_to(amount))
    with pytest.raises(BudgetExceededError, match="the balance has only 10 UC left"):
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
    ledger.record_balance(ACCOUNT, available=97, used=3)
    assert states(ledger) == [("settled", 3.0)]
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
