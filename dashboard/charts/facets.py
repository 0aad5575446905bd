"""Charts that filter: bars, map, treemap, and the flow of job changes. Pure.

Each mark carries its value as ``customdata`` (a treemap as its id), which a click reports. If any
value is selected, the others are faded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import (
    BLUE,
    BORDER,
    HEIGHT,
    LAND,
    LIGHT_BLUE,
    MAX_BARS,
    OTHERS,
    PALE_SLATE,
    TRANSPARENT,
    WHITE,
    as_text,
    bar_width,
    coverage_label,
    translucent_blue,
    unvalidated_figure,
)
from dashboard.search.crossfilter import ARROW, FacetCounts

FADED = 0.3  # opacity of a mark that is not selected
MAX_TICK_CHARACTERS = 20  # of the label beside a bar, where three charts share a row
ROOM_FOR_LABEL = 1.35  # length of the axis, of the longest bar, whose number stands at its end
TREEMAP_OPACITY = 0.9
INHABITED_LATITUDES = [-56, 84]
MAX_MOVES = 20
LINK_OPACITY, FADED_LINK_OPACITY = 0.5, 0.1
# A company can be at both ends of moves, but names of nodes must differ: those at the right end
# end in a zero-width space.
RIGHT_SUFFIX = "\u200b"


def value_bars(
    counted: FacetCounts,
    selected: Collection[str],
    title: str,
    noun: str,
    order: Sequence[str] = (),
) -> go.Figure:
    """Returns a bar for each value, the most frequent first, with the number of rows.

    Values of ``order`` come first and in that order. Otherwise only ``MAX_BARS`` and the selected
    ones are drawn, and the rest as ``OTHERS``.
    """
    counts = _in_order(counted.counts, order) if order else _top_counts(counted.counts, selected)
    if counts.empty:
        return go.Figure()
    names = [as_text(name) for name in counts.index]
    bars = {
        "type": "bar",
        "y": names,
        "x": counts.to_numpy(),
        "text": [f"{number:,}" for number in counts],
        "customdata": [None if name == OTHERS else name for name in counts.index],
        "orientation": "h",
        "textposition": "outside",
        "cliponaxis": False,
        "textangle": 0,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "width": bar_width(len(counts)),
        "marker": {"opacity": _opacities(counts.index, selected)},
        # Without it plotly.js 4.2 fails on a click if bars have text.
        "selected": {"marker": {"opacity": 1}},
    }
    axes = {
        "xaxis": {
            "showticklabels": False,
            "showgrid": False,
            "fixedrange": True,
            "range": [0, max(1, ROOM_FOR_LABEL * counts.max())],
        },
        "yaxis": {
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "automargin": True,
            "tickvals": names,
            "ticktext": [*map(_tick_label, names)],
        },
    }
    return _filter_figure(bars, title, counted, noun, axes)


def _in_order(counts: pd.Series, order: Sequence[str]) -> pd.Series:
    ordered = [value for value in order if value in counts.index]
    return counts[[*ordered, *counts.index.difference(ordered, sort=False)]]


def _top_counts(counts: pd.Series, selected: Collection[str]) -> pd.Series:
    if len(counts) <= MAX_BARS:
        return counts
    selected_values = [value for value in selected if value in counts.index]
    drawn = counts.index[: MAX_BARS - 1].union(selected_values, sort=False)
    others = counts[~counts.index.isin(drawn)]
    return pd.concat([counts[drawn], pd.Series({OTHERS: others.sum()})])


def world_map(
    counted: FacetCounts,
    codes: Mapping[str, str],
    selected: Collection[str],
    title: str,
    noun: str,
) -> go.Figure:
    """Returns a map of the number of rows by country.

    ``codes`` are the ISO 3166 alpha-3 codes by name; a country without one is not on the map. The
    page serves the outlines (``maps.TOPOLOGY``): Plotly would request them from another host.
    """
    counts = counted.counts[counted.counts.index.isin(codes)]
    if counts.empty:
        return go.Figure()
    countries = {
        "type": "choropleth",
        "locations": [codes[name] for name in counts.index],
        "z": counts.to_numpy(),
        "text": [as_text(name) for name in counts.index],
        "customdata": list(counts.index),
        "hovertemplate": "%{text}: %{z:,}<extra></extra>",
        "colorscale": [[0, LIGHT_BLUE], [1, BLUE]],
        "marker": {"opacity": _opacities(counts.index, selected), "line": {"width": 0.5}},
        "showscale": False,
    }
    geo = {
        "projection": {"type": "natural earth"},
        "bgcolor": TRANSPARENT,
        "showland": True,
        "landcolor": LAND,
        "showcountries": True,
        "countrycolor": BORDER,
        "showcoastlines": False,
        "showframe": False,
        "showlakes": False,
        "lataxis": {"range": INHABITED_LATITUDES},
    }
    on_the_map = replace(counted, rows_with_value=int(counts.sum()))
    return _filter_figure(countries, title, on_the_map, noun, {"geo": geo, "dragmode": False})


def treemap(counted: FacetCounts, selected: Collection[str], title: str, noun: str) -> go.Figure:
    """Returns an area for each value, as large as the number of rows that have it."""
    counts = counted.counts
    if counts.empty:
        return go.Figure()
    opacities = _opacities(counts.index, selected)
    areas = {
        "type": "treemap",
        "ids": list(counts.index),
        "labels": [as_text(name) for name in counts.index],
        "parents": [""] * len(counts),
        "values": counts.to_numpy(),
        "textinfo": "label+value",
        "hovertemplate": "%{label}: %{value:,}<extra></extra>",
        "marker": {
            "colors": [translucent_blue(TREEMAP_OPACITY * opacity) for opacity in opacities]
        },
        "textfont": {"color": [WHITE if opacity == 1 else PALE_SLATE for opacity in opacities]},
        "tiling": {"pad": 2},
        "pathbar": {"visible": False},
    }
    return _filter_figure(areas, title, counted, noun, {})


def _tick_label(label: str) -> str:
    """Returns the start of a label, which leaves room for its bar; hovering shows all of it."""
    if len(label) <= MAX_TICK_CHARACTERS:
        return label
    return label[: MAX_TICK_CHARACTERS - 1].rstrip() + "…"


def _opacities(names: Iterable[str], selected: Collection[str]) -> list[float]:
    return [1.0 if not selected or name in selected else FADED for name in names]


def _filter_figure(
    trace: dict[str, Any], title: str, counted: FacetCounts, noun: str, layout: dict[str, Any]
) -> go.Figure:
    """Returns the figure of one trace; the subtitle is the number of rows that it shows."""
    coverage = coverage_label(counted.rows_with_value, counted.rows, noun)
    common = {
        "title": {"text": title, "x": 0, "xanchor": "left", "subtitle": {"text": coverage}},
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 72, "b": 8},
        "showlegend": False,
    }
    return unvalidated_figure(trace, {**common, **layout})


def drawn_moves(counted: FacetCounts, selected: Collection[str]) -> list[str]:
    """Returns the moves of ``job_change_sankey_option``: the most frequent, and those selected."""
    moves = counted.counts.index
    return [*moves[:MAX_MOVES], *(move for move in moves[MAX_MOVES:] if move in selected)]


def job_change_sankey_option(counted: FacetCounts, selected: Collection[str]) -> dict[str, Any]:
    """Returns the option of an ECharts Sankey diagram of moves from company to company.

    It is not a Plotly figure: Plotly's Sankey diagram does not report clicks. ``drawn_moves`` are
    the moves in the order of the links.
    """
    moves = drawn_moves(counted, selected)
    sources = [move.partition(ARROW)[0] for move in moves]
    targets = [move.partition(ARROW)[2] + RIGHT_SUFFIX for move in moves]
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
                "data": [{"name": name} for name in dict.fromkeys([*sources, *targets])],
                "links": [
                    {
                        "source": source,
                        "target": target,
                        "value": int(counted.counts[move]),
                        "lineStyle": {"opacity": _link_opacity(move, selected)},
                    }
                    for source, target, move in zip(sources, targets, moves, strict=True)
                ],
            }
        ],
    }


def _link_opacity(move: str, selected: Collection[str]) -> float:
    return LINK_OPACITY if not selected or move in selected else FADED_LINK_OPACITY
