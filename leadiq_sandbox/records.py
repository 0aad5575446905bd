"""Rows of the world -> the objects of the GraphQL schema, one at a time."""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

from leadiq_sandbox import words
from leadiq_sandbox.world import (
    CHANGE_CODES,
    COMPANY_LINKEDIN_ID,
    EMAIL_CODES,
    PERSON_LINKEDIN_ID,
    PHONE_CODES,
    PLACES,
    TECHNOLOGIES,
    TITLES,
    World,
    ascii_slug,
)

Json = dict[str, Any]

# (largest number of employees, what LeadIQ calls the range)
EMPLOYEE_RANGES = (
    (10, "1-10"),
    (50, "11-50"),
    (200, "51-200"),
    (1000, "201-1000"),
    (5000, "1001-5000"),
)
DAYS_OF_A_MONTH = 30.4


def company_info(world: World, c: int) -> Json:
    """Returns ``CompanyInfo``: a company as company and people searches return it."""
    slug = world.domains[c].removesuffix(".example")
    employees = int(world.employees[c])
    draw = random.Random(f"{world.seed} company {c}")
    kind = draw.choice(("Privately Held", "Public Company", "Partnership"))
    specialities = draw.sample(words.COMPANY_SECOND, 3)
    business_types = draw.sample(words.BUSINESS_TYPES, 2)
    return {
        "id": world.company_ids[c],
        "source": "LeadIQ",
        "name": world.company_names[c],
        "alternativeNames": [world.company_bases[c]],
        "domain": world.domains[c],
        "emailDomains": [world.domains[c]],
        "type": kind,
        "phones": [f"+1 {201 + c % 700}-555-01{c % 100:02d}"],
        **_seat(world, c),
        "logoUrl": None,
        "linkedinId": str(COMPANY_LINKEDIN_ID + c),
        "linkedinUrl": f"https://www.linkedin.com/company/{slug}",
        "numberOfEmployees": employees,
        **_classification(world, c),
        "specialities": specialities,
        "fundingInfo": _funding(world, c),
        "technologies": [_technology(t) for t in world.technologies[c]],
        "revenue": int(world.revenue[c]),
        "revenueRange": revenue_range(world, c),
        "predictedRevenue": revenue_range(world, c),
        "secondarySicCodes": [],
        "employeeRange": _employee_range(employees),
        "crunchbaseUrl": f"https://www.crunchbase.com/organization/{slug}",
        "facebookUrl": None,
        "twitterUrl": None,
        "foundedYear": int(world.founded[c]),
        "companyHierarchy": _hierarchy(world, c),
        "updatedDate": world.ago(world.company_updated_days[c]),
        "businessTypes": {"types": [{"value": value} for value in business_types]},
        "functionTrends": lambda _info, **period: _trends(world, c, **period),
        "isExcluded": False,
    }


def _seat(world: World, c: int) -> Json:
    """Where a company is seated, in the fields of ``CompanyInfo``."""
    country, state, city, postal = PLACES[world.seat[c]]
    name, code2, code3 = words.COUNTRIES[country][:3]
    street = f"{1 + c % 200} Main Street"
    return {
        "country": name,
        "address": f"{street}, {city}",
        "locationInfo": {
            "formattedAddress": f"{street}, {city}, {state}, {name}",
            "street1": street,
            "city": city,
            "areaLevel1": state,
            "country": name,
            "countryCode2": code2,
            "countryCode3": code3,
            "postalCode": postal,
        },
    }


def _classification(world: World, c: int) -> Json:
    """What a company does, in the fields of both ``CompanyInfo`` and ``Company``."""
    industry, naics, naics_text, sic, sic_text, _ = words.INDUSTRIES[world.industry[c]]
    city = PLACES[world.seat[c]][2]
    return {
        "industry": industry,
        "description": f"{world.company_names[c]} works in {industry.lower()} from {city}.",
        "naicsCode": {"code": naics, "description": naics_text},
        "sicCode": {"code": sic, "description": sic_text},
    }


def _technology(index: int) -> Json:
    name, category = TECHNOLOGIES[index]
    return {
        "name": name,
        "category": category,
        "parentCategory": "Software",
        "attributes": [],
        "categories": [category],
    }


def company(world: World, c: int) -> Json:
    """Returns ``Company``: a company as the advanced searches return it."""
    country, state, city, postal = PLACES[world.seat[c]]
    name, code2, code3 = words.COUNTRIES[country][:3]
    return {
        "id": world.company_ids[c],
        "name": world.company_names[c],
        **_classification(world, c),
        "linkedinId": str(COMPANY_LINKEDIN_ID + c),
        "domain": world.domains[c],
        "employeeCount": int(world.employees[c]),
        "city": city,
        "country": name,
        "countryCode2": code2,
        "countryCode3": code3,
        "state": state,
        "postalCode": postal,
        "score": None,
        "companyTechnologies": [TECHNOLOGIES[t][0] for t in world.technologies[c]],
        "companyTechnologyCategories": sorted({TECHNOLOGIES[t][1] for t in world.technologies[c]}),
        "revenueRange": revenue_range(world, c),
        "fundingInfo": _funding(world, c),
    }


def search_person(world: World, i: int) -> Json:
    """Returns ``Person``: a person as the advanced searches return them.

    Their contact fields are deprecated and null.
    """
    country, state, city, _ = PLACES[world.place[i]]
    nation = words.COUNTRIES[country]
    title = TITLES[world.title[i]]
    first, last = _names(world, i)
    linkedin = not world.odd(i, "no_linkedin")
    return {
        "id": world.person_ids[i],
        "companyId": world.company_ids[world.company[i]],
        "name": " ".join(filter(None, (first, last))),
        "linkedinId": str(PERSON_LINKEDIN_ID + i) if linkedin else None,
        "linkedinUrl": linkedin_url(world, i) if linkedin else None,
        "title": None if world.odd(i, "no_title") else title.text,
        "role": words.ROLES[title.role][0],
        "city": city,
        "state": state,
        "country": nation[0],
        "countryCode2": nation[1],
        "countryCode3": nation[2],
        "seniority": words.SENIORITIES[title.seniority][0],
        "firstName": first,
        "middleName": None,
        "lastName": last,
        "updatedAt": world.ago(world.updated_days[i]),
        "currentPositionStartDate": world.ago(world.started_days[i]),
        "company": lambda _info: company(world, int(world.company[i])),
        "picture": None,
        "personJobChange": _job_change(world, i),
    }


def _job_change(world: World, i: int) -> Json | None:
    if not world.change[i]:
        return None
    moved = CHANGE_CODES[world.change[i]] == "JobChange"
    before = int(world.previous_company[i] if moved else world.company[i])
    now = int(world.company[i])
    title = TITLES[world.title[i]]
    return {
        "jobChangeType": CHANGE_CODES[world.change[i]],
        "startedAt": int(world.ago_ms(world.changed_days[i])),
        "previousPosition": {
            "companyId": world.company_ids[before],
            "company": lambda _info: company(world, before),
            "title": TITLES[world.previous_title[i]].text,
        },
        "currentPosition": {
            "companyId": world.company_ids[now],
            "company": lambda _info: company(world, now),
            "title": title.text,
            "role": words.ROLES[title.role][0],
            "seniority": words.SENIORITIES[title.seniority][0],
        },
    }


def person_record(world: World, i: int, *, include_invalid: bool, matched: Collection[int]) -> Json:
    """Returns ``PersonRecord``: a person as ``searchPeople`` returns them.

    ``include_invalid`` adds addresses and numbers that proved wrong; ``matched`` are the indexes
    of the companies that were searched for.
    """
    draw = random.Random(f"{world.seed} person {i}")
    updated = world.ago(world.updated_days[i])
    # In this order, which decides what is drawn for whom.
    school, graduated = draw.choice(words.UNIVERSITIES), 4000 + draw.randrange(4000)
    past_positions = _past_positions(world, i, draw)
    education = _education(world, school, graduated, draw)
    personal = _email(world.personal_address(i), world.personal_email[i], "PersonalEmail", updated)
    mobile = _phone(world.mobile_number(i), world.mobile[i], "PersonalMobile", updated)
    return {
        "id": world.person_ids[i],
        "_id": world.person_ids[i],
        "name": _name(world, i),
        "currentPositions": _current_positions(world, i, updated, include_invalid, matched),
        "pastPositions": past_positions,
        "linkedin": _linkedin(world, i, updated),
        "profiles": [],
        "location": _location(world, i, updated),
        "education": [education],
        "updatedAt": updated,
        "personalEmails": _shown(personal, include_invalid),
        "personalPhones": _shown(mobile, include_invalid),
    }


def _name(world: World, i: int) -> Json:
    first, last = _names(world, i)
    full_name = " ".join(filter(None, (first, last)))
    return {"first": first, "fullName": full_name, "last": last, "middle": None}


def _names(world: World, i: int) -> tuple[str, str | None]:
    """The first and the last name; the latter is missing for some."""
    first, last = words.FIRST_NAMES[world.first[i]], words.LAST_NAMES[world.last[i]]
    return first, None if world.odd(i, "no_last") else last


def _linkedin(world: World, i: int, updated: str) -> Json | None:
    if world.odd(i, "no_linkedin"):
        return None
    return {
        "linkedinId": str(PERSON_LINKEDIN_ID + i),
        "linkedinUrl": linkedin_url(world, i),
        "salesUrls": [],
        "type": "NotApplicable",
        "status": "Valid",
        "updatedAt": updated,
        "guid": None,
    }


def _location(world: World, i: int, updated: str) -> Json:
    country, state, city, _ = PLACES[world.place[i]]
    name, code2, code3 = words.COUNTRIES[country][:3]
    return {
        "fullAddress": f"{city}, {state}, {name}",
        "areaLevel1": state,
        "city": city,
        "country": name,
        "countryCode2": code2,
        "countryCode3": code3,
        "type": "NotApplicable",
        "status": "Valid",
        "updatedAt": updated,
    }


def _education(world: World, school: str, graduated: int, draw: random.Random) -> Json:
    """Four years at a school, which ended ``graduated`` days ago."""
    return {
        "name": f"{school} University",
        "domain": f"{ascii_slug(school)}.example",
        "degrees": [draw.choice(words.DEGREES)],
        "majors": [draw.choice(words.MAJORS)],
        "dateRange": {"start": world.ago(graduated + 1400), "end": world.ago(graduated)},
    }


def _current_positions(
    world: World, i: int, updated: str, include_invalid: bool, matched: Collection[int]
) -> list[Json]:
    positions: list[Json] = []
    for index, c in enumerate(world.employers(i)):
        is_first = index == 0
        title = TITLES[world.title[i] if is_first else world.previous_title[i]]
        # Contact data belongs to the first position; the others may be seats on a board.
        work = _email(world.work_address(i), world.work_email[i], "WorkEmail", updated)
        line = _phone(world.work_number(i), world.work_phone[i], "WorkPhone", updated)
        emails = _shown(work, include_invalid) if is_first else []
        positions.append(
            {
                "companyId": world.company_ids[c],
                "title": None if world.odd(i, "no_title") else title.text,
                "dateRange": {"start": world.ago(world.started_days[i] + 300 * index)},
                "updatedAt": updated,
                "emails": emails,
                "phones": _shown(line, include_invalid) if is_first else [],
                "companyInfo": None if world.odd(i, "no_company") else company_info(world, c),
                "seniority": words.SENIORITIES[title.seniority][0],
                "function": words.ROLES[title.role][0],
                "workEmail": emails[0] if emails else None,
                "matchedQuery": c in matched or not matched,
            }
        )
    return positions


def _past_positions(world: World, i: int, draw: random.Random) -> list[Json]:
    positions: list[Json] = []
    end = int(world.started_days[i])
    for index in range(draw.randrange(4)):
        first = index == 0 and world.change[i]
        c = int(world.previous_company[i]) if first else draw.randrange(world.companies)
        if first and CHANGE_CODES[world.change[i]] == "TitleChange":
            c = int(world.company[i])
        title = TITLES[world.previous_title[i] if first else draw.randrange(len(TITLES))]
        start = end + draw.randrange(200, 1500)
        positions.append(
            {
                "companyId": world.company_ids[c],
                "title": title.text,
                "dateRange": {"start": world.ago(start), "end": world.ago(end)},
                "updatedAt": world.ago(end),
                "emails": [],
                "phones": [],
                "companyInfo": company_info(world, c),
                "seniority": words.SENIORITIES[title.seniority][0],
                "function": words.ROLES[title.role][0],
                "workEmail": None,
                "matchedQuery": False,
            }
        )
        end = start
    return positions


def _email(address: str, code: int, kind: str, updated: str) -> Json | None:
    if not code:
        return None
    return {"type": kind, "status": EMAIL_CODES[code], "updatedAt": updated, "value": address}


def _phone(value: str | None, code: int, kind: str, updated: str) -> Json | None:
    if value is None:
        return None
    likely = PHONE_CODES[code] == "LikelyAccurate"
    return {
        "type": kind,
        "status": PHONE_CODES[code],
        "verificationStatus": "LikelyAccurate" if likely else "None",
        "updatedAt": updated,
        "value": value,
    }


def _shown(contact: Json | None, include_invalid: bool) -> list[Json]:
    """Suppressed addresses are returned, for clients to skip; Invalid ones only on request."""
    if contact is None or (contact["status"] == "Invalid" and not include_invalid):
        return []
    return [contact]


def linkedin_url(world: World, i: int) -> str:
    """Returns the address of a profile that does not exist."""
    return f"https://www.linkedin.com/in/{world.slug(i)}"


def revenue_range(world: World, c: int) -> Json:
    """Returns the ``RevenueRange`` of a company, in US dollars."""
    revenue = world.revenue[c]
    start, end, text = next(
        band for band in words.REVENUE_BANDS if band[1] is None or revenue < band[1]
    )
    return {"start": start, "end": end, "description": text}


def _employee_range(employees: int) -> str:
    for max_employees, text in EMPLOYEE_RANGES:
        if employees <= max_employees:
            return text
    return "5001+"


def _funding(world: World, c: int) -> Json | None:
    stage = int(world.stage[c])
    if not stage:
        return None
    total = int(world.funding_usd[c])
    return {
        "fundingRounds": str(stage),
        "fundingTotalUsd": total,
        "lastFundingOn": world.ago(world.funded_days[c]),
        "lastFundingType": words.FUNDING_STAGES[stage - 1],
        "lastFundingUsd": total // 2,
    }


def _hierarchy(world: World, c: int) -> Json:
    parent = world.parent[c]
    if parent is None:
        return {"isUltimate": True, "parent": None, "ultimateParent": None}
    ultimate = parent
    while (above := world.parent[ultimate]) is not None:
        ultimate = above

    def node(index: int) -> Json:
        return {"id": world.company_ids[index], "name": world.company_names[index]}

    return {"isUltimate": False, "parent": node(parent), "ultimateParent": node(ultimate)}


def _trends(world: World, c: int, **range_: Any) -> list[Json]:
    """Headcount by function now and in each of the past 24 months, between "from" and "to"."""
    draw = random.Random(f"{world.seed} trends {c}")
    shares = [weight * draw.uniform(0.5, 1.5) for _, weight in words.ROLES]
    growth = draw.uniform(-0.01, 0.04)
    points = []
    for month in range(24, -1, -1):
        at = world.ago(DAYS_OF_A_MONTH * month)
        if (range_.get("from") or "") > at or (range_.get("to") or "9") < at:
            continue
        size = int(world.employees[c]) / (1 + growth) ** month
        points.append(
            {
                "time": at,
                "buckets": [
                    {"bucket": role, "count": round(size * share / sum(shares))}
                    for (role, _), share in zip(words.ROLES, shares, strict=True)
                ],
            }
        )
    return points
