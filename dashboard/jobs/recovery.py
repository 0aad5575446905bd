"""Requests without an answer: whether their rows may be sent again, and how many there can be.

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
  as it was, a repeat costs nothing, and the rows are sent again. A probe without an answer is sent
  again only if the balance shows that it was not charged: one that is charged has its result.
- Of company information one help article says that it is "always deducted via API", so that such a
  probe could cost what it is to prevent. It is not needed: people of one company bring the same
  information again and again. If the balance moved by less than all of it costs, repeats are free.
- Otherwise the rows are left to the user, with the price of looking them up again. So that they are
  few, a job with company information has one row in a hundred in flight until repeats are known to
  be free, and so has a job of an account that was seen to charge them.

The balance is in whole credits, rounded up. "By more" is therefore meant strictly: a movement that
rounding alone would explain counts as a charge, which errs towards asking the user. Rounding can
hide less than one credit, which is a few profiles; an email or a phone number it cannot. A balance
can also be late. What it shows as free is believed if it shows the same half a minute later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from dashboard.jobs import runtime
from dashboard.jobs.limits import PASSING
from dashboard.jobs.model import Baseline, Job, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import OF_THE_JOB, interrupt_job, payments_of, search_method
from dashboard.ledger.billing import read_billing
from dashboard.ledger.events import Sending
from dashboard.ledger.payments import is_unknown, person_of
from dashboard.ledger.schema import EventState, now_ms
from dashboard.tables.api_json import Json, emails_of, number_at, phones_of
from leadiq_api import LeadIQClient, LeadIQError, ServiceError
from leadiq_api.credits import credit_plan, records_of
from leadiq_api.data_points import COMPANY
from leadiq_api.quality import Quality

SETTLE_SECONDS = 2.0  # before a balance is read, for the service's own books
BUSY_SECONDS = 0.5  # between two looks at an account with requests in flight
LATE_SETTLES = 15  # times ``SETTLE_SECONDS`` until a balance includes what was sent, at the latest
MAX_BALANCE_READS = 15  # of an account that others use, before it counts as busy
MAX_ROUNDS = 5  # of resolving since a row last got its answer, before the job is paused
MAX_PROBES = 10  # sent in one job
MIN_VISIBLE_PROFILES = 10  # profiles that move a balance of whole credits
ROWS_PER_ROW_IN_FLIGHT = 100  # of a job that may have to pay again for what it loses
NEEDS_DECISION_PROBLEM = (
    "LeadIQ did not answer, so it is unknown whether this was charged. Looking it up again may "
    "be charged again."
)


def max_rows_in_flight(records: JobRecords, job: Job) -> int | None:
    """Returns how many people may be in flight at once; None is as many as the pace needs.

    What is in flight is lost if the process is killed. That matters where looking it up again may
    be charged again: with company information, or where it was seen to be.
    """
    is_free = job.settings.repeat_is_free
    if is_free or (is_free is None and COMPANY.id not in job.settings.data_points):
        return None
    return max(1, records.progress(job.id).total // ROWS_PER_ROW_IN_FLIGHT)


def resolve_unknown(records: JobRecords, job: Job, client: LeadIQClient, rounds: int) -> None:
    """Sends rows of unknown outcome again if that is shown to cost nothing twice.

    Otherwise leaves them to the user. ``rounds`` counts the calls since a row last got its answer;
    too many of them pause the job.
    """
    if rounds > MAX_ROUNDS:
        reason = "LeadIQ isn't responding. Resume when it works again."
        records.pause(job.id, reason)
        return
    records.ledger.require_writable(job.account)  # answers that could not be recorded are no loss
    for event in job.settings.probe_events:  # of a process that was killed during its probe
        records.ledger.settle(event, state=EventState.UNKNOWN)
    try:
        is_free: bool | None = not _may_be_charged(records, job, client)
        if not is_free and not job.verifies:  # each verification of an address is charged
            is_free = _repeat_is_free(records, job, client)
    except ServiceError as error:
        reason = f"LeadIQ cannot be reached, so the balance is unknown. {error.message}"
        records.pause(job.id, reason)
    except LeadIQError as error:
        with records.writing() as db:
            interrupt_job(db, job.id, error)
    else:
        if is_free is not None:
            problem = "" if is_free else NEEDS_DECISION_PROBLEM
            records.resolve_unknown(job.id, send_again=is_free, problem=problem)


def _may_be_charged(records: JobRecords, job: Job, client: LeadIQClient) -> bool:
    """Whether unanswered requests of this job may have been charged."""
    charges = records.unanswered_charges(job.id)
    for _ in range(MAX_BALANCE_READS):
        movement = _movement(records, job, client, charges)
        if movement is None or movement.moved > movement.charged:
            return True
        if movement.moved > movement.charged - 1:  # the balance includes all that the ledger knows
            return not _stays(records, job, client, movement.now)
        runtime.sleep(SETTLE_SECONDS)
    return True


class _Movement(NamedTuple):
    """A balance, by how much it moved since the job started, and how much of that is known (UC)."""

    now: Baseline
    moved: int
    charged: Decimal


def _movement(
    records: JobRecords, job: Job, client: LeadIQClient, unanswered: Mapping[int, Decimal]
) -> _Movement | None:
    """Returns how the balance moved, or None if that is unknown.

    ``unanswered`` is what is known to be charged for requests without an answer, by their events.
    """
    baseline, ledger = job.settings.baseline, records.ledger
    now = None if baseline is None else read_balance_when_quiet(records, job, client)
    if baseline is None or now is None or now.event is None:
        return None
    first = baseline.event
    if first is None:
        first = ledger.last_request(job.account, before=baseline.at)
    charged = ledger.spent_between(job.account, first, now.event, without=unanswered)
    return _Movement(now, now.used - baseline.used, charged + sum(unanswered.values()))


def _stays(records: JobRecords, job: Job, client: LeadIQClient, balance: Baseline) -> bool:
    """Whether the balance is still the same once it must include what was sent."""
    later = _late_balance(records, job, client)
    return later is not None and later.used == balance.used


def _late_balance(records: JobRecords, job: Job, client: LeadIQClient) -> Baseline | None:
    """Returns the balance once it must include what was sent; None if the account stays busy."""
    runtime.sleep(SETTLE_SECONDS * LATE_SETTLES)
    return read_balance_when_quiet(records, job, client)


# Whether repeats are free ------------------------------------------------------------------------


def _repeat_is_free(records: JobRecords, job: Job, client: LeadIQClient) -> bool | None:
    """Whether looking up again what this account has paid for is shown to be free.

    None if the probe that is to show it got no answer, and may be sent again.
    """
    if job.settings.repeat_is_free is not None:
        return job.settings.repeat_is_free
    lost_people = records.progress(job.id).people.get(RowState.OUTCOME_UNKNOWN)
    if lost_people and COMPANY.id in job.settings.data_points:
        return _companies_were_free(records, job, client)
    return _probe(records, job, client)


def _companies_were_free(records: JobRecords, job: Job, client: LeadIQClient) -> bool:
    """Whether the balance shows that companies which came repeatedly were charged once."""
    price = Decimal(job.settings.prices[COMPANY.price_name])
    saved = price * _count_repeated_companies(records, job)
    movement = _movement(records, job, client, records.unanswered_charges(job.id))
    if movement is None or movement.moved + 1 > movement.charged + saved:
        return False
    # Contact data that the team had unlocked before may be why the balance moved by less.
    only_companies = {*job.settings.data_points} == {COMPANY.id}
    if not only_companies and movement.moved <= movement.charged - 1:
        return False
    is_free = _stays(records, job, client, movement.now)
    if is_free:
        records.update_settings(job.id, repeat_is_free=True)
    return is_free


def _count_repeated_companies(records: JobRecords, job: Job) -> int:
    """Returns how often a request of this job brought a company that another one had brought."""
    requests_of: defaultdict[str, set[str | None]] = defaultdict(set)
    for row in records.rows(job.id, state=RowState.FOUND):
        answer = {"results": [row.answer or {}]}
        for record in records_of("searchPeople", answer, job.settings.data_points):
            for company in record.companies or ():
                requests_of[company].add(row.request)
    return sum(len(requests) - 1 for requests in requests_of.values())


def _probe(records: JobRecords, job: Job, client: LeadIQClient) -> bool | None:
    """Looks up again what this job has paid for; returns whether the balance stays as it was.

    None if there was no answer.
    """
    probes, before = _recharge_probes(records, job, client), job.settings.probe_baseline
    if not probes or job.settings.probes >= MAX_PROBES:
        return False
    if before is None:
        before = read_balance_when_quiet(records, job, client)
        if before is None:
            return False
    else:  # the last probe got no answer: if it was charged, that is the result
        after = _late_balance(records, job, client)
        if after is None or after.used > before.used:
            return _conclude(records, job.id, before, after)
    records.update_settings(job.id, probes=job.settings.probes + 1, probe_baseline=before)
    answers: list[bool | None] = []
    try:
        for probe in probes:
            answers.append(probe())
    except LeadIQError:
        if None not in answers:  # nothing was charged: the next probe has a balance of its own
            records.update_settings(job.id, probe_baseline=None)
        raise
    if None in answers:
        return None
    if not all(answers):
        return False
    return _conclude(records, job.id, before, _late_balance(records, job, client))


def _conclude(records: JobRecords, job_id: str, before: Baseline, after: Baseline | None) -> bool:
    """Records what the balances before and after the probes show; returns whether they were free.

    They show nothing if something else was paid for in between, and nothing of company information,
    which no probe buys.
    """
    job, first = records.job(job_id), before.event or 0
    if job is None or after is None:
        return False
    sent = sum(event > first for event in job.settings.probe_events)
    is_undisturbed = records.ledger.count_since(job.account, first) == sent
    is_free = is_undisturbed and after.used <= before.used
    is_known = is_undisturbed and COMPANY.id not in job.settings.data_points
    result = is_free if is_known else None
    records.update_settings(job_id, repeat_is_free=result, probe_baseline=None)
    return is_free


def _recharge_probes(
    records: JobRecords, job: Job, client: LeadIQClient
) -> list[Callable[[], bool | None]]:
    """Returns requests that repeat what this job has paid for.

    Each returns whether it found the same again; None if it got no answer. A page if pages have no
    answer, people if people have none. Returns none at all if for one of them the job has nothing
    whose price would show in a balance of whole credits.
    """
    progress = records.progress(job.id)
    probes: list[Callable[[], bool | None]] = []
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


def _repeat_page(
    records: JobRecords, job: Job, client: LeadIQClient, page: dict[str, Any]
) -> bool | None:
    """Loads a page again; None if there is no answer."""
    try:
        payments_of(records, job).pay_page(
            job.settings.operation,
            page,
            partial(search_method(client, job), page, data_points=()),
            Sending(partial(records.add_probe_event, job.id)),
            _record_nothing,
        )
    except ServiceError:
        return None
    return True


def _repeat_people(
    records: JobRecords, job: Job, client: LeadIQClient, people: list[dict[str, Any]]
) -> bool | None:
    """Looks people up again; returns whether all of them were found, None without an answer.

    Raises a refusal that is of no row.
    """
    data_points = job.settings.data_points
    outcomes: list[Json | LeadIQError | None] = []

    def call() -> Sequence[Json | LeadIQError | None]:
        outcomes.extend(
            outcome for _, outcome in client.enrich_people(people, data_points=data_points)
        )
        return outcomes

    sending = Sending(partial(records.add_probe_event, job.id))
    payments_of(records, job).pay_people(people, data_points, call, sending, _record_nothing)
    if any(is_unknown(outcome) for outcome in outcomes):
        return None
    for outcome in outcomes:
        if isinstance(outcome, (*OF_THE_JOB, *PASSING)):
            raise outcome  # which shows nothing of whether repeats are free
    return all(person_of(outcome) is not None for outcome in outcomes)


def _record_nothing(*_: object) -> None:
    """Records no answer: that of a probe is known already."""


def _paid_page(records: JobRecords, job: Job) -> dict[str, Any] | None:
    """Returns the input of a page that this job has paid for, visibly in the balance."""
    pages = (row.input for row in records.rows(job.id, state=RowState.FOUND, kind=RowKind.PAGE))
    return next((dict(page) for page in pages if page["limit"] >= MIN_VISIBLE_PROFILES), None)


def _paid_people(records: JobRecords, job: Job) -> list[dict[str, Any]]:
    """Returns inputs of people found by this job, who have each chosen data point at least once.

    Profiles alone are so cheap that it takes ten to be visible.
    """
    missing = {*job.settings.data_points}
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

    The ledger records it. Returns None if the account stays busy, or has no balance. Waits
    ``settle`` seconds before, for the service's own books. Raises what the client raises.
    """
    ledger = records.ledger
    for _ in range(MAX_BALANCE_READS):
        newest = ledger.last_request(job.account)
        if not ledger.has_no_requests_in_flight(job.account, newest):
            runtime.sleep(BUSY_SECONDS)
            continue
        runtime.sleep(SETTLE_SECONDS if settle is None else settle)
        used = number_at(credit_plan(read_billing(client, ledger, job.account)), "used")
        if used is None:
            return None
        if ledger.has_no_requests_in_flight(job.account, newest):
            return Baseline(int(used), now_ms(), newest)
    return None
