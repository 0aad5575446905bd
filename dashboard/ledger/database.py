"""The database that holds the ledger: where it is, how it is opened, and how it is written to.

SQLite in the user's data folder by default; any SQLAlchemy URL, PostgreSQL for several servers,
by ``LEADIQ_DATABASE_URL``.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import platformdirs
import sqlalchemy as sa

from dashboard.ledger import migrations
from dashboard.ledger.files import LedgerError as LedgerError  # re-exported, with the database
from dashboard.ledger.files import LedgerFile, make_private_folder

APP_NAME = "leadiq-console"
BUSY_SECONDS = 10  # how long a connection waits for another one to finish writing
CONNECT_SECONDS = 10  # how long a server may take to accept a connection
STATEMENT_SECONDS = 30  # how long it may take for one statement
SILENCE_SECONDS = 30  # after which a connection that gets no answer is given up
LOCK_SECONDS = 0.05  # between two tries to switch a file to WAL
MIGRATION_LOCK = 4711  # the key of PostgreSQL's advisory lock; the same in every version

# What is wrong with a statement, not with the database.
PROGRAMMING_ERRORS = (
    sa.exc.DataError,
    sa.exc.IntegrityError,
    sa.exc.NotSupportedError,
    sa.exc.ProgrammingError,
)


def default_url() -> str:
    """Returns ``LEADIQ_DATABASE_URL``, or the URL of a SQLite file in the user's data folder."""
    configured = os.environ.get("LEADIQ_DATABASE_URL", "").strip()
    return configured or f"sqlite:///{data_folder() / 'ledger.db'}"


def data_folder() -> Path:
    """Returns the user's data folder for this application; it need not exist yet."""
    if sys.platform == "darwin":
        # Newer versions of platformdirs follow XDG_DATA_HOME here too; the ledger must not move.
        return Path.home() / "Library" / "Application Support" / APP_NAME
    return platformdirs.user_data_path(APP_NAME, appauthor=False)


class Database:
    """One database, opened and brought to the present schema; thread-safe.

    Raises ``LedgerError`` if it cannot be opened, or was written by a newer console.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        problem = self._open()
        if problem:  # raised here, where no exception with the URL in it is its context
            raise LedgerError(
                f"The ledger's database cannot be opened: {problem}. Check LEADIQ_DATABASE_URL."
            )

    def _open(self) -> str:
        """Opens the database; returns why it cannot be opened, or nothing."""
        try:
            self._file = _ledger_file(self.url)
            self._engine = _create_engine(self.url)
            self._migrate()
        except (sa.exc.SQLAlchemyError, ImportError, OSError, ValueError) as error:
            return _reason(error, self.url)
        return ""

    @property
    def files(self) -> list[Path]:
        """The files of a SQLite database, the one of its jobs among them; else none."""
        return [] if self._file is None else self._file.all

    @property
    def folder(self) -> Path:
        """The folder of a SQLite database, else the user's data folder."""
        return data_folder() if self._file is None else Path(str(self.url.database)).parent

    def check(self) -> None:
        """Raises ``LedgerError`` if the database's file is no longer there."""
        if self._file is not None:
            self._file.check()

    def ping(self) -> None:
        """Raises ``LedgerError`` if the database does not answer."""
        with self.reading() as db:
            db.execute(sa.select(1))

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yields a connection for reading; readers wait for nobody.

        Raises ``LedgerError`` if the database fails.
        """
        self.check()
        with self._explained_failures(), self._engine.connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yields a connection in a transaction, committed at the end or rolled back on an error.

        On SQLite no other transaction writes meanwhile, so that a check and a write are one. Raises
        ``LedgerError`` if the database fails.
        """
        self.check()
        writing = self._engine.execution_options(writing=True)
        with self._explained_failures(), writing.begin() as db:
            yield db

    @contextmanager
    def _explained_failures(self) -> Iterator[None]:
        """Raises ``LedgerError`` instead of what the driver raises if the database fails."""
        try:
            yield
        except PROGRAMMING_ERRORS:
            raise
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            reason = f"The ledger's database does not work: {_reason(error, self.url)}."
        else:
            return
        raise LedgerError(reason)  # here, where no exception with the URL in it is its context

    def _migrate(self) -> None:
        """Upgrades the schema in one transaction; processes that start together take turns."""
        with self._engine.connect() as db:
            stored = _checked_version(db)
        if stored.is_current:
            return
        with self._engine.execution_options(writing=True).begin() as db:
            if db.dialect.name == "postgresql":
                for limit in ("lock_timeout", "statement_timeout"):  # a migration takes its time
                    db.execute(sa.text(f"SET LOCAL {limit} = 0"))
                db.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            stored = _checked_version(db)  # another process may have been first
            if not stored.is_current:
                migrations.upgrade(db, stored)


def upsert(
    db: sa.Connection,
    table: sa.Table,
    key: Mapping[str, Any],
    new: Mapping[str, Any],
    change: Mapping[str, Any],
) -> None:
    """Applies ``change`` to the row of ``key``, or inserts ``key`` with ``new`` if there is none.

    Needs no dialect's own ``ON CONFLICT``.
    """
    row = sa.and_(*(table.c[name] == value for name, value in key.items()))
    if db.execute(table.update().where(row).values(change)).rowcount:
        return
    try:
        with db.begin_nested():
            db.execute(table.insert().values(**key, **new))
    except sa.exc.IntegrityError:  # another session inserted it in between
        db.execute(table.update().where(row).values(change))


def _checked_version(db: sa.Connection) -> migrations.StoredVersion:
    """Returns the database's version. Raises ``LedgerError`` if a newer console wrote it."""
    stored = migrations.stored_version(db)
    if stored.newer is not None:
        raise LedgerError(
            f"The ledger was written by a newer console: version {stored.newer}, where this one "
            f"knows {len(migrations.REVISIONS)}. Install the newer console again, or set "
            "LEADIQ_DATABASE_URL to another database."
        )
    return stored


def _parsed(url: str) -> sa.URL:
    """Returns the URL with the driver that is installed.

    Raises ``LedgerError``, which says nothing of the URL: where it is malformed, any part of it can
    be the password.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None or _is_misread(parsed):
        raise LedgerError(
            "The ledger's database cannot be opened: its address is malformed. It looks like "
            "postgresql://user:password@host:5432/database or sqlite:////folder/ledger.db; in a "
            "name or password, write @ as %40, / as %2F and : as %3A. Check LEADIQ_DATABASE_URL."
        )
    if parsed.get_backend_name() == "sqlite" and not _is_plain_file(parsed):
        raise LedgerError(
            "The ledger's database cannot be opened: SQLite needs the path of a file, such as "
            "sqlite:////folder/ledger.db. In memory, budgets and what was paid would be forgotten. "
            "Check LEADIQ_DATABASE_URL."
        )
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _is_misread(url: sa.URL) -> bool:
    """Whether a part of a password may have become a host or a database."""
    if url.get_backend_name() == "sqlite":
        return bool(url.host or url.username or url.password)
    return "@" in f"{url.host}{url.database}"


def _reason(error: Exception, url: sa.URL) -> str:
    """Returns a driver's message without what only the database's user may know."""
    reason = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
    secrets = [str(url.password or ""), *map(str, url.query.values())]
    for secret in filter(None, secrets):
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret)):
            reason = reason.replace(spelling, "***")
    return reason


def _ledger_file(url: sa.URL) -> LedgerFile | None:
    """Returns the file of a SQLite database, and makes the user's data folder private."""
    if url.get_backend_name() != "sqlite":
        return None
    path = Path(str(url.database))
    if path.parent == data_folder():
        make_private_folder(path.parent)
    return LedgerFile(path)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switches a file to WAL; SQLite's own timeout does not wait for others that do the same."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(LOCK_SECONDS)
        else:
            return


def _is_plain_file(url: sa.URL) -> bool:
    """Whether a SQLite URL is the path of a file: nothing in memory, no URI of SQLite's own."""
    return bool(url.database) and not str(url.database).startswith((":memory:", "file:"))


def _create_engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return _create_server_engine(url)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # Python's driver starts transactions too late for a check and a write to be one.
        connection.isolation_level = None
        _use_write_ahead_log(connection)
        # A reservation must outlive a crash of the machine, or its request would be sent again.
        connection.execute("PRAGMA synchronous = FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def server_connect_args(url: sa.URL) -> dict[str, int]:
    """Returns how long a server of PostgreSQL is waited for, as far as its URL does not say.

    By itself, its driver waits for minutes, and for an answer on a broken connection for hours.
    """
    limits = {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": SILENCE_SECONDS // 3,
        "keepalives_interval": SILENCE_SECONDS // 3,
        "keepalives_count": 2,
        "tcp_user_timeout": SILENCE_SECONDS * 1000,
    }
    return {name: limit for name, limit in limits.items() if name not in url.query}


def _create_server_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args=server_connect_args(url))

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
        connection.commit()

    return engine
