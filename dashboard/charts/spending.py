"""Charts of credits: the period, consumption, forecast, plans and prices. Pure."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.charts.base import HEIGHT, bars, with_layout
from dashboard.formatting import day, uc

BLUE, LIGHT_BLUE, ORANGE = "#3b82f6", "rgba(59,130,246,0.18)", "#d9822b"
NEARLY_ALL = 0.9  # of the credits: where the gauge has its mark


def period_gauge(used: float, cap: float, title: str) -> go.Figure:
    """Returns a gauge of the period's credits (UC): used, of all there were."""
    figure = go.Figure(
        go.Indicator(
            mode="gauge+number",
            value=used,
            number={"suffix": " UC", "valueformat": ",.0f", "font": {"size": 28}},
            gauge={
                "axis": {"range": [0, max(cap, used, 1)], "tickformat": ",.0f", "nticks": 5},
                "bar": {"thickness": 0.6, "color": BLUE},
                "bordercolor": "rgba(128,128,128,0.4)",
                "bgcolor": "rgba(128,128,128,0.12)",
                "threshold": {"value": NEARLY_ALL * cap, "line": {"width": 3, "color": ORANGE}},
            },
        )
    )
    figure = with_layout(figure, title)
    return figure.update_layout(margin={"l": 40, "r": 40, "t": 56, "b": 8})


def consumption(spent: pd.DataFrame, title: str) -> go.Figure:
    """Returns UC by day, stacked by ``what``: columns day, what, charge."""
    if spent.empty:
        return go.Figure()
    figure = px.bar(spent, x="day", y="charge", color="what", labels={"charge": "UC"})
    figure = with_layout(figure, title)
    if spent["day"].nunique() == 1:  # otherwise the axis would show hours
        figure.update_xaxes(tickvals=[spent["day"].iloc[0]], ticktext=[day(spent["day"].iloc[0])])
    return figure.update_layout(
        showlegend=True, legend={"title": None, "orientation": "h", "y": -0.2}
    )


def burn_down(line: pd.DataFrame, title: str) -> go.Figure:
    """Returns the projected balance with its range: columns day, expected, low, high (UC)."""
    figure = px.line(line, x="day", y="expected")
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
    return with_layout(figure, title)


def plan_bars(plans: pd.DataFrame, title: str) -> go.Figure:
    """Returns used and available units, stacked, of each plan that has a cap."""
    capped = plans.dropna(subset=["cap"])
    if capped.empty:
        return go.Figure()
    figure = px.bar(
        capped,
        y="plan",
        x=["used", "available"],
        orientation="h",
        labels={"value": "Units", "variable": ""},
    )
    figure = with_layout(figure, title, max(HEIGHT, 40 * len(capped) + 120))
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.2})


def price_bars(prices: pd.DataFrame, title: str) -> go.Figure:
    """Returns a bar for the price (UC) of each data point."""
    return bars(
        prices.set_index("data_point")["price"], title, [uc(price) for price in prices["price"]]
    )
