"""Locks that end with their process, however it ends; there is no time-out to tune.

A lock is a file beside a SQLite database, an advisory lock of PostgreSQL otherwise. The operating
system and PostgreSQL release it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import filelock
import sqlalchemy as sa

from dashboard.ledger.database import server_connect_args
from dashboard.ledger.files import make_private_folder

LOCK_DIGITS = 15  # hexadecimal, of a name: PostgreSQL's locks are signed 64-bit numbers

Lock = filelock.BaseFileLock | sa.Connection


class ProcessLocks:
    """The locks of one database, by names in hexadecimal digits."""

    def __init__(self, url: sa.URL) -> None:
        self._folder: Path | None = None
        self._engine: sa.Engine | None = None
        if url.get_backend_name() == "sqlite":
            self._folder = Path(f"{url.database}-workers")
            make_private_folder(self._folder)
        else:
            self._engine = sa.create_engine(
                url,
                isolation_level="AUTOCOMMIT",
                pool_size=2,
                connect_args=server_connect_args(url),
            )

    def acquire(self, name: str) -> Lock | None:
        """Acquires the lock of ``name``; None if another process or thread holds it."""
        if self._engine is None:
            lock = filelock.FileLock(f"{self._folder}/{name}.lock", timeout=0)
            with suppress(filelock.Timeout):
                lock.acquire()
            return lock if lock.is_locked else None
        connection = self._engine.connect()
        number = int(name[:LOCK_DIGITS], 16)
        if connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
            return connection
        connection.close()
        return None

    @staticmethod
    def release(lock: Lock) -> None:
        """Releases a lock that was acquired."""
        if isinstance(lock, sa.Connection):
            lock.invalidate()  # a pooled connection would keep the lock
            lock.close()
        else:
            lock.release()

    def remove(self, name: str) -> None:
        """Removes what is left of a lock that nobody will acquire again."""
        if self._folder is not None:
            (self._folder / f"{name}.lock").unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the connections that hold no lock."""
        if self._engine is not None:
            self._engine.dispose()
