"""What a server has is asked once; a server that does not tell has nothing more."""

import pytest

from leadiq_api import ServiceError
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.leadiq_api.scripted_server import Script, failure


def test_a_server_is_asked_once_for_what_it_has(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    assert client.supports("icpDefinitions")
    assert client.supports("regenerate")
    assert client.supports("companyLists")
    assert not client.supports("companyNews")
    assert [seen.operation for seen in sandbox.requests] == ["__schema"]


@pytest.mark.parametrize(
    "answer",
    [
        failure(400, code="INTROSPECTION_DISABLED"),
        {"data": {"__schema": None}},
        {"data": {"__schema": {"queryType": {"fields": [{"name": "account"}]}, "types": [None]}}},
    ],
)
def test_without_a_feature_there_is_no_trace_of_it(script: Script, answer: object) -> None:
    script.answers = [(200, answer)]
    client = script.client(deadline=0)
    assert client.icp_definitions() == []
    assert client.company_lists() == []
    assert client.contact_tracking_balance() == {}
    assert not client.supports("regenerate")
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [403, 409, 413])
def test_a_refusal_of_something_else_is_not_remembered(script: Script, status: int) -> None:
    fields = {"mutationType": {"fields": [{"name": "regenerate"}]}}
    script.answers = [(status, "<html>"), (200, {"data": {"__schema": fields}})]
    client = script.client(deadline=0)
    assert not client.supports("regenerate")
    assert client.supports("regenerate")


def test_a_server_that_failed_is_asked_again(script: Script) -> None:
    fields = {"mutationType": {"fields": [{"name": "regenerate"}]}}
    script.answers = [(500, "<html>"), (200, {"data": {"__schema": fields}})]
    client = script.client(deadline=0)
    with pytest.raises(ServiceError):
        client.supports("regenerate")
    assert client.supports("regenerate")


def test_what_a_server_has_is_asked_through_the_gate(sandbox: Sandbox) -> None:
    passed: list[int] = []
    client = client_of(sandbox).with_gate(lambda: passed.append(len(sandbox.requests)))
    assert client.supports("regenerate")
    assert client.supports("companyLists")
    assert passed == [0]
    assert len(sandbox.requests) == 1


def test_a_server_that_takes_no_aliases_tells_what_it_has(sandbox: Sandbox) -> None:
    sandbox.graphql.max_aliases = 0
    client = client_of(sandbox)
    assert client.supports("companyLists")
    assert client.supports("FlatSearchInput.after")
    assert not client.supports("FlatSearchInput.before")
