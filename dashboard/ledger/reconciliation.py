"""What a balance says beside the answers: corrections, as entries of their own.

A balance consists of two whole numbers, rounded either way, and it may be late. So it never changes
what an answer says was charged; what it says beside that becomes an entry, a ``Correction``:

- Compared is everything since the first balance of the billing period. Rounding is then one credit
  at most, however many requests there were, and what arrives late is not counted twice.
- If the balance lost more than all requests can have cost, the rest was charged otherwise. That is
  recorded at once: a late balance only ever shows too little. It is an *unexplained charge* if what
  the requests of the last minutes were not charged for could have cost it: what they brought that
  was taken to be unlocked, what the price list may mean otherwise, or the whole price of those that
  brought nothing. Otherwise this console was not the only one that spent: it was spent *elsewhere*.
- If the balance lost less than the answers say, it may be late. Only when it has been stable for
  ``LATE_MS``, an earlier unlock by the team is the only explanation left. Then the difference is
  taken off, and no request of unknown outcome can have cost more than what remains. What a job
  was not charged of its answers, compared with the balance before it, is taken off the job.
- An entry is the smallest number of whole credits that brings the sums within rounding: unlocks of
  data points cost whole credits, and the tenths of profiles are known from the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import NamedTuple

import sqlalchemy as sa

from dashboard.ledger.balances import (
    LATE_MS,
    Balance,
    balance_before,
    is_stable,
    last_balance,
    opening_of,
    since,
)
from dashboard.ledger.events import (
    CHARGED_OR_RESERVED,
    Event,
    add_to_day,
    is_request,
    last_settlement,
    settled_after,
    sum_of,
)
from dashboard.ledger.schema import (
    THOUSANDTHS,
    Correction,
    EventState,
    events,
    to_datetime,
    to_uc,
)
from leadiq_api.data_points import COMPANY

CORRECTION_PAGE = "Balance"  # of the entries that no page sent

# So much that was free shows in a balance, however it is rounded (thousandths).
SHOWN_FREE = 2 * THOUSANDTHS
_WITH_COMPANY = sa.or_(
    events.c.data_points.contains(COMPANY.id),
    events.c.operation.in_(("searchCompany", "exportToSalesforce")),
)


class _Range(NamedTuple):
    """At least and at most so many thousandths of a UC."""

    least: int
    most: int


@dataclass(frozen=True)
class Comparison:
    """What LeadIQ counts since a balance, and what the ledger says of it; amounts in UC.

    ``answered`` is what the answers add up to, ``unknown`` what requests without an answer may have
    cost beside that. The others are the corrections recorded so far.
    """

    since: datetime
    counted: Decimal
    answered: Decimal
    unknown: Decimal
    unexplained: Decimal
    elsewhere: Decimal
    unlocked: Decimal


def compare(db: sa.Connection, account: str) -> Comparison | None:
    """Compares the last balance with the first one of its billing period; None without any."""
    new = last_balance(db, account)
    if new is None:
        return None
    opening = opening_of(db, new)
    # One query: the period may have a million events.
    charge, maximum = sa.func.sum(events.c.charge), sa.func.sum(CHARGED_OR_RESERVED)
    query = sa.select(events.c.operation, charge, maximum).where(
        events.c.account == account, since(opening)
    )
    sums = {
        operation: (int(charged), int(reserved))
        for operation, charged, reserved in db.execute(query.group_by(events.c.operation))
    }
    correction = {kind: to_uc(sums.pop(kind, (0, 0))[0]) for kind in Correction}
    answered = sum(charged for charged, _ in sums.values())
    return Comparison(
        since=to_datetime(opening.at),
        counted=to_uc(new.used - opening.used),
        answered=to_uc(answered),
        unknown=to_uc(sum(reserved for _, reserved in sums.values()) - answered),
        unexplained=correction[Correction.UNEXPLAINED],
        elsewhere=correction[Correction.ELSEWHERE],
        unlocked=-correction[Correction.UNLOCKED],
    )


def repeats_are_charged(db: sa.Connection, account: str) -> bool:
    """Whether most of what this billing period's answers took to be free was charged all the same.

    That is what its balances say, by the unexplained charges.
    """
    last = last_balance(db, account)
    if last is None:
        return False
    period = since(opening_of(db, last))
    unexplained = sa.and_(period, events.c.operation == Correction.UNEXPLAINED)
    answered = sa.and_(period, events.c.settlement.is_not(None))
    saved = sum_of(db, events.c.saved, account, answered)
    return 0 < saved < 2 * sum_of(db, events.c.charge, account, unexplained)


def doubtful(db: sa.Connection, account: str, condition: sa.ColumnElement[bool]) -> Decimal:
    """Returns UC that requests may have been charged beside what counts for them.

    That is what they brought, or may bring, that was taken to be free or to be cheap, until a
    balance must show its charge. What balances have shown to be free is not in doubt any more;
    nothing is without a balance, which could not end the doubt.
    """
    if not sum_of(db, events.c.saved + events.c.disputed, account, condition):
        return to_uc(0)  # as almost always, and each page asks
    last = last_balance(db, account)
    if last is None:
        return to_uc(0)
    shown = sa.and_(
        events.c.settlement.is_not(None),
        events.c.settlement <= last.mark,
        events.c.at <= last.at - LATE_MS,
    )
    period = since(opening_of(db, last))
    unexplained = sa.and_(period, events.c.operation == Correction.UNEXPLAINED)
    is_trusted = not sum_of(db, events.c.charge, account, unexplained)
    recent, doubt = sa.and_(condition, sa.not_(shown)), 0
    for amount, group in product(
        (events.c.saved, events.c.disputed), (_WITH_COMPANY, sa.not_(_WITH_COMPANY))
    ):
        confirmed = sa.and_(shown, group, events.c.state == EventState.SETTLED)
        at_stake = sum_of(db, amount, account, sa.and_(recent, group))
        if at_stake and not (is_trusted and sum_of(db, amount, account, confirmed) >= SHOWN_FREE):
            doubt += at_stake
    doubt -= sum_of(db, events.c.charge, account, sa.and_(recent, unexplained))
    return to_uc(max(0, doubt))


def give_up_abandoned(db: sa.Connection, account: str, before: int) -> None:
    """Makes events unknown that are open since before (Unix ms)."""
    abandoned = (
        events.c.account == account,
        events.c.state == EventState.OPEN,
        events.c.at < before,
    )
    values = {"state": EventState.UNKNOWN, "settlement": last_settlement(db, account) + 1}
    db.execute(events.update().where(*abandoned).values(values))


def reconcile(db: sa.Connection, account: str, last: Balance, new: Balance) -> None:
    """Compares a new balance with the entries since the period's first, and records what differs.

    ``last`` is the balance that was known until now.
    """
    opening = opening_of(db, new)
    moved, explained = _moved(opening, new), _explained(db, account, opening, new)
    stable = is_stable(db, account, new)
    if explained.most <= moved.least:
        _record_surplus(db, account, last, new, moved.least - explained.most)
    elif explained.least >= moved.most and stable:
        _record_deficit(db, account, opening, new, explained.least - moved.most)
    explained = _explained(db, account, opening, new)
    if moved.least < explained.least and explained.most < moved.most:
        _confirm(db, account, opening, new)
    elif explained.least < moved.most and stable:
        _limit_unknown(db, account, opening, new, moved.most - explained.least)


def _record_surplus(
    db: sa.Connection, account: str, last: Balance, new: Balance, surplus: int
) -> None:
    """Records what the balance lost beyond all that requests can have cost."""
    recent = events.c.at >= last.at - LATE_MS
    if surplus < _could_have_cost_more(db, account, recent):
        correction, job = Correction.UNEXPLAINED, _common_job(db, account, recent)
    else:
        correction, job = Correction.ELSEWHERE, None
    _record(db, account, correction, _whole_credits_above(surplus), new, job)


def _record_deficit(
    db: sa.Connection, account: str, opening: Balance, new: Balance, deficit: int
) -> None:
    """Records what the answers were not charged, unless they are too small to explain it."""
    answered = events.c.state.in_((EventState.ESTIMATED, EventState.EXCEEDED))
    estimated = sa.and_(settled_after(opening.mark), answered)
    saved = _whole_credits_above(deficit)
    saved -= _take_back(db, account, opening, new, saved)
    if not saved or sum_of(db, events.c.charge, account, estimated) < saved:
        return
    jobs = _jobs(db, account, estimated)
    if len(jobs) > 1:
        for job in filter(None, jobs):
            part = min(saved, _deficit_of_job(db, account, job, new))
            if part:
                at = _first_request(db, account, events.c.job == job, new)
                _record(db, account, Correction.UNLOCKED, -part, new, job, at)
                saved -= part
    if saved:
        only_job = jobs[0] if len(jobs) == 1 else None
        at = _first_request(db, account, since(opening), new)
        _record(db, account, Correction.UNLOCKED, -saved, new, only_job, at)


def _take_back(
    db: sa.Connection, account: str, opening: Balance, new: Balance, deficit: int
) -> int:
    """Takes back the credit by which unexplained charges were rounded up; returns thousandths.

    They are recorded in whole credits, and may have been tenths.
    """
    unexplained = sa.and_(since(opening), events.c.operation == Correction.UNEXPLAINED)
    rounded_up = min(deficit, THOUSANDTHS, sum_of(db, events.c.charge, account, unexplained))
    if rounded_up <= 0:
        return 0
    newest = sa.select(events.c.job).where(events.c.account == account, unexplained)
    job = db.execute(newest.order_by(events.c.id.desc()).limit(1)).scalar()
    at = _first_request(db, account, since(opening), new)
    _record(db, account, Correction.UNEXPLAINED, -rounded_up, new, job, at)
    return rounded_up


def _deficit_of_job(db: sa.Connection, account: str, job: str, new: Balance) -> int:
    """Returns the whole credits (in thousandths) that a job was not charged of its answers.

    That is what the balance did not lose since it was read last before the job, as far as it did
    not lose it for other requests, which are taken to be charged as their answers say.
    """
    of_job = events.c.job == job
    first = sa.select(sa.func.min(events.c.id)).where(events.c.account == account, of_job)
    before = balance_before(db, account, db.execute(first).scalar_one(), new)
    if before is None:
        return 0
    period = since(before)
    others = sa.and_(period, sa.or_(events.c.job.is_(None), sa.not_(of_job)))
    lost = new.used - before.used - sum_of(db, events.c.charge, account, others)
    answered = sum_of(db, events.c.charge, account, sa.and_(period, of_job))
    deficit = answered - max(0, lost) - THOUSANDTHS
    return _whole_credits_above(deficit) if deficit >= 0 else 0


def _moved(opening: Balance, new: Balance) -> _Range:
    """Returns between what (exclusive) the exact balances moved, whichever way they are rounded.

    What is available says the same as what is used, unless credits were added.
    """
    moves = (new.used - opening.used, opening.available - new.available)
    if abs(moves[0] - moves[1]) > THOUSANDTHS:
        moves = (moves[0], moves[0])
    return _Range(max(moves) - THOUSANDTHS, min(moves) + THOUSANDTHS)


def _explained(db: sa.Connection, account: str, opening: Balance, new: Balance) -> _Range:
    """Returns what the entries explain: those that the new balance need not include at least 0.

    That is what was in flight at either of the balances, and what has no known outcome.
    """
    included = (events.c.id > opening.newest_event, events.c.settlement <= new.mark)
    return _Range(
        sum_of(db, events.c.charge, account, sa.and_(since(opening), *included)),
        sum_of(db, CHARGED_OR_RESERVED, account, since(opening)),
    )


def _could_have_cost_more(db: sa.Connection, account: str, recent: sa.ColumnElement[bool]) -> int:
    """Returns how much more than counted the recent requests could have cost (thousandths)."""
    brought_nothing = sa.case(
        (events.c.returned == 0, events.c.most - CHARGED_OR_RESERVED), else_=0
    )
    requests = sa.and_(recent, is_request())
    known = sa.and_(recent, events.c.operation == Correction.UNEXPLAINED)
    more = sum_of(db, events.c.saved + events.c.disputed + brought_nothing, account, requests)
    return more - sum_of(db, events.c.charge, account, known)


def _common_job(db: sa.Connection, account: str, condition: sa.ColumnElement[bool]) -> str | None:
    """Returns the job of these requests, if they are all of one."""
    jobs = _jobs(db, account, condition)
    return jobs[0] if len(jobs) == 1 else None


def _jobs(db: sa.Connection, account: str, condition: sa.ColumnElement[bool]) -> list[str | None]:
    """Returns the jobs of these requests; None if some are of no job."""
    query = sa.select(events.c.job).distinct().order_by(events.c.job)
    query = query.where(events.c.account == account, is_request(), condition)
    return [*db.execute(query).scalars()]


def _first_request(
    db: sa.Connection, account: str, condition: sa.ColumnElement[bool], new: Balance
) -> int:
    """Returns when the first of these requests was sent (Unix ms).

    A correction that lowers their cost is dated then. Dated today, it would raise today's limit.
    """
    query = sa.select(sa.func.min(events.c.at))
    query = query.where(events.c.account == account, is_request(), condition)
    return int(db.execute(query).scalar() or new.at)


def _whole_credits_above(difference: int) -> int:
    """Returns the smallest number of whole credits (in thousandths) above a difference."""
    return (difference // THOUSANDTHS + 1) * THOUSANDTHS


def _record(
    db: sa.Connection,
    account: str,
    correction: Correction,
    charge: int,
    balance: Balance,
    job: str | None,
    at: int | None = None,
) -> None:
    """Writes an entry that the balance includes, by its mark, at a time (Unix ms) or its own."""
    row = events.insert().values(
        at=balance.at if at is None else at,
        account=account,
        user="",
        page=CORRECTION_PAGE,
        operation=correction,
        data_points="",
        asked=0,
        least=charge,
        most=charge,
        charge=charge,
        state=EventState.SETTLED,
        job=job,
        settlement=balance.mark,
    )
    entry = Event.from_row(db.execute(row.returning(events)).one())
    if correction is not Correction.ELSEWHERE:  # the sums by day are those of this console
        add_to_day(db, entry, charge)


def _confirm(db: sa.Connection, account: str, opening: Balance, new: Balance) -> None:
    """Settles the charges that the balance agrees with."""
    agreed = (
        events.c.account == account,
        events.c.state == EventState.ESTIMATED,
        events.c.settlement > opening.mark,
        events.c.settlement <= new.mark,
    )
    db.execute(events.update().where(*agreed).values(state=EventState.SETTLED))


def _limit_unknown(
    db: sa.Connection, account: str, opening: Balance, new: Balance, room: int
) -> None:
    """Lowers what requests of unknown outcome can have cost to what the balance has room for."""
    limit = events.c.charge + room
    too_much = (
        events.c.account == account,
        events.c.state == EventState.UNKNOWN,
        events.c.settlement > opening.mark,
        events.c.settlement <= new.mark,
        events.c.most > limit,
    )
    db.execute(events.update().where(*too_much).values(most=limit))
