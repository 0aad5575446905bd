"""Bulk jobs as DBOS workflows: what runs, where, and what is never sent twice.

``run`` leads one job; each request is a ``send_next`` of its own, on a queue whose limiter holds
the key's requests a minute over all processes. Each account has its own queues, and a process
takes work only for the accounts whose key it has: the key is in its memory and nowhere else.

**Never twice.** The intent to send is written with the reservation of the price, the answer with
its settlement. A request that has an intent and no answer, because its process was killed or the
connection died, may have been done and charged. Its rows wait until the job has nothing else to
send, and are then looked into (``look_back``):

- The account's balance tells. It was read before the job began; since then the ledger knows what
  each answered request was charged. Where the balance did not move by more than that, nothing of
  the unanswered was charged, so that nothing was paid and its rows are sent again.
- Where it moved by more, they were, or another program spent. LeadIQ's guide says that a data
  point unlocked within a year is free to look up again; that is not taken on trust. People whom
  this job has paid for are looked up once more, with the balance read before and after. Where it
  stays as it was, asking again costs nothing, and the rows are sent again.
- With company information nothing is sent again: one help article says that it is "always deducted
  via API", so that even this proof would cost what it is to prevent. Nor where the balance cannot
  tell: another program spends, or nobody was found yet. Those rows are left to a person.

The balance is told in whole credits, rounded up. "By more" is therefore meant strictly: a movement
that rounding alone would explain counts as a charge, which errs towards asking a person.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, Queue, SetWorkflowID

from dashboard import job_list, job_records
from dashboard.executors import Executors
from dashboard.frames import emails, number, phones, rows, text
from dashboard.job_records import (
    CLAIMED,
    DONE,
    FAILED,
    FOUND,
    NOT_FOUND,
    PAGE,
    PAUSED,
    PERSON,
    RUNNING,
    SENDING,
    SENT,
    STOPPED,
    UNKNOWN,
    WAITING,
    Job,
    JobRecords,
    Json,
    Row,
)
from dashboard.ledger import BudgetExceeded, Ledger
from dashboard.purse import Purse, is_unknown, person_of
from leadiq_api import (
    InsufficientCredits,
    InvalidKey,
    LeadIQClient,
    LeadIQError,
    NotFound,
    RateLimited,
    ServiceUnavailable,
    may_be_done,
)

VERSION = "1"  # of the workflows: work begun by one version is taken up by the same
WAVE = 32  # requests of a job that are in flight; at 30 s each they still fill 60 a minute
SHARE = 12  # one in so many requests a minute is left for people who click
PAGE_LIMIT = 25  # people of a search's page, as LeadIQ's samples have it
SETTLE_SECONDS = 2.0  # before a balance is read, for the service's own books
LOOKS = 15  # at an account that others use, before it is given up
ROUNDS = 5  # times that rows without an answer are sent again in one run
WATCH_SECONDS = 2.0  # between two looks for processes that have ended
MOST_PROOFS = 10  # that asking again is free, begun in one job; a killed process begins another
TEN_PROFILES = 10  # the least that moves a balance of whole credits

_lock = threading.RLock()
_clients: dict[str, LeadIQClient] = {}
_runtime: Runtime | None = None


class Runtime:
    """DBOS in this process, over one ledger."""

    def __init__(self, ledger: Ledger, clients: Sequence[LeadIQClient]) -> None:
        self.records = JobRecords(ledger)
        self.url = ledger.url
        self._executors = Executors(ledger.url)
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
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._watching, name="job-watch", daemon=True)
        self._watch.start()

    def listen(self, account: str, requests_per_minute: int) -> None:
        """Takes work for an account from now on."""
        pace = max(1, requests_per_minute - max(1, requests_per_minute // SHARE))
        leading, sending = _queues(account)
        DBOS.register_queue(leading, polling_interval_sec=0.5)
        DBOS.register_queue(
            sending,
            limiter={"limit": pace, "period": 60},
            worker_concurrency=WAVE,
            polling_interval_sec=0.2,
            on_conflict="always_update",
        )
        # DBOS takes the names before it is launched only, but reads them anew each second; a key
        # can be given in the sidebar at any time.
        listening = self._dbos._listening_queues
        assert listening is not None  # noqa: S101  set above
        listening += {leading, sending} - {*listening}

    def _watching(self) -> None:
        """Has the work of processes that have ended taken up again."""
        while not self._ended.is_set():
            try:
                pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
                names = {row.executor_id for row in pending} - {self._executors.own, None}
                dead = [name for name in names if self._executors.is_dead(name)]
                if dead:
                    DBOS._recover_pending_workflows(dead)
            except Exception as error:  # the next look may go better
                DBOS.logger.error(f"Ended workers could not be looked for: {error}")
            self._ended.wait(WATCH_SECONDS)

    def close(self) -> None:
        """Ends DBOS here; what is unfinished is taken up by the next process."""
        self._ended.set()
        self._watch.join()
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
        _clients.update((one.fingerprint, one) for one in clients)
        if _runtime is None:
            _runtime = Runtime(ledger, clients)
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
    except Exception as error:
        hold_broken(job, f"{type(error).__name__}: {error}")
        raise


def _lead(job: str, number: int) -> str:
    account = begin(job)
    wave = 1  # the first request goes alone: it tells what this server takes
    rounds, through = 0, -1  # looks back since a row got its answer
    while True:
        move, count = next_move(job, number)
        if move == "send":
            queue = _queue(_queues(account)[1])
            handles = [queue.enqueue(send_next, job) for _ in range(min(wave, count))]
            for handle in handles:
                handle.get_result(polling_interval_sec=0.1)
            wave = WAVE
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


@DBOS.step()
def begin(job_id: str) -> str:
    """Reads the balance that later tells whether an unanswered request was charged."""
    records, job = _job(job_id)
    if job.settings.baseline is None:
        try:
            used = _used_when_quiet(job, settle=0)
        except InvalidKey as error:
            with records.writing() as db:
                _hold(db, job_id, error)
        except LeadIQError:
            pass  # without it, what has no answer is left to a person
        else:
            if used is not None:
                records.change(job_id, baseline=(used, job_records.now_ms()))
    return job.account


@DBOS.step()
def hold_broken(job_id: str, error: str) -> None:
    """Holds a job that met an error of the console's own."""
    records, _ = _job(job_id)
    reason = f"The job met an error and can be resumed: {error}"[:1_000]
    records.set_state(job_id, PAUSED, reason, only=RUNNING)


@DBOS.step()
def next_move(job_id: str, number: int) -> tuple[str, int]:
    """What a job does next, with the requests it takes, or the rows through at a look back."""
    records, job = _job(job_id)
    if job.state != RUNNING or job.runs != number:
        return job.state, 0
    progress = records.progress(job_id)
    if waiting := progress.people.get(WAITING, 0) + progress.pages.get(WAITING, 0):
        size = _clients[job.account].people_per_request()
        return "send", progress.pages.get(WAITING, 0) or -(-waiting // size)
    if progress.people.get(SENT) or progress.pages.get(SENT):
        _end_orphans(records, job_id)
        return "wait", 0
    if progress.people.get(UNKNOWN) or progress.pages.get(UNKNOWN):
        return "look back", progress.through + progress.pages.get(FOUND, 0)
    if (job.settings.list_id or job.settings.list_name) and progress.listed.get(""):
        return "list", 0
    records.set_state(job_id, DONE, only=RUNNING)
    return DONE, 0


def _end_orphans(records: JobRecords, job_id: str) -> None:
    """Requests whose workflow has ended without a word: DBOS will not run them again."""
    for request in records.in_flight(job_id):
        status = DBOS.get_workflow_status(request)
        if status is None or status.status not in ("PENDING", "ENQUEUED", "DELAYED"):
            state = records.request(request)
            if state == CLAIMED:
                records.unclaim(job_id, request)
            elif state == SENDING:
                records.give_up(job_id, request)


# One request -------------------------------------------------------------------------------------


@DBOS.step()
def send(job_id: str, request: str) -> None:
    """Sends one request, once, and records its answer; raises nothing of LeadIQ's."""
    records, job = _job(job_id)
    state = records.request(request)
    if state == SENDING:  # its process was killed between the intent and the answer
        records.give_up(job_id, request)
        return
    if state not in (None, CLAIMED):
        return
    client = _clients[job.account]
    claimed = records.claim(job_id, request, client.people_per_request())
    if not claimed:
        return
    try:
        if claimed[0].kind == PAGE:
            _send_page(records, job, request, client, claimed[0])
        else:
            _send_people(records, job, request, client, claimed)
    except BudgetExceeded as error:
        records.unclaim(job_id, request)
        records.set_state(job_id, PAUSED, error.message, only=RUNNING)


def _send_people(
    records: JobRecords, job: Job, request: str, client: LeadIQClient, claimed: list[Row]
) -> None:
    points = job.settings.data_points
    inputs = [row.input for row in claimed]

    def call() -> list[Any]:
        named = [dict(one) for one in inputs]
        found = client.enrich_people(named, data_points=points, batch_size=len(named))
        return [outcome for _, outcome in found]

    def recorded(db: sa.Connection, outcomes: Any, charge: Decimal) -> None:
        told = {row.place: _values(one) for row, one in zip(claimed, outcomes, strict=True)}
        records.record(db, job.id, request, told, charge)
        for outcome in outcomes:
            if isinstance(outcome, InvalidKey | InsufficientCredits):
                _hold(db, job.id, outcome)

    intended = partial(_intend, request)
    _purse(records, job).pay_people(inputs, points, call, intended, recorded)


def _send_page(
    records: JobRecords, job: Job, request: str, client: LeadIQClient, page: Row
) -> None:
    """Asks for one page of the saved search; its people, and the next page, become rows."""
    operation, input = job.settings.operation, dict(page.input)
    flat = operation == "flatAdvancedSearch"
    ask = client.flat_advanced_search if flat else client.grouped_advanced_search

    def recorded(db: sa.Connection, answer: Json, charge: Decimal) -> None:
        records.record(db, job.id, request, {page.place: {"state": FOUND}}, charge)
        found = rows(answer, "people") if flat else [
            person for group in rows(answer, "companies") for person in rows(group, "people")
        ]  # fmt: skip
        known = records.identities(db, job.id)
        new = dict.fromkeys(f"id:{one}" for row in found if (one := text(row, "id")))
        fresh = [name for name in new if name not in known][: job.settings.most - len(known)]
        records.add(db, job.id, (
            Row(len(known) + place, PERSON, WAITING, name, {"id": name.removeprefix("id:")})
            for place, name in enumerate(fresh)
        ))  # fmt: skip
        total = number(answer, "totalPeople" if flat else "totalCompanies") or 0
        follow = next_page(input, flat, job.settings.most - len(known) - len(fresh), total)
        if follow is not None and (rows(answer, "people") or rows(answer, "companies")):
            records.add(db, job.id, [Row(page.place - 1, PAGE, WAITING, "", follow)])

    try:
        _purse(records, job).pay_page(
            operation, input, lambda: ask(input, data_points=()), partial(_intend, request),
            recorded,
        )  # fmt: skip
    except BudgetExceeded:
        raise
    except LeadIQError as error:
        unknown = isinstance(error, ServiceUnavailable)
        told = _values(error) if unknown else {"state": WAITING, "request": None}
        with records.writing() as db:
            records.record(db, job.id, request, {page.place: told}, Decimal(0))
            if not unknown and not isinstance(error, RateLimited):
                _hold(db, job.id, error)


def next_page(input: Json, flat: bool, left: int, total: float) -> dict[str, Any] | None:
    """The page after ``input`` of a search with ``total`` people (flat) or companies."""
    skip = int(input["skip"]) + int(input["limit"])
    if left <= 0 or skip >= total or skip >= 10_000:
        return None
    each = 1 if flat else int(input.get("limitPerCompany") or 5)
    limit = min(PAGE_LIMIT, -(-left // each), 10_000 - skip)
    return {**input, "skip": skip, "limit": limit}


def _intend(request: str, db: sa.Connection, event: int) -> None:
    JobRecords.intend(db, request, event)


def _values(outcome: Any) -> dict[str, Any]:
    """What a row becomes by the outcome of its input."""
    person = person_of(outcome)
    problem = outcome.message if isinstance(outcome, LeadIQError) else ""
    if person is not None:
        return {
            "state": FOUND, "person": str(person["id"]), "answer": job_records.as_json(person),
            "email": bool(emails(person)), "phone": bool(phones(person)), "problem": problem,
        }  # fmt: skip
    if outcome is None or isinstance(outcome, NotFound):
        return {"state": NOT_FOUND}
    if is_unknown(outcome):
        return {"state": UNKNOWN, "problem": problem}
    if isinstance(outcome, InvalidKey | InsufficientCredits | RateLimited):
        return {"state": WAITING, "request": None}  # refused before it was done
    return {"state": FAILED, "problem": problem}


def _hold(db: sa.Connection, job: str, error: LeadIQError) -> None:
    state = STOPPED if isinstance(error, InvalidKey) else PAUSED
    JobRecords.hold(db, job, state, f"{WHY.get(type(error), WHY[LeadIQError])} {error.message}")


WHY = {
    InvalidKey: "LeadIQ did not accept the key. Give the right one, then resume.",
    InsufficientCredits: "There are not enough credits. Resume when there are more.",
    LeadIQError: "LeadIQ refused a request.",
}


def _purse(records: JobRecords, job: Job) -> Purse:
    prices = {name: Decimal(price) for name, price in job.settings.prices.items()}
    return Purse(records.ledger, job.account, job.user, "Bulk", prices, job.id, job.budget)


# What has no answer ------------------------------------------------------------------------------


@DBOS.step()
def look_back(job_id: str, rounds: int) -> None:
    """Has rows of unknown outcome sent again where that is shown to cost nothing twice."""
    records, job = _job(job_id)
    if rounds > ROUNDS:
        reason = "LeadIQ keeps giving no answer. Resume when it works again."
        records.set_state(job_id, PAUSED, reason, only=RUNNING)
        return
    try:
        if not _charged(records, job) or _free_again(records, job):
            records.decide(job_id, again=True)
            return
    except ServiceUnavailable as error:
        reason = f"LeadIQ cannot be reached, so that the balance is not known. {error.message}"
        records.set_state(job_id, PAUSED, reason, only=RUNNING)
        return
    except InvalidKey as error:
        with records.writing() as db:
            _hold(db, job_id, error)
        return
    records.decide(job_id, again=False, problem=UNDECIDED_PROBLEM)


UNDECIDED_PROBLEM = (
    "No answer came, and whether it was charged cannot be told. Looking it up again may be "
    "charged again."
)


def _charged(records: JobRecords, job: Job) -> bool:
    """Whether unanswered requests of this job may have been charged."""
    if job.settings.baseline is None:
        return True
    before, since = job.settings.baseline
    unanswered = records.unanswered(job.id)
    for _ in range(LOOKS):
        used = _used_when_quiet(job)
        if used is None:
            return True
        known = records.ledger.spent_since(job.account, since, without=unanswered)
        known += sum(unanswered.values())
        if used - before > known - 1:  # the balance has come up with what is known
            return used - before > known
        time.sleep(SETTLE_SECONDS)
    return True


def _free_again(records: JobRecords, job: Job) -> bool:
    """Whether looking up again what this account has paid for is shown to be free."""
    if job.settings.free_again:
        return True
    ask = _again(records, job)
    before = None if ask is None else _used_when_quiet(job)
    if ask is None or before is None or job.settings.proofs >= MOST_PROOFS:
        return False
    records.change(job.id, proofs=job.settings.proofs + 1)
    at = job_records.now_ms()
    ask()
    after = _used_when_quiet(job)
    alone = records.ledger.count_since(job.account, at) == 1
    shown = after is not None and after <= before and alone
    records.change(job.id, free_again=shown)
    return shown


def _again(records: JobRecords, job: Job) -> Callable[[], None] | None:
    """Asks once more for what this job has paid for: a page where pages have no answer, or people.

    None where there is nothing whose price would show in a balance of whole credits.
    """
    purse, client = _purse(records, job), _clients[job.account]
    if records.progress(job.id).pages.get(UNKNOWN):
        paid = (row.input for row in records.rows(job.id, state=FOUND, kind=PAGE))
        input = next((dict(one) for one in paid if one["limit"] >= TEN_PROFILES), None)
        if input is None:
            return None
        flat = job.settings.operation == "flatAdvancedSearch"
        search = client.flat_advanced_search if flat else client.grouped_advanced_search
        return partial(
            purse.pay_page, job.settings.operation, input,
            lambda: search(input, data_points=()), _unrecorded, _unrecorded,
        )  # fmt: skip
    people, points = _paid_people(records, job), job.settings.data_points
    if not people:
        return None
    return partial(
        purse.pay_people, people, points,
        lambda: [one for _, one in client.enrich_people(people, data_points=points)],
        _unrecorded, _unrecorded,
    )  # fmt: skip


def _unrecorded(*_: Any) -> None:
    pass


def _paid_people(records: JobRecords, job: Job) -> list[dict[str, Any]]:
    """People found by this job who show, each chosen data point once, what is free again.

    Nobody with company information. Profiles alone are so cheap that it takes ten to be seen.
    """
    points = {*job.settings.data_points}
    if "company" in points:
        return []
    found: dict[str, None] = {}
    for row in records.rows(job.id, state=FOUND):
        answer = row.answer or {}
        has = {"email": bool(emails(answer)), "phone": bool(phones(answer))}
        covers = {point for point in points if has[point]}
        if covers or not job.settings.data_points:
            found[str(row.person)] = None
            points -= covers
        if not points and (job.settings.data_points or len(found) == TEN_PROFILES):
            return [{"id": person} for person in found]
    return []


def _used_when_quiet(job: Job, settle: float | None = None) -> int | None:
    """The account's used UC, read while none of its requests is out; None where it is busy."""
    ledger = _running().records.ledger
    for _ in range(LOOKS):
        at = job_records.now_ms()
        if not ledger.quiet(job.account, at):
            time.sleep(0.5)
            continue
        time.sleep(SETTLE_SECONDS if settle is None else settle)
        used = number(_clients[job.account].account(), "universalPlan.used")
        if used is None:
            return None
        if ledger.quiet(job.account, at):
            return int(used)
    return None


# The list ----------------------------------------------------------------------------------------


@DBOS.step()
def put_on_list(job_id: str) -> None:
    """Puts the people found on the job's list, where they are not on it; holds the job if not."""
    records, job = _job(job_id)
    error = job_list.write(records, job, _clients[job.account])
    if isinstance(error, InvalidKey):
        with records.writing() as db:
            _hold(db, job_id, error)
    elif error is not None:
        told = "some may be on the list" if may_be_done(error) else "the rest is not on it"
        reason = f"The list could not be written; {told}. Resume to go on. {error.message}"
        records.set_state(job_id, PAUSED, reason, only=RUNNING)


def _job(job_id: str) -> tuple[JobRecords, Job]:
    records = _running().records
    job = records.job(job_id)
    if job is None:
        raise LookupError(f"There is no job {job_id}.")
    return records, job
