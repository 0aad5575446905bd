"""Each order of the advanced searches, over the records that are served."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import client_of
from tests.leadiq_sandbox.served import (
    SCHEMA,
    WORLD_SIZE,
    Json,
    change,
    everyone_found,
    ms,
)

LADDER = ("Other", "SeniorIndividualContributor", "Manager", "Director", "VP", "Executive")
PHONES = {"Verified": 2, "LikelyAccurate": 1}

# What a person or company is ordered by; None where it has none, which may come anywhere.
CONTACT_KEYS: dict[str, Callable[[Json], Any]] = {
    "Id": lambda p: p["id"],
    "Name": lambda p: p["lastName"] and (p["firstName"].lower(), p["lastName"].lower()),
    "Title": lambda p: p["title"] and p["title"].lower(),
    "Role": lambda p: p["role"],
    "Seniority": lambda p: LADDER.index(p["seniority"]),
    "MobilePhone": lambda p: PHONES.get(p["mobilePhone"], 0),
    "UpdatedAt": lambda p: ms(p["updatedAt"]),
    "JobChangeStartedAt": lambda p: p["personJobChange"] and change(p)["startedAt"],
}
COMPANY_KEYS: dict[str, Callable[[Json], Any]] = {
    "Id": lambda c: c["id"],
    "Name": lambda c: c["name"].lower(),
    "Size": lambda c: c["employeeCount"],
    "Industry": lambda c: c["industry"],
}


def orders(kind: str) -> list[str]:
    return list(SCHEMA.type_map[kind].values)


def assert_ordered(rows: list[Json], order: str, keys: dict[str, Callable[[Json], Any]]) -> None:
    key = keys[re.sub("(Asc|Desc)$", "", order)]
    found = [value for row in rows if (value := key(row)) is not None]
    assert found == sorted(found, reverse=order.endswith("Desc"))


@pytest.mark.parametrize("order", orders("ContactSortingOption"))
def test_people_come_in_each_order(server, people, order) -> None:
    by_id = {person["id"]: person for person in people}
    found = everyone_found(client_of(server), {"sortContactsBy": [order]}, WORLD_SIZE)
    rows = [by_id.pop(person["id"]) for person in found]  # nobody twice
    assert by_id == {}
    assert_ordered(rows, order, CONTACT_KEYS)


@pytest.mark.parametrize("order", orders("CompanySortingOption"))
def test_companies_come_in_each_order(server, people, order) -> None:
    client, by_id = client_of(server), {p["id"]: p for p in people}
    companies = {person["companyId"]: person["company"] for person in people}
    answer = client.grouped_advanced_search(
        {
            "sortCompaniesBy": [order],
            "sortContactsBy": ["UpdatedAtDesc"],
            "limit": 100,
            "limitPerCompany": 4,
        },
        data_points=(),
    )
    rows = [companies.pop(row["company"]["id"]) for row in answer["companies"]]
    assert companies == {}
    assert_ordered(rows, order, COMPANY_KEYS)
    for row in answer["companies"]:
        here = sorted(
            (ms(p["updatedAt"]) for p in people if p["companyId"] == row["company"]["id"]),
            reverse=True,
        )
        assert row["totalContactsInCompany"] == len(here)
        assert [ms(by_id[p["id"]]["updatedAt"]) for p in row["people"]] == here[:4]


def test_a_second_order_decides_among_equals(server, people) -> None:
    by_id = {person["id"]: person for person in people}
    order = ["RoleAsc", "UpdatedAtDesc"]
    found = everyone_found(client_of(server), {"sortContactsBy": order}, WORLD_SIZE)
    keys = [(p["role"], -ms(p["updatedAt"])) for p in (by_id[row["id"]] for row in found)]
    assert keys == sorted(keys)
