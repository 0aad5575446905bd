"""Contacts whose job changes LeadIQ tracks, by import. Frozen: never change this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "tracking_imports",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("contacts", sa.Text, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("tracking_imports_account", "tracking_imports", ["account", "at"])
