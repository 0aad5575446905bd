"""Charts that filter: what they show, on how many rows, and what is faded."""

import pandas as pd

from dashboard.charts import facets as filter_charts
from dashboard.charts.base import OTHERS
from dashboard.search import crossfilter
from dashboard.search.crossfilter import Crossfilter
from dashboard.tables import frames
from tests.dashboard.sample_people import PEOPLE, person

CROSS = Crossfilter(frames.found_people(PEOPLE))


def test_charts_show_their_rows_and_keep_selected_values() -> None:
    many = pd.Series({f"v{number}": 100 - number for number in range(40)})
    counted = crossfilter.FacetCounts(many, 30, 50)
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
        CROSS.facet_counts("country", {}), CROSS.country_codes, (), "C", "people"
    )
    assert [*chart.data[0].locations] == ["GER", "FRA"]
    assert [*chart.data[0].customdata] == ["Germany", "France"]


def test_an_unknown_value_is_drawn_and_a_country_without_code_is_not_counted() -> None:
    odd = person(6, "Founder", "Atlantis", "Founder") | {"countryCode3": None}
    cross = Crossfilter(frames.found_people([*PEOPLE, odd]))
    counted = cross.facet_counts("seniority", {})
    figure = filter_charts.value_bars(counted, (), "Seniority", "people", frames.SENIORITIES)
    assert [*figure.data[0].customdata] == ["VP", "Manager", "Other", "Founder"]
    assert [*figure.data[0].x] == [2, 1, 1, 1]
    chart = filter_charts.world_map(
        cross.facet_counts("country", {}), cross.country_codes, (), "C", "people"
    )
    assert [*chart.data[0].customdata] == ["Germany", "France"]
    assert chart.layout.title.subtitle.text == "4 of 6 people"
