"""Another key of the same user continues a job whose own key was refused."""

from base64 import b64encode
from collections.abc import Iterator
from decimal import Decimal

import pytest

from dashboard.jobs import control, planning, workflows
from dashboard.jobs.model import JobState, RowState
from dashboard.jobs.new_key import continue_with_key, refused_jobs
from dashboard.jobs.owner import owner_of
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.dashboard.jobs.driver import count_states, start_job, table_of, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits")
OLD, NEW = "old-key-of-the-account", "new-key-of-the-account"


@pytest.fixture
def sandbox(ledger: Ledger) -> Iterator[Sandbox]:
    with Sandbox(people=1200, credits=1000, rpm=0, keys=(OLD, NEW)) as running:
        yield running
        workflows.close()


def with_key(sandbox: Sandbox, key: str) -> LeadIQClient:
    return LeadIQClient(
        key,
        graphql_url=sandbox.graphql_url,
        prospector_url=sandbox.prospector_url,
        requests_per_minute=60_000,
    )


def test_a_job_continues_where_it_was(ledger: Ledger, sandbox: Sandbox) -> None:
    old, new = with_key(sandbox, OLD), with_key(sandbox, NEW)
    records = workflows.launch(ledger, old, new)
    first, second = (
        Payments(ledger, client.fingerprint, "t", "Bulk", DEFAULT_PRICES) for client in (old, new)
    )
    job = wait_for_end(
        records, start_job(first, records, table_of(sandbox, 100), points=(), budget="4")
    )
    found = count_states(records, job.id)[RowState.FOUND]
    assert (job.state, 0 < found < 100) == (JobState.PAUSED, True)
    sandbox._basic -= {b64encode(text.encode()).decode() for text in (OLD, f"{OLD}:")}
    records.update_settings(job.id, budget="50")
    control.resume(job)
    job = wait_for_end(records, job.id)
    assert job.state == JobState.STOPPED
    assert job.reason.startswith("LeadIQ did not accept the key.")
    # Only the same user's key finds it.
    owner = owner_of(new.whoami())
    assert [one.id for one in refused_jobs(records, new.fingerprint, owner)] == [job.id]
    assert not [*refused_jobs(records, new.fingerprint, "another")]
    assert not [*refused_jobs(records, new.fingerprint, "")]
    price = planning.price_of_rest(second, records, job)
    assert price.maximum == (100 - found) * Decimal("0.1")
    continued = continue_with_key(second, records, job, price)
    assert continued is not None
    assert continue_with_key(second, records, job, price) is None  # in another tab
    copy = wait_for_end(records, continued)
    assert [one.id for one in records.jobs(new.fingerprint)] == [copy.id]
    old_job = records.job(job.id)
    assert old_job is not None
    assert not old_job.can_resume  # its rest would be paid for twice
    control.resume(job)  # in a tab that shows what was before
    control.stop(records, job)
    assert records.job(job.id) == old_job
    assert (copy.state, copy.account) == (JobState.DONE, new.fingerprint)
    people = [row.person for row in records.rows(copy.id)]
    assert people == [*sandbox.world.person_ids[:100]]
    assert sandbox.store.used == 10
    assert sum(ledger.spent_by_job(new.fingerprint, copy.id)) == price.maximum
    assert copy.budget == Decimal(50) - found * Decimal("0.1")
    assert not [*refused_jobs(records, new.fingerprint, owner)]
