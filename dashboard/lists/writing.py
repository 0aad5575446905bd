"""Writing prospects to a list: duplicates found before, a lost answer read back after.

LeadIQ removes no duplicates and creating is not idempotent (OpenAPI), so what is already there is
left out, and what may have been written is looked for before it is sent again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.ledger.payments import Payments
from dashboard.tables.api_json import Json, text_at
from leadiq_api import LeadIQClient, LeadIQError, ServiceError

BATCH_SIZE = 100  # prospects of a request, as Prospector allows
ATTEMPTS = 4  # of one batch, each only with what the list does not have
SETTLE_SECONDS = 1.0  # between two looks at a list that somebody may still be writing to
LOOKED_UP = 25  # people of one addition that are looked for on the other lists, a request each

# What a prospect that was made of an input has in common with it; LeadIQ enriches the rest.
COMPARED_FIELDS = (
    "firstName",
    "lastName",
    "workEmail",
    "personId",
    "linkedinUrl",
    "title",
    "notes",
)


@dataclass(frozen=True)
class AdditionPlan:
    """What an addition would write. Places are those of the inputs.

    ``repeated`` are the same person as an input before; ``listed`` are on the list already, and
    ``saved`` on another one: (place, prospect).
    """

    new: tuple[int, ...]
    repeated: tuple[int, ...] = ()
    listed: tuple[tuple[int, Json], ...] = ()
    saved: tuple[tuple[int, Json], ...] = ()


@dataclass
class WriteResult:
    """What became of an addition. Places are those of the inputs.

    ``failed`` were refused, with LeadIQ's reason; ``unsent`` were not written, and ``unattached``
    existing prospects not attached, since ``error`` came first; of ``unsure`` nobody knows.
    """

    added: list[int] = field(default_factory=list)
    attached: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    unattached: list[tuple[int, Json]] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    error: LeadIQError | None = None


def identity(prospect: Json) -> set[tuple[str, str]]:
    """What tells that two prospects, or inputs for one, are the same person.

    By LeadIQ's person id, by email, or by LinkedIn; where there is none of them, by name and
    company.
    """
    person, email = text_at(prospect, "personId"), text_at(prospect, "workEmail")
    url = (text_at(prospect, "linkedinUrl") or "").lower().split("?")[0].split("#")[0].rstrip("/")
    slug = url.partition("linkedin.com/")[2]
    found = {("person", person or ""), ("email", (email or "").strip().lower()), ("linkedin", slug)}
    found = {pair for pair in found if pair[1]}
    company = text_at(prospect, "company.name") or text_at(prospect, "company") or ""
    name = f"{text_at(prospect, 'firstName') or ''} {text_at(prospect, 'lastName') or ''} {company}"
    return found or {("name", name.strip().lower())}


def plan_additions(
    inputs: Sequence[Json], listed: Iterable[Json], saved: Iterable[Json] = ()
) -> AdditionPlan:
    """Which inputs are new to a list that has ``listed``; ``saved`` are on the other lists."""
    on_list = {one: prospect for prospect in listed for one in identity(prospect)}
    elsewhere = {one: prospect for prospect in saved for one in identity(prospect)}
    seen: set[tuple[str, str]] = set()
    new, repeated, found, kept = [], [], [], []
    for place, body in enumerate(inputs):
        keys = identity(body)
        if keys & seen:
            repeated.append(place)
        elif keys & on_list.keys():
            found.append((place, on_list[next(iter(keys & on_list.keys()))]))
        elif keys & elsewhere.keys():
            kept.append((place, elsewhere[next(iter(keys & elsewhere.keys()))]))
        else:
            new.append(place)
        seen |= keys
    return AdditionPlan(tuple(new), tuple(repeated), tuple(found), tuple(kept))


def find_saved_prospects(client: LeadIQClient, inputs: Sequence[Json]) -> list[Json]:
    """Prospects of any list that may be these people; of up to ``LOOKED_UP`` of them. Free."""
    found: list[Json] = []
    for body in inputs[:LOOKED_UP]:
        email = text_at(body, "workEmail")
        if email:
            found += client.prospects(email=email)
        else:
            first, last = text_at(body, "firstName") or "", text_at(body, "lastName") or ""
            found += client.prospects(first_name=first, last_name=last)
    return found


def add_prospects(
    client: LeadIQClient,
    list_id: str,
    inputs: Sequence[Json],
    places: Sequence[int],
    attach: Sequence[tuple[int, Json]] = (),
    told: Callable[[int], bool | None] = lambda _: None,
    listed: Iterable[Json] | None = None,
) -> WriteResult:
    """Writes the inputs at ``places`` to a list and attaches existing prospects; raises nothing.

    A batch without an answer is looked for on the list, and only what is missing is sent again.
    ``told`` hears how many are done, after each batch; where it says False, the rest is left.
    ``listed`` is what the list has, where that was just read.
    """
    done = WriteResult()
    try:
        for place, prospect in attach:
            client.attach_prospect(list_id, str(prospect["id"]))
            done.attached.append(place)
        if listed is None:
            listed = client.list_prospects(list_id) if places else ()
        before = Counter(map(_fingerprint, listed))
    except LeadIQError as error:
        done.error = error
        done.unsent = [*places]
        done.unattached = [pair for pair in attach if pair[0] not in done.attached]
        return done
    for start in range(0, len(places), BATCH_SIZE):
        _write(client, list_id, inputs, [*places[start : start + BATCH_SIZE]], before, done)
        if done.error is not None:
            reported = {*done.added, *done.unsure, *done.unsent, *(row for row, _ in done.failed)}
            done.unsent += [place for place in places if place not in reported]
            break
        if told(min(start + BATCH_SIZE, len(places))) is False:
            done.unsent += places[start + BATCH_SIZE :]
            break
    return done


def _write(
    client: LeadIQClient,
    list_id: str,
    inputs: Sequence[Json],
    left: list[int],
    before: Counter[tuple[str, ...]],
    done: WriteResult,
) -> None:
    """Writes one batch; ``before`` counts what the list had, and is kept up to date."""
    error: LeadIQError | None = None
    for _ in range(ATTEMPTS):
        try:
            answer = client.add_prospects(list_id, [dict(inputs[place]) for place in left])
            error = None
        except LeadIQError as raised:
            error = raised
            answer = error.data if isinstance(error.data, dict) else {}
        refused = {row["index"]: str(row.get("reason")) for row in answer.get("failed", ())}
        if error is not None and error.status in (400, 422):
            refused |= named_rows(answer.get("details"))
        refused = {index: reason for index, reason in refused.items() if index < len(left)}
        done.failed += [(left[index], reason) for index, reason in refused.items()]
        left = [place for index, place in enumerate(left) if index not in refused]
        if error is None:
            before.update(_fingerprint(inputs[place]) for place in left)
            done.added += left
            return
        if refused and error.status in (400, 422):
            if not left:
                return
            continue  # nothing of this batch was written; the others are sent without those
        if not isinstance(error, ServiceError):
            _count_written(answer, inputs, left, before, done)
            done.unsent, done.error = left, error
            return
        found = _read_back(client, list_id)
        if found is None:
            _count_written(answer, inputs, left, before, done)
            done.unsure, done.error = left, error
            return
        fresh = found - before
        missing = [place for place in left if not _consume_match(inputs[place], fresh)]
        done.added += [place for place in left if place not in missing]
        before |= found
        left = missing
        if not left:
            return
        if fresh.total():  # somebody wrote what nobody here sent: it may be theirs or ours
            done.unsure, done.error = left, error
            return
    done.unsent, done.error = left, error


def _consume_match(body: Json, fresh: Counter[tuple[str, ...]]) -> bool:
    """Takes a prospect that was made of ``body`` out of ``fresh``; whether there was one.

    The same fields, or else the same person: LeadIQ may write an address in its own way.
    """
    one = _fingerprint(body)
    if not fresh[one]:
        alike = (
            row
            for row in +fresh
            if identity(dict(zip(COMPARED_FIELDS, row, strict=True)))
            & identity({name: body.get(name) for name in COMPARED_FIELDS})
        )
        one = next(alike, one)
    if not fresh[one]:
        return False
    fresh[one] -= 1
    return True


def create_list(client: LeadIQClient, name: str, description: str, known: Iterable[str]) -> Json:
    """A new list. ``known`` are the ids of the lists there were before.

    After a lost answer the lists are read back, and only a missing one is asked for again. Raises
    ``LeadIQError``; of status 409 where the name is taken.
    """
    before = {*known}
    for left in range(ATTEMPTS, 0, -1):
        try:
            return client.create_list(name, description)
        except ServiceError:
            for row in client.lists():
                same = (text_at(row, "name") or "").strip().casefold() == name.strip().casefold()
                if same and row.get("id") not in before:
                    return row
            if left == 1:
                raise
    raise AssertionError("unreachable")


def verify_email(payments: Payments, client: LeadIQClient, prospect: Json) -> str | None:
    """Verifies a prospect's address within the budget and gives the new status.

    After a lost answer the prospect is read back: where it has changed since, that was the
    verification. Raises ``LeadIQError``, where that cannot be told as well.
    """
    prospect_id = str(prospect.get("id"))
    try:
        answer = payments.pay_verification(lambda: client.verify_prospect_email(prospect_id))
        return text_at(answer, "status")
    except ServiceError:
        now = client.prospect(prospect_id)
        if now.get("updatedAt") == prospect.get("updatedAt"):
            raise
        return text_at(now, "emailStatus")


def _count_written(
    answer: Json, inputs: Sequence[Json], left: list[int], before: Counter[Any], done: WriteResult
) -> None:
    """Takes what a failed request reports as written out of ``left``."""
    wrote = Counter(map(_fingerprint, answer.get("succeeded", ())))
    for place in [*left]:
        one = _fingerprint(inputs[place])
        if wrote[one]:
            wrote[one] -= 1
            before[one] += 1
            left.remove(place)
            done.added.append(place)


def read_settled(client: LeadIQClient, list_id: str) -> list[Json] | None:
    """What a list has, once two looks at it agree; None where it does not come to rest.

    For when somebody, or a lost request of our own, may still be writing to it. Raises
    ``LeadIQError``.
    """
    last = None
    for _ in range(ATTEMPTS):
        found: list[Json] = [*client.list_prospects(list_id)]
        counted = Counter(map(_fingerprint, found))
        if counted == last:
            return found
        last = counted
        time.sleep(SETTLE_SECONDS)
    return None


def _read_back(client: LeadIQClient, list_id: str) -> Counter[tuple[str, ...]] | None:
    """What the list has, or None where it cannot be told."""
    try:
        found = read_settled(client, list_id)
    except LeadIQError:
        return None
    return None if found is None else Counter(map(_fingerprint, found))


def _fingerprint(prospect: Json) -> tuple[str, ...]:
    return tuple((text_at(prospect, name) or "").strip() for name in COMPARED_FIELDS)


def named_rows(details: Any) -> dict[int, str]:
    """The rows that a refused batch names, with the reason: ``{path: "3.workEmail", message}``."""
    found: dict[int, str] = {}
    for row in details if isinstance(details, list) else ():
        path = text_at(row, "path") or ""
        index, _, name = path.lstrip("/[").replace("]", "").replace("/", ".").partition(".")
        if index.isdecimal() and len(index) < 4:  # a batch has no thousands
            found.setdefault(
                int(index), f"{name} {text_at(row, 'message') or 'is refused'}".strip()
            )
    return found
