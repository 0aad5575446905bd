"""Stored balances, the billing period that each belongs to, and what is left of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.events import committed, is_request, last_settlement, settled_after
from dashboard.ledger.schema import (
    DAY_MS,
    THOUSANDTHS,
    EventState,
    events,
    snapshots,
    to_uc,
)

# A balance that has not moved for so long is not late: LeadIQ's are up to half a minute late.
LATE_MS = 2 * 60_000


@dataclass(frozen=True)
class Balance:
    """A stored balance. Amounts are thousandths of a UC, times Unix ms.

    Unless it is late, it includes every settlement up to ``mark``, which precedes its request, and
    perhaps later ones. ``newest_event`` is the last event before it was recorded, ``renewal`` when
    credits renew, ``opening`` the id of the first balance of the same billing period.
    """

    id: int
    at: int
    available: int
    used: int
    mark: int
    newest_event: int
    renewal: int | None
    opening: int

    @classmethod
    def from_row(cls, row: sa.Row[Any]) -> Balance:
        """Reads a row of the table ``snapshots``."""
        return cls(
            id=row.id,
            at=row.at,
            available=row.available,
            used=row.used,
            mark=row.mark,
            newest_event=row.newest_event,
            renewal=row.renewal,
            opening=row.opening,
        )


def last_balance(db: sa.Connection, account: str) -> Balance | None:
    """Returns the last balance of an account, or None if there is none."""
    query = sa.select(snapshots).where(
        snapshots.c.account == account, snapshots.c.opening.is_not(None)
    )
    newest_first = query.order_by(snapshots.c.mark.desc(), snapshots.c.id.desc())
    row = db.execute(newest_first.limit(1)).first()
    return None if row is None else Balance.from_row(row)


def balance_before(db: sa.Connection, account: str, event: int, balance: Balance) -> Balance | None:
    """Returns the last balance before an event, of the billing period of ``balance``."""
    query = sa.select(snapshots).where(
        snapshots.c.account == account,
        snapshots.c.opening == balance.opening,
        snapshots.c.newest_event < event,
    )
    row = db.execute(query.order_by(snapshots.c.id.desc()).limit(1)).first()
    return None if row is None else Balance.from_row(row)


def opening_of(db: sa.Connection, balance: Balance) -> Balance:
    """Returns the first balance of the billing period of ``balance``."""
    query = sa.select(snapshots).where(snapshots.c.id == balance.opening)
    return Balance.from_row(db.execute(query).one())


def add_balance(
    db: sa.Connection,
    account: str,
    now: int,
    *,
    available: int,
    used: int,
    mark: int | None,
    renewal: int | None,
) -> Balance:
    """Stores a balance (whole UC) as read at ``now``; ``mark`` None is the last settlement."""
    last = last_balance(db, account)
    values = {
        "at": now,
        "available": available * THOUSANDTHS,
        "used": used * THOUSANDTHS,
        "mark": last_settlement(db, account) if mark is None else mark,
        "newest_event": _newest_event(db, account),
        "renewal": renewal,
    }
    row = snapshots.insert().values(account=account, **values).returning(snapshots)
    stored = db.execute(row).one()
    opening = stored.id
    if last is not None and _is_same_period(last, stored):
        opening = last.opening
    this = snapshots.c.id == stored.id
    db.execute(snapshots.update().where(this).values(opening=opening))
    return Balance.from_row(db.execute(sa.select(snapshots).where(this)).one())


def _is_same_period(last: Balance, new: sa.Row[Any]) -> bool:
    """Whether two balances are of one billing period: its end, if known, did not move by a day.

    Otherwise the use fell. A smaller use alone is no new period where the end is known: servers
    that share the work need not be equally late.
    """
    if last.renewal is None or new.renewal is None:
        return bool(new.used >= last.used)
    return bool(abs(new.renewal - last.renewal) <= DAY_MS)


def _newest_event(db: sa.Connection, account: str) -> int:
    """Returns the id of an account's last event, a correction included; 0 before the first."""
    query = sa.select(sa.func.max(events.c.id)).where(events.c.account == account)
    return int(db.execute(query).scalar() or 0)


def is_stable(db: sa.Connection, account: str, balance: Balance) -> bool:
    """Whether each balance of the last ``LATE_MS`` was the same, with no event meanwhile."""
    others = sa.or_(
        snapshots.c.used != balance.used,
        snapshots.c.available != balance.available,
        snapshots.c.mark != balance.mark,
        snapshots.c.newest_event != balance.newest_event,
        snapshots.c.opening != balance.opening,
    )
    of_account = (snapshots.c.account == account, snapshots.c.opening.is_not(None))
    last_other = sa.select(sa.func.max(snapshots.c.id)).where(*of_account, others)
    after_it = snapshots.c.id > (db.execute(last_other).scalar() or 0)
    first = sa.select(sa.func.min(snapshots.c.at)).where(*of_account, after_it)
    return bool(db.execute(first).scalar_one() <= balance.at - LATE_MS)


def is_balance_due(db: sa.Connection, account: str, now: int) -> bool:
    """Whether a balance that is read ``now`` may settle what the last one did not.

    The last one is ``LATE_MS`` old, was not stable, and there are charges that it did not confirm.
    """
    last = last_balance(db, account)
    if last is None or now - last.at < LATE_MS or is_stable(db, account, last):
        return False
    unsettled = sa.select(events.c.id).where(
        events.c.account == account,
        events.c.state.in_((EventState.ESTIMATED, EventState.UNKNOWN)),
        settled_after(opening_of(db, last).mark),
    )
    return db.execute(unsettled.limit(1)).first() is not None


def since(balance: Balance) -> sa.ColumnElement[bool]:
    """The events that a balance need not include, and the corrections after it."""
    corrections = sa.and_(sa.not_(is_request()), events.c.id > balance.newest_event)
    return sa.or_(settled_after(balance.mark), corrections)


def remaining(db: sa.Connection, account: str) -> Decimal | None:
    """Returns what is left of the last balance (UC) for new requests; None without a balance.

    What was settled after it was requested, or is in flight, may be missing in it. So may anything
    else that the ledger knows since the period's first balance, as long as the last one is late:
    whichever leaves less counts.
    """
    last = last_balance(db, account)
    if last is None:
        return None
    opening = opening_of(db, last)
    by_balance = to_uc(last.available) - committed(db, account, settled_after(last.mark))
    cap_less_use = to_uc(last.available + last.used - opening.used)
    return min(by_balance, cap_less_use - committed(db, account, since(opening)))
