"""Charts that filter, drawn: a click or a box becomes a chip, and chips narrow everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

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
    "seniority": [ENUM_LABELS.get(one, one) for one in frames.SENIORITIES],
    "company_size": [*SIZE_BANDS],
}


def chart_filter_input(key: str) -> tuple[list[str], Selection]:
    """Draws the chips kept under ``key``; as they are, and the chosen values by facet."""
    kept: list[str] = st.multiselect(
        "Narrowed to",
        state.chips(key),
        accept_new_options=True,
        placeholder="Click or box in a chart: what you choose shows here, and is cleared here",
        key=key,
        bind="query-params",
    )
    odd = [one for one in kept if not crossfilter.parse_chips([one])]
    if odd:
        st.caption(f":red[{escape_markdown(', '.join(odd))}: not a value of a chart. Clear it.]")
    return kept, crossfilter.parse_chips(kept)


def draw_charts(
    found: Crossfilter,
    chosen: Selection,
    rows: ChartRows,
    key: str,
    noun: str = "people",
    contacts: FacetCounts | None = None,
) -> None:
    """Every chart of ``rows`` that there is anything to draw of; a click changes chips of ``key``.

    ``contacts`` are drawn in place of the people loaded of each company.
    """
    maps.serve()
    for row in rows:
        drawn = {facet: _figure(facet, found, chosen, noun, contacts) for facet in row}
        shown = {facet: figure for facet, figure in drawn.items() if figure.data}
        places = st.columns([row[facet] for facet in shown]) if shown else []
        for place, (facet, figure) in zip(places, shown.items(), strict=True):
            with place.container(border=True):
                _chart(facet, figure, key)


def _figure(
    facet: str, found: Crossfilter, chosen: Selection, noun: str, contacts: FacetCounts | None
) -> go.Figure:
    title, own, counted = (
        FACETS[facet].label,
        chosen.get(facet, ()),
        found.facet_counts(facet, chosen),
    )
    if facet == "country":
        return filter_charts.world_map(counted, found.country_codes, own, title, noun)
    if facet == "technology":
        return filter_charts.treemap(counted, own, title, noun)
    if facet == "company" and contacts is not None:
        return filter_charts.value_bars(contacts, own, "Contacts, by company", "companies")
    return filter_charts.value_bars(counted, own, title, noun, ORDERS.get(facet, ()))


def _chart(facet: str, figure: go.Figure, key: str) -> None:
    widget = f"{key}_{facet}"
    st.plotly_chart(
        figure,
        key=widget,
        on_select=partial(on_chart_select, facet, widget, key, values_of),
        selection_mode=("points", "box"),
        config={"displaylogo": False, "topojsonURL": maps.TOPOLOGY},
        alt=f"{figure.layout.title.text}, {figure.layout.title.subtitle.text}",
    )


def job_change_chart(found: Crossfilter, chosen: Selection, key: str) -> None:
    """Who came from which company to which; a click on a link or a company changes the chips."""
    counted, own = found.facet_counts("move", chosen), chosen.get("move", ())
    links = filter_charts.drawn_moves(counted, own)
    if not links:
        return
    with st.container(border=True):
        told = coverage_label(counted.rows_with_value, counted.rows, "people")
        st.markdown(f"**From the previous company to the present one**  \n{told}")
        option = filter_charts.job_change_sankey_option(counted, own)
        # Another key for each choice: an ECharts selection would outlive the change of its links.
        widget = f"{key}_move_{json.dumps(sorted(own))}"
        st.echarts_chart(
            option,
            key=widget,
            height=max(220, 26 * len(links) + 40),
            on_select=partial(
                on_chart_select, "move", widget, key, partial(links_of, option, links)
            ),
            alt=f"Job changes from company to company, {told}",
        )


def on_chart_select(
    facet: str, widget: str, key: str, read: Callable[[Any], Collection[str]]
) -> None:
    """Turns what was just clicked or boxed in a chart into chips, or takes those away."""
    values = read(state.chart_selection(widget))
    if values:
        state.set_chips(key, crossfilter.toggle_chips(state.chips(key), facet, values))


def values_of(selection: Mapping[str, Any]) -> list[str]:
    """The values that a selection in a Plotly chart of ``charts`` stands for."""
    points = selection.get("points") or []
    found = [point.get("customdata") or point.get("id") for point in points]
    return [value[0] if isinstance(value, list) else value for value in found if value]


def links_of(option: Json, links: Sequence[str], selection: Mapping[str, Any]) -> list[str]:
    """The moves that a selection in ``charts.moves`` stands for: a link, or those of a company."""
    drawn = option["series"][0]
    found: list[str] = []
    for part in selection.get("selected") or []:
        for index in part["data_indices"]:
            if part["data_type"] == "edge":
                found.append(links[index])
            else:
                name = drawn["data"][index]["name"]
                ends = zip(drawn["links"], links, strict=True)
                found += [link for end, link in ends if name in (end["source"], end["target"])]
    return found
