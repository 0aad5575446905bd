"""What a job change is: a move, or a renamed company, a board seat, a re-spelled title. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from dashboard.identity.company import same_company
from dashboard.identity.words import fold, table

# A position that began this long before the "change" did not begin with it.
OLDER = timedelta(days=92)
_SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "at", "de", "der", "und"})
_FORMERLY = ("formerly", "fka", "previously")  # before the name that a company had
# Beside a job, not instead of it.
_BOARD_SEAT = re.compile(
    r"\b(board (member|director|observer|advisor|adviser|chair)|(member|director|chair\w*) of the "
    r"board|advisory board|non ?executive|supervisory board|trustee|angel investor|"
    r"(board|startup|strategic) advis[eo]r|advis[eo]r to)\b"
)


class ChangeKind(StrEnum):
    """What a job change is; the value is what people read."""

    MOVE = "New company"
    TITLE = "New title"
    SAME_COMPANY = "Renamed or acquired company"
    BOARD_SEAT = "Additional board seat"
    SAME_TITLE = "Re-spelled title"

    @property
    def is_real(self) -> bool:
        """Whether the person has another job."""
        return self in (ChangeKind.MOVE, ChangeKind.TITLE)


class Position(NamedTuple):
    """A title at a company; what is not known is empty."""

    company_id: str = ""
    company: str = ""
    title: str = ""


def kind_of_change(
    before: Position,
    now: Position,
    *,
    changed: datetime | None = None,
    since: datetime | None = None,
) -> ChangeKind:
    """Returns what the change from one position to another is.

    ``changed`` is when it began, ``since`` when the present position did, as far as is known. What
    is known too little about is taken to be real.
    """
    same_title = bool(before.title) and title_key(before.title) == title_key(now.title)
    if _is_same_company(before, now):
        if not same_title:
            return ChangeKind.TITLE
        renamed = fold(before.company) != fold(now.company)
        return ChangeKind.SAME_COMPANY if renamed else ChangeKind.SAME_TITLE
    if _BOARD_SEAT.search(fold(now.title)):
        return ChangeKind.BOARD_SEAT
    began_earlier = changed is not None and since is not None and since < changed - OLDER
    if same_title and began_earlier:
        return ChangeKind.SAME_COMPANY
    return ChangeKind.MOVE


def title_key(title: str) -> tuple[str, ...]:
    """Returns what spellings of a title share: "VP, Sales" and "Vice President of Sales"."""
    abbreviations = table("title_abbreviations")
    words = " ".join(abbreviations.get(word, word) for word in fold(title).split()).split()
    return tuple(sorted(word for word in words if word not in _SMALL_WORDS))


def _is_same_company(before: Position, now: Position) -> bool:
    if before.company_id and before.company_id == now.company_id:
        return True
    if not before.company or not now.company:
        return False
    if same_company(before.company, now.company):
        return True
    # "Slack (a Salesforce company)" and "Acme, formerly Apex" name the company of before.
    earlier, present = fold(before.company), fold(now.company)
    is_bought = present.startswith(f"{earlier} a ") and present.endswith(" company")
    return is_bought or present.endswith(tuple(f" {word} {earlier}" for word in _FORMERLY))
