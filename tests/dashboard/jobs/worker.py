"""Processes that a test can kill."""

import time
from multiprocessing.connection import Connection
from typing import Any

from dashboard.jobs import recovery, runtime, workflows
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES


def work(url: str, key: str, server: str, wave: int, settle: float) -> None:
    """Works until it is killed."""
    runtime.MAX_IN_FLIGHT = wave
    recovery.SETTLE_SECONDS = settle
    runtime.POLL_SECONDS = 0.05
    runtime.WATCH_SECONDS = 0.3
    client = LeadIQClient(
        key,
        graphql_url=f"{server}/graphql",
        prospector_url=server,
        requests_per_minute=60_000,
        deadline=1.0,
    )
    workflows.launch(Ledger(url), client)
    while True:
        time.sleep(60)


def search_and_wait(
    url: str, key: str, server: str, input: dict[str, Any], charged: Connection
) -> None:
    """Pays for a company search, reports when it is charged, and never gets its answer."""
    client = LeadIQClient(key, graphql_url=f"{server}/graphql", prospector_url=server)
    payments = Payments(Ledger(url), client.fingerprint, "local", "Test", DEFAULT_PRICES)

    def call() -> dict[str, Any]:
        client.search_company(input)
        charged.send(None)
        while True:
            time.sleep(60)

    payments.pay("searchCompany", input, (), call)
