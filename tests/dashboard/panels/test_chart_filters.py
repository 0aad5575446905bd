"""The values that a click in a chart selects."""

from dashboard.charts import facets as filter_charts
from dashboard.panels import chart_filters
from dashboard.search.crossfilter import Crossfilter
from dashboard.tables import frames
from tests.dashboard.sample_people import PEOPLE

CROSS = Crossfilter(frames.found_people(PEOPLE))


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
