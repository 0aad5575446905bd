"""A ledger on each kind of database."""

from collections.abc import Iterator

import pytest

from dashboard.ledger.ledger import Ledger


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    opened = Ledger(database)
    yield opened
    opened.close()
