"""The health endpoint."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from dashboard.server import health


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LEADIQ_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    yield tmp_path / "ledger.db"
    health._database.cache_clear()


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
