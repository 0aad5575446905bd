"""Counts on the rows that other facets leave, and chips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.search import crossfilter
from dashboard.search.crossfilter import (
    COMPANY_FACETS,
    FACETS,
    Crossfilter,
    parse_chips,
    toggle_chips,
)
from dashboard.tables import frames
from tests.dashboard.sample_people import PEOPLE

FOUND = frames.found_people(PEOPLE)
CROSS = Crossfilter(FOUND)


def counts(facet: str, *chips: str) -> dict[str, int]:
    return CROSS.facet_counts(facet, parse_chips(chips)).counts.to_dict()


def test_each_chart_counts_the_rows_that_match_the_others() -> None:
    assert counts("seniority") == {"VP": 2, "Manager": 1, "Other": 1}
    assert counts("technology") == {"Slack": 2, "SAP": 1}
    assert counts("company_size") == {"11–50": 2, "5,001+": 1}
    titles = ["VP of Sales", "VP of Marketing", "Sales Manager", "Clerk"]
    assert counts("title") == dict.fromkeys(titles, 1)
    assert counts("move") == {"Old → B": 1}
    german = "Country: Germany"
    assert counts("seniority", german) == {"VP": 1, "Manager": 1, "Other": 1}
    assert counts("country", german) == {"Germany": 3, "France": 1}  # its own choice stands beside
    assert counts("country", german, "Seniority: VP") == {"Germany": 1, "France": 1}
    technology = CROSS.facet_counts("technology", parse_chips([german]))
    assert (technology.rows_with_value, technology.rows) == (1, 3)
    assert counts("seniority", german, "Seniority: Director") == {
        "VP": 1,
        "Manager": 1,
        "Other": 1,
    }


def test_matching_rows_match_one_chip_of_each_facet() -> None:
    def left(*chips: str) -> list[str]:
        return FOUND["person_id"][CROSS.matching_rows(parse_chips(chips))].tolist()

    assert left() == ["p1", "p2", "p3", "p4", "p5"]
    assert left("Seniority: VP", "Seniority: Manager") == ["p1", "p2", "p3"]
    assert left("Seniority: VP", "Country: Germany") == ["p1"]
    assert left("Technology: Nothing such") == []
    assert left("no chip at all", "Colour: red", "Seniority: ") == ["p1", "p2", "p3", "p4", "p5"]


@given(
    st.lists(st.sampled_from(["VP", "Manager", "Other"]), unique=True),
    st.lists(st.sampled_from(["Germany", "France"]), unique=True),
)
def test_a_count_is_what_selecting_it_leaves(seniorities: list[str], countries: list[str]) -> None:
    chips = [crossfilter.chip("seniority", one) for one in seniorities]
    chips += [crossfilter.chip("country", one) for one in countries]
    without = parse_chips(chip for chip in chips if not chip.startswith("Seniority"))
    for value, number in CROSS.facet_counts("seniority", parse_chips(chips)).counts.items():
        assert CROSS.matching_rows({**without, "seniority": {str(value)}}).sum() == number


def test_a_second_click_removes_the_chip() -> None:
    chips = toggle_chips([], "seniority", ["VP", "Other"])
    assert chips == ["Seniority: VP", "Seniority: Other"]
    assert toggle_chips(chips, "seniority", ["VP"]) == ["Seniority: Other"]
    assert toggle_chips(chips, "country", ["France"]) == [*chips, "Country: France"]
    assert toggle_chips(["Seniority: VP"], "seniority", ["VP", "Other"]) == chips


def test_companies_have_facets_of_their_own() -> None:
    companies = frames.companies(
        [
            {
                "id": "a",
                "industry": "Retail",
                "numberOfEmployees": 20,
                "technologies": [{"name": "SAP"}],
            },
            {"id": "b", "technologies": []},
        ]
    )
    cross = Crossfilter(companies, COMPANY_FACETS)
    assert cross.facet_counts("technology", {}).counts.to_dict() == {"SAP": 1}
    assert cross.matching_rows(parse_chips(["Industry: Retail", "Seniority: VP"])).tolist() == [
        True,
        False,
    ]
    assert {*COMPANY_FACETS} <= FACETS.keys()


@pytest.mark.parametrize(
    ("title", "normalized"),
    [
        ("VP of Sales", "VP of Sales"),
        ("Vice President, sales", "VP of Sales"),
        ("vice-president  Of Sales", "VP of Sales"),
        ("Sr. Mgr, EMEA", "Senior Manager of EMEA"),
        ("Co-Founder & CEO", "Co-Founder & CEO"),
        (" , ", ""),
    ],
)
def test_titles_that_mean_the_same_are_one_value(title: str, normalized: str) -> None:
    assert crossfilter.normalized_title(title) == normalized


def test_choices_are_the_chips_that_can_be_added_with_their_numbers() -> None:
    choices = CROSS.choices(parse_chips(["Country: Germany"]), most=1)
    assert choices["Seniority: VP"] == 1
    assert choices["Title: VP of Sales"] == 1
    assert "Country: Germany" not in choices
    assert [*choices.values()] == sorted(choices.values(), reverse=True)


def test_a_value_that_all_rows_have_is_no_choice() -> None:
    rows = CROSS.rows
    assert rows > 1
    assert all(number < rows for number in CROSS.choices({}, most=50).values())
    (one,) = [*CROSS.facet_counts("country", {}).counts.index[:1]]
    of_one = CROSS.choices({"country": [one]}, most=50)
    others = [value for value in CROSS.facet_counts("country", {}).counts.index if value != one]
    assert {f"Country: {value}" for value in others} <= {*of_one}  # they add rows
