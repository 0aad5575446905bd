"""The tables of the database, and the constants of their columns."""

from __future__ import annotations

import time
from collections.abc import Sequence

import sqlalchemy as sa

job_metadata = sa.MetaData()
jobs = sa.Table(
    "jobs",
    job_metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("user", sa.String(200), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("runs", sa.Integer, nullable=False, default=0),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("ended", sa.BigInteger),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Index("jobs_account", "account", "at"),
)
job_rows = sa.Table(
    "job_rows",
    job_metadata,
    sa.Column("job", sa.String(32), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("identity", sa.String(300), nullable=False, default=""),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("cells", sa.Text, nullable=False, default="[]"),
    sa.Column("request", sa.String(100)),
    sa.Column("person", sa.String(100)),
    sa.Column("email", sa.Boolean, nullable=False, default=False),
    sa.Column("phone", sa.Boolean, nullable=False, default=False),
    sa.Column("answer", sa.Text),
    sa.Column("problem", sa.Text, nullable=False, default=""),
    sa.Column("listed", sa.Text, nullable=False, default=""),
    sa.Index("job_rows_state", "job", "state", "kind", "place"),
    sa.Index("job_rows_request", "job", "request"),
    sa.Index("job_rows_identity", "identity"),
)
job_requests = sa.Table(
    "job_requests",
    job_metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("job", sa.String(32), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("event", sa.BigInteger),
    sa.Column("charge", sa.BigInteger, nullable=False, default=0),
    sa.Index("job_requests_state", "job", "state"),
)
JOB_TABLES = (jobs, job_rows, job_requests)


def now_ms() -> int:
    """Now, in Unix milliseconds."""
    return int(time.time() * 1000)


YEAR_MS = 365 * 86_400_000
DAY_MS = 86_400_000
THOUSANDTHS = 1000
# What became of a request: still out; charged as the balance confirms; charged as the answer says;
# refused before it was done; or nobody knows.
OPEN, SETTLED, ESTIMATED, REFUSED, UNKNOWN = "open", "settled", "estimated", "refused", "unknown"

STATES = (SETTLED, ESTIMATED, REFUSED, UNKNOWN, OPEN)

metadata = sa.MetaData()
versions = sa.Table("ledger_version", metadata, sa.Column("version", sa.Integer, nullable=False))
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("user", sa.String(200), nullable=False),
    sa.Column("page", sa.String(50), nullable=False),
    sa.Column("operation", sa.String(50), nullable=False),
    sa.Column("data_points", sa.String(50), nullable=False),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("returned", sa.Integer, nullable=False, default=0),
    sa.Column("least", sa.BigInteger, nullable=False),
    sa.Column("most", sa.BigInteger, nullable=False),
    sa.Column("charge", sa.BigInteger, nullable=False, default=0),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("job", sa.String(64)),
    sa.Index("events_account_at", "account", "at"),
    sa.Index("events_state", "account", "state"),
)
events_job = sa.Index("events_job", events.c.account, events.c.job)
# One row a day, page, operation and choice: what the charts read, however many events there are.
days = sa.Table(
    "days",
    metadata,
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
snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("available", sa.BigInteger, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Index("snapshots_account_at", "account", "at"),
)
unlocks = sa.Table(
    "unlocks",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(30), primary_key=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
)
budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("per_day", sa.BigInteger),
    sa.Column("per_job", sa.BigInteger),
    sa.Column("reserve", sa.BigInteger, nullable=False, default=0),
    sa.Column("confirm_above", sa.BigInteger, nullable=False, default=0),
)

saved_searches = sa.Table(
    "searches",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("operation", sa.String(50), nullable=False),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("data_points", sa.String(50), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("saved_at", sa.BigInteger, nullable=False),
)
# How often a saved search was run, with what of it was loaded then.
search_runs = sa.Table(
    "runs",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("search", sa.String(100), primary_key=True),
    sa.Column("at", sa.BigInteger, primary_key=True),
    sa.Column("total", sa.BigInteger),
    sa.Column("loaded", sa.Integer, nullable=False, default=0),
)
# Whom a saved search has found, and in which run first.
search_results = sa.Table(
    "finds",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("search", sa.String(100), primary_key=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("run", sa.BigInteger, nullable=False),
)
# Values of free-string filters that answers have had.
suggestions = sa.Table(
    "suggestions",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(30), primary_key=True),
    sa.Column("value", sa.String(200), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)

# Each step brings a file of the version before it to its own; none is ever changed afterwards.
MIGRATIONS: Sequence[Sequence[sa.Table | sa.Index]] = (
    (events, snapshots, unlocks),  # 1: what was spent
    (days, budgets),  # 2: budgets, and sums by day for charts of any number of events
    (
        saved_searches,
        search_runs,
        search_results,
        suggestions,
    ),  # 3: saved searches, and what filters can suggest
    (*JOB_TABLES, events_job),  # 4: bulk jobs
)
