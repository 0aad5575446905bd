"""Brings a database to the present schema: Alembic, driven from code when the ledger is opened.

Each file in ``versions`` is one step with the literal definitions of its time. A released file is
never changed and never imports the live tables; a change of the schema is a new file, and its
number is added to ``REVISIONS``.

Two tables say which steps a database has had:

- ``ledger_alembic_version`` holds Alembic's revision. Not in Alembic's usual ``alembic_version``,
  which another application in the same PostgreSQL database may have.
- ``ledger_version`` holds the same as a number. Consoles from before Alembic (6ad7b33 and earlier)
  know this table only: they wrote versions 1 to 4, which are the revisions 0001 to 0004, and refuse
  a higher number. So a database of theirs is stamped with the revision of its number and upgraded
  from there, and every later revision locks them out by its number alone. At 0004 both kinds of
  console work on the same database, since its schema is exactly the one 6ad7b33 creates.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

REVISIONS = tuple(f"{number:04}" for number in range(1, 14))
FOLDER = Path(__file__).parent
VERSION_TABLE = "ledger_alembic_version"

_ledger_version = sa.table("ledger_version", sa.column("version", sa.Integer))
_alembic_version = sa.table(VERSION_TABLE, sa.column("version_num", sa.String))
# Alembic keeps the migration that is running in module globals: one at a time in a process.
_alembic_lock = threading.Lock()


@dataclass(frozen=True)
class StoredVersion:
    """What a database says about itself: ``ledger_version`` (0: empty) and Alembic's revision."""

    number: int
    revision: str | None

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return (self.number, self.revision) == (len(REVISIONS), REVISIONS[-1])

    @property
    def newer(self) -> str | None:
        """The version of a newer console that wrote this database, or None."""
        if self.number > len(REVISIONS):
            return str(self.number)
        return None if self.revision is None or self.revision in REVISIONS else self.revision


def stored_version(db: sa.Connection) -> StoredVersion:
    """Reads the version of a database without importing Alembic, which every start would wait for.

    Raises ``sqlalchemy.exc.SQLAlchemyError`` if the database cannot be read.
    """
    tables = sa.inspect(db)
    number = revision = None
    if tables.has_table(_ledger_version.name):
        number = db.execute(sa.select(_ledger_version)).scalar()
    if tables.has_table(_alembic_version.name):
        revision = db.execute(sa.select(_alembic_version)).scalar()
    return StoredVersion(number or 0, revision)


def upgrade(db: sa.Connection, stored: StoredVersion) -> None:
    """Runs the missing steps within the caller's transaction, which must exclude other writers."""
    with _alembic_lock:
        from alembic import command
        from alembic.config import Config

        config = Config()  # no alembic.ini, and so no logging configuration either
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes["connection"] = db
        if stored.revision is None and stored.number:
            command.stamp(config, REVISIONS[stored.number - 1])
        command.upgrade(config, "head")
    db.execute(sa.delete(_ledger_version))
    db.execute(sa.insert(_ledger_version).values(version=len(REVISIONS)))
