"""Payments against the sandbox: what is written agrees with what its meter says."""

import logging
import time
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQError, ServiceError
from leadiq_api.credits import DEFAULT_PRICES, Record
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.ledger.driver import ACCOUNT, states


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


def test_a_whole_day_agrees_with_the_meter(payments: Payments, sandbox: Sandbox) -> None:
    """Every operation, repeats, a 402 and faults: ledger and sandbox to 0.1 UC."""
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
    with pytest.raises(BudgetExceededError, match="more than the balance covers"):
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
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert lines == [
        ("INFO", "Event 1, searchPeople: estimated, 0.1 UC"),
        ("WARNING", "Event 2, searchPeople: unknown, 0 UC"),
    ]


def fail() -> dict[str, Any]:
    raise ServiceError("Lost", code="timeout")
