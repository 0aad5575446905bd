"""Which processes are alive, by locks of files and of PostgreSQL."""

import sqlalchemy as sa

from dashboard.jobs.workers import WorkerLocks
from dashboard.ledger.database import Database


def test_a_process_is_alive_until_it_closes(database: str) -> None:
    url = Database(database).url
    here, elsewhere = WorkerLocks(url), WorkerLocks(url)
    for _ in range(2):
        here.hold()
        assert not elsewhere.is_dead(here.name)
    here.close()
    # PostgreSQL ends a session a moment after its client has left.
    assert any(elsewhere.is_dead(here.name) for _ in range(3000))
    elsewhere.close()


def test_a_process_outlives_a_restart_of_the_database(migrated_postgres: str) -> None:
    """Otherwise the others would continue its jobs while it does, for as long as it lives."""
    opened = Database(migrated_postgres)
    here = WorkerLocks(opened.url)
    end = sa.text(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    with opened.reading() as db:
        assert [*db.execute(end).scalars()] == [True]
    here.hold()
    elsewhere = WorkerLocks(opened.url)
    assert not elsewhere.is_dead(here.name)
    here.close()
    elsewhere.close()
    opened.close()
