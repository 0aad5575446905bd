"""What a lookup accepted, such as verified work emails only. Frozen: never change this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the column; lookups until now accepted anything."""
    column = sa.Column("quality", sa.String(60), nullable=False, server_default="")
    op.add_column("events", column)
