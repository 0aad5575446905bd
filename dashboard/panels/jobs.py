"""The account's jobs: state and progress, what can be done, the report and the results."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Literal, NamedTuple

import streamlit as st

from dashboard import data
from dashboard.account import Account, if_allowed
from dashboard.errors import explained_ledger_errors
from dashboard.formatting import duration, escape_markdown, minute, option_labels, uc
from dashboard.jobs import control
from dashboard.jobs.model import Job, JobState, Progress, RowState
from dashboard.jobs.pace import seconds_of
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import JobSpending
from dashboard.ledger.schema import to_datetime
from dashboard.panels.job_exports import job_exports
from dashboard.panels.job_key import offer_refused_jobs
from dashboard.panels.job_results import resume, show_results
from dashboard.state import ProgressSample
from leadiq_api import LeadIQClient

WATCH_SECONDS = 2.0
MAX_JOBS_SHOWN = 20  # in the list; older ones are chosen below it
PACE_SAMPLES = 60  # two minutes of watching: a slow key has answers every quarter of one
MINUTE = 60  # seconds


class StateLabel(NamedTuple):
    """How a job's state is shown."""

    text: str
    icon: str
    color: Literal["blue", "orange", "red", "green"]


JOB_STATE_LABELS: Mapping[JobState, StateLabel] = {
    JobState.RUNNING: StateLabel("Running", ":material/play_circle:", "blue"),
    JobState.PAUSED: StateLabel("Paused", ":material/pause_circle:", "orange"),
    JobState.STOPPED: StateLabel("Stopped", ":material/stop_circle:", "red"),
    JobState.DONE: StateLabel("Done", ":material/check_circle:", "green"),
}


class JobAction(NamedTuple):
    """A button of a job, with the name of its icon."""

    label: str
    icon: str
    run: Callable[[], None]


def show_jobs(account: Account) -> None:
    """Shows the account's jobs, each with its results; those that run are redrawn by themselves."""
    with explained_ledger_errors():
        _show_jobs(account, JobRecords(account.ledger))


def _show_jobs(account: Account, records: JobRecords) -> None:
    offer_refused_jobs(account, records)
    jobs = records.jobs(account.fingerprint)
    if not jobs:
        return
    st.subheader("Jobs", anchor=False)
    account.state.job_states = _states(jobs)
    is_running = any(job.state == JobState.RUNNING for job in jobs)
    watch = st.fragment(_watch_jobs, run_every=WATCH_SECONDS if is_running else None)
    watch(account, records)
    # What is not running does not change by itself, and may open dialogs.
    ended = [job for job in jobs if job.state != JobState.RUNNING]
    names = {job.id: f"{job.name} · {minute(to_datetime(job.at))}" for job in ended}
    older = None
    if len(ended) > MAX_JOBS_SHOWN:
        older = st.selectbox(
            "Show an older job",
            [*names][MAX_JOBS_SHOWN:],
            index=None,
            format_func=option_labels(names).__getitem__,
            key="older_job",
        )
    for job in [*ended[:MAX_JOBS_SHOWN], *(job for job in ended if job.id == older)]:
        with st.container(border=True):
            progress = _job_card(account, records, job)
            is_open = job.id == (account.state.open_job or ended[0].id)
            results = st.expander(
                "Results",
                expanded=is_open,
                key=f"results_{job.id}_{is_open}",
                on_change="rerun",
            )
            if results.open:
                with results:
                    show_results(account, records, job, progress)


def _states(jobs: list[Job]) -> dict[str, str]:
    return {job.id: job.state for job in jobs}


def _watch_jobs(account: Account, records: JobRecords) -> None:
    """Draws the jobs that are running, and redraws itself meanwhile. Opens no dialogs."""
    with explained_ledger_errors():
        jobs = records.jobs(account.fingerprint)
        if _states(jobs) != account.state.job_states:
            data.invalidate_account(*account.caller)
            st.rerun()  # the cards below and the interval of this fragment depend on the states
        for job in jobs:
            if job.state == JobState.RUNNING:
                with st.container(border=True):
                    progress = _job_card(account, records, job)
                    job_exports(records, job, rows=sum(progress.people.values()))


def _job_card(account: Account, records: JobRecords, job: Job) -> Progress:
    label = JOB_STATE_LABELS[job.state]
    progress = records.progress(job.id)
    spending = records.ledger.spent_by_job(job.account, job.id)
    unknown = records.ledger.unknown_by_job(job.account, job.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape_markdown(job.name)}**")
        st.badge(label.text, icon=label.icon, color=label.color)
        st.caption(minute(to_datetime(job.at)))
        _buttons(account, records, job, progress)
    if job.reason:
        st.caption(escape_markdown(job.reason))
    pace = _pace(account, job, progress)
    st.progress(progress.share, f"{progress.processed:,} of {progress.total:,}{pace}")
    st.caption(" · ".join([*_outcome_counts(job, progress), _spending(job, spending, unknown)]))
    return progress


def _outcome_counts(job: Job, progress: Progress) -> list[str]:
    """Returns how many people have which outcome; what cannot be, or rarely is, only if not 0."""
    people, data_points = progress.people, job.settings.data_points
    no_answer = progress.count(RowState.NEEDS_DECISION) + progress.count(RowState.OUTCOME_UNKNOWN)
    failed = people.get(RowState.FAILED, 0)
    counts = [
        (True, people.get(RowState.FOUND, 0), "verified" if job.verifies else "found"),
        ("email" in data_points, progress.emails, "with email"),
        ("phone" in data_points, progress.phones, "with phone"),
        (progress.unchecked > 0, progress.unchecked, "to check"),
        (not job.verifies, people.get(RowState.NOT_FOUND, 0), "not found"),
        (failed > 0, failed, "failed"),
        (no_answer > 0, no_answer, "without an answer"),
        (progress.on_list > 0, progress.on_list, "on the list"),
    ]
    return [f"{number:,} {label}" for is_shown, number, label in counts if is_shown]


def _spending(job: Job, spending: JobSpending, unknown: Decimal) -> str:
    """Returns what a job has spent: a range, if it is not known of some requests."""
    spent, reserved = spending
    amount = f"{uc(spent)} to {uc(spent + unknown)}" if unknown else uc(spent)
    in_flight = reserved - unknown
    details = f", {uc(in_flight)} reserved" if in_flight else ""
    limit = "" if job.limit is None else f" of up to {uc(job.limit)}"
    return f"{amount} spent{details}{limit}"


def _pace(account: Account, job: Job, progress: Progress) -> str:
    """Returns the pace of a job over the last minutes of watching, and the time it still takes."""
    if job.state != JobState.RUNNING:
        return ""
    samples = account.state.job_progress.setdefault(job.id, [])
    samples.append(ProgressSample(time.monotonic(), progress.processed))
    del samples[:-PACE_SAMPLES]
    seconds = samples[-1].at - samples[0].at
    processed = samples[-1].processed - samples[0].processed
    left = progress.total - progress.processed
    if seconds <= 0 or processed <= 0:  # nothing to measure yet: the limit of the key says more
        return f" · {duration(_seconds_at_limit(account.client, job, left))} left" if left else ""
    per_minute = processed / seconds * MINUTE
    return f" · {per_minute:,.0f}/min · {duration(left / per_minute * MINUTE)} left"


def _seconds_at_limit(client: LeadIQClient, job: Job, people: int) -> float:
    """Returns how long the lookups or verifications of so many people take at the key's limit."""
    if job.verifies:
        return seconds_of(people, client.verifications_per_minute)
    return seconds_of(math.ceil(people / client.people_per_request()), client.requests_per_minute)


def _buttons(account: Account, records: JobRecords, job: Job, progress: Progress) -> None:
    """Draws what can be done with a job; none of it costs more than the price agreed to."""
    for action in _actions(account, records, job, progress):
        st.button(
            action.label,
            icon=f":material/{action.icon}:",
            key=f"{action.icon}_{job.id}",
            on_click=if_allowed(action.run),
            type="tertiary",
        )


def _actions(
    account: Account, records: JobRecords, job: Job, progress: Progress
) -> list[JobAction]:
    actions: list[JobAction] = []
    if job.state == JobState.RUNNING:
        actions.append(JobAction("Pause", "pause", partial(control.pause, records, job)))
    if job.state in (JobState.RUNNING, JobState.PAUSED):
        actions.append(JobAction("Stop", "stop", partial(control.stop, records, job)))
    failed = progress.people.get(RowState.FAILED, 0)
    is_at_end_of_first = progress.count(RowState.HELD) and not progress.count(RowState.WAITING)
    if job.can_resume and not job.settings.price_exceeded and not is_at_end_of_first:
        actions.append(JobAction("Resume", "play_arrow", partial(resume, account, job)))
    elif job.state == JobState.DONE and failed:
        retry = partial(_retry, account, job, RowState.FAILED)
        actions.append(JobAction(f"Retry {failed:,} failed", "replay", retry))
    return actions


def _retry(account: Account, job: Job, *states: RowState) -> None:
    control.retry(account.payments, data.start_job_workers(account.client), job, *states)
