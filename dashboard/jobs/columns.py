"""Jobs and their rows from, and to, the columns of their tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from dashboard.jobs.model import (
    Decision,
    Job,
    JobSettings,
    JobState,
    ListOutcome,
    Row,
    RowKind,
    RowState,
    as_json,
)
from dashboard.tables.api_json import Json

MAX_IDENTITY = 300  # characters, as the column has them


def job_of(columns: sa.Row[Any]) -> Job:
    """Returns the job in a row of the table ``jobs``."""
    return Job(
        id=columns.id,
        account=columns.account,
        user=columns.user,
        name=columns.name,
        state=JobState(columns.state),
        reason=columns.reason,
        runs=columns.runs,
        at=columns.at,
        ended=columns.ended,
        settings=JobSettings.from_json(columns.settings),
    )


def row_of(columns: sa.Row[Any]) -> Row:
    """Returns the job's row in a row of the table ``job_rows``."""
    asked = json.loads(columns.input)
    input, *alternatives = asked if isinstance(asked, list) else [asked]
    return Row(
        index=columns.place,
        kind=RowKind(columns.kind),
        state=RowState(columns.state),
        identity=columns.identity,
        input=input,
        cells=tuple(json.loads(columns.cells)),
        person=columns.person,
        answer=None if columns.answer is None else json.loads(columns.answer),
        problem=columns.problem,
        listed=ListOutcome.from_text(columns.listed),
        request=columns.request,
        alternatives=tuple(alternatives),
        match=columns.match,
        decision=Decision(columns.decision) if columns.decision else None,
        data_points=_data_points(columns.data_points),
    )


def input_column(inputs: Sequence[Json]) -> str:
    """Returns the column ``input``: what is requested, in a list if there are alternatives."""
    return as_json(inputs if len(inputs) > 1 else inputs[0])


def columns_of(row: Row) -> dict[str, object]:
    """Returns the columns of a new row of ``job_rows``, except its job."""
    return {
        "place": row.index,
        "kind": row.kind,
        "state": row.state,
        "identity": row.identity[:MAX_IDENTITY],
        "input": input_column([row.input, *row.alternatives]),
        "cells": as_json(row.cells),
        "person": row.person,
        "answer": None if row.answer is None else as_json(row.answer),
        "match": row.match,
        "problem": row.problem,
        "data_points": None if row.data_points is None else ",".join(row.data_points),
    }


def _data_points(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(filter(None, text.split(",")))
