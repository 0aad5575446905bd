"""Saved searches, their runs and the values that filters suggest, on both databases."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from dashboard.ledger.ledger import MAX_SUGGESTIONS, Ledger, SavedSearch

ACCOUNT, OTHER = "a" * 16, "b" * 16
SEARCH = SavedSearch(
    "Heads of sales",
    "flatAdvancedSearch",
    {"contactFilter": {"titles": ["Head of Sales"]}},
    ("company",),
    "titles=Head+of+Sales&points=company",
    datetime(2026, 11, 24, 12, tzinfo=UTC),
)


@pytest.fixture
def ledger(database: str):
    opened = Ledger(database)
    yield opened
    opened.close()


def test_a_search_is_kept_for_its_account_alone(ledger: Ledger) -> None:
    ledger.save_search(ACCOUNT, SEARCH)
    assert ledger.saved_searches(ACCOUNT) == [SEARCH]
    assert ledger.saved_search(ACCOUNT, SEARCH.name) == SEARCH
    assert ledger.saved_searches(OTHER) == []
    assert ledger.saved_search(OTHER, SEARCH.name) is None
    ledger.forget_search(OTHER, SEARCH.name)
    assert ledger.saved_searches(ACCOUNT) == [SEARCH]
    ledger.forget_search(ACCOUNT, SEARCH.name)
    assert ledger.saved_searches(ACCOUNT) == []


def test_only_what_no_run_before_had_is_new(ledger: Ledger) -> None:
    ledger.save_search(ACCOUNT, SEARCH)
    first = ledger.begin_run(ACCOUNT, SEARCH.name)
    ledger.record_run(ACCOUNT, SEARCH.name, first, ["p", "q"], 7)
    assert ledger.news(ACCOUNT, SEARCH.name, first) == (None, frozenset())
    second = ledger.begin_run(ACCOUNT, SEARCH.name)
    assert second > first
    ledger.record_run(ACCOUNT, SEARCH.name, second, ["q", "r"], 8)
    ledger.record_run(ACCOUNT, SEARCH.name, second, ["q", "r", "s"], 8)
    last, new = ledger.news(ACCOUNT, SEARCH.name, second)
    assert last is not None
    assert (last.total, last.loaded) == (7, 2)
    assert new == {"r", "s"}
    assert ledger.last_run(ACCOUNT, SEARCH.name) == second
    assert ledger.last_run(OTHER, SEARCH.name) is None
    ledger.begin_run(ACCOUNT, SEARCH.name)  # failed before anybody came: no run to compare with
    third = ledger.begin_run(ACCOUNT, SEARCH.name)
    ledger.record_run(ACCOUNT, SEARCH.name, third, ["p", "r"], 8)
    last, new = ledger.news(ACCOUNT, SEARCH.name, third)
    assert (last and last.loaded, new) == (3, frozenset())
    ledger.save_search(ACCOUNT, SEARCH)  # anew under the same name: nothing was seen yet
    fourth = ledger.begin_run(ACCOUNT, SEARCH.name)
    assert ledger.news(ACCOUNT, SEARCH.name, fourth) == (None, frozenset())


def test_the_most_frequent_values_are_suggested(ledger: Ledger) -> None:
    ledger.suggest(ACCOUNT, {"titles": Counter({"CEO": 3, "CFO": 1, "x" * 201: 9})})
    ledger.suggest(ACCOUNT, {"titles": Counter({"CFO": 5}), "roles": Counter({"Sales": 1})})
    assert ledger.suggestions(ACCOUNT) == {"titles": ["CEO", "CFO"], "roles": ["Sales"]}
    assert ledger.suggestions(OTHER) == {}
    ledger.suggest(ACCOUNT, {"titles": Counter({f"T{n}": 4 for n in range(MAX_SUGGESTIONS - 1)})})
    titles = ledger.suggestions(ACCOUNT)["titles"]
    assert len(titles) == MAX_SUGGESTIONS
    assert "CFO" in titles
    assert "CEO" not in titles  # three times; the others four or more


def test_sessions_that_write_at_once_lose_nothing(database: str) -> None:
    first = Ledger(database)
    first.save_search(ACCOUNT, SEARCH)
    run = first.begin_run(ACCOUNT, SEARCH.name)
    start, failures = threading.Barrier(4), []

    def session(number: int) -> None:
        own = Ledger(database)
        start.wait()
        try:
            own.suggest(ACCOUNT, {"titles": Counter({"CEO": 1, f"T{number}": 1})})
            own.record_run(ACCOUNT, SEARCH.name, run, ["p", f"p{number}"], 5)
        except Exception as error:
            failures.append(error)
        own.close()

    threads = [threading.Thread(target=session, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert first.suggestions(ACCOUNT)["titles"] == ["CEO", "T0", "T1", "T2", "T3"]
    again = first.begin_run(ACCOUNT, SEARCH.name)
    people = ["p", "p0", "p1", "p2", "p3", "new"]
    first.record_run(ACCOUNT, SEARCH.name, again, people, 6)
    assert first.news(ACCOUNT, SEARCH.name, again)[1] == {"new"}
    first.close()
