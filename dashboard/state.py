"""Session state: what a session keeps between reruns, with types and defaults.

The only module that reads or writes ``st.session_state``. A session keeps one ``Session`` there;
what belongs to an account is in its ``AccountState``, so that one account never sees another's.
Widgets keep their own values under their keys, which the helpers below read and write.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import streamlit as st

from dashboard.jobs.planning import DryRun, JobPlan
from dashboard.ledger.receipts import Receipt
from dashboard.lists.writing import WriteResult
from dashboard.search.outcome import LoadedSearch, Outcome
from dashboard.search.preview import Preview
from dashboard.tables.api_json import Json
from dashboard.tables.spreadsheet import ReadingChoice, Table
from leadiq_api import ApiKey, LeadIQError

SESSION = "session"  # the key of the Session
FLASH_SECONDS = 2.0
RESUMED = 2  # where a browser's subprotocols have the id of the session that it wants back

# Keys of widgets that are also set by code. They are in the page's address, so renaming one breaks
# saved links.
CHART_FILTERS = "narrow"  # chips of the charts on Advanced search
COMPANY_CHART_FILTERS = "narrow_companies"  # chips of the charts on Company search


class ReadId(NamedTuple):
    """Identifies a free read: what is read, and its arguments."""

    what: str
    arguments: str


class FailedRead(NamedTuple):
    """A free read that failed, and when (monotonic seconds)."""

    at: float
    error: LeadIQError


class ProspectQuery(NamedTuple):
    """The saved prospects last searched for: by email, or by first and last name."""

    email: str
    first_name: str
    last_name: str


class ProgressSample(NamedTuple):
    """How many people a job had processed at a time (monotonic seconds)."""

    at: float
    processed: int


@dataclass
class Verification:
    """The last verification: a row for each email, and the error that stopped it, if any.

    ``list_id`` is the list whose prospects were verified.
    """

    list_id: str
    receipt: Receipt
    rows: list[dict[str, Any]] = field(default_factory=list)
    error: LeadIQError | None = None


@dataclass(frozen=True)
class ExportOutcome:
    """The outcome of an export to Salesforce: a message, or records that may be duplicates."""

    receipt: Receipt
    message: str = ""
    duplicates: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class UnfinishedAddition:
    """An addition to a list with something left to do; the result holds indexes of ``inputs``."""

    list_id: str
    inputs: list[Json]
    result: WriteResult


class ChosenFile(NamedTuple):
    """The last file chosen, by the key of its uploader, which forgets it when its page is left."""

    uploader: str
    name: str
    file_id: str
    content: bytes


@dataclass(frozen=True)
class UploadedTable:
    """An uploaded file as it was read: its table, or the problem that makes it unreadable."""

    file_id: str
    choice: ReadingChoice
    table: Table | None = None
    problem: str = ""


@dataclass(frozen=True)
class PlannedJob:
    """The plan of a job that may be started.

    It holds for a ``source`` (the job's fingerprint) and for a number of requests of earlier jobs
    that were ``answered``: both change what the job costs.
    """

    source: str
    answered: int
    plan: JobPlan


@dataclass(frozen=True)
class CheckedJob:
    """The last dry run, and the ``source`` (a job's fingerprint) that it was made for.

    The source stands for the file's content, and thereby its sheet, its columns and data points.
    """

    source: str
    dry_run: DryRun


@dataclass
class RecordRefresh:
    """A record that LeadIQ was asked to make current.

    ``before`` is when it last was, as ``regeneratedTime`` had it; once that differs, ``is_done``.
    ``outcome`` is that of looking the person up again.
    """

    before: str | None
    is_done: bool = False
    outcome: Outcome | None = None


@dataclass
class AccountState:
    """What a session keeps of one account."""

    failures: dict[ReadId, FailedRead] = field(default_factory=dict)

    # Results, which are forgotten when the key changes.
    people: Outcome | None = None  # of People search
    companies: Outcome | None = None  # of Company search
    advanced: LoadedSearch | None = None  # of Advanced search
    refill: bool = False  # whether its boxes are to be filled with that search again
    selected: list[str] = field(default_factory=list)  # ids of people selected on Advanced search
    enriched: Outcome | None = None  # the last enrichment of selected people
    open_list: str | None = None  # id of the list shown on Lists

    preview: Preview | None = None  # the last one, until something else is requested
    verification: Verification | None = None
    prospect_query: ProspectQuery | None = None
    prospect_counts: dict[str, int] = field(default_factory=dict)  # by id of a list that was read
    refreshes: dict[str, RecordRefresh] = field(default_factory=dict)  # by person id
    tracked: dict[str, Json] = field(default_factory=dict)  # who moved, by id of an import
    exports: dict[str, ExportOutcome] = field(default_factory=dict)  # by prospect id
    unfinished_addition: UnfinishedAddition | None = None

    uploaded_table: UploadedTable | None = None
    planned_job: PlannedJob | None = None
    checked_job: CheckedJob | None = None
    open_job: str | None = None  # id of the job whose results are open; None: the newest
    job_states: dict[str, str] | None = None  # by job id, as the page was last drawn
    job_progress: dict[str, list[ProgressSample]] = field(default_factory=dict)  # by job id

    def forget_results(self) -> None:
        """Forgets what searches and other reads returned, and which list is open.

        Errors are among it: their tracebacks hold the client, and that the key.
        """
        self.failures.clear()
        self.tracked.clear()
        for refresh in self.refreshes.values():  # that LeadIQ was asked stays known
            refresh.outcome = None
        self.verification = None
        self.people = self.companies = self.advanced = self.enriched = None
        self.selected = []
        self.open_list = None

    def forget_advanced_search(self) -> None:
        """Forgets what Advanced search shows, and what was selected and bought there."""
        self.advanced, self.selected, self.enriched = None, [], None

    def forget_unfinished_addition(self) -> None:
        """Forgets what the last addition to a list left to do."""
        self.unfinished_addition = None

    def show_job(self, job: str) -> None:
        """Opens the results of a job in the list of jobs."""
        self.open_job = job

    def forget_other_check(self, source: str | None) -> None:
        """Forgets the last dry run, unless it was made for ``source``.

        ``source`` is None if no job can be started as things are.
        """
        if self.checked_job is not None and self.checked_job.source != source:
            self.checked_job = None

    def forget_new_job(self) -> None:
        """Forgets the file, the plan and the dry run of a job that was started."""
        self.uploaded_table = self.planned_job = self.checked_job = None


class ShownPrice(NamedTuple):
    """The maximum (UC) on a button: for the request it was drawn for, and for any other.

    ``sent`` is how many paid requests the session had sent when the button was drawn.
    """

    request: str = ""
    maximum: Decimal = Decimal(0)
    of_others: Decimal = Decimal(0)
    sent: int = 0

    def of(self, request: str) -> Decimal:
        """Returns the maximum (UC) that was shown for a request."""
        return self.maximum if request == self.request else self.of_others


NO_PRICE = ShownPrice()


class _Run(threading.local):
    """What the run in this thread knows: two of a session can overlap."""

    known_writes = 0  # of the session when the run began, and the run's own


_RUN = _Run()


@dataclass
class Session:
    """What a session keeps of its user, and of each account by fingerprint."""

    own_key: ApiKey | None = None  # entered in the sidebar; kept here and nowhere else
    drawn_account: str | None = None  # the fingerprint of the one whose balance is in the sidebar
    flash_message: str | None = None  # what a form did; shown after the rerun it causes
    shown_message: tuple[str, float] = ("", 0.0)  # the last one, and until when (Unix seconds)
    form_version: int = 0  # raised after success so that forms reset; kept after a failure
    shown_price: ShownPrice = NO_PRICE  # on the button that was just clicked
    # Paid requests agreed to: a click on a button drawn before the last of them is a second one.
    sent: int = 0
    # A write holds the lock: Streamlit starts the run of a second click beside the first.
    writes: int = 0  # that have ended
    write_key: str = ""  # of the button that was last clicked for one
    writing: threading.Lock = field(default_factory=threading.Lock)
    failed_write: LeadIQError | None = None  # why the last one failed
    shows_sample: bool = False  # whether Usage shows a month of made-up spending
    # The price on the button of an example, 0 if it is a free check; until the next run.
    clicked_example: Decimal | None = None
    due_example: Decimal | None = None  # the same, in the run that the click led to
    says_unreachable: bool = False  # whether this run has said that LeadIQ cannot be reached
    page: str = ""  # the title of the page that was run last
    is_opened: bool = False  # whether that page was opened and has not used its address so far
    approved_request: str | None = None  # the request whose price was confirmed in the dialog
    file: ChosenFile | None = None
    heading: Callable[[], object] | None = None  # draws the title of a page that has none so far
    replaces_lost_one: bool = False  # whether this tab had a session before, until that was read
    accounts: dict[str, AccountState] = field(default_factory=dict)

    def draw_heading(self) -> None:
        """Draws the title of a page that would else draw its own later, once."""
        draw, self.heading = self.heading, None
        if draw is not None:
            draw()

    def accept_loss(self) -> None:
        """Stops saying that this session replaces one that is lost."""
        self.replaces_lost_one = False

    def forget_file(self) -> None:
        """Forgets the last file chosen."""
        self.file = None

    def of(self, fingerprint: str) -> AccountState:
        """Returns the state of an account; an empty one if it was not seen before."""
        return self.accounts.setdefault(fingerprint, AccountState())

    def use_key(self, key: ApiKey | None) -> None:
        """Uses another key from now on, or none; forgets the results of the one before."""
        self.own_key, self.failed_write = key, None  # an error's traceback holds the client
        for account in self.accounts.values():
            account.forget_results()

    def take_approved_request(self) -> str | None:
        """Returns the request that was just confirmed, once: it is sent once."""
        approved, self.approved_request = self.approved_request, None
        return approved

    def begin_run(self, page: str) -> None:
        """Begins a run of ``page``: an example that was clicked is of this run alone."""
        self.due_example, self.clicked_example = self.clicked_example, None
        self.says_unreachable = False
        self.is_opened, self.page = self.is_opened or page != self.page, page
        _RUN.known_writes = self.writes

    def take_opening(self) -> bool:
        """Returns whether the page was opened from another one, or by its address; once."""
        opened, self.is_opened = self.is_opened, False
        return opened

    @contextmanager
    def write(self) -> Iterator[None]:
        """Holds the lock during a write.

        Another click stops the run that writes, where it draws or uses Streamlit's session state.
        """
        with self.writing:
            self.failed_write, self.shown_message = None, ("", 0.0)
            try:
                yield
            except LeadIQError as error:
                self.failed_write = error
                raise
            finally:
                self.writes += 1
                _RUN.known_writes += 1

    def has_written_meanwhile(self) -> bool:
        """Whether another run of this session wrote since this one began, or still does."""
        return self.writing.locked() or self.writes != _RUN.known_writes

    def wait_for_write(self) -> LeadIQError | None:
        """Waits until the write of another run is done; returns why it failed, if it did."""
        with self.writing:
            _RUN.known_writes = self.writes
            return self.failed_write

    def take_due_example(self) -> Decimal | None:
        """Returns the price (UC) of the example that led to this run, once."""
        price, self.due_example = self.due_example, None
        return price

    def take_flash_message(self, now: float) -> str | None:
        """Returns the message of the last action, and again for ``FLASH_SECONDS``.

        The run that draws it first may be stopped by the next one before the browser has it.
        """
        if self.flash_message is not None:
            self.shown_message = (self.flash_message, now + FLASH_SECONDS)
            self.flash_message = None
        message, end = self.shown_message
        return message if now < end else None


def session() -> Session:
    """Returns what this session keeps."""
    if SESSION not in st.session_state:
        st.session_state[SESSION] = Session(replaces_lost_one=_had_session())
    current: Session = st.session_state[SESSION]
    return current


def _had_session() -> bool:
    """Whether this tab reconnected and named the session that it had, as a laptop does that slept.

    Streamlit's browser side names it third in the subprotocols. Had it been resumed, this would not
    be a new one. Verified with Streamlit 1.67.
    """
    protocols = (st.context.headers.get("Sec-WebSocket-Protocol") or "").split(",")
    return len(protocols) > RESUMED and bool(protocols[RESUMED].strip())


def show_sample(shows: bool) -> None:
    """Shows a month of made-up spending on Usage, or no longer."""
    session().shows_sample = shows


def stop_if_left() -> None:
    """Ends the script's run here if its tab was closed, or asks for another run.

    Streamlit looks for that whenever session state is read, and never within a request.
    """
    session()


def remember_shown_price(price: ShownPrice) -> None:
    """Remembers the price that was on a button when it was clicked."""
    session().shown_price = price


def was_clicked(key: str) -> bool:
    """Whether this run began with a click on the button with this key, drawn in it or not."""
    return st.session_state.get(key) is True


def approve(price: ShownPrice) -> None:
    """Remembers that a request was agreed to, at the price that the dialog showed."""
    session().approved_request = price.request
    remember_shown_price(price)


def replace_seen(key: str, value: Any) -> bool:
    """Remembers a value under a key; returns whether it differs from the one before, if any."""
    before = st.session_state.get(key)
    st.session_state[key] = value
    return bool(before != value)


def chips(key: str) -> list[str]:
    """Returns the chips of the chart filters with this key."""
    return st.session_state.get(key) or []


def set_chips(key: str, chips: list[str]) -> None:
    """Sets the chips of the chart filters with this key."""
    st.session_state[key] = chips


def chart_selection(key: str) -> Any:
    """Returns what was selected in the chart with this key: a mapping, as Streamlit reports it."""
    return st.session_state[key].selection


def widget_values(keys: Iterable[str]) -> dict[str, Any]:
    """Returns the values of the widgets with these keys; None for those not drawn so far."""
    return {key: st.session_state.get(key) for key in keys}


def forget_widgets(keys: Iterable[str]) -> None:
    """Forgets the values of widgets, before they are drawn: they begin as their address says."""
    for key in keys:
        st.session_state.pop(key, None)


def set_widget_values(values: Mapping[str, Any]) -> None:
    """Sets the values of widgets by their keys, before they are drawn."""
    for key, value in values.items():
        st.session_state[key] = value
