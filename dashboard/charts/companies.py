"""Charts of companies: headcount over time, family trees. Pure."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.charts.base import (
    OTHERS,
    SLATE,
    STRONG_BLUE,
    TRANSPARENT,
    WHITE,
    with_layout,
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
    companies = table["company"].nunique()
    height = LEGEND_HEIGHT + PLOT_HEIGHT * companies
    figure = px.area(
        table,
        x="counted_at",
        y="employees",
        color="role",
        facet_col="company",
        facet_col_wrap=1,
        facet_row_spacing=64 / height,
        groupnorm="percent" if shares else None,
        category_orders={
            "role": [*dict.fromkeys(table["role"])],
            "company": [*dict.fromkeys(trends["company"])],
        },
    )
    figure.for_each_annotation(lambda heading: heading.update(text=heading.text.partition("=")[2]))
    figure = with_layout(figure, title, height)
    unit = "%" if shares else ""
    figure.update_traces(
        line={"width": 1}, hovertemplate="%{fullData.name}: %{y:,.0f}" + unit + "<extra></extra>"
    )
    # Each company has its own scale: on a common one, a small company would be a flat line.
    figure.update_yaxes(
        matches=None, showticklabels=True, ticksuffix=unit, nticks=5, separatethousands=True
    )
    figure.update_xaxes(showticklabels=True, tickformat="%b %Y", nticks=6)
    return figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        # Below the labels of the axis: in parts of the plots' height, which is what is left.
        legend={
            "title": None,
            "orientation": "h",
            "y": -AXIS_HEIGHT / (PLOT_HEIGHT * companies),
            "yanchor": "top",
        },
        margin={"l": 8, "r": 8, "t": 76, "b": 8},
    )


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
    figure = go.Figure(
        go.Icicle(
            ids=lineage["node"],
            parents=lineage["parent"],
            labels=lineage["name"],
            text=["" if compared else "not compared" for compared in lineage["compared"]],
            textinfo="label+text",
            hovertemplate="%{label}<extra></extra>",
            marker={
                "colors": [STRONG_BLUE if compared else SLATE for compared in lineage["compared"]]
            },
            textfont={"color": WHITE},
            leaf={"opacity": 1},
            root={"color": TRANSPARENT},
            tiling={"orientation": "v"},
            pathbar={"visible": False},
        )
    )
    # Above several trees Plotly draws an empty row, which serves as the top margin.
    has_several_trees = (lineage["parent"] == "").sum() > 1
    figure = with_layout(figure, title, FAMILY_HEIGHT)
    return figure.update_layout(
        margin_t=8 if has_several_trees else 48, title={"y": 0.97, "yanchor": "top"}
    )
