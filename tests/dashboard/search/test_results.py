"""The pages loaded of a search: tables made once, suggestions, ignored filters."""

import pytest

from dashboard.search.results import Results, ignored_job_changes, seen_values
from dashboard.tables import frames
from leadiq_api import SearchKind
from tests.dashboard.sample_people import PEOPLE

FOUND = frames.found_people(PEOPLE)


def test_results_keep_pages_and_make_tables_once_a_version() -> None:
    results = Results(SearchKind.FLAT)
    assert results.people.empty
    results[0] = {"totalPeople": 9, "people": PEOPLE[:2]}
    first = results.people
    assert results.people is first
    results[1] = {"people": PEOPLE[1:4]}
    assert results.people["person_id"].tolist() == ["p1", "p2", "p3", "p4"]
    assert results.total == 9
    assert first["person_id"].tolist() == ["p1", "p2"]
    results[0] = {"people": PEOPLE[4:]}
    assert results.people["person_id"].tolist() == ["p5", "p2", "p3", "p4"]
    assert results.total == 4  # no total is reported any more: the rows loaded count
    del results[1]
    assert results.people["person_id"].tolist() == ["p5"]
    results[0] = {"people": PEOPLE}
    assert "sales" in results.searchable[0]


def test_grouped_results_have_companies() -> None:
    results = Results(SearchKind.GROUPED)
    results[0] = {
        "totalCompanies": 1,
        "companies": [
            {
                "company": {"id": "cA", "name": "A"},
                "totalContactsInCompany": 7,
                "people": PEOPLE[:2],
            }
        ],
    }
    assert results.companies["contacts"].tolist() == [7]
    assert results.people["company"].tolist() == ["A", "A"]
    assert (results.total, results.grouped) == (1, True)


def test_ignored_filters_are_recognized_by_the_answer() -> None:
    assert ignored_job_changes({"people": PEOPLE[:2]})
    assert not ignored_job_changes({"people": PEOPLE[:4]})
    assert not ignored_job_changes({"people": []})


def test_seen_values_are_suggested() -> None:
    seen = seen_values(FOUND)
    assert seen["technologies"] == {"Slack": 2, "SAP": 1}
    assert seen["titles"]["Clerk"] == 2  # once now, once before
    assert seen["places"] == {"Germany": 3, "France": 1}
    parts = [
        {"city": "Bonn", "state": "NRW", "country": "Germany"},
        {"city": "Singapore", "country": "Singapore"},
        {"state": "Texas"},
    ]
    assert seen_values(frames.found_people(parts))["places"] == {
        "Bonn, NRW, Germany": 1,
        "Singapore, , Singapore": 1,
        "Texas, ": 1,
        "Germany": 1,
        "Singapore": 1,
    }


def test_results_are_a_mapping_that_counts_its_changes() -> None:
    results = Results(SearchKind.FLAT)
    results.update({0: {"people": PEOPLE[:2]}, 1: {"people": []}})
    assert ([*results], len(results), 1 in results, results.version) == ([0, 1], 2, True, 2)
    results.pop(1)
    assert (1 in results, results.version) == (False, 3)
    with pytest.raises(KeyError):
        results.people_on_page(1)
    assert results.people_on_page(0)["person_id"].tolist() == ["p1", "p2"]
    results[0] = {"people": PEOPLE[2:3]}
    assert results.people_on_page(0)["person_id"].tolist() == ["p3"]
