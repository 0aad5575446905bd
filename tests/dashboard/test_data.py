"""What goes through the cache into the ledger."""

import stat
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.runtime.state import SafeSessionState, SessionState

import leadiq_sandbox
from dashboard import data, state
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
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
    with pytest.raises(BudgetExceededError, match="the balance has only 40 UC left"):
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


def test_the_sandbox_keeps_its_credits_and_lists_over_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.setattr(data, "ledger", lambda: opened)
    monkeypatch.setattr(leadiq_sandbox, "Sandbox", partial(Sandbox, people=60))
    data.sandbox.clear()
    first = data.sandbox()
    client_of(first).search_company({"domain": first.world.domains[0]})
    client_of(first).create_list("Pilots")
    first.stop()
    data.sandbox.clear()
    second = data.sandbox()
    assert second.store.used == Decimal(3)
    # The account is the same, and so its ledger, saved searches and jobs.
    assert client_of(second).fingerprint == client_of(first).fingerprint
    assert [row["name"] for row in client_of(second).lists()] == ["Pilots"]
    client_of(second).search_company({"domain": first.world.domains[0]})
    assert second.store.used == Decimal(3)  # unlocked for a year
    assert stat.S_IMODE((tmp_path / data.SANDBOX_FILE).stat().st_mode) == 0o600
    second.stop()
    data.sandbox.clear()
    opened.close()
