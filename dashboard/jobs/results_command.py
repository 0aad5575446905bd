"""The files that ``enrich`` and ``pipeline`` write: the results, or people for a CRM."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from dashboard.formatting import count
from dashboard.jobs import report
from dashboard.jobs.model import Job
from dashboard.jobs.output import output_problem, write_output
from dashboard.jobs.records import JobRecords
from dashboard.tables.export import csv_bytes
from dashboard.tables.presets import import_file, presets

EXCEL = ".xlsx"
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods")


def add_output_options(command: argparse.ArgumentParser) -> None:
    """Adds where a command writes."""
    command.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the file to write: .csv or .xlsx"
    )
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    command.set_defaults(crm=None)


def add_crm_option(command: argparse.ArgumentParser) -> None:
    """Adds for whom the people found are written."""
    command.add_argument(
        "--for",
        dest="crm",
        choices=[*presets()],
        help="write the people found in the format that this tool imports; people left out, "
        "and why, go into a second file next to it",
    )


def results_problem(
    options: argparse.Namespace, inputs: Iterable[Path], jobs: Iterable[Job]
) -> str | None:
    """Returns why the files of a command could not be written, or None.

    ``inputs`` are files that it reads. A file that one of the ``jobs`` has written, and that nobody
    has changed, may be replaced: the same command continues a job.
    """
    suffix = options.out.suffix.lower()
    if suffix in OTHER_WORKBOOKS:
        return f"Results are written as CSV or {EXCEL}: choose another ending for {options.out}."
    if options.crm and suffix == EXCEL:
        return f"{presets()[options.crm].label} imports CSV: choose another ending."
    written = {digest for job in jobs for digest in job.settings.written}
    inputs = [*inputs]
    for out in _outputs(options):
        if problem := output_problem(out, inputs):
            return problem
        if out.exists() and not options.force and _digest(out) not in written:
            return f"{out} exists. Name another file, or replace it with --force."
    return None


def write_results(options: argparse.Namespace, records: JobRecords, job: Job) -> None:
    """Writes the results of a job, or its people for a CRM and who is left out."""
    if options.crm:
        made = import_file(report.people_to_import(records, job), presets()[options.crm])
        contents: list[Iterable[bytes]] = [[csv_bytes(made.rows)], [csv_bytes(made.left_out)]]
        people = count(len(made.rows), "person", "people")
        print(f"{people} in the file, {len(made.left_out):,} left out", file=sys.stderr)
    elif options.out.suffix.lower() == EXCEL:
        contents = [[report.result_excel(records, job)]]
    else:
        contents = [report.result_csv(records, job)]
    outputs = [*_outputs(options)]
    for out, content in zip(outputs, contents, strict=True):
        write_output(out, content)
        print(f"Written: {out}", file=sys.stderr)
    records.update_settings(job.id, written=[_digest(out) for out in outputs])


def _outputs(options: argparse.Namespace) -> Iterator[Path]:
    yield options.out
    if options.crm:
        yield options.out.with_name(f"{options.out.stem}-left-out.csv")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
