"""A field that fails on purpose is null as GraphQL's specification says."""

from decimal import Decimal
from typing import Any

import pytest
import requests
from graphql import build_schema, get_named_type, is_list_type, is_non_null_type

from leadiq_api import queries
from leadiq_sandbox import Sandbox
from leadiq_sandbox.graphql_api import SCHEMA_FILE
from tests.leadiq_sandbox.served import Json

SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
PAGE = {"input": {"limit": 2}}
DOCUMENTS: dict[str, tuple[str, Json]] = {
    "account": (queries.ACCOUNT, {}),
    "usage": (queries.USAGE, {}),
    "searchPeople": (queries.search_people({"email", "company"}), {"input": {"id": "{person}"}}),
    "searchCompany": (queries.SEARCH_COMPANY, {"input": {"id": "{company}"}}),
    "flatAdvancedSearch": (queries.flat_advanced_search(()), PAGE),
    "groupedAdvancedSearch": (queries.grouped_advanced_search(()), PAGE),
    "searchPeoplePreview": (queries.SEARCH_PEOPLE_PREVIEW, {"input": {"email": "a@b.example"}}),
    "submitPersonFeedback": (queries.SUBMIT_FEEDBACK, {"input": {"value": "x"}}),
    "nobody": (queries.search_people(()), {"input": {"id": "nobody"}}),
}
TWO = {
    "two lists": ("{ a: lists { items { id } } b: lists { items { id } } }", {}),
    "two people": (
        queries.enrich_people((), [False, False]),
        {"p0": {"id": "{person}"}, "p1": {"id": "{person}"}},
    ),
}


def sent(sandbox: Sandbox, document: str, variables: Json) -> Json:
    ids = {"{person}": sandbox.world.person_ids[0], "{company}": sandbox.world.company_ids[0]}
    filled = {
        name: {key: ids.get(value, value) for key, value in input.items()}
        for name, input in variables.items()
    }
    answer = requests.post(
        sandbox.graphql_url,
        json={"query": document, "variables": filled},
        headers={"Authorization": f"Basic {sandbox.api_key}"},
        timeout=60,
    )
    return dict(answer.json())


def types_along(path: list[Any], fields: dict[str, str]) -> list[Any]:
    """The type of each step of a path; ``fields`` are the names of aliases."""
    types: list[Any] = []
    parent: Any = None
    for step in path:
        if isinstance(step, int):
            kind = types[-1].of_type if is_non_null_type(types[-1]) else types[-1]
            assert is_list_type(kind)
            types.append(kind.of_type)
        else:
            name = fields.get(step, step)
            roots = [SCHEMA.query_type, SCHEMA.mutation_type]
            owners = [parent] if parent else [root for root in roots if name in root.fields]
            types.append(owners[0].fields[name].type)
        parent = get_named_type(types[-1])
    return types


def require_conforming(answer: Json, fields: dict[str, str]) -> None:
    (error,) = answer["errors"]
    value, types = answer["data"], types_along(error["path"], fields)
    steps = list(zip(error["path"], types, strict=True))
    depth = 0
    while value is not None:
        assert depth < len(steps), f"{error['path']} is not null"
        value = value[steps[depth][0]]
        depth += 1
    # What is null may be, and what lies below it on the way to the error may not.
    assert depth == 0 or not is_non_null_type(steps[depth - 1][1])
    assert all(is_non_null_type(kind) for _, kind in steps[depth:])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_part_that_fails_is_null_at_its_path(name: str) -> None:
    with Sandbox(people=60, rpm=0, faults=["partial:1"]) as sandbox:
        require_conforming(sent(sandbox, *DOCUMENTS[name]), {})


@pytest.mark.parametrize("name", TWO)
def test_one_of_several_fields_that_fails_is_null_at_its_path(name: str) -> None:
    aliases = {"a": "lists", "b": "lists", "p0": "searchPeople", "p1": "searchPeople"}
    with Sandbox(people=60, rpm=0, faults=["one-of-many:1"]) as sandbox:
        answer = sent(sandbox, *TWO[name])
        require_conforming(answer, aliases)
        # One person is done and charged, although LeadIQ's schema lets nobody see them.
        assert (answer["data"] is None) == (name == "two people")
        assert sandbox.store.used == (Decimal("0.1") if name == "two people" else 0)


def test_a_single_field_is_not_one_of_many() -> None:
    with Sandbox(people=60, rpm=0, faults=["one-of-many:1"]) as sandbox:
        assert "errors" not in sent(sandbox, *DOCUMENTS["account"])
