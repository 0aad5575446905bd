"""Pages of the advanced searches, and the look-ups; test_search_filters has every filter."""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadiq_api import InvalidRequestError
from leadiq_sandbox import Sandbox, words
from leadiq_sandbox import server as sandbox_server
from tests.conftest import client_of

Json = dict[str, Any]
WORLD_SIZE = 1200


@pytest.fixture(scope="module")
def server():
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0) as running:
        yield running


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 100), sort=st.sampled_from(["NameAsc", "NameDesc", "SeniorityDesc",
       "UpdatedAtAsc", "TitleAsc", "RoleDesc", "IdAsc", "MobilePhoneDesc"]))
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


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    """More people, and more companies with people, than paging reaches."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sandbox_server, "PEOPLE_PER_COMPANY", 3)
        with Sandbox(people=55_000, credits=10**9, rpm=0) as running:
            yield running


def advanced(server: Sandbox, kind: str, **input: Any) -> tuple[int, list[str]]:
    """(total, ids of the page's rows) of the "flat" or the "grouped" search."""
    client = client_of(server)
    if kind == "flat":
        found = client.flat_advanced_search(input, data_points=())
        return found["totalPeople"], [person["id"] for person in found["people"]]
    found = client.grouped_advanced_search({**input, "limitPerCompany": 0}, data_points=())
    return found["totalCompanies"], [row["company"]["id"] for row in found["companies"]]


@pytest.mark.parametrize("kind", ["flat", "grouped"])
def test_pages_agree_up_to_the_ceiling(large, kind) -> None:
    sort = {"sortContactsBy" if kind == "flat" else "sortCompaniesBy": ["NameDesc"]}
    for order in ({}, sort):
        pages = [advanced(large, kind, skip=skip, limit=100, **order)
                 for skip in (0, 100, 9_800, 9_900)]
        (total,) = {total for total, _ in pages}
        assert total > 10_000
        assert [len(ids) for _, ids in pages] == [100] * 4
        assert len({one for _, ids in pages for one in ids}) == 400


@pytest.mark.parametrize("kind", ["flat", "grouped"])
@pytest.mark.parametrize(
    ("input", "told"),
    [
        ({"skip": 9_901, "limit": 100}, "skip + limit must be at most 10000"),
        ({"skip": 9_976}, "skip + limit must be at most 10000"),
        ({"skip": -1}, "skip must not be negative and limit must be 0 to 100"),
        ({"limit": 101}, "skip must not be negative and limit must be 0 to 100"),
    ],
)
def test_the_ceiling_and_bad_pages_are_refused(large, kind, input, told) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(told)) as refused:
        advanced(large, kind, **input)
    assert refused.value.status == 400


def test_the_words_that_are_suggested_are_those_of_the_records(large) -> None:
    client = client_of(large)
    companies = [
        row["company"]
        for skip in range(0, 1_000, 100)
        for row in client.grouped_advanced_search(
            {"skip": skip, "limit": 100, "limitPerCompany": 0}, data_points={"company"}
        )["companies"]
    ]
    assert {
        (c["industry"], *c["naicsCode"].values(), *c["sicCode"].values()) for c in companies
    } == {row[:5] for row in words.INDUSTRIES}
    assert {one for c in companies for one in c["companyTechnologyCategories"]} == {
        *words.TECHNOLOGIES
    }
    assert {one for c in companies for one in c["companyTechnologies"]} == {
        name for names in words.TECHNOLOGIES.values() for name in names
    }
    (info,) = client.search_company({"id": companies[0]["id"]})["results"]
    for field in ("industry", "naicsCode", "sicCode"):
        assert info[field] == companies[0][field]
    assert [row["name"] for row in info["technologies"]] == companies[0]["companyTechnologies"]
    assert all(row["name"] in words.TECHNOLOGIES[row["category"]] for row in info["technologies"])


def test_a_person_is_found_by_each_identifier(server) -> None:
    world, client = server.world, client_of(server)
    i = next(i for i in range(WORLD_SIZE) if world.work_email[i] and world.personal_email[i]
             and not world.oddity[i] and world.mobile[i])
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
    ):
        found = client.search_people({**input, "limit": 5}, data_points=set())
        assert world.person_ids[i] in [row["id"] for row in found["results"]], input
    assert client.search_people({"email": "nobody@nowhere.example"}, data_points=set()) == {
        "totalResults": 0, "hasMore": False, "results": [],
    }


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
    )
    assert wrong.status_code == 200
    assert wrong.json()["errors"][0]["extensions"]["response"]["status"] == 401
    rest = requests.get(f"{server.url}/v1/whoami", headers={"X-API-Key": server.api_key}, timeout=5)
    assert (rest.status_code, rest.json()["code"]) == (401, "UNAUTHORIZED")
