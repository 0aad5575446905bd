"""With the records known, the estimate is the charge: for every operation and choice."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadiq_api.credits import estimate, records_of, unlocks_of
from leadiq_sandbox import Sandbox
from tests.conftest import client_of, every_set

PEOPLE = 1200
SETS = every_set(("email", "phone", "company"))


@pytest.fixture(scope="module")
def rich():
    with Sandbox(people=PEOPLE, credits=10**9, rpm=0) as running:
        running.known = set()  # what a ledger of this account would know to be unlocked
        yield running


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(
        ["searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch"]
    ),
    points=st.sampled_from(SETS),
    skip=st.integers(0, 60),
    limit=st.integers(1, 8),
    place=st.integers(0, 400),
)
def test_known_records_have_one_price(rich, operation, points, skip, limit, place) -> None:
    client, world = client_of(rich), rich.world
    before = rich.store.used
    if operation == "searchPeople":
        input = {"id": world.person_ids[place % PEOPLE], "limit": 1}
        answer = client.search_people(input, data_points=points)
    elif operation == "searchCompany":
        points = frozenset()
        input = {"domain": world.domains[place % world.companies]}
        answer = client.search_company(input)
    elif operation == "flatAdvancedSearch":
        input = {"skip": skip, "limit": limit}
        answer = client.flat_advanced_search(input, data_points=points)
    else:
        input = {"skip": skip, "limit": limit, "limitPerCompany": 2}
        answer = client.grouped_advanced_search(input, data_points=points)
    charge = rich.store.used - before
    records = records_of(operation, answer, points)
    known = estimate(operation, input, data_points=points, records=records, unlocked=rich.known)
    assert known.minimum == charge
    blind = estimate(operation, input, data_points=points)
    assert 0 == blind.minimum <= charge <= blind.maximum
    fresh = estimate(operation, input, data_points=points, records=records)
    assert fresh.minimum == fresh.maximum  # nothing is unlocked: there is nothing to doubt
    companies = sum(Decimal(3) for kind, _ in rich.known & unlocks_of(records, points)
                    if kind == "Company")
    assert known.maximum - known.minimum == companies  # they may be "always deducted via API"
    rich.known |= unlocks_of(records, points)
