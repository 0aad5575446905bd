"""A job's results as frames and CSV, and the figures of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from dashboard.jobs.list_step import may_be_listed
from dashboard.jobs.match import asked_for, match_of_row
from dashboard.jobs.model import Job, ListOutcome, ListStatus, Row, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.verification import address_columns
from dashboard.tables import frames
from dashboard.tables.export import PREFIX, csv_bytes, excel_bytes
from leadiq_api.quality import Quality

CHUNK_ROWS = 1_000  # rows of a result that are made at a time

# How a row identifies its person, as ``JobRecords.count_by_identifier`` returns it.
IDENTIFIER_LABELS: Mapping[str, str] = {
    "id": "LeadIQ id",
    "linkedin": "LinkedIn URL",
    "email": "Email",
    "hashed": "Email, hashed",
    "name": "Name, company",
    "phone": "Phone",
}

# The same by the fields of its ``SearchPeopleInput``; with none of them it is the name.
INPUT_FIELDS: Mapping[str, str] = {
    "id": "id",
    "linkedinUrl": "linkedin",
    "email": "email",
    "hashedEmail": "hashed",
    "phone": "phone",
}

# A row's state in the column ``leadiq_status`` of the results.
STATE_LABELS: Mapping[RowState, str] = {
    RowState.FOUND: "found",
    RowState.NOT_FOUND: "not found",
    RowState.FAILED: "failed",
    RowState.NEEDS_DECISION: "no answer",
    RowState.OUTCOME_UNKNOWN: "no answer yet",
    RowState.UNIDENTIFIED: "invalid",
    RowState.DUPLICATE: "duplicate",
    RowState.WAITING: "not sent",
    RowState.HELD: "not sent",
}

# A list outcome in the column ``leadiq_list`` of the results; the reason follows a refusal.
LIST_LABELS: Mapping[ListStatus, str] = {
    ListStatus.ADDED: "added",
    ListStatus.ALREADY_LISTED: "on it already",
    ListStatus.NAMELESS: "no first or last name",
    ListStatus.DUPLICATE: "repeated",
    ListStatus.UNCHECKED: "not added: check it first",
    ListStatus.REFUSED: "refused: ",
}


def job_outcomes(people: Mapping[RowState, int], emails: int, phones: int) -> pd.DataFrame:
    """Returns a job's outcomes (columns ``outcome``, ``rows``) without those that are 0."""
    counts = [
        ("Found", people.get(RowState.FOUND)),
        ("With email", emails),
        ("With phone", phones),
        ("Not found", people.get(RowState.NOT_FOUND)),
        ("Failed", people.get(RowState.FAILED)),
        ("No answer", people.get(RowState.NEEDS_DECISION)),
        ("Invalid rows", people.get(RowState.UNIDENTIFIED)),
        ("Duplicates", people.get(RowState.DUPLICATE)),
        ("Not sent", people.get(RowState.WAITING, 0) + people.get(RowState.HELD, 0)),
    ]
    return pd.DataFrame(
        [(label, number) for label, number in counts if number], columns=["outcome", "rows"]
    )


def match_rates(outcomes: Mapping[tuple[str, RowState], int]) -> pd.DataFrame:
    """Returns match rates by identifier: columns ``named_by``, ``asked``, ``found``, ``rate``.

    ``outcomes`` counts people by (identifier, state). A rate is from 0 to 1.
    """
    rates = []
    for identifier, label in IDENTIFIER_LABELS.items():
        found = outcomes.get((identifier, RowState.FOUND), 0)
        answered = found + outcomes.get((identifier, RowState.NOT_FOUND), 0)
        if answered:
            rates.append((label, answered, found, found / answered))
    return pd.DataFrame(rates, columns=["named_by", "asked", "found", "rate"])


def result_frames(records: JobRecords, job: Job) -> Iterator[pd.DataFrame]:
    """Yields the results, ``CHUNK_ROWS`` at a time: the file's own columns, then LeadIQ's.

    A duplicate has the answer of the row that it repeats. At least one frame is returned.
    """
    duplicates = records.rows(job.id, state=RowState.DUPLICATE)
    repeated = {row.input.get("same_as") for row in duplicates}
    originals: dict[int, Row] = {}  # the rows that are repeated, by index
    chunk: list[Row] = []
    for row in records.rows(job.id):
        if row.index in repeated:
            originals[row.index] = row
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            yield result_frame(job, chunk, originals)
            chunk = []
    if chunk or not repeated:
        yield result_frame(job, chunk, originals)


def result_frame(job: Job, chunk: Sequence[Row], originals: Mapping[int, Row]) -> pd.DataFrame:
    """Returns the results of rows; ``originals`` are those that duplicates repeat, by index."""
    answered = [originals.get(row.input.get("same_as", -1), row) for row in chunk]
    found = [row.answer or {} for row in answered]
    asked = [asked_for(job, row) for row in chunk]
    people = address_columns(found) if job.verifies else frames.people(found, asked)
    not_bought = {
        column
        for point, columns in frames.COLUMNS_OF_DATA_POINT.items()
        if point not in job.settings.data_points and not job.verifies
        for column in columns
    }
    people = people.drop(columns=[name for name in people if name in not_bought])
    people.insert(0, "status", [STATE_LABELS.get(row.state, row.state) for row in chunk])
    only = Quality.from_text(job.settings.quality).label
    people.insert(1, "note", [_note(row, only) for row in chunk])
    if not job.verifies:
        matches = [match_of_row(job, row, answer) for row, answer in zip(chunk, found, strict=True)]
        people.insert(2, "match", matches)
        people.insert(3, "matched_by", [*map(_matched_by, answered)])
    if job.has_list:
        people["list"] = [list_label(row.listed) for row in chunk]
    people.columns = [f"{PREFIX}{name}" for name in people]
    own = pd.DataFrame([row.cells for row in chunk], columns=[*job.settings.columns], dtype=object)
    return pd.concat([own, people], axis=1)


def _matched_by(row: Row) -> str:
    """Returns by what a row's person was found; empty if nobody was."""
    if row.state != RowState.FOUND:
        return ""
    fields = (INPUT_FIELDS[name] for name in row.input if name in INPUT_FIELDS)
    return IDENTIFIER_LABELS[next(fields, "name")]


def _note(row: Row, only: str) -> str:
    """Returns what is to be said of a row; ``only`` is what its lookup accepted, in words."""
    if only and row.state == RowState.NOT_FOUND:
        return f"no match meets your requirements: {only}"
    return row.problem


def list_label(outcome: ListOutcome | None) -> str:
    """Returns a list outcome in words, empty if there is none yet."""
    return "" if outcome is None else f"{LIST_LABELS[outcome.status]}{outcome.reason}"


def result_csv(records: JobRecords, job: Job) -> Iterator[bytes]:
    """Yields the results as CSV, whose own cells and delimiter stay exactly as they were."""
    for index, frame in enumerate(result_frames(records, job)):
        yield csv_bytes(
            frame,
            user_columns=len(job.settings.columns),
            header=index == 0,
            delimiter=job.settings.delimiter,
        )


def result_excel(records: JobRecords, job: Job) -> bytes:
    """Returns the results as an Excel file, whose own cells stay exactly as they were."""
    frame = pd.concat([*result_frames(records, job)])
    return excel_bytes(frame, user_columns=len(job.settings.columns))


def people_to_import(records: JobRecords, job: Job) -> pd.DataFrame:
    """Returns the people of a job as ``import_file`` reads them.

    ``doubt`` says of a row why it is not imported: nobody was found, or the person found has to be
    checked first, or was dropped.
    """
    rows = [*records.rows(job.id)]
    asked = [asked_for(job, row) for row in rows]
    people = frames.people((row.answer or {} for row in rows), asked)
    people["name"] = people["name"].fillna(pd.Series([person.name.full for person in asked]))
    people["doubt"] = [_doubt(job, row) for row in rows]
    return people


def _doubt(job: Job, row: Row) -> str:
    if row.state != RowState.FOUND:
        return STATE_LABELS.get(row.state, row.state)
    return "" if may_be_listed(job, row) else match_of_row(job, row, row.answer or {})
