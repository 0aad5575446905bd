"""Unlocks: what an account has paid for, free for a year. Used within the ledger's transactions."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.ledger.schema import YEAR_MS, unlocks
from leadiq_api.credits import Unlock
from leadiq_api.data_points import EMAIL, PHONE

MAX_STATEMENT_VALUES = 10_000  # SQLite takes up to 32,766 in a statement


def read_unlocks(
    db: sa.Connection, account: str, ids: Iterable[str], now: int
) -> frozenset[Unlock]:
    """Returns what of these people and companies the account unlocked in the year before ``now``.

    ``now`` is in Unix ms.
    """
    all_ids, found = [*ids], set[Unlock]()
    for start in range(0, len(all_ids), MAX_STATEMENT_VALUES):
        query = sa.select(unlocks.c.kind, unlocks.c.id).where(
            unlocks.c.account == account,
            unlocks.c.id.in_(all_ids[start : start + MAX_STATEMENT_VALUES]),
            unlocks.c.at > now - YEAR_MS,
        )
        found |= {(row.kind, row.id) for row in db.execute(query)}
    return frozenset(found)


def read_contacts(db: sa.Connection, account: str, now: int) -> list[str]:
    """Returns the ids of people whose email or phone was unlocked in the year before ``now``.

    ``now`` is in Unix ms. The newest come first.
    """
    newest = sa.func.max(unlocks.c.at)
    query = (
        sa.select(unlocks.c.id)
        .where(
            unlocks.c.account == account,
            unlocks.c.kind.in_((EMAIL.price_name, PHONE.price_name)),
            unlocks.c.at > now - YEAR_MS,
        )
        .group_by(unlocks.c.id)
        .order_by(newest.desc(), unlocks.c.id)
    )
    return [*db.execute(query).scalars()]


def add_unlocks(
    db: sa.Connection, account: str, gained: Iterable[Unlock], now: int
) -> frozenset[Unlock]:
    """Records what an account has unlocked at ``now`` (Unix ms). Returns what of it is new.

    New is what was not there, or is older than a year. The statement that writes decides it, so
    that of several sessions with the same unlock exactly one has it as new.
    """
    # In the same order for all sessions, so that they cannot deadlock.
    rows = [
        {"account": account, "kind": kind, "id": id, "at": now} for kind, id in sorted({*gained})
    ]
    if not rows:
        return frozenset()
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = insert(unlocks)
    statement = statement.on_conflict_do_update(
        index_elements=[*unlocks.primary_key],
        set_={"at": statement.excluded.at},
        where=unlocks.c.at <= now - YEAR_MS,
    )
    new = db.execute(statement.returning(unlocks.c.kind, unlocks.c.id), rows)
    return frozenset((row.kind, row.id) for row in new)
