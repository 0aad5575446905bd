"""Units of the columns, and the states that are kept in databases."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dashboard.ledger.schema import (
    DAY_MS,
    EventState,
    metadata,
    to_datetime,
    to_day_number,
    to_thousandths,
    to_uc,
)


def test_states_are_spelled_as_in_databases() -> None:
    assert [str(state) for state in EventState] == [
        "settled",
        "estimated",
        "exceeded",
        "refused",
        "unknown",
        "open",
    ]


@pytest.mark.parametrize(("amount", "stored"), [("0", 0), ("1.1", 1100), ("77.5", 77500)])
def test_amounts_are_stored_as_thousandths(amount: str, stored: int) -> None:
    assert to_thousandths(Decimal(amount)) == stored
    assert to_uc(stored) == Decimal(amount)


def test_fractions_of_thousandths_are_cut_off() -> None:
    assert to_thousandths(Decimal("0.0019")) == 1


def test_days_and_times_are_in_utc() -> None:
    day = date(2026, 11, 25)
    assert to_datetime(to_day_number(day) * DAY_MS) == datetime(2026, 11, 25, tzinfo=UTC)
    assert to_datetime(1_500) == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


def test_every_table_is_in_one_metadata() -> None:
    assert {"events", "searches", "jobs", "job_rows", "job_requests"} < set(metadata.tables)
