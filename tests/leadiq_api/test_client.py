"""Lists on the live service's paths, on the guide's, and whichever the server has."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from leadiq_api import (
    AuthenticationError,
    InvalidRequestError,
    LeadIQClient,
    NotFoundError,
    RateLimitError,
    SearchKind,
    ServiceError,
    prospector,
)
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.leadiq_api.scripted_server import Request, Script

ID = "a" * 24
ROW = {"id": "b" * 24, "firstName": "Ada", "lastName": "Byron", "listIds": [ID]}
NO = (404, {"code": "NOT_FOUND", "message": "Nothing here."})


def guide(request: Request) -> tuple[int, Any]:
    """A server that has the guide's three paths and no other."""
    if (request.method, request.path) == ("POST", "/lists"):
        return 201, {"id": ID, **request.body}
    if (request.method, request.path) == ("POST", f"/lists/{ID}/prospects"):
        if request.body["lastName"] == "Bad":
            return 422, {"code": "invalid", "message": "lastName is bad"}
        return 201, {**ROW, **request.body}
    if (request.method, request.path) == ("GET", f"/lists/{ID}/export"):
        return 200, "\ufeffid,Vorname\n1,Zoë\n"
    return NO


def test_a_server_of_the_guide(script: Script) -> None:
    script.answers = [guide]
    client = script.client()
    assert client.create_list("One")["id"] == ID
    rows = [{"firstName": "A", "lastName": name} for name in ("B", "Bad", "C")]
    result = client.add_prospects(ID, rows)
    assert [row["lastName"] for row in result["succeeded"]] == ["B", "C"]
    assert result["failed"] == [{"index": 1, "reason": "lastName is bad"}]
    assert client.export_list(ID) == "id,Vorname\n1,Zoë\n"
    paths = [request.path for request in script.requests]
    assert paths[:3] == ["/v1/lists", "/v1/whoami", "/lists"]
    assert not [path for path in paths[3:] if path.startswith("/v1")]  # the prefix is remembered


@pytest.mark.parametrize(
    "elsewhere",
    [
        (403, {"message": "Missing Authentication Token"}),
        (401, {"code": "UNAUTHORIZED", "message": "Unauthorized"}),
        (200, {}),
        (200, "<html>Welcome</html>"),
        (502, "<html>"),
    ],
)
def test_a_list_that_is_gone_is_no_sign_of_the_guides_server(
    script: Script, elsewhere: Any
) -> None:
    """A 404 of a new client's first request concerns the list; other paths answer anything."""

    def live(request: Request) -> tuple[int, Any]:
        path = request.path.partition("?")[0]
        found = {"/v1/whoami": {"user": {}, "team": {}}, "/v1/lists": {"items": []}}
        if not path.startswith("/v1"):
            return elsewhere
        return (200, found[path]) if path in found else NO

    script.answers = [live]
    for call in (
        lambda client: client.list(ID),
        lambda client: client.add_prospects(ID, [{"firstName": "A", "lastName": "B"}] * 2),
        lambda client: client.verify_prospect_email(ID),
    ):
        client = script.client()
        with pytest.raises(NotFoundError):
            call(client)
        assert client.lists() == []


def test_a_live_server_is_asked_under_v1_alone(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    list_id = client.create_list("One", "About")["id"]
    assert client.list(list_id)["description"] == "About"
    assert [row["name"] for row in client.lists()] == ["One"]
    assert {seen.path.split("/")[1] for seen in sandbox.requests} == {"v1"}


def test_a_base_url_may_end_in_v1(sandbox: Sandbox) -> None:
    from leadiq_api import LeadIQClient

    client = LeadIQClient(
        sandbox.api_key,
        graphql_url=sandbox.graphql_url,
        prospector_url=sandbox.prospector_url + "/v1/",
        requests_per_minute=6000,
    )
    assert client.lists() == []


ABSENT = [NO, *((status, NO[1]) for status in (401, 403, 405, 501))]
PAGES = [(200, "<html>Welcome</html>"), (200, "<p>")]


@pytest.mark.parametrize("absent", [*ABSENT, *PAGES])
def test_export_falls_back_to_the_prospects_and_remembers(script: Script, absent: Any) -> None:
    def live(request: Request) -> tuple[int, Any]:
        if request.path == f"/v1/lists/{ID}":
            return 200, {"id": ID}
        if request.path.startswith(f"/v1/lists/{ID}/prospects"):
            company = {"name": "Engine"}
            phones = [{"value": "+1"}, {"value": "+2"}]
            row = {**ROW, "company": company, "mobilePhones": phones, "notes": 'a,"b"\nc'}
            return 200, {"items": [row], "nextCursor": None}
        return absent

    script.answers = [live]
    client = script.client()
    exports = []
    for _ in range(2):
        header, *lines = client.export_list(ID).split("\r\n", 1)
        assert header.startswith("id,personId,firstName,lastName")
        assert "+1; +2" in lines[0]
        assert '"a,""b""\nc"' in lines[0]
        exports.append(sum(request.path.endswith("/export") for request in script.requests))
    assert exports[0] == exports[1]


@pytest.mark.parametrize(
    ("status", "kind"), [(401, AuthenticationError), (429, RateLimitError), (503, ServiceError)]
)
def test_an_export_that_failed_is_tried_again(script: Script, status: int, kind: type) -> None:
    script.answers = [(status, NO[1])]
    client = script.client(deadline=0)
    with pytest.raises(kind):
        client.export_list(ID)
    script.answers = [guide]
    assert client.export_list(ID).startswith("id,Vorname")


def test_export_from_a_server_that_has_it(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    list_id = client.create_list("One")["id"]
    client.add_prospects(list_id, [{"firstName": "Zoë", "lastName": "B"}])
    assert "Zoë" in client.export_list(list_id)
    assert sandbox.requests[-1].path == f"/lists/{list_id}/export"


def test_no_such_list(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    for call in (client.list, client.list_prospects, client.export_list):
        with pytest.raises(NotFoundError):
            call("f" * 24)
        with pytest.raises(NotFoundError):
            call("../whoami")
    with pytest.raises(NotFoundError):
        client.add_prospects("f" * 24, [{"firstName": "A", "lastName": "B"}])
    assert client.lists() == []
    list_id = client.create_list("One")["id"]
    rows = [{"firstName": "A", "lastName": "B"}] * 3
    assert len(client.add_prospects(list_id, rows)["succeeded"]) == 3
    assert sandbox.requests[-1].path.endswith("/batch")  # a missing list says nothing of batches


def test_a_taken_name(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    client.create_list("One")
    with pytest.raises(InvalidRequestError) as refused:
        client.create_list("one")
    assert refused.value.status == 409


def test_all_pages_and_all_batches(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    list_id = client.create_list("Many")["id"]
    rows = [{"firstName": f"N{n}", "lastName": "X"} for n in range(230)]
    rows[150]["companyId"] = "none"
    result = client.add_prospects(list_id, rows)
    assert len(result["succeeded"]) == 229
    assert [row["index"] for row in result["failed"]] == [150]
    names = [row["firstName"] for row in client.list_prospects(list_id)]
    assert names == [f"N{n}" for n in range(230) if n != 150]
    for n in range(101):
        client.create_list(f"List {n}")
    assert len(client.lists()) == 102


def test_a_cycle_of_cursors_is_refused(script: Script) -> None:
    script.answers = [(200, {"items": [], "nextCursor": ID})]
    with pytest.raises(ServiceError, match="pages repeat"):
        script.client().lists()
    assert len(script.requests) == 2


def test_pages_without_an_end_are_refused(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prospector, "MAX_PAGES", 20)
    client = script.client()
    for read in (
        client.lists,
        partial(client.list_prospects, ID),
        partial(client.prospects, email="a@b.c"),
    ):
        script.requests.clear()
        script.answers = [(200, {"items": [{}], "nextCursor": f"{n}"}) for n in range(100)]
        with pytest.raises(ServiceError, match="do not end"):
            read()
        assert len(script.requests) == 20
    script.answers = [(200, {"items": [{}], "nextCursor": f"{n}"}) for n in range(19)]
    script.answers.append((200, {"items": [{}]}))
    assert len(client.lists()) == 20


@pytest.mark.parametrize(
    "answer",
    [[], {"items": 1}, {"items": [1]}, {"nextCursor": None}, {"items": [], "nextCursor": {"a": 1}}],
)
def test_pages_of_the_wrong_shape(script: Script, answer: Any) -> None:
    script.answers = [(200, answer)]
    with pytest.raises(ServiceError):
        script.client().lists()


@pytest.mark.parametrize(
    "failed",
    [
        [{"reason": "x"}],
        [{"index": "0", "reason": "x"}],
        "x",
        [{"index": 1}],
        [{"index": -1}],
        [{"index": []}],
    ],
)
def test_batch_answers_of_the_wrong_shape(script: Script, failed: Any) -> None:
    script.answers = [(200, {"succeeded": [], "failed": failed})]
    with pytest.raises(ServiceError) as raised:
        script.client().add_prospects(ID, [{"firstName": "A", "lastName": "B"}])
    assert raised.value.data["unknown"] == [0]


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        LeadIQClient("key", requests_per_minute=0)


def test_a_gate_is_passed_before_each_request_of_its_client_alone(script: Script) -> None:
    script.answers = [(429, {"message": "slow"}), (200, {"items": []})]
    client = script.client(deadline=5)
    sent_at_the_gate: list[int] = []
    gated = client.with_gate(lambda: sent_at_the_gate.append(len(script.requests)))
    gated.lists()  # a retry does not pass again
    gated.lists()
    client.lists()
    assert sent_at_the_gate == [0, 2]
    assert len(script.requests) == 4
    assert gated.fingerprint == client.fingerprint


@pytest.mark.parametrize("grouped", [False, True])
def test_a_cursor_leads_through_every_row_beyond_the_ceiling(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, grouped: bool
) -> None:
    monkeypatch.setattr("leadiq_sandbox.search.CEILING", 10)
    client = client_of(sandbox)
    search = client.grouped_advanced_search if grouped else client.flat_advanced_search
    kind = SearchKind.GROUPED if grouped else SearchKind.FLAT
    input: dict[str, Any] = {"contactFilter": {"roles": ["Legal"]}, "limit": 10}
    answer = search(input, data_points=(), cursor=True)
    total, rows = answer[kind.total_field], [*answer[kind.rows_field]]
    while answer["after"]:
        page = {**input, "after": answer["after"]}
        answer = search(page, data_points=(), total=False, cursor=True)
        rows += answer[kind.rows_field]
    ids = [row["company"]["id"] if grouped else row["id"] for row in rows]
    assert len({*ids}) == len(ids) == total > 10


def test_without_a_cursor_or_a_readable_schema_none_is_asked_for(script: Script) -> None:
    page = {"data": {"flatAdvancedSearch": {"totalPeople": 0, "people": []}}}
    with Sandbox(people=10, rpm=0, cursor=False) as sandbox:
        answer = client_of(sandbox).flat_advanced_search({}, data_points=(), cursor=True)
        assert "after" not in answer
    script.answers = [(500, "<html>"), (200, page)]
    client = script.client(deadline=0)
    client.flat_advanced_search({}, data_points=(), cursor=True)
    assert "after" not in script.requests[-1].body["query"]
    after = [{"key": "id", "value": "PersonID-1"}]
    client.flat_advanced_search({"after": after}, data_points=(), cursor=True)
    assert "after" in script.requests[-1].body["query"]  # the server has given one: it has them
    assert len(script.requests) == 3


def test_any_address_is_verified_at_its_price(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    verdict = client.verify_email("somebody@nowhere.example")
    assert verdict["status"] in ("Verified", "VerifiedLikely", "Unverified", "Invalid")
    assert sandbox.store.used == Decimal("0.1")
    with pytest.raises(InvalidRequestError) as refused:
        client.verify_email("no address")
    assert refused.value.status == 400
    assert sandbox.store.used == Decimal("0.1")


def test_a_list_that_is_deleted_meanwhile_loses_no_account_of_what_was_added(
    script: Script,
) -> None:
    created = [{"id": f"{number:024x}"} for number in range(100)]
    gone = (404, {"code": "not_found", "message": "No such list"})
    script.answers = [(200, {"succeeded": created, "failed": []}), gone]
    people = [{"firstName": "A", "lastName": str(number)} for number in range(150)]
    with pytest.raises(NotFoundError) as raised:
        script.client().add_prospects("a" * 24, people)
    assert raised.value.data["succeeded"] == created
    assert raised.value.data["unknown"] == []
