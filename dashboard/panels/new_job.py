"""The bulk panel of People search: many people from a file, or by a saved search, as one job."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import count, escape_markdown, likely_price, strip_control_chars
from dashboard.jobs import control, planning
from dashboard.jobs.model import RowState
from dashboard.jobs.people import read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.panels.file_preview import Upload, people_file_input
from dashboard.panels.jobs import show_jobs
from dashboard.search.inputs import CURSOR_CEILING
from dashboard.state import CheckedJob, PlannedJob, session
from dashboard.tables import upload_limits
from dashboard.tables.fields import PERSON_FIELDS
from dashboard.tables.preview import IDENTIFYING
from dashboard.tables.spreadsheet import (
    Table,
)
from dashboard.widgets.affordable import job_budget
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    quality_input,
    show_flash_message,
)
from dashboard.widgets.tables import csv_download, table
from leadiq_api import DATA_POINTS, SEARCH_CEILING, LeadIQError, SearchKind
from leadiq_api.credits import Estimate
from leadiq_api.quality import Quality

DEFAULT_MAX_PEOPLE = 100
UPLOAD = Upload(
    "bulk",
    "People, as CSV, Excel or OpenDocument",
    f"Up to {upload_limits.MAX_BULK_ROWS:,} rows, each with a LinkedIn URL, an email, a name and "
    "company, or a LeadIQ id. Any delimiter, header row and sheet will do.",
    PERSON_FIELDS,
)


class Mode(StrEnum):
    """How many people are looked up on People search, in the words of its control."""

    ONE_PERSON = "One person"
    FILE = "From a file"
    SAVED_SEARCH = "From a saved search"


class FileJob(NamedTuple):
    """A job as it stands in the panel: the file, its columns by field, and the data points."""

    name: str
    table: Table
    columns: dict[str, tuple[int, ...]]
    points: tuple[str, ...]
    quality: Quality
    fingerprint: str


def new_job_panel(account: Account, mode: Mode) -> None:
    """Draws what starts a job from a file or a saved search, and the account's jobs below it."""
    show_flash_message()
    if account.ledger_problem is not None:
        st.info("Jobs are kept in the ledger. They continue when it works again.")
        return
    if mode == Mode.FILE:
        _from_file(account)
    else:
        _from_search(account)
    show_jobs(account)


# From a file -------------------------------------------------------------------------------------


def _from_file(account: Account) -> None:
    job = _file_job(account)
    account.state.check_of(job.fingerprint if job else None)  # forgets that of another job
    if job is None:
        return
    plan = _plan(account, job)
    _show_plan(plan, job.table)
    if plan.to_send:
        _start_file_button(account, job, plan)


def _file_job(account: Account) -> FileJob | None:
    """Lets the user choose a file, its columns and data points; None while there is no job."""
    file = people_file_input(account, UPLOAD)
    if file is None:
        if account.state.uploaded_table is None:
            st.info(
                "Choose a file of people. You see how it is understood, and the price, before "
                "anything is sent. The job continues when you close this page."
            )
        return None
    if not file.columns.keys() & set(IDENTIFYING):
        st.error("Choose at least one column above that names a person.", icon=":material/edit:")
        return None
    points = data_points_input(account, tuple(DATA_POINTS), "bulk_points")
    quality = quality_input(points, "bulk")
    which = repr((sorted(file.columns.items()), file.choice))
    fingerprint = control.job_fingerprint(file.content, points, which, quality=quality)
    return FileJob(file.name, file.table, file.columns, points, quality, fingerprint)


def _start_file_button(account: Account, job: FileJob, plan: planning.JobPlan) -> None:
    price = _checked_price(account, job, plan)
    budget = _budget_input()
    label = f"Look up {count(len(plan.to_send), 'person', 'people')}"
    request = ("bulk", job.fingerprint, budget)
    price = _within(price, budget)
    approved = paid_button(account, label, price, "bulk_start", request=request, fitting=job_budget)
    _own_key_note()
    if approved:
        control.start_file(
            account.payments,
            data.start_job_workers(account.client),
            name=job.name,
            table=job.table,
            columns=job.columns,
            plan=plan,
            budget=budget,
            quality=job.quality,
            fingerprint=job.fingerprint,
        )
        _finish(account, job.name)


def _plan(account: Account, job: FileJob) -> planning.JobPlan:
    """Returns the job as it would be; planned again if something changes it."""
    records = JobRecords(account.ledger)
    answered = records.count_answered(account.fingerprint)
    planned = account.state.planned_job
    if planned is None or (planned.source, planned.answered) != (job.fingerprint, answered):
        rows = read_rows(job.table, job.columns)
        plan = planning.plan_job(account.payments, records, rows, job.points)
        planned = account.state.planned_job = PlannedJob(job.fingerprint, answered, plan)
    return planned.plan


def _show_plan(plan: planning.JobPlan, file_table: Table) -> None:
    """Shows how many people would be looked up, and the rows that would not, with the reason."""
    never_sent = (RowState.UNIDENTIFIED, RowState.DUPLICATE)
    left_out = [row for row in plan.rows if row.state in never_sent]
    st.markdown(f"**{count(len(plan.to_send), 'person', 'people')}** of {len(plan.rows):,} rows")
    if plan.unlocked:
        unlocked = count(plan.unlocked, "of them is", "of them are")
        st.caption(f"{unlocked} unlocked already, and free to look up again.")
    if left_out:
        rows = count(len(left_out), "row is", "rows are")
        with st.expander(f"{rows} left out", icon=":material/rule:"):
            frame = pd.DataFrame(
                [{"row": file_table.lines[row.index], "problem": row.problem} for row in left_out]
            )
            table(frame, "bulk_left_out")
            csv_download(frame, "rows-left-out", "bulk_left_out_csv", "Download these")


def _checked_price(account: Account, job: FileJob, plan: planning.JobPlan) -> Estimate:
    """Offers a free dry run; returns the price, with what the last one of this job expects."""
    size = len(plan.to_preview)
    sample = min(planning.SAMPLE_PEOPLE, size)
    with st.container(horizontal=True):
        check_sample = size > 0 and st.button(
            f"Check {sample:,} first · free", key="bulk_sample", icon=":material/preview:"
        )
        check_all = size > sample and st.button(f"Check all {size:,} · free", key="bulk_all")
    if check_sample or check_all:
        max_rows = None if check_all else planning.SAMPLE_PEOPLE
        _run_check(account, plan, job.fingerprint, max_rows)
    checked = account.state.check_of(job.fingerprint)
    if checked is None:
        return plan.price
    _show_dry_run(checked.dry_run, job, len(plan.to_send))
    return checked.dry_run.price


def _run_check(
    account: Account, plan: planning.JobPlan, fingerprint: str, max_rows: int | None
) -> None:
    bar = st.progress(0.0, "Checking …")
    try:
        dry_run = planning.dry_run(
            account.client,
            account.payments,
            plan,
            max_rows,
            lambda done, of: bar.progress(done / of, f"{done:,} of {of:,} checked"),
        )
    except LeadIQError as error:
        show_error(error)
    else:
        account.state.checked_job = CheckedJob(fingerprint, dry_run)
    bar.empty()


def _show_dry_run(run: planning.DryRun, job: FileJob, people: int) -> None:
    def share(number: int) -> str:
        return f"{number / run.checked:.0%}" if run.checked else "–"

    with st.container(horizontal=True):
        st.metric(
            "Expected match rate",
            share(run.matched),
            help=f"{run.matched:,} of {run.checked:,} checked",
        )
        st.metric("With email", share(run.emails))
        st.metric("With phone", share(run.phones))
        st.metric("Expected price", likely_price(run.price.expected, run.price.maximum))
    columns = ", ".join(label for field, label in PERSON_FIELDS.items() if field in job.columns)
    bought = " and ".join(["profile", *(DATA_POINTS[point].label.lower() for point in job.points)])
    st.caption(
        f"Checked: {run.checked:,} of {count(people, 'person', 'people')} of "
        f"{escape_markdown(job.name)}, by {columns}, for {bought}."
    )


# From a saved search -----------------------------------------------------------------------------


def _from_search(account: Account) -> None:
    saved = account.ledger.saved_searches.all(account.fingerprint)
    if not saved:
        st.info(
            "There is no saved search yet. Save one on Advanced search, then come back: its people "
            "are found, enriched and put on a list in one go."
        )
        return
    search_by_name = {search.name: search for search in saved}
    has_cursor = data.supports(*account.caller, SearchKind.FLAT.cursor_field)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Saved search", list(search_by_name), format_func=strip_control_chars, key="bulk_search"
        )
        max_people = st.number_input(
            "People, at most",
            min_value=1,
            max_value=CURSOR_CEILING if has_cursor else SEARCH_CEILING,
            value=DEFAULT_MAX_PEOPLE,
            key="bulk_most",
        )
        list_name = st.text_input(
            "Put them on the list",
            key="bulk_list",
            help="By its name; made if there is none. Empty puts them on no list.",
        )
    _start_search_button(account, search_by_name[name], max_people, list_name)


def _start_search_button(
    account: Account, search: SavedSearch, max_people: int, list_name: str
) -> None:
    points = data_points_input(account, tuple(DATA_POINTS), "bulk_search_points")
    per_hit = planning.people_per_hit(search.operation, search.input)
    price = planning.price_of_search(account.payments, max_people, points, per_hit)
    quality = quality_input(points, "bulk_search")
    budget = _budget_input()
    chosen = (points, quality.fields(), budget)
    request = ("pipeline", search.name, search.saved_at, max_people, list_name, *chosen)
    approved = paid_button(
        account,
        "Find and enrich",
        _within(price, budget),
        "bulk_search_start",
        request=request,
        fitting=job_budget,
    )
    _own_key_note()
    if approved:
        control.start_search(
            account.payments,
            data.start_job_workers(account.client),
            search=search,
            max_people=max_people,
            data_points=points,
            budget=budget,
            list_name=list_name,
            quality=quality,
        )
        _finish(account, search.name)


# Both --------------------------------------------------------------------------------------------


def _budget_input() -> Decimal | None:
    """Returns the job's own budget (UC), or None."""
    entered = st.number_input(
        "Budget for this job, UC",
        min_value=0.1,
        value=None,
        step=1.0,
        key="bulk_budget",
        width=220,
        help="The job stops before it would spend more, with all that it has. Empty: no limit but "
        "those under Budget in the sidebar.",
    )
    return None if entered is None else Decimal(str(round(entered, 1)))


def _within(price: Estimate, budget: Decimal | None) -> Estimate:
    """Returns the price, capped at the budget."""
    if budget is None:
        return price
    expected = None if price.expected is None else min(price.expected, budget)
    return replace(price, maximum=min(price.maximum, budget), expected=expected)


def _own_key_note() -> None:
    if session().own_key is not None:
        st.caption(
            "For the job, this server keeps your key in its memory until it is restarted, and "
            "nowhere else. After a restart the job waits until you give the key again."
        )


def _finish(account: Account, name: str) -> None:
    """Resets the panel after a job was started, and says so."""
    session().flash_message = f"{escape_markdown(name)} was started. This page may be closed."
    account.state.forget_new_job()
    session().form_version += 1
    st.rerun()
