"""Look-ups by identifier: ids, addresses, names -> indexes of people and companies."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import Any

import numpy as np

from leadiq_sandbox import words
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.masks import Input, per_code
from leadiq_sandbox.quality import confidence
from leadiq_sandbox.world import (
    COMPANY_LINKEDIN_ID,
    EMAIL_CODES,
    PERSON_LINKEDIN_ID,
    PHONE_CODES,
    Column,
    World,
    ascii_slug,
)

MAX_ID_DIGITS = 19  # of LinkedIn's
SUFFIX = re.compile(
    r"[,.]?(?<!\s)\s+(inc|ltd|gmbh|llc|group|corp|corporation|limited|co)\.?$", re.IGNORECASE
)
USABLE = frozenset({"Verified", "VerifiedLikely", "Unverified", "LikelyAccurate"})


class Lookup:
    """Who and which company an identifier names. Indexes are computed when first needed."""

    def __init__(self, world: World) -> None:
        self.world = world
        # The share of people instead of whom somebody else is found, at full confidence.
        self.impostors = 0.0

    # People ----------------------------------------------------------------------------------

    def people(self, input: Input) -> list[int]:
        """Returns the indexes of the people whom a ``SearchPeopleInput`` names.

        By its first identifier: id, LinkedIn, e-mail, phone, then name (with company). Of several
        who share a phone, those of the name come first. Refuses an input without any with 400.
        """
        if (input.get("minConfidence") or 0) > confidence(input):
            return []
        return [i for i in self._identified(input) if self._passes(i, input)]

    def _identified(self, input: Input) -> list[int]:
        identifiers: dict[str, Callable[[str], list[int]]] = {
            "id": lambda id: _as_list(self.world.person_index.get(id)),
            "linkedinUrl": lambda url: _as_list(self.person_by_linkedin_url(url)),
            "linkedinId": lambda digits: _as_list(
                index_of(digits, PERSON_LINKEDIN_ID, self.world.people)
            ),
            "email": lambda address: _as_list(self._address_index(address.strip().lower())),
            "hashedEmail": lambda hashed: _as_list(self._hashes.get(hashed.strip().lower())),
            "phone": lambda phone: self.world.phone_index.get(re.sub(r"\D", "", phone), []),
        }
        for name, look_up in identifiers.items():
            if input.get(name):
                people = look_up(input[name])
                if name != "id":
                    people = [self._who_answers(i) for i in people]
                return self._named_first(people, input)
        return self._named(input, input.get("company") or {})

    def _who_answers(self, i: int) -> int:
        """Person ``i``, or their impostor, always the same."""
        draw = random.Random(f"{self.world.seed} impostor {i}")
        replaced = draw.random() < self.impostors and self.world.people > 1
        return (i + draw.randrange(1, self.world.people)) % self.world.people if replaced else i

    def _named_first(self, people: list[int], input: Input) -> list[int]:
        """Returns people with those of the input's name, if it has one, before the others."""
        name = _name_of(input)
        if len(people) < 2 or not name:  # noqa: PLR2004 - nobody to come before
            return people
        has_name = self.has_name(name)
        return sorted(people, key=lambda i: not has_name[i])

    def _named(self, input: Input, company: Input) -> list[int]:
        name = _name_of(input)
        if not name:
            message = "give an id, a LinkedIn profile, an email, a phone or a name"
            raise RefusalError(HTTPStatus.BAD_REQUEST, message)
        people = [int(i) for i in np.flatnonzero(self.has_name(name))]
        employers = self.employers(company)
        if employers is None:
            return people
        world = self.world
        past = company.get("searchInPastCompanies")
        return [
            i
            for i in people
            if int(world.company[i]) in employers
            or (past and world.change[i] and int(world.previous_company[i]) in employers)
        ]

    def has_name(self, name: str) -> Column:
        """Returns the mask of people in whose full name all words of ``name`` occur."""
        world = self.world
        mask = np.ones(world.people, dtype=bool)
        has_last = ~world.has_oddity("no_last")
        for word in name.lower().split():
            first = per_code([word == each.lower() for each in words.FIRST_NAMES], world.first)
            last = per_code([word == each.lower() for each in words.LAST_NAMES], world.last)
            mask &= first | (last & has_last)
        return mask

    def person_by_linkedin_url(self, url: str) -> int | None:
        """Returns the index of the person with this profile, however the address is written."""
        slug = _last_segment(url.strip())
        world = self.world
        index = index_of(slug.rsplit("-")[-1], 0, world.people)
        if index is None or world.slug(index) != ascii_slug(slug):
            return None
        return None if world.odd(index, "no_linkedin") else index

    def _passes(self, i: int, input: Input) -> bool:
        """Whether a person passes the filters of a ``SearchPeopleInput``."""
        world = self.world
        email, personal = EMAIL_CODES[world.work_email[i]], EMAIL_CODES[world.personal_email[i]]
        phone, mobile = PHONE_CODES[world.work_phone[i]], PHONE_CODES[world.mobile[i]]
        has = {
            "HasVerifiedWorkPhone": phone == "Verified",
            "HasPersonalPhone": mobile in USABLE,
            "HasWorkPhone": phone in USABLE,
            "HasPersonalEmail": personal in USABLE,
            "HasVerifiedWorkEmail": email == "Verified",
            "HasWorkEmail": email in USABLE,
        }
        at_work = email in USABLE or phone in USABLE
        statuses = input.get("workEmailStatusIn")
        return (
            (not statuses or email in statuses)
            and (at_work or not input.get("containsWorkContactInfo"))
            and all(has[wanted] for wanted in input.get("profileFilter") or ())
        )

    def _address_index(self, address: str) -> int | None:
        index = self.world.work_address_index.get(address)
        return self.world.personal_address_index.get(address) if index is None else index

    @cached_property
    def _hashes(self) -> dict[str, int]:
        addresses = self.world.work_address_index | self.world.personal_address_index
        return {
            make(address.encode()).hexdigest(): index
            for address, index in addresses.items()
            for make in (hashlib.sha256, _md5)
        }

    # Companies -------------------------------------------------------------------------------

    def companies(self, input: Input) -> list[int]:
        """Returns the indexes of the companies that a ``SearchCompanyInput`` names, best first.

        Refuses an input without any identifier with 400.
        """
        world = self.world
        if input.get("id"):
            return _as_list(world.company_index.get(input["id"]))
        if input.get("domain"):
            return _as_list(self.company_by_domain(input["domain"]))
        if input.get("linkedinUrl"):
            slug = _last_segment(input["linkedinUrl"])
            return _as_list(self.company_by_domain(f"{slug}.example"))
        if input.get("linkedinId"):
            index = index_of(input["linkedinId"], COMPANY_LINKEDIN_ID, world.companies)
            return _as_list(index)
        if input.get("name"):
            return self.companies_named(input["name"], strict=bool(input.get("strict")))
        message = "give an id, a domain, a LinkedIn page or a name"
        raise RefusalError(HTTPStatus.BAD_REQUEST, message)

    def companies_named(self, name: str, *, strict: bool = False) -> list[int]:
        """Returns the companies of this name; unless ``strict``, Inc, Ltd and so on are ignored."""
        wanted = name.strip().lower()
        exact = [c for c, has in enumerate(self._lower_names) if has == wanted]
        if strict or exact:
            return exact
        bare = SUFFIX.sub("", wanted)
        return [c for c, has in enumerate(self._bare_names) if has == bare]

    def company_by_domain(self, domain: str) -> int | None:
        """Returns the index of the company of this domain, web address or e-mail address."""
        bare = re.sub(r"^[a-z]+://", "", domain.strip().lower()).split("/")[0]
        return self.world.domain_index.get(bare.rpartition("@")[2].removeprefix("www."))

    def employers(self, company: Input) -> set[int] | None:
        """Returns the companies that ``CompanyDetails`` means; None if it names none."""
        if company.get("companyId"):
            return {*_as_list(self.world.company_index.get(company["companyId"]))}
        for field in ("domain", "emailDomain"):
            if company.get(field):
                return {*_as_list(self.company_by_domain(company[field]))}
        if (company.get("linkedinId") or "").isdecimal():
            index = index_of(company["linkedinId"], COMPANY_LINKEDIN_ID, self.world.companies)
            return {*_as_list(index)}
        if company.get("name"):
            return {*self.companies_named(company["name"], strict=bool(company.get("strict")))}
        return None

    @cached_property
    def _lower_names(self) -> list[str]:
        return [name.lower() for name in self.world.company_names]

    @cached_property
    def _bare_names(self) -> list[str]:
        return [SUFFIX.sub("", name) for name in self._lower_names]


def index_of(digits: str, first_id: int, size: int) -> int | None:
    """Returns the index that a numeric id stands for; None if it is no number, or none of these."""
    is_number = digits.isdecimal() and len(digits) <= MAX_ID_DIGITS
    index = int(digits) - first_id if is_number else -1
    return index if 0 <= index < size else None


def _name_of(input: Input) -> str:
    parts = [input.get(part) for part in ("firstName", "middleName", "lastName")]
    return input.get("fullName") or " ".join(part for part in parts if part)


def _last_segment(url: str) -> str:
    return re.split("[?#]", url.lower(), maxsplit=1)[0].rstrip("/").rsplit("/")[-1]


def _md5(content: bytes) -> Any:
    return hashlib.md5(content, usedforsecurity=False)


def _as_list(index: int | None) -> list[int]:
    return [] if index is None else [index]
