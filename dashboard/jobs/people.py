"""Who the rows of a file are about: how each is looked up, and which are the same person. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.identity.domain import is_mail_provider
from dashboard.identity.names import Name, names_agree
from dashboard.identity.person import (
    NO_COMPANY,
    Person,
    problem_of,
    profile_identity,
    read_person,
)
from dashboard.identity.words import fold
from dashboard.jobs.model import Row, RowKind, RowState
from dashboard.tables.fields import cells_of
from dashboard.tables.spreadsheet import Table

MIN_NAME_LETTERS = 3  # of a word in an address that can be part of a name

_NO_LETTERS = re.compile(r"[\W\d_]+")


@dataclass
class _Known:
    """What the rows of one person say, the first of which is at ``index``."""

    index: int
    name: Name
    ids: set[str]
    profiles: set[str]
    emails: set[str]

    def is_of(self, person: Person) -> bool:
        """Whether neither names nor the most reliable identifiers that both have contradict."""
        if not names_agree(self.name, person.name):
            return False
        for known, own in (
            (self.ids, {person.id} - {""}),
            (self.profiles, {*person.profiles}),
            (self.emails, {*person.emails}),
        ):
            if known and own:
                return not known.isdisjoint(own)
        return True

    def add(self, person: Person) -> None:
        """Adds what another row says."""
        self.name = self.name if self.name.full else person.name
        self.ids |= {person.id} - {""}
        self.profiles.update(person.profiles)
        self.emails.update(person.emails)


class _People:
    """The people of the rows read so far."""

    def __init__(self) -> None:
        self._by_key: dict[str, _Known] = {}

    def without_others(self, person: Person) -> Person:
        """Returns a person without what a row of somebody else has said already.

        Asking for it would find the other one.
        """
        others = {
            key
            for key in person.keys
            if (known := self._by_key.get(key)) is not None and not known.is_of(person)
        }
        if not others:
            return person
        return replace(
            person,
            profiles=tuple(one for one in person.profiles if profile_identity(one) not in others),
            emails=tuple(one for one in person.emails if f"email:{one}" not in others),
            company=NO_COMPANY if person.keys[-1] in others else person.company,
            problems=(*person.problems, "Another row uses the same details for somebody else."),
        )

    def first_row(self, index: int, person: Person) -> int | None:
        """Returns the index of the first row of the same person; None if it is this one."""
        known = next(
            (
                known
                for key in person.keys
                if (known := self._by_key.get(key)) is not None and known.is_of(person)
            ),
            None,
        )
        first = None if known is None else known.index
        if known is None:
            known = _Known(index, person.name, set(), set(), set())
        known.add(person)
        for key in person.keys:
            self._by_key.setdefault(key, known)
        return first


class _Contested:
    """Identifiers that rows of different names share: they can be only one person's, if any's."""

    def __init__(self, persons: Sequence[Person]) -> None:
        names: dict[str, Name] = {}
        self._identities: set[str] = set()
        for person in persons:
            for identity in person.identities if person.name.full else ():
                if not names_agree(names.setdefault(identity, person.name), person.name):
                    self._identities.add(identity)

    def without(self, person: Person) -> Person:
        """Returns a person without what is said of others too, or is somebody else's by its name.

        An identifier that resembles the person's name stays.
        """
        if not person.name.full:
            return person
        profiles = tuple(
            profile
            for profile in person.profiles
            if profile_identity(profile) not in self._identities
            or _resembles(profile.rpartition("/")[2], person.name)
        )
        emails = tuple(address for address in person.emails if self._is_own(address, person.name))
        # Of colleagues in one cell, the row's own: those at work before private ones, as they are.
        if len(emails) > 1:
            emails = tuple(sorted(emails, key=lambda one: _distance(one, person.name)))
        dropped = [*person.profiles, *person.emails]
        dropped = [one for one in dropped if one not in (*profiles, *emails)]
        problems = (
            f"“{one}” seems to belong to somebody else, so it was not used." for one in dropped
        )
        return replace(
            person, profiles=profiles, emails=emails, problems=(*person.problems, *problems)
        )

    def _is_own(self, address: str, name: Name) -> bool:
        local = address.partition("@")[0]
        if _resembles(local, name):
            return True
        is_whole_name = len(_name_words(local)) > 1
        return f"email:{address}" not in self._identities and not is_whole_name


def _distance(address: str, name: Name) -> tuple[bool, bool]:
    """Returns how far an address is from the first to be looked up."""
    return is_mail_provider(address), not _resembles(address.partition("@")[0], name)


def _resembles(text: str, name: Name) -> bool:
    """Whether an address has part of a name, or the name cannot be compared with it."""
    words = _name_words(text)
    letters = "".join(words)
    own = [word for word in fold(name.full).split() if len(word) >= MIN_NAME_LETTERS]
    if not any(word.isascii() for word in own) or any(word in letters for word in own):
        return True
    return any(names_agree(Name(full=word), Name(full=other)) for word in words for other in own)


def _name_words(text: str) -> list[str]:
    """Returns the words of an address that can be parts of a name: jane and doe of jane.doe42."""
    return [word for word in _NO_LETTERS.split(fold(text)) if len(word) >= MIN_NAME_LETTERS]


def read_rows(table: Table, columns: Mapping[str, Sequence[int]]) -> list[Row]:
    """Returns a job's rows: to be sent, duplicates, or unidentified with their problem.

    ``columns`` are by field, as ``find_columns`` returns them. Two rows are the same person if the
    most reliable identifier that both have is the same and their names do not contradict each
    other. A duplicate refers to the first row.
    """
    persons = [read_person(cells_of(table, index, columns)) for index in range(len(table.rows))]
    contested = _Contested(persons)
    people = _People()
    rows = []
    for index, person in enumerate(map(contested.without, persons)):
        own = people.without_others(person)
        inputs, problem = tuple(own.inputs()), problem_of(own)
        state = RowState.WAITING if inputs else RowState.UNIDENTIFIED
        first = people.first_row(index, person)
        if first is not None:
            state, inputs = RowState.DUPLICATE, ({"same_as": first},)
            problem = f"The same person as in row {table.lines[first]:,}."
        rows.append(
            Row(
                index,
                RowKind.PERSON,
                state,
                next(iter(person.keys), ""),
                inputs[0] if inputs else {},
                table.rows[index],
                problem=problem,
                alternatives=inputs[1:],
            )
        )
    return rows
