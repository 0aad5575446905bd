"""The limits of each account, and the lock under which an account's sessions write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa

from dashboard.ledger.database import Database, upsert
from dashboard.ledger.schema import budgets, to_thousandths, to_uc

T = TypeVar("T")
U = TypeVar("U")

CONFIRM_ABOVE = Decimal(50)  # UC; the default


@dataclass(frozen=True)
class Budget:
    """Limits in UC; None is no limit.

    ``per_user`` is what each user may spend a day, within the ``per_day`` of all. ``reserve`` is
    the part of the balance that is never spent; a request that may cost more than
    ``confirm_above`` needs a confirmation.
    """

    per_day: Decimal | None = None
    per_job: Decimal | None = None
    reserve: Decimal = Decimal(0)
    confirm_above: Decimal = CONFIRM_ABOVE
    per_user: Decimal | None = None


class Budgets:
    """Reads and writes the limits of accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, account: str) -> Budget:
        """Returns the account's limits, or the defaults."""
        with self._database.reading() as db:
            row = db.execute(sa.select(budgets).where(budgets.c.account == account)).first()
        return Budget() if row is None else _budget(row)

    def save(self, account: str, budget: Budget) -> None:
        """Changes the limits, for all sessions and workers of the account at once."""
        values = {
            "per_day": _or_none(to_thousandths, budget.per_day),
            "per_job": _or_none(to_thousandths, budget.per_job),
            "per_user": _or_none(to_thousandths, budget.per_user),
            "reserve": to_thousandths(budget.reserve),
            "confirm_above": to_thousandths(budget.confirm_above),
        }
        with self._database.writing() as db:
            upsert(db, budgets, {"account": account}, values, values)


def lock_account(db: sa.Connection, account: str) -> Budget:
    """Lets no other session write for this account until the transaction ends.

    Returns the account's limits as they are under the lock.
    """
    query = sa.select(budgets).where(budgets.c.account == account).with_for_update()
    row = db.execute(query).first()
    if row is None:
        defaults = {"reserve": 0, "confirm_above": to_thousandths(CONFIRM_ABOVE)}
        upsert(db, budgets, {"account": account}, defaults, {"account": account})
        row = db.execute(query).one()
    return _budget(row)


def _budget(row: sa.Row[Any]) -> Budget:
    return Budget(
        per_day=_or_none(to_uc, row.per_day),
        per_job=_or_none(to_uc, row.per_job),
        per_user=_or_none(to_uc, row.per_user),
        reserve=to_uc(row.reserve),
        confirm_above=to_uc(row.confirm_above),
    )


def _or_none(convert: Callable[[T], U], limit: T | None) -> U | None:
    return None if limit is None else convert(limit)
