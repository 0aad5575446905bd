"""The command line of bulk jobs: ``worker``, ``enrich`` and ``pipeline``."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dashboard.configuration import read_configuration
from dashboard.formatting import count, uc
from dashboard.jobs import control, planning, report
from dashboard.jobs.model import FAILED, NEEDS_DECISION, RUNNING, Job, Progress
from dashboard.jobs.people import guess_columns, read_rows
from dashboard.jobs.records import JobRecords
from dashboard.jobs.workflows import close, launch
from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.tables.spreadsheet import UnreadableFileError, read_table
from leadiq_api import ApiKey, LeadIQClient, LeadIQError, Settings
from leadiq_api.credits import Estimate, price_list
from leadiq_api.queries import DATA_POINTS

LOOK_SECONDS = 1.0  # between two looks at a job
BAR = 30  # characters

EXIT_CODES = """
exit codes:
  0    every row has its answer, and the file was written
  1    the file was written, but some rows failed or have no answer; the same command sends the
       failed again, those without an answer only a person on People search
  2    nothing was begun: the command, the file, the key or the database has to be mended
  3    the job is held (budget, credits, key, service); what it has was written; the same command
       goes on
  130  interrupted; the job is paused, what it has was written; the same command goes on

The key and the hosts come from LEADIQ_API_KEY and the other settings of the app, or from
.streamlit/secrets.toml. The same file with the same data points is the same job: running it again
goes on where it was, and sends nothing that has its answer.
"""


class UsageError(Exception):
    """What has to be mended before anything is sent."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        client = _client()
        ledger = Ledger(default_url())
    except (LeadIQError, LedgerError, UsageError) as error:
        return _fail(error)
    try:
        if options.command == "worker":
            return _work(client, ledger)
        return _run(options, client, ledger)
    except (LeadIQError, LedgerError, UsageError, UnreadableFileError, OSError) as error:
        return _fail(error)
    except (KeyboardInterrupt, EOFError):  # at the question, say, which Ctrl-D answers too
        print("\nInterrupted. The same command goes on.", file=sys.stderr)
        return 130
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
    enrich = commands.add_parser("enrich", help="enriches the people of a CSV or Excel file")
    enrich.add_argument("file", type=Path)
    pipeline = commands.add_parser("pipeline", help="finds, enriches and lists by a saved search")
    pipeline.add_argument("search", help="the name of a search saved on Advanced search")
    pipeline.add_argument("--most", type=_whole_number, default=100, help="people at most (100)")
    pipeline.add_argument(
        "--list", default="", help="the list to put them on; made if there is none"
    )
    for command in (enrich, pipeline):
        command.add_argument(
            "--data-points", type=_points, default=(), help=f"out of {','.join(DATA_POINTS)}"
        )
        command.add_argument("--budget", type=_amount, help="UC that the job may spend at most")
        command.add_argument("--out", type=Path, required=True, help="the CSV to write")
        command.add_argument("--yes", action="store_true", help="agrees to the price, for cron")
        command.epilog, command.formatter_class = EXIT_CODES, argparse.RawDescriptionHelpFormatter
    return parser


def _client() -> LeadIQClient:
    configured = read_configuration()
    if not configured.get("LEADIQ_API_KEY", "").strip():
        raise UsageError(
            "LEADIQ_API_KEY is not set. The app's own sandbox cannot be reached from here; to try "
            "without credits, start `python -m leadiq_sandbox` and set LEADIQ_API_KEY, "
            "LEADIQ_GRAPHQL_URL and LEADIQ_PROSPECTOR_URL to what it prints."
        )
    settings = Settings.from_mapping(configured)
    return LeadIQClient(
        ApiKey(configured["LEADIQ_API_KEY"]),
        graphql_url=settings.graphql_url,
        prospector_url=settings.prospector_url,
        requests_per_minute=settings.requests_per_minute,
    )


def _work(client: LeadIQClient, ledger: Ledger) -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    waiting = launch(ledger, client).elsewhere(client.fingerprint)
    print(f"Working for account {client.fingerprint}. End with Ctrl-C.", flush=True)
    if waiting:
        told = f"{count(waiting, 'job')} of other accounts can only go on where their key is known."
        print(told, flush=True)
    ended.wait()
    return 0


def _run(options: argparse.Namespace, client: LeadIQClient, ledger: Ledger) -> int:
    _check_out(options)
    records = launch(ledger, client)
    account = client.account()
    prices = price_list(account)
    payments = Payments(ledger, client.fingerprint, "terminal", "Bulk", prices)
    begin = _file if options.command == "enrich" else _search
    job_id = begin(options, payments, records)
    code = _follow(job_id, records)
    job = records.job(job_id)
    assert job is not None  # noqa: S101  begun above
    _write(options.out, records, job)
    if undecided := records.progress(job_id).people.get(NEEDS_DECISION):
        people = count(undecided, "person", "people")
        print(
            f"No answer came for {people}; looking them up again may be charged again, which is "
            "asked on People search.",
            file=sys.stderr,
        )
    return code or (3 if control.is_held(job) else int(_lacking(records, job_id)))


def _check_out(options: argparse.Namespace) -> None:
    """Results that are paid for must have a place, and not that of the file they are made from."""
    out = options.out
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent} to write to.")
    if out.is_dir():
        raise UsageError(f"{out} is a folder. Name the CSV to write.")
    if options.command == "enrich" and out.resolve() == options.file.resolve():
        raise UsageError(f"{out} is the file to enrich. Name another CSV to write.")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"Nothing can be written to {out.parent}.")


def _file(options: argparse.Namespace, payments: Payments, records: JobRecords) -> str:
    content = options.file.read_bytes()
    source = control.job_fingerprint(content, options.data_points)
    table = read_table(content)
    plan = planning.plan_job(
        payments, records, read_rows(table, guess_columns(table)), options.data_points
    )
    known = _known(records, payments.account, source, options.budget)
    if known is not None:
        return known
    people = count(len(plan.asked), "person", "people")
    left_out = len(plan.rows) - len(plan.asked)
    told = f", {left_out:,} rows name nobody or repeat another" if left_out else ""
    told += f", {plan.unlocked:,} are unlocked already" if plan.unlocked else ""
    if not plan.asked:
        raise UsageError(f"No row of {options.file} names a person that can be looked up.")
    _agree(options, f"{people} of {options.file.name}{told}", plan.price)
    return control.start_file(
        payments,
        records,
        name=options.file.name,
        table=table,
        plan=plan,
        budget=options.budget,
        source=source,
    )


def _search(options: argparse.Namespace, payments: Payments, records: JobRecords) -> str:
    search = payments.ledger.saved_searches.find(payments.account, options.search)
    if search is None:
        names = [one.name for one in payments.ledger.saved_searches.all(payments.account)]
        told = f"There are {', '.join(names)}." if names else "Save one on Advanced search."
        raise UsageError(f"There is no saved search {options.search!r}. {told}")
    more = (str(search.saved_at), str(options.most), options.list)
    source = control.job_fingerprint(search.name, options.data_points, *more)
    known = _known(records, payments.account, source, options.budget)
    if known is not None:
        return known
    price = planning.price_of_search(payments, options.most, options.data_points)
    people = count(options.most, "person", "people")
    _agree(options, f"Up to {people} of {search.name!r}", price)
    return control.start_search(
        payments,
        records,
        search=search,
        most=options.most,
        data_points=options.data_points,
        budget=options.budget,
        list_name=options.list,
        source=source,
    )


def _known(records: JobRecords, account: str, source: str, budget: Decimal | None) -> str | None:
    """The job that this command has begun before, set to work again where it was held."""
    job = next((one for one in records.jobs(account) if one.settings.source == source), None)
    if job is None:
        return None
    if budget is not None:
        records.change(job.id, budget=str(budget))
    if job.state != RUNNING and (control.is_held(job) or _lacking(records, job.id, FAILED)):
        print(
            f"Going on with the job of {time.strftime('%c', time.localtime(job.at / 1000))}.",
            file=sys.stderr,
        )
        control.retry(records, job, FAILED)
    return job.id


def _agree(options: argparse.Namespace, what: str, price: Estimate) -> None:
    """Shows the price, and has it agreed to: by a person, by --yes, or by a budget for cron."""
    limit = "" if options.budget is None else f", and never more than {uc(options.budget)}"
    print(f"{what}: between {uc(price.minimum)} and {uc(price.maximum)}{limit}.", file=sys.stderr)
    if options.yes:
        return
    if sys.stdin is not None and sys.stdin.isatty():  # None where cron has closed it
        if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
            raise UsageError("Nothing was sent.")
    elif options.budget is None:
        raise UsageError("Nothing was sent. Without a terminal, agree by --yes or --budget.")


def _follow(job_id: str, records: JobRecords) -> int:
    """Shows how far the job is until it ends or is held; an interrupt pauses it."""
    terminal, last, began = sys.stderr.isatty(), "", time.monotonic()
    start = records.progress(job_id).through
    try:
        while True:
            job = records.job(job_id)
            assert job is not None  # noqa: S101  begun by this command
            line = _line(records.progress(job_id), start, time.monotonic() - began)
            spent, _ = records.ledger.spent_by_job(job.account, job_id)
            line = f"{line} · {uc(spent)}"
            if terminal:
                width = shutil.get_terminal_size().columns - 1
                print(f"\r{line[:width]:<{width}}", end="", file=sys.stderr, flush=True)
            elif job.state != RUNNING:
                print(line, file=sys.stderr)
            last = line
            if job.state != RUNNING:
                if terminal:
                    print(file=sys.stderr)
                if job.reason:
                    print(job.reason, file=sys.stderr)
                return 0
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        job = records.job(job_id)
        if job is not None:
            control.pause(records, job)
        print(f"\n{last}\nPaused. The same command goes on.", file=sys.stderr)
        return 130


def _line(progress: Progress, start: int, seconds: float) -> str:
    total = progress.total
    share = progress.through / total if total else 0.0
    bar = "#" * round(share * BAR)
    rate = (progress.through - start) / seconds * 60 if seconds else 0.0
    left = f", {(total - progress.through) / rate:,.0f} min left" if rate else ""
    people = progress.people
    return (
        f"[{bar:<{BAR}}] {progress.through:,} of {total:,} · {rate:,.0f} a minute{left} · "
        f"{people.get('found', 0):,} found, {progress.emails:,} emails, {progress.phones:,} phones"
    )


def _lacking(records: JobRecords, job_id: str, *states: str) -> bool:
    people = records.progress(job_id).people
    return any(people.get(state) for state in states or (FAILED, NEEDS_DECISION))


def _write(out: Path, records: JobRecords, job: Job) -> None:
    """The results, whole or not at all: the file is replaced when all of it is written."""
    part = out.with_name(f"{out.name}.part")
    with part.open("wb") as file:
        for piece in report.result_csv(records, job):
            file.write(piece)
    part.replace(out)
    print(f"Written: {out}", file=sys.stderr)


def _fail(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 2


def _whole_number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("from 1 to 10,000 people")
    return number


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of UC")
    return amount


def _points(text: str) -> tuple[str, ...]:
    chosen = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [part for part in chosen if part not in DATA_POINTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(DATA_POINTS)}")
    return tuple(point for point in DATA_POINTS if point in chosen)


if __name__ == "__main__":
    sys.exit(main())
