"""Charts of companies: amounts, growth, headcount, family trees. Pure."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.charts.base import MAX_BARS, OTHERS, bars, with_layout
from dashboard.formatting import percent, short_number

MAX_COLOURS = 10  # that the theme has


def amounts(frame: pd.DataFrame, name: str, amount: str, title: str, unit: str = "") -> go.Figure:
    """One bar a row, the largest first: ``amount`` by ``name``. ``unit`` goes before it."""
    known = frame.dropna(subset=[name, amount]).nlargest(MAX_BARS, amount)
    labels = [unit + short_number(number) for number in known[amount]]
    return _with_room_for_labels(bars(known.set_index(name)[amount], title, labels))


def growth(facts: pd.DataFrame, months: int, title: str) -> go.Figure:
    """Each company's growth of headcount, the fastest first: column ``growth_<months>``."""
    column = f"growth_{months}"
    known = facts.dropna(subset=[column]).nlargest(MAX_BARS, column)
    labels = [percent(fraction) for fraction in known[column]]
    return _with_room_for_labels(bars(known.set_index("company")[column], title, labels))


def _with_room_for_labels(bars: go.Figure) -> go.Figure:
    """The bars with their labels beside them, and room for these: a short bar holds no text."""
    for trace in bars.data:
        least, most = min(0.0, *trace.x), max(0.0, *trace.x)
        room = 0.25 * ((most - least) or 1.0)
        bars.update_xaxes(range=[least - room if least else 0, most + room])
    return bars.update_traces(textposition="outside")


def headcount_by_role(trends: pd.DataFrame, title: str, *, shares: bool) -> go.Figure:
    """Headcount by function over time, stacked, a company below the other with one legend.

    Columns company, counted_at, role, employees. ``shares`` draws each function's part of all.
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
    figure.for_each_annotation(lambda above: above.update(text=above.text.partition("=")[2]))
    figure = with_layout(figure, title, height)
    unit = "%" if shares else ""
    figure.update_traces(
        line={"width": 1}, hovertemplate="%{fullData.name}: %{y:,.0f}" + unit + "<extra></extra>"
    )
    # Each company has its own scale: beside a large one, a small one would be a flat line.
    figure.update_yaxes(matches=None, showticklabels=True, ticksuffix=unit, nticks=5)
    figure.update_xaxes(showticklabels=True, tickformat="%b %Y", nticks=6)
    return figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        legend={"title": None, "orientation": "h", "y": -40 / height, "yanchor": "top"},
        margin={"l": 8, "r": 8, "t": 76, "b": 8},
    )


def _largest_roles(trends: pd.DataFrame) -> pd.DataFrame:
    """The trends in as many functions as there are colours, the largest by their share first."""
    everybody = trends.groupby(["company", "counted_at"])["employees"].transform("sum")
    part = (trends["employees"] / everybody.where(everybody > 0)).fillna(0.0)
    ranked = list(part.groupby(trends["role"]).sum().sort_values(ascending=False).index)
    kept = ranked if len(ranked) <= MAX_COLOURS else ranked[: MAX_COLOURS - 1]
    role = trends["role"].where(trends["role"].isin(kept), OTHERS)
    table = trends.assign(role=pd.Categorical(role, [*dict.fromkeys([*kept, OTHERS])]))
    keys = ["role", "company", "counted_at"]
    summed = table.groupby(keys, observed=True, as_index=False)["employees"].sum()
    return summed.astype({"role": str})


def family(lineage: pd.DataFrame, title: str) -> go.Figure:
    """Companies below their parents: columns node, parent, name, compared."""
    if lineage.empty:
        return go.Figure()
    figure = go.Figure(
        go.Icicle(
            ids=lineage["node"],
            parents=lineage["parent"],
            labels=lineage["name"],
            text=["" if own else "not compared" for own in lineage["compared"]],
            textinfo="label+text",
            hovertemplate="%{label}<extra></extra>",
            # White reads on both, and both on a light and on a dark page.
            marker={"colors": ["#2563eb" if own else "#64748b" for own in lineage["compared"]]},
            textfont={"color": "#ffffff"},
            leaf={"opacity": 1},
            root={"color": "rgba(0,0,0,0)"},
            tiling={"orientation": "v"},
            pathbar={"visible": False},
        )
    )
    # Plotly puts an empty row above several trees: it takes the place of the margin.
    several = (lineage["parent"] == "").sum() > 1
    figure = with_layout(figure, title, 240)
    return figure.update_layout(margin_t=8 if several else 48, title={"y": 0.97, "yanchor": "top"})
