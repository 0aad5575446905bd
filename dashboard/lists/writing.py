"""Writing prospects to a list: duplicates are found before, a lost answer is read back after.

LeadIQ removes no duplicates and creating a prospect is not idempotent (its OpenAPI), so what is on
the list already is left out, and what may have been written is looked for before it is sent again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dashboard.ledger.payments import Payments
from dashboard.tables.api_json import Json, rows_at, text_at
from leadiq_api import LeadIQClient, LeadIQError, ServiceError
from leadiq_api.client import BATCH_LIMIT

MAX_ATTEMPTS = 4  # of one batch, each with only what the list does not have
SETTLE_SECONDS = 1.0  # between two reads of a list that may still be written to
MAX_LOOKUPS = 25  # people of one addition looked up on the other lists, one request each

REJECTED = (400, 422)  # statuses of a batch of which nothing was written
MAX_INDEX_DIGITS = len(str(BATCH_LIMIT))

# The fields that a prospect shares with the input it was made of; LeadIQ enriches the others.
COMPARED_FIELDS = (
    "firstName",
    "lastName",
    "workEmail",
    "personId",
    "linkedinUrl",
    "title",
    "notes",
)
Fingerprint = tuple[str, ...]  # the values of COMPARED_FIELDS


class ExistingProspect(NamedTuple):
    """A prospect that LeadIQ already has, and the index of the input that is the same person."""

    input_index: int
    prospect: Json


class RefusedInput(NamedTuple):
    """The index of an input that LeadIQ refused, with its reason."""

    input_index: int
    reason: str


@dataclass(frozen=True)
class AdditionPlan:
    """What an addition would do with each of its inputs, by index.

    ``new`` are to be written. ``repeated`` are the same person as an earlier input. ``listed`` are
    on the list already, ``saved`` on another list.
    """

    new: tuple[int, ...]
    repeated: tuple[int, ...] = ()
    listed: tuple[ExistingProspect, ...] = ()
    saved: tuple[ExistingProspect, ...] = ()


@dataclass
class WriteResult:
    """The outcome of an addition for each of its inputs, by index.

    ``added`` were created, ``attached`` existed and were put on the list. LeadIQ refused
    ``failed``. Because of ``error``, or because the caller stopped, ``unsent`` were not written
    and ``unattached`` not attached. Whether ``unconfirmed`` were written is unknown.
    """

    added: list[int] = field(default_factory=list)
    attached: list[int] = field(default_factory=list)
    failed: list[RefusedInput] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    unattached: list[ExistingProspect] = field(default_factory=list)
    unconfirmed: list[int] = field(default_factory=list)
    error: LeadIQError | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every input is on the list."""
        return not (self.failed or self.unsent or self.unattached or self.unconfirmed or self.error)


# Before writing ----------------------------------------------------------------------------------


def identity_keys(prospect: Json) -> set[tuple[str, str]]:
    """Returns the keys of a prospect, or of an input for one; the same person shares one of them.

    They are LeadIQ's person id, the email and the LinkedIn profile. Only without any of these, the
    key is the name with the company.
    """
    email = (text_at(prospect, "workEmail") or "").strip().lower()
    url = (text_at(prospect, "linkedinUrl") or "").lower().split("?")[0].split("#")[0].rstrip("/")
    keys = {
        ("person", text_at(prospect, "personId") or ""),
        ("email", email),
        ("linkedin", url.partition("linkedin.com/")[2]),
    }
    keys = {(kind, value) for kind, value in keys if value}
    if keys:
        return keys
    company = text_at(prospect, "company.name") or text_at(prospect, "company") or ""
    name = f"{text_at(prospect, 'firstName') or ''} {text_at(prospect, 'lastName') or ''} {company}"
    return {("name", name.strip().lower())}


def plan_additions(
    inputs: Sequence[Json], listed: Iterable[Json], saved: Iterable[Json] = ()
) -> AdditionPlan:
    """Plans an addition of ``ProspectInput`` bodies to a list.

    Args:
        inputs: The bodies.
        listed: The prospects that are on the list.
        saved: The prospects that are on any list.
    """
    on_list = {key: prospect for prospect in listed for key in identity_keys(prospect)}
    on_other_list = {key: prospect for prospect in saved for key in identity_keys(prospect)}
    seen: set[tuple[str, str]] = set()
    new, repeated, already_listed, already_saved = [], [], [], []
    for index, body in enumerate(inputs):
        keys = identity_keys(body)
        if keys & seen:
            repeated.append(index)
        elif shared := keys & on_list.keys():
            already_listed.append(ExistingProspect(index, on_list[shared.pop()]))
        elif shared := keys & on_other_list.keys():
            already_saved.append(ExistingProspect(index, on_other_list[shared.pop()]))
        else:
            new.append(index)
        seen |= keys
    return AdditionPlan(tuple(new), tuple(repeated), tuple(already_listed), tuple(already_saved))


def find_saved_prospects(client: LeadIQClient, inputs: Sequence[Json]) -> list[Json]:
    """Returns prospects of any list that may be the people of the inputs. Free.

    Only the first ``MAX_LOOKUPS`` inputs are looked up: by email, or else by name. Raises
    ``LeadIQError``.
    """
    prospects: list[Json] = []
    for body in inputs[:MAX_LOOKUPS]:
        email = text_at(body, "workEmail")
        if email:
            prospects += client.prospects(email=email)
        else:
            first, last = text_at(body, "firstName") or "", text_at(body, "lastName") or ""
            prospects += client.prospects(first_name=first, last_name=last)
    return prospects


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
    listed: Iterable[Json] | None = None,
) -> WriteResult:
    """Writes prospects to a list, each exactly once as far as that can be known.

    Raises nothing: a ``LeadIQError`` is in the result.

    Args:
        client: The client to write with.
        list_id: The list.
        inputs: ``ProspectInput`` bodies.
        indexes: Which of the inputs are written.
        attach: Existing prospects that are put on the list too; with the index of their input.
        on_progress: Called after each batch with the number of inputs processed so far.
        should_continue: Called between batches; if it returns False, the rest is not sent.
        listed: The prospects on the list, if they were just read.
    """
    result = WriteResult()
    try:
        for existing in attach:
            client.attach_prospect(list_id, str(existing.prospect["id"]))
            result.attached.append(existing.input_index)
        if listed is None:
            listed = client.list_prospects(list_id) if indexes else ()
        on_list = Counter(map(_fingerprint, listed))
    except LeadIQError as error:
        result.error = error
        result.unsent = [*indexes]
        result.unattached = [
            existing for existing in attach if existing.input_index not in result.attached
        ]
        return result
    writer = _BatchWriter(client, list_id, inputs, on_list, result)
    for start in range(0, len(indexes), BATCH_LIMIT):
        if start and not should_continue():
            result.unsent += indexes[start:]
            break
        end = min(start + BATCH_LIMIT, len(indexes))
        writer.write_batch(indexes[start:end])
        if result.error is not None:
            result.unsent += indexes[end:]
            break
        on_progress(end)
    return result


@dataclass
class _BatchWriter:
    """Writes batches of inputs to one list, and never an input twice.

    A batch is sent up to ``MAX_ATTEMPTS`` times. After each request its inputs become:

    * an answer: ``added``, or ``failed`` with LeadIQ's reason. The batch is done.
    * rejected (400, 422) for some inputs: those ``failed``. Nothing was written, so the others are
      sent again.
    * any other refusal: ``added`` if the error reports them as written, else ``unsent``. The
      addition stops.
    * no usable answer: the list is read back.

      - It cannot be read, or keeps changing: ``added`` if the error reports them as written, else
        ``unconfirmed``. The addition stops.
      - They are on it: ``added``.
      - They are missing, and nothing else was added to the list: they are sent again.
      - They are missing, but the list has new prospects that match no input. These may be somebody
        else's, or the inputs in LeadIQ's own spelling: ``unconfirmed``. The addition stops.

    What is missing after the last attempt is ``unsent``, and the addition stops. When it stops,
    ``result.error`` is set.
    """

    client: LeadIQClient
    list_id: str
    inputs: Sequence[Json]
    on_list: Counter[Fingerprint]  # what the list has, as far as is known
    result: WriteResult

    def write_batch(self, indexes: Sequence[int]) -> None:
        """Writes the inputs at ``indexes``, ``BATCH_LIMIT`` at most."""
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
                    self.result.unsent, self.result.error = remaining, error
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
        self.result.unsent = self._record_reported(remaining, answer)
        self.result.error = error
        return []

    def _after_lost_answer(
        self, indexes: list[int], answer: Json, error: ServiceError
    ) -> list[int]:
        """Records what the list shows to be written; returns the indexes to send again."""
        current = _read_back(self.client, self.list_id)
        if current is None:
            self.result.unconfirmed = self._record_reported(indexes, answer)
            self.result.error = error
            return []
        unexplained = current - self.on_list
        missing = [
            index for index in indexes if not _consume_match(self.inputs[index], unexplained)
        ]
        self.result.added += [index for index in indexes if index not in missing]
        self.on_list |= current
        if missing and unexplained.total():
            self.result.unconfirmed, self.result.error = missing, error
            return []
        return missing

    def _record_failed(self, indexes: list[int], reasons: Mapping[int, str]) -> list[int]:
        """Records the refused inputs, by position in the request; returns the other indexes."""
        self.result.failed += [
            RefusedInput(indexes[position], reason)
            for position, reason in reasons.items()
            if position < len(indexes)
        ]
        return [index for position, index in enumerate(indexes) if position not in reasons]

    def _record_added(self, indexes: list[int]) -> None:
        self.on_list.update(_fingerprint(self.inputs[index]) for index in indexes)
        self.result.added += indexes

    def _record_reported(self, indexes: list[int], answer: Json) -> list[int]:
        """Records the inputs that a failed request reports as written; returns the others."""
        reported = Counter(map(_fingerprint, answer.get("succeeded", ())))
        written, others = [], []
        for index in indexes:
            fingerprint = _fingerprint(self.inputs[index])
            if reported[fingerprint]:
                reported[fingerprint] -= 1
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
        current = Counter(map(_fingerprint, prospects))
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
    return None if prospects is None else Counter(map(_fingerprint, prospects))


def _consume_match(body: Json, unexplained: Counter[Fingerprint]) -> bool:
    """Removes the prospect that was made of ``body``; returns whether there was one.

    It has the same fields, or else is the same person: LeadIQ may spell an address in its own way.
    """
    match = _fingerprint(body)
    if not unexplained[match]:
        keys = identity_keys({name: body.get(name) for name in COMPARED_FIELDS})
        same_person = (
            fingerprint
            for fingerprint in +unexplained
            if keys & identity_keys(dict(zip(COMPARED_FIELDS, fingerprint, strict=True)))
        )
        match = next(same_person, match)
    if not unexplained[match]:
        return False
    unexplained[match] -= 1
    return True


def _fingerprint(prospect: Json) -> Fingerprint:
    return tuple((text_at(prospect, name) or "").strip() for name in COMPARED_FIELDS)


# Lists and emails --------------------------------------------------------------------------------


def create_list(
    client: LeadIQClient, name: str, description: str, existing_ids: Iterable[str]
) -> Json:
    """Creates a list and returns it.

    ``existing_ids`` are the ids of all lists before. After a lost answer the lists are read back,
    and the list is created again only if it is missing. Raises ``LeadIQError``, with status 409 if
    the name is taken.
    """
    before = {*existing_ids}
    attempts = 0
    while True:
        attempts += 1
        try:
            return client.create_list(name, description)
        except ServiceError:
            created = _find_new_list(client, name, before)
            if created is not None:
                return created
            if attempts == MAX_ATTEMPTS:
                raise


def _find_new_list(client: LeadIQClient, name: str, before: set[str]) -> Json | None:
    wanted = name.strip().casefold()
    for row in client.lists():
        if (text_at(row, "name") or "").strip().casefold() == wanted and row.get(
            "id"
        ) not in before:
            return row
    return None


def verify_email(payments: Payments, client: LeadIQClient, prospect: Json) -> str | None:
    """Verifies a prospect's email within the budget and returns its new status.

    After a lost answer the prospect is read back: if it has changed since ``prospect`` was read,
    the verification took effect and the status it has now is returned. Raises ``LeadIQError``,
    also if it has not changed.
    """
    prospect_id = str(prospect.get("id"))
    try:
        answer = payments.pay_verification(lambda: client.verify_prospect_email(prospect_id))
        return text_at(answer, "status")
    except ServiceError:
        current = client.prospect(prospect_id)
        if current.get("updatedAt") == prospect.get("updatedAt"):
            raise
        return text_at(current, "emailStatus")
