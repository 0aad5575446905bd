"""The card that deletes a job, after asking."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import data
from dashboard.account import Account, if_allowed
from dashboard.formatting import count, escape_markdown
from dashboard.jobs.model import Job, JobState
from dashboard.state import session


def job_deletion_card(account: Account, job: Job, rows: int) -> None:
    """Draws a card that deletes a job with its ``rows``; its button asks first."""
    is_running = job.state == JobState.RUNNING
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"Delete **{escape_markdown(job.name)}** with its rows and the people found.")
        with st.popover(
            "Delete this job",
            icon=":material/delete:",
            disabled=is_running,
            help="Stop it first." if is_running else None,
            key=f"ask_delete_{job.id}",
        ):
            st.markdown(
                f"This permanently deletes {count(rows, 'row')} and everything found: download "
                "the results first. What was spent stays on Usage. "
                f"From a terminal: `python -m dashboard.jobs delete {job.id}`"
            )
            st.button(
                f"Delete {count(rows, 'row')} for good",
                type="primary",
                disabled=is_running,
                key=f"delete_{job.id}",
                on_click=if_allowed(partial(_delete, account, job)),
            )


def _delete(account: Account, job: Job) -> None:
    from dashboard.jobs.deletion import JobNotDeletedError, delete_job  # imports DBOS

    try:
        delete_job(data.start_job_workers(account.client), account.fingerprint, job.id)
    except JobNotDeletedError as error:
        session().flash_message = str(error)
    else:
        session().flash_message = f"{escape_markdown(job.name)} was deleted."
