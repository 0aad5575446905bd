"""What goes through the cache into the ledger."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.runtime.state import SafeSessionState, SessionState

from dashboard import data, state
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.dashboard.ledger.driver import ACCOUNT, request, spend, up_to


@pytest.fixture
def ledger(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    opened = Ledger(database)
    monkeypatch.setattr(data, "ledger", lambda: opened)
    data.account_info.clear()
    yield opened
    data.account_info.clear()
    opened.close()


class SlowAccount:
    """An account whose balance is on its way while another request of it is paid for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def account(self) -> dict[str, Any]:
        answer = {"universalPlan": {"available": 100, "used": 0}}
        spend(self._ledger, "60")
        return answer


def test_what_is_paid_while_the_balance_is_read_counts_against_it(ledger: Ledger) -> None:
    data.account_info(cast("LeadIQClient", SlowAccount(ledger)), ACCOUNT)
    with pytest.raises(BudgetExceededError, match="what is left of it is 40 UC"):
        ledger.reserve(request(), up_to("40.1"))
    ledger.reserve(request(), up_to("40"))


def closed() -> None:
    """What Streamlit calls where a script may end, once its tab is closed."""
    raise StopException


def test_a_read_of_many_pages_ends_with_its_tab(
    sandbox: Sandbox, client: LeadIQClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = client.create_list("Long")["id"]
    client.add_prospects(list_id, [{"firstName": "Ada", "lastName": f"B{n}"} for n in range(250)])
    pages = 0

    def close_after_two() -> None:
        nonlocal pages
        pages += 1
        if pages > 2:
            raise StopException

    monkeypatch.setattr(data, "stop_if_left", close_after_two)
    before = len(sandbox.requests)
    with pytest.raises(StopException):
        data.list_prospects(client, client.fingerprint, list_id)
    assert len(sandbox.requests) == before + 2
    monkeypatch.setattr(data, "stop_if_left", lambda: None)
    assert len(data.list_prospects(client, client.fingerprint, list_id)) == 250


def test_a_closed_tab_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = SafeSessionState(SessionState(), yield_callback=closed)
    monkeypatch.setattr(
        "streamlit.runtime.state.session_state_proxy.get_session_state", lambda: kept
    )
    with pytest.raises(StopException):
        state.stop_if_left()
