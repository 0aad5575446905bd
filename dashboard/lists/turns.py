"""Turns at a list: who adds people reads it first, which is of use only until somebody else adds.

LeadIQ removes no duplicates. All apps and workers of one ledger take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import sqlalchemy as sa

from dashboard.ledger.locks import ProcessLocks


@contextmanager
def list_turn(url: sa.URL, list_id: str, wait: Callable[[], bool]) -> Iterator[bool]:
    """Lets nobody else of the ledger at ``url`` have a turn at the list; yields whether it is ours.

    ``wait`` is called while somebody else has it, and returns whether to try again.
    """
    locks, name = ProcessLocks(url), sha256(list_id.encode()).hexdigest()
    try:
        lock = locks.acquire(name)
        while lock is None and wait():
            lock = locks.acquire(name)
        try:
            yield lock is not None
        finally:
            if lock is not None:
                locks.release(lock)
    finally:
        locks.close()
