"""Charts that filter: bars, map, and the flow of job changes. Pure.

Each mark carries its value as ``customdata``, which a click reports. If any value is selected, the
others are faded.
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
    TRANSPARENT,
    as_text,
    bar_width,
    coverage_label,
    translucent,
    unvalidated_figure,
)
from dashboard.search.crossfilter import ARROW, FacetCounts

FADED = 0.3  # opacity of a mark that is not selected
MAX_TICK_CHARACTERS = 20  # of the label beside a bar, where three charts share a row
ROOM_FOR_LABEL = 1.35  # length of the axis, of the longest bar, whose number stands at its end
GEO = {
    "projection": {"type": "natural earth"},
    "bgcolor": TRANSPARENT,
    "showland": True,
    "landcolor": LAND,
    "showcountries": True,
    "countrycolor": BORDER,
    "showcoastlines": False,
    "showframe": False,
    "showlakes": False,
    "lataxis": {"range": [-56, 84]},  # where people live
}
SELECTED_BORDER = 2  # pixels around a selected country; 0.5 around the others
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
    most: int = MAX_BARS,
) -> go.Figure:
    """Returns a bar for each value, the most frequent first, with the number of rows.

    Values of ``order`` come first and in that order. Only the first ``most`` and the selected ones
    are drawn, and the subtitle says how many more there are.
    """
    counts = _first(_in_order(counted.counts, order), selected, most)
    more = len(counted.counts) - len(counts)
    names = [as_text(name) for name in counts.index]
    bars = {
        "type": "bar",
        "y": names,
        "x": counts.to_numpy(),
        "text": [f"{number:,}" for number in counts],
        "customdata": list(counts.index),
        "orientation": "h",
        "textposition": "outside",
        "constraintext": "none",  # as large beside a thin bar
        "cliponaxis": False,
        "textangle": 0,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "width": bar_width(len(counts)),
        "marker": {"opacity": _opacities(counts.index, selected)},
        # Without it plotly.js 4.2 fails on a click if bars have text.
        "selected": {"marker": {"opacity": 1}},
    }
    layout = {
        "xaxis": {
            "showticklabels": False,
            "showgrid": False,
            "fixedrange": True,
            "range": [0, ROOM_FOR_LABEL * max(1, counts.max() if len(counts) else 0)],
        },
        "yaxis": {
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "automargin": True,
            "tickvals": names,
            "ticktext": [as_text(_tick_label(value)) for value in counts.index],
        },
    }
    return _filter_figure(bars, title, _subtitle(counted, noun, more), layout)


def _in_order(counts: pd.Series, order: Sequence[str]) -> pd.Series:
    ordered = [value for value in order if value in counts.index]
    return counts[[*ordered, *counts.index.difference(ordered, sort=False)]]


def _first(counts: pd.Series, selected: Collection[str], most: int) -> pd.Series:
    chosen = [value for value in selected if value in counts.index]
    return counts[counts.index[:most].union(chosen, sort=False)]


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
    is_bright = [not selected or name in selected for name in counts.index]
    largest = max(1, counts.max() if len(counts) else 0)
    countries = {
        "type": "choropleth",
        "locations": [codes[name] for name in counts.index],
        # Plotly fades no single country, so the faded ones have negative numbers and own colours.
        "z": [
            number if bright else -number for number, bright in zip(counts, is_bright, strict=True)
        ],
        "zmin": -largest,
        "zmax": largest,
        "text": [f"{as_text(name)}: {number:,}" for name, number in counts.items()],
        "customdata": list(counts.index),
        "hovertemplate": "%{text}<extra></extra>",
        "colorscale": [
            [0, translucent(BLUE, FADED)],
            [0.5, translucent(LIGHT_BLUE, FADED)],
            [0.5, LIGHT_BLUE],
            [1, BLUE],
        ],
        "marker": {
            "line": {
                "width": [SELECTED_BORDER if name in selected else 0.5 for name in counts.index]
            }
        },
        "showscale": False,
    }
    on_the_map = replace(counted, rows_with_value=int(counts.sum()))
    layout = {"geo": GEO, "dragmode": False}
    return _filter_figure(countries, title, _subtitle(on_the_map, noun), layout)


def _tick_label(label: str) -> str:
    """Returns the start of a label, which leaves room for its bar; hovering shows all of it."""
    if len(label) <= MAX_TICK_CHARACTERS:
        return label
    return label[: MAX_TICK_CHARACTERS - 1].rstrip() + "…"


def _opacities(names: Iterable[str], selected: Collection[str]) -> list[float]:
    return [1.0 if not selected or name in selected else FADED for name in names]


def _subtitle(counted: FacetCounts, noun: str, more: int = 0) -> str:
    """Returns what a chart does not show: rows without a value, and values beyond its bars."""
    parts = []
    if counted.rows_with_value < counted.rows:
        parts.append(coverage_label(counted.rows_with_value, counted.rows, noun))
    if more:
        parts.append(f"+{more:,} more")
    return " · ".join(parts)


def _filter_figure(
    trace: dict[str, Any], title: str, subtitle: str, layout: dict[str, Any]
) -> go.Figure:
    common = {
        "title": {"text": title, "x": 0, "xanchor": "left", "subtitle": {"text": subtitle}},
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 64 if subtitle else 40, "b": 8},
        "showlegend": False,
    }
    return unvalidated_figure([trace], {**common, **layout})


def described(figure: go.Figure) -> str:
    """Returns what a chart shows in words: ``Seniority: Director 66, VP 34``."""
    (trace,) = figure.data
    if trace.type == "bar":
        values = ", ".join(f"{name} {text}" for name, text in zip(trace.y, trace.text, strict=True))
    else:
        values = ", ".join(text.replace(": ", " ") for text in trace.text)
    return f"{figure.layout.title.text}: {values or 'nobody'}"


def has_flow(counted: FacetCounts, least: int) -> bool:
    """Whether there are enough moves for a diagram, and a company with more than one of them."""
    moves = counted.counts
    if moves.sum() < least:
        return False
    ends = [moves.groupby(moves.index.str.split(ARROW).str[end]).sum() for end in (0, -1)]
    return max(int(end.max()) for end in ends) > 1


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
                "data": [
                    {"name": name, "itemStyle": {"color": BLUE}}
                    for name in dict.fromkeys([*sources, *targets])
                ],
                "links": [
                    {
                        "source": source,
                        "target": target,
                        "value": int(counted.counts[move]),
                        "lineStyle": {"color": BLUE, "opacity": _link_opacity(move, selected)},
                    }
                    for source, target, move in zip(sources, targets, moves, strict=True)
                ],
            }
        ],
    }


def _link_opacity(move: str, selected: Collection[str]) -> float:
    return LINK_OPACITY if not selected or move in selected else FADED_LINK_OPACITY
