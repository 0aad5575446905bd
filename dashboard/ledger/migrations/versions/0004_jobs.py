"""Bulk jobs, and an index for their spending. Frozen: never change this file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the tables of version 4."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("settings", sa.Text, nullable=False),
    )
    op.create_index("jobs_account", "jobs", ["account", "at"])
    op.create_table(
        "job_rows",
        sa.Column("job", sa.String(32), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("identity", sa.String(300), nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("request", sa.String(100)),
        sa.Column("person", sa.String(100)),
        sa.Column("email", sa.Boolean, nullable=False),
        sa.Column("phone", sa.Boolean, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("listed", sa.Text, nullable=False),
    )
    op.create_index("job_rows_state", "job_rows", ["job", "state", "kind", "place"])
    op.create_index("job_rows_request", "job_rows", ["job", "request"])
    op.create_index("job_rows_identity", "job_rows", ["identity"])
    op.create_table(
        "job_requests",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("job", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("event", sa.BigInteger),
        sa.Column("charge", sa.BigInteger, nullable=False),
    )
    op.create_index("job_requests_state", "job_requests", ["job", "state"])
    # 6ad7b33 created this index together with the table, whatever the version.
    op.create_index("events_job", "events", ["account", "job"], if_not_exists=True)
