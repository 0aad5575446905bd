"""Charts that filter, drawn: a click or a box becomes a chip, and chips narrow everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, crossfilter, frames, maps
from dashboard.crossfilter import FACETS, Chosen, Counted, Crossfilter
from dashboard.forms import SIZE_BANDS
from dashboard.wording import ENUM_LABELS, plain

Json = Mapping[str, Any]

# Rows of charts, with the width of each.
Rows = Sequence[Mapping[str, int]]
PEOPLE_ROWS: Rows = (
    {"seniority": 1, "role": 1, "title_word": 1},
    {"country": 2, "company_size": 1},
    {"industry": 1, "company": 1, "funding_stage": 1},
    {"technology": 2, "previous_company": 1},
)
COMPANY_ROWS: Rows = (
    {"industry": 1, "company_size": 1, "funding_stage": 1},
    {"country": 1, "technology": 1},
)
ORDERS = {
    "seniority": [ENUM_LABELS.get(one, one) for one in frames.SENIORITIES],
    "company_size": [*SIZE_BANDS],
}


def chips(key: str) -> tuple[list[str], Chosen]:
    """Draws the chips kept under ``key``; as they are, and the chosen values by facet."""
    kept: list[str] = st.multiselect(
        "Narrowed to",
        st.session_state.get(key) or [],
        accept_new_options=True,
        placeholder="Click or box in a chart: what you choose shows here, and is cleared here",
        key=key,
        bind="query-params",
    )
    odd = [one for one in kept if not crossfilter.chosen_of([one])]
    if odd:
        st.caption(f":red[{plain(', '.join(odd))}: not a value of a chart. Clear it.]")
    return kept, crossfilter.chosen_of(kept)


def draw(
    found: Crossfilter,
    chosen: Chosen,
    rows: Rows,
    key: str,
    noun: str = "people",
    contacts: Counted | None = None,
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
    facet: str, found: Crossfilter, chosen: Chosen, noun: str, contacts: Counted | None
) -> go.Figure:
    title, own, counted = FACETS[facet].label, chosen.get(facet, ()), found.counted(facet, chosen)
    if facet == "country":
        return charts.world(counted, found.country_codes, own, title, noun)
    if facet == "technology":
        return charts.treemap(counted, own, title, noun)
    if facet == "company" and contacts is not None:
        return charts.facet(contacts, own, "Contacts, by company", "companies")
    return charts.facet(counted, own, title, noun, ORDERS.get(facet, ()))


def _chart(facet: str, figure: go.Figure, key: str) -> None:
    widget = f"{key}_{facet}"
    st.plotly_chart(
        figure,
        key=widget,
        on_select=partial(pick, facet, widget, key, values_of),
        selection_mode=("points", "box"),
        config={"displaylogo": False, "topojsonURL": maps.TOPOLOGY},
        alt=f"{figure.layout.title.text}, {figure.layout.title.subtitle.text}",
    )


def moves(found: Crossfilter, chosen: Chosen, key: str) -> None:
    """Who came from which company to which; a click on a link or a company changes the chips."""
    counted, own = found.counted("move", chosen), chosen.get("move", ())
    links = charts.moved(counted, own)
    if not links:
        return
    with st.container(border=True):
        told = charts.of(counted.known, counted.rows, "people")
        st.markdown(f"**From the previous company to the present one**  \n{told}")
        option = charts.moves(counted, own)
        # Another key for each choice: an ECharts selection would outlive the change of its links.
        widget = f"{key}_move_{json.dumps(sorted(own))}"
        st.echarts_chart(
            option,
            key=widget,
            height=max(220, 26 * len(links) + 40),
            on_select=partial(pick, "move", widget, key, partial(links_of, option, links)),
            alt=f"Job changes from company to company, {told}",
        )


def pick(facet: str, widget: str, key: str, read: Callable[[Any], Collection[str]]) -> None:
    """Turns what was just clicked or boxed in a chart into chips, or takes those away."""
    values = read(st.session_state[widget].selection)
    if values:
        kept = st.session_state.get(key) or []
        st.session_state[key] = crossfilter.toggled(kept, facet, values)


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
