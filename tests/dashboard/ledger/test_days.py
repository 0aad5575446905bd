"""The day that a budget counts, in the time zone that is set."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.ledger.database import LedgerError
from dashboard.ledger.days import default_zone, midnight
from dashboard.ledger.ledger import Ledger
from tests.dashboard.ledger.driver import ACCOUNT, spend


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "zone", "start"),
    [
        ("2026-10-06T23:30:00-07:00", "America/Los_Angeles", "2026-10-06T00:00:00-07:00"),
        ("2026-10-06T23:30:00-07:00", "UTC", "2026-10-07T00:00:00+00:00"),
        ("2026-10-07T08:00:00+13:00", "Pacific/Auckland", "2026-10-07T00:00:00+13:00"),
        # Clocks go back at 3 in the night, and forward at 2.
        ("2026-10-25T22:00:00+01:00", "Europe/Berlin", "2026-10-25T00:00:00+02:00"),
        ("2026-03-29T22:00:00+02:00", "Europe/Berlin", "2026-03-29T00:00:00+01:00"),
    ],
)
def test_a_day_begins_at_midnight_there(now: str, zone: str, start: str) -> None:
    assert midnight(ms(now), ZoneInfo(zone)) == ms(start)


def test_what_was_spent_before_midnight_there_is_of_another_day(
    monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    ledger = Ledger(database, ZoneInfo("America/Los_Angeles"))
    for at, charge, spent in (
        ("2026-10-05T23:59:00-07:00", "1", 1),
        ("2026-10-06T16:00:00-07:00", "2", 2),
        ("2026-10-06T23:30:00-07:00", "4", 6),
    ):
        monkeypatch.setattr(time, "time", lambda at=at: ms(at) / 1000)
        spend(ledger, charge)
        assert ledger.spent_today(ACCOUNT) == spent
    ledger.close()


def test_the_setting_names_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADIQ_TIME_ZONE", raising=False)
    assert default_zone().key == "UTC"
    monkeypatch.setenv("LEADIQ_TIME_ZONE", " Europe/Berlin ")
    assert default_zone().key == "Europe/Berlin"
    for wrong in ("Berlin", "Europe", "../etc/passwd"):
        monkeypatch.setenv("LEADIQ_TIME_ZONE", wrong)
        with pytest.raises(LedgerError, match="which is not a time zone"):
            default_zone()
