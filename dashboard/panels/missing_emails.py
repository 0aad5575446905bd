"""The emails that prospects of a list lack: a job gets them, and the list shows what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.jobs import control, planning
from dashboard.jobs.people import read_rows
from dashboard.jobs.planning import JobPlan
from dashboard.jobs.records import JobRecords
from dashboard.lists.open_list import OpenList
from dashboard.panels.list_job import People, as_people
from dashboard.tables.api_json import Json
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.job_start import finish
from leadiq_api.data_points import EMAIL


class _Lookup(NamedTuple):
    """The people to look up, the plan of the job, and a fingerprint of whom it looks up."""

    people: People
    plan: JobPlan
    fingerprint: str


def get_missing_emails(account: Account, list_id: str, list_name: str, opened: OpenList) -> None:
    """Draws a button that starts a job for the prospects without an email, if there are any.

    LeadIQ cannot change a prospect, and a second one of the same person would be a duplicate: so
    the job's emails are shown in the list.
    """
    if not opened.without_email or account.ledger_problem is not None:
        return
    # A list is opened again once anything is answered or paid for, which could change the plan.
    key = ("missing emails", list_name, *sorted(account.prices.items()))
    people, plan, fingerprint = opened.once(
        key, lambda: _lookup(account, list_name, opened.without_email)
    )
    number = len(plan.to_send)
    if not number:
        return
    label = f"Get {count(number, 'missing email')}"
    request = ("missing emails", list_id, fingerprint)
    icon = ":material/mail:"
    if paid_button(account, label, plan.price, f"missing_{list_id}", request=request, icon=icon):
        control.start_file(
            account.payments,
            data.start_job_workers(account.client),
            name=people.name,
            table=people.table,
            columns=people.columns,
            plan=plan,
            budget=None,
            content=control.content_fingerprint(people.content),
        )
        finish(account, people.name)


def _lookup(account: Account, list_name: str, lacking: Sequence[Json]) -> _Lookup:
    people = as_people(f"{list_name}, missing emails", lacking)
    rows = read_rows(people.table, people.columns)
    plan = planning.plan_job(account.payments, JobRecords(account.ledger), rows, (EMAIL.id,))
    identities = "\n".join(row.identity for row in plan.to_send)
    return _Lookup(people, plan, control.content_fingerprint(identities.encode()))
