"""Corrections: what a balance says beside the answers. Frozen: never change this.

Until now balances were compared in pairs, and what was spent elsewhere was computed from the last
balance of each day whenever it was shown. From now on it is recorded, and a balance is compared
with the first one of its billing period. So what was shown so far is recorded once, and the newest
balance of an account, by its mark, opens the period: what was before it is not compared again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

DAY_MS = 86_400_000
THOUSANDTHS = 1000

LAST_OF_DAY = """
    SELECT at / 86400000 AS day, used FROM snapshots
    WHERE account = :account AND id IN
        (SELECT max(id) FROM snapshots WHERE account = :account GROUP BY at / 86400000)
    ORDER BY day
"""
OWN_OF_DAY = "SELECT day, sum(charge) AS charge FROM days WHERE account = :account GROUP BY day"
ENTRY = """
    INSERT INTO events (at, account, "user", page, operation, data_points, asked, returned, least,
        most, charge, state, settlement)
    VALUES (:at, :account, '', 'Balance', 'spentElsewhere', '', 0, 0, :charge, :charge, :charge,
        'settled', 0)
"""


def upgrade() -> None:
    """Adds the columns, and fills them for what there is."""
    for name in ("saved", "disputed"):
        column = sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
        op.add_column("events", column)
    op.add_column("snapshots", sa.Column("renewal", sa.BigInteger))
    op.add_column("snapshots", sa.Column("opening", sa.BigInteger))
    op.create_index("snapshots_mark", "snapshots", ["account", "mark"])
    op.execute(
        "UPDATE snapshots SET opening = id WHERE mark IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM snapshots s WHERE s.account = snapshots.account AND s.mark IS NOT NULL"
        " AND (s.mark > snapshots.mark OR (s.mark = snapshots.mark AND s.id > snapshots.id)))"
    )
    db = op.get_bind()
    for account in db.execute(sa.text("SELECT DISTINCT account FROM snapshots")).scalars().all():
        for day, charge in _spent_elsewhere(db, account):
            values = {"at": day * DAY_MS, "account": account, "charge": charge}
            db.execute(sa.text(ENTRY), values)


def _spent_elsewhere(db: sa.Connection, account: str) -> Iterator[tuple[int, int]]:
    """What the balances lost by day and no request explains, to the whole UC; as shown so far."""
    balances = db.execute(sa.text(LAST_OF_DAY), {"account": account}).all()
    own = {row.day: row.charge for row in db.execute(sa.text(OWN_OF_DAY), {"account": account})}
    drift = 0
    for before, now in pairwise(balances):
        moved = now.used - before.used if now.used >= before.used else now.used
        drift += moved - sum(own.get(day, 0) for day in range(before.day + 1, now.day + 1))
        if drift >= THOUSANDTHS:
            yield now.day, int(drift)
            drift = 0
        drift = max(drift, -THOUSANDTHS)
