"""The job change of a person who was found, if it is none: in words. Pure."""

from __future__ import annotations

from dashboard.identity.job_change import ChangeKind, Position, kind_of_change
from dashboard.tables.api_json import Json, text_at, time_at

CHANGE = "personJobChange"


def false_change(person: Json) -> str | None:
    """Returns what a job change is instead of one; None if it is real, or there is none."""
    if text_at(person, f"{CHANGE}.jobChangeType") is None:
        return None
    before = Position(
        text_at(person, f"{CHANGE}.previousPosition.companyId") or "",
        text_at(person, f"{CHANGE}.previousPosition.company.name") or "",
        text_at(person, f"{CHANGE}.previousPosition.title") or "",
    )
    now = Position(
        text_at(person, f"{CHANGE}.currentPosition.companyId") or "",
        text_at(person, "company.name") or "",
        text_at(person, f"{CHANGE}.currentPosition.title") or "",
    )
    kind = kind_of_change(before, now)
    if kind is ChangeKind.MOVE and before.title == now.title:  # reading dates takes long
        changed = time_at(person, f"{CHANGE}.startedAt")
        since = time_at(person, "currentPositionStartDate")
        kind = kind_of_change(before, now, changed=changed, since=since)
    return None if kind.is_real else str(kind)
