"""The account's running jobs as bars in the sidebar of every page."""

from __future__ import annotations

import streamlit as st

from dashboard.account import Account
from dashboard.errors import explained_ledger_errors
from dashboard.formatting import escape_markdown
from dashboard.jobs.model import JobState
from dashboard.jobs.records import JobRecords

LOOK_SECONDS = 10.0  # between two looks


def show_running_jobs(account: Account) -> None:
    """Draws a bar for each running job, which moves while the page is open."""
    st.fragment(_draw, run_every=LOOK_SECONDS)(account, JobRecords(account.ledger))


def _draw(account: Account, records: JobRecords) -> None:
    with explained_ledger_errors():
        for job in records.jobs(account.fingerprint):
            if job.state == JobState.RUNNING:
                progress = records.progress(job.id)
                text = f"{escape_markdown(job.name)} · {progress.processed:,} of {progress.total:,}"
                st.progress(progress.share, text)
