"""A job's results as frames and CSV, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.jobs.model import (
    DUPLICATE,
    FAILED,
    FOUND,
    NEEDS_DECISION,
    NOT_FOUND,
    OUTCOME_UNKNOWN,
    UNIDENTIFIED,
    WAITING,
    Job,
    Row,
)
from dashboard.jobs.records import JobRecords
from dashboard.tables import frames
from dashboard.tables.export import csv_bytes

# Bulk jobs ---------------------------------------------------------------------------------------


NAMED_BY = {
    "id": "LeadIQ id",
    "linkedin": "LinkedIn URL",
    "email": "Email",
    "name": "Name, company",
}


def job_outcomes(people: Mapping[str, int], emails: int, phones: int) -> pd.DataFrame:
    """Rows of a job by state -> what came of them: outcome, rows; nothing that is 0."""
    words = {
        "found": "Found",
        "email": "With email",
        "phone": "With phone",
        "not_found": "Not found",
        "failed": "Failed",
        "undecided": "No answer",
        "invalid": "Name nobody",
        "repeated": "Duplicates",
        "waiting": "Not sent",
    }
    counted = {**people, "email": emails, "phone": phones}
    shown = [(word, counted.get(name, 0)) for name, word in words.items() if counted.get(name)]
    return pd.DataFrame(shown, columns=["outcome", "rows"])


def match_rates(outcomes: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """People of a job by (how they were named, state) -> named_by, asked, found, rate (0 to 1)."""
    table = []
    for kind, label in NAMED_BY.items():
        found = outcomes.get((kind, "found"), 0)
        asked = found + outcomes.get((kind, "not_found"), 0)
        if asked:
            table.append((label, asked, found, found / asked))
    return pd.DataFrame(table, columns=["named_by", "asked", "found", "rate"])


CHUNK_ROWS = 1_000  # rows of a result that are made at a time

# A row's state, in the words of the results.
STATE_LABELS: Mapping[str, str] = {
    FOUND: "found",
    NOT_FOUND: "not found",
    FAILED: "failed",
    NEEDS_DECISION: "no answer",
    OUTCOME_UNKNOWN: "no answer yet",
    UNIDENTIFIED: "names nobody",
    DUPLICATE: "duplicate",
    WAITING: "not sent",
}


# Results -----------------------------------------------------------------------------------------


def result_frames(records: JobRecords, job: Job) -> Iterator[pd.DataFrame]:
    """The results, ``CHUNK`` rows at a time: the file's own columns, then LeadIQ's.

    A row that repeats another has that one's answer.
    """
    repeated = [row.input.get("same_as") for row in records.rows(job.id, state=DUPLICATE)]
    needed, answers = {*repeated}, dict[Any, Any]()
    chunk: list[Row] = []
    for row in records.rows(job.id):
        if row.place in needed:
            answers[row.place] = row.answer
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            yield _result_frame(job, chunk, answers)
            chunk = []
    if chunk or not needed:
        yield _result_frame(job, chunk, answers)


def _result_frame(job: Job, chunk: Sequence[Row], answers: Mapping[Any, Any]) -> pd.DataFrame:
    people = frames.people(
        (row.answer or answers.get(row.input.get("same_as")) or {}) for row in chunk
    )
    left_out = {
        column
        for point, columns in frames.COLUMNS_OF_DATA_POINT.items()
        if point not in job.settings.data_points
        for column in columns
    }
    people = people.drop(columns=[name for name in people if name in left_out])
    people.insert(0, "status", [STATE_LABELS.get(row.state, row.state) for row in chunk])
    people.insert(1, "note", [row.problem for row in chunk])
    if job.settings.list_id or job.settings.list_name:
        people["list"] = [row.listed for row in chunk]
    people.columns = [f"leadiq_{name}" for name in people]
    own = pd.DataFrame([row.cells for row in chunk], columns=[*job.settings.columns], dtype=object)
    return pd.concat([own, people], axis=1)


def result_csv(records: JobRecords, job: Job) -> Iterator[bytes]:
    """The results as CSV, in pieces. The file's own cells stay exactly as they were."""
    for place, frame in enumerate(result_frames(records, job)):
        yield csv_bytes(frame, user_columns=len(job.settings.columns), header=place == 0)
