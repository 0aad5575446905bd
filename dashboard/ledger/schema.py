"""The tables of the database as they are now, their units, and the states of an event.

Amounts are whole thousandths of a UC, times are Unix milliseconds, days are counted from 1 January
1970 (UTC). A change to a table needs a new file in ``migrations/versions``; the files there are
frozen and never import this module.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa

DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS
THOUSANDTHS = 1000  # of a UC
MAX_SUGGESTION_CHARACTERS = 200
MAX_USER_CHARACTERS = 200


class EventState(StrEnum):
    """What is known of a paid request. The values are kept in the database."""

    SETTLED = "settled"  # the balance confirms the charge
    ESTIMATED = "estimated"  # the charge is computed from the answer
    EXCEEDED = "exceeded"  # so it is, and the answer may cost more than the price shown
    REFUSED = "refused"  # refused before it was processed; not charged
    UNKNOWN = "unknown"  # no answer: it may have been processed and charged
    OPEN = "open"  # still in flight; its maximum price is reserved


class Correction(StrEnum):
    """What a balance says beside the answers: the operation of an entry that no request made."""

    UNEXPLAINED = "unexplainedCharge"  # charged for this console's requests, by no answer
    ELSEWHERE = "spentElsewhere"  # spent by others with the same credits
    UNLOCKED = "unlockedBefore"  # not charged: the team had unlocked it; a negative charge


def now_ms() -> int:
    """Returns the current time in Unix milliseconds."""
    return int(time.time() * 1000)


def to_datetime(milliseconds: int) -> datetime:
    """Returns Unix milliseconds as a time in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_day_number(day: date) -> int:
    """Returns the number of days since 1 January 1970, as in the columns ``day``."""
    return (day - date(1970, 1, 1)).days


def to_thousandths(amount: Decimal) -> int:
    """Returns UC as whole thousandths; what is smaller is cut off."""
    return int(amount * THOUSANDTHS)


def to_uc(thousandths: int) -> Decimal:
    """Returns thousandths as UC."""
    return Decimal(thousandths) / THOUSANDTHS


metadata = sa.MetaData()
# The number of the last migration, for consoles from before Alembic: see migrations/__init__.py.
versions = sa.Table("ledger_version", metadata, sa.Column("version", sa.Integer, nullable=False))

# One row per paid request. ``least`` and ``most`` are its price range, ``charge`` what it cost,
# ``saved`` what of its answer was free because this console had it unlocked, ``disputed`` what the
# answer costs more where LeadIQ's price list is read otherwise. An entry whose operation is a
# ``Correction`` is no request: a balance made it.
# Ids have the order of an account's reservations, ``settlement`` that of its settlements (None: not
# yet settled): both are given under the account's lock, since the clocks of workers differ.
# ``quality`` is what a lookup accepted: a ``Quality`` as text.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("user", sa.String(MAX_USER_CHARACTERS), nullable=False),
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
    sa.Column("settlement", sa.BigInteger),
    sa.Column("saved", sa.BigInteger, nullable=False, default=0, server_default="0"),
    sa.Column("disputed", sa.BigInteger, nullable=False, default=0, server_default="0"),
    sa.Column("quality", sa.String(60), nullable=False, server_default=""),
    sa.Index("events_account_at", "account", "at"),
    sa.Index("events_settlement", "account", "settlement"),
    sa.Index("events_state", "account", "state"),
    sa.Index("events_job", "account", "job"),
)
# Sums by day, page, operation and data points, so that charts need not read every event.
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
# Balances as the API reported them. ``mark`` is the last settlement before the balance was asked
# for, ``newest_event`` the last event before it was recorded; None: it is not compared with.
# ``renewal`` is when credits renew, ``opening`` the first balance of the same billing period.
snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("available", sa.BigInteger, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("mark", sa.BigInteger),
    sa.Column("newest_event", sa.BigInteger),
    sa.Column("renewal", sa.BigInteger),
    sa.Column("opening", sa.BigInteger),
    sa.Index("snapshots_account_at", "account", "at"),
    sa.Index("snapshots_mark", "account", "mark"),
)
# What the account has paid for: free for a year.
unlocks = sa.Table(
    "unlocks",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(30), primary_key=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
)
# The limits of each account; the row is also the lock under which the account writes.
budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("per_day", sa.BigInteger),
    sa.Column("per_job", sa.BigInteger),
    sa.Column("reserve", sa.BigInteger, nullable=False, default=0),
    sa.Column("confirm_above", sa.BigInteger, nullable=False, default=0),
    sa.Column("per_user", sa.BigInteger),
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
# Runs of saved searches: the total that the API reported and how many results were loaded.
search_runs = sa.Table(
    "runs",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("search", sa.String(100), primary_key=True),
    sa.Column("at", sa.BigInteger, primary_key=True),
    sa.Column("total", sa.BigInteger),
    sa.Column("loaded", sa.Integer, nullable=False, default=0),
)
# The people a saved search has found, each with the first run that found them.
search_results = sa.Table(
    "finds",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("search", sa.String(100), primary_key=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("run", sa.BigInteger, nullable=False),
)
# Values seen in answers, offered in filters without a fixed list, with how often they were seen.
suggestions = sa.Table(
    "suggestions",
    metadata,
    sa.Column("account", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(30), primary_key=True),
    sa.Column("value", sa.String(MAX_SUGGESTION_CHARACTERS), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)

# Bulk jobs. They are here so that a reservation and a job's request are one transaction.
jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("user", sa.String(MAX_USER_CHARACTERS), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("runs", sa.Integer, nullable=False, default=0),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("ended", sa.BigInteger),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Index("jobs_account", "account", "at"),
)
# ``match`` says whether who was found is whom the row names, ``decision`` what the user has made of
# that. ``data_points`` are those that the row is looked up for; NULL: all of the job.
job_rows = sa.Table(
    "job_rows",
    metadata,
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
    sa.Column("match", sa.Text, nullable=False, server_default=""),
    sa.Column("decision", sa.String(10), nullable=False, server_default=""),
    sa.Column("data_points", sa.String(50)),
    sa.Index("job_rows_state", "job", "state", "kind", "place"),
    sa.Index("job_rows_request", "job", "request"),
    sa.Index("job_rows_identity", "identity"),
)
job_requests = sa.Table(
    "job_requests",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("job", sa.String(32), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("event", sa.BigInteger),
    sa.Column("charge", sa.BigInteger, nullable=False, default=0),
    sa.Column("repeats", sa.String(100)),
    sa.Index("job_requests_state", "job", "state"),
)

# Sign-ins that have ended, each by a hash of its cookie's content.
sign_outs = sa.Table(
    "sign_outs",
    metadata,
    sa.Column("sign_in", sa.String(64), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
)

# Contacts whose job changes LeadIQ tracks: a JSON list of ``TrackContactInput``, stored under the
# id of their import before they are sent.
tracking_imports = sa.Table(
    "tracking_imports",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("account", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("contacts", sa.Text, nullable=False),
    sa.Column("sent", sa.Boolean, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Index("tracking_imports_account", "account", "at"),
)
