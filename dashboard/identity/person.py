"""Which person the cells of a row name, and the ways to look them up. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dashboard.identity.company import Company, company_key, read_company
from dashboard.identity.email import read_emails
from dashboard.identity.linkedin import read_linkedin
from dashboard.identity.names import Name, read_name
from dashboard.identity.phone import read_phone
from dashboard.identity.words import fold
from leadiq_api import Json

EMAIL_FIELDS = ("email", "personalEmail")
NO_NAME, NO_COMPANY = Name(), Company()

_HASH = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)

# The cells of a row that are not empty, by field; several of one field complement each other.
Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Person:
    """Whom a row names: each identifier that it has, the most reliable first of several.

    ``problems`` say what else is in the row and identifies no one.
    """

    id: str = ""
    profiles: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    hashed_email: str = ""
    name: Name = NO_NAME
    company: Company = NO_COMPANY
    phone: str = ""
    problems: tuple[str, ...] = ()

    @cached_property
    def identities(self) -> tuple[str, ...]:
        """What identifies the person by itself, the most reliable first, as it is compared."""
        return (
            *([f"id:{self.id}"] if self.id else ()),
            *map(profile_identity, self.profiles),
            *(f"email:{address}" for address in self.emails),
            *([f"hashed:{self.hashed_email}"] if self.hashed_email else ()),
        )

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Everything that the person is compared by, the most reliable first."""
        if self._is_named:
            company = company_key(self.company.name) or self.company.domain
            return (*self.identities, f"name:{fold(self.name.full)}|{company}")
        if self.phone and not self.identities:
            return (f"phone:{self.phone}|{fold(self.name.full)}",)
        return self.identities

    @property
    def _is_named(self) -> bool:
        return bool(self.name.full and not self.name.problem and self.company.as_input)

    def inputs(self) -> Iterator[Json]:
        """Yields each way to look the person up, as ``SearchPeopleInput``, the surest first."""
        if self.id:
            yield {"id": self.id}
        yield from ({"linkedinUrl": profile} for profile in self.profiles)
        yield from ({"email": address} for address in self.emails)
        if self.hashed_email:
            yield {"hashedEmail": self.hashed_email}
        if self._is_named:
            yield {**self.name.as_input, "company": self.company.as_input}
            if self.company.name and self.company.domain:
                yield {**self.name.as_input, "company": {"name": self.company.name}}
        elif self.phone and not self.identities:
            # A number can be several people's: the name tells whose it is.
            yield {"phone": self.phone, **({} if self.name.problem else self.name.as_input)}


def read_person(values: Values) -> Person:
    """Returns whom a row names, whose cells are by the fields of ``PERSON_FIELDS``."""
    emails = [read_emails(text) for field in EMAIL_FIELDS for text in values.get(field, ())]
    profiles = [read_linkedin(text) for text in values.get("linkedinUrl", ())]
    ids = (text for text in values.get("id", ()) if text.startswith("PersonID-"))
    hashes = (text.lower() for text in values.get("hashedEmail", ()) if _HASH.fullmatch(text))
    phones = [read_phone(text) for text in values.get("phone", ())]
    name = _name(values)
    company = _company(values)
    addresses = [
        *(address for read in emails for address in read.work),
        *(address for read in emails for address in read.personal),
    ]
    return Person(
        id=next(ids, ""),
        profiles=tuple(dict.fromkeys(read.url for read in profiles if read.url)),
        emails=tuple(dict.fromkeys(addresses)),
        hashed_email=next(hashes, ""),
        name=name,
        company=company,
        phone=next((read.number for read in phones if read.number), ""),
        problems=tuple(
            dict.fromkeys(
                problem
                for problem in (
                    *(read.problem for read in profiles),
                    *(problem for read in emails for problem in read.problems),
                    name.problem,
                    company.problem,
                )
                if problem
            )
        ),
    )


def _name(values: Values) -> Name:
    """Returns the name in a row's columns; of several for one part the first that is filled."""

    def first(field: str) -> str:
        return next(iter(values.get(field, ())), "")

    last = " ".join(filter(None, (first("lastNamePrefix"), first("lastName"))))
    return read_name(first("fullName"), first("firstName"), last)


def _company(values: Values) -> Company:
    """Returns the first company that a row's columns name, with the first domain."""
    names = [read_company(text) for text in values.get("company.name", ())]
    sites = [read_company("", text) for text in values.get("company.domain", ())]
    name = next((read.name for read in names if read.name), "")
    domain = next((read.domain for read in (*names, *sites) if read.domain), "")
    problem = next((read.problem for read in (*names, *sites) if read.problem), "")
    return Company(name, domain, "" if name or domain else problem)


def problem_of(person: Person) -> str:
    """Returns why a row does not identify one person, and what to add; empty if it does."""
    if any(person.inputs()):
        return ""
    if person.problems:
        return " ".join(person.problems)
    if person.name.full:
        return "A name alone fits many people. Add the company or its domain."
    if person.company.as_input:
        return "A company alone fits many people. Add a full name or an email."
    return "No identifier in this row."


def profile_identity(profile: str) -> str:
    """Returns what a profile's address is compared by."""
    return f"linkedin:{profile.rpartition('/')[2].lower()}"
