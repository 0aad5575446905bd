"""Reads values from the API's JSON, whatever its shape. Pure.

What is missing or has the wrong type becomes None or is skipped; nothing here raises.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from leadiq_api import Json as Json  # re-exported: the whole dashboard imports it from here
from leadiq_api.credits import NOT_CONTACT_DATA

EMAIL_STATUSES = ("Verified", "VerifiedLikely", "Unverified")  # of usable emails, best first

# Types of numbers that reach a company and not the person.
SHARED_PHONES = ("WorkHQ", "WorkBranch", "Fax")

MAX_MS = 9_200_000_000_000  # Unix milliseconds of the year 2261, the last that pandas can hold
MAX_MS_CHARACTERS = 14  # of such a number, the sign among them
MIN_TIME, MAX_TIME = (pd.Timestamp(ms, unit="ms", tz="UTC") for ms in (-MAX_MS, MAX_MS))


# Values ------------------------------------------------------------------------------------------


def value_at(value: Any, path: str) -> Any:
    """Returns what is at a dotted path of nested objects, or None."""
    for step in path.split("."):
        # A dict is recognized at once, which counts a million times in a long list.
        value = value.get(step) if isinstance(value, (dict, Mapping)) else None
    return value


def text_at(value: Any, path: str) -> str | None:
    """Returns the string or number at a path as text; None if there is none, or only blanks."""
    content = value_at(value, path)
    if isinstance(content, str):
        return content if content.strip() else None
    is_shown = isinstance(content, bool) or _number(content) is not None
    return str(content) if is_shown else None


def number_at(value: Any, path: str) -> float | None:
    """Returns the number at a path, or None; None too if it is not finite as a float."""
    return _number(value_at(value, path))


def _number(content: Any) -> float | None:
    if isinstance(content, bool) or not isinstance(content, int | float):
        return None
    try:
        number = float(content)
    except OverflowError:  # an integer of more than 308 digits
        return None
    return number if math.isfinite(number) else None


def rows_at(value: Any, path: str) -> list[Json]:
    """Returns the objects in the list at a path."""
    items = value_at(value, path)
    return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []


def texts_at(value: Any, path: str) -> list[str]:
    """Returns the strings in the list at a path."""
    items = value_at(value, path)
    return [item for item in items if isinstance(item, str)] if isinstance(items, list) else []


def time_at(value: Any, path: str) -> pd.Timestamp | None:
    """Returns the time at a path, in UTC, or None."""
    time = parse_times([value_at(value, path)])[0]
    return None if pd.isna(time) else time


def parse_times(values: Sequence[Any]) -> pd.DatetimeIndex:
    """Returns times in UTC, missing where a value is none.

    LeadIQ mixes ISO 8601 strings and Unix milliseconds, the latter as numbers and as text. Times
    that pandas, a chart or Excel cannot hold are missing too.
    """
    numbers = [_milliseconds(value) for value in values]
    texts = [value if isinstance(value, str) else None for value in values]
    from_numbers = pd.to_datetime(
        pd.Series(numbers, dtype="Float64"), unit="ms", utc=True, errors="coerce"
    )
    from_texts = pd.to_datetime(
        pd.Series(texts, dtype=object), format="ISO8601", utc=True, errors="coerce"
    )
    from_texts = from_texts.where(from_texts.between(MIN_TIME, MAX_TIME))
    return pd.DatetimeIndex(from_numbers.where(from_numbers.notna(), from_texts))


def _milliseconds(value: Any) -> float | None:
    if isinstance(value, str) and len(value) <= MAX_MS_CHARACTERS and value.isascii():
        value = int(value) if value.removeprefix("-").isdigit() else None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_MS:
        return None
    return float(value)


# Contact data ------------------------------------------------------------------------------------


def emails_of(person: Json) -> list[Json]:
    """Returns a person's usable emails: work before personal, and of each the best status first."""
    work = work_emails(rows_at(person, "currentPositions"))
    return _distinct_values([*work, *personal_emails(person)])


def work_emails(positions: Sequence[Json]) -> list[Json]:
    """Returns the usable emails of these positions that are at work, best status first."""
    return _best_first(row for row in _rows_of(positions, "emails") if not _is_personal(row))


def personal_emails(person: Json) -> list[Json]:
    """Returns a person's usable private emails, best status first."""
    emails = _rows_of(rows_at(person, "currentPositions"), "emails")
    return _best_first([*rows_at(person, "personalEmails"), *filter(_is_personal, emails)])


def phones_of(person: Json) -> list[Json]:
    """Returns a person's usable numbers: their own before the company's, verified first."""
    positions = rows_at(person, "currentPositions")
    return _distinct_values([*direct_phones(person, positions), *company_phones(positions)])


def direct_phones(person: Json, positions: Sequence[Json]) -> list[Json]:
    """Returns the numbers that reach a person in these positions, verified first."""
    phones = [*rows_at(person, "personalPhones"), *_rows_of(positions, "phones")]
    usable = [row for row in phones if _is_usable(row) and row.get("type") not in SHARED_PHONES]
    return sorted(_distinct_values(usable), key=lambda row: row.get("status") != "Verified")


def company_phones(positions: Sequence[Json]) -> list[Json]:
    """Returns the usable switchboards and fax numbers of these positions."""
    phones = _rows_of(positions, "phones")
    return [row for row in phones if _is_usable(row) and row.get("type") in SHARED_PHONES]


def _rows_of(positions: Sequence[Json], path: str) -> list[Json]:
    return [row for position in positions for row in rows_at(position, path)]


def _is_personal(email: Json) -> bool:
    return email.get("type") == "PersonalEmail"


def _best_first(emails: Iterable[Json]) -> list[Json]:
    ranks = {status: rank for rank, status in enumerate(EMAIL_STATUSES)}
    usable = _distinct_values([row for row in emails if _is_usable(row)])
    return sorted(usable, key=lambda row: ranks.get(str(row.get("status")), len(ranks)))


def _is_usable(contact: Json) -> bool:
    status = str(contact.get("status"))
    return text_at(contact, "value") is not None and status not in NOT_CONTACT_DATA


def _distinct_values(contacts: Sequence[Json]) -> list[Json]:
    """The contacts with each value once: the first of equal ones, in the order of the last."""
    return list({contact["value"]: contact for contact in reversed(contacts)}.values())[::-1]
