"""The values that a click in a chart selects."""

import pandas as pd
import pytest

from dashboard.charts import facets as filter_charts
from dashboard.panels import chart_filters
from dashboard.search.crossfilter import Crossfilter, FacetCounts
from dashboard.tables import frames
from tests.dashboard.sample_people import PEOPLE

CROSS = Crossfilter(frames.found_people(PEOPLE))


@pytest.mark.parametrize(
    ("numbers", "is_drawn"), [((9,), False), ((1, 1, 1), False), ((2, 1), True)]
)
def test_one_bar_or_bars_of_one_are_no_chart(
    numbers: tuple[int, ...], is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sum(numbers)
    counts = FacetCounts(pd.Series(numbers, [str(n) for n in range(len(numbers))]), rows, rows)
    monkeypatch.setattr(CROSS, "facet_counts", lambda _facet, _chosen: counts)
    assert bool(chart_filters.telling_facets(CROSS, ["industry"])) is is_drawn


def test_a_click_selects_values() -> None:
    assert chart_filters.values_of(
        {
            "points": [
                {"customdata": "VP"},
                {"customdata": ["Other"]},
                {"customdata": None},
            ]
        }
    ) == [
        "VP",
        "Other",
    ]
    assert chart_filters.values_of({}) == []
    counted = CROSS.facet_counts("move", {})
    links = filter_charts.drawn_moves(counted, ())
    option = filter_charts.job_change_sankey_option(counted, ())
    edge = {"selected": [{"data_type": "edge", "data_indices": [0]}]}
    assert chart_filters.links_of(option, links, edge) == ["Old → B"]
    node = {"selected": [{"data_type": "node", "data_indices": [1]}]}
    assert chart_filters.links_of(option, links, node) == ["Old → B"]
    assert chart_filters.links_of(option, links, {"selected": []}) == []


def people_of(**columns: list[str]) -> Crossfilter:
    """Made-up people with these values; a facet reads its column alone."""
    return Crossfilter(pd.DataFrame(columns | NO_PLACES), [*columns])


NO_PLACES = {"country": ["Canada"] * 4, "country_code": ["CAN"] * 4}


def test_a_chart_is_drawn_only_if_a_bar_stands_out() -> None:
    filtered = people_of(
        seniority=["VP", "VP", "VP", "Other"],
        role=["Sales"] * 4,  # one bar
        city=["Toronto", "Toronto", "Montreal", "Montreal"],  # none is longer than 2
    )
    facets = ("city", "role", "seniority")
    assert chart_filters.telling_facets(filtered, facets) == ["seniority"]


def test_years_are_drawn_in_their_order() -> None:
    counted = FacetCounts(pd.Series({"2019": 5, "2026": 3, "2021": 9}), 17, 17)
    assert chart_filters._order("job_since", counted) == ["2026", "2021", "2019"]
    figure = filter_charts.value_bars(
        counted, (), "Since", "people", chart_filters._order("job_since", counted), 2
    )
    assert list(figure.data[0].y) == ["2026", "2021"]
    assert figure.layout.title.subtitle.text == "+1 more"
