"""What is new to an account is decided where it is written: on both databases, sessions at once."""

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from dashboard.ledger.events import RESERVATION_ALONE
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import EventState, now_ms
from dashboard.ledger.unlocks import add_unlocks, read_unlocks
from leadiq_api import ServiceError
from leadiq_api.credits import DEFAULT_PRICES
from tests.dashboard.ledger.driver import ACCOUNT, EVER, OTHER, request, run_at_once, states, up_to

SESSIONS = 8
COMPANIES = [f"MergedCompany-{number}" for number in range(12)]
YEAR_SECONDS = 365 * 86_400


class MeetingLedger(Ledger):
    """A ledger whose sessions meet before they settle: each has read what it reads by then."""

    def __init__(self, url: str, meeting: threading.Barrier) -> None:
        super().__init__(url)
        self._meeting = meeting

    def settle(self, event_id: int, **outcome: Any) -> None:
        self._meeting.wait(timeout=60)
        super().settle(event_id, **outcome)


@pytest.fixture
def sessions(database: str) -> Iterator[list[Payments]]:
    """Payments of one account, each with connections of its own, that settle at one instant."""
    Ledger(database).close()
    meeting = threading.Barrier(SESSIONS)
    ledgers = [MeetingLedger(database, meeting) for _ in range(SESSIONS)]
    yield [Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES) for ledger in ledgers]
    for ledger in ledgers:
        ledger.close()


def companies_of(index: int) -> list[str]:
    """Eight companies, in another order for each session; every one of them is shared."""
    turned = COMPANIES[index:] + COMPANIES[:index]
    return turned[:8] if index % 2 else turned[7::-1]


def people_of(index: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"PersonID-{index}-{company}",
            "currentPositions": [{"companyInfo": {"id": company}, "emails": [], "phones": []}],
        }
        for company in companies_of(index)
    ]


def pay_search(payments: Payments, index: int) -> None:
    answer = {"results": people_of(index)}
    payments.pay("searchPeople", {"limit": 8}, ("company",), lambda: answer)


def pay_companies(payments: Payments, index: int) -> None:
    answer = {"results": [{"id": company} for company in companies_of(index)]}
    payments.pay("searchCompany", {"name": "a"}, (), lambda: answer)


def pay_part(payments: Payments, index: int) -> None:
    def call() -> dict[str, Any]:
        raise ServiceError("some failed", data={"searchPeople": {"results": people_of(index)}})

    with pytest.raises(ServiceError):
        payments.pay("searchPeople", {"limit": 8}, ("company",), call)


def pay_flat_page(payments: Payments, index: int) -> None:
    people = [{"id": f"{index}", "company": {"id": company}} for company in companies_of(index)]
    payments.pay("flatAdvancedSearch", {"limit": 8}, ("company",), lambda: {"people": people})


def pay_grouped_page(payments: Payments, index: int) -> None:
    groups = [{"company": {"id": company}, "people": []} for company in companies_of(index)]
    answer = {"companies": groups}
    payments.pay("groupedAdvancedSearch", {"limit": 8}, ("company",), lambda: answer)


def spent(ledger: Ledger) -> Decimal:
    """What the events and the sums by day say, which have to agree."""
    events = sum(
        (
            Decimal(str(charge))
            for charge in ledger.history(ACCOUNT).events(*EVER, limit=99)["charge"]
        ),
        Decimal(0),
    )
    by_day = ledger.history(ACCOUNT).by_day(*EVER)["charge"].sum()
    assert Decimal(str(round(by_day, 3))) == events
    return events


@pytest.mark.parametrize(
    "pay",
    [pay_search, pay_companies, pay_flat_page, pay_grouped_page],
    ids=lambda pay: pay.__name__,
)
def test_a_company_that_several_answers_bring_at_once_is_charged_once(
    sessions: list[Payments], pay: Callable[[Payments, int], None]
) -> None:
    run_at_once(SESSIONS, lambda index: pay(sessions[index], index))
    assert spent(sessions[0].ledger) == 3 * len(COMPANIES)


def test_partial_answers_at_once_are_charged_once(database: str) -> None:
    """Without a meeting: a partial answer settles twice, of which the second changes nothing."""
    ledger = Ledger(database)
    payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
    run_at_once(SESSIONS, lambda index: pay_part(payments, index))
    assert spent(ledger) == 3 * len(COMPANIES)
    ledger.close()


def test_a_job_records_the_charge_that_the_ledger_records(sessions: list[Payments]) -> None:
    charges: list[Decimal] = []

    def session(index: int) -> None:
        sessions[index].pay_people(
            [{"id": person["id"]} for person in people_of(index)],
            ("company",),
            lambda: people_of(index),
            RESERVATION_ALONE,
            lambda _db, _outcomes, charge: charges.append(charge),
        )

    run_at_once(SESSIONS, session)
    assert sum(charges) == spent(sessions[0].ledger) == 3 * len(COMPANIES)


def test_an_export_charges_a_company_once(sessions: list[Payments]) -> None:
    run_at_once(
        SESSIONS,
        lambda index: sessions[index].pay_export(
            COMPANIES[index % 2], lambda: {"status": "created"}
        ),
    )
    assert spent(sessions[0].ledger) == 6


@pytest.mark.parametrize(
    ("company", "status"), [(None, "created"), (COMPANIES[0], "duplicates_found")]
)
def test_an_export_that_unlocks_nothing_is_not_charged(
    ledger: Ledger, company: str | None, status: str
) -> None:
    payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
    payments.pay_export(company, lambda: {"status": status})
    assert states(ledger) == [("estimated", 0.0)]
    assert ledger.unlocked(ACCOUNT, COMPANIES) == frozenset()


def test_reservations_and_settlements_do_not_wait_in_a_circle(database: str) -> None:
    """Sessions that settle the same companies in other orders while others reserve."""
    ledgers = [Ledger(database) for _ in range(SESSIONS)]

    def session(index: int) -> None:
        payments = Payments(ledgers[index], ACCOUNT, "local", "Test", DEFAULT_PRICES)
        for turn in range(6):
            if index % 4 == 3:
                ledgers[index].record_balance(ACCOUNT, available=10_000, used=0)
            else:
                pay_search(payments, (index + turn) % SESSIONS)

    run_at_once(SESSIONS, session)
    assert ledgers[0].spent_by_job(ACCOUNT, "") == (0, 0)
    everything = ledgers[0].unlocked(ACCOUNT, COMPANIES)
    assert {id for kind, id in everything if kind == "Company"} == {*COMPANIES}
    for ledger in ledgers:
        ledger.close()


def test_what_was_unlocked_over_a_year_ago_is_new(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
    start = time.time()
    for days, total in ((0, 24), (200, 24), (366, 48), (366 + 200, 48), (366 + 366, 72)):
        monkeypatch.setattr(time, "time", lambda days=days: start + days * 86_400)
        pay_companies(payments, 0)
        assert spent(ledger) == total


def test_what_is_new_is_returned_and_only_that(ledger: Ledger) -> None:
    now = now_ms()
    first, second = ("Company", "a"), ("Company", "b")
    with ledger.database.writing() as db:
        assert add_unlocks(db, ACCOUNT, [], now) == frozenset()
        assert add_unlocks(db, ACCOUNT, [first, first], now) == {first}
        assert add_unlocks(db, ACCOUNT, [second, first], now + 1) == {second}
        assert add_unlocks(db, OTHER, [first], now) == {first}
        assert read_unlocks(db, ACCOUNT, ["a", "b", "c"], now) == {first, second}
        later = now + YEAR_SECONDS * 1000
        assert add_unlocks(db, ACCOUNT, [first, second], later) == {first}
        assert add_unlocks(db, ACCOUNT, [first, second], later) == frozenset()


def test_many_unlocks_take_few_statements(ledger: Ledger) -> None:
    many = [("Company", f"{number:05}") for number in range(10_000)]
    statements: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with ledger.database.writing() as db:
        sa.event.listen(db, "before_cursor_execute", note)
        assert len(add_unlocks(db, ACCOUNT, many[:5000], now_ms())) == 5000
        assert add_unlocks(db, ACCOUNT, many, now_ms()) == {*many[5000:]}
    assert len(statements) <= 20


def settle_late(ledger: Ledger, event: int, state: EventState, seen: list[Decimal]) -> None:
    ledger.settle(
        event,
        state=state,
        charge=lambda new: up_to(f"{3 * len(new)}", f"{3 * len(new)}"),
        unlocked=[("Company", "a")],
        in_transaction=lambda _db, charge: seen.append(charge),
    )


@pytest.mark.parametrize("state", [EventState.ESTIMATED, EventState.UNKNOWN])
def test_a_late_answer_is_charged_once_in_all_three_places(
    ledger: Ledger, state: EventState
) -> None:
    """Also one in which some outcomes are missing: what came back is unlocked, and so charged."""
    seen: list[Decimal] = []
    event, other = (ledger.reserve(request(), up_to("6")) for _ in range(2))
    ledger.settle(event, state=EventState.UNKNOWN)
    settle_late(ledger, event, state, seen)
    settle_late(ledger, other, EventState.ESTIMATED, seen)
    settle_late(ledger, other, EventState.ESTIMATED, seen)  # changes nothing
    assert seen == [3, 0, 0]
    assert states(ledger) == [(state.value, 3.0), ("estimated", 0.0)]
    assert spent(ledger) == 3


def test_a_failed_callback_unlocks_and_charges_nothing(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("6"))

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        ledger.settle(
            event,
            state=EventState.ESTIMATED,
            charge=Decimal(3),
            unlocked=[("Company", "a")],
            in_transaction=fail,
        )
    assert states(ledger) == [("open", 0.0)]
    assert ledger.unlocked(ACCOUNT, ["a"]) == frozenset()


def test_the_contacts_of_a_year_come_newest_first(database: str) -> None:
    ledger, now = Ledger(database), now_ms()
    old = now - YEAR_SECONDS * 1000 - 1
    with ledger.database.writing() as db:
        for at, gained in (
            (old, {("PersonEmail", "P-old")}),
            (now - 2, {("PersonEmail", "P-1"), ("Profile", "P-3"), ("Company", "C-1")}),
            (now - 1, {("PersonPhone", "P-2"), ("Profile", "P-2")}),
        ):
            add_unlocks(db, ACCOUNT, gained, at)
        add_unlocks(db, OTHER, {("PersonEmail", "P-other")}, now)
    assert ledger.contacts(ACCOUNT) == ["P-2", "P-1"]
    ledger.close()
