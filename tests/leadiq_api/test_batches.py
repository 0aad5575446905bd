"""Many people a request: aliases, refusals answered with smaller batches, errors of one row."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api import (
    AuthenticationError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQClient,
    LeadIQError,
    RefusedBatchError,
    ServiceError,
)
from leadiq_api.batches import AliasLimit, Batches
from leadiq_api.quality import Quality
from leadiq_sandbox import Sandbox
from leadiq_sandbox.world import EMAIL_CODES
from tests.conftest import client_of
from tests.leadiq_api.scripted_server import Request, Script, failure


def ids_of(sandbox: Sandbox, number: int) -> list[dict]:
    return [{"id": one} for one in sandbox.world.person_ids[:number]]


def test_sixty_people_in_three_requests_are_charged_as_one_by_one(sandbox: Sandbox) -> None:
    inputs = [*ids_of(sandbox, 59), {"id": "PersonID-nobody"}]
    outcomes = [*client_of(sandbox).enrich_people(inputs, data_points={"email"})]
    assert [index for index, _ in outcomes] == [*range(60)]
    assert [person["id"] for _, person in outcomes[:59]] == [input["id"] for input in inputs[:59]]
    assert outcomes[59] == (59, None)
    assert len(sandbox.requests) == 3
    together = sandbox.store.used
    with Sandbox(people=1200, credits=1000, rpm=0) as other:
        client = client_of(other)
        for input in inputs:
            client.search_people(input | {"limit": 1}, data_points={"email"})
        assert other.store.used == together > 0


@pytest.mark.parametrize("max_aliases", [1, 6, 10])
def test_a_server_that_takes_fewer_is_sent_fewer(sandbox: Sandbox, max_aliases: int) -> None:
    sandbox.graphql.max_aliases = max_aliases
    client = client_of(sandbox)
    inputs = ids_of(sandbox, 60)
    outcomes = [*client.enrich_people(inputs, data_points=())]
    assert [person["id"] for _, person in outcomes] == [input["id"] for input in inputs]
    size = client.people_per_request()
    assert 0.5 * max_aliases < size <= max_aliases
    sandbox.requests.clear()
    assert len([*client.enrich_people(inputs, data_points=())]) == 60
    assert len(sandbox.requests) == -(-60 // size)  # what was learned is not tried again
    assert sandbox.store.used == 60 * Decimal("0.1")


def test_a_refused_row_affects_only_itself(client: LeadIQClient, sandbox: Sandbox) -> None:
    inputs = ids_of(sandbox, 25)
    inputs[7] = {"firstName": ["no text"]}
    outcomes = dict(client.enrich_people(inputs, data_points={"email"}))
    assert isinstance(outcomes.pop(7), InvalidRequestError)
    assert [outcomes[index]["id"] for index in outcomes] == [
        input["id"] for index, input in enumerate(inputs) if index != 7
    ]
    assert client.people_per_request() == 25  # the row was refused, not the size


def test_each_person_of_a_request_gets_the_emails_that_they_accept(
    client: LeadIQClient, sandbox: Sandbox
) -> None:
    world = sandbox.world
    emails = [
        (EMAIL_CODES[world.work_email[n]], EMAIL_CODES[world.personal_email[n]])
        for n in range(world.people)
    ]
    both = [n for n, pair in enumerate(emails) if pair == ("Verified", "Verified")]
    first, second = (world.person_ids[n] for n in both[:2])
    inputs = [{"id": first, **Quality(verified_emails=True).fields()}, {"id": second}]
    people = dict(client.enrich_people(inputs, data_points={"email"}))
    assert people[0]["id"] == first
    assert "personalEmails" not in people[0]
    assert (
        people[1]["personalEmails"]
        == client.search_people(inputs[1], data_points={"email"})["results"][0]["personalEmails"]
    )


def test_a_field_that_fails_takes_along_what_the_others_were_charged_for(sandbox: Sandbox) -> None:
    sandbox.faults.choose(["one-of-many:1"])
    outcomes = dict(client_of(sandbox).enrich_people(ids_of(sandbox, 10), data_points=()))
    assert {type(outcome) for outcome in outcomes.values()} == {ServiceError}
    assert [outcomes[index].status for index in range(10)] == [*[None] * 9, 500]
    assert sandbox.store.used == Decimal("0.9")
    assert len(sandbox.requests) == 1


def test_a_person_who_comes_back_incomplete_is_kept(sandbox: Sandbox) -> None:
    sandbox.faults.choose(["partial:1"])
    outcomes = dict(client_of(sandbox).enrich_people(ids_of(sandbox, 3), data_points=()))
    assert isinstance(outcomes[0], LeadIQError)
    assert outcomes[0].data["id"] == sandbox.world.person_ids[0]
    assert [outcomes[index]["id"] for index in (1, 2)] == [*sandbox.world.person_ids[1:3]]


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
    outcomes = [*client_of(sandbox).enrich_people(ids_of(sandbox, 60), data_points={"email"})]
    assert [index for index, _ in outcomes] == [*range(60)]
    assert {type(outcome) for _, outcome in outcomes} == {kind}
    assert len(sandbox.requests) == requests


def test_a_preview_of_many_is_free(client: LeadIQClient, sandbox: Sandbox) -> None:
    world = sandbox.world
    email = client.search_people({"id": world.person_ids[0]}, data_points={"email"})
    used = sandbox.store.used
    address = email["results"][0]["currentPositions"][0]["emails"][0]["value"]
    inputs = [{"email": address}, {"email": "nobody@nowhere.example"}] * 15
    outcomes = [*client.preview_people(inputs)]
    assert len(outcomes) == 30
    assert outcomes[0][1]["personId"] == world.person_ids[0]
    assert outcomes[1][1] == {"personId": None, "hasEmail": False, "hasPhone": False}
    assert sandbox.store.used == used


@pytest.mark.parametrize("data", [{"p0": None}, {}, {"p0": "x"}])
def test_a_preview_that_is_missing_is_an_error(script: Script, data: dict[str, Any]) -> None:
    script.answers = [(200, {"data": data})]
    for outcomes in (
        script.client().preview_people([{"email": "a@b.example"}]),
        script.client().enrich_people([{"email": "a@b.example"}], data_points=()),
    ):
        assert [type(outcome) for _, outcome in outcomes] == [ServiceError]


PEOPLE = {f"p{n}": {"totalResults": 1, "results": [{"id": f"x{n}"}]} for n in range(25)}


@pytest.mark.parametrize(
    "answer",
    [
        failure(),
        failure(code="SUBREQUEST_HTTP_ERROR"),
        failure(data=dict.fromkeys(PEOPLE)),
        failure(500, data=dict.fromkeys(PEOPLE)),
    ],
)
def test_a_failure_that_names_no_field_is_not_sent_again(script: Script, answer: Any) -> None:
    script.answers = [(200, answer)]
    people = [{"id": f"x{n}"} for n in range(25)]
    outcomes = dict(script.client().enrich_people(people, data_points={"phone"}))
    assert {type(outcome) for outcome in outcomes.values()} == {ServiceError}
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [None, 429, 500])
def test_what_came_back_beside_a_failure_is_kept(script: Script, status: int | None) -> None:
    people = [{"id": f"x{n}"} for n in range(25)]
    script.answers = [(200, failure(status, data=PEOPLE))]
    outcomes = dict(script.client(deadline=1).enrich_people(people, data_points={"phone"}))
    assert [outcomes[n].data["id"] for n in range(25)] == [f"x{n}" for n in range(25)]
    assert len(script.requests) == 1

    script.answers = [(200, failure(status, data=PEOPLE | {"p3": None}))]
    outcomes = dict(script.client(deadline=1).enrich_people(people, data_points={"phone"}))
    assert isinstance(outcomes.pop(3), LeadIQError)
    assert [outcomes[n]["id"] for n in outcomes] == [f"x{n}" for n in outcomes]


@pytest.mark.parametrize(
    "answer",
    [
        (403, {"message": "No."}),
        (404, "<html>Nothing here.</html>"),
        (405, {"message": "No."}),
        (200, failure(403)),
        (200, failure(code="FORBIDDEN")),
    ],
)
def test_a_refusal_that_no_row_is_the_reason_of_is_not_tried_row_by_row(
    script: Script, answer: Any
) -> None:
    script.answers = [answer]
    people = [{"id": f"x{n}"} for n in range(60)]
    outcomes = dict(script.client().enrich_people(people, data_points={"phone"}))
    assert [type(outcomes[n]) for n in range(60)] == [RefusedBatchError] * 60
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [401, 402])
def test_nothing_more_is_sent_after_a_row_without_credits(script: Script, status: int) -> None:
    script.answers = [(200, failure(status, path=["p0"], data=PEOPLE | {"p0": None}))]
    people = [{"id": f"x{n}"} for n in range(60)]
    outcomes = dict(script.client().enrich_people(people, data_points={"phone"}))
    assert len(script.requests) == 1
    assert {type(outcomes[n]) for n in range(25, 60)} == {type(outcomes[0])}


def test_a_limit_on_every_row_is_waited_for(script: Script) -> None:
    limited = {"data": {"p0": None}, "errors": failure(429, path=["p0"])["errors"]}
    script.answers = [(200, limited), (200, {"data": {"p0": PEOPLE["p0"]}})]
    outcomes = dict(script.client(deadline=5).enrich_people([{"id": "x0"}], data_points=()))
    assert outcomes[0] == {"id": "x0"}
    assert len(script.requests) == 2


def test_no_error_of_a_row_contains_the_key(script: Script) -> None:
    answer = failure(500, path=["p1"], data={"p0": {"results": []}, "p1": None})
    answer["errors"][0]["message"] = "Basic c2VjcmV0LWtleTo= failed"
    script.answers = [(200, answer)]
    outcomes = dict(script.client().enrich_people([{"id": "a"}, {"id": "b"}], data_points=()))
    assert outcomes[0] is None
    assert str(outcomes[1]) == "Basic [key] failed"


@given(number=st.integers(0, 80), wanted=st.integers(1, 30), allowed=st.integers(1, 40))
def test_every_index_passes_once_and_in_order(number: int, wanted: int, allowed: int) -> None:
    limit, passed = AliasLimit(), list[int]()
    batches = Batches(number, wanted, limit)
    for batch in batches:
        if len(batch) > allowed:
            assert batches.refused(batch)
        else:
            batches.passed(batch)
            passed += batch
    assert passed == [*range(number)]
    assert limit.size(wanted) <= wanted
    assert limit.learned is None or limit.learned <= allowed


def test_a_single_input_that_is_refused_teaches_nothing() -> None:
    limit = AliasLimit(learned=8)
    batches = Batches(2, 25, limit)
    for batch in batches:
        assert batches.refused(batch) == (len(batch) == 2)
    assert limit.learned == 8


@pytest.mark.parametrize("http_status", [200, 500])
@pytest.mark.parametrize("status", [400, 402, 429, 500])
def test_a_field_that_makes_all_data_null_leaves_the_others_unknown(
    script: Script, status: int, http_status: int
) -> None:
    """``searchPeople`` must not be null: one that fails takes the answers of the others along."""
    script.answers = [(http_status, failure(status, path=["p3"]))]
    people = [{"id": f"x{n}"} for n in range(25)]
    outcomes = dict(script.client(deadline=1).enrich_people(people, data_points={"company"}))
    assert len(script.requests) == 1
    assert outcomes.pop(3).status == status
    assert len(outcomes) == 24
    assert {type(outcome) for outcome in outcomes.values()} == {ServiceError}


def test_a_preview_that_makes_all_data_null_is_sent_again_without_it(script: Script) -> None:
    """Previews are free, so the others are not lost."""

    def answer(request: Request) -> tuple[int, Any]:
        aliases = [*request.body["variables"]]
        bad = [alias for alias in aliases if request.body["variables"][alias]["email"] == "bad"]
        if bad:
            return 200, failure(400, path=bad)
        return 200, {"data": {alias: {"personId": "x"} for alias in aliases}}

    script.answers = [answer]
    inputs = [{"email": "bad" if n == 3 else f"{n}@a.example"} for n in range(25)]
    outcomes = dict(script.client().preview_people(inputs))
    assert isinstance(outcomes.pop(3), InvalidRequestError)
    assert [*outcomes.values()] == [{"personId": "x"}] * 24


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_a_part_of_a_person_that_was_refused_is_no_refusal_of_the_person(
    script: Script, status: int
) -> None:
    path = ["p0", "results", 0, "personalPhones"]
    script.answers = [(200, failure(status, path=path))]
    outcomes = dict(script.client(deadline=1).enrich_people([{"id": "x"}], data_points={"phone"}))
    assert type(outcomes[0]) is ServiceError
    assert outcomes[0].status == status
    assert len(script.requests) == 1


def test_a_limit_beside_a_failure_does_not_send_both_again(script: Script) -> None:
    limited, failed = (failure(status)["errors"] for status in (429, 500))
    failed[0]["path"] = ["p1"]
    script.answers = [(200, {"data": None, "errors": [*limited, *failed]})]
    people = [{"id": "x"}, {"id": "y"}]
    outcomes = dict(script.client(deadline=1).enrich_people(people, data_points={"company"}))
    assert {type(outcome) for outcome in outcomes.values()} == {ServiceError}
    assert len(script.requests) == 1
