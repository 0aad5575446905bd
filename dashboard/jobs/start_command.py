"""How a command starts a job, or continues the one that it has started before: price first."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from dataclasses import dataclass

from dashboard.formatting import count, minute, uc
from dashboard.jobs import control, planning
from dashboard.jobs.model import CONTINUED, VERIFICATION, Job, JobState, RowState
from dashboard.jobs.pace import requests_of_rows, requests_of_search, time_estimate
from dashboard.jobs.people import read_rows
from dashboard.jobs.read_command import ReadingOptions, read_file, summary
from dashboard.jobs.records import JobRecords
from dashboard.jobs.requests import PAGE_LIMIT
from dashboard.jobs.verification import price_of_addresses, read_addresses
from dashboard.ledger.payments import Payments
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.ledger.schema import to_datetime
from dashboard.lists.prospect_table import COLUMNS_OF_FIELDS, table_of
from dashboard.lists.writing import lists_named
from leadiq_api import LeadIQClient, LeadIQError, SearchKind
from leadiq_api.credits import Estimate
from leadiq_api.quality import Quality


class UsageError(Exception):
    """What has to be fixed before anything is sent."""


@dataclass(frozen=True)
class Session:
    """What a command works with: its options, the client, whose credits it spends, the jobs."""

    client: LeadIQClient
    options: argparse.Namespace
    payments: Payments
    records: JobRecords


def start_file(session: Session) -> str:
    """Starts or continues the job of a file; returns its id."""
    options, payments, records = session.options, session.payments, session.records
    content, choice = options.file.read_bytes(), ReadingOptions.of(options)
    quality = quality_of(options)
    chosen = (*choice.as_text, *(("all cells",) if options.all_cells else ()))
    fingerprint = control.job_fingerprint(content, options.data_points, *chosen, quality=quality)
    reading = read_file(content, choice)
    print("\n".join(summary(reading)), file=sys.stderr)
    existing = continue_existing(session, fingerprint)
    if existing is not None:
        return existing
    rows, columns = reading.rows, reading.columns.by_field
    if not options.all_cells:
        rows = planning.only_empty(rows, columns, options.data_points)
    plan = planning.plan_job(payments, records, rows, options.data_points)
    if not plan.to_send:
        raise UsageError(
            f"No row of {options.file} names a person that can be looked up. "
            f"`python -m dashboard.jobs read {options.file}` shows how its columns are understood."
        )
    text = _plan_text(plan, options.first)
    if options.first:
        plan = planning.first_of(plan, options.first, payments)
    what = f"{text[0]} of {options.file.name}{text[1]}"
    confirm_price(options, what, plan.price, _time_of_plan(session.client, plan))
    return control.start_file(
        payments,
        records,
        name=options.file.name,
        table=reading.table,
        columns=columns,
        plan=plan,
        budget=options.budget,
        quality=quality,
        check_below=options.check_below,
        list_name=options.list,
        include_unchecked=options.include_unchecked,
        content=control.content_fingerprint(content),
        fingerprint=fingerprint,
    )


def start_list(session: Session) -> str:
    """Starts or continues the job for what the people of a list lack; returns its id."""
    options, payments, records = session.options, session.payments, session.records
    lists = lists_named(session.client.lists(), options.name)
    if not lists:
        raise UsageError(f"There is no list {options.name!r}.")
    if not options.data_points:
        raise UsageError("Use --data-points to say what to get for the people on the list.")
    quality = quality_of(options)
    table, columns = table_of(session.client.list_prospects(str(lists[0]["id"]))), COLUMNS_OF_FIELDS
    fingerprint = control.job_fingerprint(repr(table.rows), options.data_points, quality=quality)
    existing = continue_existing(session, fingerprint)
    if existing is not None:
        return existing
    rows = planning.only_empty(read_rows(table, columns), columns, options.data_points)
    plan = planning.plan_job(
        payments, records, [row for row in rows if row.data_points != ()], options.data_points
    )
    number = len(plan.to_send)
    if not number:
        raise UsageError(f"Everyone on {options.name!r} already has what you chose.")
    what = f"{count(number, 'person', 'people')} of {options.name!r}"
    confirm_price(options, what, plan.price, _time_of_plan(session.client, plan))
    return control.start_file(
        payments,
        records,
        name=options.name,
        table=table,
        columns=columns,
        plan=plan,
        budget=options.budget,
        quality=quality,
        list_name=options.list,
        fingerprint=fingerprint,
    )


def start_verification(session: Session) -> str:
    """Starts or continues the job that verifies the addresses of a file; returns its id."""
    options, payments, records = session.options, session.payments, session.records
    content, choice = options.file.read_bytes(), ReadingOptions.of(options)
    fingerprint = control.job_fingerprint(content, (), VERIFICATION, *choice.as_text)
    reading = read_file(content, choice)
    existing = continue_existing(session, fingerprint)
    if existing is not None:
        return existing
    rows = read_addresses(reading.table, reading.columns.by_field)
    number = sum(row.state == RowState.WAITING for row in rows)
    if not number:
        raise UsageError(f"No row of {options.file} has an email address.")
    what = f"{count(number, 'address', 'addresses')} of {options.file.name}"
    _learn_pace(session.client)
    time = time_estimate(number, session.client.verifications_per_minute)
    confirm_price(options, what, price_of_addresses(payments, number), time)
    return control.start_verification(
        payments,
        records,
        name=options.file.name,
        table=reading.table,
        rows=rows,
        budget=options.budget,
        content=control.content_fingerprint(content),
        fingerprint=fingerprint,
    )


def _plan_text(plan: planning.JobPlan, first: int | None) -> tuple[str, str]:
    """Returns how many people would be looked up, and what else there is to know, in words."""
    number = len(plan.to_send)
    people = count(number, "person", "people")
    if first is not None and first < number:
        people = f"The first {first:,} of {people}"
    left_out = len(plan.rows) - number
    details = f", {left_out:,} rows identify no one or repeat another" if left_out else ""
    details += f", {plan.unlocked:,} are unlocked already" if plan.unlocked else ""
    filled = sum(row.data_points is not None for row in plan.to_send)
    details += (
        f", {count(filled, 'has', 'have')} some of it already, which won't be bought again"
        if filled
        else ""
    )
    return people, details


def start_search(session: Session) -> str:
    """Starts or continues the job of a saved search; returns its id."""
    options, payments, records = session.options, session.payments, session.records
    search = payments.ledger.saved_searches.find(payments.account, options.search)
    if search is None:
        names = [saved.name for saved in payments.ledger.saved_searches.all(payments.account)]
        hint = f"There are {', '.join(names)}." if names else "Save one on Advanced search."
        raise UsageError(f"There is no saved search {options.search!r}. {hint}")
    quality = quality_of(options)
    max_people = _reachable(session.client, search, options.max_people)
    more = (str(search.saved_at), str(max_people), options.list)
    fingerprint = control.job_fingerprint(search.name, options.data_points, *more, quality=quality)
    existing = continue_existing(session, fingerprint)
    if existing is not None:
        return existing
    per_hit = planning.people_per_hit(search.operation, search.input)
    price = planning.price_of_search(payments, max_people, options.data_points, per_hit)
    people = count(max_people, "person", "people")
    _learn_pace(session.client)
    requests = requests_of_search(
        max_people,
        PAGE_LIMIT * per_hit,
        session.client.people_per_request(),
        enriched=bool(options.data_points),
    )
    time = time_estimate(requests, session.client.requests_per_minute)
    confirm_price(options, f"Up to {people} of {search.name!r}", price, time)
    return control.start_search(
        payments,
        records,
        search=search,
        max_people=max_people,
        data_points=options.data_points,
        budget=options.budget,
        list_name=options.list,
        quality=quality,
        fingerprint=fingerprint,
    )


def continue_existing(session: Session, fingerprint: str) -> str | None:
    """Returns the job that the same command has started before, or None.

    It is resumed if it was paused or stopped, or has rows to send again. If its price was too low,
    or rows without an answer are to be sent again, the price of the rest has to be agreed to.
    """
    payments, records, budget = session.payments, session.records, session.options.budget
    jobs = records.jobs(payments.account)
    job = next((job for job in jobs if job.settings.fingerprint == fingerprint), None)
    if job is None:
        return None
    if job.is_continued:
        raise UsageError(f"{job.name}: {CONTINUED} Run the command with that key.")
    if budget is not None:
        records.update_settings(job.id, budget=str(budget))
    progress, again = records.progress(job.id), [RowState.FAILED]
    if session.options.undecided and progress.count(RowState.NEEDS_DECISION):
        again.append(RowState.NEEDS_DECISION)
    if progress.count(RowState.HELD):
        if session.options.first:  # it was done for those; `enrich` alone has the option
            return job.id
        again.append(RowState.HELD)
    if job.state != JobState.RUNNING and (job.can_resume or any(map(progress.count, again))):
        print(f"Continuing the job of {minute(to_datetime(job.at))}.", file=sys.stderr)
        if job.settings.price_exceeded or len(again) > 1:
            price = planning.price_of_rest(payments, records, job, *again)
            confirm_price(session.options, f"The rest of {job.name}", price)
            control.continue_at_price(payments, records, job, price, *again)
        else:
            control.retry(payments, records, job, *again)
    elif job.state != JobState.RUNNING and not job.verifies:
        _write_list(session, job)
    return job.id


def _write_list(session: Session, job: Job) -> None:
    """Puts the people of a job that is done on the list of the command, unless they are on it."""
    options, settings = session.options, job.settings
    include = "include_unchecked" in options and options.include_unchecked
    include = include or settings.include_unchecked
    is_same = options.list in ("", settings.list_name) and include == settings.include_unchecked
    name = options.list or settings.list_name
    if name and (not is_same or session.records.progress(job.id).unlisted):
        list_id = settings.list_id if name == settings.list_name else ""
        control.add_to_list(session.records, job, list_id, name, include_unchecked=include)


def _reachable(client: LeadIQClient, search: SavedSearch, max_people: int) -> int:
    """Returns how many of the people wanted LeadIQ can return; says so if it is fewer."""
    has_cursor = client.supports(SearchKind(search.operation).cursor_field)
    reach = planning.reach_of_search(search.operation, search.input, has_cursor=has_cursor)
    if max_people <= reach:
        return max_people
    print(f"LeadIQ returns up to {reach:,} people of {search.name!r}.", file=sys.stderr)
    return reach


def _learn_pace(client: LeadIQClient) -> None:
    """Asks for something free whose answer tells the key's limit; without one, it is as set."""
    with suppress(LeadIQError):
        client.whoami()


def _time_of_plan(client: LeadIQClient, plan: planning.JobPlan) -> str:
    _learn_pace(client)
    requests = requests_of_rows(plan.to_send, plan.data_points, client.people_per_request())
    return time_estimate(requests, client.requests_per_minute)


def confirm_price(options: argparse.Namespace, what: str, price: Estimate, time: str = "") -> None:
    """Shows the price, and the time it takes if that is known.

    Raises ``UsageError`` unless the user, --yes, or a budget agrees to it.
    """
    limit = "" if options.budget is None else f", and never more than {uc(options.budget)}"
    print(f"{what}: between {uc(price.minimum)} and {uc(price.maximum)}{limit}.", file=sys.stderr)
    if time:
        print(f"{time}.", file=sys.stderr)
    if options.yes:
        return
    if sys.stdin is not None and sys.stdin.isatty():  # None if cron has closed it
        if input("Continue? [y/N] ").strip().lower() not in ("y", "yes"):
            raise UsageError("Nothing was sent.")
    elif options.budget is None:
        raise UsageError(
            "Nothing was sent. Without a terminal, pass --yes or --budget to accept the price."
        )


def quality_of(options: argparse.Namespace) -> Quality:
    """Returns what the lookups accept, as far as it concerns the chosen data points."""
    quality = Quality(options.verified_emails, options.better_phones, options.min_confidence)
    return quality.of_points(options.data_points)
