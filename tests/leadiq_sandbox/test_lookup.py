"""People and companies by each of their identifiers."""

import hashlib
from typing import Any

import pytest

from leadiq_sandbox import Sandbox, words
from tests.conftest import client_of

WORLD_SIZE = 1200


@pytest.fixture(scope="module")
def server():
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0) as running:
        yield running


def test_a_person_is_found_by_each_identifier(server) -> None:
    world, client = server.world, client_of(server)
    i = next(
        i
        for i in range(WORLD_SIZE)
        if world.work_email[i]
        and world.personal_email[i]
        and not world.oddity[i]
        and world.mobile[i]
    )
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
        {"fullName": f"{first} {last}", "company": {"name": world.company_bases[world.company[i]]}},
    ):
        found = client.search_people({**input, "limit": 5}, data_points=set())
        assert world.person_ids[i] in [row["id"] for row in found["results"]], input
    assert client.search_people({"email": "nobody@nowhere.example"}, data_points=set()) == {
        "totalResults": 0,
        "hasMore": False,
        "results": [],
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
    invalid = next(i for i in range(WORLD_SIZE) if world.work_email[i] == 4 and not world.oddity[i])
    suppressed = next(
        i for i in range(WORLD_SIZE) if world.work_email[i] == 5 and not world.oddity[i]
    )

    def statuses(i: int, **more: Any) -> list[str]:
        input = {"id": world.person_ids[i], **more}
        (person,) = client.search_people(input, data_points={"email"})["results"]
        return [e["status"] for row in person["currentPositions"] for e in row["emails"]]

    assert statuses(invalid) == []
    assert statuses(invalid, includeInvalid=True) == ["Invalid"]
    assert statuses(suppressed) == ["Suppressed"]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.1, 5, 40), (1.0, 200, 200)])
def test_impostors_answer_for_an_address_but_never_for_an_id(
    share: float, least: int, most: int
) -> None:
    with Sandbox(people=300, rpm=0, impostors=share) as sandbox:
        client = client_of(sandbox)
        addresses = [*sandbox.world.work_address_index.items()][:200]
        replaced = 0
        for address, i in addresses:
            found = [sandbox.graphql.index.lookup.people({"email": address}) for _ in range(2)]
            assert found[0] == found[1]
            replaced += found[0] != [i]
        assert least <= replaced <= most
        id = sandbox.world.person_ids[addresses[0][1]]
        (person,) = client.search_people({"id": id}, data_points=set())["results"]
        assert (person["id"], person["confidence"]) == (id, 100)
