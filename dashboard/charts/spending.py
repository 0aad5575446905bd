"""Charts of credits: daily spend, and the projected balance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.charts.base import BLUE, with_layout
from dashboard.formatting import uc
from leadiq_api.data_points import COMPANY, EMAIL, PHONE

DAY_MS = 86_400_000
HALF_A_DAY = pd.Timedelta(hours=12)
FEW_DAYS = 8
LIGHT_BLUE, RED = "rgba(59,130,246,0.18)", "#dc2626"

# Of what a request brought: the same whatever else is in the chart, on a light and a dark page.
COLORS: Mapping[str, str] = {
    "Profile": "#64748b",
    EMAIL.label: "#2563eb",
    PHONE.label: "#d97706",
    COMPANY.label: "#0d9488",
    f"{EMAIL.label} + {PHONE.label}": "#7c3aed",
    f"{EMAIL.label} + {COMPANY.label}": "#0891b2",
    f"{PHONE.label} + {COMPANY.label}": "#a16207",
    f"{EMAIL.label} + {PHONE.label} + {COMPANY.label}": "#be185d",
}
# Of pages and operations, in alphabetical order.
OTHER_COLORS = ("#2563eb", "#0d9488", "#d97706", "#7c3aed", "#be185d", "#64748b", "#0891b2")


def daily_spend(
    spent: pd.DataFrame, title: str, limit: float | None, start: date, end: date
) -> go.Figure:
    """Returns UC by day, stacked by ``what``, with the daily limit (UC) as a line.

    ``spent`` has the columns day, what, charge. The days run from ``start`` to ``end``, with
    spending or without. Each part of a bar holds its day and what it is of, for a click.
    """
    figure = px.bar(
        spent.assign(date=spent["day"].dt.strftime("%Y-%m-%d")),
        x="day",
        y="charge",
        color="what",
        labels={"charge": "UC"},
        custom_data=["date", "what"],
        color_discrete_map=dict(COLORS),
        color_discrete_sequence=OTHER_COLORS,
        category_orders={"what": [*COLORS, *sorted({*spent["what"]} - {*COLORS})]},
    )
    figure.update_traces(
        hovertemplate="%{x|%-d %b %Y} · %{fullData.name}: %{y:,.1f} UC<extra></extra>"
    )
    days = [pd.Timestamp(start, tz="UTC") - HALF_A_DAY, pd.Timestamp(end, tz="UTC") + HALF_A_DAY]
    if limit is not None:
        figure.add_scatter(
            x=days,
            y=[limit, limit],
            mode="lines",
            name=f"Daily limit, {uc(limit)}",
            line={"color": RED, "dash": "dash", "width": 2},
            hoverinfo="skip",
        )
    figure = with_layout(figure, title)
    figure.update_yaxes(separatethousands=True)
    few = (end - start).days < FEW_DAYS
    # Of a few days, Plotly would label hours.
    figure.update_xaxes(tickformat="%-d %b", range=days, dtick=DAY_MS if few else None)
    return figure.update_layout(
        showlegend=True, legend={"title": None, "orientation": "h", "y": -0.2}, barmode="stack"
    )


def projected_balance(line: pd.DataFrame, title: str) -> go.Figure:
    """Returns the projected balance with its range: columns day, expected, low, high (UC)."""
    figure = px.line(line, x="day", y="expected")
    figure.update_traces(
        line={"color": BLUE},
        hovertemplate="%{x|%-d %b %Y}: about %{y:,.0f} UC<extra></extra>",
    )
    for name, fill in (("high", None), ("low", "tonexty")):
        figure.add_scatter(
            x=line["day"],
            y=line[name],
            fill=fill,
            mode="lines",
            hoverinfo="skip",
            line={"width": 0},
            fillcolor=LIGHT_BLUE,
        )
    figure.update_yaxes(rangemode="tozero", separatethousands=True)
    # Of a few days, Plotly would label hours.
    figure.update_xaxes(tickformat="%-d %b", dtick=DAY_MS if len(line) <= FEW_DAYS else None)
    return with_layout(figure, title)
