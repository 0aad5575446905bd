"""A button that starts a job over people who are known already, at its price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dashboard import data
from dashboard.account import Account
from dashboard.jobs import control, planning
from dashboard.jobs.pace import requests_of_rows
from dashboard.jobs.people import read_rows
from dashboard.jobs.planning import JobPlan
from dashboard.jobs.records import JobRecords
from dashboard.panels.list_job import People, as_people
from dashboard.tables.api_json import Json
from dashboard.widgets.affordable import job_budget
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.job_start import starting, time_note


class Lookup(NamedTuple):
    """The people to look up, the plan of the job, and a fingerprint of whom it looks up."""

    people: People
    plan: JobPlan
    fingerprint: str


def plan_lookup(
    account: Account, name: str, prospects: Sequence[Json], data_points: tuple[str, ...]
) -> Lookup:
    """Returns what it takes to look up prospects for ``data_points`` in a job of this name."""
    people = as_people(name, prospects)
    rows = read_rows(people.table, people.columns)
    plan = planning.plan_job(account.payments, JobRecords(account.ledger), rows, data_points)
    identities = "\n".join(row.identity for row in plan.to_send)
    return Lookup(people, plan, control.content_fingerprint(identities.encode()))


def people_job(
    account: Account,
    lookup: Lookup,
    label: Callable[[int], str],
    *,
    key: str,
    icon: str,
    notes: bool = True,
) -> None:
    """Draws a button that starts a lookup as a job, if there is anybody to look up.

    ``label`` returns what it does for a number of people; the price is appended. ``notes`` puts the
    balance and the time that it takes beneath.
    """
    people, plan, fingerprint = lookup
    if not plan.to_send:
        return
    client = account.client
    approved = paid_button(
        account,
        label(len(plan.to_send)),
        plan.price,
        key,
        request=(key, plan.data_points, fingerprint),
        fitting=job_budget,
        note=notes,
        icon=icon,
    )
    if notes:
        requests = requests_of_rows(plan.to_send, plan.data_points, client.people_per_request())
        time_note(requests, client.requests_per_minute)
    if approved:
        with starting(account, people.name):
            control.start_file(
                account.payments,
                data.start_job_workers(client),
                name=people.name,
                table=people.table,
                columns=people.columns,
                plan=plan,
                budget=None,
                content=control.content_fingerprint(people.content),
            )
