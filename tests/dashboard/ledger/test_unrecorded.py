"""A paid answer is never lost with the database, on both kinds of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dashboard.ledger import database as ledger_database
from dashboard.ledger.database import LedgerError
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.ledger.driver import ACCOUNT, locked, out_of_service, spend, states

Failure = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def short_waits_for_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_database, "BUSY_SECONDS", 1)


@pytest.mark.parametrize("failure", [out_of_service, locked])
def test_an_answer_is_kept_and_recorded_when_the_database_is_back(
    database: str, sandbox: Sandbox, failure: Failure
) -> None:
    client, ledger = client_of(sandbox), Ledger(database)
    payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
    input = {"domain": sandbox.world.domains[0]}
    fault = failure(database)

    def call() -> dict[str, Any]:
        answer = client.search_company(input)
        fault.__enter__()
        return answer

    answer = payments.pay("searchCompany", input, (), call)
    assert len(answer["results"]) == 1
    assert ledger.unrecorded == 1
    with pytest.raises(LedgerError):  # nothing is sent before it is recorded
        payments.pay("searchCompany", input, (), partial(client.search_company, input))
    assert len([seen for seen in sandbox.requests if seen.operation == "searchCompany"]) == 1
    fault.__exit__(None, None, None)
    assert states(ledger) == [("open", 0.0)]
    assert ledger.spent_today(ACCOUNT) == 3
    ledger.require_writable(ACCOUNT)
    assert ledger.unrecorded == 0
    assert states(ledger) == [("estimated", 3.0)]
    ledger.close()


@pytest.mark.parametrize("failure", [out_of_service, locked])
def test_nothing_is_sent_that_cannot_be_reserved(
    database: str, sandbox: Sandbox, failure: Failure
) -> None:
    client, ledger = client_of(sandbox), Ledger(database)
    payments = Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)
    input = {"domain": sandbox.world.domains[0]}
    with failure(database):
        with pytest.raises(LedgerError, match="ledger's database"):
            payments.pay("searchCompany", input, (), partial(client.search_company, input))
        with pytest.raises(LedgerError):
            ledger.require_writable(ACCOUNT)
    assert sandbox.requests == []
    payments.pay("searchCompany", input, (), partial(client.search_company, input))
    assert states(ledger) == [("estimated", 3.0)]
    ledger.close()


def test_a_full_disk(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    event = spend(ledger, "1")
    engine = ledger.database._engine

    @sa.event.listens_for(engine, "checkout")
    def limit(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    def spend_much() -> None:
        for _ in range(1000):
            spend(ledger, "1")

    with pytest.raises(LedgerError, match="disk is full"):
        spend_much()
    sa.event.remove(engine, "checkout", limit)
    engine.dispose()
    assert spend(ledger, "1") > event
    ledger.close()
