"""Charts that filter: a click or a box becomes a chip, and chips filter everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import plotly.graph_objects as go
import streamlit as st

from dashboard import state
from dashboard.charts import facets as filter_charts
from dashboard.charts.base import MAX_BARS, coverage_label
from dashboard.formatting import ENUM_LABELS, escape_markdown, strip_control_chars
from dashboard.search import crossfilter
from dashboard.search.crossfilter import FACETS, Crossfilter, FacetCounts, Selection
from dashboard.search.inputs import SIZE_BANDS
from dashboard.search.outcome import LoadedSearch
from dashboard.tables import frames
from dashboard.tables.api_json import Json
from dashboard.widgets import maps

# Facets in the order of their charts, the most telling first: three stand beside the table.
PEOPLE_CHARTS = (
    "seniority",
    "country",
    "company_size",
    "industry",
    "role",
    "title",
    "city",
    "job_since",
    "funding_stage",
    "technology",
    "company",
    "previous_company",
)
COMPANY_CHARTS = ("industry", "company_size", "funding_stage", "country", "technology")
ORDERS = {
    "seniority": [ENUM_LABELS.get(name, name) for name in frames.SENIORITIES],
    "company_size": [*SIZE_BANDS],
}
SPARSE_FACETS = ("city", "company", "previous_company")  # mostly with another value for each row
MIN_ROWS, MIN_SPARSE_ROWS = 2, 3  # of the longest bar: charts without one say nothing

SIDE_CHARTS = 3  # beside the table
SIDE_PIXELS = 155  # height of each
SIDE_BARS = 6
CHARTS_PER_ROW = 3
MIN_CHART_PIXELS = 270  # width, below which fewer charts share a row
MAX_CHOICES = 50  # of each facet in the box that adds a chip

LINK_PIXELS = 26  # height of a link between two companies
MIN_LINK_CHART_PIXELS = 220
MIN_MOVES = 30  # below which a flow of job changes shows no pattern


class ChartFilters(NamedTuple):
    """The chips as they are, and the chosen values by facet."""

    chips: list[str]
    chosen: Selection


def people_filters(search: LoadedSearch) -> None:
    """Draws the chips of a search's charts, and a box that adds one."""
    search.chips, _ = chart_filter_input(search.results.crossfilter, state.CHART_FILTERS)


def chart_filter_input(filtered: Crossfilter, key: str) -> ChartFilters:
    """Draws the chips of the charts with this key, if there are any, and a box that adds one."""
    is_new = state.widget_values([key])[key] is None
    is_in_link = is_new and key in st.query_params
    if is_new and not is_in_link:
        # What code sets comes into the address only if it replaces a value. Verified with 1.67.
        state.set_chips(key, [])
    chips = _chips_input(key) if state.chips(key) or is_in_link else []
    chosen = crossfilter.parse_chips(chips)
    _value_input(filtered, chosen, key)
    invalid = [
        chip for chip in chips if not crossfilter.parse_chips([chip]).keys() & {*filtered.facets}
    ]
    if invalid:
        names = escape_markdown(", ".join(invalid))
        st.markdown(f":red[No chart has “{names}”. Remove it.]")
    return ChartFilters(chips, chosen)


def _chips_input(key: str) -> list[str]:
    return st.multiselect(
        "Chart filters",
        state.chips(key),
        accept_new_options=True,
        placeholder="Click a bar in a chart",
        label_visibility="collapsed",
        key=key,
        bind="query-params",
    )


def _value_input(filtered: Crossfilter, chosen: Selection, key: str) -> None:
    """Draws a box that adds a chip to those of ``key``, for all who do not click in charts."""
    choices = filtered.choices(chosen, MAX_CHOICES)
    box = f"{key}_value"
    st.selectbox(
        "Chart filter",
        [*choices],
        index=None,
        format_func=lambda chip: f"{strip_control_chars(chip)} · {choices[chip]:,}",
        placeholder="Add a chart filter",
        label_visibility="collapsed",
        width=200,
        key=box,
        on_change=_add_chosen_value,
        args=(key, box),
    )


def _add_chosen_value(key: str, box: str) -> None:
    added = state.widget_values([box])[box]
    if added:
        state.set_chips(key, [*state.chips(key), added])
        state.set_widget_values({box: None})


def telling_facets(filtered: Crossfilter, facets: Sequence[str]) -> list[str]:
    """Returns the facets that a chart says something of, whatever is chosen in the others."""
    return [facet for facet in facets if _is_telling(facet, filtered.facet_counts(facet, {}))]


def _is_telling(facet: str, counted: FacetCounts) -> bool:
    least = MIN_SPARSE_ROWS if facet in SPARSE_FACETS else MIN_ROWS
    return len(counted.counts) > 1 and counted.counts.max() >= least


def _order(facet: str, counted: FacetCounts) -> Sequence[str]:
    """Returns the order of a facet's values; empty if the most frequent come first."""
    if facet == "job_since":
        return sorted(counted.counts.index, reverse=True)
    return ORDERS.get(facet, ())


def side_chart(facet: str, filtered: Crossfilter, chosen: Selection, key: str) -> None:
    """Draws a small chart of people for the column beside the table."""
    counted, own = filtered.facet_counts(facet, chosen), chosen.get(facet, ())
    figure = filter_charts.value_bars(
        counted, own, FACETS[facet].label, "people", _order(facet, counted), SIDE_BARS
    )
    with st.container(border=True):
        _chart(facet, figure.update_layout(height=SIDE_PIXELS), key, f"{key}_{facet}_side")


def draw_charts(
    filtered: Crossfilter,
    chosen: Selection,
    facets: Sequence[str],
    key: str,
    noun: str = "people",
    contacts: FacetCounts | None = None,
) -> None:
    """Draws the charts of ``facets`` that say something; a click changes the chips of ``key``.

    ``contacts`` are drawn in place of the number of people loaded of each company.
    """
    maps.serve()
    grid = st.grid(CHARTS_PER_ROW, min_column_width=MIN_CHART_PIXELS)
    for facet in telling_facets(filtered, facets):
        figure = _figure(facet, filtered, chosen, noun, contacts)
        with grid.cell(column_span=2 if facet == "country" else 1), st.container(border=True):
            _chart(facet, figure, key, f"{key}_{facet}")


def _figure(
    facet: str, filtered: Crossfilter, chosen: Selection, noun: str, contacts: FacetCounts | None
) -> go.Figure:
    title, own = FACETS[facet].label, chosen.get(facet, ())
    counted = filtered.facet_counts(facet, chosen)
    if facet == "country":
        return filter_charts.world_map(counted, filtered.country_codes, own, title, noun)
    if facet == "company" and contacts is not None:
        return filter_charts.value_bars(contacts, own, "Contacts, by company", "companies")
    return filter_charts.value_bars(counted, own, title, noun, _order(facet, counted), MAX_BARS)


def _chart(facet: str, figure: go.Figure, key: str, chart: str) -> None:
    st.plotly_chart(
        figure,
        key=chart,
        on_select=partial(on_chart_select, facet, chart, key, values_of),
        selection_mode=("points", "box"),
        # Streamlit lets a chart take clicks or drags. Only the buttons that change that are drawn:
        # each is a stop of the Tab key; and a map would zoom when the page scrolls.
        config={
            "modeBarButtons": [["pan2d", "select2d"]],
            "displaylogo": False,
            "scrollZoom": False,
            "topojsonURL": maps.TOPOLOGY,
        },
        alt=filter_charts.described(figure),
    )


def job_change_chart(filtered: Crossfilter, chosen: Selection, key: str) -> None:
    """Draws from which company to which people moved; a click on either changes the chips."""
    if not filter_charts.has_flow(filtered.facet_counts("move", {}), MIN_MOVES):
        return
    counted, own = filtered.facet_counts("move", chosen), chosen.get("move", ())
    links = filter_charts.drawn_moves(counted, own)
    with st.container(border=True):
        coverage = coverage_label(counted.rows_with_value, counted.rows, "people")
        st.markdown(f"**Where they came from**  \n{coverage}")
        option = filter_charts.job_change_sankey_option(counted, own)
        # Another key for each choice: an ECharts selection would outlive the change of its links.
        chart = f"{key}_move_{json.dumps(sorted(own))}"
        st.echarts_chart(
            option,
            key=chart,
            height=max(MIN_LINK_CHART_PIXELS, LINK_PIXELS * len(links) + 40),
            on_select=partial(
                on_chart_select, "move", chart, key, partial(links_of, option, links)
            ),
            alt=f"Job changes from company to company, {coverage}",
        )


def on_chart_select(
    facet: str, chart: str, key: str, selected_values: Callable[[Any], Collection[str]]
) -> None:
    """Turns what was just selected in a chart into chips of ``key``, or removes those.

    ``selected_values`` reads a facet's values from the selection in the widget ``chart``.
    """
    values = selected_values(state.chart_selection(chart))
    if values:
        state.set_chips(key, crossfilter.toggle_chips(state.chips(key), facet, values))


def values_of(selection: Mapping[str, Any]) -> list[str]:
    """Returns the values that a selection in a Plotly chart of ``charts.facets`` stands for."""
    values = [point.get("customdata") for point in selection.get("points") or []]
    return [value[0] if isinstance(value, list) else value for value in values if value]


def links_of(option: Json, links: Sequence[str], selection: Mapping[str, Any]) -> list[str]:
    """Returns the moves selected in a ``job_change_sankey_option``: a link, or all of a company."""
    series = option["series"][0]
    moves: list[str] = []
    for part in selection.get("selected") or []:
        for index in part["data_indices"]:
            if part["data_type"] == "edge":
                moves.append(links[index])
            else:
                company = series["data"][index]["name"]
                ends = zip(series["links"], links, strict=True)
                moves += [link for end, link in ends if company in (end["source"], end["target"])]
    return moves
