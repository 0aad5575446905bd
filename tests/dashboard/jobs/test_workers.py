"""Workers that are killed at random: every row once, nobody paid twice, no prospect doubled."""

import multiprocessing
import random
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from multiprocessing.process import BaseProcess

import pytest
import sqlalchemy as sa

from dashboard.jobs.model import JobSettings, JobState, ListStatus, Row, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import job_rows, jobs
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.jobs.worker import work

WAVE = 3  # requests in flight of one worker, so that a job lasts for twenty kills
LATENCY_MS = 100
ON_LIST = (ListStatus.ADDED, ListStatus.ALREADY_LISTED)
PRICES = {name: str(price) for name, price in DEFAULT_PRICES.items()}
PATIENCE = 240  # seconds; far more than it takes


class Killer:
    """Keeps workers running and kills one at random once the server has seen more requests."""

    def __init__(self, sandbox: Sandbox, url: str, workers: int) -> None:
        self._sandbox, self._url = sandbox, url
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.dashboard.jobs.worker"])
        self._workers = [self._worker() for _ in range(workers)]
        self._draw = random.Random(20260813)

    def _worker(self) -> BaseProcess:
        arguments = (self._url, self._sandbox.api_key, self._sandbox.url, WAVE, 0.2)
        process = self._context.Process(target=work, args=arguments, daemon=True)
        process.start()
        return process

    def kill_when_busy(self, over: Callable[[], bool]) -> bool:
        """Kills a worker after a few more requests; False where the job was over before."""
        until = len(self._sandbox.requests) + self._draw.randint(1, 4)
        give_up = time.monotonic() + PATIENCE
        while len(self._sandbox.requests) < until:
            if over():
                return False
            assert time.monotonic() < give_up, "no worker takes the job up"
            time.sleep(0.01)
        time.sleep(self._draw.uniform(0, LATENCY_MS / 1000))
        place = self._draw.randrange(len(self._workers))
        self._workers[place].kill()
        self._workers[place].join()
        self._workers[place] = self._worker()
        return True

    def end(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.join()


def begin(ledger: Ledger, sandbox: Sandbox, number: int, **settings: str) -> tuple[JobRecords, str]:
    """A job over that many people, enqueued by a process that is gone when it runs."""
    records = JobRecords(ledger)
    found = (
        Row(place, RowKind.PERSON, RowState.WAITING, f"id:{person}", {"id": person})
        for place, person in enumerate(sandbox.world.person_ids[:number])
    )
    account = client_of(sandbox).fingerprint
    job = records.create(account, "t", "t", JobSettings(("email",), PRICES, **settings), found)
    context = multiprocessing.get_context("forkserver")
    starter = context.Process(
        target=enqueue, args=(str(ledger.url), sandbox.api_key, sandbox.url, job)
    )
    starter.start()
    starter.join(60)
    assert starter.exitcode == 0
    return records, job


def enqueue(url: str, key: str, server: str, job: str) -> None:
    from dashboard.jobs import workflows
    from leadiq_api import LeadIQClient

    client = LeadIQClient(key, graphql_url=f"{server}/graphql", prospector_url=server)
    workflows.launch(Ledger(url), client)
    workflows.start(job, client.fingerprint)
    workflows.close()


def answered_when_asked(ledger: Ledger, sandbox: Sandbox, job: str) -> list[tuple[str, ...]]:
    """Notes each request that asks for somebody whose answer is recorded already."""
    noted: list[tuple[str, ...]] = []
    answer = sandbox.graphql.answer

    def watched(body: dict, **options: bool) -> dict:
        variables = body.get("variables") or {}
        asked = [one["id"] for one in variables.values() if isinstance(one, dict) and "id" in one]
        if asked:
            chosen = sa.select(job_rows.c.person).where(
                job_rows.c.job == job,
                job_rows.c.state != RowState.SENT,
                job_rows.c.identity.in_([f"id:{one}" for one in asked]),
            )
            with ledger.engine.connect() as db:
                known = tuple(str(row.person) for row in db.execute(chosen))
            if known:
                noted.append(known)
        return answer(body, **options)

    sandbox.graphql.answer = watched  # type: ignore[method-assign]
    return noted


def finish(ledger: Ledger, job: str) -> str:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with ledger.engine.connect() as db:
            row = db.execute(sa.select(jobs.c.state, jobs.c.reason).where(jobs.c.id == job)).one()
        if row.state != JobState.RUNNING:
            return f"{row.state}{row.reason and ': '}{row.reason}"
        time.sleep(0.1)
    raise AssertionError("the job does not end")


@pytest.fixture(autouse=True)
def plain_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that another test ran is the main module since: a worker would run it at its start."""
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(people=1200, credits=10_000, rpm=0, latency_ms=LATENCY_MS) as running:
        yield running


@pytest.mark.parametrize(
    ("database", "workers"),
    [("sqlite", 1), ("postgresql", 2)],
    ids=["one worker on SQLite", "two workers on PostgreSQL"],
    indirect=["database"],
)
def test_twenty_kills_in_a_thousand_rows(sandbox: Sandbox, database: str, workers: int) -> None:
    ledger = Ledger(database)
    records, job = begin(ledger, sandbox, 1000, list_name="Killed")
    asked_again = answered_when_asked(ledger, sandbox, job)
    killer = Killer(sandbox, database, workers)

    def over() -> bool:
        with ledger.engine.connect() as db:
            return (
                db.execute(sa.select(jobs.c.state).where(jobs.c.id == job)).scalar()
                != JobState.RUNNING
            )

    try:
        kills = sum(killer.kill_when_busy(over) for _ in range(20))
        assert finish(ledger, job) == JobState.DONE
    finally:
        killer.end()
    assert kills == 20
    # Every row once, with its own person.
    found = [*records.rows(job)]
    assert [row.state for row in found] == [RowState.FOUND] * 1000
    assert [row.person for row in found] == [*sandbox.world.person_ids[:1000]]
    # Nobody paid twice, by the server's books and by ours.
    charges = sandbox.store.charges()
    assert max(Counter((kind, id) for kind, id, _ in charges).values()) == 1
    assert sandbox.store.used == sum(price for *_, price in charges)
    charged, reserved = ledger.spent_by_job(client_of(sandbox).fingerprint, job)
    assert (charged, reserved) == (sandbox.store.used, Decimal(0))
    # Whoever had an answer was not asked for again, but for the one who showed that it is free.
    assert {len(people) for people in asked_again} <= {1}
    assert len({*asked_again}) <= 1
    # No prospect doubled.
    client = client_of(sandbox)
    (made,) = client.lists()
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert set(listed.values()) == {1}
    assert {*listed} == {row.person for row in found if row.listed and row.listed.status in ON_LIST}
    assert len(listed) > 900
    ledger.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_if_a_repeat_is_charged_no_one_is_looked_up_again(database: str) -> None:
    with Sandbox(
        people=1200, credits=10_000, rpm=0, latency_ms=LATENCY_MS, always_deduct=True
    ) as sandbox:
        ledger = Ledger(database)
        records, job = begin(ledger, sandbox, 300)
        asked_again = answered_when_asked(ledger, sandbox, job)
        killer = Killer(sandbox, database, 1)
        try:
            kills = sum(killer.kill_when_busy(lambda: False) for _ in range(3))
            assert finish(ledger, job) == JobState.DONE
        finally:
            killer.end()
        assert kills == 3
        states = Counter(row.state for row in records.rows(job))
        assert states[RowState.FOUND] + states[RowState.NEEDS_DECISION] == 300
        assert states[RowState.NEEDS_DECISION] > 0
        # One person shows that it is not free; that is the only one paid for twice.
        assert [len(people) for people in asked_again] == [1]
        paid = Counter((kind, id) for kind, id, _ in sandbox.store.charges())
        twice = {id for (_, id), times in paid.items() if times > 1}
        assert twice == {*asked_again[0]}
        ledger.close()
