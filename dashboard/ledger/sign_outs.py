"""Sign-ins that have ended: the cookie of one, or a copy of it, is accepted by no server."""

from __future__ import annotations

import sqlalchemy as sa

from dashboard.ledger.database import Database, upsert
from dashboard.ledger.schema import DAY_MS, now_ms, sign_outs

# Longer than Streamlit accepts a sign-in's cookie: 30 days, and one of grace.
KEPT_MS = 32 * DAY_MS


class SignOuts:
    """Records which sign-ins have ended, for every server on the database at once.

    A sign-in is named by a hash, from which its cookie cannot be derived.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, sign_in: str) -> None:
        """Ends a sign-in; forgets those whose cookies have expired by themselves."""
        now = {"at": now_ms()}
        with self._database.writing() as db:
            db.execute(sign_outs.delete().where(sign_outs.c.at < now["at"] - KEPT_MS))
            upsert(db, sign_outs, {"sign_in": sign_in}, now, now)

    def includes(self, sign_in: str) -> bool:
        """Whether this sign-in has ended."""
        query = sa.select(sign_outs.c.at).where(sign_outs.c.sign_in == sign_in)
        with self._database.reading() as db:
            return db.execute(query).first() is not None
