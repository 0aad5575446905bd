"""Requests without an answer: whether their rows may be sent again.

The intent to send is written with the reservation of the price, the answer with its settlement. A
request that has an intent and no answer, because its process was killed or the connection was
lost, may have been done and charged. Its rows wait until the job has nothing else to send, and are
then resolved here:

- The account's balance shows it. It was read before the job started; since then the ledger knows
  what each answered request was charged. If the balance did not move by more than that, none of
  the unanswered requests was charged, and their rows are sent again.
- If it moved by more, they were charged, or another program spent. LeadIQ's guide says that a data
  point unlocked within a year is free to look up again; that is not taken on trust. People whom
  this job has paid for are looked up once more, with the balance read before and after. If it stays
  as it was, a repeat costs nothing, and the rows are sent again.
- With company information nothing is sent again: one help article says that it is "always deducted
  via API", so that even this probe would cost what it is to prevent. The same if the balance cannot
  show it: another program spends, or no one was found yet. Those rows are left to the user.

The balance is in whole credits, rounded up. "By more" is therefore meant strictly: a movement that
rounding alone would explain counts as a charge, which errs towards asking the user. Rounding can
hide less than one credit, which is a few profiles; an email or a phone number it cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dashboard.jobs.model import Baseline, Job, JobState, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import interrupt_job, payments_of, search_method
from dashboard.ledger.payments import person_of
from dashboard.ledger.schema import EventState, now_ms
from dashboard.tables.api_json import Json, emails_of, number_at, phones_of
from leadiq_api import LeadIQClient, LeadIQError, ServiceError
from leadiq_api.credits import credit_plan
from leadiq_api.quality import Quality

SETTLE_SECONDS = 2.0  # before a balance is read, for the service's own books
BUSY_SECONDS = 0.5  # between two looks at an account with requests in flight
MAX_BALANCE_READS = 15  # of an account that others use, before it counts as busy
MAX_ROUNDS = 5  # of resolving since a row last got its answer, before the job is paused
MAX_PROBES = 10  # started in one job; a killed process starts another one
MIN_VISIBLE_PROFILES = 10  # profiles that move a balance of whole credits
NEEDS_DECISION_PROBLEM = (
    "No answer came, and whether it was charged cannot be told. Looking it up again may be "
    "charged again."
)


def resolve_unknown(records: JobRecords, job: Job, client: LeadIQClient, rounds: int) -> None:
    """Sends rows of unknown outcome again if that is shown to cost nothing twice.

    Otherwise leaves them to the user. ``rounds`` counts the calls since a row last got its answer;
    too many of them pause the job.
    """
    if rounds > MAX_ROUNDS:
        reason = "LeadIQ keeps giving no answer. Resume when it works again."
        records.set_state(job.id, JobState.PAUSED, reason, only_from=JobState.RUNNING)
        return
    for event in job.settings.probe_events:  # of a process that was killed during its probe
        records.ledger.settle(event, state=EventState.UNKNOWN)
    try:
        is_free = not _may_be_charged(records, job, client) or _repeat_is_free(records, job, client)
    except ServiceError as error:
        reason = f"LeadIQ cannot be reached, so that the balance is not known. {error.message}"
        records.set_state(job.id, JobState.PAUSED, reason, only_from=JobState.RUNNING)
    except LeadIQError as error:
        with records.writing() as db:
            interrupt_job(db, job.id, error)
    else:
        problem = "" if is_free else NEEDS_DECISION_PROBLEM
        records.resolve_unknown(job.id, send_again=is_free, problem=problem)


def _may_be_charged(records: JobRecords, job: Job, client: LeadIQClient) -> bool:
    """Whether unanswered requests of this job may have been charged."""
    baseline = job.settings.baseline
    if baseline is None:
        return True
    charges = records.unanswered_charges(job.id)
    ledger, first = records.ledger, baseline.event
    if first is None:
        first = ledger.newest_event(job.account, before=baseline.at)
    for _ in range(MAX_BALANCE_READS):
        now = read_balance_when_quiet(records, job, client)
        if now is None or now.event is None:
            return True
        charged = ledger.spent_between(job.account, first, now.event, without=charges)
        charged += sum(charges.values())
        moved = now.used - baseline.used
        if moved > charged - 1:  # the balance includes all that the ledger knows
            return moved > charged
        time.sleep(SETTLE_SECONDS)
    return True


def _repeat_is_free(records: JobRecords, job: Job, client: LeadIQClient) -> bool:
    """Whether looking up again what this account has paid for is shown to be free."""
    if job.settings.repeat_is_free:
        return True
    probes = _recharge_probes(records, job, client)
    if not probes or job.settings.probes >= MAX_PROBES:
        return False
    before = read_balance_when_quiet(records, job, client)
    if before is None or before.event is None:
        return False
    records.update_settings(job.id, probes=job.settings.probes + 1)
    answered = [probe() for probe in probes]
    after = read_balance_when_quiet(records, job, client)
    undisturbed = records.ledger.count_since(job.account, before.event) == len(probes)
    is_free = all(answered) and after is not None and after.used <= before.used and undisturbed
    records.update_settings(job.id, repeat_is_free=is_free)
    return is_free


def _recharge_probes(
    records: JobRecords, job: Job, client: LeadIQClient
) -> list[Callable[[], bool]]:
    """Returns requests that repeat what this job has paid for; each returns whether it succeeded.

    A page if pages have no answer, people if people have none. Returns none at all if for one of
    them the job has nothing whose price would show in a balance of whole credits.
    """
    progress = records.progress(job.id)
    probes: list[Callable[[], bool]] = []
    if progress.pages.get(RowState.OUTCOME_UNKNOWN):
        page = _paid_page(records, job)
        if page is None:
            return []
        probes.append(partial(_repeat_page, records, job, client, page))
    if progress.people.get(RowState.OUTCOME_UNKNOWN):
        people = _paid_people(records, job)
        if not people:
            return []
        probes.append(partial(_repeat_people, records, job, client, people))
    return probes


def _repeat_page(records: JobRecords, job: Job, client: LeadIQClient, page: dict[str, Any]) -> bool:
    """Loads a page again. Raises what the client raises."""
    payments_of(records, job).pay_page(
        job.settings.operation,
        page,
        partial(search_method(client, job), page, data_points=()),
        partial(records.add_probe_event, job.id),
        _record_nothing,
    )
    return True


def _repeat_people(
    records: JobRecords, job: Job, client: LeadIQClient, people: list[dict[str, Any]]
) -> bool:
    """Looks people up again; returns whether all of them were found."""
    data_points = job.settings.data_points
    outcomes: list[Json | LeadIQError | None] = []

    def call() -> Sequence[Json | LeadIQError | None]:
        outcomes.extend(
            outcome for _, outcome in client.enrich_people(people, data_points=data_points)
        )
        return outcomes

    payments_of(records, job).pay_people(
        people, data_points, call, partial(records.add_probe_event, job.id), _record_nothing
    )
    return all(person_of(outcome) is not None for outcome in outcomes)


def _record_nothing(*_: object) -> None:
    """Records no answer: that of a probe is known already."""


def _paid_page(records: JobRecords, job: Job) -> dict[str, Any] | None:
    """Returns the input of a page that this job has paid for, visibly in the balance."""
    pages = (row.input for row in records.rows(job.id, state=RowState.FOUND, kind=RowKind.PAGE))
    return next((dict(page) for page in pages if page["limit"] >= MIN_VISIBLE_PROFILES), None)


def _paid_people(records: JobRecords, job: Job) -> list[dict[str, Any]]:
    """Returns inputs of people found by this job, who have each chosen data point at least once.

    None with company information. Profiles alone are so cheap that it takes ten to be visible.
    """
    missing = {*job.settings.data_points}
    if "company" in missing:
        return []
    profiles_only = not missing
    persons: dict[str, None] = {}
    for row in records.rows(job.id, state=RowState.FOUND):
        answer = row.answer or {}
        has = {"email": bool(emails_of(answer)), "phone": bool(phones_of(answer))}
        covered = {point for point in missing if has[point]}
        if covered or profiles_only:
            persons[str(row.person)] = None
            missing -= covered
        enough = len(persons) == MIN_VISIBLE_PROFILES if profiles_only else not missing
        if enough:
            accepted = Quality.from_text(job.settings.quality).fields()
            return [{"id": person, **accepted} for person in persons]
    return []


def read_balance_when_quiet(
    records: JobRecords, job: Job, client: LeadIQClient, settle: float | None = None
) -> Baseline | None:
    """Returns the account's balance, read while none of its requests is in flight.

    Returns None if the account stays busy, or has no balance. Waits ``settle`` seconds before, for
    the service's own books. Raises what the client raises.
    """
    for _ in range(MAX_BALANCE_READS):
        newest = records.ledger.newest_event(job.account)
        if not records.ledger.has_no_requests_in_flight(job.account, newest):
            time.sleep(BUSY_SECONDS)
            continue
        time.sleep(SETTLE_SECONDS if settle is None else settle)
        used = number_at(credit_plan(client.account()), "used")
        if used is None:
            return None
        if records.ledger.has_no_requests_in_flight(job.account, newest):
            return Baseline(int(used), now_ms(), newest)
    return None
