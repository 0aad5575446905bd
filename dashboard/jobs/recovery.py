"""Requests without an answer: whether their rows may be sent again.

The intent to send is written with the reservation of the price, the answer with its settlement.
A request that has an intent and no answer, because its process was killed or the
connection died, may have been done and charged. Its rows wait until the job has nothing else to
send, and are then looked into here:

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
that rounding alone would explain counts as a charge, which errs towards asking a person. What can
hide in the rounding is less than one credit, a few profiles; an email or a phone number cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from dashboard.jobs.model import FOUND, OUTCOME_UNKNOWN, PAGE, PAUSED, RUNNING, Job
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import hold, payments_of, search_of
from dashboard.ledger.payments import person_of
from dashboard.ledger.schema import EventState, now_ms
from dashboard.tables.api_json import emails_of, number_at, phones_of
from leadiq_api import LeadIQClient, LeadIQError, ServiceError

SETTLE_SECONDS = 2.0  # before a balance is read, for the service's own books
MAX_BALANCE_READS = 15  # at an account that others use, before it is given up
MAX_ROUNDS = 5  # looks since a row last got its answer, before the job is held
MAX_PROBES = 10  # that asking again is free, begun in one job; a killed process begins another
VISIBLE_PROFILES = 10  # the least that moves a balance of whole credits
NEEDS_DECISION_PROBLEM = (
    "No answer came, and whether it was charged cannot be told. Looking it up again may be "
    "charged again."
)


def resolve_unknown(records: JobRecords, job: Job, client: LeadIQClient, rounds: int) -> None:
    """Has rows of unknown outcome sent again where that is shown to cost nothing twice.

    ``rounds`` counts such looks since a row last got its answer.
    """
    if rounds > MAX_ROUNDS:
        reason = "LeadIQ keeps giving no answer. Resume when it works again."
        records.set_state(job.id, PAUSED, reason, only=RUNNING)
        return
    for event in job.settings.proof_events:  # of a process that was killed in its proof
        records.ledger.settle(event, state=EventState.UNKNOWN)
    try:
        again = not _may_be_charged(records, job, client) or _repeat_is_free(records, job, client)
    except ServiceError as error:
        reason = f"LeadIQ cannot be reached, so that the balance is not known. {error.message}"
        records.set_state(job.id, PAUSED, reason, only=RUNNING)
    except LeadIQError as error:
        with records.writing() as db:
            hold(db, job.id, error)
    else:
        records.decide(job.id, again=again, problem="" if again else NEEDS_DECISION_PROBLEM)


def _may_be_charged(records: JobRecords, job: Job, client: LeadIQClient) -> bool:
    """Whether unanswered requests of this job may have been charged."""
    if job.settings.baseline is None:
        return True
    before, since = job.settings.baseline
    unanswered = records.unanswered(job.id)
    for _ in range(MAX_BALANCE_READS):
        used = used_when_quiet(records, job, client)
        if used is None:
            return True
        known = records.ledger.spent_since(job.account, since, without=unanswered)
        known += sum(unanswered.values())
        if used - before > known - 1:  # the balance has come up with what is known
            return used - before > known
        time.sleep(SETTLE_SECONDS)
    return True


def _repeat_is_free(records: JobRecords, job: Job, client: LeadIQClient) -> bool:
    """Whether looking up again what this account has paid for is shown to be free."""
    if job.settings.free_again:
        return True
    asks = _recharge_probes(records, job, client)
    if not asks or job.settings.proofs >= MAX_PROBES:
        return False
    before = used_when_quiet(records, job, client)
    if before is None:
        return False
    records.change(job.id, proofs=job.settings.proofs + 1)
    at = now_ms()
    answered = [ask() for ask in asks]
    after = used_when_quiet(records, job, client)
    alone = records.ledger.count_since(job.account, at) == len(asks)
    shown = all(answered) and after is not None and after <= before and alone
    records.change(job.id, free_again=shown)
    return shown


def _recharge_probes(
    records: JobRecords, job: Job, client: LeadIQClient
) -> list[Callable[[], bool]]:
    """What asks once more for what this job has paid for, and tells whether there was an answer.

    A page where pages have no answer, people where people have none. Nothing where for one of them
    there is nothing whose price would show in a balance of whole credits.
    """
    progress, payments, points = (
        records.progress(job.id),
        payments_of(records, job),
        job.settings.data_points,
    )
    page, people = _paid_page(records, job), _paid_people(records, job)
    noted = partial(records.note_proof, job.id)

    def ask_page() -> bool:
        search = partial(search_of(client, job), page, data_points=())
        payments.pay_page(job.settings.operation, page or {}, search, noted, _record_nothing)
        return True

    def ask_people() -> bool:
        found: list[Any] = []

        def look_up() -> list[Any]:
            found.extend(one for _, one in client.enrich_people(people, data_points=points))
            return found

        payments.pay_people(people, points, look_up, noted, _record_nothing)
        return all(person_of(one) is not None for one in found)

    needed = [
        (progress.pages.get(OUTCOME_UNKNOWN), page, ask_page),
        (progress.people.get(OUTCOME_UNKNOWN), people, ask_people),
    ]
    asks = [(paid, ask) for unknown, paid, ask in needed if unknown]
    return [ask for _, ask in asks] if all(paid for paid, _ in asks) else []


def _paid_page(records: JobRecords, job: Job) -> dict[str, Any] | None:
    """The input of a page that this job has paid for."""
    paid = (row.input for row in records.rows(job.id, state=FOUND, kind=PAGE))
    return next((dict(one) for one in paid if one["limit"] >= VISIBLE_PROFILES), None)


def _record_nothing(*_: Any) -> None:
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
        has = {"email": bool(emails_of(answer)), "phone": bool(phones_of(answer))}
        covers = {point for point in points if has[point]}
        if covers or not job.settings.data_points:
            found[str(row.person)] = None
            points -= covers
        if not points and (job.settings.data_points or len(found) == VISIBLE_PROFILES):
            return [{"id": person} for person in found]
    return []


def used_when_quiet(
    records: JobRecords, job: Job, client: LeadIQClient, settle: float | None = None
) -> int | None:
    """The account's used UC, read while none of its requests is out; None where it is busy.

    ``settle`` seconds are waited before, for the service's own books.
    """
    for _ in range(MAX_BALANCE_READS):
        at = now_ms()
        if not records.ledger.has_no_requests_in_flight(job.account, at):
            time.sleep(0.5)
            continue
        time.sleep(SETTLE_SECONDS if settle is None else settle)
        used = number_at(client.account(), "universalPlan.used")
        if used is None:
            return None
        if records.ledger.has_no_requests_in_flight(job.account, at):
            return int(used)
    return None
