"""Adds the people that a job found to its list: it is read first, and no one is added twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from dashboard.jobs.match import asked_for, match_of_row
from dashboard.jobs.model import (
    EXACT,
    Decision,
    Job,
    JobState,
    ListOutcome,
    ListStatus,
    Row,
    RowState,
)
from dashboard.jobs.records import JobRecords
from dashboard.lists import duplicates, writing
from dashboard.lists.inputs import prospect_inputs
from dashboard.lists.turns import list_turn
from dashboard.tables import frames
from dashboard.tables.api_json import Json
from leadiq_api import InvalidRequestError, LeadIQClient, LeadIQError, ServiceError

CHUNK_ROWS = 1_000  # made into prospects at a time
NAME_TAKEN = 409  # HTTP: there is a list of this name
TURN_SECONDS = 0.5  # between two looks whether the list is somebody else's turn


@dataclass
class _Additions:
    """``ProspectInput`` bodies, with the index of the job's row of each."""

    indexes: list[int] = field(default_factory=list)
    inputs: list[dict[str, object]] = field(default_factory=list)


def add_found_people(
    records: JobRecords, job: Job, client: LeadIQClient, sleep: Callable[[float], None]
) -> LeadIQError | None:
    """Adds those who are not on the list yet; returns the error that interrupted it, if any.

    Others of this ledger who add to the list are waited for, with ``sleep``.
    """

    def is_still_running() -> bool:
        current = records.job(job.id)
        return current is not None and current.state == JobState.RUNNING

    may_change = job.settings.list_started

    def wait() -> bool:
        nonlocal may_change
        may_change = True  # a process that ended within its turn has left a batch on its way
        sleep(TURN_SECONDS)
        return is_still_running()

    try:
        list_id = job.settings.list_id or _find_or_create_list(records, job, client)
    except LeadIQError as error:
        return error
    with list_turn(records.ledger.url, list_id, wait) as is_ours:
        if not is_ours:
            return None
        try:
            listed = _read_list(client, list_id, may_change=may_change)
            records.update_settings(job.id, list_started=True)
        except LeadIQError as error:
            return error
        return _add_unlisted(records, job, client, list_id, listed, is_still_running)


def _read_list(client: LeadIQClient, list_id: str, *, may_change: bool) -> list[Json]:
    """Returns who is on the list.

    A process that was interrupted may have written a batch, and a server may still be writing it.
    So a list that ``may_change`` is read until it no longer does.
    """
    listed = writing.read_settled(client, list_id) if may_change else client.list_prospects(list_id)
    if listed is None:
        raise ServiceError("The list keeps changing.", code="busy")
    return [*listed]


def _add_unlisted(
    records: JobRecords,
    job: Job,
    client: LeadIQClient,
    list_id: str,
    listed: list[Json],
    should_continue: Callable[[], bool],
) -> LeadIQError | None:
    """Adds those who are not among the ``listed``, by person, email or LinkedIn."""
    additions = _unlisted_people(records, job)
    indexes, inputs = additions.indexes, additions.inputs
    plan = duplicates.plan_additions(inputs, listed)
    outcomes = {indexes[at]: ListOutcome(ListStatus.ALREADY_LISTED) for at, _ in plan.listed}
    outcomes |= {indexes[at]: ListOutcome(ListStatus.DUPLICATE) for at in plan.repeated}
    records.set_listed(job.id, outcomes)
    result = writing.add_prospects(
        client, list_id, inputs, plan.new, should_continue=should_continue, listed=listed
    )
    outcomes = {indexes[at]: ListOutcome(ListStatus.ADDED) for at in result.added}
    outcomes |= {
        indexes[at]: ListOutcome(ListStatus.REFUSED, reason) for at, reason in result.failed
    }
    records.set_listed(job.id, outcomes)
    return result.error


def _find_or_create_list(records: JobRecords, job: Job, client: LeadIQClient) -> str:
    """Returns the id of the list of the job's name, which is created if there is none."""
    name = job.settings.list_name
    existing = client.lists()
    same_name = writing.lists_named(existing, name)
    try:
        chosen: Json = (
            same_name[0]
            if same_name
            else writing.create_list(client, name, "", [str(row.get("id")) for row in existing])
        )
    except InvalidRequestError as error:  # the name is taken: somebody else was first
        chosen = next(iter(writing.lists_named(client.lists(), name)), {})
        if error.status != NAME_TAKEN or not chosen:
            raise
    list_id = str(chosen["id"])
    records.update_settings(job.id, list_id=list_id)
    return list_id


def _unlisted_people(records: JobRecords, job: Job) -> _Additions:
    """Returns the people found that have no list outcome yet; who cannot be listed gets theirs.

    That is who has no name, and who is perhaps somebody else: only the user can put them on it.
    """
    additions = _Additions()
    nameless: list[int] = []
    unchecked: list[int] = []
    found = records.rows(job.id, state=RowState.FOUND)
    unlisted = (row for row in found if row.listed is None and row.answer is not None)
    for rows in _chunks(unlisted):
        chunk = [row for row in rows if may_be_listed(job, row)]
        unchecked.extend({row.index for row in rows} - {row.index for row in chunk})
        asked = (asked_for(job, row) for row in chunk)
        people = frames.people((row.answer or {} for row in chunk), asked)
        people.index = [row.index for row in chunk]
        has_name = people["first_name"].notna() & people["last_name"].notna()
        nameless.extend(people.index[~has_name])
        additions.indexes.extend(people.index[has_name])
        additions.inputs.extend(prospect_inputs(people[has_name])[0])
    records.set_listed(job.id, dict.fromkeys(nameless, ListOutcome(ListStatus.NAMELESS)))
    records.set_listed(job.id, dict.fromkeys(unchecked, ListOutcome(ListStatus.UNCHECKED)))
    return additions


def may_be_listed(job: Job, row: Row) -> bool:
    """Whether a person found is the one of the row, or the user wants them on the list anyway."""
    if row.decision is not None:
        return row.decision == Decision.KEPT
    is_exact = match_of_row(job, row, row.answer or {}) == EXACT
    return is_exact or job.settings.include_unchecked


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := [*islice(rows, CHUNK_ROWS)]:
        yield chunk
