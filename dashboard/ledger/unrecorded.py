"""Outcomes of paid requests that could not be written, kept until the database works again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock

from dashboard.ledger.database import LedgerError


class Unrecorded:
    """Outcomes in the memory of this process, in the order in which they came; thread-safe.

    If the process ends before they are recorded, their events stay reserved, and are given up as
    unknown.
    """

    def __init__(self) -> None:
        self._kept: deque[Callable[[], None]] = deque()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, record: Callable[[], None]) -> None:
        """Keeps an outcome; ``record`` writes it, or raises ``LedgerError``."""
        self._kept.append(record)

    def record(self) -> None:
        """Writes what is kept. Raises ``LedgerError`` if the database still fails."""
        with self._lock:
            while self._kept:
                record = self._kept.popleft()
                try:
                    record()
                except LedgerError:
                    self._kept.appendleft(record)
                    raise
