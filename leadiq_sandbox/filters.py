"""The filters of the advanced searches: an input -> indexes of people and companies.

One method for each field of a filter, in a table by the field's name: it returns the mask of the
people, or of the companies, that match any of the field's values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from leadiq_sandbox import words
from leadiq_sandbox.lookup import Lookup, index_of
from leadiq_sandbox.masks import Input, any_of, at_indexes, between, lower_case, per_code, within
from leadiq_sandbox.world import (
    CHANGE_CODES,
    COMPANY_LINKEDIN_ID,
    EMAIL_CODES,
    PERSON_LINKEDIN_ID,
    PLACES,
    TECHNOLOGIES,
    TITLES,
    Column,
    World,
)

# "Limited access only", says the schema: without the feature they silently have no effect.
LIMITED_ACCESS = frozenset({"jobChangeFilter", "previousCompanyFilter", "previousPositionFilter"})

SENIORITY_NAMES = [name for name, _ in words.SENIORITIES]

# The values of a field -> a mask.
Field = Callable[[Any], Column]


class Filters:
    """Applies the filters of flat and grouped inputs to a world."""

    def __init__(self, world: World, lookup: Lookup) -> None:
        self._world, self._lookup = world, lookup
        self._contact_fields: Mapping[str, Field] = {
            "ids": lambda ids: at_indexes(world.people, map(world.person_index.get, ids)),
            "names": lambda names: any_of(map(lookup.has_name, names)),
            "titles": self._with_titles,
            "linkedinIds": self._with_linkedin_ids,
            "linkedinUrls": lambda urls: at_indexes(
                world.people, map(lookup.person_by_linkedin_url, urls)
            ),
            "seniorities": self._with_seniorities,
            "roles": self._with_roles,
            "locations": lambda locations: per_code(_in_places(locations), world.place),
            "containsWorkEmails": lambda statuses: per_code(
                [status in statuses for status in EMAIL_CODES], world.work_email
            ),
            "updatedAt": lambda limits: within(world.ago_ms(world.updated_days), limits),
            "newHireFrom": lambda start: self._changed("JobChange", start),
            "newPromotionFrom": lambda start: self._changed("TitleChange", start),
        }
        self._company_fields: Mapping[str, Field] = {
            "ids": lambda ids: at_indexes(world.companies, map(world.company_index.get, ids)),
            "names": self._companies_with_names,
            "domains": lambda domains: at_indexes(
                world.companies, map(lookup.company_by_domain, domains)
            ),
            "linkedinIds": lambda ids: at_indexes(
                world.companies,
                (index_of(id, COMPANY_LINKEDIN_ID, world.companies) for id in ids),
            ),
            "industries": self._in_industries,
            "sizes": self._with_employees,
            "employeeCount": self._with_employees,
            "locations": lambda locations: per_code(_in_places(locations), world.seat),
            "technologies": lambda names: self._using(names, 0),
            "technologyCategories": lambda names: self._using(names, 1),
            "revenueRanges": lambda ranges: any_of(
                within(world.revenue, limits) for limits in ranges
            ),
            "fundingInfoFilters": lambda filters: any_of(map(self._funded, filters)),
            "naicsCodeFilters": lambda codes: self._classified(codes, lambda row: row[1:3]),
            "sicCodeFilters": lambda codes: self._classified(codes, lambda row: row[3:5]),
        }

    def people(self, input: Input) -> Column:
        """Returns the indexes of the people who pass all filters of a flat or grouped input."""
        mask = np.ones(self._world.people, dtype=bool)
        for name, of_people in (("contactFilter", self._contact), ("companyFilter", self._at_work)):
            for matching in of_people(input.get(name) or {}):
                mask &= matching
            excluded = input.get(name.replace("Filter", "ExcludedFilter")) or {}
            # Excluding is per field too: a person whom one of the fields names is out.
            for matching in of_people(excluded):
                mask &= ~matching
        for matching in self._previous(input):
            mask &= matching
        return np.flatnonzero(mask)

    def grouped(self, input: Input) -> tuple[Column, Column, Column]:
        """Returns (people, their companies, contacts of each company) for a grouped input."""
        people = self.people(input)
        contacts = np.bincount(self._world.company[people], minlength=self._world.companies)
        return people, np.flatnonzero(contacts), contacts

    def _contact(self, chosen: Input) -> Iterator[Column]:
        return _masks(self._contact_fields, chosen)

    def _company(self, chosen: Input) -> Iterator[Column]:
        return _masks(self._company_fields, chosen)

    def _at_work(self, chosen: Input) -> Iterator[Column]:
        for matching in self._company(chosen):
            yield matching[self._world.company]

    def _previous(self, input: Input) -> Iterator[Column]:
        """The filters of job changes, previous companies and previous positions."""
        world = self._world
        changes = input.get("jobChangeFilter")
        if changes is not None:
            kinds = changes["jobChangeTypes"] or CHANGE_CODES[1:]
            mask = per_code([code in kinds for code in CHANGE_CODES], world.change)
            after = changes.get("startedAfter")
            yield mask if after is None else mask & (world.ago_ms(world.changed_days) > after)
        before = np.where(
            world.change == CHANGE_CODES.index("JobChange"), world.previous_company, world.company
        )
        for matching in self._company(input.get("previousCompanyFilter") or {}):
            yield matching[before] & (world.change > 0)
        titles = (input.get("previousPositionFilter") or {}).get("titles")
        if titles:
            yield _titled(titles, world.previous_title) & (world.change > 0)

    # Fields of people ------------------------------------------------------------------------

    def _with_titles(self, titles: Sequence[str]) -> Column:
        return _titled(titles, self._world.title) & ~self._world.has_oddity("no_title")

    def _with_linkedin_ids(self, ids: Sequence[str]) -> Column:
        people = self._world.people
        mask = at_indexes(people, (index_of(id, PERSON_LINKEDIN_ID, people) for id in ids))
        return mask & ~self._world.has_oddity("no_linkedin")

    def _with_seniorities(self, seniorities: Sequence[str]) -> Column:
        matching = [SENIORITY_NAMES[title.seniority] in seniorities for title in TITLES]
        return per_code(matching, self._world.title)

    def _with_roles(self, roles: Sequence[str]) -> Column:
        wanted = lower_case(roles)
        matching = [words.ROLES[title.role][0].lower() in wanted for title in TITLES]
        return per_code(matching, self._world.title)

    def _changed(self, kind: str, start: int) -> Column:
        world = self._world
        is_kind = world.change == CHANGE_CODES.index(kind)
        mask: Column = is_kind & (world.ago_ms(world.changed_days) >= start)
        return mask

    # Fields of companies ---------------------------------------------------------------------

    def _companies_with_names(self, names: Sequence[str]) -> Column:
        indexes = (c for name in names for c in self._lookup.companies_named(name))
        return at_indexes(self._world.companies, indexes)

    def _in_industries(self, industries: Sequence[str]) -> Column:
        wanted = lower_case(industries)
        matching = [row[0].lower() in wanted for row in words.INDUSTRIES]
        return per_code(matching, self._world.industry)

    def _with_employees(self, sizes: Sequence[Input]) -> Column:
        return any_of(between(self._world.employees, size, "min", "max") for size in sizes)

    def _using(self, names: Sequence[str], part: int) -> Column:
        """Companies with technologies of these names (``part`` 0) or categories (``part`` 1)."""
        wanted = lower_case(names)
        used = {index for index, row in enumerate(TECHNOLOGIES) if row[part].lower() in wanted}
        return np.array([not used.isdisjoint(has) for has in self._world.technologies], dtype=bool)

    def _funded(self, chosen: Input) -> Column:
        world = self._world
        mask: Column = world.stage > 0
        if chosen.get("lastFundingDateRange"):
            mask = mask & within(world.ago_ms(world.funded_days), chosen["lastFundingDateRange"])
        if chosen.get("lastFundingRange"):
            mask = mask & within(world.funding_usd // 2, chosen["lastFundingRange"])
        return mask

    def _classified(
        self, wanted: Sequence[Input], of: Callable[[words.Industry], tuple[str, str]]
    ) -> Column:
        """Companies whose industry's (code, description) any of ``wanted`` matches."""
        matching = [any(_has_code(*of(row), code) for code in wanted) for row in words.INDUSTRIES]
        return per_code(matching, self._world.industry)


def _masks(fields: Mapping[str, Field], chosen: Input) -> Iterator[Column]:
    """The mask of each field that was chosen; empty lists and objects choose nothing."""
    for name, mask in fields.items():
        if chosen.get(name) not in (None, [], {}):
            yield mask(chosen[name])


def _titled(titles: Sequence[str], column: Column) -> Column:
    """Where the title has all words of one of ``titles``."""
    wanted = [_words(title) for title in titles]
    existing = [_words(title.text) for title in TITLES]
    return per_code([any(each <= has for each in wanted) for has in existing], column)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _has_code(code: str, description: str, wanted: Input) -> bool:
    if not (wanted.get("code") or wanted.get("description")):
        return True
    return code.startswith(wanted.get("code") or code) and (
        (wanted.get("description") or "").lower() in description.lower()
    )


def _in_places(locations: Sequence[Input]) -> list[bool]:
    """Whether each of ``PLACES`` is in any of the locations."""

    def fits(country: int, state: str, city: str, postal: str, wanted: Input) -> bool:
        names = {name.lower() for name in words.COUNTRIES[country][:3]}
        return (
            (wanted.get("country") or "").lower() in (names | {""})
            and (wanted.get("areaLevel1") or state).lower() == state.lower()
            and (wanted.get("city") or city).lower() == city.lower()
            and (wanted.get("postalCode") or postal).lower() == postal.lower()
        )

    return [any(fits(*place, wanted) for wanted in locations) for place in PLACES]
