"""Payments against the sandbox: what is written agrees with what its meter says."""

import itertools
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.ledger.events import RESERVATION_ALONE
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import events as event_table
from leadiq_api import LeadIQError, ServiceError
from leadiq_api.credits import COMPANIES_OF_A_PERSON, DEFAULT_PRICES, Estimate, Record
from leadiq_api.quality import Quality
from leadiq_sandbox import Sandbox
from leadiq_sandbox.accounting import ROUNDINGS, Accounting
from tests.conftest import client_of, every_set
from tests.dashboard.ledger.driver import ACCOUNT, EVER, states


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
    known = Record(preview["personId"], preview["hasEmail"], preview["hasPhone"], previewed=True)
    price = payments.price("searchPeople", input, ("email", "phone"), known)
    assert (price.minimum, price.maximum) == (0, 10)
    assert price.expected == (10 if preview["hasPhone"] else 0)


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_a_whole_day_agrees_with_the_meter(ledger: Ledger, rounding: str) -> None:
    """Every operation, repeats, a 402 and faults: ledger and sandbox to 0.1 UC."""
    accounting = Accounting(rounding=rounding)
    with Sandbox(people=1200, credits=1000, rpm=0, accounting=accounting) as sandbox:
        payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
        spend_a_whole_day(payments, sandbox)


def spend_a_whole_day(payments: Payments, sandbox: Sandbox) -> None:
    client, world = client_of(sandbox), sandbox.world

    def balance() -> None:
        plan = client.account()["universalPlan"]
        payments.ledger.record_balance(ACCOUNT, available=plan["available"], used=plan["used"])
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
    compared = payments.ledger.compare_with_balance(ACCOUNT)
    assert compared is not None
    # The company whose answer was lost costs 3 UC; two of the failures may have cost as much.
    assert (compared.answered, compared.unknown) == (sandbox.store.used - 3, 9)
    assert (compared.elsewhere, compared.unexplained, compared.unlocked) == (0, 0, 0)
    assert sandbox.store.used > 80
    outcomes = [state for state, _ in states(payments.ledger)]
    assert (outcomes.count("unknown"), outcomes.count("refused")) == (3, 3)
    assert "estimated" not in outcomes[:-6]


def test_a_402_and_the_budget_write_what_they_are(payments: Payments, sandbox: Sandbox) -> None:
    sandbox.store.credits = Decimal(2)
    client = client_of(sandbox)
    input = {"domain": sandbox.world.domains[0]}
    call = partial(client.search_company, input)
    with pytest.raises(LeadIQError):
        payments.pay("searchCompany", input, (), call)
    assert states(payments.ledger) == [("refused", 0.0)]
    payments.ledger.record_balance(ACCOUNT, available=2, used=0)
    sent = len(sandbox.requests)
    with pytest.raises(BudgetExceededError, match="the balance has only 2 UC left"):
        payments.pay("searchCompany", input, (), call)
    assert len(sandbox.requests) == sent
    assert len(states(payments.ledger)) == 1


def test_the_log_names_the_event_and_its_charge_only(
    payments: Payments,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logger = logging.getLogger("dashboard")
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    caplog.set_level(logging.DEBUG, "dashboard")
    input, email = {"id": sandbox.world.person_ids[0]}, sandbox.world.work_address(0)
    search = partial(client_of(sandbox).search_people, input, data_points=())
    payments.pay("searchPeople", input, (), search)
    with pytest.raises(ServiceError):
        payments.pay("searchPeople", {"email": email}, (), fail)
    assert email not in caplog.text
    records = [record for record in caplog.records if record.name.startswith("dashboard")]
    assert [(record.levelname, record.getMessage()) for record in records] == [
        ("INFO", "Event 1, searchPeople: estimated, 0.1 UC"),
        ("WARNING", "Event 2, searchPeople: unknown, 0 UC"),
    ]


def fail() -> dict[str, Any]:
    raise ServiceError("Lost", code="timeout")


# No charge exceeds the maximum shown ---------------------------------------------------------


class Account(NamedTuple):
    """An account under one reading of each disputed point, and the ledger that pays for it."""

    sandbox: Sandbox
    payments: Payments
    people: list[int]

    @property
    def is_as_published(self) -> bool:
        accounting = self.sandbox.store.accounting
        return not (accounting.always_deduct or accounting.profile_beside_company)

    def is_at_many_companies(self, i: int) -> bool:
        return len({*self.sandbox.world.employers(i)}) > COMPANIES_OF_A_PERSON


# A deducted repeat, company information on top of the profile, previews that are wrong.
READINGS = [*itertools.product((False, True), repeat=3)]


@pytest.fixture(scope="module", params=READINGS)
def disputed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    always_deduct, profile_beside_company, shy = request.param
    accounting = Accounting(
        always_deduct=always_deduct, profile_beside_company=profile_beside_company
    )
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp('disputed') / 'ledger.db'}")
    with Sandbox(
        people=1200, credits=10**6, rpm=0, accounting=accounting, shy_previews=shy
    ) as sandbox:
        world = sandbox.world
        odd = [i for i in range(1200) if len(world.employers(i)) != 1]
        payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
        # Few enough that most of what is bought is bought again later.
        yield Account(sandbox, payments, [*range(20), *odd])
    ledger.close()


Buy = Callable[[Account, tuple[str, ...], int, int], Estimate]


def pay(account: Account, operation: str, input: dict[str, Any], points: tuple[str, ...]) -> None:
    client = client_of(account.sandbox)
    call = {
        "searchPeople": partial(client.search_people, input, data_points=points),
        "searchCompany": partial(client.search_company, input),
        "flatAdvancedSearch": partial(client.flat_advanced_search, input, data_points=points),
        "groupedAdvancedSearch": partial(client.grouped_advanced_search, input, data_points=points),
    }[operation]
    account.payments.pay(operation, input, points, call)


def buy(
    operation: str,
    input_of: Callable[[Account, int, int], dict[str, Any]],
    *,
    contacts: bool = True,
) -> Buy:
    def bought(account: Account, points: tuple[str, ...], index: int, number: int) -> Estimate:
        points = points if contacts else tuple({*points} & {"company"})
        points = () if operation == "searchCompany" else points
        input = input_of(account, index, number)
        price = account.payments.price(operation, input, points)
        pay(account, operation, input, points)
        return price

    return bought


def slug_of(account: Account, index: int) -> dict[str, Any]:
    i = account.people[index % len(account.people)]
    return {"linkedinUrl": f"https://www.linkedin.com/in/{account.sandbox.world.slug(i)}"}


def id_of(account: Account, index: int) -> dict[str, Any]:
    i = account.people[index % len(account.people)]
    return {"id": account.sandbox.world.person_ids[i]}


def buy_previewed(account: Account, points: tuple[str, ...], index: int, number: int) -> Estimate:
    preview = client_of(account.sandbox).search_people_preview(slug_of(account, index))
    person = preview["personId"]
    if person is None:
        return Estimate(Decimal(0), Decimal(0))
    known = Record(person, preview["hasEmail"], preview["hasPhone"], previewed=True)
    input = {"id": person, "limit": 1}
    price = account.payments.price("searchPeople", input, points, known)
    assert price.expected is not None
    assert price.expected <= price.maximum
    pay(account, "searchPeople", input, points)
    return price


def buy_batch(account: Account, points: tuple[str, ...], index: int, number: int) -> Estimate:
    inputs = [
        (id_of if n % 2 else slug_of)(account, index + n) | {"limit": 1} for n in range(number)
    ]
    price = account.payments.price_of_people(inputs, points)

    def call() -> list[Any]:
        return [
            outcome
            for _, outcome in client_of(account.sandbox).enrich_people(inputs, data_points=points)
        ]

    account.payments.pay_people(inputs, points, call, RESERVATION_ALONE, lambda *_: None)
    return price


PURCHASES: dict[str, Buy] = {
    "by id": buy("searchPeople", lambda a, i, _: id_of(a, i) | {"limit": 1}),
    "by profile": buy("searchPeople", lambda a, i, _: slug_of(a, i) | {"limit": 1}),
    "previewed": buy_previewed,
    "batch": buy_batch,
    "company": buy("searchCompany", lambda a, i, _: {"domain": a.sandbox.world.domains[i % 9]}),
    "company by name": buy(
        "searchCompany", lambda a, i, _: {"name": a.sandbox.world.company_bases[i % 9]}
    ),
    "flat": buy("flatAdvancedSearch", lambda _, i, n: {"skip": i % 30, "limit": n}, contacts=False),
    "grouped": buy(
        "groupedAdvancedSearch",
        lambda _, i, n: {"skip": i % 30, "limit": n, "limitPerCompany": 2},
        contacts=False,
    ),
}


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    purchase=st.sampled_from([*PURCHASES]),
    points=st.sampled_from(every_set(("email", "phone", "company"))),
    index=st.integers(0, 80),
    number=st.integers(1, 5),
)
def test_no_charge_exceeds_the_maximum_shown(
    disputed: Account, purchase: str, points: frozenset[str], index: int, number: int
) -> None:
    ledger, meter = disputed.payments.ledger, disputed.sandbox.store
    before = (meter.used, newest(ledger)["id"])
    price = PURCHASES[purchase](disputed, tuple(sorted(points)), index, number)
    charged, event = meter.used - before[0], newest(ledger)
    if event["id"] == before[1]:
        assert charged == 0  # the preview found nobody
        return
    assert price.minimum <= event["charge"] <= charged
    assert charged <= price.maximum or event["state"] == "exceeded"
    if disputed.is_as_published:
        assert event["charge"] == charged
    if event["state"] == "exceeded":
        people = [*disputed.people, *disputed.people]
        asked = people[index % len(disputed.people) :][: number if purchase == "batch" else 1]
        assert any(map(disputed.is_at_many_companies, asked))


def newest(ledger: Ledger) -> dict[str, Any]:
    """The last event's id, charge (UC) and state; the history would build a table each time."""
    columns = event_table.c
    last = sa.select(columns.id, columns.charge, columns.state).order_by(columns.id.desc())
    with ledger.database.reading() as db:
        event = db.execute(last.limit(1)).mappings().first()
    return {**event, "charge": Decimal(event["charge"]) / 1000} if event else {"id": 0}


def test_an_answer_beyond_its_price_is_kept_as_such(payments: Payments, sandbox: Sandbox) -> None:
    """Somebody can hold more current positions than the price assumes."""
    world = sandbox.world
    i = max(range(1200), key=lambda i: len({*world.employers(i)}))
    companies = len({*world.employers(i)})
    input = {"id": world.person_ids[i], "limit": 1}
    assert payments.price("searchPeople", input, ("company",)).maximum == Decimal("6.1")
    call = partial(client_of(sandbox).search_people, input, data_points=("company",))
    payments.pay("searchPeople", input, ("company",), call)
    assert sandbox.store.used == 3 * companies > Decimal("6.1")
    assert states(payments.ledger) == [("exceeded", 3.0 * companies)]
    assert payments.ledger.spent_today(ACCOUNT) == 3 * companies


def test_what_a_lookup_accepts_is_kept_in_its_event(payments: Payments, sandbox: Sandbox) -> None:
    client, world = client_of(sandbox), sandbox.world
    i = next(i for i in range(1200) if world.work_email[i] == 3 and not world.oddity[i])
    quality = Quality(verified_emails=True, min_confidence=70).fields()
    input = {"email": world.work_address(i), "limit": 1, **quality}
    call = partial(client.search_people, input, data_points=("email",))
    assert payments.pay("searchPeople", input, ("email",), call)["results"] == []
    batch = partial(client.enrich_people, [input], data_points=("email",))
    payments.pay_people(
        [input],
        ("email",),
        lambda: [outcome for _, outcome in batch()],
        RESERVATION_ALONE,
        lambda *_: None,
    )
    pay(Account(sandbox, payments, []), "searchCompany", {"domain": world.domains[0]}, ())
    assert sandbox.store.used == 3
    events = payments.ledger.history(ACCOUNT).events(*EVER, limit=9).sort_values("id")
    only = "verified work emails, match confidence of at least 70"
    assert events["quality"].tolist() == [only, only, ""]
    assert events["charge"].tolist() == [0, 0, 3]
