"""The day that a daily budget counts: in the time zone that is set, for everybody alike."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashboard.ledger.files import LedgerError

TIME_ZONE = "LEADIQ_TIME_ZONE"
UTC_ZONE = ZoneInfo("UTC")


def default_zone() -> ZoneInfo:
    """Returns the zone that ``LEADIQ_TIME_ZONE`` names, or UTC.

    Raises ``LedgerError`` if there is no such zone.
    """
    name = os.environ.get(TIME_ZONE, "").strip()
    try:
        return ZoneInfo(name) if name else UTC_ZONE
    except (KeyError, ValueError, OSError):  # no such name, no name at all, a folder
        raise LedgerError(
            f"{TIME_ZONE} is {name!r}, which is not a time zone. Use a name such as Europe/Berlin."
        ) from None


def utc_today() -> date:
    """Returns today's date in UTC, by which the history sums up."""
    return datetime.now(UTC).date()


def midnight(now: int, zone: ZoneInfo) -> int:
    """Returns when the day of a time began in a zone; both in Unix milliseconds."""
    local = datetime.fromtimestamp(now / 1000, zone)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return int(start.timestamp() * 1000)
