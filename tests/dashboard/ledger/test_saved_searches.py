"""Saved searches, their runs and the values that filters suggest, on both databases."""

from collections import Counter
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dashboard.ledger.ledger import Ledger
from dashboard.ledger.saved_searches import MAX_SUGGESTIONS, SavedSearch, SavedSearches
from dashboard.ledger.schema import search_results, search_runs
from tests.dashboard.ledger.driver import ACCOUNT, OTHER, run_at_once

SEARCH = SavedSearch(
    "Heads of sales",
    "flatAdvancedSearch",
    {"contactFilter": {"titles": ["Head of Sales"]}},
    ("company",),
    "titles=Head+of+Sales&points=company",
    datetime(2026, 11, 24, 12, tzinfo=UTC),
)


@pytest.fixture
def searches(ledger: Ledger) -> SavedSearches:
    return ledger.saved_searches


def test_a_search_is_kept_for_its_account_alone(searches: SavedSearches) -> None:
    searches.save(ACCOUNT, SEARCH)
    assert searches.all(ACCOUNT) == [SEARCH]
    assert searches.find(ACCOUNT, SEARCH.name) == SEARCH
    assert searches.all(OTHER) == []
    assert searches.find(OTHER, SEARCH.name) is None
    searches.delete(OTHER, SEARCH.name)
    assert searches.all(ACCOUNT) == [SEARCH]
    searches.delete(ACCOUNT, SEARCH.name)
    assert searches.all(ACCOUNT) == []


def test_only_what_no_run_before_had_is_new(searches: SavedSearches) -> None:
    searches.save(ACCOUNT, SEARCH)
    first = searches.start_run(ACCOUNT, SEARCH.name)
    searches.record_results(ACCOUNT, SEARCH.name, first, ["p", "q"], 7)
    assert searches.new_results(ACCOUNT, SEARCH.name, first) == (None, frozenset())
    second = searches.start_run(ACCOUNT, SEARCH.name)
    assert second > first
    searches.record_results(ACCOUNT, SEARCH.name, second, ["q", "r"], 8)
    searches.record_results(ACCOUNT, SEARCH.name, second, ["q", "r", "s"], 8)
    last, new = searches.new_results(ACCOUNT, SEARCH.name, second)
    assert last is not None
    assert (last.total, last.loaded) == (7, 2)
    assert new == {"r", "s"}
    assert searches.last_run(ACCOUNT, SEARCH.name) == second
    assert searches.last_run(OTHER, SEARCH.name) is None
    searches.start_run(ACCOUNT, SEARCH.name)  # failed before anything was loaded: not compared with
    third = searches.start_run(ACCOUNT, SEARCH.name)
    searches.record_results(ACCOUNT, SEARCH.name, third, ["p", "r"], 8)
    last, new = searches.new_results(ACCOUNT, SEARCH.name, third)
    assert (last and last.loaded, new) == (3, frozenset())
    searches.save(ACCOUNT, SEARCH)  # again under the same name: nothing was seen yet
    fourth = searches.start_run(ACCOUNT, SEARCH.name)
    assert searches.new_results(ACCOUNT, SEARCH.name, fourth) == (None, frozenset())


def test_a_deleted_search_keeps_nobody_even_while_it_runs(
    ledger: Ledger, searches: SavedSearches
) -> None:
    searches.save(ACCOUNT, SEARCH)
    run = searches.start_run(ACCOUNT, SEARCH.name)
    searches.record_results(ACCOUNT, SEARCH.name, run, ["p"], 2)
    searches.delete(ACCOUNT, SEARCH.name)
    searches.record_results(ACCOUNT, SEARCH.name, run, ["p", "q"], 2)  # of another tab
    with ledger.database.reading() as db:
        for table in (search_results, search_runs):
            assert db.execute(sa.select(table)).all() == []


def test_the_most_frequent_values_are_suggested(searches: SavedSearches) -> None:
    searches.add_suggestions(ACCOUNT, {"titles": Counter({"CEO": 3, "CFO": 1, "x" * 201: 9})})
    searches.add_suggestions(
        ACCOUNT, {"titles": Counter({"CFO": 5}), "roles": Counter({"Sales": 1})}
    )
    assert searches.suggestions(ACCOUNT) == {"titles": ["CEO", "CFO"], "roles": ["Sales"]}
    assert searches.suggestions(OTHER) == {}
    searches.add_suggestions(
        ACCOUNT, {"titles": Counter({f"T{n}": 4 for n in range(MAX_SUGGESTIONS - 1)})}
    )
    titles = searches.suggestions(ACCOUNT)["titles"]
    assert len(titles) == MAX_SUGGESTIONS
    assert "CFO" in titles
    assert "CEO" not in titles  # three times; the others four or more


def test_sessions_that_write_at_once_lose_nothing(database: str) -> None:
    ledgers = [Ledger(database) for _ in range(4)]
    first = ledgers[0].saved_searches
    first.save(ACCOUNT, SEARCH)
    run = first.start_run(ACCOUNT, SEARCH.name)

    def session(index: int) -> None:
        searches = ledgers[index].saved_searches
        searches.add_suggestions(ACCOUNT, {"titles": Counter({"CEO": 1, f"T{index}": 1})})
        searches.record_results(ACCOUNT, SEARCH.name, run, ["p", f"p{index}"], 5)

    run_at_once(4, session)
    assert first.suggestions(ACCOUNT)["titles"] == ["CEO", "T0", "T1", "T2", "T3"]
    again = first.start_run(ACCOUNT, SEARCH.name)
    people = ["p", "p0", "p1", "p2", "p3", "new"]
    first.record_results(ACCOUNT, SEARCH.name, again, people, 6)
    assert first.new_results(ACCOUNT, SEARCH.name, again).ids == {"new"}
    for ledger in ledgers:
        ledger.close()
