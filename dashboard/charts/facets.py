"""Charts that filter: bars, map, treemap, and the flow of job changes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import HEIGHT, MAX_BARS, OTHERS, as_text, coverage_label
from dashboard.search.crossfilter import ARROW, FacetCounts

MAX_TICK_CHARACTERS = 20  # of one beside a bar, where three charts share a row


# Charts that filter ------------------------------------------------------------------------------
# Each mark carries its value as customdata (a treemap as id), for a click to be told; what was not
# chosen stands back where something was.

FADED = 0.3  # opacity of what was not chosen


def value_bars(
    counted: FacetCounts,
    chosen: Collection[str],
    title: str,
    noun: str,
    order: Sequence[str] = (),
) -> go.Figure:
    """How many rows have each value, the most frequent first, or those of ``order`` before."""
    values = counted.counts
    if order:
        known = [one for one in order if one in values.index]
        values = values[[*known, *values.index.difference(known, sort=False)]]
    elif len(values) > MAX_BARS:
        kept = values.index[: MAX_BARS - 1].union(
            [one for one in chosen if one in values.index], sort=False
        )
        rest = values[~values.index.isin(kept)]
        values = pd.concat([values[kept], pd.Series({OTHERS: rest.sum()})])
    if values.empty:
        return go.Figure()
    names = [as_text(name) for name in values.index]
    bars = {
        "type": "bar",
        "y": names,
        "x": values.to_numpy(),
        "text": [f"{number:,}" for number in values],
        "customdata": [None if name == OTHERS else name for name in values.index],
        "orientation": "h",
        "textposition": "outside",
        "cliponaxis": False,
        "textangle": 0,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "width": min(0.8, 0.2 * len(values)),
        "marker": {"opacity": _opacities(values.index, chosen)},
        # Without it plotly.js 4.2 fails on a click where bars have text.
        "selected": {"marker": {"opacity": 1}},
    }
    axes = {
        "xaxis": {
            "showticklabels": False,
            "showgrid": False,
            "fixedrange": True,
            "range": [0, max(1, 1.35 * values.max())],
        },
        "yaxis": {
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "automargin": True,
            "tickvals": names,
            "ticktext": [*map(_beginning, names)],
        },
    }
    return _filter_figure(bars, title, counted, noun, axes)


def world_map(
    counted: FacetCounts, codes: Mapping[str, str], chosen: Collection[str], title: str, noun: str
) -> go.Figure:
    """Rows by country on a map; ``codes`` are the ISO 3166 alpha-3 codes by country's name.

    The page serves the outlines (``maps.TOPOLOGY``): Plotly would ask another host for them.
    """
    values = counted.counts[counted.counts.index.isin(codes)]
    if values.empty:
        return go.Figure()
    countries = {
        "type": "choropleth",
        "locations": [codes[name] for name in values.index],
        "z": values.to_numpy(),
        "text": [as_text(name) for name in values.index],
        "customdata": list(values.index),
        "hovertemplate": "%{text}: %{z:,}<extra></extra>",
        "colorscale": [[0, "#9cc2ff"], [1, "#1f5fd0"]],
        "marker": {"opacity": _opacities(values.index, chosen), "line": {"width": 0.5}},
        "showscale": False,
    }
    geo = {
        "projection": {"type": "natural earth"},
        "bgcolor": "rgba(0,0,0,0)",
        "showland": True,
        "landcolor": "rgba(128,128,128,0.18)",
        "showcountries": True,
        "countrycolor": "rgba(128,128,128,0.4)",
        "showcoastlines": False,
        "showframe": False,
        "showlakes": False,
        "lataxis": {"range": [-56, 84]},
    }
    drawn = replace(
        counted, rows_with_value=int(values.sum())
    )  # a country without a code is on no map
    return _filter_figure(countries, title, drawn, noun, {"geo": geo, "dragmode": False})


def treemap(counted: FacetCounts, chosen: Collection[str], title: str, noun: str) -> go.Figure:
    """Values by the number of rows that have them, as areas."""
    values = counted.counts
    if values.empty:
        return go.Figure()
    faded = _opacities(values.index, chosen)
    areas = {
        "type": "treemap",
        "ids": list(values.index),
        "labels": [as_text(name) for name in values.index],
        "parents": [""] * len(values),
        "values": values.to_numpy(),
        "textinfo": "label+value",
        "hovertemplate": "%{label}: %{value:,}<extra></extra>",
        "marker": {"colors": [f"rgba(31,95,208,{0.9 * one:.2f})" for one in faded]},
        "textfont": {"color": ["#ffffff" if one == 1 else "#8a94a6" for one in faded]},
        "tiling": {"pad": 2},
        "pathbar": {"visible": False},
    }
    return _filter_figure(areas, title, counted, noun, {})


def _beginning(label: str) -> str:
    """A label that leaves room for its bar; hovering tells the whole of it."""
    return (
        label
        if len(label) <= MAX_TICK_CHARACTERS
        else label[: MAX_TICK_CHARACTERS - 1].rstrip() + "…"
    )


def _filter_figure(
    trace: dict[str, Any], title: str, counted: FacetCounts, noun: str, layout: dict[str, Any]
) -> go.Figure:
    """A figure of one trace, made at once and unchecked: ten of these are drawn at every click.

    The second line of its title says on how many of how many rows it is drawn.
    """
    told = {"text": coverage_label(counted.rows_with_value, counted.rows, noun)}
    common = {
        "title": {"text": title, "x": 0, "xanchor": "left", "subtitle": told},
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 72, "b": 8},
        "showlegend": False,
    }
    return go.Figure([trace], {**common, **layout}, _validate=False)


def job_change_sankey(counted: FacetCounts, chosen: Collection[str]) -> dict[str, Any]:
    """Who came from which company to which: an ECharts option, whose links can be clicked.

    Plotly's own Sankey tells nobody that it was clicked. ``moved`` are the values in the order of
    the links.
    """
    links = drawn_moves(counted, chosen)
    before = [value.partition(ARROW)[0] for value in links]
    # A company can stand on both sides; names have to differ, so those at the right end unseen.
    after = [value.partition(ARROW)[2] + RIGHT for value in links]
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "animation": False,
                "selectedMode": "single",
                "nodeGap": 6,
                "left": 0,
                "right": 160,
                "top": 8,
                "bottom": 8,
                "data": [{"name": name} for name in dict.fromkeys([*before, *after])],
                "links": [
                    {
                        "source": source,
                        "target": target,
                        "value": int(counted.counts[value]),
                        "lineStyle": {"opacity": 0.5 if not chosen or value in chosen else 0.1},
                    }
                    for source, target, value in zip(before, after, links, strict=True)
                ],
            }
        ],
    }


RIGHT = "\u200b"
MAX_MOVES = 20


def drawn_moves(counted: FacetCounts, chosen: Collection[str]) -> list[str]:
    """The moves that ``moves`` draws: the most frequent ones, and those chosen."""
    values = counted.counts.index
    return [*values[:MAX_MOVES], *(one for one in values[MAX_MOVES:] if one in chosen)]


def _opacities(names: Iterable[str], chosen: Collection[str]) -> list[float]:
    return [1.0 if not chosen or name in chosen else FADED for name in names]
