"""Bulk jobs as DBOS workflows: what runs, where, and what is never sent twice.

``run`` leads one job; each request is a ``send_next`` of its own, on a queue whose limiter holds
the key's requests a minute over all processes. What else a job asks for, balances and lists, waits
for its ``turn`` on the same queue. Each account has its own queues, and a process takes work only
for the accounts whose key it has: the key is in its memory and nowhere else.

What happens to a request without an answer is in ``dashboard/unanswered.py``.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from contextvars import Context
from decimal import Decimal
from functools import partial

from dbos import DBOS, DBOSConfig, Queue, SetWorkflowID
from dbos import error as dbos_error

from dashboard.jobs import list_step, recovery
from dashboard.jobs.model import (
    CLAIMED,
    DONE,
    FOUND,
    OUTCOME_UNKNOWN,
    PAGE,
    PAUSED,
    PERSON,
    RUNNING,
    SENDING,
    SENT,
    WAITING,
    Job,
)
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import hold, send_page, send_people
from dashboard.jobs.workers import WorkerLocks
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from dashboard.ledger.schema import now_ms
from leadiq_api import AuthenticationError, LeadIQClient, LeadIQError, may_have_taken_effect

VERSION = "1"  # of the workflows: work begun by one version is taken up by the same
MAX_IN_FLIGHT = 32  # requests of a job that are in flight; at 30 s each they still fill 60 a minute
BURSTS_PER_MINUTE = 5  # a minute
UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")  # DBOS's states
POLL_SECONDS = 0.2  # between two looks at a queue
WATCH_SECONDS = 2.0  # between two looks for processes that have ended
WAIT_SECONDS = 0.1  # between two looks whether requests have ended

_lock = threading.RLock()
# By account: for the queue's own requests, and for others, each of which takes its turn first.
_clients: dict[str, tuple[LeadIQClient, LeadIQClient]] = {}
_runtime: Runtime | None = None


class Runtime:
    """DBOS in this process, over one ledger."""

    def __init__(self, ledger: Ledger, clients: Sequence[LeadIQClient]) -> None:
        self.records = JobRecords(ledger)
        self.url = ledger.url
        self._executors = WorkerLocks(ledger.url)
        system = ledger.url
        if system.get_backend_name() == "sqlite":
            system = system.set(database=f"{system.database}-jobs")
        config: DBOSConfig = {
            "name": "leadiq-console",
            "system_database_url": system.render_as_string(hide_password=False),
            "executor_id": self._executors.own,
            "application_version": VERSION,
            "log_level": "ERROR",
        }
        self._dbos = DBOS(config=config)
        DBOS.listen_queues([name for one in clients for name in _queues(one.fingerprint)])
        DBOS.launch()
        for client in clients:
            self.listen(client.fingerprint, client.requests_per_minute)
        self.ended = threading.Event()
        self._watch = threading.Thread(target=self._watching, name="job-watch", daemon=True)
        self._watch.start()
        # Before Python waits for DBOS's threads, which wait for requests.
        threading._register_atexit(close)  # type: ignore[attr-defined]

    def listen(self, account: str, requests_per_minute: int) -> None:
        """Takes work for an account from now on."""
        # A fifth of a minute's requests, and a second more than their share of it: no minute holds
        # six such bursts, however late some arrive, and one request in thirteen is left for people
        # who click. Whole seconds: DBOS's clock on SQLite has no finer ones.
        burst = max(1, requests_per_minute // BURSTS_PER_MINUTE)
        period = math.ceil(60 * burst / requests_per_minute) + 1
        leading, sending = _queues(account)
        DBOS.register_queue(leading, polling_interval_sec=POLL_SECONDS)
        DBOS.register_queue(
            sending,
            limiter={"limit": burst, "period": period},
            worker_concurrency=MAX_IN_FLIGHT,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        # DBOS takes the names before it is launched only, but reads them anew each second; a key
        # can be given in the sidebar at any time.
        listening = self._dbos._listening_queues
        assert listening is not None  # noqa: S101  set above
        listening += {leading, sending} - {*listening}

    def _watching(self) -> None:
        """Has the work of processes that have ended taken up again."""
        while not self.ended.is_set():
            try:
                pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
                names = {row.executor_id for row in pending} - {self._executors.own, None}
                dead = [name for name in names if self._executors.is_dead(name)]
                if dead:
                    DBOS._recover_pending_workflows(dead)
            except Exception as error:  # the next look may go better
                DBOS.logger.error(f"Ended workers could not be looked for: {error}")
            self.ended.wait(WATCH_SECONDS)

    def close(self) -> None:
        """Ends DBOS here; what is unfinished is taken up by the next process."""
        self.ended.set()
        self._watch.join()
        DBOS.logger.setLevel("CRITICAL")  # what is cut off here is no error
        DBOS.destroy()
        self._executors.close()


def launch(ledger: Ledger, *clients: LeadIQClient) -> JobRecords:
    """Starts DBOS over this ledger, once a process, and takes work for the clients' accounts.

    A key stays in the memory of this process: a job whose key no process has, waits.
    """
    global _runtime
    with _lock:
        if _runtime is not None and _runtime.url != ledger.url:
            close()
        new = [one for one in clients if one.fingerprint not in _clients]
        for one in clients:
            turn_taker = one.waiting_for(partial(_acquire_slot, one.fingerprint))
            _clients[one.fingerprint] = (one, turn_taker)
        if _runtime is None:
            try:
                _runtime = Runtime(ledger, clients)
            except BaseException:
                DBOS.destroy()
                _clients.clear()
                raise
        else:
            for client in new:
                _runtime.listen(client.fingerprint, client.requests_per_minute)
        return _runtime.records


def close() -> None:
    """Ends DBOS in this process."""
    global _runtime
    with _lock:
        if _runtime is not None:
            _runtime.close()
        _runtime = None
        _clients.clear()


def start(job: str, account: str) -> None:
    """Has a job run (again) by any process that serves its account."""
    number = _running().records.next_run(job)
    with SetWorkflowID(f"{job}-{number}"):
        _queue(_queues(account)[0]).enqueue(run, job, number)


def _running() -> Runtime:
    if _runtime is None:
        raise RuntimeError("launch() comes first")
    return _runtime


def _queues(account: str) -> tuple[str, str]:
    """The account's queue of jobs, and the one of their requests."""
    return f"jobs-{account}", f"requests-{account}"


def _queue(name: str) -> Queue:
    found = DBOS.retrieve_queue(name)
    assert found is not None  # noqa: S101  launch() has registered it
    return found


# The job -----------------------------------------------------------------------------------------


@DBOS.workflow(max_recovery_attempts=1_000)
def run(job: str, number: int) -> str:
    """Leads one job until it is done, or held; gives the state it is left in."""
    try:
        return _lead(job, number)
    except dbos_error.DBOSException:  # DBOS is being closed here, and goes on elsewhere
        raise
    except Exception as error:
        hold_broken(job, f"{type(error).__name__}: {error}")
        raise


def _lead(job: str, number: int) -> str:
    account = begin(job)
    wave = 1  # the first request for people goes alone: it tells how many this server takes
    rounds, through = 0, -1  # looks back since a row got its answer
    while True:
        move, count = next_move(job, number)
        if move in (PAGE, PERSON):
            queue = _queue(_queues(account)[1])
            handles = [queue.enqueue(send_next, job) for _ in range(min(wave, count))]
            wait_for([handle.workflow_id for handle in handles])
            wave = MAX_IN_FLIGHT if move == PERSON else wave
        elif move == "wait":
            DBOS.sleep(0.5)
        elif move == "look back":
            rounds = 1 if count > through else rounds + 1
            through = count
            look_back(job, rounds)
        elif move == "list":
            put_on_list(job)
        else:
            return move


@DBOS.workflow(max_recovery_attempts=1_000)
def send_next(job: str) -> None:
    """One request of a job: its next page, or its next people."""
    send(job, str(DBOS.workflow_id))


@DBOS.workflow()
def turn() -> None:
    """Nothing: that it was started is the place in the queue that another request takes."""


@DBOS.step()
def wait_for(requests: list[str]) -> None:
    """Comes back when these workflows have ended."""
    _wait_for(requests)


def _wait_for(requests: list[str]) -> None:
    ended = _running().ended
    while requests:
        found = DBOS.list_workflows(workflow_ids=requests, load_input=False, load_output=False)
        requests = [row.workflow_id for row in found if row.status in UNFINISHED]
        if ended.is_set():
            # DBOS would wait for ever. Nothing is recorded of what is left in this way, so that
            # the next process goes on with it.
            raise SystemExit
        time.sleep(WAIT_SECONDS if requests else 0)


def _acquire_slot(account: str) -> None:
    """Waits, within a step, until the limiter of the account's queue lets one more request go."""
    queue = _queue(_queues(account)[1])
    # A step begins no workflows: this one is nobody's, and neither is the wait for it.
    Context().run(lambda: _wait_for([queue.enqueue(turn).workflow_id]))


@DBOS.step()
def begin(job_id: str) -> str:
    """Reads the balance that later tells whether an unanswered request was charged."""
    records, job, client = _job(job_id, in_turn=True)
    if job.settings.baseline is None:
        try:
            used = recovery.used_when_quiet(records, job, client, settle=0)
        except LeadIQError as error:
            with records.writing() as db:
                hold(db, job_id, error)
        else:
            if used is not None:
                records.change(job_id, baseline=(used, now_ms()))
    return job.account


@DBOS.step()
def hold_broken(job_id: str, error: str) -> None:
    """Holds a job that met an error of the console's own."""
    records = _running().records
    reason = f"The job met an error and can be resumed: {error}"[:1_000]
    records.set_state(job_id, PAUSED, reason, only=RUNNING)


@DBOS.step()
def next_move(job_id: str, number: int) -> tuple[str, int]:
    """What a job does next, with the requests it takes, or the rows through at a look back."""
    records, job, client = _job(job_id)
    if job.state != RUNNING or job.runs != number:
        return job.state, 0
    progress = records.progress(job_id)
    if waiting := progress.people.get(WAITING, 0) + progress.pages.get(WAITING, 0):
        size = client.people_per_request(job.settings.people_per_request)
        if pages := progress.pages.get(WAITING, 0):
            return PAGE, pages
        return PERSON, min(-(-waiting // size), _affordable(records, job, progress.total, size))
    if progress.people.get(SENT) or progress.pages.get(SENT):
        _end_orphans(records, job_id)
        return "wait", 0
    if progress.people.get(OUTCOME_UNKNOWN) or progress.pages.get(OUTCOME_UNKNOWN):
        return "look back", progress.through + progress.pages.get(FOUND, 0)
    if (job.settings.list_id or job.settings.list_name) and progress.listed.get(""):
        return "list", 0
    records.set_state(job_id, DONE, only=RUNNING)
    return DONE, 0


def _affordable(records: JobRecords, job: Job, people: int, size: int) -> int:
    """How many requests the job's own budget covers at their highest price, or one to try it."""
    most = Decimal(job.settings.most_uc)
    if job.budget is None or not most:
        return MAX_IN_FLIGHT
    left = job.budget - sum(records.ledger.spent_by_job(job.account, job.id))
    return max(1, int(left * people / (most * size)))


def _end_orphans(records: JobRecords, job_id: str) -> None:
    """Requests whose workflow has ended without a word: DBOS will not run them again."""
    for request in records.in_flight(job_id):
        status = DBOS.get_workflow_status(request)
        if status is None or status.status not in UNFINISHED:
            state = records.request(request)
            if state == CLAIMED:
                records.unclaim(job_id, request)
            elif state == SENDING:
                records.give_up(job_id, request)


# One request -------------------------------------------------------------------------------------


@DBOS.step()
def send(job_id: str, request: str) -> None:
    """Sends one request, once, and records its answer; raises nothing of LeadIQ's."""
    records, job, client = _job(job_id)
    state = records.request(request)
    if state == SENDING:  # its process was killed between the intent and the answer
        records.give_up(job_id, request)
        return
    if state not in (None, CLAIMED):
        return
    known = job.settings.people_per_request
    size, alone = client.people_per_request(known), False
    while claimed := records.claim(job_id, request, size):
        try:
            if claimed[0].kind == PAGE:
                send_page(records, job, request, client, claimed[0])
            else:
                send_people(records, job, request, client, claimed)
                if client.people_per_request(known) < known:  # others need not find it out
                    records.change(job_id, people_per_request=client.people_per_request(known))
        except BudgetExceededError as error:
            records.unclaim(job_id, request)
            size = len(claimed) // 2  # what is left of the budget may do for fewer
            if size:
                continue
            # What others have reserved may turn out to be less. Whoever is left alone tries once
            # more, for one, and is told the truth then; the rest leave it to the job.
            _end_orphans(records, job_id)
            if records.in_flight(job_id):
                return
            if alone:
                records.set_state(job_id, PAUSED, error.message, only=RUNNING)
                return
            alone, size = True, 1
        else:
            return


@DBOS.step()
def look_back(job_id: str, rounds: int) -> None:
    """Looks into rows that have no answer."""
    recovery.resolve_unknown(*_job(job_id, in_turn=True), rounds)


# The list ----------------------------------------------------------------------------------------


@DBOS.step()
def put_on_list(job_id: str) -> None:
    """Puts the people found on the job's list, where they are not on it; holds the job if not."""
    records, job, client = _job(job_id, in_turn=True)
    error = list_step.add_found_people(records, job, client)
    if isinstance(error, AuthenticationError):
        with records.writing() as db:
            hold(db, job_id, error)
    elif error is not None:
        told = (
            "some may be on the list" if may_have_taken_effect(error) else "the rest is not on it"
        )
        reason = f"The list could not be written; {told}. Resume to go on. {error.message}"
        records.set_state(job_id, PAUSED, reason, only=RUNNING)


def _job(job_id: str, *, in_turn: bool = False) -> tuple[JobRecords, Job, LeadIQClient]:
    if _runtime is None:
        raise SystemExit  # closed; as in ``_wait_for``
    records = _runtime.records
    job = records.job(job_id)
    if job is None:
        raise LookupError(f"There is no job {job_id}.")
    return records, job, _clients[job.account][in_turn]
