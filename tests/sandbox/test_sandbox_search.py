"""Every filter, sort and page against a count that shares no code with the search."""

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadiq_sandbox import Sandbox, records, words
from tests.conftest import client_of

Json = dict[str, Any]
WORLD_SIZE = 1200


@pytest.fixture(scope="module")
def server():
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0) as running:
        yield running


@pytest.fixture(scope="module")
def everyone(server: Sandbox) -> list[Json]:
    """All people as the search describes them, expanded one by one, with their companies."""
    found = []
    for i in range(WORLD_SIZE):
        person = records.search_person(server.world, i)
        person["company"] = records.company(server.world, int(server.world.company[i]))
        change = person["personJobChange"]
        if change:
            before = change["previousPosition"]["companyId"]
            place = server.world.company_ids.index(before)
            person["before"] = records.company(server.world, place)
        full = records.person_record(server.world, i, include_invalid=True, matched=())
        emails = [e for row in full["currentPositions"] for e in row["emails"]]
        person["status"] = emails[0]["status"] if emails else None
        found.append(person)
    return found


def total(server: Sandbox, **input: Any) -> int:
    query = "query($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) { totalPeople } }"
    answer = requests.post(
        server.graphql_url,
        json={"query": query, "variables": {"input": input}},
        headers={"Authorization": f"Basic {server.api_key}"},
        timeout=5,
    ).json()
    assert "errors" not in answer, answer
    return int(answer["data"]["flatAdvancedSearch"]["totalPeople"])


def ms(iso: str) -> int:
    from datetime import datetime

    return round(datetime.fromisoformat(iso).timestamp() * 1000)


SPLIT = int(time.time() - 200 * 86_400) * 1000  # Unix ms, within the span of updatedAt

CONTACT: list[tuple[str, Any, Callable[[Json], bool]]] = [
    ("seniorities", ["VP", "Director"], lambda p: p["seniority"] in ("VP", "Director")),
    ("roles", ["sales"], lambda p: p["role"] == "Sales"),
    ("titles", ["head sales"], lambda p: {"Head", "Sales"} <= set((p["title"] or "").split())),
    ("names", ["maya"], lambda p: "Maya" in p["name"].split()),
    ("locations", [{"country": "DE"}], lambda p: p["country"] == "Germany"),
    ("locations", [{"country": "USA", "areaLevel1": "new hampshire"}],
     lambda p: p["state"] == "New Hampshire"),
    ("locations", [{"city": "Paris"}, {"city": "Munich"}],
     lambda p: p["city"] in ("Paris", "Munich")),
    ("linkedinIds", ["50000007", "x"], lambda p: p["linkedinId"] == "50000007"),
    ("updatedAt", {"start": SPLIT}, lambda p: ms(p["updatedAt"]) >= SPLIT),
    ("updatedAt", {"end": SPLIT}, lambda p: ms(p["updatedAt"]) <= SPLIT),
]  # fmt: skip

COMPANY: list[tuple[str, Any, Callable[[Json], bool]]] = [
    ("industries", ["computer software"], lambda c: c["industry"] == "Computer Software"),
    ("sizes", [{"min": 51, "max": 200}], lambda c: 51 <= c["employeeCount"] <= 200),
    ("sizes", [{"max": 10}, {"min": 5001}],
     lambda c: c["employeeCount"] <= 10 or c["employeeCount"] >= 5001),
    ("locations", [{"country": "United Kingdom"}], lambda c: c["country"] == "United Kingdom"),
    ("technologies", ["Salesforce"], lambda c: "Salesforce" in c["companyTechnologies"]),
    ("technologyCategories", ["CRM"], lambda c: "CRM" in c["companyTechnologyCategories"]),
    ("revenueRanges", [{"start": 10**7}], lambda c: (c["revenueRange"]["end"] or 10**12) > 10**7),
    ("naicsCodeFilters", [{"code": "5415"}], lambda c: c["naicsCode"]["code"].startswith("5415")),
    ("sicCodeFilters", [{"description": "banks"}],
     lambda c: "Banks" in c["sicCode"]["description"]),
    ("fundingInfoFilters", [{"lastFundingRange": {"start": 10**6}}],
     lambda c: bool(c["fundingInfo"]) and c["fundingInfo"]["lastFundingUsd"] >= 10**6),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "fits"), CONTACT, ids=[row[0] for row in CONTACT])
def test_contact_filters(server, everyone, field, value, fits) -> None:
    expected = sum(fits(person) for person in everyone)
    assert 0 < expected < WORLD_SIZE
    assert total(server, contactFilter={field: value}) == expected
    assert total(server, contactExcludedFilter={field: value}) == WORLD_SIZE - expected


@pytest.mark.parametrize(("field", "value", "fits"), COMPANY, ids=[row[0] for row in COMPANY])
def test_company_filters(server, everyone, field, value, fits) -> None:
    expected = sum(fits(person["company"]) for person in everyone)
    assert 0 < expected < WORLD_SIZE
    assert total(server, companyFilter={field: value}) == expected
    assert total(server, companyExcludedFilter={field: value}) == WORLD_SIZE - expected


def test_ids_names_and_domains(server, everyone) -> None:
    one = everyone[17]
    same = sum(person["companyId"] == one["companyId"] for person in everyone)
    assert total(server, contactFilter={"ids": [one["id"], "PersonID-none"]}) == 1
    assert total(server, contactFilter={"linkedinUrls": [one["linkedinUrl"] + "/?x=1"]}) == 1
    for field, value in (
        ("ids", one["companyId"]),
        ("names", one["company"]["name"].upper()),
        ("domains", "https://www." + one["company"]["domain"]),
        ("linkedinIds", one["company"]["linkedinId"]),
    ):
        assert total(server, companyFilter={field: [value]}) == same, field


def test_work_email_status(server, everyone) -> None:
    for statuses in (["Verified"], ["Verified", "VerifiedLikely"]):
        expected = sum(
            person["status"] in statuses for person in everyone
        ) + sum(  # nobody's address is listed without a position, but it is still known
            server.world.odd(i, "no_position")
            and records.EMAIL_CODES[server.world.work_email[i]] in statuses
            for i in range(WORLD_SIZE)
        )
        assert total(server, contactFilter={"containsWorkEmails": statuses}) == expected


def test_job_changes(server, everyone) -> None:
    changes = [p for p in everyone if p["personJobChange"]]
    kinds = [p["personJobChange"]["jobChangeType"] for p in changes]
    after = server.world.ago_ms(90)
    recent = [p for p in changes if p["personJobChange"]["startedAt"] > after]
    assert total(server, jobChangeFilter={"jobChangeTypes": []}) == len(changes)
    assert total(server, jobChangeFilter={"jobChangeTypes": ["JobChange"]}) == kinds.count(
        "JobChange"
    )
    late = {"jobChangeTypes": [], "startedAfter": after}
    assert total(server, jobChangeFilter=late) == len(recent)
    hired = [p for p in recent if p["personJobChange"]["jobChangeType"] == "JobChange"]
    assert total(server, contactFilter={"newHireFrom": after + 1}) == len(hired)
    promoted = len(recent) - len(hired)
    assert total(server, contactFilter={"newPromotionFrom": after + 1}) == promoted
    industry = changes[0]["before"]["industry"]
    expected = sum(p["before"]["industry"] == industry for p in changes)
    assert total(server, previousCompanyFilter={"industries": [industry]}) == expected
    title = changes[0]["personJobChange"]["previousPosition"]["title"]
    wanted = set(title.replace(",", "").split())
    expected = sum(
        wanted <= set(p["personJobChange"]["previousPosition"]["title"].replace(",", "").split())
        for p in changes
    )
    assert total(server, previousPositionFilter={"titles": [title]}) == expected


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(limit=st.integers(1, 100), sort=st.sampled_from(["NameAsc", "NameDesc", "SeniorityDesc",
       "UpdatedAtAsc", "TitleAsc", "RoleDesc", "IdAsc", "MobilePhoneDesc"]))  # fmt: skip
def test_pages_hold_everybody_once(server, limit, sort) -> None:
    client = client_of(server)
    input = {"contactFilter": {"roles": ["Legal", "Finance"]}, "sortContactsBy": [sort]}
    seen: list[str] = []
    while True:
        page = client.flat_advanced_search(
            {**input, "skip": len(seen), "limit": limit}, data_points=set()
        )
        seen += [person["id"] for person in page["people"]]
        if len(page["people"]) < limit:
            break
    assert len(seen) == len(set(seen)) == page["totalPeople"]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("NameAsc", lambda p: p["firstName"].lower()),
        ("TitleAsc", lambda p: p["title"].lower()),
        ("UpdatedAtAsc", lambda p: p["updatedAt"]),
        ("IdAsc", lambda p: p["id"]),
        ("RoleAsc", lambda p: p["role"]),
    ],
)
def test_sorting(server, sort, key) -> None:
    client = client_of(server)
    filters = {"contactFilter": {"titles": ["manager"]}, "limit": 100}
    up = client.flat_advanced_search({**filters, "sortContactsBy": [sort]}, data_points=set())
    keys = [key(p) for p in up["people"] if p["title"]]
    assert keys == sorted(keys)
    down = sort.replace("Asc", "Desc")
    top = client.flat_advanced_search({**filters, "sortContactsBy": [down]}, data_points=set())
    keys = [key(p) for p in top["people"] if p["title"]]
    assert keys == sorted(keys, reverse=True)


def test_grouped_agrees_with_flat(server, everyone) -> None:
    client = client_of(server)
    fits = [p for p in everyone if p["role"] == "Sales"]
    answer = client.grouped_advanced_search(
        {"contactFilter": {"roles": ["Sales"]}, "limit": 100, "limitPerCompany": 2,
         "sortCompaniesBy": ["SizeDesc"]},
        data_points={"company"},
    )  # fmt: skip
    assert answer["totalCompanies"] == len({p["companyId"] for p in fits})
    sizes = [row["company"]["employeeCount"] for row in answer["companies"]]
    assert sizes == sorted(sizes, reverse=True)
    for row in answer["companies"]:
        here = sum(p["companyId"] == row["company"]["id"] for p in fits)
        assert row["totalContactsInCompany"] == here
        assert len(row["people"]) == min(2, here)


@pytest.mark.parametrize("input", [{"skip": 9990, "limit": 25}, {"skip": -1}, {"limit": 101}])
def test_the_ceiling_and_bad_pages_are_refused(server, input) -> None:
    from leadiq_api import InvalidRequest

    with pytest.raises(InvalidRequest) as refused:
        client_of(server).flat_advanced_search(input, data_points=set())
    assert refused.value.status == 400


def test_the_last_row_before_the_ceiling_is_served(server) -> None:
    answer = client_of(server).flat_advanced_search({"skip": 9975, "limit": 25}, data_points=set())
    assert answer["people"] == []


def test_a_person_is_found_by_each_identifier(server) -> None:
    world, client = server.world, client_of(server)
    i = next(i for i in range(WORLD_SIZE) if world.work_email[i] and world.personal_email[i]
             and not world.oddity[i] and world.mobile[i])  # fmt: skip
    first, last = words.FIRST_NAMES[world.first[i]], words.LAST_NAMES[world.last[i]]
    domain = world.domains[world.company[i]]
    hashed = hashlib.sha256(world.work_address(i).encode()).hexdigest()
    for input in (
        {"id": world.person_ids[i]},
        {"linkedinUrl": f"linkedin.com/in/{world.slug(i)}/"},
        {"linkedinId": str(50_000_000 + i)},
        {"email": world.work_address(i).upper()},
        {"email": world.personal_address(i)},
        {"hashedEmail": hashed},
        {"phone": world.mobile_number(i), "id": world.person_ids[i]},
        {"firstName": first, "lastName": last, "company": {"domain": domain}},
        {"fullName": f"{first} {last}",
         "company": {"name": world.company_bases[world.company[i]]}},
    ):  # fmt: skip
        found = client.search_people({**input, "limit": 5}, data_points=set())
        assert world.person_ids[i] in [row["id"] for row in found["results"]], input
    assert client.search_people({"email": "nobody@nowhere.example"}, data_points=set()) == {
        "totalResults": 0, "hasMore": False, "results": [],
    }  # fmt: skip


def test_a_company_is_found_by_each_identifier(server) -> None:
    world, client = server.world, client_of(server)
    slug = world.domains[3].removesuffix(".example")
    for input in (
        {"id": world.company_ids[3]},
        {"domain": f"https://www.{world.domains[3]}/about"},
        {"name": world.company_bases[3]},
        {"name": world.company_names[3].upper(), "strict": True},
        {"linkedinUrl": f"https://www.linkedin.com/company/{slug}/"},
        {"linkedinId": str(1_000_003)},
    ):
        (found,) = client.search_company(input)["results"]
        assert found["id"] == world.company_ids[3], input
        assert len(found["functionTrends"]) == 25


def test_invalid_addresses_come_only_when_asked_for(server) -> None:
    world, client = server.world, client_of(server)
    i = next(i for i in range(WORLD_SIZE) if world.work_email[i] == 4 and not world.oddity[i])
    suppressed = next(
        i for i in range(WORLD_SIZE) if world.work_email[i] == 5 and not world.oddity[i]
    )

    def statuses(place: int, **more: Any) -> list[str]:
        input = {"id": world.person_ids[place], **more}
        (person,) = client.search_people(input, data_points={"email"})["results"]
        return [e["status"] for row in person["currentPositions"] for e in row["emails"]]

    assert statuses(i) == []
    assert statuses(i, includeInvalid=True) == ["Invalid"]
    assert statuses(suppressed) == ["Suppressed"]


def test_the_same_seed_gives_the_same_world() -> None:
    one, two, other = Sandbox(people=50), Sandbox(people=50), Sandbox(people=50, seed=2)
    assert one.world.person_ids == two.world.person_ids != other.world.person_ids
    assert one.world.company_names == two.world.company_names
    for sandbox in (one, two, other):
        sandbox.store.close()


def test_everything_is_fiction(server) -> None:
    world = server.world
    assert all(domain.endswith(".example") for domain in world.domains)
    numbers = {world.mobile_number(i) for i in range(WORLD_SIZE)} - {None}
    reserved = ("+44 7700 900", "+61 491 570 ", "+33 6 39 98 ")
    assert all(number.startswith(reserved) or "-555-01" in number for number in numbers)


def test_the_key_in_the_wrong_form_is_refused(server) -> None:
    decoded = base64.b64decode(server.api_key).decode()
    wrong = requests.post(
        server.graphql_url, json={"query": "{ account { plans { name } } }"},
        headers={"Authorization": f"Basic {decoded}"}, timeout=5,
    )  # fmt: skip
    assert wrong.status_code == 200
    assert wrong.json()["errors"][0]["extensions"]["response"]["status"] == 401
    rest = requests.get(f"{server.url}/v1/whoami", headers={"X-API-Key": server.api_key}, timeout=5)
    assert (rest.status_code, rest.json()["code"]) == (401, "UNAUTHORIZED")
