"""Charts of credits: daily spend, and the projected balance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import cycle
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import BLUE, instants, titled_figure
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
OTHER_COLORS = ("#0d9488", "#d97706", "#7c3aed", "#be185d", "#64748b", "#0891b2", "#2563eb")


def daily_spend(
    spent: pd.DataFrame, title: str, limit: float | None, start: date, end: date
) -> go.Figure:
    """Returns UC by day, stacked by ``what``, with the daily limit (UC) as a line.

    ``spent`` has the columns day, what, charge. The days run from ``start`` to ``end``, with
    spending or without. Each part of a bar holds its day and what it is of, for a click.
    """
    traces = [_bars(spent, what, color) for what, color in _colors(spent["what"]).items()]
    days = instants(pd.Series([pd.Timestamp(start) - HALF_A_DAY, pd.Timestamp(end) + HALF_A_DAY]))
    if limit is not None:
        traces.append(_limit_line(days, limit))
    return titled_figure(
        traces,
        title,
        xaxis={**_axis_of_days((end - start).days + 1), "range": days},
        yaxis={"separatethousands": True},
        showlegend=True,
        legend={"orientation": "h", "y": -0.2, "tracegroupgap": 0},
        barmode="stack",
    )


def _axis_of_days(days: int) -> dict[str, Any]:
    """Returns an axis labelled by the day; of a few days, Plotly by itself would label hours."""
    return {"tickformat": "%-d %b", **({"dtick": DAY_MS} if days <= FEW_DAYS else {})}


def _colors(what: pd.Series) -> dict[str, str]:
    """Returns the colours of what is in a chart, in the order in which it is drawn."""
    present = {*what}
    others = dict(zip(sorted(present - {*COLORS}), cycle(OTHER_COLORS), strict=False))
    return {name: color for name, color in {**COLORS, **others}.items() if name in present}


def _bars(spent: pd.DataFrame, what: str, color: str) -> dict[str, Any]:
    rows = spent[spent["what"] == what]
    return {
        "type": "bar",
        "name": what,
        "legendgroup": what,
        "x": instants(rows["day"]),
        "y": rows["charge"].to_list(),
        "customdata": [[date, what] for date in rows["day"].dt.strftime("%Y-%m-%d")],
        "marker": {"color": color},
        "textposition": "auto",
        "hovertemplate": "%{x|%-d %b %Y} · %{fullData.name}: %{y:,.1f} UC<extra></extra>",
    }


def _limit_line(days: list[str], limit: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"Daily limit, {uc(limit)}",
        "x": days,
        "y": [limit, limit],
        "line": {"color": RED, "dash": "dash", "width": 2},
        "hoverinfo": "skip",
    }


def projected_balance(line: pd.DataFrame, title: str) -> go.Figure:
    """Returns the projected balance with its range: columns day, expected, low, high (UC)."""
    expected = {
        "type": "scatter",
        "mode": "lines",
        "x": instants(line["day"]),
        "y": line["expected"].to_list(),
        "line": {"color": BLUE},
        "showlegend": False,
        "hovertemplate": "%{x|%-d %b %Y}: about %{y:,.0f} UC<extra></extra>",
    }
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": expected["x"],
        "hoverinfo": "skip",
        "line": {"width": 0},
        "fillcolor": LIGHT_BLUE,
    }
    high = {**edge, "y": line["high"].to_list()}
    low = {**edge, "y": line["low"].to_list(), "fill": "tonexty"}
    return titled_figure(
        [expected, high, low],
        title,
        xaxis=_axis_of_days(len(line)),
        yaxis={"rangemode": "tozero", "separatethousands": True},
    )
