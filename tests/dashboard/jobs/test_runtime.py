"""DBOS in this process."""

import pytest
from dbos import DBOS

from dashboard.jobs import workflows
from dashboard.ledger.ledger import Ledger
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

pytestmark = pytest.mark.usefixtures("short_waits")


def test_the_limit_leaves_a_share_for_users_who_click(ledger: Ledger, sandbox: Sandbox) -> None:
    client = client_of(sandbox, requests_per_minute=60)
    workflows.launch(ledger, client)
    queue = DBOS.retrieve_queue(f"requests-{client.fingerprint}")
    assert queue is not None
    assert queue.limiter == {"limit": 12, "period": 13}
