"""Imports of contacts whose job changes LeadIQ tracks: stored before they are sent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from dashboard.ledger.database import Database
from dashboard.ledger.schema import now_ms, to_datetime, tracking_imports

MAX_NAME = 200  # characters, as the column has them


class TrackingImport(NamedTuple):
    """Contacts (``TrackContactInput``) under their import's id; ``sent`` once LeadIQ has them."""

    id: str
    name: str
    contacts: list[dict[str, Any]]
    sent: bool
    at: datetime


class TrackingImports:
    """The imports of all accounts in a ledger's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: str, name: str, contacts: Sequence[dict[str, Any]]) -> TrackingImport:
        """Stores an import that is not sent yet, under an id of its own, and returns it."""
        at = now_ms()
        new = TrackingImport(
            secrets.token_hex(16), name[:MAX_NAME], [*contacts], sent=False, at=to_datetime(at)
        )
        text = json.dumps(contacts, ensure_ascii=False)
        row = {**new._asdict(), "account": account, "contacts": text, "at": at}
        with self._database.writing() as db:
            db.execute(tracking_imports.insert().values(row))
        return new

    def mark_sent(self, account: str, id: str) -> None:
        """Records that LeadIQ has an import."""
        with self._database.writing() as db:
            db.execute(tracking_imports.update().where(*_of(account, id)).values(sent=True))

    def delete(self, account: str, id: str) -> None:
        """Forgets an import; LeadIQ keeps it."""
        with self._database.writing() as db:
            db.execute(tracking_imports.delete().where(*_of(account, id)))

    def all(self, account: str) -> list[TrackingImport]:
        """Returns the account's imports, newest first."""
        table = tracking_imports
        query = sa.select(table).where(table.c.account == account).order_by(table.c.at.desc())
        with self._database.reading() as db:
            rows = db.execute(query).all()
        return [
            TrackingImport(
                row.id, row.name, json.loads(row.contacts), row.sent, to_datetime(row.at)
            )
            for row in rows
        ]


def _of(account: str, id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (tracking_imports.c.account == account, tracking_imports.c.id == id)
