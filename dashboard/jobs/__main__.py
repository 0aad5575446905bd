"""The command line of bulk jobs: start, review, delete, and work on them."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from enum import IntEnum
from queue import SimpleQueue
from typing import Any

from dashboard.configuration import read_configuration
from dashboard.formatting import count, uc
from dashboard.jobs import control
from dashboard.jobs.deletion import JobNotDeletedError, delete_job
from dashboard.jobs.model import Job, JobState, RowState
from dashboard.jobs.option_types import amount, confidence, data_points, whole_number
from dashboard.jobs.progress_line import progress_line
from dashboard.jobs.read_command import (
    ReadingOptions,
    add_reading_options,
    as_json,
    lines,
    read_file,
)
from dashboard.jobs.records import JobRecords
from dashboard.jobs.result_columns import columns_help
from dashboard.jobs.results_command import (
    add_crm_option,
    add_output_options,
    results_problem,
    write_results,
)
from dashboard.jobs.review_command import add_review_options, review
from dashboard.jobs.start_command import (
    Session,
    UsageError,
    start_file,
    start_list,
    start_search,
    start_verification,
)
from dashboard.jobs.workflows import close, launch
from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.days import default_zone
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.tables.spreadsheet import UnreadableFileError
from leadiq_api import DATA_POINTS, ApiKey, LeadIQClient, LeadIQError, Settings
from leadiq_api.credits import price_list
from leadiq_api.logs import configure_from

LOOK_SECONDS = 1.0  # between two looks at a job
DEFAULT_MAX_PEOPLE = 100

EXIT_CODES = """
exit codes:
  0    done: every row has an answer, and the file was written
  1    the file was written, but some rows failed or have no answer; run the same command to retry
       those that failed, and add --undecided to pay for those without an answer again
  2    nothing was started: fix the command, the file, the key or the database, or agree to the
       price
  3    the job is paused (first rows, price, budget, credits, key or service) and the results so
       far were written; run the same command to continue, and to see the price if it has changed
  130  interrupted: the job is paused and the results so far were written; run the same command
       to continue

The key and the addresses of LeadIQ are the app's settings: LEADIQ_API_KEY and others, from the
environment or .streamlit/secrets.toml. The same file with the same data points is the same job:
running the command again continues it, and sends nothing that already has an answer.
"""


# What a command is refused for, beside LeadIQ's and the ledger's errors.
UNUSABLE = (UnreadableFileError, JobNotDeletedError, OSError)


# How each command that starts a job does so.
STARTS = {
    "enrich": start_file,
    "enrich-list": start_list,
    "pipeline": start_search,
    "verify": start_verification,
}


class ExitCode(IntEnum):
    """As ``EXIT_CODES`` explains them."""

    DONE = 0
    INCOMPLETE = 1
    NOT_STARTED = 2
    PAUSED = 3
    INTERRUPTED = 130


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
        if options.command == "review":
            review(options, JobRecords(ledger), client.fingerprint)
            return ExitCode.DONE
        return _run(options, client, ledger)
    except (LeadIQError, LedgerError, UsageError, *UNUSABLE) as error:
        return _fail(error)
    except (KeyboardInterrupt, EOFError):  # at the question, for example, with Ctrl-C or Ctrl-D
        print("\nInterrupted. Run the same command to continue.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    finally:
        close()
        ledger.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboard.jobs",
        description="Run bulk jobs from a terminal, in the app's own database.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_command(commands, "worker", "run this account's jobs until you stop it")
    read = _add_command(
        commands, "read", "show how a file of people is read; needs no key and sends nothing"
    )
    read.add_argument("--json", action="store_true", help="print JSON, with every skipped row")
    enrich = _add_command(commands, "enrich", "look up the people in a CSV or Excel file")
    of_list = _add_command(
        commands, "enrich-list", "get missing emails and phones for the people on a list"
    )
    of_list.add_argument("name", help="the name of the list")
    verify = _add_command(commands, "verify", "verify the email addresses in a file")
    for command in (read, enrich, verify):
        add_reading_options(command)
    pipeline = _add_command(
        commands,
        "pipeline",
        "find people with a saved search, look them up and add them to a list",
    )
    pipeline.add_argument("search", help="the name of a search saved on Advanced search")
    pipeline.add_argument(
        "--most",
        dest="max_people",
        metavar="N",
        type=whole_number,
        default=DEFAULT_MAX_PEOPLE,
        help=f"maximum number of people (default: {DEFAULT_MAX_PEOPLE})",
    )
    _add_file_options(enrich)
    add_review_options(
        _add_command(commands, "review", "show uncertain matches, and keep or drop them")
    )
    delete = _add_command(commands, "delete", "delete a job with its rows and results")
    delete.add_argument("job", metavar="ID", help="the job's id, as shown on People search")
    for command in (enrich, of_list, pipeline):
        _add_lookup_options(command)
    for command in (enrich, of_list, pipeline, verify):
        _add_job_options(command)
    return parser


def _add_command(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    """Adds a command, with ``what`` it does in the list of commands and in its own help."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}."
    )
    return command


def _add_file_options(command: argparse.ArgumentParser) -> None:
    """Adds what a job over the rows of a file has."""
    command.add_argument(
        "--first",
        type=whole_number,
        metavar="N",
        help="look up the first N people only; run the command without it for the rest",
    )
    command.add_argument(
        "--all-cells",
        action="store_true",
        help="also buy an email or phone for rows that already have one",
    )
    command.add_argument(
        "--check-below",
        type=confidence,
        default=0,
        metavar="PERCENT",
        help="mark matches below this confidence for review",
    )
    command.add_argument(
        "--include-unchecked",
        action="store_true",
        help="also add uncertain matches that nobody has reviewed to the list",
    )


def _add_lookup_options(command: argparse.ArgumentParser) -> None:
    """Adds what ``enrich`` and ``pipeline`` both have."""
    command.add_argument(
        "--data-points",
        type=data_points,
        default=(),
        metavar="POINTS",
        help=f"what to buy besides the profile, separated by commas: {', '.join(DATA_POINTS)}",
    )
    command.add_argument(
        "--verified-emails",
        action="store_true",
        help="accept and pay for work emails only if they are Verified or Likely verified",
    )
    command.add_argument(
        "--better-phones", action="store_true", help="accept and pay for higher-quality phones only"
    )
    command.add_argument(
        "--min-confidence",
        type=confidence,
        default=0,
        metavar="PERCENT",
        help="accept and pay for matches of at least this confidence",
    )
    command.add_argument(
        "--list",
        default="",
        help="add the people found to this list; it is created if there is none",
    )
    add_crm_option(command)
    command.epilog = "\n".join(columns_help())


def _add_job_options(command: argparse.ArgumentParser) -> None:
    """Adds what every command that starts a job has."""
    command.add_argument(
        "--budget",
        type=amount,
        metavar="UC",
        help="the most that the job may spend; without a terminal, also your consent to the price",
    )
    command.add_argument(
        "--undecided",
        action="store_true",
        help="look up people without an answer again, which may be charged again",
    )
    add_output_options(command)
    command.add_argument(
        "--yes",
        action="store_true",
        help="agree to the price without being asked, such as for cron",
    )
    command.epilog = "\n".join(filter(None, (command.epilog, EXIT_CODES)))
    command.formatter_class = argparse.RawDescriptionHelpFormatter


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
    received = SimpleQueue[int]()  # put() may interrupt get(); an Event could deadlock
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: received.put(number))
    waiting = launch(ledger, client).count_running_elsewhere(client.fingerprint)
    print(f"Running the jobs of account {client.fingerprint}. Press Ctrl-C to stop.", flush=True)
    if waiting:
        print(
            f"{count(waiting, 'job')} of other accounts can only continue where their key is set.",
            flush=True,
        )
    received.get()
    return ExitCode.DONE


def _delete(job: str, client: LeadIQClient, ledger: Ledger) -> ExitCode:
    """Deletes a job of the account for good."""
    delete_job(launch(ledger, client), client.fingerprint, job)
    print(f"Deleted: {job}", file=sys.stderr)
    return ExitCode.DONE


def _run(options: argparse.Namespace, client: LeadIQClient, ledger: Ledger) -> ExitCode:
    """Starts or continues the job of a command, follows it, and writes its results."""
    inputs = [options.file] if "file" in options else []
    jobs = JobRecords(ledger).jobs(client.fingerprint)
    if problem := results_problem(options, [*inputs, *ledger.database.files], jobs):
        raise UsageError(problem)
    records = launch(ledger, client)
    prices = price_list(client.account())
    payments = Payments(ledger, client.fingerprint, "terminal", "Bulk", prices)
    session = Session(client, options, payments, records)
    job_id = STARTS[options.command](session)
    interrupted = _follow(job_id, records)
    job = _job(records, job_id)
    write_results(options, records, job)
    progress = records.progress(job_id)
    if progress.unchecked:
        print(
            f"{count(progress.unchecked, 'match', 'matches')} may be somebody else. "
            f"To see them, run `python -m dashboard.jobs review {job_id}`.",
            file=sys.stderr,
        )
    if undecided := progress.count(RowState.NEEDS_DECISION):  # pages of a search among them
        print(
            f"We couldn't confirm {count(undecided, 'lookup')}. Retrying may charge again: run the "
            "same command with --undecided to see the price.",
            file=sys.stderr,
        )
    if interrupted:
        return ExitCode.INTERRUPTED
    if job.can_resume:
        return ExitCode.PAUSED
    incomplete = progress.count(RowState.FAILED) or undecided
    return ExitCode.INCOMPLETE if incomplete else ExitCode.DONE


def _job(records: JobRecords, job_id: str) -> Job:
    job = records.job(job_id)
    if job is None:
        raise LookupError(f"There is no job {job_id}.")
    return job


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
        print(f"\n{line}\nPaused. Run the same command to continue.", file=sys.stderr)
        return True


def _fail(error: Exception) -> ExitCode:
    """Prints why nothing was started."""
    print(error, file=sys.stderr)
    return ExitCode.NOT_STARTED


if __name__ == "__main__":
    sys.exit(main())
