"""The answers that one advanced search has loaded, by page, and the tables made of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from threading import RLock
from typing import Any, TypeVar

import pandas as pd

from dashboard.search.crossfilter import Crossfilter
from dashboard.tables import frames
from dashboard.tables.api_json import Json, number_at, rows_at
from leadiq_api import SearchKind

T = TypeVar("T")


class Results(MutableMapping[int, Json]):
    """The answers of one search by page number (from 0), shared by all sessions of an account.

    It is a mapping, so that it can be the ``answers`` of a ``LoadedSearch``: an ``Outcome`` stores
    an answer with ``answers[page] = …``. Each such change increases ``version``. The tables are
    made when they are first read and kept until the version changes; a lock guards both, since
    sessions run in threads. Tables are shared: callers must not modify them.
    """

    def __init__(self, kind: SearchKind) -> None:
        self.kind = kind
        self.version = 0
        self._lock = RLock()
        self._answers: dict[int, Json] = {}
        self._tables: dict[str, tuple[int, Any]] = {}  # by name: (version, table)
        self._people_by_page: dict[int, pd.DataFrame] = {}

    def __getitem__(self, page: int) -> Json:
        return self._answers[page]

    def __setitem__(self, page: int, answer: Json) -> None:
        with self._lock:
            self._answers[page] = answer
            self._changed(page)

    def __delitem__(self, page: int) -> None:
        with self._lock:
            del self._answers[page]
            self._changed(page)

    def __iter__(self) -> Iterator[int]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def _changed(self, page: int) -> None:
        self._people_by_page.pop(page, None)
        self.version += 1

    @property
    def grouped(self) -> bool:
        """Whether the rows are companies with their people."""
        return self.kind is SearchKind.GROUPED

    @property
    def total(self) -> float:
        """The number of rows on all pages, as the first page reports it; at least those loaded."""
        return max(self._reported_total or 0, len(self.rows))

    @property
    def total_known(self) -> bool:
        """Whether the first page reports the number of rows on all pages."""
        return self._reported_total is not None

    @property
    def _reported_total(self) -> float | None:
        return number_at(self._answers.get(0), self.kind.total_field)

    @property
    def has_cursor(self) -> bool:
        """Whether the service says after each page where the next one starts."""
        return "after" in self._answers.get(0, {})

    def after(self, page: int) -> list[Json]:
        """Returns the cursor after a loaded page; empty after the last, and without a cursor."""
        return rows_at(self._answers.get(page), "after")

    @property
    def rows(self) -> list[Json]:
        """The people, or the companies of a grouped search, in order and without duplicates."""
        return self._table("rows", lambda: frames.loaded_rows(self._answers, self.kind.rows_field))

    @property
    def people(self) -> pd.DataFrame:
        """One row for each person, without duplicates."""
        return self._table("people", self._make_people)

    @property
    def companies(self) -> pd.DataFrame:
        """One row for each company of a grouped search."""
        return self._table("companies", lambda: frames.grouped_companies(self.rows))

    @property
    def crossfilter(self) -> Crossfilter:
        """The cross-filter of ``people``."""
        return self._table("crossfilter", lambda: Crossfilter(self.people))

    @property
    def searchable(self) -> pd.Series:
        """Each row of ``people`` as it is read, to search in: ``frames.joined_text``."""
        return self._table("searchable", lambda: frames.joined_text(self.people))

    def people_on_page(self, page: int) -> pd.DataFrame:
        """Returns the people of one page. Raises ``KeyError`` if it is not loaded."""
        with self._lock:
            if page not in self._people_by_page:
                rows = rows_at(self._answers[page], self.kind.rows_field)
                to_frame = frames.grouped_people if self.grouped else frames.found_people
                self._people_by_page[page] = to_frame(rows)
            return self._people_by_page[page]

    def _table(self, name: str, make: Callable[[], T]) -> T:
        """Returns the table of that name for the present version, made at most once."""
        with self._lock:
            if name in self._tables:
                version, cached = self._tables[name]
                if version == self.version:
                    table: T = cached
                    return table
            table = make()
            self._tables[name] = (self.version, table)
            return table

    def _make_people(self) -> pd.DataFrame:
        pages = [self.people_on_page(page) for page in sorted(self._answers)]
        pages = [people for people in pages if len(people)]
        if not pages:
            return frames.found_people([])
        people = pd.concat(pages, ignore_index=True)
        is_repeated = people["person_id"].duplicated() & people["person_id"].notna()
        distinct = people[~is_repeated].reset_index(drop=True)
        # Arrow's strings are filtered, searched and sent to the browser without being copied.
        return distinct.astype(dict.fromkeys(distinct.select_dtypes("object"), "str"))


def ignored_job_changes(answer: Json) -> bool:
    """Whether LeadIQ ignored the filters on job changes of the search that has this answer.

    It does so on accounts without the feature, and then returns people whose ``personJobChange``
    is null (live schema).
    """
    people = rows_at(answer, "people")
    return bool(people) and all(person.get("personJobChange") is None for person in people)


# Kinds of suggestions that are a column of people.
_SUGGESTED_COLUMNS = {"titles": "title", "roles": "role", "industries": "industry"}
_SUGGESTED_LISTS = ("technologies", "technology_categories")  # columns of joined values


def seen_values(people: pd.DataFrame) -> dict[str, Counter[str]]:
    """Returns the values that filters can suggest, by kind, with the number of occurrences."""
    seen = {kind: Counter(people[column].dropna()) for kind, column in _SUGGESTED_COLUMNS.items()}
    seen["titles"].update(people["previous_title"].dropna())
    seen["places"] = _seen_places(people)
    for kind in _SUGGESTED_LISTS:
        seen[kind] = Counter(people[kind].dropna().str.split("; ").explode())
    return seen


def _seen_places(people: pd.DataFrame) -> Counter[str]:
    """Returns the locations as the location filter reads them, and the countries alone."""
    # An unknown part stays empty between its commas.
    rows = [
        [part if isinstance(part, str) else "" for part in parts]
        for parts in people[["city", "state", "country"]].itertuples(index=False)
    ]
    places = Counter(", ".join(row).lstrip(", ") for row in rows if any(row))
    places.update(country for *area, country in rows if country and any(area))
    return places
