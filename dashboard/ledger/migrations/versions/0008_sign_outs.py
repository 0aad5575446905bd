"""Sign-ins that have ended, whose cookies are not accepted. Frozen: never change this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "sign_outs",
        sa.Column("sign_in", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
