"""The emails that prospects of a list lack: a job gets them, and the list shows what it found."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import streamlit as st

from dashboard.account import Account
from dashboard.formatting import count
from dashboard.jobs.model import JobState
from dashboard.jobs.records import JobRecords
from dashboard.lists.open_list import OpenList
from dashboard.panels.people_job import people_job, plan_lookup
from leadiq_api.data_points import EMAIL


def get_missing_emails(
    account: Account,
    list_name: str,
    opened: OpenList,
    key: str,
    selected: Collection[str] | None = None,
) -> None:
    """Draws a button that starts a job for the prospects without an email, if there are any.

    Of all prospects, or of the ``selected`` ids; ``key`` is the button's widget key. While such a
    job of the list runs, a line says so instead. LeadIQ cannot change a prospect, and a second one
    of the same person would be a duplicate: so the job's emails are shown in the list.
    """
    lacking = opened.without_email
    if selected is not None:
        lacking = [prospect for prospect in lacking if str(prospect.get("id")) in selected]
    if not lacking or account.ledger_problem is not None:
        return
    name = f"{list_name}, missing emails"
    jobs = JobRecords(account.ledger).jobs(account.fingerprint)
    if any(job.state == JobState.RUNNING and job.name == name for job in jobs):
        st.caption(":material/hourglass: Getting missing emails …", width="content")
        return
    plan = partial(plan_lookup, account, name, lacking, (EMAIL.id,))
    # A list is opened again once anything is answered or paid for, which could change the plan.
    of_plan = ("missing emails", list_name, *sorted(account.prices.items()))
    people_job(
        account,
        opened.once(of_plan, plan) if selected is None else plan(),
        lambda number: f"Get {count(number, 'missing email')}",
        key=key,
        icon=":material/mail:",
        notes=False,
    )
