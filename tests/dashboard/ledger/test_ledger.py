"""The ledger on both databases: budgets under eight at once, settling, migrations, a whole day."""

import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.ledger import Budget, BudgetExceededError, Ledger, Request, today
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import (
    ESTIMATED,
    MIGRATIONS,
    REFUSED,
    UNKNOWN,
    events,
    metadata,
    versions,
)
from leadiq_api import LeadIQError
from leadiq_api.credits import DEFAULT_PRICES, Estimate, Record
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

ACCOUNT = "a" * 16
EVER = (datetime(2020, 1, 1, tzinfo=UTC).date(), datetime(2100, 1, 1, tzinfo=UTC).date())


def request(page: str = "People search", job: str | None = None) -> Request:
    return Request(ACCOUNT, "local", page, "searchPeople", ("email",), 1, job)


def up_to(most: str, least: str = "0") -> Estimate:
    return Estimate(Decimal(least), Decimal(most))


@pytest.fixture
def ledger(database: str):
    opened = Ledger(database)
    yield opened
    opened.close()


def test_an_event_from_its_reservation_to_the_charts(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("11"))
    assert ledger.spent_today(ACCOUNT) == 11
    ledger.settle(
        event,
        state=ESTIMATED,
        charge=Decimal("1.1"),
        returned=1,
        emails=1,
        unlocked=[("PersonEmail", "p"), ("Profile", "p")],
    )
    ledger.settle(event, state=ESTIMATED, charge=Decimal(9))  # a second time changes nothing
    assert ledger.spent_today(ACCOUNT) == Decimal("1.1")
    assert ledger.unlocked(ACCOUNT, ["p", "q"]) == {("PersonEmail", "p"), ("Profile", "p")}
    assert ledger.unlocked("b" * 16, ["p"]) == frozenset()
    (row,) = ledger.events(ACCOUNT, *EVER, most=10).to_dict("records")
    assert (row["page"], row["data_points"], row["charge"], row["state"], row["most"]) == (
        "People search",
        "email",
        1.1,
        ESTIMATED,
        11.0,
    )
    (day,) = ledger.by_day(ACCOUNT, *EVER).to_dict("records")
    assert (day["requests"], day["returned"], day["emails"], day["charge"]) == (1, 1, 1, 1.1)
    assert ledger.by_day("b" * 16, *EVER).empty


def test_a_day_a_job_and_a_reserve(ledger: Ledger) -> None:
    ledger.set_budget(ACCOUNT, Budget(Decimal(10), Decimal(4), Decimal(5)))
    assert ledger.budget(ACCOUNT) == Budget(Decimal(10), Decimal(4), Decimal(5), Decimal(50))
    ledger.reserve(request(job="one"), up_to("3"))
    with pytest.raises(BudgetExceededError, match="the job's budget of 4 UC; 3 UC of it"):
        ledger.reserve(request(job="one"), up_to("1.1"))
    ledger.reserve(request(job="two"), up_to("4"))
    with pytest.raises(BudgetExceededError, match="the day's budget of 10 UC; 7 UC of it"):
        ledger.reserve(request(), up_to("3.1"))
    ledger.snapshot(ACCOUNT, available=8, used=92)
    with pytest.raises(BudgetExceededError, match="with 5 UC in reserve"):
        ledger.reserve(request(), up_to("0.1"))
    ledger.reserve(request(), up_to("0"))  # what is free passes any budget
    assert ledger.budget("b" * 16) == Budget()


def test_eight_sessions_cannot_pass_a_budget(database: str) -> None:
    Ledger(database).set_budget(ACCOUNT, Budget(per_day=Decimal(5)))
    taken, refused = [], []
    start = threading.Barrier(8)

    def session() -> None:
        own = Ledger(database)
        start.wait()
        for _ in range(3):
            try:
                taken.append(own.reserve(request(), up_to("0.7")))
            except BudgetExceededError:
                refused.append(1)
        own.close()

    threads = [threading.Thread(target=session) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(refused)) == (7, 17)
    assert Ledger(database).spent_today(ACCOUNT) == Decimal("4.9")


def test_the_first_requests_of_an_account_come_together(database: str) -> None:
    ledgers = [Ledger(database) for _ in range(6)]
    start, taken = threading.Barrier(6), []

    def first(ledger: Ledger) -> None:
        start.wait()
        taken.append(ledger.reserve(request(), up_to("1")))

    threads = [threading.Thread(target=first, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(taken)) == 6
    assert ledgers[0].spent_today(ACCOUNT) == 6
    for ledger in ledgers:
        ledger.close()


def test_yesterday_does_not_count(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.set_budget(ACCOUNT, Budget(per_day=Decimal(1)))
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(event, state=ESTIMATED, charge=Decimal(1))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert ledger.spent_today(ACCOUNT) == 0
    ledger.reserve(request(), up_to("1"))


def test_unlocks_end_after_a_year(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(event, state=ESTIMATED, charge=Decimal(1), unlocked=[("PersonEmail", "p")])
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 366 * 86_400)
    assert ledger.unlocked(ACCOUNT, ["p"]) == frozenset()


def states(ledger: Ledger) -> list[tuple[str, float]]:
    found = ledger.events(ACCOUNT, *EVER, most=10).sort_values("id")
    return list(zip(found["state"], found["charge"], strict=True))


@pytest.mark.parametrize(
    ("moved", "charge", "expected"),
    [
        (1, "1.1", ("settled", 1.1)),  # the same, to the whole UC that balances are told in
        (3, "0", ("settled", 3.0)),  # company information that was unlocked, charged all the same
        (0, "3", ("settled", 0.0)),  # the team had unlocked it without this console
        (40, "1", ("settled", 11.0)),  # more than the request can cost was spent by others
    ],
)
def test_the_balance_settles_a_single_request(ledger, moved, charge, expected) -> None:
    ledger.snapshot(ACCOUNT, available=100, used=50)
    time.sleep(0.002)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=ESTIMATED, charge=Decimal(charge))
    time.sleep(0.002)
    ledger.snapshot(ACCOUNT, available=100 - moved, used=50 + moved)
    assert states(ledger) == [expected]
    assert ledger.by_day(ACCOUNT, *EVER)["charge"].tolist() == [expected[1]]


def test_a_lost_answer_is_counted_at_its_most_until_the_balance_tells(ledger: Ledger) -> None:
    ledger.snapshot(ACCOUNT, available=100, used=0)
    time.sleep(0.002)
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=UNKNOWN)
    assert ledger.spent_today(ACCOUNT) == 11
    time.sleep(0.002)
    ledger.snapshot(ACCOUNT, available=99, used=1)
    assert states(ledger) == [("settled", 1.0)]
    assert ledger.spent_today(ACCOUNT) == 1


def test_a_request_whose_process_died_is_not_waited_for(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.snapshot(ACCOUNT, available=100, used=0)
    time.sleep(0.002)
    ledger.reserve(request(), up_to("11"))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 660)
    ledger.snapshot(ACCOUNT, available=89, used=11)
    assert states(ledger) == [("settled", 11.0)]


def test_a_refused_request_costs_nothing(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("11"))
    ledger.settle(event, state=REFUSED)
    assert states(ledger) == [("refused", 0.0)]
    assert ledger.spent_today(ACCOUNT) == 0


def test_balances_of_each_day(ledger: Ledger) -> None:
    ledger.snapshot(ACCOUNT, available=90, used=10)
    ledger.snapshot(ACCOUNT, available=80, used=20)
    (row,) = ledger.balances(ACCOUNT, *EVER).to_dict("records")
    assert (row["available"], row["used"], row["day"].date()) == (80, 20, today())


def test_an_older_database_opens_without_loss(database: str) -> None:
    url = database.replace("postgresql", "postgresql+psycopg", 1)
    engine = sa.create_engine(url)
    with engine.begin() as db:
        metadata.create_all(db, tables=[versions, *MIGRATIONS[0]])
        db.execute(versions.insert().values(version=1))
        db.execute(
            events.insert().values(
                at=1_790_000_000_000,
                account=ACCOUNT,
                user="local",
                page="People search",
                operation="searchPeople",
                data_points="email",
                asked=1,
                returned=1,
                least=0,
                most=1000,
                charge=1000,
                state=ESTIMATED,
            )
        )
    engine.dispose()
    for _ in range(2):  # migrated, then opened as it is
        ledger = Ledger(database)
        assert ledger.events(ACCOUNT, *EVER, most=5)["charge"].tolist() == [1.0]
        assert ledger.by_day(ACCOUNT, *EVER)["charge"].tolist() == [1.0]
        ledger.close()


def test_a_newer_database_is_refused(database: str) -> None:
    ledger = Ledger(database)
    with ledger._engine.begin() as db:
        db.execute(versions.update().values(version=99))
    ledger.close()
    with pytest.raises(LedgerError, match="newer console: version 99"):
        Ledger(database)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://x/y",
        "sqlite:////proc/no/ledger.db",
        "postgresql://nobody@127.0.0.1:9/x",
    ],
)
def test_a_database_that_cannot_be_opened_is_told(url: str) -> None:
    with pytest.raises(LedgerError, match="LEADIQ_DATABASE_URL"):
        Ledger(url)


def test_the_default_is_a_file_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LEADIQ_DATABASE_URL", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    Ledger(default_url()).close()
    assert (tmp_path / "data" / "leadiq-console" / "ledger.db").exists()
    monkeypatch.setenv("LEADIQ_DATABASE_URL", "postgresql://x/y")
    assert default_url() == "postgresql://x/y"


@pytest.fixture
def payments(sandbox: Sandbox, ledger: Ledger) -> Payments:
    return Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)


def test_what_is_unlocked_is_free_and_counted_so(payments: Payments, sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    i = next(
        i for i in range(1200) if sandbox.world.work_email[i] == 1 and not sandbox.world.oddity[i]
    )
    input = {"id": sandbox.world.person_ids[i], "limit": 1}
    points = ("email",)
    assert payments.price("searchPeople", input, points).maximum == 1
    for _ in range(2):
        call = partial(client.search_people, input, data_points=points)
        payments.pay("searchPeople", input, points, call)
    assert payments.price("searchPeople", input, points).maximum == 0
    assert payments.price("searchPeople", input, ("email", "phone")).maximum == 10
    assert sandbox.store.used == 1
    preview = client.search_people_preview({"email": sandbox.world.work_address(i)})
    known = Record(preview["personId"], preview["hasEmail"], preview["hasPhone"], ())
    price = payments.price("searchPeople", input, ("email", "phone"), known)
    assert price.minimum == price.maximum == (10 if preview["hasPhone"] else 0)


def test_a_whole_day_agrees_with_the_meter(payments: Payments, sandbox: Sandbox) -> None:
    """Every operation, repeats, a 402 and faults: ledger and sandbox to 0.1 UC."""
    client, world = client_of(sandbox), sandbox.world

    def balance() -> None:
        plan = client.account()["universalPlan"]
        payments.ledger.snapshot(ACCOUNT, available=plan["available"], used=plan["used"])
        time.sleep(0.002)

    def pay(operation: str, method, input: dict, *points: str) -> None:
        call = (
            partial(method, input, data_points=points)
            if method != client.search_company
            else (partial(method, input))
        )
        with suppress(LeadIQError):
            payments.pay(operation, input, points, call)
        balance()

    balance()
    for turn in range(2):  # the second time most of it is free
        for i in range(0, 24, 2):
            points = [("email",), (), ("email", "phone"), ("company",)][i // 2 % 4]
            pay(
                "searchPeople",
                client.search_people,
                {"id": world.person_ids[i], "limit": 1},
                *points,
            )
        pay("searchCompany", client.search_company, {"domain": world.domains[turn]})
        pay("searchCompany", client.search_company, {"name": world.company_bases[5]})
        flat = {"skip": 10, "limit": 15}
        pay("flatAdvancedSearch", client.flat_advanced_search, flat)
        pay("flatAdvancedSearch", client.flat_advanced_search, flat, "company")
        group = {"limit": 4, "limitPerCompany": 3}
        pay("groupedAdvancedSearch", client.grouped_advanced_search, group)
        pay("groupedAdvancedSearch", client.grouped_advanced_search, group, "company")
    for fault in ("402:1", "429-in-200:1", "500:1", "reset:1", "401:1"):
        sandbox.faults.choose([fault])
        input = {"domain": world.domains[20]}
        with suppress(LeadIQError):
            payments.pay("searchCompany", input, (), partial(client.search_company, input))
        sandbox.faults.choose([])
        balance()
    sandbox.faults.choose(["lost-paid:1"])
    with pytest.raises(LeadIQError):
        payments.pay(
            "searchCompany",
            {"domain": world.domains[30]},
            (),
            partial(client.search_company, {"domain": world.domains[30]}),
        )
    sandbox.faults.choose([])
    balance()
    spent = payments.ledger.by_day(ACCOUNT, *EVER)["charge"].sum()
    assert abs(Decimal(str(round(spent, 3))) - sandbox.store.used) <= Decimal("0.1")
    assert sandbox.store.used > 80
    told = set(payments.ledger.events(ACCOUNT, *EVER, most=1000)["state"])
    assert told <= {"settled", "refused"}


def test_a_402_and_the_budget_write_what_they_are(payments: Payments, sandbox: Sandbox) -> None:
    sandbox.store.credits = Decimal(2)
    client = client_of(sandbox)
    input = {"domain": sandbox.world.domains[0]}
    call = partial(client.search_company, input)
    with pytest.raises(LeadIQError):
        payments.pay("searchCompany", input, (), call)
    assert states(payments.ledger) == [("refused", 0.0)]
    payments.ledger.snapshot(ACCOUNT, available=2, used=0)
    sent = len(sandbox.requests)
    with pytest.raises(BudgetExceededError, match="more than the balance covers"):
        payments.pay("searchCompany", input, (), call)
    assert len(sandbox.requests) == sent
    assert len(states(payments.ledger)) == 1


def test_dates_are_whole_days(ledger: Ledger) -> None:
    event = ledger.reserve(request(), up_to("1"))
    ledger.settle(event, state=ESTIMATED, charge=Decimal(1))
    yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)
    assert len(ledger.by_day(ACCOUNT, today(), today())) == 1
    assert len(ledger.events(ACCOUNT, today(), today(), most=5)) == 1
    assert ledger.by_day(ACCOUNT, yesterday, yesterday).empty
    assert ledger.events(ACCOUNT, tomorrow, tomorrow, most=5).empty
    assert ledger.events(ACCOUNT, today(), today(), most=5, page="Lists").empty
