"""Users of a ledger from before addresses were written in lower case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from dashboard.ledger import migrations, schema
from dashboard.ledger.budgets import Budget
from dashboard.ledger.database import Database
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from tests.dashboard.ledger.driver import ACCOUNT, engine_of, request, up_to

JANE = "jane@acme.example"
# A provider's own name for a user can differ from another's by its capitals alone.
BY_NAME = ("AbC at https://Issuer", "abc at https://Issuer", "local")
BEFORE = 11  # the version that still wrote addresses as the provider did


def test_a_user_has_one_row_and_one_budget_whatever_the_capitals(empty_database: str) -> None:
    ledger = Ledger(empty_database)
    for user in ("Jane@ACME.example", JANE, *BY_NAME):
        ledger.reserve(replace(request(), user=user), up_to("1"))
    ledger.close()
    engine = engine_of(empty_database)
    columns = {"id": "1", "account": ACCOUNT, "user": "Jane@ACME.example", "name": "A job"}
    values = {**columns, "state": "done", "at": 1, "settings": "{}"}
    with engine.begin() as db:
        db.execute(schema.jobs.insert().values(values))
        db.exec_driver_sql("ALTER TABLE job_requests DROP COLUMN repeats")  # of version 13
        db.execute(schema.versions.update().values(version=BEFORE))
        revisions = sa.table(migrations.VERSION_TABLE, sa.column("version_num"))
        db.execute(revisions.update().values(version_num=migrations.REVISIONS[BEFORE - 1]))
    Database(empty_database).close()
    with engine.connect() as db:
        assert db.execute(sa.select(schema.jobs.c.user)).scalar_one() == JANE
    engine.dispose()

    ledger = Ledger(empty_database)
    by_user = ledger.history(ACCOUNT).by_user(date(2020, 1, 1), date(2100, 1, 1))
    requests = dict(zip(by_user["user"], by_user["requests"], strict=True))
    assert requests == {JANE: 2, **dict.fromkeys(BY_NAME, 1)}
    ledger.budgets.save(ACCOUNT, Budget(per_user=Decimal(2)))
    with pytest.raises(BudgetExceededError, match="the user's daily budget of 2 UC"):
        ledger.reserve(replace(request(), user=JANE), up_to("1"))
    ledger.close()
