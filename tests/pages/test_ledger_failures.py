"""The ledger's database fails while the app runs: every page explains it, and nothing is lost."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.ledger import database as ledger_database
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.ledger.driver import locked, out_of_service
from tests.pages.conftest import PAGES, Open, text_of
from tests.pages.driver import button

Failure = Callable[[str], AbstractContextManager[None]]
FAILURES = pytest.mark.parametrize("failure", [out_of_service, locked])


@pytest.fixture(autouse=True)
def short_waits_for_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_database, "BUSY_SECONDS", 0.2)


def paid_requests(sandbox: Sandbox) -> int:
    return len([seen for seen in sandbox.requests if seen.operation == "searchCompany"])


def has_explanation(app: AppTest) -> bool:
    titles = [error.proto.title for error in app.error]
    return not app.exception and "The ledger cannot be used" in titles


def search(app: AppTest, domain: str) -> AppTest:
    app.text_area(key="companies").input(domain).run()
    return button(app, "Search").click().run()


@FAILURES
@pytest.mark.parametrize("name", PAGES)
def test_every_page_explains_it(
    account: Sandbox, open_page: Open, name: str, failure: Failure
) -> None:
    app = open_page(name)
    with failure(os.environ["LEADIQ_DATABASE_URL"]):
        assert has_explanation(app.run())
        assert has_explanation(open_page(name))
    assert not app.run().error


@FAILURES
def test_nothing_paid_is_sent(account: Sandbox, open_page: Open, failure: Failure) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input(account.world.domains[0]).run()
    with failure(os.environ["LEADIQ_DATABASE_URL"]):
        app = button(app, "Search").click().run()
        assert has_explanation(app)
        assert button(app, "Search").disabled
    assert paid_requests(account) == 0


@FAILURES
def test_a_paid_answer_is_shown_kept_and_settled_later(
    account: Sandbox, open_page: Open, failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = failure(os.environ["LEADIQ_DATABASE_URL"])
    search_company = LeadIQClient.search_company

    def answered(client: LeadIQClient, input: dict[str, Any]) -> dict[str, Any]:
        answer = search_company(client, input)
        fault.__enter__()  # between the reservation and the settlement
        return answer

    monkeypatch.setattr(LeadIQClient, "search_company", answered)
    app = search(open_page("company_search"), account.world.domains[0])
    assert has_explanation(app)
    assert "1 company" in text_of(app)  # the answer
    assert "The outcome of 1 paid request is not recorded yet." in text_of(app)
    app = button(app, "Search").click().run()
    assert paid_requests(account) == 1
    fault.__exit__(None, None, None)

    app = button(app.run(), "Search · free").click().run()
    assert not app.error
    assert "Charged 0 UC" in text_of(app)  # for the repeat
    assert paid_requests(account) == 1
    ledger, fingerprint = data.ledger(), client_of(account).fingerprint
    assert ledger.unrecorded == 0
    assert ledger.spent_today(fingerprint) == account.store.used == 3
