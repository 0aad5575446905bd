"""Filters, sorts and look-ups over the world: places of rows out, never records."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from leadiq_sandbox import words
from leadiq_sandbox.errors import Refused
from leadiq_sandbox.world import (
    CHANGE_CODES,
    EMAIL_CODES,
    PHONE_CODES,
    PLACES,
    TECHNOLOGIES,
    TITLES,
    Column,
    World,
    ascii_slug,
)

Input = Mapping[str, Any]

CEILING = 10_000  # skip + limit
MOST_PER_PAGE = 100
DEFAULT_LIMIT = 25
DEFAULT_LIMIT_PER_COMPANY = 5

# "Limited access only", says the schema: an account without the feature is not told, they just
# have no effect.
LIMITED_ACCESS = frozenset({"jobChangeFilter", "previousCompanyFilter", "previousPositionFilter"})

SENIORITY_NAMES = [name for name, _ in words.SENIORITIES]
SUFFIX = re.compile(
    r"[,.]?\s+(inc|ltd|gmbh|llc|group|corp|corporation|limited|co)\.?$", re.IGNORECASE
)


def page(input: Input) -> tuple[int, int]:
    """(skip, limit) of an advanced search; refuses what lies beyond the ceiling."""
    skip, limit = input.get("skip") or 0, input.get("limit")
    limit = DEFAULT_LIMIT if limit is None else limit
    if skip < 0 or not 0 <= limit <= MOST_PER_PAGE:
        raise Refused(400, f"skip must not be negative and limit must be 0 to {MOST_PER_PAGE}")
    if skip + limit > CEILING:
        raise Refused(400, f"skip + limit must be at most {CEILING}")
    return skip, limit


class Index:
    """What searching needs beside the columns, computed when first asked for."""

    def __init__(self, world: World) -> None:
        self.world = world

    # Advanced search -------------------------------------------------------------------------

    def people(self, input: Input) -> Column:
        """Places of the people that all filters of a flat or grouped input let through."""
        world = self.world
        mask = np.ones(world.people, dtype=bool)
        for name, build in (
            ("contactFilter", self._contact),
            ("companyFilter", self._company_people),
        ):
            for part in build(input.get(name) or {}):
                mask &= part
            excluded = input.get(name.replace("Filter", "ExcludedFilter")) or {}
            # Excluding is per field too: whoever one of the fields names is out.
            for part in build(excluded):
                mask &= ~part
        for part in self._previous(input):
            mask &= part
        return np.flatnonzero(mask)

    def grouped(self, input: Input) -> tuple[Column, Column, Column]:
        """(people, their companies, contacts of each company) for a grouped input."""
        found = self.people(input)
        contacts = np.bincount(self.world.company[found], minlength=self.world.companies)
        return found, np.flatnonzero(contacts), contacts

    def _contact(self, chosen: Input) -> Iterable[Column]:
        world = self.world
        if chosen.get("ids"):
            yield self._at(world.people, map(world.person_place.get, chosen["ids"]))
        if chosen.get("names"):
            yield _any(self._named(name) for name in chosen["names"])
        if chosen.get("titles"):
            yield self._titled(chosen["titles"], world.title) & ~self._odd("no_title")
        if chosen.get("linkedinIds"):
            places = (int(v) - 50_000_000 for v in chosen["linkedinIds"] if v.isdecimal())
            yield self._at(world.people, places) & ~self._odd("no_linkedin")
        if chosen.get("linkedinUrls"):
            places = map(self.linkedin_place, chosen["linkedinUrls"])
            yield self._at(world.people, places)
        if chosen.get("seniorities"):
            yield _lookup([SENIORITY_NAMES[t.seniority] in chosen["seniorities"] for t in TITLES])[
                world.title
            ]
        if chosen.get("roles"):
            wanted = _lower(chosen["roles"])
            yield _lookup([words.ROLES[t.role][0].lower() in wanted for t in TITLES])[world.title]
        if chosen.get("locations"):
            yield _lookup(_placed(chosen["locations"]))[world.place]
        if chosen.get("containsWorkEmails"):
            wanted = chosen["containsWorkEmails"]
            yield _lookup([status in wanted for status in EMAIL_CODES])[world.work_email]
        if chosen.get("updatedAt"):
            yield _within(world.ago_ms(world.updated_days), chosen["updatedAt"])
        started = world.ago_ms(world.changed_days)
        for field, kind in (("newHireFrom", "JobChange"), ("newPromotionFrom", "TitleChange")):
            if chosen.get(field) is not None:
                yield (world.change == CHANGE_CODES.index(kind)) & (started >= chosen[field])

    def _company_people(self, chosen: Input) -> Iterable[Column]:
        for part in self._company(chosen):
            yield part[self.world.company]

    def _company(self, chosen: Input) -> Iterable[Column]:
        world, n = self.world, self.world.companies
        if chosen.get("ids"):
            yield self._at(n, map(world.company_place.get, chosen["ids"]))
        if chosen.get("names"):
            yield self._at(n, (c for name in chosen["names"] for c in self.companies_named(name)))
        if chosen.get("domains"):
            yield self._at(n, map(self.domain_place, chosen["domains"]))
        if chosen.get("linkedinIds"):
            yield self._at(n, (int(v) - 1_000_000 for v in chosen["linkedinIds"] if v.isdecimal()))
        if chosen.get("industries"):
            wanted = _lower(chosen["industries"])
            yield _lookup([row[0].lower() in wanted for row in words.INDUSTRIES])[world.industry]
        for field in ("sizes", "employeeCount"):
            if chosen.get(field):
                yield _any(_between(world.employees, size, "min", "max") for size in chosen[field])
        if chosen.get("locations"):
            yield _lookup(_placed(chosen["locations"]))[world.seat]
        for field, part in (("technologies", 0), ("technologyCategories", 1)):
            if chosen.get(field):
                wanted = _lower(chosen[field])
                used = {t for t, row in enumerate(TECHNOLOGIES) if row[part].lower() in wanted}
                yield np.array([not used.isdisjoint(has) for has in world.technologies], dtype=bool)
        if chosen.get("revenueRanges"):
            yield _any(_between(world.revenue, r, "start", "end") for r in chosen["revenueRanges"])
        if chosen.get("fundingInfoFilters"):
            yield _any(map(self._funded, chosen["fundingInfoFilters"]))
        for field, code, text in (("naicsCodeFilters", 1, 2), ("sicCodeFilters", 3, 4)):
            if chosen.get(field):
                yield _lookup(
                    [any(_coded(row[code], row[text], one) for one in chosen[field])
                     for row in words.INDUSTRIES]
                )[world.industry]  # fmt: skip

    def _funded(self, chosen: Input) -> Column:
        world = self.world
        mask: Column = world.stage > 0
        if chosen.get("lastFundingDateRange"):
            mask = mask & _within(world.ago_ms(world.funded_days), chosen["lastFundingDateRange"])
        if chosen.get("lastFundingRange"):
            last = world.funding_usd // 2
            mask = mask & _between(last, chosen["lastFundingRange"], "start", "end")
        return mask

    def _previous(self, input: Input) -> Iterable[Column]:
        world = self.world
        changes = input.get("jobChangeFilter")
        if changes is not None:
            kinds = changes["jobChangeTypes"] or CHANGE_CODES[1:]
            mask = _lookup([code in kinds for code in CHANGE_CODES])[world.change]
            after = changes.get("startedAfter")
            yield mask if after is None else mask & (world.ago_ms(world.changed_days) > after)
        before = np.where(
            world.change == CHANGE_CODES.index("JobChange"), world.previous_company, world.company
        )
        for part in self._company(input.get("previousCompanyFilter") or {}):
            yield part[before] & (world.change > 0)
        titles = (input.get("previousPositionFilter") or {}).get("titles")
        if titles:
            yield self._titled(titles, world.previous_title) & (world.change > 0)

    def _named(self, name: str) -> Column:
        """People in whose full name all words of ``name`` occur."""
        world = self.world
        mask = np.ones(world.people, dtype=bool)
        shown = ~self._odd("no_last")
        for word in name.lower().split():
            first = _lookup([word == one.lower() for one in words.FIRST_NAMES])[world.first]
            last = _lookup([word == one.lower() for one in words.LAST_NAMES])[world.last]
            mask &= first | (last & shown)
        return mask

    def _titled(self, titles: Sequence[str], column: Column) -> Column:
        wanted = [_words(title) for title in titles]
        have = [_words(title.text) for title in TITLES]
        return _lookup([any(one <= has for one in wanted) for has in have])[column]

    def _odd(self, oddity: str) -> Column:
        mask: Column = self.world.oddity == self.world.oddity_names.index(oddity)
        return mask

    @staticmethod
    def _at(size: int, places: Iterable[int | None]) -> Column:
        mask = np.zeros(size, dtype=bool)
        mask[[place for place in places if place is not None and 0 <= place < size]] = True
        return mask

    # Sorting ---------------------------------------------------------------------------------

    def sort_people(self, people: Column, keys: Sequence[str] | None) -> Column:
        """``people`` in the order of ContactSortingOption ``keys``; ties keep the world's order."""
        for key in reversed(keys or ()):
            name = re.sub("(Asc|Desc)$", "", key)
            ranks = self._contact_ranks[name][people]
            people = people[np.argsort(-ranks if key.endswith("Desc") else ranks, kind="stable")]
        return people

    def sort_companies(self, companies: Column, keys: Sequence[str] | None) -> Column:
        """``companies`` in the order of CompanySortingOption ``keys``."""
        for key in reversed(keys or ()):
            name = re.sub("(Asc|Desc)$", "", key)
            ranks = self._company_ranks[name][companies]
            order = np.argsort(-ranks if key.endswith("Desc") else ranks, kind="stable")
            companies = companies[order]
        return companies

    @cached_property
    def _contact_ranks(self) -> dict[str, Column]:
        world = self.world
        first = _ranks([name.lower() for name in words.FIRST_NAMES])
        last = _ranks([name.lower() for name in words.LAST_NAMES])
        title, role = [t.text.lower() for t in TITLES], [words.ROLES[t.role][0] for t in TITLES]
        changed = np.where(world.change > 0, -world.changed_days, -(10**6))
        return {
            "Id": _ranks(world.person_ids),
            "Name": first[world.first] * len(words.LAST_NAMES) + last[world.last],
            "Title": _ranks(title)[world.title],
            "Role": _ranks(role)[world.title],
            # Ascending climbs the ladder.
            "Seniority": _lookup([-t.seniority for t in TITLES], int)[world.title],
            "MobilePhone": _lookup([0, 2, 1, 0], int)[world.mobile],
            "UpdatedAt": -world.updated_days,
            "JobChangeStartedAt": changed,
        }

    @cached_property
    def _company_ranks(self) -> dict[str, Column]:
        world = self.world
        industries = _ranks([row[0] for row in words.INDUSTRIES])
        return {
            "Id": _ranks(world.company_ids),
            "Name": _ranks([name.lower() for name in world.company_names]),
            "Size": world.employees,
            "Industry": industries[world.industry],
        }

    # Looking up ------------------------------------------------------------------------------

    def find_people(self, input: Input) -> list[int]:
        """Places of the people a ``SearchPeopleInput`` names, by the first identifier it gives:
        id, LinkedIn, e-mail, phone, then name (with company). Refuses an input without any."""
        world = self.world
        company = input.get("company") or {}
        if input.get("id"):
            found = _known(world.person_place.get(input["id"]))
        elif input.get("linkedinUrl"):
            found = _known(self.linkedin_place(input["linkedinUrl"]))
        elif input.get("linkedinId"):
            digits = input["linkedinId"]
            place = int(digits) - 50_000_000 if digits.isdecimal() else -1
            found = [place] if 0 <= place < world.people else []
        elif input.get("email"):
            found = _known(self._address_place(input["email"].strip().lower()))
        elif input.get("hashedEmail"):
            found = _known(self._hashes.get(input["hashedEmail"].strip().lower()))
        elif input.get("phone"):
            found = world.phone_place.get(re.sub(r"\D", "", input["phone"]), [])
        else:
            found = self._find_named(input, company)
        return [i for i in found if self._passes(i, input)]

    def _find_named(self, input: Input, company: Input) -> list[int]:
        parts = [input.get(part) for part in ("firstName", "middleName", "lastName")]
        name = input.get("fullName") or " ".join(part for part in parts if part)
        if not name:
            raise Refused(400, "give an id, a LinkedIn profile, an email, a phone or a name")
        found = np.flatnonzero(self._named(name))
        employers = self.employers(company)
        if employers is None:
            return [int(i) for i in found]
        world = self.world
        past = company.get("searchInPastCompanies")
        return [
            int(i)
            for i in found
            if int(world.company[i]) in employers
            or (past and world.change[i] and int(world.previous_company[i]) in employers)
        ]

    def employers(self, company: Input) -> set[int] | None:
        """Places of the companies that ``CompanyDetails`` means; None where it names none."""
        if company.get("companyId"):
            return {*_known(self.world.company_place.get(company["companyId"]))}
        for field in ("domain", "emailDomain"):
            if company.get(field):
                return {*_known(self.domain_place(company[field]))}
        if company.get("linkedinId") and company["linkedinId"].isdecimal():
            return {int(company["linkedinId"]) - 1_000_000}
        if company.get("name"):
            return {*self.companies_named(company["name"], strict=bool(company.get("strict")))}
        return None

    def _passes(self, i: int, input: Input) -> bool:
        world = self.world
        status, personal = EMAIL_CODES[world.work_email[i]], EMAIL_CODES[world.personal_email[i]]
        work_phone, mobile = PHONE_CODES[world.work_phone[i]], PHONE_CODES[world.mobile[i]]
        usable = {"Verified", "VerifiedLikely", "Unverified", "LikelyAccurate"}
        has: dict[str, Callable[[], bool]] = {
            "HasVerifiedWorkPhone": lambda: work_phone == "Verified",
            "HasPersonalPhone": lambda: mobile in usable,
            "HasWorkPhone": lambda: work_phone in usable,
            "HasPersonalEmail": lambda: personal in usable,
            "HasVerifiedWorkEmail": lambda: status == "Verified",
            "HasWorkEmail": lambda: status in usable,
        }
        quality = (input.get("qualityFilter") or {}).get("phone")
        return (
            (not input.get("workEmailStatusIn") or status in input["workEmailStatusIn"])
            and (
                not input.get("containsWorkContactInfo") or status in usable or work_phone in usable
            )
            and all(has[wanted]() for wanted in input.get("profileFilter") or ())
            and (quality != "HighestQualityPhones" or "Verified" in (mobile, work_phone))
            and (quality != "HigherQualityPhones" or bool({mobile, work_phone} & usable))
            and (input.get("minConfidence") or 0) <= 100
        )

    def find_companies(self, input: Input) -> list[int]:
        """Places of the companies a ``SearchCompanyInput`` names, best first."""
        world = self.world
        if input.get("id"):
            return _known(world.company_place.get(input["id"]))
        if input.get("domain"):
            return _known(self.domain_place(input["domain"]))
        if input.get("linkedinUrl"):
            slug = re.sub(r"[?#].*$", "", input["linkedinUrl"].lower()).rstrip("/").rsplit("/")[-1]
            return _known(self.domain_place(f"{slug}.example"))
        if input.get("linkedinId"):
            digits = input["linkedinId"]
            place = int(digits) - 1_000_000 if digits.isdecimal() else -1
            return [place] if 0 <= place < world.companies else []
        if input.get("name"):
            return self.companies_named(input["name"], strict=bool(input.get("strict")))
        raise Refused(400, "give an id, a domain, a LinkedIn page or a name")

    def companies_named(self, name: str, *, strict: bool = False) -> list[int]:
        """Companies called so; without ``strict``, Inc, Ltd and the like make no difference."""
        wanted = name.strip().lower()
        exact = [c for c, has in enumerate(self._lower_names) if has == wanted]
        if strict or exact:
            return exact
        bare = SUFFIX.sub("", wanted)
        return [c for c, has in enumerate(self._bare_names) if has == bare]

    def domain_place(self, domain: str) -> int | None:
        """Place of the company with this domain, web address or address' domain."""
        bare = re.sub(r"^[a-z]+://", "", domain.strip().lower()).split("/")[0]
        return self.world.domain_place.get(bare.rpartition("@")[2].removeprefix("www."))

    def linkedin_place(self, url: str) -> int | None:
        """Place of the person with this profile, however the address is written."""
        slug = re.sub(r"[?#].*$", "", url.strip().lower()).rstrip("/").rsplit("/")[-1]
        digits = slug.rsplit("-")[-1]
        place = int(digits) if digits.isdecimal() else -1
        world = self.world
        known = 0 <= place < world.people and world.slug(place) == ascii_slug(slug)
        return place if known and not world.odd(place, "no_linkedin") else None

    def _address_place(self, address: str) -> int | None:
        place = self.world.work_address_place.get(address)
        return self.world.personal_address_place.get(address) if place is None else place

    @cached_property
    def _hashes(self) -> dict[str, int]:
        addresses = self.world.work_address_place | self.world.personal_address_place
        return {
            make(address.encode()).hexdigest(): place
            for address, place in addresses.items()
            for make in (hashlib.sha256, _md5)
        }

    @cached_property
    def _lower_names(self) -> list[str]:
        return [name.lower() for name in self.world.company_names]

    @cached_property
    def _bare_names(self) -> list[str]:
        return [SUFFIX.sub("", name) for name in self._lower_names]


def _md5(content: bytes) -> Any:
    return hashlib.md5(content, usedforsecurity=False)


def _known(place: int | None) -> list[int]:
    return [] if place is None else [place]


def _lower(values: Iterable[str]) -> set[str]:
    return {value.strip().lower() for value in values}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _lookup(values: Sequence[Any], kind: type = bool) -> Column:
    return np.array(values, dtype=kind)


def _any(masks: Iterable[Column]) -> Column:
    return np.logical_or.reduce(list(masks))


def _ranks(values: Sequence[str]) -> Column:
    """The place of each value among the distinct ones: equals are left to the next order."""
    places = {value: place for place, value in enumerate(sorted({*values}))}
    return np.array([places[value] for value in values], dtype=np.int64)


def _between(column: Column, range_: Input, least: str, most: str) -> Column:
    mask = np.ones(len(column), dtype=bool)
    if range_.get(least) is not None:
        mask &= column >= range_[least]
    if range_.get(most) is not None:
        mask &= column <= range_[most]
    return mask


def _within(column: Column, range_: Input) -> Column:
    return _between(column, range_, "start", "end")


def _coded(code: str, text: str, wanted: Input) -> bool:
    if not (wanted.get("code") or wanted.get("description")):
        return True
    return code.startswith(wanted.get("code") or code) and (
        (wanted.get("description") or "").lower() in text.lower()
    )


def _placed(locations: Sequence[Input]) -> list[bool]:
    def fits(country: int, state: str, city: str, postal: str, wanted: Input) -> bool:
        names = {name.lower() for name in words.COUNTRIES[country][:3]}
        return (
            (wanted.get("country") or "").lower() in (names | {""})
            and (wanted.get("areaLevel1") or state).lower() == state.lower()
            and (wanted.get("city") or city).lower() == city.lower()
            and (wanted.get("postalCode") or postal).lower() == postal.lower()
        )

    return [any(fits(*place, wanted) for wanted in locations) for place in PLACES]
