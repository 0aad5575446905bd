"""What a search returned, kept in the session so that a rerun sends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dashboard.search.results import Results
from dashboard.tables.api_json import rows_at
from leadiq_api import LeadIQError


@dataclass
class Outcome:
    """What the requests of one search returned.

    ``answers`` are the JSON answers by a label of the page's own (a page number, a line);
    ``errors`` the failures by the same labels; ``preselected`` ids are selected in its table at
    first. ``receipt`` names the ledger's events of the last action: what they were charged.
    """

    request: dict[str, Any]
    data_points: tuple[str, ...] = ()
    answers: MutableMapping[Any, Any] = field(default_factory=dict)
    errors: dict[Any, LeadIQError] = field(default_factory=dict)
    preselected: list[str] = field(default_factory=list)
    receipt: Sequence[int] | None = None
    at: float = field(default_factory=time.time)  # Unix seconds; also the version of its table

    def has(self, label: Any) -> bool:
        """Whether the request with this label was sent: there is an answer or an error."""
        return label in self.answers or label in self.errors

    def ask(self, label: Any, call: Callable[[], Any]) -> LeadIQError | None:
        """Sends one request and keeps its answer or its error; returns the error, if any.

        Rows that came beside an error are kept too: they were paid for.
        """
        self.errors.pop(label, None)
        self.at = time.time()
        try:
            self.answers[label] = call()
        except LeadIQError as error:
            self.errors[label] = error
            fields = error.data.values() if isinstance(error.data, dict) else ()
            self.answers.update((label, part) for part in fields if _has_rows(part))
        return self.errors.get(label)


def _has_rows(part: Any) -> bool:
    """Whether a part of an answer holds any: one without does not mean that nothing was found."""
    return isinstance(part, dict) and any(rows_at(part, name) for name in part)


class SavedSearchRun(NamedTuple):
    """A run of a saved search: the search's name, and the run's id in the ledger."""

    name: str
    id: int


@dataclass
class LoadedSearch(Outcome):
    """An advanced search with the pages loaded so far, by page number from 0.

    ``run`` is set if the search is a run of a saved one. ``address`` is the query of a link that
    fills its boxes, ``chips`` are those of its charts: a page opened without an address shows them.
    """

    answers: Results = field(kw_only=True)
    address: str = ""
    chips: list[str] = field(default_factory=list)
    run: SavedSearchRun | None = None
    recorded: int = -1  # version of the results that the run was last recorded with

    @property
    def results(self) -> Results:
        """The loaded pages; other sessions of the account may load some too."""
        return self.answers

    @property
    def noun(self) -> tuple[str, str]:
        """What its rows are, as singular and plural: people, or companies."""
        return ("company", "companies") if self.results.grouped else ("person", "people")
