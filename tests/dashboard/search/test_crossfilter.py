"""Charts that filter: counts, chips, and what a click stands for."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import facets as filter_charts
from dashboard.charts.base import OTHERS
from dashboard.panels import chart_filters
from dashboard.search import crossfilter
from dashboard.search.crossfilter import COMPANY_FACETS, FACETS, Crossfilter, chosen_of, toggled
from dashboard.search.results import Results, ignored_job_changes, seen_values
from dashboard.tables import frames


def person(number: int, seniority: str, country: str, title: str, **company: Any) -> dict:
    return {
        "id": f"p{number}",
        "name": f"P {number}",
        "seniority": seniority,
        "title": title,
        "country": country,
        "countryCode3": country[:3].upper(),
        "company": {"id": f"c{company.get('name')}", **company},
    }


MOVED = {
    "jobChangeType": "JobChange",
    "startedAt": 1,
    "previousPosition": {"title": "Clerk", "company": {"name": "Old"}},
}
PEOPLE = [
    person(
        1,
        "VP",
        "Germany",
        "VP of Sales",
        name="A",
        employeeCount=30,
        companyTechnologies=["Slack", "SAP"],
    ),
    person(
        2,
        "VP",
        "France",
        "VP, Marketing",
        name="A",
        employeeCount=30,
        companyTechnologies=["Slack"],
    ),
    person(3, "Manager", "Germany", "Sales Manager", name="B", employeeCount=9000),
    {**person(4, "Other", "Germany", "Clerk", name="B"), "personJobChange": MOVED},
    {"id": "p5"},
]
FOUND = frames.found_people(PEOPLE)
CROSS = Crossfilter(FOUND)


def counts(facet: str, *chips: str) -> dict[str, int]:
    return CROSS.counted(facet, chosen_of(chips)).values.to_dict()


def test_each_chart_is_drawn_on_what_the_others_leave() -> None:
    assert counts("seniority") == {"VP": 2, "Manager": 1, "Other": 1}
    assert counts("technology") == {"Slack": 2, "SAP": 1}
    assert counts("company_size") == {"11–50": 2, "5,001+": 1}
    assert counts("title_word") == {"VP": 2, "Sales": 2, "Marketing": 1, "Manager": 1, "Clerk": 1}
    assert counts("move") == {"Old → B": 1}
    german = "Country: Germany"
    assert counts("seniority", german) == {"VP": 1, "Manager": 1, "Other": 1}
    assert counts("country", german) == {"Germany": 3, "France": 1}  # its own choice stands beside
    assert counts("country", german, "Seniority: VP") == {"Germany": 1, "France": 1}
    told = CROSS.counted("technology", chosen_of([german]))
    assert (told.known, told.rows) == (1, 3)
    assert counts("seniority", german, "Seniority: Director") == {
        "VP": 1,
        "Manager": 1,
        "Other": 1,
    }


def test_rows_left_fit_one_chip_of_each_facet() -> None:
    def left(*chips: str) -> list[str]:
        return FOUND["person_id"][CROSS.passing(chosen_of(chips))].tolist()

    assert left() == ["p1", "p2", "p3", "p4", "p5"]
    assert left("Seniority: VP", "Seniority: Manager") == ["p1", "p2", "p3"]
    assert left("Seniority: VP", "Country: Germany") == ["p1"]
    assert left("Technology: Nothing such") == []
    assert left("no chip at all", "Colour: red", "Seniority: ") == ["p1", "p2", "p3", "p4", "p5"]


@given(
    st.lists(st.sampled_from(["VP", "Manager", "Other"]), unique=True),
    st.lists(st.sampled_from(["Germany", "France"]), unique=True),
)
def test_a_count_is_what_choosing_it_leaves(seniorities: list[str], countries: list[str]) -> None:
    chips = [crossfilter.chip("seniority", one) for one in seniorities]
    chips += [crossfilter.chip("country", one) for one in countries]
    without = chosen_of(chip for chip in chips if not chip.startswith("Seniority"))
    for value, number in CROSS.counted("seniority", chosen_of(chips)).values.items():
        assert CROSS.passing({**without, "seniority": {str(value)}}).sum() == number


def test_a_second_click_takes_away() -> None:
    chips = toggled([], "seniority", ["VP", "Other"])
    assert chips == ["Seniority: VP", "Seniority: Other"]
    assert toggled(chips, "seniority", ["VP"]) == ["Seniority: Other"]
    assert toggled(chips, "country", ["France"]) == [*chips, "Country: France"]
    assert toggled(["Seniority: VP"], "seniority", ["VP", "Other"]) == chips


def test_what_a_click_stands_for() -> None:
    assert chart_filters.values_of(
        {
            "points": [
                {"customdata": "VP"},
                {"customdata": ["Other"]},
                {"customdata": None},
                {"id": "Slack"},
            ]
        }
    ) == [
        "VP",
        "Other",
        "Slack",
    ]
    assert chart_filters.values_of({}) == []
    counted = CROSS.counted("move", {})
    links = filter_charts.drawn_moves(counted, ())
    option = filter_charts.job_change_sankey(counted, ())
    edge = {"selected": [{"data_type": "edge", "data_indices": [0]}]}
    assert chart_filters.links_of(option, links, edge) == ["Old → B"]
    node = {"selected": [{"data_type": "node", "data_indices": [1]}]}
    assert chart_filters.links_of(option, links, node) == ["Old → B"]
    assert chart_filters.links_of(option, links, {"selected": []}) == []


def test_charts_tell_their_rows_and_keep_what_is_chosen() -> None:
    many = pd.Series({f"v{number}": 100 - number for number in range(40)})
    counted = crossfilter.Counted(many, 30, 50)
    figure = filter_charts.value_bars(counted, {"v39"}, "Role", "people")
    assert figure.layout.title.subtitle.text == "30 of 50 people"
    shown = [*figure.data[0].y]
    assert "v39" in shown
    assert shown[-1] == OTHERS
    assert figure.data[0].customdata[-1] is None
    assert sum(figure.data[0].x) == many.sum()
    faded = dict(zip(shown, figure.data[0].marker.opacity, strict=True))
    assert faded["v39"] == 1
    assert faded["v0"] < 1
    chart = filter_charts.world_map(
        CROSS.counted("country", {}), CROSS.country_codes, (), "C", "people"
    )
    assert [*chart.data[0].locations] == ["GER", "FRA"]
    assert [*chart.data[0].customdata] == ["Germany", "France"]


def test_what_no_chart_knew_before_is_drawn_or_not_counted() -> None:
    odd = person(6, "Founder", "Atlantis", "Founder") | {"countryCode3": None}
    cross = Crossfilter(frames.found_people([*PEOPLE, odd]))
    counted = cross.counted("seniority", {})
    figure = filter_charts.value_bars(
        counted, (), "Seniority", "people", chart_filters.ORDERS["seniority"]
    )
    assert [*figure.data[0].customdata] == ["VP", "Manager", "Other", "Founder"]
    assert [*figure.data[0].x] == [2, 1, 1, 1]
    chart = filter_charts.world_map(
        cross.counted("country", {}), cross.country_codes, (), "C", "people"
    )
    assert [*chart.data[0].customdata] == ["Germany", "France"]
    assert chart.layout.title.subtitle.text == "4 of 6 people"


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
    assert cross.counted("technology", {}).values.to_dict() == {"SAP": 1}
    assert cross.passing(chosen_of(["Industry: Retail", "Seniority: VP"])).tolist() == [True, False]
    assert {*COMPANY_FACETS} <= FACETS.keys()


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("VP of Sales", ["VP", "Sales"]),
        ("Head of R&D / sales, EMEA", ["Head", "R", "D", "Sales", "EMEA"]),
        ("the", []),
        ("sales Sales", ["Sales"]),
    ],
)
def test_title_words(title: str, words: list[str]) -> None:
    assert crossfilter.title_words(title) == words


def test_results_keep_pages_and_make_tables_once() -> None:
    results = Results("flatAdvancedSearch")
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
    assert results.total == 4  # nothing is told any more: what is here counts
    del results[1]
    assert results.people["person_id"].tolist() == ["p5"]
    assert "sales" in Results.searchable.fget(_of(PEOPLE))[0]  # type: ignore[attr-defined]


def _of(people: list[dict]) -> Results:
    results = Results("flatAdvancedSearch")
    results[0] = {"people": people}
    return results


def test_grouped_results_have_companies() -> None:
    results = Results("groupedAdvancedSearch")
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


def test_ignored_filters_are_proven_by_the_answer() -> None:
    assert ignored_job_changes({"people": PEOPLE[:2]})
    assert not ignored_job_changes({"people": PEOPLE[:4]})
    assert not ignored_job_changes({"people": []})


def test_values_seen_are_suggested() -> None:
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
