"""The order of settlements, by which a balance knows what it includes. Frozen: never change this.

Until now the order was that of the clocks, so it is taken from the events' ids instead, which were
given in the order of the reservations. Only the newest balance of an account is compared with; it
includes what precedes the first event that is later than it by any clock.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the columns, and fills them for what there is."""
    op.add_column("events", sa.Column("settlement", sa.BigInteger))
    op.add_column("snapshots", sa.Column("mark", sa.BigInteger))
    op.add_column("snapshots", sa.Column("newest_event", sa.BigInteger))
    op.create_index("events_settlement", "events", ["account", "settlement"])
    op.execute("UPDATE events SET settlement = id WHERE state <> 'open'")
    op.execute(
        "UPDATE snapshots SET mark = coalesce("
        "(SELECT min(e.id) - 1 FROM events e"
        " WHERE e.account = snapshots.account AND e.at > snapshots.at),"
        "(SELECT max(e.id) FROM events e WHERE e.account = snapshots.account), 0)"
        " WHERE NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.account = snapshots.account"
        " AND (s.at > snapshots.at OR (s.at = snapshots.at AND s.id > snapshots.id)))"
    )
    op.execute("UPDATE snapshots SET newest_event = mark")
