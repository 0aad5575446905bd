"""Which request without an answer a job's request repeats. Frozen: never change this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("job_requests", sa.Column("repeats", sa.String(100)))
