"""A ledger, and a process that works on the jobs of one account."""

from collections.abc import Iterator

import pytest

from dashboard.jobs import workflows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    opened = Ledger(sqlite_url)
    yield opened
    workflows.close()
    opened.close()


@pytest.fixture
def client(sandbox: Sandbox) -> LeadIQClient:
    return client_of(sandbox, requests_per_minute=60_000)


@pytest.fixture
def payments(ledger: Ledger, client: LeadIQClient) -> Payments:
    return Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES)


@pytest.fixture
def records(ledger: Ledger, client: LeadIQClient) -> JobRecords:
    return workflows.launch(ledger, client)
