"""The synthetic world: columns of people and companies, the same for the same seed and sizes.

Whole columns are drawn with stdlib ``random`` (drawing records would take far longer than the
1.5 s that a start may take); ``records`` expands the few rows that a request returns. Dates are
days before today, so that "changed jobs last month" finds people on any day.

In this package ``i`` is the index of a person, ``c`` that of a company.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np

from leadiq_sandbox import words

Column = np.ndarray[Any, np.dtype[Any]]

DAY_MS = 86_400_000

# Email statuses by code; 0 is no address. Weights in percent.
EMAIL_CODES = ("", "Verified", "VerifiedLikely", "Unverified", "Invalid", "Suppressed")
EMAIL_WEIGHTS = (15, 52, 15, 10, 5, 3)
PERSONAL_EMAIL_WEIGHTS = (75, 10, 5, 7, 2, 1)
# Phones: none, a direct one, one likely accurate, one that proved wrong.
PHONE_CODES = ("", "Verified", "LikelyAccurate", "Invalid")
PHONE_WEIGHTS = (40, 32, 24, 4)
CHANGE_CODES = ("", "JobChange", "TitleChange")
CHANGE_WEIGHTS = (88, 8, 4)

# The LinkedIn ids of the first person and the first company; the others follow.
PERSON_LINKEDIN_ID = 50_000_000
COMPANY_LINKEDIN_ID = 1_000_000

SIZE_BANDS = ((2, 10), (11, 50), (51, 200), (201, 1000), (1001, 5000), (5001, 40000))
SIZE_WEIGHTS = (22, 33, 24, 13, 6, 2)
MORE_POSITIONS = (1, 3)  # that somebody with many has, beyond two
SHARE_OF_SUBSIDIARIES = 0.08
HOMES_AWAY = (70, 30)  # percent of people who live where the company is seated, and elsewhere
WORK_PHONE_WEIGHTS = (70, 15, 12, 3)
# What is missing or odd in any real data set, with weights per thousand.
ODDITIES = {
    "": 926,
    "no_position": 15,
    "two_positions": 25,
    "many_positions": 5,
    "no_last": 4,
    "no_title": 8,
    "no_company": 4,
    "no_linkedin": 13,
}


def ascii_slug(text: str) -> str:
    """Returns ``text`` as part of a domain, an address or a profile's URL."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-") or "x"


@dataclass(frozen=True)
class Title:
    """A title with the role and seniority it belongs to (indexes in ``words``)."""

    text: str
    role: int
    seniority: int


def _titles() -> list[Title]:
    table = []
    for role, (name, _) in enumerate(words.ROLES):
        short = words.SHORT_ROLES.get(name, name)
        for seniority, (level, _) in enumerate(words.SENIORITIES):
            table += [Title(form.format(short), role, seniority) for form in words.TITLES[level]]
    return table


TITLES = _titles()
TECHNOLOGIES = [
    (name, category) for category, names in words.TECHNOLOGIES.items() for name in names
]
PLACES = [
    (country, state, city, postal)
    for country, row in enumerate(words.COUNTRIES)
    for state, city, postal in row[5]
]


class World:
    """``people`` people at ``companies`` companies; each attribute is a column over either.

    The same ``seed`` and sizes draw the same world.
    """

    def __init__(self, people: int, companies: int, seed: int) -> None:
        self.people, self.companies, self.seed = people, companies, seed
        self.today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.today_ms = int(self.today.timestamp() * 1000)
        self._draw_companies(random.Random(f"{seed} companies"))
        self._draw_people(random.Random(f"{seed} people"))

    # Drawing ---------------------------------------------------------------------------------

    def _draw_companies(self, draw: random.Random) -> None:
        n = self.companies
        self.company_ids = [f"MergedCompany-{draw.getrandbits(96):024x}" for _ in range(n)]
        names: dict[str, None] = {}
        while len(names) < n:
            name = f"{draw.choice(words.COMPANY_FIRST)} {draw.choice(words.COMPANY_SECOND)}"
            if name in names:  # there are fewer pairs than companies can be
                name = f"{draw.choice(words.COMPANY_FIRST)} {name}"
            names[name] = None
        self.company_bases = list(names)
        suffixes = draw.choices(words.COMPANY_SUFFIXES, k=n)
        self.company_names = [
            f"{name} {suffix}".strip() for name, suffix in zip(names, suffixes, strict=True)
        ]
        self.domains = [f"{ascii_slug(name).replace('-', '')}.example" for name in names]
        weights = [row[5] for row in words.INDUSTRIES]
        self.industry = _codes(draw, weights, n)
        bands = draw.choices(SIZE_BANDS, SIZE_WEIGHTS, k=n)
        self.employees = np.array([draw.randint(*band) for band in bands])
        self.seat = self._places(draw, n)
        self.founded = np.array(draw.choices(range(1950, self.today.year), k=n))
        self.technologies = [
            sorted(draw.sample(range(len(TECHNOLOGIES)), draw.randint(3, 14))) for _ in range(n)
        ]
        # 0 is never funded; larger companies are further on.
        stages = len(words.FUNDING_STAGES)
        self.stage = np.array(
            [
                draw.choice((0, min(stages, 1 + len(str(size)) + draw.randint(-1, 2))))
                for size in self.employees
            ]
        )
        self.funding_usd = np.where(
            self.stage > 0,
            10 ** (self.stage // 2) * np.array(draw.choices(range(500_000, 5_000_000), k=n)),
            0,
        )
        self.funded_days = np.array(draw.choices(range(10, 2500), k=n))
        self.revenue = self.employees * np.array(draw.choices(range(60_000, 260_000), k=n))
        self.parent = [
            draw.randrange(c) if c and draw.random() < SHARE_OF_SUBSIDIARIES else None
            for c in range(n)
        ]
        self.company_updated_days = np.array(draw.choices(range(400), k=n))

    def _draw_people(self, draw: random.Random) -> None:
        n = self.people
        self.person_ids = [_uuid(draw.getrandbits(128)) for _ in range(n)]
        # A larger company has more people, though not in proportion: small ones are known better.
        pull = list(accumulate(size**0.6 for size in self.employees.tolist()))
        everyone = range(self.companies)
        self.company = np.array(draw.choices(everyone, cum_weights=pull, k=n), dtype=np.int64)
        self.previous_company = np.array(draw.choices(everyone, cum_weights=pull, k=n))
        self.first = np.array(draw.choices(range(len(words.FIRST_NAMES)), k=n))
        self.last = np.array(draw.choices(range(len(words.LAST_NAMES)), k=n))
        roles = dict(enumerate(weight for _, weight in words.ROLES))
        levels = dict(enumerate(weight for _, weight in words.SENIORITIES))
        titles_of_level = [len(words.TITLES[level]) for level, _ in words.SENIORITIES]
        per_title = [
            roles[title.role] * levels[title.seniority] / titles_of_level[title.seniority]
            for title in TITLES
        ]
        self.title = _codes(draw, per_title, n)
        self.previous_title = _codes(draw, per_title, n)
        # Most live where the company sits; the others anywhere.
        away = np.array(draw.choices((False, True), HOMES_AWAY, k=n))
        self.place = np.where(away, self._places(draw, n), self.seat[self.company])
        self.work_email = _codes(draw, EMAIL_WEIGHTS, n)
        self.personal_email = _codes(draw, PERSONAL_EMAIL_WEIGHTS, n)
        self.mobile = _codes(draw, PHONE_WEIGHTS, n)
        self.work_phone = _codes(draw, WORK_PHONE_WEIGHTS, n)
        self.change = _codes(draw, CHANGE_WEIGHTS, n)
        self.changed_days = np.array(draw.choices(range(1, 365), k=n))
        since = np.array(draw.choices(range(366, 4000), k=n))
        self.started_days = np.where(self.change > 0, self.changed_days, since)
        self.updated_days = np.array(draw.choices(range(720), k=n))
        self.oddity = _codes(draw, [*ODDITIES.values()], n)
        self.oddity_names = (*ODDITIES,)
        # Without a position there is no address and no phone at work.
        for contact in (self.work_email, self.work_phone):
            contact[self.has_oddity("no_position")] = 0

    def _places(self, draw: random.Random, n: int) -> Column:
        weights = [
            words.COUNTRIES[country][4] / len(words.COUNTRIES[country][5]) for country, *_ in PLACES
        ]
        return _codes(draw, weights, n)

    def common_values(self) -> dict[str, Counter[str]]:
        """Returns titles, industries and places, each with how many people or companies have it."""
        places = Counter[str]()
        for index, number in Counter(self.place.tolist()).items():
            country, state, city, _ = PLACES[index]
            places[f"{city}, {state}, {words.COUNTRIES[country][0]}"] += number
            places[words.COUNTRIES[country][0]] += number
        titles, industries = Counter(self.title.tolist()), Counter(self.industry.tolist())
        return {
            "titles": Counter({TITLES[index].text: titles[index] for index in titles}),
            "industries": Counter({words.INDUSTRIES[i][0]: industries[i] for i in industries}),
            "places": places,
        }

    # Derived when first needed ---------------------------------------------------------------

    @cached_property
    def person_index(self) -> dict[str, int]:
        """The index of each person by PersonID."""
        return {name: index for index, name in enumerate(self.person_ids)}

    @cached_property
    def company_index(self) -> dict[str, int]:
        """The index of each company by MergedCompany id."""
        return {name: index for index, name in enumerate(self.company_ids)}

    @cached_property
    def domain_index(self) -> dict[str, int]:
        """The index of each company by domain."""
        return {name: index for index, name in enumerate(self.domains)}

    @cached_property
    def work_address_index(self) -> dict[str, int]:
        """The index of each person by work address, in lower case."""
        return {self.work_address(i): i for i in range(self.people) if self.work_email[i]}

    @cached_property
    def personal_address_index(self) -> dict[str, int]:
        """The index of each person by personal address, in lower case."""
        return {self.personal_address(i): i for i in range(self.people) if self.personal_email[i]}

    @cached_property
    def phone_index(self) -> dict[str, list[int]]:
        """The indexes of people by the digits of their phones; fictitious numbers are shared."""
        people: dict[str, list[int]] = {}
        for i in range(self.people):
            for digits in {self.mobile_number(i), self.work_number(i)}:
                if digits:
                    people.setdefault(re.sub(r"\D", "", digits), []).append(i)
        return people

    def odd(self, i: int, oddity: str) -> bool:
        """Returns whether person ``i`` has this oddity, one of ``ODDITIES``."""
        return bool(self.oddity_names[self.oddity[i]] == oddity)

    def has_oddity(self, oddity: str) -> Column:
        """Returns the mask of people with this oddity."""
        mask: Column = self.oddity == self.oddity_names.index(oddity)
        return mask

    def employers(self, i: int) -> list[int]:
        """Returns the indexes of the companies that person ``i`` works for, the main one first."""
        if self.odd(i, "no_position"):
            return []
        held = [int(self.company[i])]
        if self.odd(i, "two_positions") or self.odd(i, "many_positions"):
            held.append(int(self.previous_company[i]))
        if self.odd(i, "many_positions"):
            draw = random.Random(f"{self.seed} seats {i}")
            held += draw.choices(range(self.companies), k=draw.randint(*MORE_POSITIONS))
        return held

    def slug(self, i: int) -> str:
        """Returns what identifies person ``i`` in addresses and URLs."""
        first, last = words.FIRST_NAMES[self.first[i]], words.LAST_NAMES[self.last[i]]
        return f"{ascii_slug(first)}-{ascii_slug(last)}-{i}"

    def work_address(self, i: int) -> str:
        """Returns the work address of person ``i``, whether they have one or not."""
        first, last = words.FIRST_NAMES[self.first[i]], words.LAST_NAMES[self.last[i]]
        return f"{ascii_slug(first)}.{ascii_slug(last)}.{i}@{self.domains[self.company[i]]}"

    def personal_address(self, i: int) -> str:
        """Returns the personal address of person ``i``, whether they have one or not."""
        return f"{self.slug(i)}@mail.example"

    def mobile_number(self, i: int) -> str | None:
        """Returns the mobile number of person ``i``, if they have one."""
        return self._number(i, 0) if self.mobile[i] else None

    def work_number(self, i: int) -> str | None:
        """Returns the number of person ``i`` at work, if they have one."""
        return self._number(i, 1) if self.work_phone[i] else None

    def _number(self, i: int, line: int) -> str:
        """A number from the ranges that regulators reserve for fiction."""
        mixed = (i * 2 + line) * 2_654_435_761 % 2**32
        country = words.COUNTRIES[PLACES[self.place[i]][0]][1]
        if country == "GB":  # Ofcom's drama numbers
            return (
                f"+44 7700 900{mixed % 1000:03d}"
                if line == 0
                else f"+44 20 7946 0{mixed % 1000:03d}"
            )
        if country == "AU":  # ACMA's fictitious numbers
            return f"+61 491 570 {mixed % 1000:03d}"
        if country == "FR":  # Arcep's audiovisual range
            return f"+33 6 39 98 {mixed // 100 % 100:02d} {mixed % 100:02d}"
        # North America's 555-0100 to 555-0199: the other countries reserve no numbers.
        area = 201 + mixed // 100 % 700
        return f"+1 {area}-555-01{mixed % 100:02d}"

    def ago(self, days: float, seconds: int = 0) -> str:
        """Returns the ISO time that many days before today."""
        instant = self.today - timedelta(days=float(days), seconds=seconds)
        return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def ago_ms(self, days: Any) -> Any:
        """Returns the Unix milliseconds that many days before today, of a number or a column."""
        return self.today_ms - days * DAY_MS


def _codes(draw: random.Random, weights: Any, n: int) -> Column:
    return np.array(draw.choices(range(len(weights)), weights, k=n), dtype=np.int64)


def _uuid(bits: int) -> str:
    digits = f"{bits:032x}"
    return f"PersonID-{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
