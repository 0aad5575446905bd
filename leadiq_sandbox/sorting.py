"""The orders of the advanced searches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from leadiq_sandbox import words
from leadiq_sandbox.masks import per_code
from leadiq_sandbox.world import PHONE_CODES, TITLES, Column, World

# How good a phone is to be sorted by, in the order of PHONE_CODES.
PHONE_RANKS = {"": 0, "Verified": 2, "LikelyAccurate": 1, "Invalid": 0}
NEVER_CHANGED = -(10**6)  # days: before every job change


class Sorting:
    """Sorts people and companies of a world. Ranks are computed when first needed."""

    def __init__(self, world: World) -> None:
        self._world = world

    def people(self, people: Column, keys: Sequence[str] | None) -> Column:
        """Returns ``people`` in the order of ContactSortingOption ``keys``.

        Ties keep the world's order.
        """
        return _sorted(people, keys, self._contact_ranks) if keys else people

    def companies(self, companies: Column, keys: Sequence[str] | None) -> Column:
        """Returns ``companies`` in the order of CompanySortingOption ``keys``."""
        return _sorted(companies, keys, self._company_ranks) if keys else companies

    @cached_property
    def _contact_ranks(self) -> dict[str, Column]:
        world = self._world
        first = _ranks([name.lower() for name in words.FIRST_NAMES])
        last = _ranks([name.lower() for name in words.LAST_NAMES])
        title = _ranks([title.text.lower() for title in TITLES])
        role = _ranks([words.ROLES[title.role][0] for title in TITLES])
        ladder = [-title.seniority for title in TITLES]  # ascending climbs the ladder
        return {
            "Id": _ranks(world.person_ids),
            "Name": first[world.first] * len(words.LAST_NAMES) + last[world.last],
            "Title": title[world.title],
            "Role": role[world.title],
            "Seniority": per_code(ladder, world.title, int),
            "MobilePhone": per_code([PHONE_RANKS[code] for code in PHONE_CODES], world.mobile, int),
            "UpdatedAt": -world.updated_days,
            "JobChangeStartedAt": np.where(world.change > 0, -world.changed_days, NEVER_CHANGED),
        }

    @cached_property
    def _company_ranks(self) -> dict[str, Column]:
        world = self._world
        industries = _ranks([row[0] for row in words.INDUSTRIES])
        return {
            "Id": _ranks(world.company_ids),
            "Name": _ranks([name.lower() for name in world.company_names]),
            "Size": world.employees,
            "Industry": industries[world.industry],
        }


def _sorted(rows: Column, keys: Sequence[str], ranks_by_name: Mapping[str, Column]) -> Column:
    for key in reversed(keys):
        ranks = ranks_by_name[re.sub("(Asc|Desc)$", "", key)][rows]
        rows = rows[np.argsort(-ranks if key.endswith("Desc") else ranks, kind="stable")]
    return rows


def _ranks(values: Sequence[str]) -> Column:
    """The rank of each value among the distinct ones: equals are left to the next order."""
    ranks = {value: rank for rank, value in enumerate(sorted({*values}))}
    return np.array([ranks[value] for value in values], dtype=np.int64)
