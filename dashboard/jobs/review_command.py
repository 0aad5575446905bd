"""What ``python -m dashboard.jobs review`` does: shows matches to check, and records decisions."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Collection

from dashboard.formatting import count
from dashboard.jobs.model import Decision
from dashboard.jobs.records import JobRecords
from dashboard.jobs.review import doubts
from dashboard.jobs.start_command import UsageError
from dashboard.tables.export import escape_formula

ALL = "all"


def add_review_options(command: argparse.ArgumentParser) -> None:
    """Adds the job and the decisions."""
    command.add_argument(
        "job", metavar="ID", help="the job's id, as shown by `enrich` and on People search"
    )
    for name, what in (("keep", "are right"), ("drop", "are somebody else")):
        command.add_argument(
            f"--{name}",
            type=_rows,
            metavar="ROWS",
            help=f"rows that {what}, such as 3,7, or “{ALL}” for all that are left",
        )


def review(options: argparse.Namespace, records: JobRecords, account: str) -> None:
    """Records the decisions, then prints what is left to check as CSV.

    Raises ``UsageError`` if the account has no such job, or a row is not one to check.
    """
    job = records.job(options.job)
    if job is None or job.account != account:
        raise UsageError(f"There is no job {options.job}.")
    for decision, rows in ((Decision.KEPT, options.keep), (Decision.DROPPED, options.drop)):
        if rows is not None:
            number = records.decide(job.id, decision, None if rows == ALL else rows)
            if rows != ALL and number < len(rows):
                raise UsageError(f"{count(number, 'row')} of these can be {decision}, not all.")
            print(f"{count(number, 'row')} {decision}.", file=sys.stderr)
    writer = csv.writer(sys.stdout)
    writer.writerow(("row", "requested", "returned", "check"))
    for row, *shown in doubts(records, job):
        writer.writerow((row + 1, *map(escape_formula, shown)))


def _rows(text: str) -> Collection[int] | str:
    """Reads row numbers, from 1, as indexes."""
    if text == ALL:
        return ALL
    numbers = [part.strip() for part in text.split(",")]
    if not all(number.isdecimal() and int(number) for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is neither row numbers nor {ALL!r}")
    return {int(number) - 1 for number in numbers}
