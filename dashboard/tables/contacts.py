"""A person's one current position, and the addresses and numbers that belong to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.formatting import ENUM_LABELS
from dashboard.identity.company import Company, company_key, same_company
from dashboard.identity.domain import is_mail_provider, registered
from dashboard.identity.person import Person, read_person
from dashboard.identity.words import fold
from dashboard.tables.api_json import (
    Json,
    company_phones,
    direct_phones,
    emails_of,
    personal_emails,
    phones_of,
    rows_at,
    text_at,
    work_emails,
)

NOBODY = Person()  # whom an id alone names
MIN_SHARED = 3  # letters of a name and a domain that do not agree by chance
MOBILE = "PersonalMobile"  # the type of the numbers that Prospector calls mobile
# Where a ``SearchPeopleInput`` names a person; a row's fields have the same names.
ASKED_BY = ("fullName", "firstName", "lastName", "email", "company.name", "company.domain")


def asked_by(input: Json) -> Person:
    """Returns whom a ``SearchPeopleInput``, or a prospect, names."""
    return read_person({path: (found,) for path in ASKED_BY if (found := text_at(input, path))})


def positions_of(person: Json, asked: Person = NOBODY) -> list[Json]:
    """Returns a person's current positions, the one requested first.

    It is the one at the company requested, else the one with an address requested, else one at the
    domain of such an address. Without any of them, LeadIQ's own order stays.
    """
    positions = rows_at(person, "currentPositions")
    if len(positions) > 1:
        positions.sort(key=lambda position: _distance(position, asked))
    return positions


def _distance(position: Json, asked: Person) -> int:
    """Returns how far a position is from the one requested."""
    company = position.get("companyInfo") or {}
    values = {(text_at(row, "value") or "").lower() for row in rows_at(position, "emails")}
    sites = [
        address.rpartition("@")[2] for address in asked.emails if not is_mail_provider(address)
    ]
    fits = (
        is_company(company, asked.company),
        not values.isdisjoint(asked.emails),
        any(is_company(company, Company(domain=registered(site))) for site in sites),
        text_at(position, "title") is not None or text_at(company, "name") is not None,
    )
    return next((rank for rank, fit in enumerate(fits) if fit), len(fits))


def is_company(company: Json, asked: Company) -> bool:
    """Whether a company of the API is the one requested, by its name or its domain.

    Without company information a company has a name alone, which then has to fit the domain.
    """
    name, domain = text_at(company, "name") or "", text_at(company, "domain") or ""
    return bool(
        (asked.name and name and same_company(asked.name, name))
        or (asked.domain and domain and registered(domain.lower()) == asked.domain)
        or (asked.domain and name and not domain and _fits_domain(name, asked.domain))
    )


def _fits_domain(name: str, domain: str) -> bool:
    """Whether a company's name and a domain can be of one company: one begins with the other.

    A few letters have to be a whole word: ge.com is that of GE Healthcare, not of Genpact.
    """
    key, label = company_key(name), domain.partition(".")[0].replace("-", "")
    if min(len(key), len(label)) < MIN_SHARED:
        return bool(label) and label in (key, *fold(name).split()[:1])
    return key.startswith(label) or label.startswith(key)


def with_position(person: Json, asked: Person = NOBODY) -> dict[str, Any]:
    """Returns a person with the position requested, and the contact data of that position.

    ``workEmail`` and ``companyPhone`` are those of the ``position``, ``directPhone`` is of it or
    private, ``personalEmail`` is private. ``otherEmails`` and ``otherPhones`` are the rest.
    """
    position = next(iter(positions_of(person, asked)), {})
    work, personal = _first(work_emails([position])), _first(personal_emails(person))
    direct, shared = _first(direct_phones(person, [position])), _first(company_phones([position]))
    return {
        **person,
        "position": position,
        "workEmail": work,
        "personalEmail": personal,
        "otherEmails": _in_words(emails_of(person), (work, personal)),
        "directPhone": direct,
        "companyPhone": shared,
        "otherPhones": _in_words(phones_of(person), (direct, shared)),
    }


def _first(contacts: Sequence[Json]) -> Json:
    return next(iter(contacts), {})


def _in_words(contacts: Iterable[Json], without: Sequence[Json]) -> str:
    """Returns contacts as ``Work: jane@acme.com (Likely verified)``, ``without`` some of them."""
    shown = {contact.get("value") for contact in without}
    return "; ".join(_contact_in_words(row) for row in contacts if row["value"] not in shown)


def _contact_in_words(contact: Json) -> str:
    kind, status = _label(contact, "type"), _label(contact, "status")
    # The number is never first in its cell, where a spreadsheet would calculate it.
    return f"{kind or 'Other'}: {contact['value']}" + (f" ({status})" if status else "")


def _label(contact: Json, path: str) -> str:
    word = text_at(contact, path) or ""
    return ENUM_LABELS.get(word, word)
