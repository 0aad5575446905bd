"""Charts of companies: amounts, growth, headcount, family trees. Pure."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.charts.base import (
    MAX_BARS,
    OTHERS,
    SLATE,
    STRONG_BLUE,
    TRANSPARENT,
    WHITE,
    bars,
    with_layout,
)
from dashboard.formatting import percent, short_number

MAX_COLOURS = 10  # of the theme
LABEL_ROOM = 0.25  # beside the bars, as a part of the axis
FAMILY_HEIGHT = 240  # pixels


def amount_bars(
    frame: pd.DataFrame, name: str, amount: str, title: str, unit: str = ""
) -> go.Figure:
    """Returns a bar for each row, the largest first: column ``amount`` by column ``name``.

    ``unit`` is written before the amount.
    """
    largest = frame.dropna(subset=[name, amount]).nlargest(MAX_BARS, amount)
    labels = [unit + short_number(number) for number in largest[amount]]
    return _with_room_for_labels(bars(largest.set_index(name)[amount], title, labels))


def growth_bars(facts: pd.DataFrame, months: int, title: str) -> go.Figure:
    """Returns each company's growth of headcount, the fastest first: ``growth_<months>``."""
    column = f"growth_{months}"
    fastest = facts.dropna(subset=[column]).nlargest(MAX_BARS, column)
    labels = [percent(fraction) for fraction in fastest[column]]
    return _with_room_for_labels(bars(fastest.set_index("company")[column], title, labels))


def _with_room_for_labels(figure: go.Figure) -> go.Figure:
    """Puts the labels beside the bars, and makes room for them: they do not fit in short bars."""
    for trace in figure.data:
        low, high = min(0.0, *trace.x), max(0.0, *trace.x)
        room = LABEL_ROOM * ((high - low) or 1.0)
        figure.update_xaxes(range=[low - room if low else 0, high + room])
    return figure.update_traces(textposition="outside")


def headcount_by_role(trends: pd.DataFrame, title: str, *, shares: bool) -> go.Figure:
    """Returns headcount by function over time, stacked, with a chart below the other by company.

    Columns company, counted_at, role, employees. With ``shares``, each function is a percentage.
    """
    if trends.empty:
        return go.Figure()
    table = _largest_roles(trends)
    companies = table["company"].nunique()
    height = 120 + 200 * companies
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
    figure.update_yaxes(matches=None, showticklabels=True, ticksuffix=unit, nticks=5)
    figure.update_xaxes(showticklabels=True, tickformat="%b %Y", nticks=6)
    return figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        legend={"title": None, "orientation": "h", "y": -40 / height, "yanchor": "top"},
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
