"""Which processes that run jobs are alive, told by locks that end with their process.

DBOS runs a workflow again when it is told that its executor is dead; without its paid service
nobody tells. So each process holds a lock of its name for as long as it lives: a file beside a
SQLite database, an advisory lock of PostgreSQL otherwise. The operating system and PostgreSQL give
such a lock back when its process ends, however it ends; there is no time-out to get wrong.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

import filelock
import sqlalchemy as sa


class WorkerLocks:
    """This process's name, and the question whether another still lives."""

    def __init__(self, url: sa.URL) -> None:
        self.own = uuid.uuid4().hex
        self._folder: Path | None = None
        self._engine: sa.Engine | None = None
        if url.get_backend_name() == "sqlite":
            self._folder = Path(f"{url.database}-workers")
            self._folder.mkdir(parents=True, exist_ok=True)
        else:
            self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_size=2)
        self._held = self._lock(self.own)

    def _lock(self, name: str) -> filelock.BaseFileLock | sa.Connection | None:
        """Takes the lock of ``name``; None where its process has it."""
        if self._engine is None:
            lock = filelock.FileLock(f"{self._folder}/{name}.lock", timeout=0)
            with suppress(filelock.Timeout):
                lock.acquire()
            return lock if lock.is_locked else None
        connection = self._engine.connect()
        number = int(name[:15], 16)
        if connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
            return connection
        connection.close()
        return None

    def is_dead(self, name: str) -> bool:
        """Whether the process of this name has ended."""
        taken = None if name == self.own else self._lock(name)
        if taken is None:
            return False
        self._release(taken)
        if self._folder is not None:
            (self._folder / f"{name}.lock").unlink(missing_ok=True)
        return True

    @staticmethod
    def _release(taken: filelock.BaseFileLock | sa.Connection) -> None:
        if isinstance(taken, sa.Connection):
            taken.invalidate()  # a pooled connection would keep the lock
            taken.close()
        else:
            taken.release()

    def close(self) -> None:
        """Gives the own lock back."""
        if self._held is not None:
            self._release(self._held)
        if self._engine is not None:
            self._engine.dispose()
