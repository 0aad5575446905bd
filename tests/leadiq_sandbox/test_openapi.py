"""Whatever is sent to Prospector is answered as its OpenAPI says: its statuses, in its form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from leadiq_sandbox import Sandbox

BODIES = [
    b"",
    b"{",
    b"null",
    b'"x"',
    b"[]",
    b"[{}]",
    b'{"name": ""}',
    b'{"name": "x", "colour": 1}',
    b'{"name": "\\ud800"}',
    b'{"firstName": "", "lastName": "x"}',
    b'{"firstName": "a", "lastName": "b", "mobilePhone": "+1"}',
    b'{"firstName": "a", "lastName": "b", "emailStatus": "Invalid"}',
    b'{"firstName": "a", "lastName": "b", "location": 5}',
    b'{"firstName": "a", "lastName": "b", "companyId": "MergedCompany-0"}',
    b"[" + b",".join([b'{"firstName": "a", "lastName": "b"}'] * 101) + b"]",
    b'{"force": "x"}',
]
QUERIES = ["", "?limit=0", "?limit=101", "?limit=x", "?cursor=zz", "?email=x", "?firstName=a"]
KEYS = [{}, {"X-API-Key": "wrong"}, {"X-API-Key": "{base64}"}, {"Authorization": "Basic {base64}"}]
ANY = {"400", "413"}  # of a query or a body; the document has them where it thought of them


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=50, rpm=0) as running:
        yield running


@pytest.fixture(scope="module")
def operations(contract: Path) -> list[tuple[str, str, set[str]]]:
    """(method, path, statuses) of each operation."""
    document = json.loads((contract / "prospector-openapi.json").read_text(encoding="utf-8"))
    return [
        (method, path, set(operation["responses"]))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def send(server: Sandbox, method: str, path: str, **options: Any) -> requests.Response:
    key = {"X-API-Key": server.decoded_key}
    return requests.request(method, server.url + path, timeout=60, **{"headers": key, **options})


def test_every_answer_is_in_the_document(
    server: Sandbox, operations: list[tuple[str, str, set[str]]]
) -> None:
    list_id = send(server, "post", "/v1/lists", json={"name": "One"}).json()["id"]
    person = {"firstName": "Ada", "lastName": "Byron"}
    prospects = f"/v1/lists/{list_id}/prospects"
    prospect_id = send(server, "post", prospects, json=person).json()["id"]
    wrong = []
    for method, path, statuses in operations:
        for ids in ((list_id, prospect_id), ("0" * 24, "0" * 24), ("x", "y")):
            where = path.replace("{listId}", ids[0]).replace("{prospectId}", ids[1])
            sent: list[dict[str, Any]] = [{"data": body} for body in BODIES]
            for options in sent if method == "post" else [{}]:
                for query in QUERIES if method == "get" else [""]:
                    answer = send(server, method, where + query, **options)
                    allowed = statuses | (ANY if method == "get" else set())
                    fits = answer.status_code < 400 or {"code", "message"} <= answer.json().keys()
                    if str(answer.status_code) not in allowed or not fits:
                        wrong.append((method, where + query, options, answer.status_code))
    assert wrong == []


def test_another_spelling_of_the_key_is_a_401(
    server: Sandbox, operations: list[tuple[str, str, set[str]]]
) -> None:
    for method, path, _ in operations:
        for key in KEYS:
            headers = {name: text.format(base64=server.api_key) for name, text in key.items()}
            assert send(server, method, path, headers=headers).status_code == 401
