"""The answers of recent searches, which are shown again without sending anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

from dashboard.search.outcome import Outcome

MAX_RECENT = 30


class RecentSearch(NamedTuple):
    """A search as it was entered, and its outcome: an input and its data points can differ.

    After a preview, say, the person of an email address is bought by their id.
    """

    request: dict[str, Any]
    data_points: tuple[str, ...]
    outcome: Outcome

    def reopened(self) -> Outcome:
        """Returns the answers as an outcome of their own, in which nothing was charged."""
        found = self.outcome
        return Outcome(found.request, found.data_points, {**found.answers}, at=found.at)


class RecentSearches:
    """The last searches of a user on one page. Sessions share them, so they outlive a reload.

    Errors are not kept: their tracebacks hold the client, and that the key.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, RecentSearch] = {}  # the oldest first
        self._lock = Lock()

    def keep(
        self, request: Mapping[str, Any], data_points: tuple[str, ...], outcome: Outcome
    ) -> None:
        """Keeps the answers of a search that was entered as ``request``, if there are any."""
        if not outcome.answers:
            return
        search = RecentSearch({**request}, data_points, outcome)
        key = _key(request, data_points)
        with self._lock:
            self._by_key.pop(key, None)
            self._by_key[key] = search._replace(outcome=search.reopened())
            while len(self._by_key) > MAX_RECENT:
                del self._by_key[next(iter(self._by_key))]

    def find(self, request: Mapping[str, Any], data_points: tuple[str, ...]) -> Outcome | None:
        """Returns the answers of a search, if it is one of the last."""
        with self._lock:
            search = self._by_key.get(_key(request, data_points))
        return None if search is None else search.reopened()

    def all(self) -> list[RecentSearch]:
        """Returns the searches, the newest first."""
        with self._lock:
            return [*reversed(self._by_key.values())]


def _key(request: Mapping[str, Any], data_points: tuple[str, ...]) -> str:
    return json.dumps([request, sorted(data_points)], sort_keys=True)
