"""The Prospector paths: validation, status codes, cursors, partial success, persistence."""

from pathlib import Path
from typing import Any

import pytest
import requests

from leadiq_sandbox import Sandbox
from tests.conftest import client_of

NOBODY = "0" * 24
FULL = {
    "firstName": "Ada",
    "lastName": "Byron",
    "workEmail": "ada@engine.example",
    "phone": "+1 555",
    "title": "Analyst",
    "seniority": "Director",
    "function": "Engineering",
    "company": "Engine",
    "companyDomain": "engine.example",
    "companyIndustry": "Computing",
    "linkedinUrl": "https://www.linkedin.com/in/ada",
    "emailStatus": "Verified",
    "location": {"city": "London", "country": "United Kingdom"},
    "notes": "First",
    "personId": "PersonID-1",
}


class Caller:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def __call__(self, method: str, path: str, body: Any = None, **params: Any) -> tuple[int, Any]:
        answer = requests.request(
            method,
            self.sandbox.url + path,
            json=body,
            params=params,
            timeout=60,
            headers={"X-API-Key": self.sandbox.decoded_key},
        )
        return answer.status_code, answer.json()


@pytest.fixture
def call(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture
def list_id(call: Caller) -> str:
    return call("POST", "/v1/lists", {"name": "Pilots"})[1]["id"]


@pytest.mark.parametrize("prefix", ["/v1", ""])
def test_a_list_from_its_creation_to_its_export(call: Caller, prefix: str) -> None:
    status, made = call("POST", f"{prefix}/lists", {"name": "One", "description": "First"})
    assert status == 201
    assert {"id", "name", "role", "createdAt", "updatedAt"} <= set(made)
    assert call("GET", f"{prefix}/lists/{made['id']}") == (200, made)
    status, prospect = call("POST", f"{prefix}/lists/{made['id']}/prospects", FULL)
    assert status == 201
    assert prospect["workEmail"] == "ada@engine.example"
    assert prospect["mobilePhones"] == [{"value": "+1 555"}]
    assert prospect["company"] == {
        "name": "Engine",
        "domain": "engine.example",
        "industry": "Computing",
    }
    assert prospect["listIds"] == [made["id"]]
    page = call("GET", f"{prefix}/lists/{made['id']}/prospects")
    assert page == (200, {"items": [prospect], "nextCursor": None})
    assert call("GET", f"{prefix}/prospects/{prospect['id']}") == (200, prospect)


def test_only_the_guide_has_an_export(sandbox: Sandbox, call: Caller, list_id: str) -> None:
    call("POST", f"/lists/{list_id}/prospects", FULL | {"title": "=1+1"})
    key = {"X-API-Key": sandbox.decoded_key}
    export = requests.get(f"{sandbox.url}/lists/{list_id}/export", headers=key, timeout=60)
    assert export.headers["content-type"].startswith("text/csv")
    assert export.text.splitlines()[0].startswith("id,firstName,lastName")
    assert ",'=1+1," in export.text
    assert call("GET", f"/v1/lists/{list_id}/export")[0] == 404


BAD: list[tuple[dict[str, Any], str]] = [
    ({"firstName": None}, "firstName must be a string"),
    ({"firstName": ""}, "firstName must have at least 1 character"),
    ({"mobilePhone": "+1"}, "mobilePhone is not a known field"),
    ({"workEmail": "ada"}, "workEmail must be an email address"),
    ({"linkedinUrl": "ada"}, "linkedinUrl must be a URI"),
    ({"seniority": "Boss"}, "seniority must be one of"),
    ({"emailStatus": "Invalid"}, "emailStatus must be one of"),
    ({"notes": "x" * 5001}, "notes must have at most 5000 characters"),
    ({"location": "London"}, "location must be an object"),
    ({"phone": 5}, "phone must be a string"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[next(iter(row[0])) for row in BAD])
def test_a_body_that_does_not_fit(call: Caller, list_id: str, change: dict, message: str) -> None:
    body = FULL | change
    paths = (f"/v1/lists/{list_id}/prospects", 422), ("/v1/prospects", 400)
    for path, expected in paths:
        status, answer = call("POST", path, body)
        assert status == expected
        assert message in answer["message"]
        assert answer["details"]
    status, answer = call("POST", f"/v1/lists/{list_id}/prospects/batch", [FULL, body])
    assert status == 400
    assert answer["details"][0]["path"].startswith("1.")
    assert call("GET", f"/v1/lists/{list_id}/prospects")[1]["items"] == []


def test_names_are_required(call: Caller, list_id: str) -> None:
    status, answer = call("POST", f"/v1/lists/{list_id}/prospects", {"firstName": "Ada"})
    assert (status, answer["message"]) == (422, "Invalid body: lastName is required")


def test_refusals(sandbox: Sandbox, call: Caller, list_id: str) -> None:
    assert call("POST", "/v1/lists", {"name": ""})[0] == 400
    assert call("POST", "/v1/lists", {"name": "x" * 201})[0] == 400
    assert call("POST", "/v1/lists", {"name": "x", "color": "red"})[0] == 400
    assert call("POST", "/v1/lists", {"name": " pilots "})[0] == 409
    assert call("GET", f"/v1/lists/{NOBODY}")[0] == 404
    assert call("GET", "/v1/lists/no-id")[0] == 404
    assert call("GET", "/v1/prospects/no-id")[0] == 400
    assert call("GET", f"/v1/prospects/{NOBODY}")[0] == 404
    assert call("POST", f"/v1/lists/no-id/prospects/{NOBODY}")[0] == 400
    assert call("POST", f"/v1/lists/{list_id}/prospects/{NOBODY}")[0] == 404
    assert call("POST", f"/v1/lists/{NOBODY}/prospects", FULL)[0] == 404
    assert call("POST", f"/v1/lists/{list_id}/prospects/batch", [])[0] == 400
    assert call("POST", f"/v1/lists/{list_id}/prospects/batch", [FULL] * 101)[0] == 400
    assert call("POST", f"/v1/lists/{list_id}/prospects/batch", FULL)[0] == 400
    assert call("GET", "/v1/lists", limit=101)[0] == 400
    assert call("GET", "/v1/lists", cursor="x")[0] == 400
    assert call("GET", "/v1/lists", role="boss")[0] == 400
    assert call("GET", "/v1/prospects", firstName="Ada")[0] == 400
    assert call("GET", "/v1/prospects", email="a@b.example", firstName="A", lastName="B")[0] == 400
    assert call("GET", "/v1/verify-email")[0] == 400
    assert call("GET", "/v1/nothing")[0] == 404
    assert call("DELETE", "/v1/lists")[0] == 405
    assert call("POST", "/v1/prospects", FULL | {"notes": "x" * 1_100_000})[0] == 413
    bad = requests.post(
        f"{sandbox.url}/v1/lists",
        data="{",
        timeout=60,
        headers={"X-API-Key": sandbox.decoded_key, "Content-Type": "application/json"},
    )
    assert (bad.status_code, bad.json()["message"]) == (400, "The body is not JSON")


def test_a_batch_succeeds_in_part(call: Caller, list_id: str) -> None:
    unknown = FULL | {"companyId": "MergedCompany-none"}
    status, result = call("POST", f"/v1/lists/{list_id}/prospects/batch", [FULL, unknown, FULL])
    assert status == 200
    assert len(result["succeeded"]) == 2
    assert result["failed"] == [{"index": 1, "reason": "companyId MergedCompany-none is unknown"}]
    assert len({row["id"] for row in result["succeeded"]}) == 2  # nothing is deduplicated


def test_cursors_hold_while_rows_come(call: Caller, list_id: str) -> None:
    path = f"/v1/lists/{list_id}/prospects"
    for start in (0, 100):
        batch = [{"firstName": f"N{start + n}", "lastName": "X"} for n in range(100)]
        call("POST", f"{path}/batch", batch)
    seen, cursor = [], None
    while True:
        page = call("GET", path, limit=70, **({"cursor": cursor} if cursor else {}))[1]
        seen += [row["firstName"] for row in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        call("POST", path, {"firstName": f"Late{len(seen)}", "lastName": "X"})
    assert seen[:200] == [f"N{n}" for n in range(200)]
    assert len(seen) == len(set(seen))


def test_attach_is_idempotent(call: Caller, list_id: str) -> None:
    prospect = call("POST", "/v1/prospects", FULL)[1]
    assert prospect["listIds"] == []
    for _ in range(2):
        status, after = call("POST", f"/v1/lists/{list_id}/prospects/{prospect['id']}")
        assert (status, after["listIds"]) == (200, [list_id])


def test_prospects_are_found_by_address_and_name(call: Caller) -> None:
    one = call("POST", "/v1/prospects", FULL)[1]
    call("POST", "/v1/prospects", {"firstName": "Grace", "lastName": "Hopper"})
    assert call("GET", "/v1/prospects", email="ADA@engine.example")[1]["items"] == [one]
    assert call("GET", "/v1/prospects", firstName="ada", lastName="BYRON")[1]["items"] == [one]
    assert len(call("GET", "/v1/prospects")[1]["items"]) == 2


def test_verification_costs_and_is_kept(sandbox: Sandbox, call: Caller) -> None:
    one = call("POST", "/v1/prospects", FULL)[1]
    status, result = call("POST", f"/v1/prospects/{one['id']}/verify-email")
    assert status == 200
    assert result["prospect"]["emailStatus"] == result["status"]
    assert call("GET", "/v1/verify-email", email=FULL["workEmail"])[1] == {
        "status": result["status"]
    }
    assert str(sandbox.store.used) == "0.2"
    bare = call("POST", "/v1/prospects", {"firstName": "A", "lastName": "B"})[1]
    status, answer = call("POST", f"/v1/prospects/{bare['id']}/verify-email")
    assert (status, answer["code"]) == (409, "no_email_to_verify")


def test_graphql_and_rest_share_the_lists(sandbox: Sandbox, call: Caller) -> None:
    def graphql(query: str) -> dict[str, Any]:
        headers = {"Authorization": f"Basic {sandbox.api_key}"}
        answer = requests.post(
            sandbox.graphql_url, json={"query": query}, headers=headers, timeout=60
        )
        return answer.json()

    made = graphql('mutation { createList(input: {name: "Both"}) { id name } }')["data"][
        "createList"
    ]
    added = graphql(
        f'mutation {{ addProspectToList(listId: "{made["id"]}", input: '
        '{firstName: "A", lastName: "B"}) { id listIds } }'
    )["data"]["addProspectToList"]
    assert added["listIds"] == [made["id"]]
    assert call("GET", f"/v1/lists/{made['id']}/prospects")[1]["items"][0]["id"] == added["id"]
    read = graphql("{ lists { items { name prospects { items { firstName } } } } }")["data"][
        "lists"
    ]
    assert read["items"] == [{"name": "Both", "prospects": {"items": [{"firstName": "A"}]}}]
    error = graphql('mutation { createList(input: {name: "both"}) { id } }')["errors"][0]
    assert error["extensions"]["response"]["status"] == 409
    feedback = 'mutation { submitPersonFeedback(input: {value: "x", status: Invalid}) }'
    assert graphql(feedback)["data"]["submitPersonFeedback"]
    assert graphql(f'{{ list(id: "{NOBODY}") {{ id }} }}') == {"data": {"list": None}}


def test_lists_credits_and_unlocks_survive_a_restart(tmp_path: Path) -> None:

    db = tmp_path / "sandbox.db"
    with Sandbox(people=100, rpm=0, db=db) as sandbox:
        client = client_of(sandbox)
        list_id = client.create_list("Kept")["id"]
        client.add_prospects(list_id, [FULL])
        person = sandbox.world.person_ids[0]
        client.search_people({"id": person}, data_points=set())
        used = sandbox.store.used
    with Sandbox(people=100, rpm=0, db=db) as sandbox:
        client = client_of(sandbox)
        assert [row["name"] for row in client.lists()] == ["Kept"]
        assert client.list_prospects(list_id)[0]["workEmail"] == FULL["workEmail"]
        client.search_people({"id": person}, data_points=set())
        assert sandbox.store.used == used
