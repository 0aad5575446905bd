"""People of a table whose data points were bought one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class EnrichedPerson:
    """The data points bought of a person, and what they brought, by column; None if nothing."""

    data_points: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)


class EnrichedPeople:
    """The enriched people of one account, by LeadIQ id; shared by its sessions, so it locks."""

    def __init__(self) -> None:
        self._people: dict[str, EnrichedPerson] = {}
        self._lock = Lock()

    def add(self, person_id: str, data_points: Iterable[str], values: Mapping[str, Any]) -> None:
        """Adds data points that were bought of a person to those bought before."""
        with self._lock:
            before = self._people.get(person_id, EnrichedPerson())
            self._people[person_id] = EnrichedPerson(
                before.data_points | {*data_points}, {**before.values, **values}
            )

    def without(self, person_ids: Iterable[str], data_points: Collection[str]) -> list[str]:
        """Returns the ids of the people of whom not all these data points were bought."""
        with self._lock:
            return [
                person_id
                for person_id in person_ids
                if not self._people.get(person_id, EnrichedPerson()).data_points >= {*data_points}
            ]

    def requested(self, name: str) -> set[str]:
        """Returns the ids of the people of whom a column was requested, found or not."""
        with self._lock:
            return {
                person_id for person_id, person in self._people.items() if name in person.values
            }

    def column(self, name: str) -> dict[str, Any]:
        """Returns a column's values by person id; people without a value are left out."""
        with self._lock:
            return {
                person_id: person.values[name]
                for person_id, person in self._people.items()
                if person.values.get(name)
            }
