"""A job before it starts."""

from collections import Counter
from decimal import Decimal

import pytest

from dashboard.jobs import planning
from dashboard.jobs.model import RowState
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
    # Half of the rows were checked, across the file and not at its beginning, where all are known.
    checked = [row.input["email"] in known for row in plan.sample(20)]
    assert (run.checked, run.of, run.matched) == (20, 40, sum(checked))
    assert 0 < sum(checked) < len(known)
    assert run.emails == run.matched
    low, high = run.share(run.matched)
    assert low < len(known) / 40 < high
    assert run.price.expected == Decimal(run.matched) * 2
    assert run.price.maximum == plan.price.maximum == 40  # a preview promises nothing
    assert sandbox.store.used == used


def test_the_first_rows_of_a_file_are_a_job_of_their_own_price(
    payments: Payments, records: JobRecords
) -> None:
    """A file of 30 addresses, whose people are tried first."""
    lines = ["Email", *(f"person{n}@acme{n}.example" for n in range(1, 31))]
    table = read_table("\n".join(lines).encode())
    columns = find_columns(table).by_field
    plan = planning.plan_job(payments, records, read_rows(table, columns), ("email",))
    first = planning.first_of(plan, 10, payments)
    assert [row.index for row in first.to_send] == [*range(10)]
    assert (first.price.maximum, plan.price.maximum) == (10, 30)
    assert len(first.rows) == 30
    assert Counter(row.state for row in first.rows)[RowState.HELD] == 20


def test_what_the_file_has_is_not_bought(payments: Payments, records: JobRecords) -> None:
    lines = ["Email,Phone,Name,Company", "jane@acme.com,,,", ",+16035550101,Jim Doe,Acme"]
    lines += ["jo@acme.com,+16035550102,,", ",,Joe Doe,Acme", "not known,n/a,Jill Doe,Acme"]
    table = read_table("\n".join(lines).encode())
    columns = find_columns(table).by_field
    rows = planning.only_empty(read_rows(table, columns), columns, ("email", "phone"))
    points = [row.data_points for row in rows]
    assert points == [("phone",), ("email",), (), None, None]
    plan = planning.plan_job(payments, records, rows, ("email", "phone"))
    assert plan.price.maximum == Decimal("10") + 1 + Decimal("0.1") + 11 + 11


@pytest.mark.parametrize(
    ("header", "points"),
    [("Work email,Private email", (None, None, ())), ("Note,Private email", ((), None, ()))],
)
def test_a_private_address_does_not_fill_the_cell_of_one_at_work(
    header: str, points: tuple[tuple[str, ...] | None, ...]
) -> None:
    rows = ["Jane Doe,Acme,,jane@gmail.com", "Jo Roe,Acme,,", "Al Bee,Acme,al@acme.com,al@gmx.de"]
    table = read_table("\n".join([f"Name,Company,{header}", *rows]).encode())
    columns = find_columns(table).by_field
    planned = planning.only_empty(read_rows(table, columns), columns, ("email",))
    assert tuple(row.data_points for row in planned) == points
