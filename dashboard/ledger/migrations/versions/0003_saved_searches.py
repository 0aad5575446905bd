"""Saved searches with their runs, and filter suggestions. Frozen: never change this file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the tables of version 3."""
    op.create_table(
        "searches",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("operation", sa.String(50), nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("data_points", sa.String(50), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("search", sa.String(100), primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("total", sa.BigInteger),
        sa.Column("loaded", sa.Integer, nullable=False),
    )
    op.create_table(
        "finds",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("search", sa.String(100), primary_key=True),
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("run", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "suggestions",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("value", sa.String(200), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
