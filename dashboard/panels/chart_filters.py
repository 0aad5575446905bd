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
from dashboard.charts.base import coverage_label
from dashboard.formatting import ENUM_LABELS, escape_markdown
from dashboard.search import crossfilter
from dashboard.search.crossfilter import FACETS, Crossfilter, FacetCounts, Selection
from dashboard.search.inputs import SIZE_BANDS
from dashboard.tables import frames
from dashboard.tables.api_json import Json
from dashboard.widgets import maps

# Rows of charts, with the width of each.
ChartRows = Sequence[Mapping[str, int]]
PEOPLE_ROWS: ChartRows = (
    {"seniority": 1, "role": 1, "title_word": 1},
    {"country": 2, "company_size": 1},
    {"industry": 1, "company": 1, "funding_stage": 1},
    {"technology": 2, "previous_company": 1},
)
COMPANY_ROWS: ChartRows = (
    {"industry": 1, "company_size": 1, "funding_stage": 1},
    {"country": 1, "technology": 1},
)
ORDERS = {
    "seniority": [ENUM_LABELS.get(name, name) for name in frames.SENIORITIES],
    "company_size": [*SIZE_BANDS],
}


LINK_PIXELS = 26  # height of a link between two companies
MIN_LINK_CHART_PIXELS = 220


class ChartFilters(NamedTuple):
    """The chips as they are, and the chosen values by facet."""

    chips: list[str]
    chosen: Selection


def chart_filter_input(key: str) -> ChartFilters:
    """Draws the chips of the charts with this key."""
    chips: list[str] = st.multiselect(
        "Narrowed to",
        state.chips(key),
        accept_new_options=True,
        placeholder="Click or box in a chart: what you choose shows here, and is cleared here",
        key=key,
        bind="query-params",
    )
    invalid = [chip for chip in chips if not crossfilter.parse_chips([chip])]
    if invalid:
        names = escape_markdown(", ".join(invalid))
        st.caption(f":red[{names}: not a value of a chart. Clear it.]")
    return ChartFilters(chips, crossfilter.parse_chips(chips))


def draw_charts(
    filtered: Crossfilter,
    chosen: Selection,
    rows: ChartRows,
    key: str,
    noun: str = "people",
    contacts: FacetCounts | None = None,
) -> None:
    """Draws the charts of ``rows`` that have data; a click in one changes the chips of ``key``.

    ``contacts`` are drawn in place of the number of people loaded of each company.
    """
    maps.serve()
    for row in rows:
        figures = {facet: _figure(facet, filtered, chosen, noun, contacts) for facet in row}
        figures = {facet: figure for facet, figure in figures.items() if figure.data}
        columns = st.columns([row[facet] for facet in figures]) if figures else []
        for column, (facet, figure) in zip(columns, figures.items(), strict=True):
            with column.container(border=True):
                _chart(facet, figure, key)


def _figure(
    facet: str, filtered: Crossfilter, chosen: Selection, noun: str, contacts: FacetCounts | None
) -> go.Figure:
    title, own = FACETS[facet].label, chosen.get(facet, ())
    counted = filtered.facet_counts(facet, chosen)
    if facet == "country":
        return filter_charts.world_map(counted, filtered.country_codes, own, title, noun)
    if facet == "technology":
        return filter_charts.treemap(counted, own, title, noun)
    if facet == "company" and contacts is not None:
        return filter_charts.value_bars(contacts, own, "Contacts, by company", "companies")
    return filter_charts.value_bars(counted, own, title, noun, ORDERS.get(facet, ()))


def _chart(facet: str, figure: go.Figure, key: str) -> None:
    chart = f"{key}_{facet}"
    st.plotly_chart(
        figure,
        key=chart,
        on_select=partial(on_chart_select, facet, chart, key, values_of),
        selection_mode=("points", "box"),
        config={"displaylogo": False, "topojsonURL": maps.TOPOLOGY},
        alt=f"{figure.layout.title.text}, {figure.layout.title.subtitle.text}",
    )


def job_change_chart(filtered: Crossfilter, chosen: Selection, key: str) -> None:
    """Draws from which company to which people moved; a click on either changes the chips."""
    counted, own = filtered.facet_counts("move", chosen), chosen.get("move", ())
    links = filter_charts.drawn_moves(counted, own)
    if not links:
        return
    with st.container(border=True):
        coverage = coverage_label(counted.rows_with_value, counted.rows, "people")
        st.markdown(f"**From the previous company to the present one**  \n{coverage}")
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
    points = selection.get("points") or []
    values = [point.get("customdata") or point.get("id") for point in points]
    return [value[0] if isinstance(value, list) else value for value in values if value]


def links_of(option: Json, links: Sequence[str], selection: Mapping[str, Any]) -> list[str]:
    """Returns the moves selected in a ``job_change_sankey``: a link, or all of a company."""
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
