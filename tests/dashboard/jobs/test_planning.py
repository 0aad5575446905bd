"""A job before it starts."""

from decimal import Decimal

import pytest

from dashboard.jobs import planning
from dashboard.jobs.people import read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.tables.fields import find_columns
from dashboard.tables.spreadsheet import read_table
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("short_waits")


def test_a_dry_run_is_free_and_scaled(
    payments: Payments, records: JobRecords, sandbox: Sandbox, client: LeadIQClient
) -> None:
    addresses = [
        client.search_people({"id": one}, data_points={"email"})["results"][0]["personalEmails"]
        for one in sandbox.world.person_ids[:80]
    ]
    known = [found[0]["value"] for found in addresses if found][:10]
    used = sandbox.store.used
    table = read_table(
        "\n".join(["email", *known, *(f"no{n}@x.example" for n in range(30))]).encode()
    )
    plan = planning.plan_job(
        payments, records, read_rows(table, find_columns(table).by_field), ("email",)
    )
    run = planning.dry_run(client, payments, plan, 20)
    assert (run.checked, run.matched) == (20, len(known))
    assert run.emails == len(known)
    assert run.price.maximum == Decimal(len(known)) * 2  # half of the rows were looked at
    assert sandbox.store.used == used
