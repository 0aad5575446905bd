"""The bulk panel of People search: many people from a file, or by a saved search, as one job."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import data, state
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import (
    count,
    day,
    escape_markdown,
    likely_price,
    percent_range,
)
from dashboard.jobs import control, planning
from dashboard.jobs.model import NEVER_SENT
from dashboard.jobs.pace import requests_of_rows
from dashboard.jobs.people import read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.schema import to_datetime
from dashboard.panels.address_job import address_job
from dashboard.panels.file_preview import Upload, people_file_input
from dashboard.panels.jobs import show_jobs
from dashboard.panels.list_job import People, people_of_list
from dashboard.panels.search_job import search_job
from dashboard.state import CheckedJob, PlannedJob
from dashboard.tables import upload_limits
from dashboard.tables.fields import PERSON_FIELDS
from dashboard.tables.preview import IDENTIFYING
from dashboard.tables.spreadsheet import Table
from dashboard.widgets.affordable import job_budget
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    price_note,
    quality_input,
)
from dashboard.widgets.job_start import budget_input, own_key_note, starting, time_note, within
from dashboard.widgets.tables import csv_download, table
from leadiq_api import DATA_POINTS, LeadIQError
from leadiq_api.credits import Estimate
from leadiq_api.data_points import EMAIL, PHONE
from leadiq_api.quality import MAX_CONFIDENCE, Quality

FIRST_PEOPLE = 10
LOOK_UP, VERIFY = "Look up people", "Verify email addresses"
# The fields that hold what a data point would bring.
FIELDS_OF_POINT = {EMAIL.id: ("email", "personalEmail"), PHONE.id: ("phone",)}
UPLOAD = Upload(
    "bulk",
    "People, as CSV, Excel or OpenDocument",
    f"Up to {upload_limits.MAX_BULK_ROWS:,} rows, each with a LinkedIn URL, an email, a name and "
    "company, or a LeadIQ id. Any delimiter, header row and sheet will do.",
    PERSON_FIELDS,
)


class Mode(StrEnum):
    """How many people are looked up on People search, in the words of its control."""

    ONE_PERSON = "Look up one"
    FILE = "Upload a file"
    SAVED_SEARCH = "From a search"
    LIST = "From a list"


class TableJob(NamedTuple):
    """A job as it stands in the panel: the people, the data points, and what is good enough.

    ``all_cells`` buys what a row has already, too. Matches of a confidence below ``check_below``
    have to be checked.
    """

    people: People
    points: tuple[str, ...]
    quality: Quality
    all_cells: bool
    check_below: int
    fingerprint: str


def new_job_panel(account: Account, mode: Mode) -> None:
    """Draws what starts a job from a file or a saved search, and the account's jobs below it."""
    if account.ledger_problem is not None:
        st.info("Jobs are kept in the ledger. They continue when it works again.")
        return
    if mode == Mode.SAVED_SEARCH:
        search_job(account)
    else:
        _from_table(account, _file(account) if mode == Mode.FILE else people_of_list(account))
    show_jobs(account)


# Where they come from ----------------------------------------------------------------------------


def _file(account: Account) -> People | None:
    """Lets the user choose a file and its columns; None while there is no job in it."""
    file = people_file_input(account, UPLOAD)
    if file is None:
        if account.state.uploaded_table is None:
            st.caption(
                "You'll see how the file was read, and the price, before anything is sent. You can "
                "close this page; the job keeps running."
            )
        return None
    if not file.columns.keys() & set(IDENTIFYING):
        st.error("Choose a column above that identifies a person.", icon=":material/edit:")
        return None
    which = repr((sorted(file.columns.items()), file.choice))
    return People(file.name, file.content, file.table, file.columns, which)


def _from_table(account: Account, people: People | None) -> None:
    """Draws what starts a job over people in rows."""
    if people is not None and _is_to_verify(people):
        address_job(account, people)
        return
    job = None if people is None else _table_job(account, people)
    account.state.forget_other_check(job.fingerprint if job else None)
    if job is None:
        return
    _recognise(account, job.people)
    plan = _plan(account, job)
    _show_plan(plan, job.people.table)
    if plan.to_send:
        _start_buttons(account, job, plan)


def _is_to_verify(people: People) -> bool:
    """Lets the user choose what to do with rows that have addresses: verify or look up."""
    if not any(map(people.columns.get, FIELDS_OF_POINT[EMAIL.id])):
        return False
    chosen = st.segmented_control(
        "What to do", [LOOK_UP, VERIFY], default=LOOK_UP, required=True, key="bulk_what"
    )
    return chosen == VERIFY


def _table_job(account: Account, people: People) -> TableJob:
    points = data_points_input(account, tuple(DATA_POINTS), "bulk_points")
    quality = quality_input(points, "bulk")
    has_cells = any(
        people.columns.get(field) for point in points for field in FIELDS_OF_POINT.get(point, ())
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        check_below = st.number_input(
            "Check matches below",
            min_value=1,
            max_value=MAX_CONFIDENCE,
            value=None,
            placeholder="Any",
            key="bulk_check_below",
            width=200,
            help="In percent. Matches below it are charged as usual and wait for your review.",
        )
        all_cells = has_cells and not st.checkbox(
            "Only where the cell is empty",
            value=True,
            key="bulk_only_empty",
            help="An email or phone number that the row has already is not bought.",
        )
    chosen = (people.choice, *(("all cells",) if all_cells else ()))
    fingerprint = control.job_fingerprint(people.content, points, *chosen, quality=quality)
    return TableJob(people, points, quality, all_cells, check_below or 0, fingerprint)


def _recognise(account: Account, people: People) -> None:
    """Says that the same rows were processed before, with a button that opens that job."""
    content = control.content_fingerprint(people.content)
    jobs = JobRecords(account.ledger).jobs(account.fingerprint)
    before = next((job for job in jobs if job.settings.content == content), None)
    if before is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/history: Enriched on {day(to_datetime(before.at))}")
        st.button("Open", key="open_before", on_click=account.state.show_job, args=(before.id,))


def _start_buttons(account: Account, job: TableJob, plan: planning.JobPlan) -> None:
    """Draws the buttons that start the job: over all people, or over the first few."""
    price = _checked_price(account, job, plan)
    budget = budget_input()
    number = len(plan.to_send)
    label = f"Look up {count(number, 'person', 'people')}"
    plans = {label: (plan, price)}
    if number > FIRST_PEOPLE:
        first = planning.first_of(plan, FIRST_PEOPLE, account.payments)
        plans[f"The first {FIRST_PEOPLE}"] = (first, first.price)
    started = None
    with st.container(horizontal=True):
        for label, (offered, price_of_it) in plans.items():
            size, is_whole = len(offered.to_send), offered is plan
            with st.container(width="content"):
                if paid_button(
                    account,
                    label,
                    within(price_of_it, budget),
                    "bulk_start" if is_whole else "bulk_first",
                    request=("bulk", job.fingerprint, budget, size),
                    fitting=job_budget,
                    note=False,
                    icon=":material/play_arrow:",
                    type="primary" if is_whole else "secondary",
                ):
                    started = offered
    st.caption(price_note(account.available, within(price, budget)))
    client = account.client
    requests = requests_of_rows(plan.to_send, plan.data_points, client.people_per_request())
    time_note(requests, client.requests_per_minute)
    own_key_note()
    if started is not None:
        with starting(account, job.people.name):
            control.start_file(
                account.payments,
                data.start_job_workers(account.client),
                name=job.people.name,
                table=job.people.table,
                columns=job.people.columns,
                plan=started,
                budget=budget,
                quality=job.quality,
                check_below=job.check_below,
                content=control.content_fingerprint(job.people.content),
                fingerprint=job.fingerprint,
            )


def _plan(account: Account, job: TableJob) -> planning.JobPlan:
    """Returns the job as it would be; planned again if something changes it."""
    records = JobRecords(account.ledger)
    answered = records.count_answered(account.fingerprint)
    planned = account.state.planned_job
    if planned is None or (planned.source, planned.answered) != (job.fingerprint, answered):
        rows = read_rows(job.people.table, job.people.columns)
        if not job.all_cells:
            rows = planning.only_empty(rows, job.people.columns, job.points)
        plan = planning.plan_job(account.payments, records, rows, job.points)
        planned = account.state.planned_job = PlannedJob(job.fingerprint, answered, plan)
    return planned.plan


def _show_plan(plan: planning.JobPlan, file_table: Table) -> None:
    """Shows how many people would be looked up, and the rows that would not, with the reason."""
    left_out = [row for row in plan.rows if row.state in NEVER_SENT]
    unlocked = f" · {plan.unlocked:,} already unlocked (free)" if plan.unlocked else ""
    st.markdown(f"**{len(plan.to_send):,} of {len(plan.rows):,} rows ready**{unlocked}")
    if left_out:
        with st.expander(f"{count(len(left_out), 'row')} skipped", icon=":material/rule:"):
            frame = pd.DataFrame(
                [{"row": file_table.lines[row.index], "problem": row.problem} for row in left_out]
            )
            table(frame, "bulk_left_out")
            csv_download(frame, "rows-left-out", "bulk_left_out_csv", "Download skipped rows")


def _checked_price(account: Account, job: TableJob, plan: planning.JobPlan) -> Estimate:
    """Offers a free dry run; returns the price, with what the last one of this job expects."""
    size = len(plan.to_preview)
    sample = min(planning.SAMPLE_PEOPLE, size)
    with st.container(horizontal=True):
        check_sample = size > 0 and st.button(
            "Preview match rate · free",
            key="bulk_sample",
            icon=":material/preview:",
            help=f"Checks {sample:,} of {count(size, 'person', 'people')}"
            + (", taken at random." if size > sample else "."),
        )
        check_all = size > sample and st.button(f"Preview all {size:,} · free", key="bulk_all")
    is_example = state.session().take_due_example() == 0
    if check_sample or check_all or (size and is_example):
        max_rows = None if check_all else planning.SAMPLE_PEOPLE
        _run_check(account, plan, job.fingerprint, max_rows)
    checked = account.state.checked_job
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


def _show_dry_run(run: planning.DryRun, job: TableJob, people: int) -> None:
    def share(number: int) -> str:
        return percent_range(*run.share(number)) if run.checked else "–"

    with st.container(horizontal=True):
        st.metric(
            "Expected match rate",
            share(run.matched),
            help=f"{run.matched:,} of {run.checked:,} checked, chosen at random across the file. "
            "The rate for the whole file falls in this range 19 times out of 20.",
        )
        st.metric("With email", share(run.emails))
        st.metric("With phone", share(run.phones))
        st.metric("Expected price", likely_price(run.price.expected, run.price.maximum))
    columns = ", ".join(
        label for field, label in PERSON_FIELDS.items() if field in job.people.columns
    )
    bought = " and ".join(["profile", *(DATA_POINTS[point].label.lower() for point in job.points)])
    st.caption(
        f"Checked: {run.checked:,} of {count(people, 'person', 'people')} of "
        f"{escape_markdown(job.people.name)}, by {columns}, for {bought}."
    )
