"""Usage: exact numbers, and an account that has nothing."""

import json
from datetime import date
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import HeadingBase as Heading

from dashboard import data
from dashboard.formatting import uc
from dashboard.ledger.days import utc_today
from dashboard.ledger.ledger import Request
from dashboard.ledger.sample import SampleHistory
from dashboard.ledger.schema import EventState
from leadiq_api.credits import Estimate
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button


def test_the_numbers_of_the_period(account: Sandbox, open_page: Open) -> None:
    client_of(account).search_company({"domain": account.world.domains[0]})
    app = open_page("usage")
    assert [metric.value for metric in app.metric] == ["997 UC"]  # in the sidebar
    assert "**997 UC left**" in text_of(app)
    assert "3 of 1,000 used · renews on 1 " in str(app.get("progress")[0].proto)
    prices = "Phone 10 UC · Company information 3 UC · Email 1 UC · Profile 0.1 UC"
    assert prices in text_of(app)
    plans = app.dataframe[0].value
    assert list(plans["used"]) == [3, 3]
    assert list(plans["cap"]) == [1000, 1000]


def test_who_spent_what_is_shown_if_it_was_several(account: Sandbox, open_page: Open) -> None:
    ledger, fingerprint = data.ledger(), client_of(account).fingerprint

    def spend(user: str, charge: int) -> None:
        request = Request(fingerprint, user, "People search", "searchPeople", ("email",), 1)
        event = ledger.reserve(request, Estimate(Decimal(0), Decimal(charge)))
        ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(charge))

    def headings() -> list[str]:
        return [heading.value for heading in app.header]

    spend("ann@acme.example", 2)
    app = open_page("usage")
    assert "Who spent it" not in headings()
    spend("bob@acme.example", 3)
    app.run()
    assert "Who spent it" in headings()
    (by_user,) = (frame.value for frame in app.dataframe if "requests" in frame.value)
    assert by_user.to_numpy().tolist() == [["bob@acme.example", 1, 3], ["ann@acme.example", 1, 2]]


def test_refresh_reads_again(account: Sandbox, open_page: Open) -> None:
    app = open_page("usage")
    client_of(account).search_company({"domain": account.world.domains[0]})
    asked = len(account.requests)
    assert app.run().metric[0].value == "1,000 UC"
    assert len(account.requests) == asked
    app = button(app, "Refresh").click().run()
    assert app.metric[0].value == "997 UC"


@pytest.mark.parametrize(
    ("used", "available", "shown", "share"),
    [
        (2, -5, "2 used", 100),
        (5, -5, "5 of 0 used", 100),
        (8, -5, "8 of 3 used", 100),
        (-3, 10, "-3 of 7 used", 0),
    ],
)
def test_an_account_that_is_overdrawn_or_refunded(
    account: Sandbox,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    used: int,
    available: int,
    shown: str,
    share: int,
) -> None:
    answer = account.graphql.answer

    def with_plan(body: dict) -> dict:
        answered = answer(body)
        plan = (answered["data"].get("account") or {}).get("universalPlan") or {}
        plan |= {"used": used, "available": available}
        return answered

    monkeypatch.setattr(account.graphql, "answer", with_plan)
    app = open_page("usage")
    assert not app.exception
    assert f"**{uc(available)} left**" in text_of(app)
    bar = app.get("progress")[0].proto
    assert (bar.text.startswith(f"{shown} · renews on "), bar.value) == (True, share)


def test_an_account_without_plans(account: Sandbox, open_page: Open, monkeypatch) -> None:
    nothing = {"account": {"plans": [], "dataHubPlan": None, "universalPlan": None}}
    usage = {"planUsage": [], "trialUsage": [], "universalUsage": [], "subscription": {}}
    answer = {"data": {**nothing, "usage": usage}}
    monkeypatch.setattr(account.graphql, "answer", lambda _body: json.loads(json.dumps(answer)))
    app = open_page("usage")
    assert not app.exception
    assert "LeadIQ lists no plans for this account." in text_of(app)


def test_an_account_that_is_null(account: Sandbox, open_page: Open, monkeypatch) -> None:
    monkeypatch.setattr(account.graphql, "answer", lambda _body: {"data": {"account": None}})
    app = open_page("usage")
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["unavailable"]


def test_an_answer_above_its_price_is_warned_about(account: Sandbox, open_page: Open) -> None:
    world = account.world
    i = max(range(world.people), key=lambda i: len({*world.employers(i)}))
    app = open_page("people_search")
    app.session_state["people_points"] = ["company"]
    app.run()
    app.text_input(key="people_identifier").input(world.person_ids[i])
    app = button(app, "Search · up to 6.1 UC").click().run()
    charge = 3 * len({*world.employers(i)})
    assert account.store.used == charge
    app = open_page("usage")
    (warning,) = app.warning
    assert "1 answer held more than the price shown covers" in warning.value
    assert f"Charged above the price: {charge - 6.1:.1f} UC" in warning.value
    (ledger,) = [one.value for one in app.dataframe if "outcome" in one.value]
    assert ledger["outcome"].tolist() == ["Charged above the price"]
    assert ledger["charge"].tolist() == [charge]


def search_company(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input(account.world.domains[0])
    button(app.run(), "Search").click().run()


def test_the_ledger_starts_with_what_decides(account: Sandbox, open_page: Open) -> None:
    search_company(account, open_page)
    ledger = open_page("usage").dataframe[0].value
    first = ["at", "operation", "data_points", "returned", "charge", "outcome", "page"]
    assert [*ledger][: len(first)] == first
    assert ledger.iloc[0][first[1:]].tolist() == [
        "Company search",
        "Company information",
        1,
        3.0,
        "Charged",
        "Company search",
    ]


def headings(app: AppTest) -> list[str]:
    return [element.tag for element in app.main if isinstance(element, Heading)]


def test_the_headings_are_in_order(account: Sandbox, open_page: Open) -> None:
    assert headings(open_page("usage")) == ["h1", "h2", "h3"]
    search_company(account, open_page)
    assert headings(open_page("usage")) == ["h1", "h2", "h3"]  # the examples are below


def test_sample_activity_is_labelled_removable_and_stored_nowhere(
    sandbox: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "sandbox", lambda: sandbox)
    app = button(open_page("usage"), "Add sample activity").click().run()
    assert not app.exception
    assert "Sample data" in text_of(app)
    sample = SampleHistory(utc_today())
    balances = [metric.value for metric in app.metric if metric.label == "Balance"]
    assert sorted(balances) == sorted(["1,000 UC", uc(1000 - sample.used)])
    ledger = app.dataframe[0].value
    assert {*ledger["user"]} == {"sample data"}
    assert len(ledger) == len(sample.events(date.min, date.max, limit=None))
    assert data.ledger().spent_today(client_of(sandbox).fingerprint) == 0
    app = button(app, "Remove sample activity").click().run()
    assert "Sample data" not in text_of(app)
    assert not app.dataframe or "user" not in app.dataframe[0].value


def test_an_account_with_a_key_has_no_sample_activity(account: Sandbox, open_page: Open) -> None:
    app = open_page("usage")
    assert not [box for box in app.button if box.label == "Add sample activity"]
    assert "Connected as" in text_of(app)
    assert "6,000 requests a minute" in text_of(app)
