"""The command line of bulk jobs: ``read``, ``worker``, ``enrich``, ``pipeline``, ``delete``."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from pathlib import Path

from dashboard.configuration import read_configuration
from dashboard.formatting import count, uc
from dashboard.jobs import control, planning, report
from dashboard.jobs.deletion import JobNotDeletedError, delete_job
from dashboard.jobs.model import Job, JobState, RowState
from dashboard.jobs.output import output_problem, write_output
from dashboard.jobs.progress_line import progress_line
from dashboard.jobs.read_command import (
    ReadingOptions,
    add_reading_options,
    as_json,
    lines,
    read_file,
    summary,
)
from dashboard.jobs.records import JobRecords
from dashboard.jobs.workflows import close, launch
from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.days import default_zone
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.tables.spreadsheet import UnreadableFileError
from leadiq_api import DATA_POINTS, SEARCH_CEILING, ApiKey, LeadIQClient, LeadIQError, Settings
from leadiq_api.credits import Estimate, price_list
from leadiq_api.data_points import EMAIL, PHONE
from leadiq_api.logs import configure_from
from leadiq_api.quality import MAX_CONFIDENCE, Quality

LOOK_SECONDS = 1.0  # between two looks at a job
DEFAULT_MAX_PEOPLE = 100

EXIT_CODES = """
exit codes:
  0    every row has its answer, and the file was written
  1    the file was written, but some rows failed or have no answer; the same command sends the
       failed again, and with --undecided, at its price, those without an answer
  2    nothing was started: the command, the file, the key or the database needs to be fixed, or
       the price was not agreed to
  3    the job is paused (price, budget, credits, key, service); what it has was written; the same
       command continues it, and shows the price of the rest if the first one was too low
  130  interrupted; the job is paused, what it has was written; the same command goes on

The key and the hosts come from LEADIQ_API_KEY and the other settings of the app, or from
.streamlit/secrets.toml. The same file with the same data points is the same job: running it again
goes on where it was, and sends nothing that has its answer.
"""


# What a command is refused for, beside LeadIQ's and the ledger's errors.
UNUSABLE = (UnreadableFileError, JobNotDeletedError, OSError)


class ExitCode(IntEnum):
    """As ``EXIT_CODES`` explains them."""

    DONE = 0
    INCOMPLETE = 1
    NOT_STARTED = 2
    PAUSED = 3
    INTERRUPTED = 130


class UsageError(Exception):
    """What has to be fixed before anything is sent."""


@dataclass(frozen=True)
class Session:
    """What a command works with: its options, whose credits it spends, and the jobs."""

    options: argparse.Namespace
    payments: Payments
    records: JobRecords


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "read":
        return _read(options)
    try:
        client = _client()
        ledger = Ledger(default_url(), default_zone())
    except (LeadIQError, LedgerError, UsageError) as error:
        return _fail(error)
    try:
        if options.command == "worker":
            return _work(client, ledger)
        if options.command == "delete":
            return _delete(options.job, client, ledger)
        return _run(options, client, ledger)
    except (LeadIQError, LedgerError, UsageError, *UNUSABLE) as error:
        return _fail(error)
    except (KeyboardInterrupt, EOFError):  # at the question, for example, with Ctrl-C or Ctrl-D
        print("\nInterrupted. The same command goes on.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    finally:
        close()
        ledger.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboard.jobs",
        description="Bulk jobs from a terminal, in the app's own database.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("worker", help="works on the account's jobs until it is ended")
    read = commands.add_parser(
        "read", help="shows how a file of people is understood; sends nothing, needs no key"
    )
    read.add_argument("--json", action="store_true", help="prints JSON, with every skipped row")
    enrich = commands.add_parser("enrich", help="enriches the people of a CSV or Excel file")
    for command in (read, enrich):
        add_reading_options(command)
    pipeline = commands.add_parser("pipeline", help="finds, enriches and lists by a saved search")
    pipeline.add_argument("search", help="the name of a search saved on Advanced search")
    pipeline.add_argument(
        "--most",
        dest="max_people",
        metavar="MOST",
        type=_whole_number,
        default=DEFAULT_MAX_PEOPLE,
        help=f"people at most ({DEFAULT_MAX_PEOPLE})",
    )
    pipeline.add_argument(
        "--list", default="", help="the list to put them on; made if there is none"
    )
    delete = commands.add_parser("delete", help="deletes a job with its rows and the people found")
    delete.add_argument("job", metavar="ID", help="as People search shows it")
    for command in (enrich, pipeline):
        _add_job_options(command)
    return parser


def _add_job_options(command: argparse.ArgumentParser) -> None:
    """Adds what ``enrich`` and ``pipeline`` both have."""
    command.add_argument(
        "--data-points", type=_data_points, default=(), help=f"out of {','.join(DATA_POINTS)}"
    )
    command.add_argument(
        "--verified-emails", action="store_true", help="pays for verified work emails only"
    )
    command.add_argument(
        "--better-phones", action="store_true", help="pays for higher-quality phones only"
    )
    command.add_argument(
        "--min-confidence", type=_confidence, default=0, metavar="PERCENT", help="of a match"
    )
    command.add_argument("--budget", type=_amount, help="UC that the job may spend at most")
    command.add_argument(
        "--undecided",
        action="store_true",
        help="looks up again those without an answer, which may be charged again",
    )
    command.add_argument("--out", type=Path, required=True, help="the CSV to write")
    command.add_argument("--yes", action="store_true", help="agrees to the price, for cron")
    command.epilog, command.formatter_class = EXIT_CODES, argparse.RawDescriptionHelpFormatter


def _read(options: argparse.Namespace) -> ExitCode:
    """Prints how a file is understood."""
    try:
        reading = read_file(options.file.read_bytes(), ReadingOptions.of(options))
    except (UnreadableFileError, OSError) as error:
        return _fail(error)
    print(as_json(reading) if options.json else "\n".join(lines(reading)))
    return ExitCode.DONE


def _client() -> LeadIQClient:
    """Returns a client by the app's own settings. Raises ``UsageError`` without a key."""
    configuration = read_configuration()
    configure_from(configuration)
    if not configuration.get("LEADIQ_API_KEY", "").strip():
        raise UsageError(
            "LEADIQ_API_KEY is not set. The app's own sandbox cannot be reached from here; to try "
            "without credits, start `python -m leadiq_sandbox` and set LEADIQ_API_KEY, "
            "LEADIQ_GRAPHQL_URL and LEADIQ_PROSPECTOR_URL to what it prints."
        )
    key = ApiKey(configuration["LEADIQ_API_KEY"])
    return LeadIQClient.from_settings(key, Settings.from_mapping(configuration))


def _work(client: LeadIQClient, ledger: Ledger) -> ExitCode:
    """Works on the account's jobs until a signal ends it."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    waiting = launch(ledger, client).count_running_elsewhere(client.fingerprint)
    print(f"Working for account {client.fingerprint}. End with Ctrl-C.", flush=True)
    if waiting:
        print(
            f"{count(waiting, 'job')} of other accounts can only go on where their key is known.",
            flush=True,
        )
    ended.wait()
    return ExitCode.DONE


def _delete(job: str, client: LeadIQClient, ledger: Ledger) -> ExitCode:
    """Deletes a job of the account for good."""
    delete_job(launch(ledger, client), client.fingerprint, job)
    print(f"Deleted: {job}", file=sys.stderr)
    return ExitCode.DONE


def _run(options: argparse.Namespace, client: LeadIQClient, ledger: Ledger) -> ExitCode:
    """Starts or continues the job of a command, follows it, and writes its results."""
    inputs = [options.file] if options.command == "enrich" else []
    if problem := output_problem(options.out, [*inputs, *ledger.database.files]):
        raise UsageError(problem)
    records = launch(ledger, client)
    prices = price_list(client.account())
    payments = Payments(ledger, client.fingerprint, "terminal", "Bulk", prices)
    session = Session(options, payments, records)
    start = _start_file if options.command == "enrich" else _start_search
    job_id = start(session)
    interrupted = _follow(job_id, records)
    job = _job(records, job_id)
    write_output(options.out, report.result_csv(records, job))
    print(f"Written: {options.out}", file=sys.stderr)
    people = records.progress(job_id).people
    if undecided := people.get(RowState.NEEDS_DECISION):
        print(
            f"No answer came for {count(undecided, 'person', 'people')}, and looking them up again "
            "may be charged again. With --undecided, the same command asks at its price.",
            file=sys.stderr,
        )
    if interrupted:
        return ExitCode.INTERRUPTED
    if job.can_resume:
        return ExitCode.PAUSED
    incomplete = people.get(RowState.FAILED) or undecided
    return ExitCode.INCOMPLETE if incomplete else ExitCode.DONE


def _job(records: JobRecords, job_id: str) -> Job:
    job = records.job(job_id)
    if job is None:
        raise LookupError(f"There is no job {job_id}.")
    return job


def _start_file(session: Session) -> str:
    """Starts or continues the job of a file; returns its id."""
    options, payments, records = session.options, session.payments, session.records
    content, choice = options.file.read_bytes(), ReadingOptions.of(options)
    quality = _quality(options)
    fingerprint = control.job_fingerprint(
        content, options.data_points, *choice.as_text, quality=quality
    )
    reading = read_file(content, choice)
    print("\n".join(summary(reading)), file=sys.stderr)
    plan = planning.plan_job(payments, records, reading.rows, options.data_points)
    existing = _continue_existing(session, fingerprint)
    if existing is not None:
        return existing
    people = count(len(plan.to_send), "person", "people")
    left_out = len(plan.rows) - len(plan.to_send)
    details = f", {left_out:,} rows name nobody or repeat another" if left_out else ""
    details += f", {plan.unlocked:,} are unlocked already" if plan.unlocked else ""
    if not plan.to_send:
        raise UsageError(
            f"No row of {options.file} names a person that can be looked up. "
            f"`python -m dashboard.jobs read {options.file}` shows how its columns are understood."
        )
    _confirm_price(options, f"{people} of {options.file.name}{details}", plan.price)
    return control.start_file(
        payments,
        records,
        name=options.file.name,
        table=reading.table,
        columns=reading.columns.by_field,
        plan=plan,
        budget=options.budget,
        quality=quality,
        fingerprint=fingerprint,
    )


def _start_search(session: Session) -> str:
    """Starts or continues the job of a saved search; returns its id."""
    options, payments, records = session.options, session.payments, session.records
    search = payments.ledger.saved_searches.find(payments.account, options.search)
    if search is None:
        names = [saved.name for saved in payments.ledger.saved_searches.all(payments.account)]
        hint = f"There are {', '.join(names)}." if names else "Save one on Advanced search."
        raise UsageError(f"There is no saved search {options.search!r}. {hint}")
    quality = _quality(options)
    more = (str(search.saved_at), str(options.max_people), options.list)
    fingerprint = control.job_fingerprint(search.name, options.data_points, *more, quality=quality)
    existing = _continue_existing(session, fingerprint)
    if existing is not None:
        return existing
    per_hit = planning.people_per_hit(search.operation, search.input)
    price = planning.price_of_search(payments, options.max_people, options.data_points, per_hit)
    people = count(options.max_people, "person", "people")
    _confirm_price(options, f"Up to {people} of {search.name!r}", price)
    return control.start_search(
        payments,
        records,
        search=search,
        max_people=options.max_people,
        data_points=options.data_points,
        budget=options.budget,
        list_name=options.list,
        quality=quality,
        fingerprint=fingerprint,
    )


def _continue_existing(session: Session, fingerprint: str) -> str | None:
    """Returns the job that the same command has started before, or None.

    It is resumed if it was paused or stopped, or has rows to send again. If its price was too low,
    or rows without an answer are to be sent again, the price of the rest has to be agreed to.
    """
    payments, records, budget = session.payments, session.records, session.options.budget
    jobs = records.jobs(payments.account)
    job = next((job for job in jobs if job.settings.fingerprint == fingerprint), None)
    if job is None:
        return None
    if budget is not None:
        records.update_settings(job.id, budget=str(budget))
    progress, again = records.progress(job.id), [RowState.FAILED]
    if session.options.undecided and progress.count(RowState.NEEDS_DECISION):
        again.append(RowState.NEEDS_DECISION)
    if job.state != JobState.RUNNING and (job.can_resume or any(map(progress.count, again))):
        started = time.strftime("%c", time.localtime(job.at / 1000))
        print(f"Going on with the job of {started}.", file=sys.stderr)
        if job.settings.price_exceeded or RowState.NEEDS_DECISION in again:
            price = planning.price_of_rest(payments, records, job, *again)
            _confirm_price(session.options, f"The rest of {job.name}", price)
            control.continue_at_price(payments, records, job, price, *again)
        else:
            control.retry(records, job, *again)
    return job.id


def _confirm_price(options: argparse.Namespace, what: str, price: Estimate) -> None:
    """Shows the price. Raises ``UsageError`` unless the user, --yes, or a budget agrees to it."""
    limit = "" if options.budget is None else f", and never more than {uc(options.budget)}"
    print(f"{what}: between {uc(price.minimum)} and {uc(price.maximum)}{limit}.", file=sys.stderr)
    if options.yes:
        return
    if sys.stdin is not None and sys.stdin.isatty():  # None if cron has closed it
        if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
            raise UsageError("Nothing was sent.")
    elif options.budget is None:
        raise UsageError("Nothing was sent. Without a terminal, agree by --yes or --budget.")


def _follow(job_id: str, records: JobRecords) -> bool:
    """Shows how far the job is until it ends; an interrupt pauses it and returns True."""
    is_terminal, line, started = sys.stderr.isatty(), "", time.monotonic()
    processed_before = records.progress(job_id).processed
    try:
        while True:
            job = _job(records, job_id)
            spent, _ = records.ledger.spent_by_job(job.account, job_id)
            seconds = time.monotonic() - started
            progress = progress_line(records.progress(job_id), processed_before, seconds)
            line = f"{progress} · {uc(spent)}"
            if is_terminal:
                width = shutil.get_terminal_size().columns - 1
                print(f"\r{line[:width]:<{width}}", end="", file=sys.stderr, flush=True)
            if job.state != JobState.RUNNING:
                print("" if is_terminal else line, file=sys.stderr)
                if job.reason:
                    print(job.reason, file=sys.stderr)
                return False
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        paused = records.job(job_id)
        if paused is not None:
            control.pause(records, paused)
        print(f"\n{line}\nPaused. The same command goes on.", file=sys.stderr)
        return True


def _fail(error: Exception) -> ExitCode:
    """Prints why nothing was started."""
    print(error, file=sys.stderr)
    return ExitCode.NOT_STARTED


def _whole_number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= SEARCH_CEILING:
        raise argparse.ArgumentTypeError(f"from 1 to {SEARCH_CEILING:,} people")
    return number


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of UC")
    return amount


def _quality(options: argparse.Namespace) -> Quality:
    """Returns what the lookups accept, as far as it concerns the chosen data points."""
    return Quality(
        options.verified_emails and EMAIL.id in options.data_points,
        options.better_phones and PHONE.id in options.data_points,
        options.min_confidence,
    )


def _confidence(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= MAX_CONFIDENCE:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage")
    return int(text)


def _data_points(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in DATA_POINTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(DATA_POINTS)}")
    return tuple(point for point in DATA_POINTS if point in names)


if __name__ == "__main__":
    sys.exit(main())
