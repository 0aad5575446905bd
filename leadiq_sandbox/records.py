"""Rows of the world -> the objects of the GraphQL schema, one at a time."""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

from leadiq_sandbox import words
from leadiq_sandbox.world import (
    CHANGE_CODES,
    EMAIL_CODES,
    PHONE_CODES,
    PLACES,
    TECHNOLOGIES,
    TITLES,
    World,
    ascii_slug,
)

Json = dict[str, Any]


def company_info(world: World, c: int) -> Json:
    """``CompanyInfo``: what company and people searches give."""
    name, naics, naics_text, sic, sic_text, _ = words.INDUSTRIES[world.industry[c]]
    country, state, city, postal = PLACES[world.seat[c]]
    nation = words.COUNTRIES[country]
    slug = world.domains[c].removesuffix(".example")
    employees = int(world.employees[c])
    draw = random.Random(f"{world.seed} company {c}")
    return {
        "id": world.company_ids[c],
        "source": "LeadIQ",
        "name": world.company_names[c],
        "alternativeNames": [world.company_bases[c]],
        "domain": world.domains[c],
        "description": f"{world.company_names[c]} works in {name.lower()} from {city}.",
        "emailDomains": [world.domains[c]],
        "type": draw.choice(("Privately Held", "Public Company", "Partnership")),
        "phones": [f"+1 {201 + c % 700}-555-01{c % 100:02d}"],
        "country": nation[0],
        "address": f"{1 + c % 200} Main Street, {city}",
        "locationInfo": {
            "formattedAddress": f"{1 + c % 200} Main Street, {city}, {state}, {nation[0]}",
            "street1": f"{1 + c % 200} Main Street",
            "city": city,
            "areaLevel1": state,
            "country": nation[0],
            "countryCode2": nation[1],
            "countryCode3": nation[2],
            "postalCode": postal,
        },
        "logoUrl": None,
        "linkedinId": str(1_000_000 + c),
        "linkedinUrl": f"https://www.linkedin.com/company/{slug}",
        "numberOfEmployees": employees,
        "industry": name,
        "specialities": draw.sample(words.COMPANY_SECOND, 3),
        "fundingInfo": _funding(world, c),
        "technologies": [
            {
                "name": TECHNOLOGIES[t][0],
                "category": TECHNOLOGIES[t][1],
                "parentCategory": "Software",
                "attributes": [],
                "categories": [TECHNOLOGIES[t][1]],
            }
            for t in world.technologies[c]
        ],
        "revenue": int(world.revenue[c]),
        "revenueRange": revenue_range(world, c),
        "predictedRevenue": revenue_range(world, c),
        "sicCode": {"code": sic, "description": sic_text},
        "secondarySicCodes": [],
        "naicsCode": {"code": naics, "description": naics_text},
        "employeeRange": _employee_range(employees),
        "crunchbaseUrl": f"https://www.crunchbase.com/organization/{slug}",
        "facebookUrl": None,
        "twitterUrl": None,
        "foundedYear": int(world.founded[c]),
        "companyHierarchy": _hierarchy(world, c),
        "updatedDate": world.ago(world.company_updated_days[c]),
        "businessTypes": {"types": [{"value": v} for v in draw.sample(words.BUSINESS_TYPES, 2)]},
        "functionTrends": lambda _info, **range_: _trends(world, c, **range_),
        "isExcluded": False,
    }


def company(world: World, c: int) -> Json:
    """``Company``: what the advanced searches give."""
    name, naics, naics_text, sic, sic_text, _ = words.INDUSTRIES[world.industry[c]]
    country, state, city, postal = PLACES[world.seat[c]]
    nation = words.COUNTRIES[country]
    return {
        "id": world.company_ids[c],
        "name": world.company_names[c],
        "industry": name,
        "description": f"{world.company_names[c]} works in {name.lower()} from {city}.",
        "linkedinId": str(1_000_000 + c),
        "domain": world.domains[c],
        "employeeCount": int(world.employees[c]),
        "city": city,
        "country": nation[0],
        "countryCode2": nation[1],
        "countryCode3": nation[2],
        "state": state,
        "postalCode": postal,
        "score": None,
        "companyTechnologies": [TECHNOLOGIES[t][0] for t in world.technologies[c]],
        "companyTechnologyCategories": sorted({TECHNOLOGIES[t][1] for t in world.technologies[c]}),
        "revenueRange": revenue_range(world, c),
        "fundingInfo": _funding(world, c),
        "naicsCode": {"code": naics, "description": naics_text},
        "sicCode": {"code": sic, "description": sic_text},
    }


def search_person(world: World, i: int) -> Json:
    """``Person``: what the advanced searches give. Contact fields live on as deprecated nulls."""
    country, state, city, _ = PLACES[world.place[i]]
    nation = words.COUNTRIES[country]
    title = TITLES[world.title[i]]
    first, last = words.FIRST_NAMES[world.first[i]], words.LAST_NAMES[world.last[i]]
    last_name = None if world.odd(i, "no_last") else last
    linkedin = not world.odd(i, "no_linkedin")
    return {
        "id": world.person_ids[i],
        "companyId": world.company_ids[world.company[i]],
        "name": " ".join(filter(None, (first, last_name))),
        "linkedinId": str(50_000_000 + i) if linkedin else None,
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
        "lastName": last_name,
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
    """``PersonRecord``: what ``searchPeople`` gives. ``matched`` are the companies asked for."""
    draw = random.Random(f"{world.seed} person {i}")
    country, state, city, _ = PLACES[world.place[i]]
    nation = words.COUNTRIES[country]
    first, last = words.FIRST_NAMES[world.first[i]], words.LAST_NAMES[world.last[i]]
    last_name = None if world.odd(i, "no_last") else last
    updated = world.ago(world.updated_days[i])
    school = draw.choice(words.UNIVERSITIES)
    graduated = 4000 + draw.randrange(4000)
    personal = _email(world.personal_address(i), world.personal_email[i], "PersonalEmail", updated)
    mobile = _phone(world.mobile_number(i), world.mobile[i], "PersonalMobile", updated)
    return {
        "id": world.person_ids[i],
        "_id": world.person_ids[i],
        "name": {
            "first": first,
            "fullName": " ".join(filter(None, (first, last_name))),
            "last": last_name,
            "middle": None,
        },
        "currentPositions": _current_positions(world, i, updated, include_invalid, matched),
        "pastPositions": _past_positions(world, i, draw),
        "linkedin": None
        if world.odd(i, "no_linkedin")
        else {
            "linkedinId": str(50_000_000 + i),
            "linkedinUrl": linkedin_url(world, i),
            "salesUrls": [],
            "type": "NotApplicable",
            "status": "Valid",
            "updatedAt": updated,
            "guid": None,
        },
        "profiles": [],
        "location": {
            "fullAddress": f"{city}, {state}, {nation[0]}",
            "areaLevel1": state,
            "city": city,
            "country": nation[0],
            "countryCode2": nation[1],
            "countryCode3": nation[2],
            "type": "NotApplicable",
            "status": "Valid",
            "updatedAt": updated,
        },
        "education": [
            {
                "name": f"{school} University",
                "domain": f"{ascii_slug(school)}.example",
                "degrees": [draw.choice(words.DEGREES)],
                "majors": [draw.choice(words.MAJORS)],
                "dateRange": {"start": world.ago(graduated + 1400), "end": world.ago(graduated)},
            }
        ],
        "updatedAt": updated,
        "personalEmails": _shown(personal, include_invalid),
        "personalPhones": _shown(mobile, include_invalid),
        "confidence": 100,
    }


def _current_positions(
    world: World, i: int, updated: str, include_invalid: bool, matched: Collection[int]
) -> list[Json]:
    if world.odd(i, "no_position"):
        return []
    held = [int(world.company[i])]
    if world.odd(i, "two_positions"):
        held.append(int(world.previous_company[i]))
    positions = []
    for place, c in enumerate(held):
        title = TITLES[world.title[i] if place == 0 else world.previous_title[i]]
        # Contact data hangs on the first position; the second is a seat on a board, say.
        work = _email(world.work_address(i), world.work_email[i], "WorkEmail", updated)
        line = _phone(world.work_number(i), world.work_phone[i], "WorkPhone", updated)
        emails = _shown(work, include_invalid) if place == 0 else []
        positions.append(
            {
                "companyId": world.company_ids[c],
                "title": None if world.odd(i, "no_title") else title.text,
                "dateRange": {"start": world.ago(world.started_days[i] + 300 * place)},
                "updatedAt": updated,
                "emails": emails,
                "phones": _shown(line, include_invalid) if place == 0 else [],
                "companyInfo": None if world.odd(i, "no_company") else company_info(world, c),
                "seniority": words.SENIORITIES[title.seniority][0],
                "function": words.ROLES[title.role][0],
                "workEmail": emails[0] if emails else None,
                "matchedQuery": c in matched or not matched,
            }
        )
    return positions


def _past_positions(world: World, i: int, draw: random.Random) -> list[Json]:
    positions = []
    end = int(world.started_days[i])
    for place in range(draw.randrange(4)):
        first = place == 0 and world.change[i]
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
    """Suppressed addresses come back and have to be skipped; Invalid ones only when asked for."""
    if contact is None or (contact["status"] == "Invalid" and not include_invalid):
        return []
    return [contact]


def linkedin_url(world: World, i: int) -> str:
    """A profile's address; nobody is behind it."""
    return f"https://www.linkedin.com/in/{world.slug(i)}"


def revenue_range(world: World, c: int) -> Json:
    """``RevenueRange`` of a company, in US dollars."""
    revenue = world.revenue[c]
    start, end, text = next(
        band for band in words.REVENUE_BANDS if band[1] is None or revenue < band[1]
    )
    return {"start": start, "end": end, "description": text}


def _employee_range(employees: int) -> str:
    for most, text in ((10, "1-10"), (50, "11-50"), (200, "51-200"), (1000, "201-1000"),
                       (5000, "1001-5000")):  # fmt: skip
        if employees <= most:
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
    top = parent
    while world.parent[top] is not None:
        top = world.parent[top]

    def node(place: int) -> Json:
        return {"id": world.company_ids[place], "name": world.company_names[place]}

    return {"isUltimate": False, "parent": node(parent), "ultimateParent": node(top)}


def _trends(world: World, c: int, **range_: Any) -> list[Json]:
    """Headcount by function now and in each of the past 24 months, within from and to."""
    draw = random.Random(f"{world.seed} trends {c}")
    shares = [weight * draw.uniform(0.5, 1.5) for _, weight in words.ROLES]
    growth = draw.uniform(-0.01, 0.04)
    points = []
    for month in range(24, -1, -1):
        at = world.ago(30.4 * month)
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
