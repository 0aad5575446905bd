"""What a job is: its states, its settings, its rows and its progress.

The values of the enums and the keys of the settings' JSON are stored in databases: a name in
Python can change at any time, what it stands for in a database cannot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypedDict

from dashboard.tables import cells
from dashboard.tables.api_json import Json
from leadiq_api.client import PEOPLE_LIMIT


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    PAUSED = "paused"  # by the user, a budget, the balance or the service
    STOPPED = "stopped"  # by the user, or because the key was refused
    DONE = "done"


class RowState(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"  # to be sent
    SENT = "sent"  # part of a request
    FOUND = "found"
    NOT_FOUND = "not_found"
    FAILED = "failed"  # refused
    OUTCOME_UNKNOWN = "unknown"  # no answer came; the recovery resolves it
    NEEDS_DECISION = "undecided"  # no answer came, and only the user can decide
    UNIDENTIFIED = "invalid"  # nothing in it names one person
    DUPLICATE = "repeated"  # the same person as an earlier row
    HELD = "held"  # to be sent once the user continues after the first rows


class RowKind(StrEnum):
    """What a row asks for. Pages are sent before people: rows are claimed in this order."""

    PAGE = "page"  # of a saved search
    PERSON = "person"


class RequestState(StrEnum):
    """How far a request is."""

    CLAIMED = "claimed"  # has its rows; nothing was sent
    SENDING = "sending"  # may have been sent
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


# Rows that are never sent, and requests that were started and have not ended.
NEVER_SENT = (RowState.UNIDENTIFIED, RowState.DUPLICATE)
IN_FLIGHT = (RequestState.CLAIMED, RequestState.SENDING)


class Decision(StrEnum):
    """What the user has decided on a match that has to be checked."""

    KEPT = "kept"
    DROPPED = "dropped"


CONTINUED = "Continued with another key."  # the reason of a job whose rest another one has

# How sure a match is: certain, or to be checked for the reasons that follow.
EXACT = "exact"
CHECK = cells.CHECK


class ListStatus(StrEnum):
    """The outcome of a found person when the job's list was written."""

    ADDED = "added"
    ALREADY_LISTED = "already_listed"
    NAMELESS = "nameless"  # LeadIQ wants a first and a last name
    DUPLICATE = "duplicate"  # the same person as another row of the job
    UNCHECKED = "unchecked"  # perhaps somebody else, and the user has not kept them
    REFUSED = "refused"  # by LeadIQ, with its reason


# Older databases hold the words that the user sees.
_LIST_STATUS_OF_OLD_TEXT: Mapping[str, ListStatus] = {
    "on it already": ListStatus.ALREADY_LISTED,
    "no first or last name": ListStatus.NAMELESS,
    "repeated": ListStatus.DUPLICATE,
}


@dataclass(frozen=True)
class ListOutcome:
    """A status with LeadIQ's reason, if it refused the person. Stored as ``status: reason``."""

    status: ListStatus
    reason: str = ""

    def to_text(self) -> str:
        """Returns what is stored in the column ``listed``."""
        return f"{self.status}: {self.reason}" if self.reason else str(self.status)

    @classmethod
    def from_text(cls, text: str) -> ListOutcome | None:
        """Reads the column ``listed``; None if the person was not put on a list yet."""
        if not text:
            return None
        if text in _LIST_STATUS_OF_OLD_TEXT:
            return cls(_LIST_STATUS_OF_OLD_TEXT[text])
        status, _, reason = text.partition(": ")
        return cls(ListStatus(status), reason)


class Baseline(NamedTuple):
    """The account's used UC, in whole credits, at a time in Unix milliseconds.

    ``event`` is the ledger's last event before it; None in jobs of earlier consoles.
    """

    used: int
    at: int
    event: int | None = None


BASELINES = ("baseline", "probe_baseline")  # the settings that are balances
VERIFICATION = "verifyEmail"  # the operation of a job that verifies addresses
# The keys of stored settings that have another name in Python.
_JSON_KEYS: Mapping[str, str] = {
    "max_uc": "most_uc",
    "max_people": "most",
    "list_started": "list_begun",
    "fingerprint": "source",
    "repeat_is_free": "free_again",
    "probes": "proofs",
    "probe_events": "proof_events",
}


@dataclass(frozen=True)
class JobSettings:
    """What a job was started with; every user of the account may see all of it.

    ``quality`` is what its lookups accept, as text; None is anything.

    ``columns`` are the headers of the file. The job of a saved search has its ``operation`` and
    ``search``, and finds up to ``max_people``; that of a verification the operation
    ``VERIFICATION``. The people found are put on the list ``list_id``, or on the one named
    ``list_name``. ``budget`` (UC) is the job's own limit. ``max_uc`` is the highest price that the
    user has seen and agreed to, and is held like a budget; ``price_exceeded`` is set if the job was
    paused because that is too low. ``fingerprint`` identifies the file or search, so that the same
    job is not started twice. ``people_per_request`` is what the server accepts, as far as is known.

    ``baseline`` is the balance when the job started. ``repeat_is_free`` says whether this account
    was shown not to pay twice within a year, or to pay twice; None is not known. ``probes`` counts
    how often that was tried, ``probe_events`` are the ledger's events of those requests, and
    ``probe_baseline`` is the balance before the last one whose result is not known yet.
    ``settled_uc`` is what the job had been charged when that was last compared with the balance.
    ``owner`` identifies whose key it runs with, so that the same user can continue it with another
    key. ``content`` identifies the file alone, whatever was chosen.
    ``check_below`` is the confidence in percent below which a match has to be checked;
    ``include_unchecked`` puts matches that nobody has checked on the list too; ``only_list``
    marks a run that adds people to a list and looks nobody up.
    ``written`` are the SHA-256 of the files that a command wrote of its results.
    ``delimiter`` separates the cells of the file, and of the results; ``fields`` are the indexes of
    its columns by what they hold.
    """

    data_points: tuple[str, ...]
    prices: Mapping[str, str]
    columns: tuple[str, ...] = ()
    quality: str | None = None
    budget: str | None = None
    max_uc: str | None = None
    price_exceeded: bool | None = None
    operation: str = ""
    search: Json = field(default_factory=dict)
    max_people: int = 0
    list_id: str = ""
    list_name: str = ""
    list_started: bool = False
    only_list: bool = False
    fingerprint: str = ""
    baseline: Baseline | None = None
    repeat_is_free: bool | None = None
    probes: int = 0
    probe_events: tuple[int, ...] = ()
    probe_baseline: Baseline | None = None
    settled_uc: str | None = None
    people_per_request: int = PEOPLE_LIMIT
    check_below: int = 0
    owner: str = ""
    content: str = ""
    include_unchecked: bool = False
    written: tuple[str, ...] = ()
    delimiter: str = ","
    fields: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def to_json(self) -> str:
        """Returns the settings as they are stored."""
        values = {name: getattr(self, name) for name in (setting.name for setting in fields(self))}
        for name in BASELINES:
            if values[name] is not None:
                values[name] = [value for value in values[name] if value is not None]
        stored = {
            _JSON_KEYS.get(name, name): value for name, value in values.items() if value is not None
        }
        return json.dumps(stored, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> JobSettings:
        """Reads stored settings."""
        names = {key: name for name, key in _JSON_KEYS.items()}
        values = {names.get(key, key): value for key, value in json.loads(text).items()}
        for name in ("data_points", "columns", "probe_events", "written"):
            values[name] = tuple(values.get(name, ()))
        for name in BASELINES:
            if values.get(name) is not None:
                values[name] = Baseline(*values[name])
        if values.get("repeat_is_free") is False and not values.get("probes"):
            del values["repeat_is_free"]  # of an earlier console, which had no word for "not known"
        return cls(**values)


@dataclass(frozen=True)
class Job:
    """One job as it is stored. Times are Unix milliseconds; ``runs`` counts starts."""

    id: str
    account: str
    user: str
    name: str
    state: JobState
    reason: str
    runs: int
    at: int
    ended: int | None
    settings: JobSettings

    @property
    def budget(self) -> Decimal | None:
        """The job's own limit (UC)."""
        return None if self.settings.budget is None else Decimal(self.settings.budget)

    @property
    def ceiling(self) -> Decimal | None:
        """The highest price (UC) that the user has agreed to; None in jobs without a price."""
        return None if self.settings.max_uc is None else Decimal(self.settings.max_uc)

    @property
    def limit(self) -> Decimal | None:
        """What the job may spend (UC): its budget or its ceiling, whichever is lower."""
        return min((it for it in (self.budget, self.ceiling) if it is not None), default=None)

    @property
    def has_tight_budget(self) -> bool:
        """Whether its budget is lower than the highest price, so that it may end the job."""
        return self.budget is not None and (self.ceiling is None or self.budget < self.ceiling)

    @property
    def verifies(self) -> bool:
        """Whether it verifies the addresses of its rows, instead of looking people up."""
        return self.settings.operation == VERIFICATION

    @property
    def can_resume(self) -> bool:
        """Whether the job is paused or stopped, and no other one has its rest."""
        return self.state in (JobState.PAUSED, JobState.STOPPED) and not self.is_continued

    @property
    def is_continued(self) -> bool:
        """Whether another job has its rest, and all its results."""
        return self.reason == CONTINUED

    @property
    def has_list(self) -> bool:
        """Whether the people found are to be put on a list."""
        return bool(self.settings.list_id or self.settings.list_name)


@dataclass(frozen=True)
class Row:
    """One row of a job.

    ``index`` is the row's position in the file, from 0; pages of a search have negative ones.
    ``identity`` is what is compared to find duplicates, ``cells`` the row as it is in the file,
    ``request`` the last request that it was part of. ``input`` is what is requested; if it finds
    nobody, which is free, ``alternatives`` are requested in turn. ``match`` says whether the answer
    is the person of the row, ``decision`` what the user has made of a match to be checked.
    ``data_points`` are those to look up; None: all of the job.
    """

    index: int
    kind: RowKind
    state: RowState
    identity: str
    input: Json
    cells: tuple[str, ...] = ()
    person: str | None = None
    answer: Json | None = None
    problem: str = ""
    listed: ListOutcome | None = None
    request: str | None = None
    alternatives: tuple[Json, ...] = ()
    match: str = ""
    decision: Decision | None = None
    data_points: tuple[str, ...] | None = None

    def points(self, of_job: tuple[str, ...]) -> tuple[str, ...]:
        """Returns the data points to look up: the row's own, else those of its job."""
        return of_job if self.data_points is None else self.data_points


class RowUpdate(TypedDict, total=False):
    """Columns of a row that an answer changes. A ``request`` of None releases the row."""

    state: RowState
    request: None
    input: str
    person: str
    answer: str
    email: bool
    phone: bool
    problem: str
    match: str


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    ``people`` and ``pages`` count rows by state, ``emails`` and ``phones`` the people found who
    have one, ``listed`` those with a list outcome, ``unlisted`` those without. ``to_check`` counts
    people found who are perhaps somebody else, and ``decided`` those of them by decision.
    """

    people: Mapping[RowState, int]
    pages: Mapping[RowState, int]
    emails: int
    phones: int
    listed: Mapping[ListStatus, int]
    unlisted: int
    to_check: int
    decided: Mapping[Decision, int]

    @property
    def unchecked(self) -> int:
        """People who are perhaps somebody else, and whom the user has not decided on."""
        return self.to_check - sum(self.decided.values())

    @property
    def total(self) -> int:
        """Rows that are to be sent: they identify a person whom no earlier row does."""
        return sum(number for state, number in self.people.items() if state not in NEVER_SENT)

    @property
    def processed(self) -> int:
        """Rows that have their answer, or whose refusal or loss is final."""
        final = (RowState.FOUND, RowState.NOT_FOUND, RowState.FAILED, RowState.NEEDS_DECISION)
        return sum(self.people.get(state, 0) for state in final)

    @property
    def share(self) -> float:
        """What is processed, from 0 to 1."""
        return min(1.0, self.processed / self.total) if self.total else 0.0

    @property
    def on_list(self) -> int:
        """People who are on the job's list, by this job or before it."""
        statuses = (ListStatus.ADDED, ListStatus.ALREADY_LISTED)
        return sum(self.listed.get(status, 0) for status in statuses)

    def count(self, state: RowState) -> int:
        """Returns the number of rows in this state, people and pages together."""
        return self.people.get(state, 0) + self.pages.get(state, 0)


def as_json(value: object) -> str:
    """Returns compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
