"""Workers that are killed at random: each row once, no one paid twice, no prospect twice."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa

from dashboard.jobs.model import JobState, ListStatus, RowState
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import job_rows, jobs
from leadiq_sandbox import Sandbox
from leadiq_sandbox.accounting import Accounting
from tests.conftest import client_of
from tests.dashboard.jobs.killer import LATENCY_MS, Killer, start_job, wait_for_end

DEAD = ({"linkedinUrl": "https://www.linkedin.com/in/nobody"}, {"email": "nobody@x.example"})
ON_LIST = (ListStatus.ADDED, ListStatus.ALREADY_LISTED)
# Not of ``OUTCOME_UNKNOWN``: what a killed worker had sent may arrive that late on a busy machine.
ANSWERED = (RowState.FOUND, RowState.NOT_FOUND, RowState.FAILED, RowState.NEEDS_DECISION)


def watch_repeats(ledger: Ledger, sandbox: Sandbox, job: str) -> list[tuple[str, ...]]:
    """Returns a list that collects the people of each request who have their answer already."""
    repeats: list[tuple[str, ...]] = []
    answer = sandbox.graphql.answer

    def watched(body: dict, **options: str) -> dict:
        variables = body.get("variables") or {}
        ids = [
            value["id"] for value in variables.values() if isinstance(value, dict) and "id" in value
        ]
        if ids:
            chosen = sa.select(job_rows.c.person).where(
                job_rows.c.job == job,
                job_rows.c.state.in_(ANSWERED),
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

    def counted(body: dict, **options: str) -> dict:
        variables = (body.get("variables") or {}).values()
        asked.update(
            value["id"] for value in variables if isinstance(value, dict) and "id" in value
        )
        return answer(body, **options)

    sandbox.graphql.answer = counted  # type: ignore[method-assign]
    return asked


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
    people = sandbox.world.person_ids[:1000]
    records, job = start_job(ledger, sandbox, people, dead=DEAD, list_name="Killed")
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
        sandbox.latency = 0
        assert wait_for_end(ledger, job) == JobState.DONE
    finally:
        killer.end()
    assert kills == 20
    # Every row once, with its own person.
    found = [*records.rows(job)]
    assert [row.state for row in found] == [RowState.FOUND] * 1000
    assert [row.person for row in found] == [*people]
    assert {(row.input["id"], row.alternatives) for row in found} == {(id, ()) for id in people}
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
        # A kill can hit a moment at which every request that was sent had its answer stored.
        for first in range(0, 1200, 300):
            people = sandbox.world.person_ids[first : first + 300]
            records, job = start_job(ledger, sandbox, people)
            repeats = watch_repeats(ledger, sandbox, job)
            killer = Killer(sandbox, database, 1)
            try:
                kills = sum(killer.kill_when_busy(lambda: False) for _ in range(3))
                sandbox.latency = 0
                assert wait_for_end(ledger, job) == JobState.DONE
            finally:
                killer.end()
            assert kills == 3
            states = Counter(row.state for row in records.rows(job))
            assert states[RowState.FOUND] + states[RowState.NEEDS_DECISION] == 300
            if states[RowState.NEEDS_DECISION]:
                break
            sandbox.latency = LATENCY_MS / 1000
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
        records, job = start_job(
            ledger, sandbox, sandbox.world.person_ids[:500], points=("company",)
        )
        asked = count_people_asked(sandbox)
        killer = Killer(sandbox, database, workers)
        try:
            kills = sum(killer.kill_when_busy(lambda: False) for _ in range(5))
            sandbox.latency = 0
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
