"""DBOS in this process: one runtime over one ledger, with the clients of the accounts it serves."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, Queue

from dashboard.jobs.pace import burst_of
from dashboard.jobs.private_apis import (
    call_before_threads_are_joined,
    listen_to_more_queues,
    read_pickled_rows_as_data,
    recover_workflows_of,
)
from dashboard.jobs.records import JobRecords, RunningJob
from dashboard.jobs.workers import WorkerLocks
from dashboard.ledger.files import make_private_database
from dashboard.ledger.ledger import Ledger
from leadiq_api import LeadIQClient

LOGGER = logging.getLogger("dashboard")

VERSION = "1"  # of the workflows: work started by one version is recovered by the same
UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")  # DBOS's states of a workflow
MAX_IN_FLIGHT = 32  # requests of a job that are in flight; at 30 s each they still fill 60 a minute
SUBSEC_SINCE = (3, 42)  # SQLite's version
POLL_SECONDS = 0.2  # between two looks at a queue
IDLE_POLL_SECONDS = 3.0  # the same, of an account whose jobs have all ended, or wait for their user
IDLE_AFTER_SECONDS = 60.0  # without a running job
WATCH_SECONDS = 2.0  # between two looks for processes that have ended
UNDRIVEN_SECONDS = 10.0  # of a running job without a workflow, which is started a moment later
UNDRIVEN = "The job was interrupted. Resume to continue."


class QueueNames(NamedTuple):
    """The queues of an account: of its jobs, of their requests, and of verified addresses.

    LeadIQ limits the verifications by themselves.
    """

    jobs: str
    requests: str
    verifications: str


class AccountClients(NamedTuple):
    """The clients of an account.

    ``queued`` sends what the queue of requests has let through; ``slot_taking`` acquires a slot of
    that queue before each request.
    """

    queued: LeadIQClient
    slot_taking: LeadIQClient


class QueueRate(NamedTuple):
    """What limits an account's queues: requests and verifications a minute, seconds of a poll."""

    requests: int
    verifications: int
    poll: float


class Runtime:
    """DBOS over one ledger. It does nothing until it is launched."""

    def __init__(self, ledger: Ledger) -> None:
        self.records = JobRecords(ledger)
        self.url = ledger.url
        self.closing = threading.Event()
        self._clients: dict[str, AccountClients] = {}
        self._rates: dict[str, QueueRate] = {}  # as this process has set them, by account
        self._busy_at: dict[str, float] = {}  # when an account last had a running job (monotonic)
        self._workers = WorkerLocks(ledger.url)
        self._watch = threading.Thread(target=self._watch_workers, name="job-watch", daemon=True)
        self._dbos: DBOS | None = None
        self._undriven_since: dict[str, float] = {}  # by workflow (``time.monotonic()``)

    def clients(self, account: str) -> AccountClients:
        """Returns the clients of an account; KeyError if this process does not have its key."""
        return self._clients[account]

    def add_client(self, client: LeadIQClient, acquire_slot: Callable[[], None]) -> bool:
        """Sets the client of its account; returns whether the account is new."""
        is_new = client.fingerprint not in self._clients
        slot_taking = client.with_gate(acquire_slot)
        self._clients[client.fingerprint] = AccountClients(client, slot_taking)
        return is_new

    def launch(self) -> None:
        """Launches DBOS, which takes work for the accounts that there are clients for."""
        read_pickled_rows_as_data()
        config: DBOSConfig = {
            "name": "leadiq-console",
            "system_database_url": _system_url(self.url).render_as_string(hide_password=False),
            "db_engine_kwargs": {"connect_args": _connect_args(self.url)},
            "executor_id": self._workers.name,
            "application_version": VERSION,
            "log_level": "ERROR",
            "serializer": DBOSPortableJSONSerializer(),
            # No workflow listens, and closing waits for the listener's next look.
            "notification_listener_polling_interval_sec": POLL_SECONDS,
        }
        self._dbos = DBOS(config=config)
        DBOS.listen_queues([name for account in self._clients for name in queue_names(account)])
        DBOS.launch()
        for clients in self._clients.values():
            self.listen(clients.queued)
        self._watch.start()

    def listen(self, client: LeadIQClient) -> None:
        """Takes work for the client's account from now on."""
        self._busy_at[client.fingerprint] = time.monotonic()
        self._set_rate(client)
        if self._dbos is None:
            raise RuntimeError("launch() comes first")
        listen_to_more_queues(self._dbos, queue_names(client.fingerprint))

    def _rate_of(self, client: LeadIQClient) -> QueueRate:
        """Returns the client's actual paces, and how often its account is looked at by now.

        Each look is queries in three threads, for as long as this process lives.
        """
        idle = time.monotonic() - self._busy_at[client.fingerprint] >= IDLE_AFTER_SECONDS
        return QueueRate(
            client.requests_per_minute,
            client.verifications_per_minute,
            IDLE_POLL_SECONDS if idle else POLL_SECONDS,
        )

    def _set_rate(self, client: LeadIQClient) -> None:
        """Gives the account's queues their rate, in all processes: DBOS reads it at each look."""
        rate = self._rate_of(client)
        names = queue_names(client.fingerprint)
        DBOS.register_queue(names.jobs, polling_interval_sec=rate.poll, on_conflict="always_update")
        for name, pace in (
            (names.requests, rate.requests),
            (names.verifications, rate.verifications),
        ):
            burst = burst_of(pace)
            DBOS.register_queue(
                name,
                limiter={"limit": burst.requests, "period": burst.seconds},
                worker_concurrency=MAX_IN_FLIGHT,
                polling_interval_sec=rate.poll,
                on_conflict="always_update",
            )
        self._rates[client.fingerprint] = rate

    def _update_rates(self, busy: Collection[str]) -> None:
        """Slows the queues of keys with a lower limit meanwhile, and the polls of idle accounts.

        ``busy`` are the accounts with a running job.
        """
        self._busy_at |= dict.fromkeys(busy, time.monotonic())
        for account, rate in [*self._rates.items()]:
            client = self._clients[account].queued
            if rate != self._rate_of(client):
                self._set_rate(client)

    def _watch_workers(self) -> None:
        """Recovers the work of ended processes, and more, until this one closes."""
        while not self.closing.is_set():
            try:
                self._workers.hold()
                pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
                names = {row.executor_id for row in pending if row.executor_id is not None}
                dead = [name for name in names if self._workers.is_dead(name)]
                if dead:
                    recover_workflows_of(dead)
                running = self.records.running_jobs([*self._clients])
                self._update_rates({job.account for job in running})
                self._pause_undriven_jobs(running)
            except Exception as error:  # the next look may succeed
                LOGGER.error(
                    "Ended workers and jobs could not be looked for, nor paces followed: %s",
                    type(error).__name__,
                )
            self.closing.wait(WATCH_SECONDS)

    def _pause_undriven_jobs(self, running: Iterable[RunningJob]) -> None:
        """Pauses running jobs that no workflow drives: they would be shown as running for ever.

        Its process ended before it was queued, DBOS gave it up, or DBOS's database is another one.
        """
        job_of = {workflow_of(job.id, job.run): job.id for job in running}
        now, before = time.monotonic(), self._undriven_since
        self._undriven_since = {name: before.get(name, now) for name in undriven(job_of)}
        for name, since in self._undriven_since.items():
            if now - since >= UNDRIVEN_SECONDS:
                self.records.pause(job_of[name], UNDRIVEN)

    def close(self) -> None:
        """Ends DBOS here; unfinished work is recovered by the next process."""
        self.closing.set()
        if self._watch.is_alive():
            self._watch.join()
        DBOS.logger.setLevel("CRITICAL")  # what is interrupted here is not an error
        DBOS.destroy()
        self._workers.close()


class _Process:
    """The runtime of this process, if it has one. ``lock`` guards changes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.runtime: Runtime | None = None


_process = _Process()


def launch(
    ledger: Ledger, clients: Sequence[LeadIQClient], acquire_slot: Callable[[str], None]
) -> JobRecords:
    """Launches DBOS over this ledger, once per process, and takes work for the clients' accounts.

    ``acquire_slot`` waits until the account may send a request beside its queue. An API key stays
    in the memory of this process: a job waits if no process has its key.
    """
    with _process.lock:
        if _process.runtime is not None and _process.runtime.url != ledger.url:
            close()
        runtime = _process.runtime or Runtime(ledger)
        new = [
            client
            for client in clients
            if runtime.add_client(client, partial(acquire_slot, client.fingerprint))
        ]
        if _process.runtime is not None:
            for client in new:
                runtime.listen(client)
            return runtime.records
        # Workflows start during the launch, and look for the runtime.
        _process.runtime = runtime
        try:
            runtime.launch()
        except BaseException:
            close()
            raise
        call_before_threads_are_joined(close)
        return runtime.records


def close() -> None:
    """Ends DBOS in this process."""
    with _process.lock:
        if _process.runtime is not None:
            _process.runtime.close()
        _process.runtime = None


def running_or_none() -> Runtime | None:
    """Returns the runtime of this process, or None before ``launch`` and after ``close``."""
    return _process.runtime


def running() -> Runtime:
    """Returns the runtime of this process. Raises ``RuntimeError`` if there is none."""
    if _process.runtime is None:
        raise RuntimeError("launch() comes first")
    return _process.runtime


def sleep(seconds: float) -> None:
    """Waits, but no longer than this process works on jobs.

    Raises ``SystemExit`` if it ends: DBOS records nothing of a step that is left in this way, and
    the next process continues with it.
    """
    current = running_or_none()
    if current is None:
        time.sleep(seconds)
    elif current.closing.wait(seconds):
        raise SystemExit


def workflow_of(job: str, run: int) -> str:
    """Returns the id of the workflow that drives a run of a job."""
    return f"{job}-{run}"


def undriven(workflows: Collection[str]) -> set[str]:
    """Returns those of these workflows that DBOS has ended, or does not know."""
    if not workflows:  # DBOS would list all that it has
        return set()
    found = DBOS.list_workflows(workflow_ids=[*workflows], load_input=False, load_output=False)
    return {*workflows} - {row.workflow_id for row in found if row.status in UNFINISHED}


def queue_names(account: str) -> QueueNames:
    """Returns the names of an account's queues."""
    return QueueNames(f"jobs-{account}", f"requests-{account}", f"verifications-{account}")


def queue(name: str) -> Queue:
    """Returns a queue that was registered by ``launch``."""
    registered = DBOS.retrieve_queue(name)
    if registered is None:
        raise RuntimeError(f"there is no queue {name}")
    return registered


class SQLiteConnection(sqlite3.Connection):
    """A connection on which ``unixepoch('subsec')`` works: DBOS's clock from Python 3.12 on.

    SQLite has it since 3.42, and Debian 12 builds every Python with 3.40.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if sqlite3.sqlite_version_info < SUBSEC_SINCE:
            self.create_function("unixepoch", 1, lambda _: round(time.time(), 3))


def _connect_args(url: sa.URL) -> dict[str, Any]:
    return {"factory": SQLiteConnection} if url.get_backend_name() == "sqlite" else {}


def _system_url(url: sa.URL) -> sa.URL:
    """Returns the database of DBOS: the ledger's own, or a private file beside a SQLite ledger."""
    if url.get_backend_name() != "sqlite":
        return url
    file = f"{url.database}-jobs"
    make_private_database(Path(file))
    return url.set(database=file)
