"""Jobs as people watch them: state and progress, what can be done, the report and the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, escape_markdown, strip_control_chars, uc
from dashboard.jobs import control, report
from dashboard.jobs.model import (
    DONE,
    FAILED,
    FOUND,
    NEEDS_DECISION,
    NOT_FOUND,
    OUTCOME_UNKNOWN,
    PAUSED,
    RUNNING,
    STOPPED,
    Job,
    Progress,
)
from dashboard.jobs.records import JobRecords
from dashboard.state import ProgressSample
from dashboard.tables.export import excel_bytes
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.figures import figures

WATCH_SECONDS = 2.0
MAX_JOBS_SHOWN = 20  # jobs of the list; older ones are chosen below it

JOB_STATE_LABELS: Mapping[str, tuple[str, str, str]] = {
    RUNNING: ("At work", ":material/play_circle:", "blue"),
    PAUSED: ("Paused", ":material/pause_circle:", "orange"),
    STOPPED: ("Stopped", ":material/stop_circle:", "red"),
    DONE: ("Done", ":material/check_circle:", "green"),
}


def show_jobs(account: Account) -> None:
    """The account's jobs; the one that is chosen with its report and its results."""
    records = JobRecords(account.ledger)
    found = records.jobs(account.fingerprint)
    if not found:
        return
    st.subheader("Jobs")
    account.state.job_states = _states(found)
    running = any(job.state == RUNNING for job in found)
    watch = st.fragment(_watch, run_every=WATCH_SECONDS if running else None)
    watch(account, records)
    names = {job.id: strip_control_chars(f"{job.name} · {_day(job)}") for job in found}
    chosen = st.selectbox("Results of", list(names), format_func=names.__getitem__, key="job")
    job = records.job(chosen)
    if job is not None:
        _results(account, records, job)


def _states(found: list[Job]) -> dict[str, str]:
    return {job.id: job.state for job in found}


def _day(job: Job) -> str:
    return f"{datetime.fromtimestamp(job.at / 1000, UTC):%d %b %Y, %H:%M} UTC"


def _watch(account: Account, records: JobRecords) -> None:
    """Draws the list of jobs; redrawn by itself while one is at work. Opens no dialogs."""
    found = records.jobs(account.fingerprint)
    if _states(found) != account.state.job_states:
        data.invalidate_account(*account.caller)
        st.rerun()  # the results below, and how often this is redrawn, are another's
    for job in found[:MAX_JOBS_SHOWN]:
        with st.container(border=True):
            _job(account, records, job)


def _job(account: Account, records: JobRecords, job: Job) -> None:
    word, icon, colour = JOB_STATE_LABELS[job.state]
    progress = records.progress(job.id)
    spent, reserved = records.ledger.spent_by_job(job.account, job.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape_markdown(job.name)}**")
        st.badge(word, icon=icon, color=colour)
        st.caption(_day(job))
        _buttons(account, records, job, progress)
    if job.reason:
        st.caption(escape_markdown(job.reason))
    total = progress.total
    through = f"{progress.through:,} of {total:,}"
    st.progress(
        min(1.0, progress.through / total) if total else 0.0,
        f"{through}{_pace(account, job, progress)}",
    )
    told = [f"{progress.people.get(FOUND, 0):,} found"]
    if "email" in job.settings.data_points:
        told.append(f"{progress.emails:,} with email")
    if "phone" in job.settings.data_points:
        told.append(f"{progress.phones:,} with phone")
    told.append(f"{progress.people.get(NOT_FOUND, 0):,} not found")
    if progress.people.get(FAILED):
        told.append(f"{progress.people[FAILED]:,} failed")
    if without := progress.people.get(NEEDS_DECISION, 0) + progress.people.get(OUTCOME_UNKNOWN, 0):
        told.append(f"{without:,} without an answer")
    if on_list := sum(
        n for word, n in progress.listed.items() if word in ("added", "on it already")
    ):
        told.append(f"{on_list:,} on the list")
    out = f", {uc(reserved)} reserved" if reserved else ""
    shown = Decimal(job.settings.most_uc)
    most = shown if job.budget is None else min(shown, job.budget)
    told.append(f"{uc(spent)} spent{out} of up to {uc(most)}")
    st.caption(" · ".join(told))


def _pace(account: Account, job: Job, progress: Progress) -> str:
    """How fast a job goes, over its last minute of watching, and how long it still takes."""
    if job.state != RUNNING:
        return ""
    seen = account.state.job_progress.setdefault(job.id, [])
    seen.append(ProgressSample(time.monotonic(), progress.through))
    del seen[:-30]
    seconds, done = seen[-1].at - seen[0].at, seen[-1].processed - seen[0].processed
    if seconds <= 0 or done <= 0:
        return ""
    left = (progress.total - progress.through) / done * seconds
    told = f"{left / 60:,.0f} minutes" if left > 90 else f"{left:,.0f} seconds"
    return f" · {done / seconds * 60:,.0f} a minute, {told} left"


def _buttons(account: Account, records: JobRecords, job: Job, progress: Progress) -> None:
    """What can be done with a job, none of it paid beyond the price that was agreed to."""
    offered: list[tuple[str, str, Callable[[], None]]] = []
    if job.state == RUNNING:
        offered.append(("Pause", "pause", partial(control.pause, records, job)))
    if job.state in (RUNNING, PAUSED):
        offered.append(("Stop", "stop", partial(control.stop, records, job)))
    if control.is_held(job):
        offered.append(("Resume", "play_arrow", partial(_resume, account, job)))
    elif job.state == DONE and progress.people.get(FAILED):
        label = f"Retry {progress.people[FAILED]:,} failed"
        offered.append((label, "replay", partial(_retry, account, job, FAILED)))
    for label, icon, act in offered:
        st.button(
            label, icon=f":material/{icon}:", key=f"{icon}_{job.id}", on_click=act, type="tertiary"
        )


def _resume(account: Account, job: Job) -> None:
    data.start_job_workers(account.client)
    control.resume(job)


def _retry(account: Account, job: Job, *states: str) -> None:
    control.retry(data.start_job_workers(account.client), job, *states)


# Results -----------------------------------------------------------------------------------------


def _results(account: Account, records: JobRecords, job: Job) -> None:
    progress = records.progress(job.id)
    if not sum(progress.people.values()):
        return
    if job.state != RUNNING:  # what is drawn here stays as it is until the job ends or is held
        outcomes = report.job_outcomes(progress.people, progress.emails, progress.phones)
        rates = report.match_rates(records.outcomes(job.id))
        figures(
            f"job_{job.id}_{job.state}",
            people_charts.job_outcomes(outcomes, "What came of the rows"),
            people_charts.match_rates(rates, "Found, by how a row names the person"),
        )
    name = f"{job.name.rpartition('.')[0] or job.name}-enriched"
    with st.container(horizontal=True):
        st.download_button(
            f"Download CSV · {count(sum(progress.people.values()), 'row')}",
            data=lambda: b"".join(report.result_csv(records, job)),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv_{job.id}",
        )
        st.download_button(
            "Download Excel",
            data=lambda: excel_bytes(pd.concat([*report.result_frames(records, job)])),
            file_name=f"{name}.xlsx",
            icon=":material/download:",
            on_click="ignore",
            key=f"xlsx_{job.id}",
        )
    if job.state == RUNNING:
        return
    if control.is_held(job) and job.budget is not None:
        _budget(account, records, job, job.budget)
    if number := progress.people.get(NEEDS_DECISION, 0):
        _undecided(account, records, job, number)
    if progress.people.get(FOUND):
        _add_to_list(account, job, progress)


def _budget(account: Account, records: JobRecords, job: Job, budget: Decimal) -> None:
    """Another limit for a job that is held, by its own or by anything else."""
    spent, reserved = records.ledger.spent_by_job(job.account, job.id)
    with st.form(f"job_budget_{job.id}", border=True):
        entered = st.number_input(
            "Budget for this job, UC",
            min_value=0.1,
            value=float(budget),
            step=1.0,
            format="%.1f",
            help=f"{uc(spent + reserved)} of it are spent or reserved. The whole job costs up to "
            f"{uc(Decimal(job.settings.most_uc))}.",
        )
        if st.form_submit_button("Resume within this budget", icon=":material/play_arrow:"):
            records.change(job.id, budget=str(round(entered, 1)))
            _resume(account, job)
            st.rerun()


def _undecided(account: Account, records: JobRecords, job: Job, number: int) -> None:
    """People without an answer: looking them up again may cost once more, so that is asked."""
    st.warning(
        f"No answer came for {count(number, 'person', 'people')}, and the balance does not show "
        "whether they were charged. Looking them up again may be charged again.",
        icon=":material/help:",
    )
    inputs = [row.input for row in records.rows(job.id, state=NEEDS_DECISION)]
    price = account.payments.price_of_people(inputs, job.settings.data_points)
    label = f"Look up {number:,} again"
    request = ("undecided", job.id, job.runs)
    if paid_button(account, label, price, f"undecided_{job.id}", request=request):
        _retry(account, job, NEEDS_DECISION)
        st.rerun()


def _add_to_list(account: Account, job: Job, progress: Progress) -> None:
    known = read_or_show_error("the lists", account.caller, data.lists)
    if known is None:
        return
    names = {str(row.get("id")): strip_control_chars(str(row.get("name"))) for row in known}
    with st.form(f"job_list_{job.id}", border=True):
        chosen = st.selectbox(
            f"Put {count(progress.people[FOUND], 'person', 'people')} on a list",
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="Choose a list",
            help="Who is on it already, by LeadIQ id, email or LinkedIn, is left out.",
        )
        new = st.text_input("Or on a new list called").strip()
        if st.form_submit_button("Add to the list · free", icon=":material/playlist_add:"):
            if not chosen and not new:
                st.error("Choose a list, or enter the name of a new one.")
                return
            control.put_on_list(
                data.start_job_workers(account.client), job, "" if new else chosen, new
            )
            data.invalidate_lists(*account.caller)
            st.rerun()
