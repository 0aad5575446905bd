"""Any client: other spellings of the key, GET, pages of this machine, and the limit in headers."""

import base64
import json

import pytest
import requests

from leadiq_sandbox import Sandbox

ACCOUNT = "query A { account { plans { name } } } query B { account { universalPlan { name } } }"


def get(sandbox: Sandbox, **query: str) -> requests.Response:
    headers = {"Authorization": f"Basic {sandbox.api_key}", "Apollo-Require-Preflight": "true"}
    return requests.get(sandbox.graphql_url, params=query, headers=headers, timeout=60)


@pytest.mark.parametrize("suffix", ["", ":"])
@pytest.mark.parametrize("scheme", ["Basic", "basic"])
def test_the_key_is_known_verbatim_and_with_an_empty_password(
    sandbox: Sandbox, suffix: str, scheme: str
) -> None:
    sent = base64.b64encode(f"{sandbox.decoded_key}{suffix}".encode()).decode()
    answer = requests.post(
        sandbox.graphql_url,
        json={"query": "{ account { plans { name } } }"},
        headers={"Authorization": f"{scheme} {sent}"},
        timeout=60,
    )
    assert "errors" not in answer.json()


def test_get_takes_query_variables_and_operation_name(sandbox: Sandbox) -> None:
    chosen = get(sandbox, query=ACCOUNT, operationName="B").json()
    assert chosen == {"data": {"account": {"universalPlan": {"name": "Sandbox universal plan"}}}}
    document = (
        "query P($input: SearchPeoplePreviewInput!) { searchPeoplePreview(input: $input) "
        "{ personId } }"
    )
    variables = json.dumps({"input": {"email": "nobody@nowhere.example"}})
    found = get(sandbox, query=document, variables=variables).json()
    assert found == {"data": {"searchPeoplePreview": {"personId": None}}}
    assert get(sandbox, query=document, variables="{").status_code == 400
    single = "{ account { plans { name } } }"
    assert "errors" not in get(sandbox, query=single, operationName="", variables="").json()


def test_get_does_not_write(sandbox: Sandbox) -> None:
    mutation = 'mutation { createList(input: { name: "Pilots" }) { id } }'
    (error,) = get(sandbox, query=mutation).json()["errors"]
    assert error["extensions"]["response"]["status"] == 405
    assert sandbox.store.lists(25, None) == ([], None)


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:5173"]
)
def test_a_page_of_this_machine_may_call(sandbox: Sandbox, origin: str) -> None:
    answer = requests.options(
        sandbox.graphql_url,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,apollo-require-preflight",
        },
        timeout=60,
    )
    assert answer.ok
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed
    assert "apollo-require-preflight" in allowed


def test_a_page_of_another_site_may_not(sandbox: Sandbox) -> None:
    origin = {"Origin": "http://localhost.evil.example", "Access-Control-Request-Method": "POST"}
    answer = requests.options(sandbox.graphql_url, headers=origin, timeout=60)
    assert not answer.ok
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_prospector_tells_its_limit_and_graphql_does_not() -> None:
    with Sandbox(people=10, rpm=2) as sandbox:
        key = {"X-API-Key": sandbox.decoded_key}
        answers = [
            requests.get(f"{sandbox.url}/v1/whoami", headers=key, timeout=60) for _ in range(3)
        ]
        verified = requests.get(
            f"{sandbox.url}/v1/verify-email?email=a@b.example", headers=key, timeout=60
        )
        graphql = get(sandbox, query=ACCOUNT, operationName="A")
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == "2;w=60"
    assert answers[0].headers["ratelimit"] == "limit=2, remaining=1, reset=60"
    assert answers[2].headers["ratelimit"].startswith("limit=2, remaining=0, reset=")
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert verified.status_code == 200  # limited by itself
    assert "ratelimit" not in graphql.headers
    assert graphql.json()["errors"][0]["extensions"]["response"]["status"] == 429
