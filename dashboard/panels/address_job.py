"""A job that verifies the email addresses of a file."""

from __future__ import annotations

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.jobs import control
from dashboard.jobs.model import VERIFICATION, RowState
from dashboard.jobs.verification import price_of_addresses, read_addresses
from dashboard.panels.list_job import People
from dashboard.widgets.affordable import job_budget
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.job_start import budget_input, own_key_note, starting, time_note, within


def address_job(account: Account, people: People) -> None:
    """Draws what starts the job, with its price: each address is verified once."""
    rows = read_addresses(people.table, people.columns)
    number = sum(row.state == RowState.WAITING for row in rows)
    st.markdown(f"**{count(number, 'address', 'addresses')}** in {len(rows):,} rows")
    if not number:
        return
    fingerprint = control.job_fingerprint(people.content, (), VERIFICATION, people.choice)
    budget = budget_input()
    approved = paid_button(
        account,
        f"Verify {count(number, 'address', 'addresses')}",
        within(price_of_addresses(account.payments, number), budget),
        "verify_file",
        request=("verify file", fingerprint, budget),
        fitting=job_budget,
        icon=":material/mark_email_read:",
    )
    time_note(number, account.client.verifications_per_minute)
    own_key_note()
    if approved:
        with starting(account, people.name):
            control.start_verification(
                account.payments,
                data.start_job_workers(account.client),
                name=people.name,
                table=people.table,
                rows=rows,
                budget=budget,
                content=control.content_fingerprint(people.content),
                fingerprint=fingerprint,
            )
