"""The files of a SQLite ledger: private to their user, and noticed if they are deleted."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from leadiq_api import LeadIQError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
# What SQLite writes beside a database; it gives new ones the database's own mode.
COMPANIONS = ("", "-wal", "-shm", "-journal")
# What jobs write beside a ledger. It outlives a ledger that is deleted by itself.
JOB_SUFFIXES = ("-jobs", "-workers")

_opened: set[Path] = set()  # by this process, which creates each of them once
_opening = threading.Lock()


class LedgerError(LeadIQError):
    """The ledger's database cannot be used, in words for the user; so nothing paid is sent."""


def make_private_folder(folder: Path) -> None:
    """Creates a folder of ours that only its user can enter, or makes it so."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with suppress(PermissionError):  # another user's, who decides
        folder.chmod(PRIVATE_FOLDER)


def make_private_database(file: Path) -> None:
    """Creates the file of a SQLite database that only its user can read, or makes it so."""
    file.touch(mode=PRIVATE_FILE)
    for suffix in COMPANIONS:
        with suppress(PermissionError, FileNotFoundError):
            Path(f"{file}{suffix}").chmod(PRIVATE_FILE)


class LedgerFile:
    """The file of a SQLite ledger, created if it is a new one.

    Raises ``LedgerError`` if it is missing although it was there: an empty ledger in its place
    would have forgotten budgets and what was paid.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        with _opening:
            if not self._path.exists():
                self._raise_if_known()
            self._path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            make_private_database(self._path)
            _opened.add(self._path)
        self._identity = self._current_identity()

    @property
    def all(self) -> list[Path]:
        """The file, and those that belong to it."""
        return [Path(f"{self._path}{suffix}") for suffix in (*COMPANIONS, *JOB_SUFFIXES)]

    def _raise_if_known(self) -> None:
        left = [name for name in (f"{self._path}{s}" for s in JOB_SUFFIXES) if Path(name).exists()]
        if left or self._path in _opened:
            beside = f" {left[0]} belongs to it." if left else ""
            instead = f"remove {' and '.join(left)} too" if left else "start the app again"
            raise LedgerError(
                f"The ledger {self._path} is missing.{beside} Put the file back, or {instead} to "
                "begin with an empty ledger, without budgets and without what was paid."
            )

    def check(self) -> None:
        """Raises ``LedgerError`` if the file was deleted or replaced since it was opened.

        SQLite would keep writing to the deleted file, and lose all of it.
        """
        current = self._current_identity()
        if current is None:
            raise LedgerError(
                f"The ledger's database {self._path} is missing. Nothing is sent until you put the "
                "file back."
            )
        if current != self._identity:
            raise LedgerError(
                f"The ledger's database {self._path} was replaced while the app was running. "
                "Nothing is sent. Restart the app to use the new file."
            )

    def _current_identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino
