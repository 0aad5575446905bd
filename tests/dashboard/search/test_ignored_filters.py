"""Who does not match what was requested; what is unknown proves nothing."""

import pytest

from dashboard.search.ignored_filters import Mismatches, mismatches

VP = {"seniority": "VP", "role": "Sales", "country": "United States", "countryCode2": "US"}
MANAGER = {"seniority": "Manager", "role": "Marketing", "country": "Germany"}
UNKNOWN = {"seniority": None, "role": None, "country": None}


@pytest.mark.parametrize(
    ("filters", "wrong"),
    [
        ({}, 0),
        ({"seniorities": ["VP"]}, 1),
        ({"seniorities": ["VP", "Manager"]}, 0),
        ({"roles": ["sales"]}, 1),
        ({"locations": [{"country": "US"}]}, 1),
        ({"locations": [{"country": "Germany", "city": "Berlin"}]}, 1),
        ({"locations": [{"country": "France"}]}, 2),
        ({"locations": [{"country": "France"}, {"city": "Boston"}]}, 0),
        ({"roles": ["Sales"], "seniorities": ["Manager"]}, 2),
        ({"titles": ["Baker"]}, 0),
    ],
)
def test_people_who_do_not_match_are_counted(filters: dict, wrong: int) -> None:
    answers = [{"people": [VP, MANAGER]}, {"companies": [{"people": [UNKNOWN]}]}]
    assert mismatches({"contactFilter": filters}, answers) == Mismatches(wrong, 3)


def test_the_sentence_names_both_numbers() -> None:
    assert str(Mismatches(12, 100)) == ("12 of 100 do not match your filters: LeadIQ ignored them.")
    assert str(Mismatches(1, 1000)).startswith("1 of 1,000 does not match")


def test_without_a_filter_or_an_answer_nobody_is_wrong() -> None:
    assert mismatches({}, []) == Mismatches(0, 0)
