"""Values out of the API's JSON, whatever its shape. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

Json = Mapping[str, Any]

# Best first. Invalid and Suppressed are never contact data.
EMAIL_STATUSES = ("Verified", "VerifiedLikely", "Unverified")
UNUSABLE = frozenset({"Invalid", "Suppressed"})

LAST_MS = 9_200_000_000_000  # the year 2261: as far as pandas' times reach
FIRST_TIME, LAST_TIME = (pd.Timestamp(ms, unit="ms", tz="UTC") for ms in (-LAST_MS, LAST_MS))


# Reading JSON ------------------------------------------------------------------------------------


def value_at(value: Any, path: str) -> Any:
    """What lies at a dotted ``path`` of nested objects, or None."""
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def text_at(value: Any, path: str) -> str | None:
    """The string or number at ``path`` as text, or None."""
    found = value_at(value, path)
    return str(found) if isinstance(found, str | int | float) and str(found).strip() else None


def number_at(value: Any, path: str) -> float | None:
    """The number at ``path``, or None."""
    found = value_at(value, path)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def rows_at(value: Any, path: str) -> list[Json]:
    """The objects in the list at ``path``."""
    found = value_at(value, path)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def texts_at(value: Any, path: str) -> list[str]:
    """The strings in the list at ``path``."""
    found = value_at(value, path)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def time_at(value: Any, path: str) -> pd.Timestamp | None:
    """The instant at ``path``, in UTC."""
    instant = times_from_ms([value_at(value, path)])[0]
    return None if pd.isna(instant) else instant


def times_from_ms(values: Sequence[Any]) -> pd.DatetimeIndex:
    """Instants in UTC: LeadIQ mixes ISO strings and Unix milliseconds, as numbers and as text."""
    told = [value if isinstance(value, str) else None for value in values]
    numbers = [_milliseconds(value) for value in values]
    counted = pd.to_datetime(
        pd.Series(numbers, dtype="Float64"), unit="ms", utc=True, errors="coerce"
    )
    written = pd.to_datetime(
        pd.Series(told, dtype=object), format="ISO8601", utc=True, errors="coerce"
    )
    # As for numbers: further away there is no time that pandas, a chart or Excel can show.
    written = written.where(written.between(FIRST_TIME, LAST_TIME))
    return pd.DatetimeIndex(counted.where(counted.notna(), written))


def _milliseconds(value: Any) -> float | None:
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LAST_MS:
        return None
    return float(value)


# People ------------------------------------------------------------------------------------------


def emails_of(person: Json) -> list[Json]:
    """A person's addresses that can be written to, best first, work before personal."""
    found = [
        row
        for position in rows_at(person, "currentPositions")
        for row in rows_at(position, "emails")
    ]
    usable = [row for row in [*found, *rows_at(person, "personalEmails")] if _usable(row)]
    rank = {status: place for place, status in enumerate(EMAIL_STATUSES)}
    return sorted(
        distinct_values(usable), key=lambda row: rank.get(str(row.get("status")), len(rank))
    )


def phones_of(person: Json) -> list[Json]:
    """A person's numbers that can be called, direct ones before those of the company."""
    found = [
        row
        for position in rows_at(person, "currentPositions")
        for row in rows_at(position, "phones")
    ]
    usable = [row for row in [*rows_at(person, "personalPhones"), *found] if _usable(row)]
    return sorted(distinct_values(usable), key=lambda row: row.get("status") != "Verified")


def _usable(contact: Json) -> bool:
    return text_at(contact, "value") is not None and str(contact.get("status")) not in UNUSABLE


def distinct_values(contacts: Sequence[Json]) -> list[Json]:
    return list({contact["value"]: contact for contact in reversed(contacts)}.values())[::-1]
