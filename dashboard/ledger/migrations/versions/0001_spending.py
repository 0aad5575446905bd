"""What was spent: paid requests, balances and unlocked data. Frozen: never change this file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates the tables of version 1."""
    op.create_table("ledger_version", sa.Column("version", sa.Integer, nullable=False))
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("page", sa.String(50), nullable=False),
        sa.Column("operation", sa.String(50), nullable=False),
        sa.Column("data_points", sa.String(50), nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("returned", sa.Integer, nullable=False),
        sa.Column("least", sa.BigInteger, nullable=False),
        sa.Column("most", sa.BigInteger, nullable=False),
        sa.Column("charge", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("job", sa.String(64)),
    )
    op.create_index("events_account_at", "events", ["account", "at"])
    op.create_index("events_state", "events", ["account", "state"])
    op.create_table(
        "snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
    )
    op.create_index("snapshots_account_at", "snapshots", ["account", "at"])
    op.create_table(
        "unlocks",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
