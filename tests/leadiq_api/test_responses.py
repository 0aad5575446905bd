"""Answers become data or the error of their status, wherever the status is written."""

from typing import Any

import pytest

import leadiq_api as api
from leadiq_api.responses import Answer, rest_text
from tests.leadiq_api.scripted_server import Script, failure

STATUSES = [
    (401, api.AuthenticationError),
    (402, api.InsufficientCreditsError),
    (429, api.RateLimitError),
    (400, api.InvalidRequestError),
    (403, api.InvalidRequestError),
    (409, api.InvalidRequestError),
    (413, api.InvalidRequestError),
    (422, api.InvalidRequestError),
    (404, api.NotFoundError),
    (408, api.ServiceError),
    (500, api.ServiceError),
    (503, api.ServiceError),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_status_means_the_same_wherever_it_is(script: Script, status: int, kind: type) -> None:
    client = script.client(deadline=0)
    for answer in ((status, {"code": "C", "message": "M"}), (status, "<html>")):
        script.answers = [answer]
        for call in (client.account, client.whoami):
            with pytest.raises(kind) as raised:
                call()
            assert type(raised.value) is kind
            assert raised.value.status == status
    for inside in (status, str(status)):
        script.answers = [(200, failure(inside, code="C", path=["account"]))]
        with pytest.raises(kind) as raised:
            client.account()
        assert (raised.value.status, raised.value.code) == (status, "C")
        assert raised.value.message == "No."


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(code="GRAPHQL_VALIDATION_FAILED", path=["x"]), api.InvalidRequestError),
        (failure(code="UNAUTHENTICATED"), api.AuthenticationError),
        # Without ``data`` the document was refused; with it, it was executed, and may be charged.
        ({"errors": failure()["errors"]}, api.InvalidRequestError),
        (failure(), api.ServiceError),
        (failure(code="SUBREQUEST_HTTP_ERROR"), api.ServiceError),
        (failure(code="GATEWAY_TIMEOUT"), api.ServiceError),
        (failure(path=["account"]), api.ServiceError),  # a field failed, without a reason
        ({"errors": ["odd"]}, api.InvalidRequestError),
        ({"errors": "odd", "data": {}}, api.ServiceError),
        ({"data": None}, api.ServiceError),
        ({}, api.ServiceError),
        ([], api.ServiceError),
        ({"data": {"searchCompany": []}}, api.ServiceError),
        ({"data": {"searchCompany": {"results": "x"}}}, api.ServiceError),
        ({"data": {"searchCompany": {"results": [1]}}}, api.ServiceError),
        ("no json", api.ServiceError),
    ],
)
def test_odd_answers(script: Script, answer: Any, kind: type) -> None:
    script.answers = [(200, answer)]
    with pytest.raises(api.LeadIQError) as raised:
        script.client(deadline=0).search_company({"name": "x"})
    assert type(raised.value) is kind
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e400", None),
        ("9" * 400, None),
        ("1e3", 1000.0),
        (str(2**63 - 1), 2**63 - 1),
        (str(-(2**63)), None),
        (r'"a\ud800b"', "a?b"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"a\u0000b"', "ab"),
        (r'"\\u0000"', r"\u0000"),
    ],
)
def test_what_no_database_can_store_is_missing(script: Script, sent: str, got: Any) -> None:
    script.answers = [(200, f'{{"data": {{"account": {{"plans": [{sent}]}}}}}}')]
    assert script.client().account() == {"plans": [got]}


@pytest.mark.parametrize("depth", [101, 600, 900, 100_000])
def test_an_answer_nested_too_deep_is_not_read(script: Script, depth: int) -> None:
    """Code that walks through it later would break, in a cache or on a page."""
    nest = "[" * depth + r'"\u0000"' + "]" * depth
    errors = '[{"message": "m", "path": ["account"]}]'
    for answer in (
        f'{{"data": {{"account": {nest}}}}}',
        f'{{"data": {{"account": {nest}}}, "errors": {errors}}}',
    ):
        script.answers = [(200, answer)]
        with pytest.raises(api.ServiceError, match="could not be read"):
            script.client(deadline=0).account()


@pytest.mark.parametrize("value", ["{}", "[]", "0"])
def test_an_answer_of_too_many_values_is_not_read(script: Script, value: str) -> None:
    """100 MB of them took 2.8 GB of memory."""
    for count, is_read in ((400_000, True), (1_000_001, False)):
        plans = ",".join([value] * count)
        script.answers = [(200, f'{{"data": {{"account": {{"plans": [{plans}]}}}}}}')]
        if is_read:
            assert len(script.client().account()["plans"]) == count
        else:
            with pytest.raises(api.ServiceError, match="could not be read"):
                script.client(deadline=0).account()


def test_partial_data_is_kept(script: Script) -> None:
    data = {"searchCompany": {"totalResults": 1, "results": [{"id": "x"}]}}
    script.answers = [(200, failure(500, path=["searchCompany"], data=data))]
    with pytest.raises(api.ServiceError) as raised:
        script.client().search_company({"name": "x"})
    assert raised.value.data == data


def test_a_limit_on_a_part_does_not_send_the_rest_again(script: Script) -> None:
    data = {"searchPeople": {"totalResults": 1, "results": [{"id": "x"}]}}
    script.answers = [(200, failure(429, path=["searchPeople", "results", 0], data=data))]
    with pytest.raises(api.ServiceError) as raised:
        script.client(deadline=1).search_people({"id": "x"}, data_points={"company"})
    assert (raised.value.status, raised.value.data) == (429, data)
    assert api.may_have_taken_effect(raised.value)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "declared", ["text/csv; charset=undefined", "text/csv; charset=utf-8; x=1"]
)
def test_an_odd_charset_is_read_as_utf_8(declared: str) -> None:
    assert rest_text(Answer(200, "Zoë".encode(), declared)) == "Zoë"


def test_an_account_without_plans_is_empty(script: Script) -> None:
    script.answers = [(200, {"data": {"account": None}})]
    assert script.client().account() == {}


@pytest.mark.parametrize(
    ("status", "kind"), [row for row in STATUSES if row[0] in (401, 402, 403, 429)]
)
@pytest.mark.parametrize("place", ["status", "statusCode", "response", "http", "code"])
def test_a_telling_status_is_found_where_it_hides(
    script: Script, status: int, kind: type, place: str
) -> None:
    nested = place in ("response", "http")
    extensions = {place: {"status": status} if nested else status}
    error = {"message": "No.", "path": ["account"], "extensions": extensions}
    script.answers = [(200, {"data": None, "errors": [{"message": "Also."}, error]})]
    with pytest.raises(kind) as raised:
        script.client(deadline=0).account()
    assert raised.value.status == status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("UNAUTHENTICATED", 401),
        ("Unauthorized", 401),
        ("INSUFFICIENT_CREDITS", 402),
        ("InsufficientCredits", 402),
        ("FORBIDDEN", 403),
        ("UnsupportedByCreditPlan", 403),
        ("TOO_MANY_REQUESTS", 429),
        ("RATE_LIMITED", 429),
    ],
)
def test_a_telling_code_counts_more_than_the_status_beside_it(
    script: Script, code: str, status: int
) -> None:
    for http_status in (200, 400, 500):
        script.answers = [(http_status, failure(code=code, path=["account"]))]
        with pytest.raises(api.LeadIQError) as raised:
            script.client(deadline=0).account()
        assert (raised.value.status, raised.value.code) == (status, code)


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_a_nested_refusal_does_not_mean_that_nothing_was_done(script: Script, status: int) -> None:
    """A field that must not be null takes the whole answer along, which was looked up before."""
    path = ["searchPeople", "results", 0, "personalPhones"]
    script.answers = [(200, failure(status, path=path))]
    with pytest.raises(api.ServiceError) as raised:
        script.client(deadline=1).search_people({"id": "x"}, data_points={"phone"})
    assert raised.value.status == status
    assert api.may_have_taken_effect(raised.value)
    assert len(script.requests) == 1


@pytest.mark.parametrize("code", ["REQUEST_TIMEOUT", "DOWNSTREAM_SERVICE_ERROR", "SOMETHING"])
def test_an_unknown_code_without_data_is_no_refused_document(script: Script, code: str) -> None:
    """Gateways leave out ``data`` when what they forwarded did not return in time."""
    script.answers = [(200, {"errors": failure(code=code)["errors"]})]
    people = [{"id": f"x{n}"} for n in range(25)]
    outcomes = dict(script.client(deadline=1).enrich_people(people, data_points={"phone"}))
    assert {type(outcome) for outcome in outcomes.values()} == {api.ServiceError}
    assert len(script.requests) == 1


@pytest.mark.parametrize("http_status", [200, 400])
def test_a_gateway_that_waited_in_vain_proves_nothing(script: Script, http_status: int) -> None:
    script.answers = [(http_status, failure(code="GATEWAY_TIMEOUT"))]
    people = [{"id": "x"}, {"id": "y"}]
    outcomes = dict(script.client().enrich_people(people, data_points={"phone"}))
    assert [outcome.status for outcome in outcomes.values()] == [504, 504]
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (200, failure(code="SUBREQUEST_HTTP_ERROR", path=["regenerate"])),
        (200, failure(502, code="UPSTREAM_ERROR")),
        (502, {"code": "BAD_GATEWAY", "message": "Later."}),
    ],
)
def test_a_502_of_graphql_proves_nothing(script: Script, answer: Any) -> None:
    """Prospector's own means that nothing was processed; GraphQL's is of a service behind it."""
    script.answers = [answer]
    with pytest.raises(api.ServiceError) as raised:
        script.client(deadline=0).regenerate("PersonID-1")
    assert raised.value.status == 502
    assert api.may_have_taken_effect(raised.value)
