"""The client's estimates against the sandbox's charges, for every operation and choice."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
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
    index=st.integers(0, 400),
)
def test_known_records_have_one_price(rich, operation, points, skip, limit, index) -> None:
    client, world = client_of(rich), rich.world
    assume(not world.odd(index % PEOPLE, "many_positions"))
    before = rich.store.used
    if operation == "searchPeople":
        input = {"id": world.person_ids[index % PEOPLE], "limit": 1}
        answer = client.search_people(input, data_points=points)
    elif operation == "searchCompany":
        points = frozenset()
        input = {"domain": world.domains[index % world.companies]}
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
    prices = Counter({line.what: line.amount for line in known.breakdown})
    unlocked = rich.known & unlocks_of(records, points)
    companies = sum(Decimal(3) for kind, _ in unlocked if kind == "Company")
    # Companies may be "always deducted via API", and come on top of the profile's fee.
    beside = prices["profile"] if "company" in points else Decimal(0)
    assert known.maximum - known.minimum == companies + beside
    rich.known |= unlocks_of(records, points)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(["searchPeople", "flatAdvancedSearch", "groupedAdvancedSearch"]),
    points=st.sampled_from(SETS),
    skip=st.integers(0, 300),
    limit=st.integers(0, 12),
    per_company=st.integers(0, 4),
    index=st.integers(0, PEOPLE - 1),
)
def test_the_charge_never_passes_the_estimate(
    rich, operation, points, skip, limit, per_company, index
) -> None:
    client = client_of(rich)
    before = rich.store.used
    assume(not rich.world.odd(index, "many_positions"))
    if operation == "searchPeople":
        name = rich.world.person_ids[index]
        input = {"id": name, "limit": max(1, limit)}
        client.search_people(input, data_points=points)
    elif operation == "flatAdvancedSearch":
        input = {"skip": skip, "limit": limit}
        client.flat_advanced_search(input, data_points=points)
    else:
        input = {"skip": skip % 60, "limit": limit, "limitPerCompany": per_company}
        client.grouped_advanced_search(input, data_points=points)
    price = estimate(operation, input, data_points=points)
    assert price.minimum <= rich.store.used - before <= price.maximum


def test_a_company_search_never_passes_its_estimate(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    for input in ({"domain": sandbox.world.domains[0]}, {"name": sandbox.world.company_bases[1]}):
        before = sandbox.store.used
        client.search_company(input)
        assert sandbox.store.used - before == 3
        assert estimate("searchCompany", input).maximum >= 3
