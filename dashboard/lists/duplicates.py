"""Finding duplicates before prospects are written: LeadIQ does not remove them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.identity.company import company_key
from dashboard.identity.email import read_emails
from dashboard.identity.linkedin import read_linkedin
from dashboard.identity.names import read_name
from dashboard.identity.words import fold
from dashboard.tables.api_json import Json, text_at

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


def identity_keys(prospect: Json) -> set[tuple[str, str]]:
    """Returns the keys of a prospect, or of an input for one; the same person shares one of them.

    They are LeadIQ's person id, the addresses and the LinkedIn profile, each in its canonical form;
    a shared mailbox is nobody's. Only without any of these, the key is the name with the company.
    """
    emails = read_emails(text_at(prospect, "workEmail") or "")
    keys = {
        ("person", text_at(prospect, "personId") or ""),
        ("linkedin", read_linkedin(text_at(prospect, "linkedinUrl") or "").url),
        *(("email", address) for address in (*emails.work, *emails.personal)),
    }
    keys = {(kind, value) for kind, value in keys if value}
    if keys:
        return keys
    first, last = text_at(prospect, "firstName") or "", text_at(prospect, "lastName") or ""
    name = read_name("", first, last).full or f"{first} {last}"
    company = text_at(prospect, "company.name") or text_at(prospect, "company") or ""
    return {("name", f"{fold(name)} {company_key(company)}".strip())}


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


def fingerprint(prospect: Json) -> Fingerprint:
    """Returns the values that a prospect shares with the input it was made of."""
    return tuple((text_at(prospect, name) or "").strip() for name in COMPARED_FIELDS)
