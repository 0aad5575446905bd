"""Which worker processes are alive, shown by locks that end with their process.

DBOS runs a workflow again once it learns that its executor is dead; without DBOS's paid service
nothing reports that. So each process holds a lock of its name for as long as it lives: a file
beside a SQLite database, an advisory lock of PostgreSQL otherwise. The operating system and
PostgreSQL release such a lock when its process ends, however it ends; there is no time-out to tune.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

import filelock
import sqlalchemy as sa

from dashboard.ledger.database import server_connect_args
from dashboard.ledger.files import make_private_folder

LOCK_DIGITS = 15  # hexadecimal, of a name: PostgreSQL's locks are signed 64-bit numbers


class WorkerLocks:
    """This process's lock under its own ``name``, and a look at those of the others."""

    def __init__(self, url: sa.URL) -> None:
        self.name = uuid.uuid4().hex
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
        self._own_lock = self._acquire(self.name)

    def _acquire(self, name: str) -> filelock.BaseFileLock | sa.Connection | None:
        """Acquires the lock of ``name``; None if another process holds it."""
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

    def hold(self) -> None:
        """Acquires this process's own lock again if PostgreSQL has released it, as by a restart.

        Raises ``SQLAlchemyError`` if the database does not answer.
        """
        if isinstance(self._own_lock, sa.Connection):
            try:
                self._own_lock.execute(sa.select(1))
            except sa.exc.DBAPIError:
                self._release(self._own_lock)
                self._own_lock = None
        if self._own_lock is None:
            self._own_lock = self._acquire(self.name)

    def is_dead(self, name: str) -> bool:
        """Whether the process of this name has ended."""
        lock = None if name == self.name else self._acquire(name)
        if lock is None:
            return False
        self._release(lock)
        if self._folder is not None:
            (self._folder / f"{name}.lock").unlink(missing_ok=True)
        return True

    @staticmethod
    def _release(lock: filelock.BaseFileLock | sa.Connection) -> None:
        if isinstance(lock, sa.Connection):
            lock.invalidate()  # a pooled connection would keep the lock
            lock.close()
        else:
            lock.release()

    def close(self) -> None:
        """Releases this process's own lock."""
        if self._own_lock is not None:
            self._release(self._own_lock)
        if self._engine is not None:
            self._engine.dispose()
