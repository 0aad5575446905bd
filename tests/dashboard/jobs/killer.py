"""A job in workers that are killed at random, and in no process of the test's own."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.process import BaseProcess

import sqlalchemy as sa

from dashboard.jobs.model import JobSettings, JobState, Row, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import jobs
from leadiq_api import Json
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.jobs.worker import work
from tests.forkserver import start_process

WAVE = 3  # requests in flight of one worker, so that a job lasts for twenty kills
SETTLE_SECONDS = 1.0  # before a balance is read, so that what a killed worker had sent is in it
LATENCY_MS = 100
PRICES = {name: str(price) for name, price in DEFAULT_PRICES.items()}
PATIENCE = 900  # seconds; far more than it takes


class Killer:
    """Keeps workers running and kills one at random once the server has seen more requests.

    ``settle`` is how many seconds a worker waits before it reads a balance.
    """

    def __init__(
        self, sandbox: Sandbox, url: str, workers: int, settle: float = SETTLE_SECONDS
    ) -> None:
        self._settle = settle
        self._sandbox, self._url = sandbox, url
        self._workers = [self._worker() for _ in range(workers)]
        self._draw = random.Random(20260813)

    def _worker(self) -> BaseProcess:
        arguments = (self._url, self._sandbox.api_key, self._sandbox.url, WAVE, self._settle)
        return start_process(work, *arguments, daemon=True)

    def kill_when_busy(self, has_ended: Callable[[], bool]) -> bool:
        """Kills a worker after a few more requests; returns False if the job ended before."""
        until = len(self._sandbox.requests) + self._draw.randint(1, 4)
        deadline = time.monotonic() + PATIENCE
        while len(self._sandbox.requests) < until:
            if has_ended():
                return False
            assert time.monotonic() < deadline, "no worker takes the job up"
            time.sleep(0.01)
        time.sleep(self._draw.uniform(0, LATENCY_MS / 1000))
        index = self._draw.randrange(len(self._workers))
        self._workers[index].kill()
        self._workers[index].join()
        self._workers[index] = self._worker()
        return True

    def end(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.join()


def start_job(
    ledger: Ledger,
    sandbox: Sandbox,
    people: Iterable[str],
    points: tuple[str, ...] = ("email",),
    *,
    dead: Sequence[Json] = (),
    **settings: str,
) -> tuple[JobRecords, str]:
    """Starts a job over these people (ids), in a process that has ended when it runs.

    Every tenth of them is looked up by ``dead`` first, which find nobody.
    """
    records = JobRecords(ledger)

    def row(index: int, person: str) -> Row:
        input, *others = (*(dead if index % 10 == 0 else ()), {"id": person})
        return Row(
            index,
            RowKind.PERSON,
            RowState.WAITING,
            f"id:{person}",
            input,
            alternatives=tuple(others),
        )

    rows = (row(index, person) for index, person in enumerate(people))
    account = client_of(sandbox).fingerprint
    job = records.create(account, "t", "t", JobSettings(points, PRICES, **settings), rows)
    starter = start_process(enqueue, str(ledger.url), sandbox.api_key, sandbox.url, job)
    starter.join(PATIENCE)
    assert starter.exitcode == 0
    return records, job


def enqueue(url: str, key: str, server: str, job: str) -> None:
    from dashboard.jobs import workflows
    from leadiq_api import LeadIQClient

    client = LeadIQClient(key, graphql_url=f"{server}/graphql", prospector_url=server)
    workflows.launch(Ledger(url), client)
    workflows.start(job, client.fingerprint)
    workflows.close()


def wait_for_end(ledger: Ledger, job: str) -> str:
    """Returns the state in which the job ends, and why."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with ledger.database.reading() as db:
            row = db.execute(sa.select(jobs.c.state, jobs.c.reason).where(jobs.c.id == job)).one()
        if row.state != JobState.RUNNING:
            return f"{row.state}{row.reason and ': '}{row.reason}"
        time.sleep(0.1)
    raise AssertionError("the job does not end")
