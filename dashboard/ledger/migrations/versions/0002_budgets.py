"""Budgets, and sums by day of the events so far. Frozen: never change this file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates the tables of version 2 and computes the sums by day."""
    op.create_table(
        "days",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True),
        sa.Column("page", sa.String(50), primary_key=True),
        sa.Column("operation", sa.String(50), primary_key=True),
        sa.Column("data_points", sa.String(50), primary_key=True),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("returned", sa.Integer, nullable=False),
        sa.Column("emails", sa.Integer, nullable=False),
        sa.Column("charge", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "budgets",
        sa.Column("account", sa.String(16), primary_key=True),
        sa.Column("per_day", sa.BigInteger),
        sa.Column("per_job", sa.BigInteger),
        sa.Column("reserve", sa.BigInteger, nullable=False),
        sa.Column("confirm_above", sa.BigInteger, nullable=False),
    )
    # Emails were not counted before this version. 86,400,000 ms are a day.
    op.execute(
        "INSERT INTO days (account, day, page, operation, data_points, requests, returned, emails,"
        " charge) SELECT account, at / 86400000, page, operation, data_points, count(*),"
        " sum(returned), 0, sum(charge) FROM events WHERE state <> 'open'"
        " GROUP BY account, at / 86400000, page, operation, data_points"
    )
