"""What a job found, in its own card: charts, downloads, the review, and what can be done next."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.charts import people as people_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, option_labels, strip_control_chars, uc
from dashboard.jobs import control, planning, report
from dashboard.jobs.model import Job, Progress, RowState
from dashboard.jobs.records import JobRecords
from dashboard.panels.job_deletion import job_deletion_card
from dashboard.panels.job_exports import job_exports
from dashboard.panels.job_review import show_review
from dashboard.state import session
from dashboard.widgets.buttons import paid_button, write_button
from dashboard.widgets.figures import figures
from leadiq_api.credits import Estimate


def show_results(account: Account, records: JobRecords, job: Job, progress: Progress) -> None:
    """Draws the results of a job that is not running, and what can be done with them."""
    rows = sum(progress.people.values())
    if rows or progress.count(RowState.NEEDS_DECISION):
        job_exports(records, job, rows)
        if not job.is_continued:
            _offer_more(account, records, job, progress)
        if progress.people.get(RowState.FOUND, 0) and not job.verifies:
            _charts(records, job, progress)
    job_deletion_card(account, job, rows=rows)


def _offer_more(account: Account, records: JobRecords, job: Job, progress: Progress) -> None:
    """Draws what continues a job, what decides on its matches, and what lists its people."""
    if job.settings.price_exceeded or progress.count(RowState.HELD):
        _offer_rest(account, records, job, progress)
    if job.can_resume and job.budget is not None:
        _budget_form(account, records, job, job.budget)
    if number := progress.count(RowState.NEEDS_DECISION):
        _retry_undecided(account, records, job, number)
    if progress.unchecked:
        show_review(account, records, job, progress.unchecked)
    if progress.people.get(RowState.FOUND, 0) and not job.verifies:
        _list_form(account, job, progress)


def resume(account: Account, job: Job) -> None:
    """Continues a job with the rows that were not sent."""
    data.start_job_workers(account.client).charge_to(job.id, account.payments.user)
    control.resume(job)


def _charts(records: JobRecords, job: Job, progress: Progress) -> None:
    outcomes = report.job_outcomes(progress.people, progress.emails, progress.phones)
    rates = report.match_rates(records.count_by_identifier(job.id))
    figures(
        f"job_{job.id}_{job.state}",
        people_charts.job_outcome_bars(outcomes, "Results"),
        people_charts.match_rate_bars(rates, "Match rate by identifier"),
    )


def _budget_form(account: Account, records: JobRecords, job: Job, budget: Decimal) -> None:
    """Draws a form that resumes a paused or stopped job with another budget."""
    spent, reserved = records.ledger.spent_by_job(job.account, job.id)
    with st.form(f"job_budget_{job.id}", border=True):
        entered = st.number_input(
            "Limit for this job (UC)",
            min_value=0.1,
            value=float(budget),
            step=1.0,
            format="%.1f",
            help=f"{uc(spent + reserved)} of it is spent or reserved. The price you agreed to is "
            f"{uc(job.ceiling or budget)}.",
        )
        if st.form_submit_button("Resume within this limit", icon=":material/play_arrow:"):
            records.update_settings(job.id, budget=str(round(entered, 1)))
            resume(account, job)
            st.rerun()


def _retry_undecided(account: Account, records: JobRecords, job: Job, number: int) -> None:
    """Offers to look up again what has no answer, which may be charged again."""
    st.warning(
        f"We couldn't confirm {count(number, 'lookup')}: no answer came, and the balance does not "
        "show whether LeadIQ charged. Retrying may charge again.",
        icon=":material/help:",
    )
    price = planning.price_of_rest(account.payments, records, job, RowState.NEEDS_DECISION)
    label = f"Look up {number:,} again"
    request, icon = ("undecided", job.id, job.runs), ":material/replay:"
    if paid_button(account, label, price, f"undecided_{job.id}", request=request, icon=icon):
        _continue(account, job, price, RowState.NEEDS_DECISION)


def _offer_rest(account: Account, records: JobRecords, job: Job, progress: Progress) -> None:
    """Offers to continue, at the price of the rest: that was too low, or of the first rows only."""
    states = (RowState.HELD,) if progress.count(RowState.HELD) else ()
    price = planning.price_of_rest(account.payments, records, job, *states)
    request, icon = ("continue", job.id, job.runs), ":material/play_arrow:"
    number = progress.count(RowState.HELD)
    label = f"Look up the other {number:,}" if number else "Continue"
    label = f"{label} · {strip_control_chars(job.name)}"
    if paid_button(account, label, price, f"continue_{job.id}", request=request, icon=icon):
        _continue(account, job, price, *states)


def _continue(account: Account, job: Job, price: Estimate, *states: RowState) -> None:
    records = data.start_job_workers(account.client)
    control.continue_at_price(account.payments, records, job, price, *states)
    st.rerun()


def _list_form(account: Account, job: Job, progress: Progress) -> None:
    """Draws a form that adds the people found to a list of the account, or to a new one."""
    lists = read_or_show_error("the lists", account.caller, data.lists)
    if lists is None:
        return
    names = {str(row.get("id")): str(row.get("name")) for row in lists}
    found = progress.people[RowState.FOUND]
    with st.form(f"job_list_{job.id}", border=True):
        list_id = st.selectbox(
            f"Add up to {count(found, 'person', 'people')} to a list",
            list(names),
            index=None,
            format_func=option_labels(names).__getitem__,
            placeholder="Choose a list",
            help="People already on the list are skipped, matched by LeadIQ ID, email or LinkedIn.",
        )
        new_name = st.text_input("…or a new list").strip()
        include_unchecked = progress.unchecked > 0 and st.checkbox(
            f"Also add {count(progress.unchecked, 'person', 'people')} who may be somebody else",
            key=f"include_{job.id}",
        )
        key, icon = f"submit_list_{job.id}", ":material/playlist_add:"
        if write_button("Add to the list · free", key, type="secondary", icon=icon, submits=True):
            if not list_id and not new_name:
                st.error("Choose a list, or enter the name of a new one.")
                return
            records = data.start_job_workers(account.client)
            chosen = "" if new_name else list_id or ""
            with session().write():
                control.add_to_list(
                    records, job, chosen, new_name, include_unchecked=include_unchecked
                )
            data.invalidate_lists(*account.caller)
            st.rerun()
