"""A limit of what each user may spend a day. Frozen: never change this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("budgets", sa.Column("per_user", sa.BigInteger))
