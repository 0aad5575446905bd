"""Writing prospects to a list: duplicates are found before, a lost answer is read back after.

LeadIQ removes no duplicates and creating a prospect is not idempotent (its OpenAPI), so what is on
the list already is left out, and what may have been written is looked for before it is sent again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from dashboard.lists.duplicates import (
    COMPARED_FIELDS,
    ExistingProspect,
    Fingerprint,
    fingerprint,
    identity_keys,
    plan_additions,
)
from dashboard.tables.api_json import Json, rows_at, text_at
from leadiq_api import LeadIQClient, LeadIQError, ServiceError
from leadiq_api.prospector import BATCH_LIMIT

MAX_ATTEMPTS = 4  # of one batch, each with only what the list does not have
SETTLE_SECONDS = 1.0  # between two reads of a list that may still be written to

REJECTED = (400, 422)  # statuses of a batch of which nothing was written
MAX_INDEX_DIGITS = len(str(BATCH_LIMIT))


class RefusedInput(NamedTuple):
    """The index of an input that LeadIQ refused, with its reason."""

    input_index: int
    reason: str


@dataclass
class WriteResult:
    """The outcome of an addition for each of its inputs, by index.

    ``added`` were created, ``attached`` existed and were put on the list. Somebody else put
    ``listed`` on it meanwhile. LeadIQ refused ``failed``. So far, because of ``error``, or because
    the caller stopped, ``unsent`` were not written and ``unattached`` not attached. Whether
    ``unconfirmed`` were written is unknown.
    """

    added: list[int] = field(default_factory=list)
    attached: list[int] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    failed: list[RefusedInput] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    unattached: list[ExistingProspect] = field(default_factory=list)
    unconfirmed: list[int] = field(default_factory=list)
    error: LeadIQError | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every input is on the list."""
        return not (self.failed or self.unsent or self.unattached or self.unconfirmed or self.error)


# Writing -----------------------------------------------------------------------------------------


def add_prospects(
    client: LeadIQClient,
    list_id: str,
    inputs: Sequence[Json],
    indexes: Sequence[int],
    attach: Sequence[ExistingProspect] = (),
    *,
    on_progress: Callable[[int], object] = lambda _: None,
    should_continue: Callable[[], bool] = lambda: True,
    listed: Sequence[Json] | None = None,
    known: Collection[str] | None = None,
    result: WriteResult | None = None,
) -> WriteResult:
    """Writes prospects to a list, each exactly once as far as that can be known.

    Raises what ``on_progress`` raises: a ``LeadIQError`` is in the result.

    Args:
        client: The client to write with.
        list_id: The list.
        inputs: ``ProspectInput`` bodies.
        indexes: Which of the inputs are written.
        attach: Existing prospects that are put on the list too; with the index of their input.
        on_progress: Called after each batch with the number of inputs processed so far.
        should_continue: Called between batches; if it returns False, the rest is not sent.
        listed: The prospects on the list, if they were just read.
        known: The ids of those who were on the list when the addition was planned. Who is the same
            person as somebody who was added since is not written.
        result: Follows each step, for a caller that may be stopped before this returns.
    """
    result = WriteResult() if result is None else result
    result.unsent, result.unattached = [*indexes], [*attach]
    try:
        _attach(client, list_id, result)
        if listed is None:
            listed = client.list_prospects(list_id) if indexes else []
        on_list = Counter(map(fingerprint, listed))
    except LeadIQError as error:
        result.error = error
        return result
    if known is not None:
        added_since = [row for row in listed if str(row.get("id")) not in known]
        _leave_out_listed(inputs, added_since, result)
    _BatchWriter(client, list_id, inputs, on_list, result).write(on_progress, should_continue)
    return result


def _leave_out_listed(
    inputs: Sequence[Json], added_since: Sequence[Json], result: WriteResult
) -> None:
    """Leaves out who is the same person as somebody who was added since."""
    plan = plan_additions([inputs[index] for index in result.unsent], added_since)
    result.listed = [result.unsent[existing.input_index] for existing in plan.listed]
    result.unsent = [index for index in result.unsent if index not in {*result.listed}]


def _attach(client: LeadIQClient, list_id: str, result: WriteResult) -> None:
    while result.unattached:
        existing = result.unattached[0]
        client.attach_prospect(list_id, str(existing.prospect["id"]))
        result.attached.append(result.unattached.pop(0).input_index)


@dataclass
class _BatchWriter:
    """Writes batches of inputs to one list, and never an input twice.

    A batch is sent up to ``MAX_ATTEMPTS`` times. After each request its inputs become:

    * an answer: ``added``, or ``failed`` with LeadIQ's reason. The batch is done.
    * rejected (400, 422) for some inputs: those ``failed``. Nothing was written, so the others are
      sent again.
    * any other refusal: ``added`` if the error reports them as written; the others stay
      ``unsent``. The addition stops.
    * no usable answer: the list is read back.

      - It cannot be read, or keeps changing: ``added`` if the error reports them as written, else
        ``unconfirmed``. The addition stops.
      - They are on it: ``added``.
      - They are missing, and nothing else was added to the list: they are sent again.
      - They are missing, but the list has new prospects that match no input. These may be somebody
        else's, or the inputs in LeadIQ's own spelling: ``unconfirmed``. The addition stops.

    What is missing after the last attempt stays ``unsent``, and the addition stops. When it stops,
    ``result.error`` is set.
    """

    client: LeadIQClient
    list_id: str
    inputs: Sequence[Json]
    on_list: Counter[Fingerprint]  # what the list has, as far as is known
    result: WriteResult

    def write(
        self, on_progress: Callable[[int], object], should_continue: Callable[[], bool]
    ) -> None:
        """Writes what is unsent, batch by batch, as ``add_prospects`` does."""
        indexes = [*self.result.unsent]
        for start in range(0, len(indexes), BATCH_LIMIT):
            if start and not should_continue():
                return
            end = min(start + BATCH_LIMIT, len(indexes))
            self._write_batch(indexes[start:end])
            if self.result.error is not None:
                return
            on_progress(end)

    def _write_batch(self, indexes: Sequence[int]) -> None:
        remaining = [*indexes]
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                answer = self.client.add_prospects(
                    self.list_id, [dict(self.inputs[index]) for index in remaining]
                )
            except LeadIQError as error:
                remaining = self._after_failure(remaining, error)
                if not remaining:
                    return
                if attempt == MAX_ATTEMPTS:
                    self.result.error = error
            else:
                self._record_added(self._record_failed(remaining, _failed_reasons(answer)))
                return

    def _after_failure(self, indexes: list[int], error: LeadIQError) -> list[int]:
        """Records what is known after a failed request; returns the indexes to send again."""
        answer = error.data if isinstance(error.data, dict) else {}
        reasons = _failed_reasons(answer)
        if error.status in REJECTED:
            reasons |= reasons_by_index(answer.get("details"))
        remaining = self._record_failed(indexes, reasons)
        if error.status in REJECTED and len(remaining) < len(indexes):
            return remaining
        if isinstance(error, ServiceError):
            return self._after_lost_answer(remaining, answer, error)
        self._record_reported(remaining, answer)
        self.result.error = error
        return []

    def _after_lost_answer(
        self, indexes: list[int], answer: Json, error: ServiceError
    ) -> list[int]:
        """Records what the list shows to be written; returns the indexes to send again."""
        current = _read_back(self.client, self.list_id)
        if current is None:
            self._record_unconfirmed(self._record_reported(indexes, answer), error)
            return []
        unexplained = current - self.on_list
        missing = [
            index for index in indexes if not _consume_match(self.inputs[index], unexplained)
        ]
        written = [index for index in indexes if index not in missing]
        self.result.added += written
        self._mark_sent(written)
        self.on_list |= current
        if missing and unexplained.total():
            self._record_unconfirmed(missing, error)
            return []
        return missing

    def _record_unconfirmed(self, indexes: list[int], error: LeadIQError) -> None:
        self.result.unconfirmed, self.result.error = indexes, error
        self._mark_sent(indexes)

    def _mark_sent(self, indexes: Iterable[int]) -> None:
        """Takes inputs out of ``unsent``: another list of the result has them."""
        sent = {*indexes}
        self.result.unsent = [index for index in self.result.unsent if index not in sent]

    def _record_failed(self, indexes: list[int], reasons: Mapping[int, str]) -> list[int]:
        """Records the refused inputs, by position in the request; returns the other indexes."""
        failed = [
            RefusedInput(indexes[position], reason)
            for position, reason in reasons.items()
            if position < len(indexes)
        ]
        self.result.failed += failed
        self._mark_sent(refused.input_index for refused in failed)
        return [index for position, index in enumerate(indexes) if position not in reasons]

    def _record_added(self, indexes: list[int]) -> None:
        self.on_list.update(fingerprint(self.inputs[index]) for index in indexes)
        self.result.added += indexes
        self._mark_sent(indexes)

    def _record_reported(self, indexes: list[int], answer: Json) -> list[int]:
        """Records the inputs that a failed request reports as written; returns the others."""
        reported = Counter(map(fingerprint, answer.get("succeeded", ())))
        written, others = [], []
        for index in indexes:
            values = fingerprint(self.inputs[index])
            if reported[values]:
                reported[values] -= 1
                written.append(index)
            else:
                others.append(index)
        self._record_added(written)
        return others


def _failed_reasons(answer: Json) -> dict[int, str]:
    """The reasons in an answer's ``failed``, by position in the request."""
    return {row["index"]: str(row.get("reason")) for row in answer.get("failed", ())}


def reasons_by_index(details: Any) -> dict[int, str]:
    """Returns the reasons of a rejected batch by position in the request.

    ``details`` are LeadIQ's, such as ``[{"path": "3.workEmail", "message": "…"}]``; what has
    another form is ignored.
    """
    reasons: dict[int, str] = {}
    for row in rows_at({"details": details}, "details"):
        path = text_at(row, "path") or ""
        index, _, name = path.lstrip("/[").replace("]", "").replace("/", ".").partition(".")
        if index.isdecimal() and len(index) <= MAX_INDEX_DIGITS:
            message = text_at(row, "message") or "is refused"
            reasons.setdefault(int(index), f"{name} {message}".strip())
    return reasons


# Reading back ------------------------------------------------------------------------------------


def read_settled(client: LeadIQClient, list_id: str) -> list[Json] | None:
    """Returns a list's prospects once two reads agree; None if the list keeps changing.

    For a list that somebody else, or a lost request of our own, may still be writing to. Raises
    ``LeadIQError``.
    """
    previous = None
    for _ in range(MAX_ATTEMPTS):
        prospects: list[Json] = [*client.list_prospects(list_id)]
        current = Counter(map(fingerprint, prospects))
        if current == previous:
            return prospects
        previous = current
        time.sleep(SETTLE_SECONDS)
    return None


def _read_back(client: LeadIQClient, list_id: str) -> Counter[Fingerprint] | None:
    """What the list has; None if it cannot be read or keeps changing."""
    try:
        prospects = read_settled(client, list_id)
    except LeadIQError:
        return None
    return None if prospects is None else Counter(map(fingerprint, prospects))


def _consume_match(body: Json, unexplained: Counter[Fingerprint]) -> bool:
    """Removes the prospect that was made of ``body``; returns whether there was one.

    It has the same fields, or else is the same person: LeadIQ may spell an address in its own way.
    """
    match = fingerprint(body)
    if not unexplained[match]:
        keys = identity_keys({name: body.get(name) for name in COMPARED_FIELDS})
        same_person = (
            candidate
            for candidate in +unexplained
            if keys & identity_keys(dict(zip(COMPARED_FIELDS, candidate, strict=True)))
        )
        match = next(same_person, match)
    if not unexplained[match]:
        return False
    unexplained[match] -= 1
    return True


# Lists --------------------------------------------------------------------------------


def create_list(
    client: LeadIQClient, name: str, description: str, existing_ids: Iterable[str]
) -> Json:
    """Creates a list and returns it, as ``create_once`` does."""
    create = partial(client.create_list, name, description)
    return create_once(create, client.lists, name, existing_ids)


def create_once(
    create: Callable[[], Json],
    read_lists: Callable[[], Iterable[Json]],
    name: str,
    existing_ids: Iterable[str],
) -> Json:
    """Creates a list of people or companies and returns it.

    ``existing_ids`` are the ids of all lists before. After a lost answer the lists are read back,
    and the list is created again only if it is missing. Raises ``LeadIQError``, with status 409 if
    the name is taken.
    """
    before = {*existing_ids}
    attempts = 0
    while True:
        attempts += 1
        try:
            return create()
        except ServiceError:
            named = lists_named(read_lists(), name)
            created = next((row for row in named if row.get("id") not in before), None)
            if created is not None:
                return created
            if attempts == MAX_ATTEMPTS:
                raise


def lists_named(lists: Iterable[Json], name: str) -> list[Json]:
    """Returns the lists of this name, whatever its case: LeadIQ takes a name only once."""
    wanted = name.strip().casefold()
    return [row for row in lists if (text_at(row, "name") or "").strip().casefold() == wanted]
