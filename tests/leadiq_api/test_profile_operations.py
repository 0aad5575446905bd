"""Ideal customer profiles, and records that are made current, over the sandbox."""

from leadiq_sandbox import Sandbox
from tests.conftest import client_of


def test_the_teams_profiles_have_the_fields_of_an_advanced_search(sandbox: Sandbox) -> None:
    first, second = client_of(sandbox).icp_definitions()
    assert first["name"] == "Sales leaders in the United States"
    assert first["persona"]["seniorities"] == ["VP", "Director"]
    assert first["company"]["sizes"] == [{"min": 51, "max": 1000}]
    assert second["persona"]["functions"] == ["Engineering"]
    assert sandbox.store.used == 0


def test_a_team_without_profiles_has_none(sandbox: Sandbox) -> None:
    sandbox.graphql.profiles.icps = ()
    assert client_of(sandbox).icp_definitions() == []


def test_a_record_is_made_current(sandbox: Sandbox) -> None:
    client, person = client_of(sandbox), sandbox.world.person_ids[3]
    assert client.regenerated_time(person) is None
    assert [client.regenerate(person) for _ in range(2)] == ["Started", "InProgress"]
    assert client.regenerated_time(person) is None
    assert client.regenerated_time(person) is not None
    assert client.regenerate("PersonID-0") == "NotFound"
