"""Pages of the advanced searches, up to the ceiling."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
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
@given(
    limit=st.integers(1, 100),
    sort=st.sampled_from(
        [
            "NameAsc",
            "NameDesc",
            "SeniorityDesc",
            "UpdatedAtAsc",
            "TitleAsc",
            "RoleDesc",
            "IdAsc",
            "MobilePhoneDesc",
        ]
    ),
)
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
        pages = [
            advanced(large, kind, skip=skip, limit=100, **order) for skip in (0, 100, 9_800, 9_900)
        ]
        (total,) = {total for total, _ in pages}
        assert total > 10_000
        assert [len(ids) for _, ids in pages] == [100] * 4
        assert len({one for _, ids in pages for one in ids}) == 400


@pytest.mark.parametrize("kind", ["flat", "grouped"])
@pytest.mark.parametrize(
    ("input", "message"),
    [
        ({"skip": 9_901, "limit": 100}, "skip + limit must be at most 10000"),
        ({"skip": 9_976}, "skip + limit must be at most 10000"),
        ({"skip": -1}, "skip must not be negative and limit must be 0 to 100"),
        ({"limit": 101}, "skip must not be negative and limit must be 0 to 100"),
    ],
)
def test_the_ceiling_and_bad_pages_are_refused(large, kind, input, message) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(message)) as refused:
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
    assert {name for c in companies for name in c["companyTechnologyCategories"]} == {
        *words.TECHNOLOGIES
    }
    assert {name for c in companies for name in c["companyTechnologies"]} == {
        name for names in words.TECHNOLOGIES.values() for name in names
    }
    (info,) = client.search_company({"id": companies[0]["id"]})["results"]
    for field in ("industry", "naicsCode", "sicCode"):
        assert info[field] == companies[0][field]
    assert [row["name"] for row in info["technologies"]] == companies[0]["companyTechnologies"]
    assert all(row["name"] in words.TECHNOLOGIES[row["category"]] for row in info["technologies"])
