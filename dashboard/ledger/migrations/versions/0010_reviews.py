"""Whether a job's answers fit, and what each row is looked up for. Frozen: never change this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the columns; the matches of earlier jobs are computed when they are needed."""
    columns = (
        sa.Column("match", sa.Text, nullable=False, server_default=""),
        sa.Column("decision", sa.String(10), nullable=False, server_default=""),
        sa.Column("data_points", sa.String(50)),
    )
    for column in columns:
        op.add_column("job_rows", column)
