"""What processes of the tests run: work that can be killed, and commands."""

import os
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dashboard.jobs import __main__ as jobs
from dashboard.jobs import recovery, runtime, workflows
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES


def work(url: str, key: str, server: str, wave: int, settle: float) -> None:
    """Works until it is killed."""
    runtime.MAX_IN_FLIGHT = wave
    recovery.SETTLE_SECONDS = settle
    runtime.POLL_SECONDS = 0.1  # each look takes some CPU, of which the tests have little
    runtime.WATCH_SECONDS = 0.3
    client = LeadIQClient(
        key,
        graphql_url=f"{server}/graphql",
        prospector_url=server,
        requests_per_minute=60_000,
        deadline=10.0,  # a busy machine takes more than one second at times
    )
    workflows.launch(Ledger(url), client)
    while True:
        time.sleep(60)


def command(
    arguments: Sequence[str], environment: dict[str, str], output: Path, errors: Path
) -> None:
    """Runs ``python -m dashboard.jobs`` in this process, and ends it."""
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, output), (2, errors)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    runtime.POLL_SECONDS = recovery.SETTLE_SECONDS = jobs.LOOK_SECONDS = 0.05
    sys.exit(jobs.main(arguments))


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
