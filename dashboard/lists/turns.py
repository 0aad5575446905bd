"""Turns at a list, taken by the jobs of one ledger, in all its apps and workers.

A job reads the list before it adds people, which is of use only until another job adds some: LeadIQ
removes no duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import sqlalchemy as sa

from dashboard.ledger.locks import ProcessLocks


@contextmanager
def list_turn(url: sa.URL, list_id: str, wait: Callable[[], bool]) -> Iterator[bool]:
    """Waits for a turn at the list and holds it; yields whether there is one.

    ``url`` is the ledger's. ``wait`` is called while another job has its turn, and returns whether
    to try again.
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
