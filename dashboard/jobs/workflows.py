"""Bulk jobs as DBOS workflows: what runs, in which order, and what is never sent twice.

``run_job`` drives one job; each request is a ``send_next`` workflow on a queue whose limiter keeps
all processes together within the key's requests per minute. Other requests of a job, for balances
and lists, take a slot of the same queue first. Each account has its own queues, and a process takes
work only for the accounts whose key it has: the key is in its memory and nowhere else.

``recovery.py`` resolves requests without an answer.

DBOS stores the names of workflows and steps, and what they return, and recovers interrupted work by
them. So each has a ``name`` that never changes, and returns plain values.
"""

from __future__ import annotations

import time
from contextlib import suppress
from contextvars import Context
from enum import StrEnum

from dbos import DBOS, SetWorkflowID
from dbos import error as dbos_error

from dashboard.formatting import uc
from dashboard.jobs import list_step, recovery, runtime, settlement
from dashboard.jobs.model import Job, JobState, Progress, RequestState, Row, RowKind, RowState
from dashboard.jobs.owner import owner_of
from dashboard.jobs.planning import price_of_rest
from dashboard.jobs.records import JobRecords
from dashboard.jobs.request_records import RequestSentError
from dashboard.jobs.requests import (
    RequestContext,
    interrupt_job,
    payments_of,
    price_of_row,
    send_address,
    send_page,
    send_people,
)
from dashboard.jobs.runtime import (
    UNFINISHED,
    close,
    queue,
    queue_names,
    running,
    running_or_none,
    workflow_of,
)
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from leadiq_api import AuthenticationError, LeadIQClient, LeadIQError, may_have_taken_effect

__all__ = ["NextStep", "close", "launch", "start"]

WAIT_SECONDS = 0.1  # between two looks whether requests have ended
IDLE_SECONDS = 0.5  # between two looks for something to do
MAX_ERROR_LENGTH = 1_000  # characters of a job's reason
MAX_STARTS = 1_000  # of a workflow whose processes end, before DBOS gives it up


class NextStep(StrEnum):
    """What a job does next, unless it has ended. DBOS stores the values."""

    SEND_PAGES = "page"
    SEND_PEOPLE = "person"
    WAIT = "wait"
    RESOLVE_UNKNOWN = "look back"
    ADD_TO_LIST = "list"
    SETTLE = "settle"


def launch(ledger: Ledger, *clients: LeadIQClient) -> JobRecords:
    """Launches DBOS over this ledger, once per process, and takes work for the clients' accounts.

    An API key stays in the memory of this process: a job waits if no process has its key.
    """
    return runtime.launch(ledger, clients, _acquire_slot)


def start(job: str, account: str) -> None:
    """Starts a job (again), in any process that serves its account, unless another has its rest."""
    number = running().records.start_run(job)
    if number is None:
        return
    with SetWorkflowID(workflow_of(job, number)):
        queue(queue_names(account).jobs).enqueue(run_job, job, number)


# The job -----------------------------------------------------------------------------------------


@DBOS.workflow(name="run", max_recovery_attempts=MAX_STARTS)
def run_job(job: str, number: int) -> str:
    """Drives one job until it is done, paused or stopped; returns that state."""
    try:
        return _drive(job, number)
    except dbos_error.DBOSException:  # DBOS is being closed here, and continues elsewhere
        raise
    except Exception as error:
        pause_after_error(job, f"{type(error).__name__}: {error}")
        raise


def _drive(job: str, number: int) -> str:
    account = record_baseline(job)
    wave = 1  # the first request for people goes alone: it shows how many this server takes
    rounds, processed_before = 0, -1  # times of resolving since a row got its answer
    while True:
        step, count = next_step(job, number)
        match step:
            case NextStep.SEND_PAGES:
                _send_wave(job, account, min(wave, count))
            case NextStep.SEND_PEOPLE:
                _send_wave(job, account, min(wave, count))
                wave = runtime.MAX_IN_FLIGHT
            case NextStep.WAIT:
                DBOS.sleep(IDLE_SECONDS)
            case NextStep.RESOLVE_UNKNOWN:
                rounds = 1 if count > processed_before else rounds + 1
                processed_before = count
                resolve_unknown(job, rounds)
            case NextStep.ADD_TO_LIST:
                add_to_list(job)
            case NextStep.SETTLE:
                settle_charges(job)
            case _:
                return step


def _queue_name(job_id: str, account: str) -> str:
    job, names = running().records.job(job_id), queue_names(account)
    return names.verifications if job is not None and job.verifies else names.requests


def _send_wave(job: str, account: str, size: int) -> None:
    """Sends as many requests at once, and waits until all of them have ended."""
    requests = queue(_queue_name(job, account))
    handles = [requests.enqueue(send_next, job) for _ in range(size)]
    wait_until_ended([handle.workflow_id for handle in handles])


@DBOS.workflow(name="send_next", max_recovery_attempts=MAX_STARTS)
def send_next(job: str) -> None:
    """Sends one request of a job: its next page, or its next people."""
    send_request(job, str(DBOS.workflow_id))


@DBOS.workflow(name="turn")
def take_slot() -> None:
    """Does nothing: starting it consumes one slot of the queue's rate limit."""


@DBOS.step(name="wait_for")
def wait_until_ended(workflows: list[str]) -> None:
    """Returns when these workflows have ended."""
    _wait_until_ended(workflows)


def _wait_until_ended(workflows: list[str]) -> None:
    closing = running().closing
    while workflows:
        found = DBOS.list_workflows(workflow_ids=workflows, load_input=False, load_output=False)
        workflows = [row.workflow_id for row in found if row.status in UNFINISHED]
        if closing.is_set():
            # DBOS would wait for ever. Nothing is recorded of what is left in this way, so that
            # the next process continues with it.
            raise SystemExit
        time.sleep(WAIT_SECONDS if workflows else 0)


def _acquire_slot(account: str) -> None:
    """Waits, within a step, until the limiter of the account's queue lets one more request go."""
    requests = queue(queue_names(account).requests)
    # A step starts no workflows: this one has no parent, and neither does the wait for it.
    Context().run(lambda: _wait_until_ended([requests.enqueue(take_slot).workflow_id]))


@DBOS.step(name="begin")
def record_baseline(job_id: str) -> str:
    """Records the balance that later shows whether an unanswered request was charged.

    Returns the job's account.
    """
    records, job, client = _load(job_id, slot_taking=True)
    if not job.settings.owner:
        with suppress(LeadIQError):
            records.update_settings(job_id, owner=owner_of(client.whoami()))
    if job.settings.baseline is None:
        try:
            baseline = recovery.read_balance_when_quiet(records, job, client, settle=0)
        except LeadIQError as error:
            with records.writing() as db:
                interrupt_job(db, job_id, error)
        else:
            if baseline is not None:
                records.update_settings(job_id, baseline=baseline)
    return job.account


@DBOS.step(name="hold_broken")
def pause_after_error(job_id: str, error: str) -> None:
    """Pauses a job that failed with an error of the console's own."""
    reason = f"The job hit an error. You can resume it: {error}"[:MAX_ERROR_LENGTH]
    running().records.pause(job_id, reason)


@DBOS.step(name="next_move")
def next_step(job_id: str, number: int) -> tuple[str, int]:
    """Returns what a job does next: the value of a ``NextStep``, or of the state it has ended in.

    With it goes the number of requests to send, or of rows processed so far before resolving.
    """
    records, job, client = _load(job_id)
    if job.state != JobState.RUNNING or job.runs != number:
        return job.state.value, 0
    progress = records.progress(job_id)
    if (job.reason or job.settings.only_list) and (step := _last_step(records, job, progress)):
        return step.value, 0
    pages = progress.pages.get(RowState.WAITING, 0)
    people = progress.people.get(RowState.WAITING, 0)
    # More pages than the budget enriches would be paid for in vain.
    if pages and not (people and job.has_tight_budget):
        return NextStep.SEND_PAGES.value, pages
    if people:
        requests = _requests_at_once(records, job, client, people, progress.total)
        return NextStep.SEND_PEOPLE.value, requests
    if progress.count(RowState.SENT):
        _resolve_orphans(records, job_id)
        return NextStep.WAIT.value, 0
    if progress.count(RowState.OUTCOME_UNKNOWN):
        processed = progress.processed + progress.pages.get(RowState.FOUND, 0)
        return NextStep.RESOLVE_UNKNOWN.value, processed
    if job.has_list and progress.unlisted:
        return NextStep.ADD_TO_LIST.value, 0
    if settlement.is_due(records, job):
        return NextStep.SETTLE.value, 0
    if held := progress.count(RowState.HELD):
        reason = f"The first rows are done. Continue with the other {held:,}."
        records.pause(job_id, reason)
        return JobState.PAUSED.value, 0
    records.set_state(job_id, JobState.DONE, only_from=(JobState.RUNNING,))
    return JobState.DONE.value, 0


def _last_step(records: JobRecords, job: Job, progress: Progress) -> NextStep | JobState | None:
    """Returns the next step of a run that only adds people to a list, or has met a limit.

    One that has met a limit has a reason. None: the job may be settled.
    """
    if progress.count(RowState.SENT):
        _resolve_orphans(records, job.id)
        return NextStep.WAIT
    if job.has_list and progress.unlisted:
        return NextStep.ADD_TO_LIST
    if job.reason:
        records.pause(job.id, job.reason)
        return JobState.PAUSED
    records.update_settings(job.id, only_list=False)
    if not progress.count(RowState.WAITING) and not progress.count(RowState.OUTCOME_UNKNOWN):
        return None
    reason = "The people found are on the list. Resume to look up the rest."
    records.pause(job.id, reason)
    return JobState.PAUSED


def _people_per_request(records: JobRecords, job: Job, client: LeadIQClient) -> int:
    """Returns how many people a request has: what the server takes, and is not too many to lose."""
    if job.verifies:
        return 1
    size = client.people_per_request(job.settings.people_per_request)
    rows = recovery.max_rows_in_flight(records, job)
    return size if rows is None else min(size, rows)


def _requests_at_once(
    records: JobRecords, job: Job, client: LeadIQClient, people: int, total: int
) -> int:
    """Returns how many requests are sent at once for people who wait, of all of the job."""
    size = _people_per_request(records, job, client)
    affordable = _affordable_requests(records, job, total, size)
    rows = recovery.max_rows_in_flight(records, job)
    in_flight = runtime.MAX_IN_FLIGHT if rows is None else rows // size
    return min(-(-people // size), affordable, in_flight)


def _affordable_requests(records: JobRecords, job: Job, people: int, size: int) -> int:
    """Returns how many requests the job's budget covers at their highest price, at least 1."""
    if job.budget is None or not job.ceiling:
        return runtime.MAX_IN_FLIGHT
    remaining = job.budget - sum(records.ledger.spent_by_job(job.account, job.id))
    return max(1, int(remaining * people / (job.ceiling * size)))


def _resolve_orphans(records: JobRecords, job_id: str) -> None:
    """Ends the requests in flight whose workflow has ended: DBOS will not run them again."""
    for request in records.requests_in_flight(job_id):
        status = DBOS.get_workflow_status(request)
        if status is None or status.status not in UNFINISHED:
            state = records.request_state(request)
            if state == RequestState.CLAIMED:
                records.release(job_id, request)
            elif state == RequestState.SENDING:
                records.mark_unanswered(job_id, request)


# One request -------------------------------------------------------------------------------------


@DBOS.step(name="send")
def send_request(job_id: str, request_id: str) -> None:
    """Sends one request, once, and records its answer. Raises no ``LeadIQError``."""
    records, job, client = _load(job_id)
    state = records.request_state(request_id)
    if state == RequestState.SENDING:  # its process was killed between intent and answer
        records.mark_unanswered(job_id, request_id)
    elif state in (None, RequestState.CLAIMED):
        with suppress(RequestSentError):  # the other execution of this step records its answer
            _claim_and_send(RequestContext(records, job, request_id, client))


def _claim_and_send(request: RequestContext) -> None:
    """Sends as many of the job's next rows as the server takes and the budget covers."""
    records, job_id = request.records, request.job.id
    size = _people_per_request(records, request.job, request.client)
    is_last_try = False
    people_first = request.job.has_tight_budget
    while rows := records.claim(job_id, request.id, size, people_first=people_first):
        try:
            _send_rows(request, rows)
        except BudgetExceededError as error:
            records.release(job_id, request.id)
            size = len(rows) // 2  # the remaining budget may be enough for fewer
            if size:
                continue
            # What others have reserved may turn out to be less. Whichever request is the only one
            # left tries once more, for one row, and then knows; the others leave it to the job.
            _resolve_orphans(records, job_id)
            if records.requests_in_flight(job_id):
                return
            if is_last_try:
                _end_at_limit(records, request.job, rows[0], error)
                return
            is_last_try, size = True, 1
        else:
            return


def _end_at_limit(records: JobRecords, job: Job, row: Row, error: BudgetExceededError) -> None:
    """Ends the run of a job whose next row exceeds a limit: a budget, or the price shown."""
    reason, next_price = error.message, price_of_row(records, job, row).maximum
    spent = sum(records.ledger.spent_by_job(job.account, job.id))
    ceiling = job.ceiling
    if ceiling is not None and ceiling == job.limit and spent + next_price > ceiling:
        rest = price_of_rest(payments_of(records, job), records, job)
        reason = (
            f"The price you agreed to, {uc(ceiling)}, was too low: {uc(spent)} is already spent "
            f"or reserved, and the rest can cost up to {uc(rest.maximum)}. Continue at that price."
        )
        records.update_settings(job.id, price_exceeded=True)
    records.end_run(job.id, reason)


def _send_rows(request: RequestContext, rows: list[Row]) -> None:
    """Sends a page, or people. Raises ``BudgetExceededError`` before anything is sent."""
    if rows[0].kind == RowKind.PAGE:
        send_page(request, rows[0])
        return
    if request.job.verifies:
        send_address(request, rows[0])
        return
    send_people(request, rows)
    known = request.job.settings.people_per_request
    learned = request.client.people_per_request(known)
    if learned < known:  # so that the other requests need not find out
        request.records.update_settings(request.job.id, people_per_request=learned)


@DBOS.step(name="look_back")
def resolve_unknown(job_id: str, rounds: int) -> None:
    """Resolves rows that have no answer."""
    records, job, client = _load(job_id, slot_taking=True)
    recovery.resolve_unknown(records, job, client, rounds)


@DBOS.step(name="settle")
def settle_charges(job_id: str) -> None:
    """Compares what the job was charged with the balance, once nothing else is to be done."""
    records, job, client = _load(job_id, slot_taking=True)
    settlement.settle(records, job, client)


# The list ----------------------------------------------------------------------------------------


@DBOS.step(name="put_on_list")
def add_to_list(job_id: str) -> None:
    """Adds the people found to the job's list, unless they are on it; pauses the job on errors."""
    records, job, client = _load(job_id, slot_taking=True)
    if not (job.has_list and records.progress(job_id).unlisted):
        return
    error = list_step.add_found_people(records, job, client, runtime.sleep)
    if isinstance(error, AuthenticationError):
        with records.writing() as db:
            interrupt_job(db, job_id, error)
    elif error is not None:
        outcome = (
            "some people may already be on it"
            if may_have_taken_effect(error)
            else "the rest are not on it"
        )
        reason = f"The list could not be updated; {outcome}. Resume to continue. {error.message}"
        records.pause(job_id, reason)


def _load(job_id: str, *, slot_taking: bool = False) -> tuple[JobRecords, Job, LeadIQClient]:
    """Returns a job with its records and its account's client, which may take slots."""
    current = running_or_none()
    if current is None:
        raise SystemExit  # closed, as in ``_wait_until_ended``
    job = current.records.job(job_id)
    if job is None:
        raise LookupError(f"There is no job {job_id}.")
    clients = current.clients(job.account)
    return current.records, job, clients.slot_taking if slot_taking else clients.queued
