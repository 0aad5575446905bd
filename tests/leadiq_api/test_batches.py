"""Many people a request: aliases, refusals met with smaller batches, failures of single rows."""

from decimal import Decimal

import pytest

from leadiq_api import (
    AuthenticationError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQClient,
    LeadIQError,
    ServiceError,
)
from leadiq_sandbox import Sandbox
from tests.leadiq_api.conftest import Script, failure
from tests.conftest import client_of


def ids_of(sandbox: Sandbox, number: int) -> list[dict]:
    return [{"id": one} for one in sandbox.world.person_ids[:number]]


def names(sandbox: Sandbox) -> list[int | None]:
    return [seen.status for seen in sandbox.requests]


def test_sixty_people_in_three_requests_are_charged_as_one_by_one(sandbox: Sandbox) -> None:
    inputs = [*ids_of(sandbox, 59), {"id": "PersonID-nobody"}]
    found = [*client_of(sandbox).enrich_people(inputs, data_points={"email"})]
    assert [place for place, _ in found] == [*range(60)]
    assert [person["id"] for _, person in found[:59]] == [input["id"] for input in inputs[:59]]
    assert found[59] == (59, None)
    assert len(sandbox.requests) == 3
    together = sandbox.store.used
    with Sandbox(people=1200, credits=1000, rpm=0) as other:
        client = client_of(other)
        for input in inputs:
            client.search_people(input | {"limit": 1}, data_points={"email"})
        assert other.store.used == together > 0


@pytest.mark.parametrize("most", [1, 6, 10])
def test_a_server_that_takes_fewer_is_met_with_fewer(sandbox: Sandbox, most: int) -> None:
    sandbox.graphql.max_aliases = most
    client = client_of(sandbox)
    inputs = ids_of(sandbox, 60)
    found = [*client.enrich_people(inputs, data_points=())]
    assert [person["id"] for _, person in found] == [input["id"] for input in inputs]
    size = client.people_per_request()
    assert 0.5 * most < size <= most
    sandbox.requests.clear()
    assert len([*client.enrich_people(inputs, data_points=())]) == 60
    assert len(sandbox.requests) == -(-60 // size)  # what was learnt is not asked again
    assert sandbox.store.used == 60 * Decimal("0.1")


def test_a_refused_row_costs_only_itself(client: LeadIQClient, sandbox: Sandbox) -> None:
    inputs = ids_of(sandbox, 25)
    inputs[7] = {"firstName": ["no text"]}
    found = dict(client.enrich_people(inputs, data_points={"email"}))
    assert isinstance(found.pop(7), InvalidRequestError)
    assert [found[place]["id"] for place in found] == [
        input["id"] for place, input in enumerate(inputs) if place != 7
    ]
    assert client.people_per_request() == 25  # the row was refused, not the size


def test_one_field_that_fails_costs_only_its_row(sandbox: Sandbox) -> None:
    sandbox.faults.choose(["one-of-many:1"])
    found = dict(client_of(sandbox).enrich_people(ids_of(sandbox, 10), data_points=()))
    assert isinstance(found[9], ServiceError)
    assert found[9].data is None
    assert [found[place]["id"] for place in range(9)] == [*sandbox.world.person_ids[:9]]
    assert sandbox.store.used == Decimal("0.9")


def test_a_person_who_comes_back_incomplete_is_kept(sandbox: Sandbox) -> None:
    sandbox.faults.choose(["partial:1"])
    found = dict(client_of(sandbox).enrich_people(ids_of(sandbox, 3), data_points=()))
    assert isinstance(found[0], LeadIQError)
    assert found[0].data["id"] == sandbox.world.person_ids[0]
    assert [found[place]["id"] for place in (1, 2)] == [*sandbox.world.person_ids[1:3]]


@pytest.mark.parametrize(
    ("fault", "kind", "requests"),
    [
        ("401-in-200:1", AuthenticationError, 1),
        ("402-in-200:1", InsufficientCreditsError, 1),
        ("500:1", ServiceError, 3),
        ("reset:1", ServiceError, 3),
        ("lost-paid:1", ServiceError, 3),
    ],
)
def test_a_failed_request_is_never_sent_again(
    sandbox: Sandbox, fault: str, kind: type[LeadIQError], requests: int
) -> None:
    sandbox.faults.choose([fault])
    found = [*client_of(sandbox).enrich_people(ids_of(sandbox, 60), data_points={"email"})]
    assert [place for place, _ in found] == [*range(60)]
    assert {type(outcome) for _, outcome in found} == {kind}
    assert len(sandbox.requests) == requests


def test_a_preview_of_many_is_free(client: LeadIQClient, sandbox: Sandbox) -> None:
    world = sandbox.world
    email = client.search_people({"id": world.person_ids[0]}, data_points={"email"})
    used = sandbox.store.used
    address = email["results"][0]["currentPositions"][0]["emails"][0]["value"]
    inputs = [{"email": address}, {"email": "nobody@nowhere.example"}] * 15
    found = [*client.preview_people(inputs)]
    assert len(found) == 30
    assert found[0][1]["personId"] == world.person_ids[0]
    assert found[1][1] == {"personId": None, "hasEmail": False, "hasPhone": False}
    assert sandbox.store.used == used


def test_the_key_is_in_no_error_of_a_row(script: Script) -> None:
    answer = failure(500, path=["p1"], data={"p0": {"results": []}, "p1": None})
    answer["errors"][0]["message"] = "Basic c2VjcmV0LWtleTo= failed"
    script.answers = [(200, answer)]
    found = dict(script.client().enrich_people([{"id": "a"}, {"id": "b"}], data_points=()))
    assert found[0] is None
    assert str(found[1]) == "Basic [key] failed"


def test_every_lookup_is_charged_where_a_server_always_deducts() -> None:
    with Sandbox(people=1200, credits=1000, rpm=0, always_deduct=True) as sandbox:
        client = client_of(sandbox)
        for _ in range(2):
            client.search_people({"id": sandbox.world.person_ids[0]}, data_points=())
        assert sandbox.store.used == Decimal("0.2")
        assert [charge[1] for charge in sandbox.store.charges()] == [
            sandbox.world.person_ids[0]
        ] * 2
