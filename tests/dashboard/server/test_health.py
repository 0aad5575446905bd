"""The health endpoint."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.requests import Request

from dashboard.server import health

OTHER_CONNECTIONS = (
    "SELECT pid FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(autouse=True)
def database_of_each_test() -> Iterator[None]:
    yield
    health._database.cache_clear()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEADIQ_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    return tmp_path / "ledger.db"


def answer() -> tuple[int, bytes]:
    response = asyncio.run(health.HEALTH.endpoint(Request({"type": "http"})))
    return response.status_code, bytes(response.body)


def test_it_says_whether_the_database_answers(file: Path) -> None:
    assert answer() == (200, b"ok")
    away = file.rename(file.with_suffix(".away"))
    assert answer() == (503, b"The database does not answer.")
    away.rename(file)
    assert answer() == (200, b"ok")


def test_a_database_that_cannot_be_opened_does_not_answer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_DATABASE_URL", f"sqlite:///{file.parent}")
    assert answer()[0] == 503


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_is_frozen_does_not_answer(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_DATABASE_URL", database)
    monkeypatch.setattr(health, "ANSWER_SECONDS", 60)
    assert answer() == (200, b"ok")
    engine = sa.create_engine(sa.make_url(database).set(drivername="postgresql+psycopg"))
    with engine.connect() as db:
        processes = db.exec_driver_sql(OTHER_CONNECTIONS).scalars().all()
    assert len(processes) == 1
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.5)
    os.kill(processes[0], signal.SIGSTOP)
    try:
        assert answer() == (503, b"The database does not answer.")
    finally:
        os.kill(processes[0], signal.SIGCONT)
    monkeypatch.setattr(health, "ANSWER_SECONDS", 60)
    assert answer() == (200, b"ok")
    engine.dispose()
