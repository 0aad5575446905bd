"""A worker process that a test can kill."""

import time

from dashboard.jobs import recovery, runtime, workflows
from dashboard.ledger.ledger import Ledger
from leadiq_api import LeadIQClient


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
