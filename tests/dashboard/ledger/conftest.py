"""A ledger on each kind of database, at noon."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dashboard.ledger.ledger import Ledger
from tests.dashboard.ledger.driver import set_clock


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets the clock to noon (UTC), so that today does not end a few minutes into a test."""
    now, real = datetime.now(UTC), time.time_ns
    ahead = int((now.replace(hour=12, minute=0) - now).total_seconds() * 1e9)
    monkeypatch.setattr(time, "time_ns", lambda: real() + ahead)
    set_clock(monkeypatch, 0)


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    opened = Ledger(database)
    yield opened
    opened.close()
