"""The bulk panel of People search: many people from a file, or by a saved search, as one job."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import show_error
from dashboard.formatting import count, escape_markdown, strip_control_chars, uc
from dashboard.jobs import control, planning
from dashboard.jobs.model import DUPLICATE, UNIDENTIFIED
from dashboard.jobs.people import PERSON_LABELS, guess_columns, read_rows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.panels.jobs import show_jobs
from dashboard.state import CheckedJob, JobFile, PlannedJob, session
from dashboard.tables import upload_limits
from dashboard.tables.spreadsheet import (
    Table,
    UnreadableFileError,
    read_table,
)
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    show_flash_message,
)
from dashboard.widgets.tables import csv_download, table
from leadiq_api import LeadIQError
from leadiq_api.credits import Estimate

MODES = ("One person", "From a file", "From a saved search")
POINTS = ("email", "phone", "company")
MAX_PEOPLE = 10_000  # that a saved search can give


def new_job_panel(account: Account, mode: str) -> None:
    """What is to be started, and below it the jobs there are."""
    show_flash_message()
    if mode == MODES[1]:
        _from_file(account)
    else:
        _from_search(account)
    show_jobs(account)


def _from_file(account: Account) -> None:
    file = st.file_uploader(
        "People, as CSV or Excel",
        type=["csv", "txt", "tsv", "xlsx"],
        max_upload_size=upload_limits.MAX_BULK_MEGABYTES,
        key=f"bulk_file_{session().form_version}",
        help=f"Up to {upload_limits.MAX_BULK_ROWS:,} rows, each with a LinkedIn URL, an email, a name and company, or a "
        "LeadIQ id. Any delimiter will do.",
    )
    if file is None:
        st.info(
            "Choose a file of people. You see the price before anything is sent, and the job goes "
            "on when you close this page."
        )
        return
    read = _read(account, file)
    found = read.table
    if found is None:
        st.error(escape_markdown(read.problem), icon=":material/edit:")
        return
    columns = _columns(found, file.file_id)
    if not columns:
        st.error("Choose at least one column above that names a person.", icon=":material/edit:")
        return
    points = data_points_input(account, POINTS, "bulk_points")
    source = control.job_fingerprint(file.getvalue(), points, repr(sorted(columns.items())))
    plan = _plan(account, found, columns, points, source)
    _told(plan, found)
    if not plan.asked:
        return
    price = _dry_run(account, plan, source)
    budget = _budget()
    capped = price if budget is None else replace(price, maximum=min(price.maximum, budget))
    label = f"Look up {count(len(plan.asked), 'person', 'people')}"
    request = ("bulk", source, budget)
    approved = paid_button(account, label, capped, "bulk_start", request=request)
    _own_key()
    if approved:
        control.start_file(
            account.payments,
            data.start_job_workers(account.client),
            name=file.name,
            table=found,
            plan=plan,
            budget=budget,
            source=source,
        )
        _started(account, file.name)


def _read(account: Account, file: Any) -> JobFile:
    """The table in the file, or what is wrong with it; read once."""
    kept = account.state.job_file
    if kept is None or kept.file_id != file.file_id:
        try:
            with st.spinner("Reading the file …"):
                kept = JobFile(file.file_id, read_table(file.getvalue()))
        except UnreadableFileError as error:
            kept = JobFile(file.file_id, problem=str(error))
        account.state.job_file = kept
    return kept


def _columns(found: Table, file_id: str) -> dict[str, int]:
    """Which column is which: as it was guessed, unless it is corrected."""
    guessed = guess_columns(found)
    chosen: dict[str, int] = {}
    names = [
        strip_control_chars(f"{name.strip() or f'Column {place + 1}'} · {_example(found, place)}")
        for place, name in enumerate(found.columns)
    ]
    with st.expander("Columns", expanded=not guessed, icon=":material/view_column:"):
        places = st.columns(4)
        for number, (field, label) in enumerate(PERSON_LABELS.items()):
            place = places[number % 4].selectbox(
                label,
                range(len(names)),
                index=guessed.get(field),
                format_func=names.__getitem__,
                placeholder="Not in this file",
                key=f"bulk_column_{file_id}_{field}",
            )
            if place is not None:
                chosen[field] = place
    return chosen


def _example(found: Table, place: int) -> str:
    return next((row[place] for row in found.rows if row[place].strip()), "empty")[:40]


def _plan(
    account: Account, found: Table, columns: dict[str, int], points: tuple[str, ...], source: str
) -> planning.JobPlan:
    """The job as it would be; made again when something changes it."""
    records = JobRecords(account.ledger)
    answered = records.answered(account.fingerprint)
    kept = account.state.planned_job
    if kept is None or (kept.source, kept.answered) != (source, answered):
        plan = planning.plan_job(account.payments, records, read_rows(found, columns), points)
        kept = account.state.planned_job = PlannedJob(source, answered, plan)
    return kept.plan


def _told(plan: planning.JobPlan, found: Table) -> None:
    """How many would be looked up; and the rows that would not, with the reason."""
    left_out = [row for row in plan.rows if row.state in (UNIDENTIFIED, DUPLICATE)]
    st.markdown(f"**{count(len(plan.asked), 'person', 'people')}** of {len(plan.rows):,} rows")
    if plan.unlocked:
        told = count(plan.unlocked, "of them is", "of them are")
        st.caption(f"{told} unlocked already, and free to look up again.")
    if left_out:
        told = count(len(left_out), "row is", "rows are")
        with st.expander(f"{told} left out", icon=":material/rule:"):
            lines = [{"row": found.lines[row.place], "problem": row.problem} for row in left_out]
            frame = pd.DataFrame(lines)
            table(frame, "bulk_left_out")
            csv_download(frame, "rows-left-out", "bulk_left_out_csv", "Download these")


def _dry_run(account: Account, plan: planning.JobPlan, source: str) -> Estimate:
    """The price, narrowed by a free preview where somebody has asked for one."""
    previewed = [row for row in plan.asked if "id" not in row.input]
    with st.container(horizontal=True):
        some = min(planning.SAMPLE_PEOPLE, len(previewed))
        sample = bool(previewed) and st.button(
            f"Check {some:,} first · free", key="bulk_sample", icon=":material/preview:"
        )
        whole = len(previewed) > planning.SAMPLE_PEOPLE and st.button(
            f"Check all {len(previewed):,} · free", key="bulk_all"
        )
    if sample or whole:
        bar = st.progress(0.0, "Checking …")
        try:
            found = planning.dry_run(
                account.client,
                account.payments,
                plan,
                None if whole else planning.SAMPLE_PEOPLE,
                lambda done, of: bar.progress(done / of, f"{done:,} of {of:,} checked"),
            )
        except LeadIQError as error:
            show_error(error)
        else:
            account.state.checked_job = CheckedJob(source, found)
        bar.empty()
    kept = account.state.checked_job
    if kept is None or kept.source != source:
        return plan.price
    run = kept.dry_run
    share = f"{run.matched / run.asked:.0%}" if run.asked else "–"
    with st.container(horizontal=True):
        st.metric("Expected match rate", share, help=f"{run.matched:,} of {run.asked:,} checked")
        st.metric("With email", f"{run.emails / run.asked:.0%}" if run.asked else "–")
        st.metric("With phone", f"{run.phones / run.asked:.0%}" if run.asked else "–")
        st.metric("Expected price", _range(run.price))
    whole_job = run.asked == len(plan.asked)
    return replace(plan.price, minimum=run.price.minimum) if not whole_job else run.price


def _range(price: Estimate) -> str:
    least, most = uc(price.minimum), uc(price.maximum)
    return most if least == most else f"{least} – {most}"


def _from_search(account: Account) -> None:
    saved = account.ledger.saved_searches.all(account.fingerprint)
    if not saved:
        st.info(
            "There is no saved search yet. Save one on Advanced search, then come back: its people "
            "are found, enriched and put on a list in one go."
        )
        return
    names = {search.name: search for search in saved}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search: SavedSearch = names[
            st.selectbox(
                "Saved search", list(names), format_func=strip_control_chars, key="bulk_search"
            )
        ]
        most = st.number_input(
            "People, at most", min_value=1, max_value=MAX_PEOPLE, value=100, key="bulk_most"
        )
        list_name = st.text_input(
            "Put them on the list",
            key="bulk_list",
            help="By its name; made if there is none. Empty puts them on no list.",
        )
    points = data_points_input(account, POINTS, "bulk_search_points")
    price = planning.price_of_search(account.payments, most, points)
    budget = _budget()
    capped = price if budget is None else replace(price, maximum=min(price.maximum, budget))
    request = ("pipeline", search.name, search.saved_at, most, list_name, points, budget)
    approved = paid_button(account, "Find and enrich", capped, "bulk_search_start", request=request)
    _own_key()
    if approved:
        control.start_search(
            account.payments,
            data.start_job_workers(account.client),
            search=search,
            most=most,
            data_points=points,
            budget=budget,
            list_name=list_name,
        )
        _started(account, search.name)


def _budget() -> Decimal | None:
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


def _own_key() -> None:
    if session().own_key is not None:
        st.caption(
            "For the job, this server keeps your key in its memory until it is restarted, and "
            "nowhere else. After a restart the job waits until you give the key again."
        )


def _started(account: Account, name: str) -> None:
    session().flash_message = f"{escape_markdown(name)} was started. This page may be closed."
    account.state.forget_new_job()
    session().form_version += 1
    st.rerun()
