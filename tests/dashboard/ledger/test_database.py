"""Where the database is, what cannot be opened, and transactions on both kinds."""

import logging
import socket
import sys
import traceback
from pathlib import Path

import platformdirs
import pytest
import sqlalchemy as sa
from platformdirs import unix, windows

from dashboard.ledger import database as ledger_database
from dashboard.ledger.database import Database, LedgerError, default_url, upsert
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.schema import budgets
from tests.dashboard.ledger.driver import ACCOUNT


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://x/y",
        "sqlite:////proc/no/ledger.db",
        "postgresql://nobody@127.0.0.1:9/x",
    ],
)
def test_a_database_that_cannot_be_opened_is_reported(url: str) -> None:
    with pytest.raises(LedgerError, match="LEADIQ_DATABASE_URL"):
        Ledger(url)


def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_database, "CONNECT_SECONDS", 2)  # the least
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(LedgerError, match="cannot be opened: connection timeout expired"):
            Database(url)


def test_a_statement_has_a_limit_of_time_and_the_next_one_works(
    monkeypatch: pytest.MonkeyPatch, migrated_postgres: str
) -> None:
    monkeypatch.setattr(ledger_database, "STATEMENT_SECONDS", 1)
    opened = Database(migrated_postgres)
    with pytest.raises(LedgerError, match="does not work: canceling statement due to"):
        sleep(opened, 300)
    sleep(opened, 0)
    opened.close()


def test_a_server_that_ended_its_connections_is_connected_to_again(migrated_postgres: str) -> None:
    """As with its restart."""
    opened, other = Database(migrated_postgres), Database(migrated_postgres)
    opened.ping()
    with other.reading() as db:
        db.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
        )
    opened.ping()
    for each in (opened, other):
        each.close()


def sleep(opened: Database, seconds: int) -> None:
    with opened.reading() as db:
        db.execute(sa.select(sa.func.pg_sleep(seconds)))


@pytest.mark.parametrize("path", ["", "/", "/:memory:", "/file::memory:?uri=true"])
def test_a_ledger_in_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str
) -> None:
    """It would forget what was paid, and its jobs would need a file all the same."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="would be forgotten"):
        Ledger(f"sqlite://{path}")
    assert list(tmp_path.iterdir()) == []


# Each has ``hidden`` where a password is, or would be if the address were well-formed.
SECRET_URLS = [
    "postgresql://user:hidden@127.0.0.1:9/x",
    "postgresql://user:hid%2Fhidden%40@127.0.0.1:9/x",
    "postgresql://user:hidden@127.0.0.1:port/x",
    "postgresql://user:pass@hidden@127.0.0.1:9/x",
    "postgresql://user:pass@hidden:hidden@127.0.0.1:9/x",
    "postgresql://user:pass@hidden/hidden@127.0.0.1:9/x",
    "postgresql://user/hidden@127.0.0.1:9/x",
    "postgresql://user:127.0.0.1:hidden/x",
    "postgresql:/user:hidden@127.0.0.1/x",
    "postgresql:user:hidden@127.0.0.1/x",
    "postgresql//user:hidden@127.0.0.1/x",
    "user:hidden@127.0.0.1/x",
    "postgresql://user:hidden#?/[]%@127.0.0.1:9/x",
    "postgresql://user:hidden@[::1/x",
    "postgresql://user:hidden@127.0.0.1:9/x?connect_timeout=hidden",
    "postgresql://127.0.0.1:9/x?user=user&password=hidden",
    "postgresql://127.0.0.1:9/x?hidden",
    "sqlite://user:hidden@/x",
    "nonsense://user:hidden@host/x",
    "postgresql+hidden@host/x",
    " hidden ",
]


@pytest.mark.parametrize("url", SECRET_URLS)
def test_no_database_url_reveals_its_password(
    url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(LedgerError, match="LEADIQ_DATABASE_URL") as raised:
        Ledger(url)
    error: BaseException | None = raised.value
    while error is not None:  # a page or a log may print the whole chain
        assert "hidden" not in "".join(traceback.format_exception_only(error))
        error = error.__cause__ or error.__context__
    assert "hidden" not in caplog.text + "".join(capfd.readouterr())


@pytest.fixture
def no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEADIQ_DATABASE_URL", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_setting")
def test_the_default_is_a_file_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platformdirs, "PlatformDirs", unix.Unix)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    Ledger(default_url()).close()
    assert (tmp_path / "data" / "leadiq-console" / "ledger.db").exists()
    monkeypatch.setenv("LEADIQ_DATABASE_URL", "postgresql://x/y")
    assert default_url() == "postgresql://x/y"


@pytest.mark.usefixtures("no_setting")
def test_the_default_on_each_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same files as before platformdirs chose the folder, so that none is left behind."""
    monkeypatch.setenv("HOME", str(tmp_path))

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platformdirs, "PlatformDirs", unix.Unix)
    assert default_url() == f"sqlite:///{tmp_path}/.local/share/leadiq-console/ledger.db"

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(platformdirs, "PlatformDirs", windows.Windows)
    monkeypatch.setattr(
        windows, "get_win_folder", lambda name: str(tmp_path / name.removeprefix("CSIDL_"))
    )
    assert default_url() == f"sqlite:///{tmp_path}/LOCAL_APPDATA/leadiq-console/ledger.db"

    monkeypatch.setattr(sys, "platform", "darwin")
    in_library = f"sqlite:///{tmp_path}/Library/Application Support/leadiq-console/ledger.db"
    assert default_url() == in_library
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "elsewhere"))
    assert default_url() == in_library


def test_a_transaction_is_whole_or_not_at_all(database: str) -> None:
    opened = Database(database)

    def write(reserve: int) -> None:
        with opened.writing() as db:
            row = {"reserve": reserve, "confirm_above": 0}
            upsert(db, budgets, {"account": ACCOUNT}, row, row)
            if reserve < 0:
                raise ValueError(reserve)

    write(1)
    write(2)
    with pytest.raises(ValueError, match="-1"):
        write(-1)
    with opened.reading() as db:
        assert db.execute(sa.select(budgets.c.account, budgets.c.reserve)).all() == [(ACCOUNT, 2)]
    opened.close()
