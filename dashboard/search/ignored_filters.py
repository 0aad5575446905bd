"""People of an answer who do not match the filters that were requested. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dashboard.tables.api_json import Json, rows_at

COUNTRY_FIELDS = ("country", "countryCode2", "countryCode3")


class Mismatches(NamedTuple):
    """How many of the people do not match what was requested, out of how many."""

    people: int
    total: int

    def __str__(self) -> str:
        """Returns the sentence for the screen."""
        verb = "does" if self.people == 1 else "do"
        return (
            f"{self.people:,} of {self.total:,} {verb} not match your filters: LeadIQ ignored them."
        )


def mismatches(request: Mapping[str, Any], answers: Iterable[Json]) -> Mismatches:
    """Counts the people whose seniority, role or country was not requested.

    ``request`` is the input of the advanced search with these answers. What a person lacks proves
    nothing.
    """
    wanted = _wanted(request.get("contactFilter") or {})
    people = [person for answer in answers for person in _people(answer)]
    wrong = [person for person in people if _fails(person, wanted)]
    return Mismatches(len(wrong), len(people))


def _people(answer: Json) -> Iterator[Json]:
    yield from rows_at(answer, "people")
    for company in rows_at(answer, "companies"):
        yield from rows_at(company, "people")


def _wanted(filters: Mapping[str, Any]) -> dict[tuple[str, ...], frozenset[str]]:
    """The requested values, folded, by the fields of a person of which one must have them."""
    locations = filters.get("locations") or ()
    countries = [location.get("country") for location in locations]
    wanted = {
        ("seniority",): _folded(filters.get("seniorities") or ()),
        ("role",): _folded(filters.get("roles") or ()),
        # A place without a country may be anywhere.
        COUNTRY_FIELDS: _folded(countries) if all(countries) else frozenset(),
    }
    return {fields: values for fields, values in wanted.items() if values}


def _fails(person: Json, wanted: Mapping[tuple[str, ...], Collection[str]]) -> bool:
    for fields, values in wanted.items():
        has = _folded(person.get(field) for field in fields)
        if has and not has & {*values}:
            return True
    return False


def _folded(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(value.strip().casefold() for value in values if isinstance(value, str))
