"""The review of a job's matches that may be somebody else: keep, drop, or report in one click."""

from __future__ import annotations

from functools import partial
from itertools import islice

import streamlit as st

from dashboard.account import Account, if_allowed
from dashboard.formatting import count, escape_markdown
from dashboard.jobs.model import Decision, Job, Row
from dashboard.jobs.records import JobRecords
from dashboard.jobs.review import doubt_of, wrong_address
from dashboard.state import session
from leadiq_api import LeadIQError

SHOWN = 5  # matches at a time: each decision brings the next


def show_review(account: Account, records: JobRecords, job: Job, number: int) -> None:
    """Draws the next matches to check, requested beside returned, of this ``number`` in all."""
    with st.container(border=True):
        st.markdown(f"**{count(number, 'match', 'matches')} to check** · not added to a list yet")
        for row in islice(records.rows_to_check(job.id), SHOWN):
            _draw_row(account, records, job, row)
        if number > 1:
            with st.container(horizontal=True):
                for decision, label in ((Decision.KEPT, "Keep"), (Decision.DROPPED, "Drop")):
                    _decide_all(records, job, decision, f"{label} all {number:,}")


def _decide_all(records: JobRecords, job: Job, decision: Decision, label: str) -> None:
    """Draws a button that decides on all matches to check, after asking: it cannot be undone."""
    with st.popover(label, key=f"ask_{decision}_all_{job.id}"):
        st.markdown("This decides on every match at once, and cannot be undone.")
        st.button(
            label,
            type="primary",
            key=f"{decision}_all_{job.id}",
            on_click=if_allowed(partial(records.decide, job.id, decision)),
        )


def _draw_row(account: Account, records: JobRecords, job: Job, row: Row) -> None:
    doubt = doubt_of(job, row)
    requested, returned, actions = st.columns([3, 3, 2], vertical_alignment="center")
    requested.caption(f"Row {row.index + 1:,}, requested")
    requested.markdown(escape_markdown(doubt.requested))
    returned.caption(f"Returned: {escape_markdown(doubt.reasons)}")
    returned.markdown(escape_markdown(doubt.returned))
    with actions.container(horizontal=True):
        for decision, label in ((Decision.KEPT, "Keep"), (Decision.DROPPED, "Drop")):
            st.button(
                label,
                key=f"{decision}_{job.id}_{row.index}",
                on_click=if_allowed(partial(records.decide, job.id, decision, [row.index])),
            )
        if "email" in row.input:
            st.button(
                "Report",
                icon=":material/flag:",
                key=f"report_{job.id}_{row.index}",
                help="Drops the person, and reports that the address is not theirs. Free.",
                on_click=if_allowed(partial(_report, account, records, job, row)),
            )


def _report(account: Account, records: JobRecords, job: Job, row: Row) -> None:
    records.decide(job.id, Decision.DROPPED, [row.index])
    try:
        account.client.submit_person_feedback(wrong_address(row))
    except LeadIQError as error:
        session().flash_message = f"Dropped, but not reported: {escape_markdown(error.message)}"
    else:
        session().flash_message = "Dropped, and reported to LeadIQ as another person's address."
