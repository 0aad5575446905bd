"""Workers that are killed at random: each row once, no one paid twice, no prospect twice."""

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
from leadiq_sandbox.accounting import Accounting
from tests.conftest import client_of
from tests.dashboard.jobs.worker import work

WAVE = 3  # requests in flight of one worker, so that a job lasts for twenty kills
# Seconds before a balance is read. What a killed worker had sent must be in the server's books by
# then, on a loaded machine too: a request that is processed later would be a repeat.
SETTLE_SECONDS = 1.0
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
        arguments = (self._url, self._sandbox.api_key, self._sandbox.url, WAVE, SETTLE_SECONDS)
        process = self._context.Process(target=work, args=arguments, daemon=True)
        process.start()
        return process

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
    number: int,
    points: tuple[str, ...] = ("email",),
    **settings: str,
) -> tuple[JobRecords, str]:
    """Starts a job over that many people, in a process that has ended when it runs."""
    records = JobRecords(ledger)
    rows = (
        Row(index, RowKind.PERSON, RowState.WAITING, f"id:{person}", {"id": person})
        for index, person in enumerate(sandbox.world.person_ids[:number])
    )
    account = client_of(sandbox).fingerprint
    job = records.create(account, "t", "t", JobSettings(points, PRICES, **settings), rows)
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


def watch_repeats(ledger: Ledger, sandbox: Sandbox, job: str) -> list[tuple[str, ...]]:
    """Returns a list that collects the people of each request who have their answer already."""
    repeats: list[tuple[str, ...]] = []
    answer = sandbox.graphql.answer

    def watched(body: dict, **options: bool) -> dict:
        variables = body.get("variables") or {}
        ids = [
            value["id"] for value in variables.values() if isinstance(value, dict) and "id" in value
        ]
        if ids:
            chosen = sa.select(job_rows.c.person).where(
                job_rows.c.job == job,
                job_rows.c.state != RowState.SENT,
                job_rows.c.identity.in_([f"id:{id}" for id in ids]),
            )
            with ledger.database.reading() as db:
                known = tuple(str(row.person) for row in db.execute(chosen))
            if known:
                repeats.append(known)
        return answer(body, **options)

    sandbox.graphql.answer = watched  # type: ignore[method-assign]
    return repeats


def count_people_asked(sandbox: Sandbox) -> Counter[str]:
    """Returns a counter of how often each person is looked up from now on, by id."""
    asked: Counter[str] = Counter()
    answer = sandbox.graphql.answer

    def counted(body: dict, **options: bool) -> dict:
        variables = (body.get("variables") or {}).values()
        asked.update(
            value["id"] for value in variables if isinstance(value, dict) and "id" in value
        )
        return answer(body, **options)

    sandbox.graphql.answer = counted  # type: ignore[method-assign]
    return asked


def wait_for_end(ledger: Ledger, job: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with ledger.database.reading() as db:
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
    records, job = start_job(ledger, sandbox, 1000, list_name="Killed")
    repeats = watch_repeats(ledger, sandbox, job)
    killer = Killer(sandbox, database, workers)

    def has_ended() -> bool:
        with ledger.database.reading() as db:
            return (
                db.execute(sa.select(jobs.c.state).where(jobs.c.id == job)).scalar()
                != JobState.RUNNING
            )

    try:
        kills = sum(killer.kill_when_busy(has_ended) for _ in range(20))
        assert wait_for_end(ledger, job) == JobState.DONE
    finally:
        killer.end()
    assert kills == 20
    # Every row once, with its own person.
    found = [*records.rows(job)]
    assert [row.state for row in found] == [RowState.FOUND] * 1000
    assert [row.person for row in found] == [*sandbox.world.person_ids[:1000]]
    # No one paid twice, by the server's books and by ours.
    charges = sandbox.store.charges()
    assert max(Counter((kind, id) for kind, id, _ in charges).values()) == 1
    assert sandbox.store.used == sum(price for *_, price in charges)
    charged, reserved = ledger.spent_by_job(client_of(sandbox).fingerprint, job)
    assert (charged, reserved) == (sandbox.store.used, Decimal(0))
    # People with an answer were not looked up again, except the one who showed that it is free.
    assert {len(people) for people in repeats} <= {1}
    assert len({*repeats}) <= 1
    # No prospect twice.
    client = client_of(sandbox)
    (made,) = client.lists()
    listed = Counter(row["personId"] for row in client.list_prospects(made["id"]))
    assert set(listed.values()) == {1}
    assert {*listed} == {row.person for row in found if row.listed and row.listed.status in ON_LIST}
    assert len(listed) > 900
    ledger.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_if_a_repeat_is_charged_no_one_is_looked_up_again(database: str) -> None:
    accounting = Accounting(charge_repeats=True)
    with Sandbox(
        people=1200, credits=10_000, rpm=0, latency_ms=LATENCY_MS, accounting=accounting
    ) as sandbox:
        ledger = Ledger(database)
        records, job = start_job(ledger, sandbox, 300)
        repeats = watch_repeats(ledger, sandbox, job)
        killer = Killer(sandbox, database, 1)
        try:
            kills = sum(killer.kill_when_busy(lambda: False) for _ in range(3))
            assert wait_for_end(ledger, job) == JobState.DONE
        finally:
            killer.end()
        assert kills == 3
        states = Counter(row.state for row in records.rows(job))
        assert states[RowState.FOUND] + states[RowState.NEEDS_DECISION] == 300
        assert states[RowState.NEEDS_DECISION] > 0
        # One person shows that it is not free; that is the only one paid for twice.
        assert [len(people) for people in repeats] == [1]
        paid = Counter((kind, id) for kind, id, _ in sandbox.store.charges())
        twice = {id for (_, id), times in paid.items() if times > 1}
        assert twice == {*repeats[0]}
        ledger.close()


@pytest.mark.parametrize(
    ("database", "workers", "accounting"),
    [
        ("sqlite", 1, Accounting()),
        ("postgresql", 2, Accounting()),
        ("sqlite", 1, Accounting(always_deduct=True, profile_beside_company=True)),
    ],
    ids=["one worker on SQLite", "two workers on PostgreSQL", "repeats are charged"],
    indirect=["database"],
)
def test_five_kills_with_company_information(
    database: str, workers: int, accounting: Accounting
) -> None:
    with Sandbox(
        people=1200,
        credits=10_000,
        rpm=0,
        latency_ms=LATENCY_MS,
        accounting=accounting,
    ) as sandbox:
        ledger = Ledger(database)
        records, job = start_job(ledger, sandbox, 500, points=("company",))
        asked = count_people_asked(sandbox)
        killer = Killer(sandbox, database, workers)
        try:
            kills = sum(killer.kill_when_busy(lambda: False) for _ in range(5))
            assert wait_for_end(ledger, job) == JobState.DONE
        finally:
            killer.end()
        assert kills == 5
        states = Counter(row.state for row in records.rows(job))
        undecided = states[RowState.NEEDS_DECISION]
        assert states[RowState.FOUND] + undecided == 500
        assert undecided <= 500 * 5 / 100
        account = client_of(sandbox).fingerprint
        charged, reserved = ledger.spent_by_job(account, job)
        if (
            not accounting.always_deduct
        ):  # seen in the balance: all are repeated, and the sum is exact
            assert (undecided, reserved) == (0, 0)
            assert abs(charged - sandbox.store.used) <= Decimal("0.1")
        else:  # nothing is paid twice without a decision, and the range contains the meter
            assert set(asked.values()) == {1}
            assert charged - 1 <= sandbox.store.used <= charged + reserved + 1
        ledger.close()
