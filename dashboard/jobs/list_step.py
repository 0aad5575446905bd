"""The people that a job found, put on its list: read back first, nobody twice."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.jobs.model import FOUND, RUNNING, Job
from dashboard.jobs.records import JobRecords
from dashboard.lists import duplicates, writing
from dashboard.lists.inputs import prospect_inputs
from dashboard.tables import frames
from dashboard.tables.api_json import Json
from leadiq_api import LeadIQClient, LeadIQError, ServiceError

ADDED, THERE, NAMELESS, SAME = "added", "on it already", "no first or last name", "repeated"


def add_found_people(records: JobRecords, job: Job, client: LeadIQClient) -> LeadIQError | None:
    """Writes who is not on the list yet; gives the error that came in between.

    A process that ended in the middle may have written a batch, and a server may still be at it.
    So a list that was begun is read until it rests, and who is on it, by person, email or
    LinkedIn, is not sent again.
    """
    try:
        list_id = job.settings.list_id or _find_or_create_list(records, job, client)
        if job.settings.list_begun:
            listed = writing.read_settled(client, list_id)
            if listed is None:
                return ServiceError("The list does not come to rest.", code="busy")
        else:
            listed = [*client.list_prospects(list_id)]
            records.change(job.id, list_begun=True)
    except LeadIQError as error:
        return error
    places, inputs = _inputs(records, job)
    found = duplicates.plan_additions(inputs, listed)
    already = {places[at]: THERE for at, _ in found.listed}
    records.set_listed(job.id, already | {places[at]: SAME for at in found.repeated})

    def goes_on() -> bool:
        now = records.job(job.id)
        return now is not None and now.state == RUNNING

    done = writing.add_prospects(
        client, list_id, inputs, found.new, should_continue=goes_on, listed=listed
    )
    told: dict[int, str] = {places[at]: ADDED for at in done.added}
    told |= {places[at]: f"refused: {reason}" for at, reason in done.failed}
    records.set_listed(job.id, told)
    return done.error


def _find_or_create_list(records: JobRecords, job: Job, client: LeadIQClient) -> str:
    """The list of the job's name, made where there is none."""
    name = job.settings.list_name
    known = client.lists()
    same = [
        row for row in known if str(row.get("name")).strip().casefold() == name.strip().casefold()
    ]
    made: Json = (
        same[0]
        if same
        else writing.create_list(client, name, "", [str(row.get("id")) for row in known])
    )
    list_id = str(made["id"])
    records.change(job.id, list_id=list_id)
    return list_id


def _inputs(records: JobRecords, job: Job) -> tuple[list[int], list[dict[str, object]]]:
    """Places and ``ProspectInput`` bodies of the people found that are not on the list yet."""
    places: list[int] = []
    inputs: list[dict[str, object]] = []
    nameless: dict[int, str] = {}
    chunk: dict[int, Mapping[str, object]] = {}

    def flush() -> None:
        people = frames.people(chunk.values())
        people.index = [*chunk]
        named = people["first_name"].notna() & people["last_name"].notna()
        nameless.update(dict.fromkeys(people.index[~named], NAMELESS))
        places.extend(people.index[named])
        inputs.extend(prospect_inputs(people[named])[0])
        chunk.clear()

    for row in records.rows(job.id, state=FOUND):
        if not row.listed and row.answer is not None:
            chunk[row.place] = row.answer
        if len(chunk) == 1_000:
            flush()
    if chunk:
        flush()
    records.set_listed(job.id, nameless)
    return places, inputs
