"""A list that was read: its prospects, and what a page shows of them, each made once. Pure.

A page is drawn again at every click, and a list can have 50,000 prospects.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from dashboard.lists.prospect_table import with_found_emails
from dashboard.tables import frames
from dashboard.tables.api_json import Json, text_at

T = TypeVar("T")


def having_email(prospects: Iterable[Json]) -> list[Json]:
    """Returns the prospects with a work email."""
    return [prospect for prospect in prospects if text_at(prospect, "workEmail")]


class OpenList:
    """Prospects as LeadIQ has them, and with the emails that jobs have found.

    ``found`` are people as LeadIQ returned them, by id. Sessions share all of it: nobody may change
    any of it.
    """

    def __init__(self, prospects: Sequence[Json], found: Mapping[str, Json]) -> None:
        self.prospects = prospects
        self.shown = with_found_emails(prospects, found)
        self._made: dict[Hashable, Any] = {}

    @cached_property
    def people(self) -> pd.DataFrame:
        """``frames.prospects`` of those shown."""
        return frames.prospects(self.shown)

    @cached_property
    def without_email(self) -> list[Json]:
        """The prospects for which neither LeadIQ nor a job has a work email."""
        return [prospect for prospect in self.shown if not text_at(prospect, "workEmail")]

    @cached_property
    def by_id(self) -> Mapping[str, Json]:
        """The prospects as LeadIQ has them, by their ids."""
        return {str(prospect.get("id")): prospect for prospect in self.prospects}

    @cached_property
    def with_email(self) -> list[Json]:
        """The prospects for which LeadIQ itself has a work email."""
        return having_email(self.prospects)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Returns what ``make`` returned when it was first called for this key."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made


class LastOpened:
    """The last ``OpenList`` that was made of a list; None at first."""

    def __init__(self) -> None:
        self._last: tuple[Hashable, OpenList] | None = None

    def open(
        self,
        prospects: Sequence[Json],
        version: Hashable,
        found: Callable[[Sequence[str]], Mapping[str, Json]],
    ) -> OpenList:
        """Returns the list with the emails that jobs have ``found`` for persons, by their ids.

        It is made again if these are not the very ``prospects`` that it was made of, or if what
        jobs have found has another ``version``.
        """
        if (
            self._last is None
            or self._last[0] != version
            or self._last[1].prospects is not prospects
        ):
            persons = [id for one in prospects if (id := text_at(one, "personId"))]
            self._last = version, OpenList(prospects, found(persons))
        return self._last[1]
