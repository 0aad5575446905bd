"""Charts that filter: what they show, on how many rows, and what is faded."""

import pandas as pd

from dashboard.charts import facets as filter_charts
from dashboard.search import crossfilter
from dashboard.search.crossfilter import Crossfilter
from dashboard.tables import frames
from tests.dashboard.sample_people import PEOPLE, person

CROSS = Crossfilter(frames.found_people(PEOPLE))


def test_charts_show_their_rows_and_keep_selected_values() -> None:
    many = pd.Series({f"v{number}": 100 - number for number in range(40)})
    counted = crossfilter.FacetCounts(many, 30, 50)
    figure = filter_charts.value_bars(counted, {"v39"}, "Role", "people")
    assert figure.layout.title.subtitle.text == "30 of 50 people · +27 more"
    shown = [*figure.data[0].y]
    assert shown == [*(f"v{number}" for number in range(12)), "v39"]
    assert [*figure.data[0].customdata] == shown
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


def test_a_map_shows_what_is_selected() -> None:
    counted = CROSS.facet_counts("country", {})
    figure = filter_charts.world_map(counted, CROSS.country_codes, {"France"}, "C", "people")
    (countries,) = figure.data
    shown = dict(zip(countries.customdata, countries.z, strict=True))
    assert shown == {"Germany": -counted.counts["Germany"], "France": counted.counts["France"]}
    widths = dict(zip(countries.customdata, countries.marker.line.width, strict=True))
    assert widths["France"] > widths["Germany"]
    assert filter_charts.described(figure) == "C: Germany 3, France 1"


def test_a_long_label_is_cut_before_it_is_escaped() -> None:
    values = ["Sales and marketing <EMEA>", "Research & develop&amp;"]
    counted = crossfilter.FacetCounts(pd.Series([2, 1], values), 3, 3)
    figure = filter_charts.value_bars(counted, (), "Title", "people")
    assert [*figure.layout.yaxis.ticktext] == ["Sales and marketing…", "Research & develop&…"]
    short = crossfilter.FacetCounts(pd.Series([2, 1], ["abcdefghijklmnop<qr", "VP"]), 3, 3)
    figure = filter_charts.value_bars(short, (), "Title", "people")
    assert [*figure.layout.yaxis.ticktext] == ["abcdefghijklmnop&lt;qr", "VP"]


def test_a_chart_without_rows_keeps_its_place() -> None:
    nothing = crossfilter.FacetCounts(pd.Series(dtype=int), 0, 0)
    figure = filter_charts.value_bars(nothing, (), "Role", "people")
    assert len(figure.data) == 1
    assert filter_charts.described(figure) == "Role: nobody"
    assert filter_charts.world_map(nothing, {}, (), "Country", "people").data


def test_a_flow_needs_many_moves_and_a_company_with_several() -> None:
    def moves(**numbers: int) -> crossfilter.FacetCounts:
        counts = pd.Series({name.replace("_", " → "): n for name, n in numbers.items()}, dtype=int)
        return crossfilter.FacetCounts(counts, int(counts.sum()), 100)

    assert filter_charts.has_flow(moves(A_B=1, A_C=1), 2)
    assert not filter_charts.has_flow(moves(A_B=1, A_C=1), 3)
    assert not filter_charts.has_flow(moves(A_B=1, C_D=1), 2)
    assert not filter_charts.has_flow(moves(), 2)
