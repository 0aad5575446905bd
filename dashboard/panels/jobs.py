"""The account's jobs: state and progress, what can be done, the report and the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Literal, NamedTuple

import streamlit as st

from dashboard import data
from dashboard.account import Account, if_allowed
from dashboard.charts import people as people_charts
from dashboard.errors import explained_ledger_errors, read_or_show_error
from dashboard.formatting import count, escape_markdown, strip_control_chars, uc
from dashboard.jobs import control, planning, report
from dashboard.jobs.model import Job, JobState, Progress, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import JobSpending
from dashboard.panels.job_deletion import job_deletion_card
from dashboard.panels.job_exports import job_exports
from dashboard.state import ProgressSample
from dashboard.widgets.buttons import paid_button
from dashboard.widgets.figures import figures
from leadiq_api.credits import Estimate

WATCH_SECONDS = 2.0
MAX_JOBS_SHOWN = 20  # in the list; older ones are chosen below it
PACE_SAMPLES = 30  # a minute of watching
MINUTE = 60  # seconds
MAX_SECONDS_SHOWN = 90  # a longer time is shown in minutes


class StateLabel(NamedTuple):
    """How a job's state is shown."""

    text: str
    icon: str
    color: Literal["blue", "orange", "red", "green"]


JOB_STATE_LABELS: Mapping[JobState, StateLabel] = {
    JobState.RUNNING: StateLabel("At work", ":material/play_circle:", "blue"),
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
    """Shows the account's jobs, and the report and results of the selected one."""
    records = JobRecords(account.ledger)
    jobs = records.jobs(account.fingerprint)
    if not jobs:
        return
    st.subheader("Jobs")
    account.state.job_states = _states(jobs)
    is_running = any(job.state == JobState.RUNNING for job in jobs)
    watch = st.fragment(_watch_jobs, run_every=WATCH_SECONDS if is_running else None)
    watch(account, records)
    for paused in jobs:
        if paused.can_resume and paused.settings.price_exceeded:
            _price_offer(account, records, paused)
    names = {job.id: strip_control_chars(f"{job.name} · {_start_time(job)}") for job in jobs}
    selected = st.selectbox("Results of", list(names), format_func=names.__getitem__, key="job")
    job = records.job(selected)
    if job is not None and job.account == account.fingerprint:
        progress = records.progress(job.id)
        _results(account, records, job, progress)
        job_deletion_card(account, job, rows=sum(progress.people.values()))


def _states(jobs: list[Job]) -> dict[str, str]:
    return {job.id: job.state for job in jobs}


def _start_time(job: Job) -> str:
    return f"{datetime.fromtimestamp(job.at / 1000, UTC):%d %b %Y, %H:%M} UTC"


def _watch_jobs(account: Account, records: JobRecords) -> None:
    """Draws the list of jobs; redraws itself while one is running. Opens no dialogs."""
    with explained_ledger_errors():
        jobs = records.jobs(account.fingerprint)
        if _states(jobs) != account.state.job_states:
            data.invalidate_account(*account.caller)
            st.rerun()  # the results below and the interval of this fragment depend on the states
        for job in jobs[:MAX_JOBS_SHOWN]:
            with st.container(border=True):
                _job_card(account, records, job)


def _job_card(account: Account, records: JobRecords, job: Job) -> None:
    label = JOB_STATE_LABELS[job.state]
    progress = records.progress(job.id)
    spending = records.ledger.spent_by_job(job.account, job.id)
    unknown = records.ledger.unknown_by_job(job.account, job.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape_markdown(job.name)}**")
        st.badge(label.text, icon=label.icon, color=label.color)
        st.caption(_start_time(job))
        _buttons(account, records, job, progress)
    if job.reason:
        st.caption(escape_markdown(job.reason))
    share = min(1.0, progress.processed / progress.total) if progress.total else 0.0
    pace = _pace(account, job, progress)
    st.progress(share, f"{progress.processed:,} of {progress.total:,}{pace}")
    st.caption(" · ".join([*_outcome_counts(job, progress), _spending(job, spending, unknown)]))


def _outcome_counts(job: Job, progress: Progress) -> list[str]:
    """Returns how many people have which outcome; what cannot be, or rarely is, only if not 0."""
    people, data_points = progress.people, job.settings.data_points
    no_answer = people.get(RowState.NEEDS_DECISION, 0) + people.get(RowState.OUTCOME_UNKNOWN, 0)
    failed = people.get(RowState.FAILED, 0)
    counts = [
        (True, people.get(RowState.FOUND, 0), "found"),
        ("email" in data_points, progress.emails, "with email"),
        ("phone" in data_points, progress.phones, "with phone"),
        (True, people.get(RowState.NOT_FOUND, 0), "not found"),
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
    """Returns the pace of a job over the last minute of watching, and the time it still takes."""
    if job.state != JobState.RUNNING:
        return ""
    samples = account.state.job_progress.setdefault(job.id, [])
    samples.append(ProgressSample(time.monotonic(), progress.processed))
    del samples[:-PACE_SAMPLES]
    seconds = samples[-1].at - samples[0].at
    processed = samples[-1].processed - samples[0].processed
    if seconds <= 0 or processed <= 0:
        return ""
    remaining = (progress.total - progress.processed) / processed * seconds
    duration = (
        f"{remaining / MINUTE:,.0f} minutes"
        if remaining > MAX_SECONDS_SHOWN
        else f"{remaining:,.0f} seconds"
    )
    return f" · {processed / seconds * MINUTE:,.0f} a minute, {duration} left"


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
    if job.can_resume and not job.settings.price_exceeded:
        actions.append(JobAction("Resume", "play_arrow", partial(_resume, account, job)))
    elif job.state == JobState.DONE and failed:
        retry = partial(_retry, account, job, RowState.FAILED)
        actions.append(JobAction(f"Retry {failed:,} failed", "replay", retry))
    return actions


def _resume(account: Account, job: Job) -> None:
    data.start_job_workers(account.client)
    control.resume(job)


def _retry(account: Account, job: Job, *states: RowState) -> None:
    control.retry(data.start_job_workers(account.client), job, *states)


# Results -----------------------------------------------------------------------------------------


def _results(account: Account, records: JobRecords, job: Job, progress: Progress) -> None:
    if not progress.people and not progress.count(RowState.NEEDS_DECISION):
        return
    is_running = job.state == JobState.RUNNING
    if not is_running:  # these charts are not redrawn while the job runs
        _charts(records, job, progress)
    job_exports(records, job, rows=sum(progress.people.values()))
    if is_running:
        return
    if job.can_resume and job.budget is not None:
        _budget_form(account, records, job, job.budget)
    if number := progress.count(RowState.NEEDS_DECISION):
        _retry_undecided(account, records, job, number)
    if found := progress.people.get(RowState.FOUND, 0):
        _list_form(account, job, found)


def _charts(records: JobRecords, job: Job, progress: Progress) -> None:
    outcomes = report.job_outcomes(progress.people, progress.emails, progress.phones)
    rates = report.match_rates(records.count_by_identifier(job.id))
    figures(
        f"job_{job.id}_{job.state}",
        people_charts.job_outcome_bars(outcomes, "What came of the rows"),
        people_charts.match_rate_bars(rates, "Found, by how a row names the person"),
    )


def _budget_form(account: Account, records: JobRecords, job: Job, budget: Decimal) -> None:
    """Draws a form that resumes a paused or stopped job with another budget."""
    spent, reserved = records.ledger.spent_by_job(job.account, job.id)
    with st.form(f"job_budget_{job.id}", border=True):
        entered = st.number_input(
            "Budget for this job, UC",
            min_value=0.1,
            value=float(budget),
            step=1.0,
            format="%.1f",
            help=f"{uc(spent + reserved)} of it are spent or reserved. The price you agreed to is "
            f"{uc(job.ceiling or budget)}.",
        )
        if st.form_submit_button("Resume within this budget", icon=":material/play_arrow:"):
            records.update_settings(job.id, budget=str(round(entered, 1)))
            _resume(account, job)
            st.rerun()


def _retry_undecided(account: Account, records: JobRecords, job: Job, number: int) -> None:
    """Offers to look up again what has no answer, which may be charged again."""
    st.warning(
        f"No answer came for {count(number, 'person or page', 'people or pages')}, and the balance "
        "does not show whether they were charged. Looking them up again may be charged again.",
        icon=":material/help:",
    )
    price = planning.price_of_rest(account.payments, records, job, RowState.NEEDS_DECISION)
    label = f"Look up {number:,} again"
    request = ("undecided", job.id, job.runs)
    if paid_button(account, label, price, f"undecided_{job.id}", request=request):
        _continue(account, job, price, RowState.NEEDS_DECISION)


def _price_offer(account: Account, records: JobRecords, job: Job) -> None:
    """Offers to continue a job whose price was too low, at the price of the rest."""
    price = planning.price_of_rest(account.payments, records, job)
    request = ("continue", job.id, job.runs)
    label = f"Continue {strip_control_chars(job.name)}"
    if paid_button(account, label, price, f"continue_{job.id}", request=request):
        _continue(account, job, price)


def _continue(account: Account, job: Job, price: Estimate, *states: RowState) -> None:
    records = data.start_job_workers(account.client)
    control.continue_at_price(account.payments, records, job, price, *states)
    st.rerun()


def _list_form(account: Account, job: Job, found: int) -> None:
    """Draws a form that adds the people found to a list of the account, or to a new one."""
    lists = read_or_show_error("the lists", account.caller, data.lists)
    if lists is None:
        return
    names = {str(row.get("id")): strip_control_chars(str(row.get("name"))) for row in lists}
    with st.form(f"job_list_{job.id}", border=True):
        list_id = st.selectbox(
            f"Put {count(found, 'person', 'people')} on a list",
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="Choose a list",
            help="Who is on it already, by LeadIQ id, email or LinkedIn, is left out.",
        )
        new_name = st.text_input("Or on a new list called").strip()
        if st.form_submit_button("Add to the list · free", icon=":material/playlist_add:"):
            if not list_id and not new_name:
                st.error("Choose a list, or enter the name of a new one.")
                return
            records = data.start_job_workers(account.client)
            control.add_to_list(records, job, "" if new_name else list_id or "", new_name)
            data.invalidate_lists(*account.caller)
            st.rerun()
