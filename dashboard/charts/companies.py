"""Charts of companies: headcount over time, family trees. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import (
    OTHERS,
    SLATE,
    STRONG_BLUE,
    TRANSPARENT,
    WHITE,
    as_text,
    instants,
    theme_colors,
    titled_figure,
)

MAX_COLOURS = 10  # of the theme
FAMILY_HEIGHT = 240  # pixels
PLOT_HEIGHT, LEGEND_HEIGHT, AXIS_HEIGHT = 200, 180, 48  # pixels


def headcount_by_role(trends: pd.DataFrame, title: str, *, shares: bool) -> go.Figure:
    """Returns headcount by function over time, stacked, with a chart below the other by company.

    Columns company, counted_at, role, employees. With ``shares``, each function is a percentage.
    """
    if trends.empty:
        return go.Figure()
    table = _largest_roles(trends)
    companies = [*dict.fromkeys(trends["company"])]
    height = LEGEND_HEIGHT + PLOT_HEIGHT * len(companies)
    unit = "%" if shares else ""
    axes: dict[str, Any] = {}
    headings = []
    for number, company in enumerate(companies):
        bottom, top = _place(number, len(companies), height)
        axes |= _axes(_suffix(number), bottom, top, unit)
        headings.append(_heading(company, top))
    # Below the labels of the axis: in parts of the plots' height, which is what is left.
    legend_top = -AXIS_HEIGHT / (PLOT_HEIGHT * len(companies))
    return titled_figure(
        _areas(table, companies, unit),
        title,
        height=height,
        showlegend=True,
        hovermode="x unified",
        legend={"orientation": "h", "y": legend_top, "yanchor": "top", "tracegroupgap": 0},
        margin={"l": 8, "r": 8, "t": 76, "b": 8},
        annotations=headings,
        **axes,
    )


def _suffix(number: int) -> str:
    """Returns the suffix of the axes of a chart by its number from the top: "", "2", "3"."""
    return str(number + 1) if number else ""


def _place(number: int, charts: int, height: int) -> tuple[float, float]:
    """Returns where a chart begins and ends, from 0 at the bottom to 1, by its number."""
    gap = 64 / height
    own_height = (1 - gap * (charts - 1)) / charts
    top = 1 - number * (own_height + gap)
    return max(0.0, top - own_height), top


def _axes(suffix: str, bottom: float, top: float, unit: str) -> dict[str, Any]:
    common = {"automargin": True, "showticklabels": True}
    xaxis = {"anchor": f"y{suffix}", "tickformat": "%b %Y", "nticks": 6}
    if suffix:
        xaxis["matches"] = "x"
    # Each company has its own scale: on a common one, a small company would be a flat line.
    yaxis = {
        "anchor": f"x{suffix}",
        "domain": [bottom, top],
        "ticksuffix": unit,
        "nticks": 5,
        "separatethousands": True,
    }
    return {f"xaxis{suffix}": {**common, **xaxis}, f"yaxis{suffix}": {**common, **yaxis}}


def _heading(company: str, top: float) -> dict[str, Any]:
    return {
        "text": as_text(company),
        "showarrow": False,
        "x": 0.5,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
    }


def _areas(table: pd.DataFrame, companies: Sequence[str], unit: str) -> list[dict[str, Any]]:
    """Returns the area of each function and company; a function has one entry in the legend."""
    colors = dict(zip(dict.fromkeys(table["role"]), cycle(theme_colors()), strict=False))
    suffixes = {company: _suffix(number) for number, company in enumerate(companies)}
    areas: list[dict[str, Any]] = []
    for (role, company), rows in table.groupby(["role", "company"], sort=False):
        area = {
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "1",
            "name": role,
            "legendgroup": role,
            "showlegend": not areas or areas[-1]["name"] != role,
            "x": instants(rows["counted_at"]),
            "y": rows["employees"].to_list(),
            "xaxis": f"x{suffixes[company]}",
            "yaxis": f"y{suffixes[company]}",
            "line": {"width": 1, "color": colors[role]},
            "hovertemplate": "%{fullData.name}: %{y:,.0f}" + unit + "<extra></extra>",
        }
        areas.append(area | ({"groupnorm": "percent"} if unit else {}))
    return areas


def _largest_roles(trends: pd.DataFrame) -> pd.DataFrame:
    """Returns the trends in at most ``MAX_COLOURS`` functions, by their shares, largest first."""
    everybody = trends.groupby(["company", "counted_at"])["employees"].transform("sum")
    share = (trends["employees"] / everybody.where(everybody > 0)).fillna(0.0)
    ranked = list(share.groupby(trends["role"]).sum().sort_values(ascending=False).index)
    drawn = ranked if len(ranked) <= MAX_COLOURS else ranked[: MAX_COLOURS - 1]
    role = trends["role"].where(trends["role"].isin(drawn), OTHERS)
    table = trends.assign(role=pd.Categorical(role, [*dict.fromkeys([*drawn, OTHERS])]))
    keys = ["role", "company", "counted_at"]
    summed = table.groupby(keys, observed=True, as_index=False)["employees"].sum()
    return summed.astype({"role": str})


def family_tree(lineage: pd.DataFrame, title: str) -> go.Figure:
    """Returns companies below their parents: columns node, parent, name, compared."""
    if lineage.empty:
        return go.Figure()
    are_compared = lineage["compared"]
    tree = {
        "type": "icicle",
        "ids": lineage["node"].to_list(),
        "parents": lineage["parent"].to_list(),
        "labels": lineage["name"].to_list(),
        "text": ["" if compared else "not compared" for compared in are_compared],
        "textinfo": "label+text",
        "hovertemplate": "%{label}<extra></extra>",
        "marker": {"colors": [STRONG_BLUE if compared else SLATE for compared in are_compared]},
        "textfont": {"color": WHITE},
        "leaf": {"opacity": 1},
        "root": {"color": TRANSPARENT},
        "tiling": {"orientation": "v"},
        "pathbar": {"visible": False},
    }
    # Above several trees Plotly draws an empty row, which serves as the top margin.
    has_several_trees = (lineage["parent"] == "").sum() > 1
    return titled_figure(
        [tree],
        title,
        height=FAMILY_HEIGHT,
        margin={"l": 8, "r": 8, "t": 8 if has_several_trees else 48, "b": 8},
    ).update_layout(title={"y": 0.97, "yanchor": "top"})
