"""The files of a SQLite ledger are private, and are missed when they are deleted."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.ledger import files
from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.ledger import Ledger
from tests.dashboard.ledger.driver import ACCOUNT, request, up_to


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """The usual umask at its most open: everybody may read what is made."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_the_default_ledger_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LEADIQ_DATABASE_URL", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "leadiq-console"
    folder.mkdir(0o755)  # by an earlier console
    ledger = Ledger(default_url())
    ledger.reserve(request(), up_to("1"))
    assert mode(folder) == "0o700"
    assert modes(folder) == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), "0o600")
    ledger.close()


def test_an_old_ledger_becomes_private_and_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    ledger = Ledger(f"sqlite:///{tmp_path}/new/ledger.db")
    ledger.close()
    file = tmp_path / "new" / "ledger.db"
    assert mode(file.parent) == "0o700"
    old = tmp_path / "ledger.db"
    shutil.copy(file, old)
    for path in (old, tmp_path / "ledger.db-wal"):
        path.touch()
        path.chmod(0o644)
    ledger = Ledger(f"sqlite:///{old}")
    assert (mode(old), mode(tmp_path)) == ("0o600", "0o755")
    assert mode(tmp_path / "ledger.db-wal") == "0o600"
    ledger.close()


@pytest.mark.parametrize("change", ["deleted", "replaced"])
def test_a_ledger_that_is_deleted_while_it_is_open_is_missed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "ledger.db"
    ledger = Ledger(f"sqlite:///{path}")
    ledger.reserve(request(), up_to("1"))
    if change == "replaced":
        shutil.copy(path, tmp_path / "copy")
    path.unlink()
    if change == "replaced":
        (tmp_path / "copy").rename(path)
    with pytest.raises(LedgerError, match="is missing" if change == "deleted" else "was replaced"):
        ledger.reserve(request(), up_to("1"))
    with pytest.raises(LedgerError, match="Nothing is sent"):
        ledger.spent_today(ACCOUNT)
    ledger.close()
    assert path.exists() == (change == "replaced")  # nothing made an empty one


def test_a_missing_ledger_is_not_made_anew_by_the_same_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    Ledger(url).close()
    (tmp_path / "ledger.db").unlink()
    with pytest.raises(LedgerError, match=r"is missing\. Put the file back, or start the app"):
        Ledger(url)
    assert [*tmp_path.iterdir()] == []


def test_a_missing_ledger_is_not_made_anew_beside_its_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has opened it before: only what it left beside the ledger shows that."""
    path = tmp_path / "ledger.db"
    jobs = tmp_path / "ledger.db-jobs"
    files.make_private_database(jobs)
    with pytest.raises(LedgerError, match=r"ledger\.db-jobs belongs to it"):
        Ledger(f"sqlite:///{path}")
    assert not path.exists()
    jobs.unlink()
    Ledger(f"sqlite:///{path}").close()
