"""The cursor of the advanced searches: every row once, beyond the ceiling of ``skip``."""

import pytest

from leadiq_sandbox import Sandbox, search

FLAT = """query F($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) {
    totalPeople people { id } after { key value } } }"""
GROUPED = """query G($input: GroupedSearchInput!) { groupedAdvancedSearch(input: $input) {
    companies { company { id } } after { key value } } }"""


def rows(sandbox: Sandbox, document: str, field: str, name: str) -> list[dict]:
    """The rows of all pages, each page after the cursor of the one before it."""
    found, after = [], None
    while True:
        input = {"limit": 7, **({"after": after} if after else {})}
        answer = sandbox.graphql.answer({"query": document, "variables": {"input": input}})
        assert "errors" not in answer, answer
        found += answer["data"][field][name]
        after = answer["data"][field]["after"]
        if not after:
            return found


def test_each_row_is_seen_once_beyond_the_ceiling(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CEILING", 10)
    people = [row["id"] for row in rows(sandbox, FLAT, "flatAdvancedSearch", "people")]
    assert sorted(people) == sorted(sandbox.world.person_ids)
    grouped = rows(sandbox, GROUPED, "groupedAdvancedSearch", "companies")
    companies = [row["company"]["id"] for row in grouped]
    assert len(companies) == len({*companies}) > 0


@pytest.mark.parametrize(
    "extra",
    [{"after": [{"key": "id", "value": "x"}]}, {"skip": 3, "after": [{"key": "id", "value": "x"}]}],
)
def test_a_cursor_that_it_never_gave_is_refused(sandbox: Sandbox, extra: dict) -> None:
    answer = sandbox.graphql.answer({"query": FLAT, "variables": {"input": {"limit": 7, **extra}}})
    assert answer["errors"][0]["extensions"]["response"]["status"] == 400


def test_a_server_without_it_does_not_know_it() -> None:
    sandbox = Sandbox(people=10, cursor=False)
    answer = sandbox.graphql.answer({"query": FLAT, "variables": {"input": {}}})
    assert "Cannot query field 'after'" in answer["errors"][0]["message"]
    sandbox.store.close()
