"""An account whose ``universalPlan`` is null: the plan that holds its credits is the balance."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.ledger.budgets import Budget
from leadiq_sandbox import Sandbox
from tests.conftest import client_of, leave
from tests.pages.conftest import Open, text_of, use
from tests.pages.driver import button, somebody


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(people=1200, credits=100, rpm=0, data_hub_plan=True).start()
    yield running
    leave(running)


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    use(sandbox, monkeypatch)
    return sandbox


def enter(app: AppTest, address: str) -> AppTest:
    """Asks for the email and phone of somebody; what was typed is sent with the next click."""
    app.session_state["people_points"] = ["email", "phone"]
    app.run()
    app.text_input(key="people_identifier").input(address)
    return app


def address_of_somebody(account: Sandbox) -> str:
    return account.world.work_address(somebody(account))


def test_pages_show_the_balance(account: Sandbox, open_page: Open) -> None:
    client_of(account).search_company({"domain": account.world.domains[0]})
    app = open_page("usage")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Balance"] == "97 UC"
    assert "3 of 100 used · renews on 1 " in str(app.get("progress")[0].proto)
    assert "of your 97 UC." in text_of(open_page("people_search"))


def test_the_balance_limits_what_is_sent(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(5)
    app = enter(open_page("people_search"), address_of_somebody(account))
    assert button(app, "Search · up to 11 UC").disabled
    assert "Your balance is 5 UC, and this costs up to 11 UC" in text_of(app)


def test_the_reserve_is_kept(account: Sandbox, open_page: Open) -> None:
    limits = Budget(per_day=None, per_job=None, reserve=Decimal(95), confirm_above=Decimal(50))
    data.ledger().budgets.save(client_of(account).fingerprint, limits)
    app = enter(open_page("people_search"), address_of_somebody(account))
    assert button(app, "Search · up to 11 UC").disabled
    assert "Your balance above the reserve of 95 UC is 5 UC" in text_of(app)


def test_a_charge_is_settled_by_the_balance(account: Sandbox, open_page: Open) -> None:
    app = enter(open_page("people_search"), address_of_somebody(account))
    button(app, "Search · up to 11 UC").click().run()
    assert account.store.used == 11
    app = open_page("usage")
    events = app.dataframe[0].value
    assert events["charge"].tolist() == [11.0]
    assert events["outcome"].tolist() == ["Charged"]
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Spent today"] == "11 UC"
