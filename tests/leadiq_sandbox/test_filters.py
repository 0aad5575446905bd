"""Each field of each filter, alone and together, against a count of the people that are served.

The fields come from the schema itself: a new one without a row in the tables of ``served`` fails.
"""

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.leadiq_sandbox.served import (
    EVERY_FIELD,
    EVERY_OBJECT,
    EVERYBODY,
    FLAT,
    GROUPED,
    WORLD_SIZE,
    allowed,
    ask,
    assert_found,
    change,
    everyone_found,
    is_listed,
    leaves,
    meaning,
    written,
)


def test_the_grouped_search_has_the_same_filters_without_the_previous_jobs() -> None:
    assert FLAT.keys() - GROUPED.keys() == {
        "jobChangeFilter",
        "previousCompanyFilter",
        "previousPositionFilter",
    }
    assert all(FLAT[name] is type_ for name, type_ in GROUPED.items())


@pytest.mark.parametrize(("name", "path"), EVERY_FIELD)
def test_each_field_lets_exactly_those_through(server, people, name, path) -> None:
    values = [value for p in people if (value := meaning(name, path).choose(p)) is not None]
    candidates = combinations(dict.fromkeys(values), 2) if is_listed(name, path) else zip(values)
    for some in candidates:
        chosen = {(name, path): [*some]}
        expected = [person for person in people if allowed(person, chosen)]
        if 0 < len(expected) < WORLD_SIZE:
            break
    assert 0 < len(expected) < WORLD_SIZE
    assert_found(client_of(server), written(chosen), expected)


@pytest.mark.parametrize(("name", "field"), EVERY_OBJECT)
def test_all_parts_of_an_object_count(server, people, name, field) -> None:
    paths = [path for n, path in EVERY_FIELD if n == name and path.startswith(f"{field}.")]
    for person in people:
        values = [meaning(name, path).choose(person) for path in paths]
        chosen = {(name, path): [value] for path, value in zip(paths, values, strict=True)}
        expected = [] if None in values else [one for one in people if allowed(one, chosen)]
        if 0 < len(expected) < WORLD_SIZE:
            break
    assert 0 < len(expected) < WORLD_SIZE
    assert_found(client_of(server), written(chosen), expected)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.lists(st.sampled_from(EVERY_FIELD), min_size=2, max_size=3, unique=True),
    which=st.integers(0, WORLD_SIZE - 1),
)
def test_fields_narrow_each_other(server, people, fields, which) -> None:
    able = [p for p in people if all(meaning(*field).choose(p) is not None for field in fields)]
    assume(able)
    person = able[which % len(able)]
    chosen = {field: [meaning(*field).choose(person)] for field in fields}
    expected = [one for one in people if allowed(one, chosen)]
    assert (person in expected) is not any("Excluded" in name for name, _ in fields)
    assert_found(client_of(server), written(chosen), expected)


def test_a_city_is_one_of_its_country(server, people) -> None:
    wanted = {("contactFilter", "locations.city"): ["MANCHESTER"]}
    both = [person for person in people if allowed(person, wanted)]
    british = [person for person in both if person["country"] == "United Kingdom"]
    assert 0 < len(british) < len(both)
    for spelling in ("United Kingdom", "gb", "GBR"):
        here = {"city": "Manchester", "country": spelling}
        assert_found(client_of(server), {"contactFilter": {"locations": [here]}}, british)


def test_no_kind_of_job_change_means_both(server, people) -> None:
    changed = [person for person in people if person["personJobChange"]]
    assert len({change(person)["jobChangeType"] for person in changed}) == 2
    assert_found(client_of(server), {"jobChangeFilter": {"jobChangeTypes": []}}, changed)


def test_an_id_that_is_none_finds_nobody(server) -> None:
    for input in (
        {"contactFilter": {"linkedinIds": ["x", "²", "9" * 5_000]}},
        {"contactFilter": {"linkedinUrls": ["https://www.linkedin.com/in/nobody-0"]}},
        {"companyFilter": {"linkedinIds": ["x", "999", "9" * 5_000]}},
        {"companyFilter": {"domains": ["nowhere.example"]}},
    ):
        assert_found(client_of(server), input, [])


@pytest.fixture(scope="module")
def limited() -> Iterator[Sandbox]:
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0, job_changes=False) as running:
        yield running


@pytest.mark.parametrize("name", sorted(FLAT.keys() - GROUPED.keys()))
def test_without_access_a_filter_of_previous_jobs_has_no_effect(
    server, limited, people, name
) -> None:
    for path in leaves(FLAT[name]):
        value = next(value for p in people if (value := meaning(name, path).choose(p)))
        input = {**written({(name, path): [value]}), "contactFilter": {"roles": ["Sales"]}}
        client = client_of(limited)
        sales = [person["id"] for person in people if person["role"] == "Sales"]
        found = everyone_found(client, input, len(sales))
        assert sorted(person["id"] for person in found) == sorted(sales)
        narrowed = client_of(server).flat_advanced_search({**input, "limit": 0}, data_points=())
        assert narrowed["totalPeople"] < len(sales)


def test_without_access_no_job_change_is_returned_or_charged(limited, people) -> None:
    used = limited.store.used
    answer = ask(limited, EVERYBODY, skip=0)["flatAdvancedSearch"]["people"]
    assert [person["personJobChange"] for person in answer] == [None] * 100
    companies = {person["companyId"] for person in answer}
    assert limited.store.used - used == 3 * len(companies)
    changed = [p for p in people if change(p) and change(p)["jobChangeType"] == "JobChange"]
    hired = {"contactFilter": {"newHireFrom": 0}}
    found = everyone_found(client_of(limited), hired, len(changed))
    assert {p["id"] for p in found} == {p["id"] for p in changed}
    assert {p["personJobChange"] for p in found} == {None}
    grouped = client_of(limited).grouped_advanced_search(hired, data_points=())
    assert {p["personJobChange"] for row in grouped["companies"] for p in row["people"]} == {None}
