"""The emails that prospects of a list lack: a job gets them, and the list shows what it found."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.jobs import control, planning
from dashboard.jobs.model import JobState
from dashboard.jobs.people import read_rows
from dashboard.jobs.records import JobRecords
from dashboard.lists.prospect_table import with_found_emails
from dashboard.panels.list_job import as_people
from dashboard.tables.api_json import Json, text_at
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.job_start import finish
from leadiq_api.data_points import EMAIL


def with_emails_of_jobs(account: Account, prospects: Sequence[Json]) -> list[Json]:
    """Returns prospects with the emails that jobs have found for them, which LeadIQ's lack.

    LeadIQ cannot change a prospect, and a second one of the same person would be a duplicate.
    """
    persons = [id for prospect in prospects if (id := text_at(prospect, "personId"))]
    found = JobRecords(account.ledger).answers_by_person(account.fingerprint, persons)
    return with_found_emails(prospects, found)


def get_missing_emails(
    account: Account, list_id: str, list_name: str, prospects: Sequence[Json], key: str = "missing"
) -> None:
    """Draws a button that starts a job for the prospects without an email, if there are any.

    While such a job of the list runs, a line says so instead. ``key`` begins the button's widget
    key.
    """
    lacking = [prospect for prospect in prospects if not text_at(prospect, "workEmail")]
    if not lacking or account.ledger_problem is not None:
        return
    people = as_people(f"{list_name}, missing emails", lacking)
    records = JobRecords(account.ledger)
    jobs = records.jobs(account.fingerprint)
    if any(job.state == JobState.RUNNING and job.name == people.name for job in jobs):
        st.caption(":material/hourglass: Getting missing emails …", width="content")
        return
    rows = read_rows(people.table, people.columns)
    plan = planning.plan_job(account.payments, records, rows, (EMAIL.id,))
    number = len(plan.to_send)
    if not number:
        return
    label = f"Get {count(number, 'missing email')}"
    request = ("missing emails", list_id, [row.identity for row in plan.to_send])
    approved = paid_button(
        account,
        label,
        plan.price,
        f"{key}_{list_id}",
        request=request,
        note=False,
        icon=":material/mail:",
    )
    if approved:
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
