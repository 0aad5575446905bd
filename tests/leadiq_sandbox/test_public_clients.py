"""What other clients send: their keys and documents, as the schema answers or refuses them."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from graphql import (
    GraphQLSchema,
    build_client_schema,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)

from leadiq_sandbox import Sandbox
from tests.leadiq_sandbox.clients import CLIENTS, HASH, Client, Sent

EVERY = [
    pytest.param(client, sent, id=f"{kind}-{n}")
    for kind, client in CLIENTS.items()
    for n, sent in enumerate(client.documents)
]

DEFAULTS = """
query People($limit: Int = 3, $roles: [String!] = ["Sales"]) {
  flatAdvancedSearch(input: {contactFilter: {roles: $roles}, limit: $limit}) {
    __typename totalPeople people { id name title company { name } }
  }
}
"""
DIRECTIVES = """
query Company($input: SearchCompanyInput!, $more: Boolean!) {
  searchCompany(input: $input) {
    totalResults results { name domain employees: numberOfEmployees
      locationInfo @include(if: $more) { city country }
      industry trade: industry
    }
  }
}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=1200, credits=1000, rpm=0) as running:
        yield running


@pytest.fixture(scope="module")
def who(server: Sandbox) -> dict[str, str]:
    """Somebody in the sandbox: what the documents and variables name."""
    query = """query P($id: String!) { searchPeople(input: {id: $id}) { results { id
        name { first last } linkedin { linkedinUrl }
        currentPositions { companyInfo { name domain } emails { value } } } } }"""
    for id in server.world.person_ids:
        body = {"query": query, "variables": {"id": id}}
        (person,) = server.graphql.answer(body)["data"]["searchPeople"]["results"]
        positions = [row for row in person["currentPositions"] if row["emails"]]
        if positions and person["name"]["last"] and person["linkedin"]:
            break
    company = positions[0]["companyInfo"]
    return {
        "id": person["id"],
        "first": person["name"]["first"],
        "last": person["name"]["last"],
        "linkedin": person["linkedin"]["linkedinUrl"],
        "company": company["name"],
        "domain": company["domain"],
    }


def filled(value: Any, who: Mapping[str, str]) -> Any:
    """A document or variables with the names of somebody in the sandbox."""
    if isinstance(value, str):
        named = next((who[name] for name in who if value == f"{{{name}}}"), value)
        return named % who if "%(" in named else named
    if isinstance(value, dict):
        return {name: filled(inner, who) for name, inner in value.items()}
    return [filled(inner, who) for inner in value] if isinstance(value, list) else value


def send(server: Sandbox, client: Client, body: dict[str, Any]) -> requests.Response:
    key = base64.b64encode(f"{server.decoded_key}{client.suffix}".encode()).decode()
    headers = {"Authorization": f"Basic {key}", **client.headers}
    if client.method == "GET":
        query = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in body.items()
            if value is not None
        }
        return requests.get(server.graphql_url, params=query, headers=headers, timeout=60)
    return requests.post(server.graphql_url, json=body, headers=headers, timeout=60)


def test_there_are_eleven() -> None:
    assert len(CLIENTS) == 11
    for client in CLIENTS.values():
        assert any(sent.refused is None for sent in client.documents)
        assert any(sent.refused for sent in client.documents)


@pytest.mark.parametrize(("client", "sent"), EVERY)
def test_a_document_is_answered_or_refused(
    server: Sandbox, who: dict[str, str], client: Client, sent: Sent
) -> None:
    used = server.store.used
    body = {"query": filled(sent.query, who), "variables": filled(sent.variables, who)}
    answer = send(server, client, {**body, **sent.more})
    assert answer.status_code == 200
    content = answer.json()
    if sent.refused is None:
        assert "errors" not in content, content
        assert all(value is not None for value in content["data"].values())
        return
    error = content["errors"][0]
    assert error["message"].startswith(sent.refused)
    assert error["extensions"]["response"]["status"] == 400
    assert server.store.used == used


@pytest.fixture(scope="module")
def live(contract: Path) -> GraphQLSchema:
    content = (contract / "leadiq-introspection.json").read_text(encoding="utf-8")
    return build_client_schema(json.loads(content)["data"])


@pytest.mark.parametrize(("client", "sent"), EVERY)
def test_it_is_refused_as_the_live_schema_refuses_it(
    server: Sandbox, live: GraphQLSchema, who: dict[str, str], client: Client, sent: Sent
) -> None:
    query, variables = filled(sent.query, who), filled(sent.variables, who) or {}
    name = sent.more.get("operationName")
    expected = refusals(live, query, variables, name)
    ours = server.graphql.answer({"query": query, "variables": variables, "operationName": name})
    # Errors with a path come from answering, not from the schema.
    assert [row["message"] for row in ours.get("errors", ()) if "path" not in row] == expected


def refusals(
    schema: GraphQLSchema, query: str, variables: Any, operation_name: str | None
) -> list[str]:
    """Why a schema refuses a document or its variables, whatever would answer it."""
    document = parse(query)
    errors = validate(schema, document)
    if not errors:
        operation = get_operation_ast(document, operation_name)
        assert operation is not None
        given = variables if isinstance(variables, dict) else {}
        values = get_variable_values(schema, operation.variable_definitions or (), given)
        errors = values if isinstance(values, list) else []
    return [error.message for error in errors]


# What comes back ----------------------------------------------------------------------------------

PLAIN = Client(())


def test_defaults_of_variables(server: Sandbox) -> None:
    found = send(server, PLAIN, {"query": DEFAULTS}).json()["data"]["flatAdvancedSearch"]
    assert (found["__typename"], len(found["people"])) == ("PersonSearchResponse", 3)
    one = send(server, PLAIN, {"query": DEFAULTS, "variables": {"limit": 1}}).json()
    assert len(one["data"]["flatAdvancedSearch"]["people"]) == 1


def test_directives_and_aliases(server: Sandbox) -> None:
    variables = {"input": {"domain": server.world.domains[0]}, "more": False}
    answer = send(server, PLAIN, {"query": DIRECTIVES, "variables": variables}).json()
    (company,) = answer["data"]["searchCompany"]["results"]
    assert company["employees"] == server.world.employees[0]
    assert "locationInfo" not in company
    assert company["trade"] == company["industry"] is not None


def test_what_is_deferred_comes_at_once(server: Sandbox) -> None:
    query = '{ account { ... @defer(label: "later") { plans { name } } } }'
    answer = send(server, PLAIN, {"query": query}).json()
    assert answer == {"data": {"account": {"plans": [{"name": "Sandbox universal plan"}]}}}


# Bodies that are no documents --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"null", 200),
        (b'[{"query": "{ account { plans { name } } }"}]', 200),  # a batch
        (b'{"query": 5}', 200),
        (b'{"query": "{ account { plans { name } } }", "variables": "{}"}', 200),
        (b"{ account { plans { name } } }", 400),  # application/graphql
        (b"query=%7B%20account%20%7D", 400),
        (b'{"query": "{ searchCompany(input: {name: \\"Caf\xe9\\"}) { totalResults } }"}', 400),
        (b'{"query": "mutation { x }", "variables": {"name": "\\ud800"}}', 400),
        (b'{"variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b" " * 1_000_001, 413),
    ],
)
def test_a_body_that_is_no_document_is_refused_as_graphql(
    server: Sandbox, body: bytes, status: int
) -> None:
    headers = {"Authorization": f"Basic {server.api_key}"}
    answer = requests.post(server.graphql_url, data=body, headers=headers, timeout=60)
    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert error["extensions"]["response"]["status"] == max(status, 400)


def test_a_hash_without_its_document_is_asked_for_in_full(server: Sandbox) -> None:
    client = CLIENTS["a client of generated code"]
    for method in ("GET", "POST"):
        answer = send(server, client._replace(method=method), {"extensions": HASH}).json()
        (error,) = answer["errors"]
        assert error["message"] == "PersistedQueryNotSupported"
        assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"


@pytest.mark.parametrize(
    "authorization",
    ["Bearer {base64}", "{base64}", "Basic {decoded}", "Basic {twice}", "Basic", "Basic e30="],
)
def test_another_spelling_of_the_key_is_a_401(server: Sandbox, authorization: str) -> None:
    twice = base64.b64encode(f"{server.api_key}:".encode()).decode()
    value = authorization.format(base64=server.api_key, decoded=server.decoded_key, twice=twice)
    answer = requests.post(
        server.graphql_url,
        json={"query": "{ account { plans { name } } }"},
        headers={"Authorization": value, "X-API-Key": server.decoded_key},
        timeout=60,
    )
    (error,) = answer.json()["errors"]
    assert error["extensions"]["response"]["status"] == 401
