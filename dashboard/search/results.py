"""What one advanced search has loaded so far, page by page, and the same as tables. Pure."""

from __future__ import annotations

from collections import Counter, UserDict
from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

import pandas as pd

from dashboard.search.crossfilter import Crossfilter
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at

T = TypeVar("T")

# Where an answer has its rows and their number, by operation.
FIELDS = {
    "flatAdvancedSearch": ("people", "totalPeople"),
    "groupedAdvancedSearch": ("companies", "totalCompanies"),
}


class Results(UserDict[int, Json]):
    """The answers of one search by page (from 0), shared by all sessions of an account.

    Tables are made once for each state of it: ``version`` is another one after each change.
    """

    def __init__(self, operation: str) -> None:
        super().__init__()
        self.rows_of, self._total_of = FIELDS[operation]
        self.version = 0
        self._lock = RLock()
        self._made: dict[str, tuple[int, Any]] = {}
        self._pages: dict[int, pd.DataFrame] = {}

    def __setitem__(self, page: int, answer: Json) -> None:
        with self._lock:
            self.data[page] = answer
            self._pages.pop(page, None)
            self.version += 1

    def __delitem__(self, page: int) -> None:
        with self._lock:
            del self.data[page]
            self._pages.pop(page, None)
            self.version += 1

    @property
    def grouped(self) -> bool:
        """Whether the rows are companies with their people."""
        return self.rows_of == "companies"

    @property
    def total(self) -> float:
        """How many the service has found, as the first page tells it; at least what is here."""
        told = number_at(self.data.get(0), self._total_of) or 0
        return max(told, len(self.rows))

    @property
    def total_known(self) -> bool:
        """Whether the first page tells how many there are."""
        return number_at(self.data.get(0), self._total_of) is not None

    @property
    def rows(self) -> list[Json]:
        """The people, or the companies of a grouped search, in order, each once."""
        return self._once("rows", lambda: frames.loaded_rows(self.data, self.rows_of))

    @property
    def people(self) -> pd.DataFrame:
        """One row a person, each once."""
        return self._once("people", self._people)

    @property
    def companies(self) -> pd.DataFrame:
        """One row a company of a grouped search."""
        return self._once("companies", lambda: frames.grouped_companies(self.rows))

    @property
    def crossfilter(self) -> Crossfilter:
        """The people by what charts show of them."""
        return self._once("crossfilter", lambda: Crossfilter(self.people))

    @property
    def searchable(self) -> pd.Series:
        """All text of each row of ``people`` in small letters, to search in."""
        return self._once("searchable", lambda: frames.joined_text(self.people))

    def _once(self, name: str, make: Callable[[], T]) -> T:
        with self._lock:
            version, made = self._made.get(name, (-1, None))
            if version != self.version:
                made = make()
                self._made[name] = (self.version, made)
            return made  # type: ignore[no-any-return]

    def page(self, page: int) -> pd.DataFrame:
        """The people of one page."""
        with self._lock:
            if page not in self._pages:
                found = rows_at(self.data[page], self.rows_of)
                to_frame = frames.grouped_people if self.grouped else frames.found_people
                self._pages[page] = to_frame(found)
            return self._pages[page]

    def _people(self) -> pd.DataFrame:
        pages = [frame for page in sorted(self.data) if len(frame := self.page(page))]
        if not pages:
            return frames.found_people([])
        everybody = pd.concat(pages, ignore_index=True)
        again = everybody["person_id"].duplicated() & everybody["person_id"].notna()
        distinct = everybody[~again].reset_index(drop=True)
        # Text that Arrow holds is filtered, searched and sent to the browser without a copy each.
        return distinct.astype(dict.fromkeys(distinct.select_dtypes("object"), "str"))


def ignored_job_changes(answer: Json) -> bool:
    """Whether people came and none of them with a job change, though it was filtered by.

    LeadIQ ignores these filters on accounts without the feature, and gives null for every
    ``personJobChange`` (live schema).
    """
    people = rows_at(answer, "people")
    return bool(people) and all(person.get("personJobChange") is None for person in people)


def seen_values(people: pd.DataFrame) -> dict[str, Counter[str]]:
    """What filters can suggest of these people, by kind, with how often it occurs."""
    seen = {
        kind: Counter(people[column].dropna())
        for kind, column in (("titles", "title"), ("roles", "role"), ("industries", "industry"))
    }
    seen["titles"].update(people["previous_title"].dropna())
    parts = people[["city", "state", "country"]].itertuples(index=False)
    # A part that is not known stays empty between its commas, as the filter reads it.
    rows = [[part if isinstance(part, str) else "" for part in row] for row in parts]
    seen["places"] = Counter(", ".join(row).lstrip(", ") for row in rows if any(row))
    seen["places"].update(row[2] for row in rows if row[2] and any(row[:2]))
    for kind in ("technologies", "technology_categories"):
        seen[kind] = Counter(people[kind].dropna().str.split("; ").explode())
    return seen
