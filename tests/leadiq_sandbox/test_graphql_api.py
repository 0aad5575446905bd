"""The sandbox's schema against the live one, field by field, for what it serves."""

import json
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    build_schema,
    get_introspection_query,
    print_type,
)

from leadiq_sandbox import Sandbox
from leadiq_sandbox.graphql_api import SCHEMA_FILE
from tests.conftest import client_of

OWN_TYPES = {"SandboxPlan"}
SERVED = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
TYPES = sorted(
    name for name in SERVED.type_map if not name.startswith("__") and name not in OWN_TYPES
)


@pytest.fixture(scope="module")
def live(contract: Path) -> GraphQLSchema:
    content = (contract / "leadiq-introspection.json").read_text(encoding="utf-8")
    return build_client_schema(json.loads(content)["data"])


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_the_live_one(name: str, live: GraphQLSchema) -> None:
    ours, theirs = SERVED.type_map[name], live.type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLEnumType):
        assert set(ours.values) == set(theirs.values)
        return
    if not isinstance(ours, GraphQLObjectType | GraphQLInputObjectType | GraphQLInterfaceType):
        return
    if name not in ("Query", "Mutation"):
        assert set(ours.fields) == set(theirs.fields)
    for field, here in ours.fields.items():
        there = theirs.fields[field]
        assert str(here.type) == str(there.type), field
        assert here.deprecation_reason == there.deprecation_reason, field
        arguments = getattr(here, "args", {})
        expected = getattr(there, "args", {})
        assert {k: str(v.type) for k, v in arguments.items()} == {
            k: str(v.type) for k, v in expected.items()
        }, field


def test_defaults_are_the_live_ones(live: GraphQLSchema) -> None:
    for name in ("List", "ListConnection"):
        # Descriptions are the live service's own; print_type shows the defaults of arguments.
        lines = [line for line in print_type(live.type_map[name]).splitlines() if "limit" in line]
        ours = [line for line in print_type(SERVED.type_map[name]).splitlines() if "limit" in line]
        assert [line.strip() for line in ours] == [line.strip() for line in lines]


def test_it_serves_every_query_and_mutation(live: GraphQLSchema) -> None:
    for name in ("Query", "Mutation"):
        assert set(SERVED.type_map[name].fields) == set(live.type_map[name].fields)


def test_introspection_needs_no_key(sandbox: Sandbox) -> None:
    from leadiq_api.transport import ask_without_key

    answer = ask_without_key(sandbox.graphql_url, get_introspection_query())
    assert {row["name"] for row in answer["__schema"]["types"]} >= set(TYPES)


def test_plans_come_through_the_interface(sandbox: Sandbox) -> None:
    (plan,) = client_of(sandbox).account()["plans"]
    assert plan["product"] == "Universal"
    assert plan["status"] == "Active"


def test_two_servers_share_the_schema_and_nothing_else() -> None:
    with Sandbox(people=30, credits=10) as one, Sandbox(people=30, credits=20) as other:
        assert one.graphql.schema is other.graphql.schema
        client_of(one).create_list("Pilots")
        assert [available(server) for server in (one, other)] == [10, 20]
        assert [len(client_of(server).lists()) for server in (one, other)] == [1, 0]


def available(sandbox: Sandbox) -> float:
    return client_of(sandbox).account()["universalPlan"]["available"]
