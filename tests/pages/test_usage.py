"""Usage: exact numbers, and an account that has nothing."""

import json
from decimal import Decimal

from dashboard import data
from dashboard.ledger.ledger import Request
from dashboard.ledger.schema import EventState
from leadiq_api.credits import Estimate
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button


def test_the_numbers_of_the_period(account: Sandbox, open_page: Open) -> None:
    client_of(account).search_company({"domain": account.world.domains[0]})
    app = open_page("usage")
    values = [metric.value for metric in app.metric]
    assert values[:3] == ["997 UC", "3 UC", "1,000 UC"]
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
        return [heading.value for heading in app.subheader]

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


def test_an_account_without_plans(account: Sandbox, open_page: Open, monkeypatch) -> None:
    nothing = {"account": {"plans": [], "dataHubPlan": None, "universalPlan": None}}
    usage = {"planUsage": [], "trialUsage": [], "universalUsage": [], "subscription": {}}
    answer = {"data": {**nothing, "usage": usage}}
    monkeypatch.setattr(account.graphql, "answer", lambda _body: json.loads(json.dumps(answer)))
    app = open_page("usage")
    assert not app.exception
    assert "This account shows no plans" in text_of(app)


def test_an_account_that_is_null(account: Sandbox, open_page: Open, monkeypatch) -> None:
    monkeypatch.setattr(account.graphql, "answer", lambda _body: {"data": {"account": None}})
    app = open_page("usage")
    assert not app.exception
    assert "This account shows no plans" in text_of(app)


def test_an_answer_above_its_price_is_warned_about(account: Sandbox, open_page: Open) -> None:
    world = account.world
    i = max(range(world.people), key=lambda i: len({*world.employers(i)}))
    app = open_page("people_search")
    app.session_state["people_by"] = "LeadIQ id"
    app.session_state["people_points"] = ["company"]
    app.run()
    app.text_input(key="people_id").input(world.person_ids[i])
    app = button(app, "Search · up to 6.1 UC").click().run()
    charge = 3 * len({*world.employers(i)})
    assert account.store.used == charge
    app = open_page("usage")
    (warning,) = app.warning
    assert "1 answer held more than the price shown covers" in warning.value
    assert f"Charged above the price: {charge - 6.1:.1f} UC" in warning.value
    (ledger,) = [one.value for one in app.dataframe if "outcome" in one.value]
    assert ledger["outcome"].tolist() == ["exceeded"]
    assert ledger["charge"].tolist() == [charge]
