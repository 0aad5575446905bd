"""What a job is: its states, its settings, its rows and its progress."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dashboard.tables.api_json import Json
from leadiq_api.client import PEOPLE_LIMIT

# A job: at work; held by a person, a budget or the balance; ended by a refused key; through.
RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"

# A row: to be sent; part of a request; the person, or nobody; refused; no answer, to be looked
# into; no answer, and only a person can decide; not sent, since it names nobody or repeats another.
WAITING, SENT, FOUND, NOT_FOUND, FAILED = "waiting", "sent", "found", "not_found", "failed"
OUTCOME_UNKNOWN, NEEDS_DECISION, UNIDENTIFIED, DUPLICATE = (
    "unknown",
    "undecided",
    "invalid",
    "repeated",
)

# A row's kind: a page of a saved search, or a person.
PAGE, PERSON = "page", "person"

# A request: its rows are taken but nothing was sent; it may have been sent; answered; unanswered.
CLAIMED, SENDING, ANSWERED, UNANSWERED = "claimed", "sending", "answered", "unanswered"


@dataclass(frozen=True)
class JobSettings:
    """What a job was started with; all of it can be shown to anybody of the account.

    ``columns`` head the original cells. A pipeline has a saved search's ``operation`` and
    ``search`` and ``most`` people. ``list_id`` or ``list_name`` is where the people found are put.
    ``most_uc`` is the price that was shown. ``baseline`` is the balance's used UC and the Unix
    milliseconds when the job began; ``free_again`` tells that this account was shown not to pay
    twice within a year, ``proofs`` how often that was tried and ``proof_events`` by which events.
    ``source`` names the file or search, so that the same is not begun twice.
    ``people_per_request`` is what the server takes, as far as it has told.
    """

    data_points: tuple[str, ...]
    prices: Mapping[str, str]
    columns: tuple[str, ...] = ()
    budget: str | None = None
    most_uc: str = "0"
    operation: str = ""
    search: Json = field(default_factory=dict)
    most: int = 0
    list_id: str = ""
    list_name: str = ""
    list_begun: bool = False
    source: str = ""
    baseline: tuple[int, int] | None = None
    free_again: bool = False
    proofs: int = 0
    proof_events: tuple[int, ...] = ()
    people_per_request: int = PEOPLE_LIMIT

    def text(self) -> str:
        """As JSON."""
        return json.dumps(self.__dict__, ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> JobSettings:
        """From JSON."""
        values = json.loads(text)
        baseline = values.get("baseline")
        tuples = {name: tuple(values[name]) for name in ("data_points", "columns", "proof_events")}
        return cls(**{**values, **tuples, "baseline": baseline and (baseline[0], baseline[1])})


@dataclass(frozen=True)
class Job:
    """One job as it stands. Times are Unix milliseconds."""

    id: str
    account: str
    user: str
    name: str
    state: str
    reason: str
    runs: int
    at: int
    ended: int | None
    settings: JobSettings

    @property
    def budget(self) -> Decimal | None:
        """The job's own limit (UC)."""
        return None if self.settings.budget is None else Decimal(self.settings.budget)


@dataclass(frozen=True)
class Row:
    """One row of a job. ``place`` is that of the file, from 0; pages have negative ones."""

    place: int
    kind: str
    state: str
    identity: str
    input: Json
    cells: tuple[str, ...] = ()
    person: str | None = None
    answer: Json | None = None
    problem: str = ""
    listed: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a job is: rows by state, pages by state, what was found, what was put on the list."""

    people: Mapping[str, int]
    pages: Mapping[str, int]
    emails: int
    phones: int
    listed: Mapping[str, int]

    @property
    def total(self) -> int:
        """Rows that name somebody new, so that they are sent."""
        return sum(self.people.values()) - sum(
            self.people.get(s, 0) for s in (UNIDENTIFIED, DUPLICATE)
        )

    @property
    def through(self) -> int:
        """Rows that have their answer, or whose refusal or loss is final."""
        ended = (FOUND, NOT_FOUND, FAILED, NEEDS_DECISION)
        return sum(self.people.get(state, 0) for state in ended)


def as_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
