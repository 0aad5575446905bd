"""Which worker processes are alive, shown by locks that end with their process.

DBOS runs a workflow again once it learns that its executor is dead; without DBOS's paid service
nothing reports that. So each process holds a lock of its name for as long as it lives.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from dashboard.ledger.locks import ProcessLocks


class WorkerLocks:
    """This process's lock under its own ``name``, and a look at those of the others."""

    def __init__(self, url: sa.URL) -> None:
        self.name = uuid.uuid4().hex
        self._locks = ProcessLocks(url)
        self._own_lock = self._locks.acquire(self.name)

    def hold(self) -> None:
        """Acquires this process's own lock again if PostgreSQL has released it, as by a restart.

        Raises ``SQLAlchemyError`` if the database does not answer.
        """
        if isinstance(self._own_lock, sa.Connection):
            try:
                self._own_lock.execute(sa.select(1))
            except sa.exc.DBAPIError:
                self._locks.release(self._own_lock)
                self._own_lock = None
        if self._own_lock is None:
            self._own_lock = self._locks.acquire(self.name)

    def is_dead(self, name: str) -> bool:
        """Whether the process of this name has ended."""
        lock = None if name == self.name else self._locks.acquire(name)
        if lock is None:
            return False
        self._locks.release(lock)
        self._locks.remove(name)
        return True

    def close(self) -> None:
        """Releases this process's own lock."""
        if self._own_lock is not None:
            self._locks.release(self._own_lock)
        self._locks.close()
