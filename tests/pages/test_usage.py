"""Usage: exact numbers, and an account that has nothing."""

import json

from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of


def test_the_numbers_of_the_period(account: Sandbox, open_page: Open) -> None:
    client_of(account).search_company({"domain": account.world.domains[0]})
    app = open_page("usage")
    values = [metric.value for metric in app.metric]
    assert values[:3] == ["997 UC", "3 UC", "1,000 UC"]
    plans = app.dataframe[0].value
    assert list(plans["used"]) == [3, 3]
    assert list(plans["cap"]) == [1000, 1000]


def test_refresh_reads_again(account: Sandbox, open_page: Open) -> None:
    app = open_page("usage")
    client_of(account).search_company({"domain": account.world.domains[0]})
    asked = len(account.requests)
    assert app.run().metric[0].value == "1,000 UC"
    assert len(account.requests) == asked
    app = next(button for button in app.button if button.label == "Refresh").click().run()
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
