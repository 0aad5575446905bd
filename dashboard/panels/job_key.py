"""Jobs that can continue with the key in use, because their own was refused."""

from __future__ import annotations

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import escape_markdown
from dashboard.jobs import planning
from dashboard.jobs.new_key import continue_with_key, refused_jobs
from dashboard.jobs.owner import owner_of
from dashboard.jobs.records import JobRecords
from dashboard.widgets.buttons import paid_button


def offer_refused_jobs(account: Account, records: JobRecords) -> None:
    """Offers to continue the jobs of another key of the same user, at the price of their rest."""
    owner = owner_of(data.whoami(*account.caller))
    for job in refused_jobs(records, account.fingerprint, owner):
        with st.container(border=True):
            st.markdown(f"**{escape_markdown(job.name)}** stopped: LeadIQ refused its key.")
            price = planning.price_of_rest(account.payments, records, job)
            request = ("new key", job.id, job.runs)
            label, icon = "Continue with this key", ":material/play_arrow:"
            if paid_button(account, label, price, f"new_key_{job.id}", request=request, icon=icon):
                records = data.start_job_workers(account.client)
                continue_with_key(account.payments, records, job, price)
                st.rerun()
