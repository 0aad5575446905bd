"""What was spent in a period: figures, daily spend with the daily limit, the projected balance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import spending as charts
from dashboard.formatting import count, uc
from dashboard.ledger import spending
from dashboard.ledger.spending import SpendingSummary

MIN_FIGURE_WIDTH = 210  # pixels; with less, the figures stand in two rows, and on a phone in four
# Plotly's buttons cannot be used by keyboard, and take 25 Tab stops.
NO_BUTTONS = {"displayModeBar": False}


class Bar(NamedTuple):
    """A part of a bar of the daily spend: its day, and what it is of, in words."""

    day: date
    what: str


def figures(
    spent: SpendingSummary, available: float | None, cap: float | None, spent_today: float
) -> None:
    """Draws the balance, what was spent today, the cost of an email, and what will be left."""
    emails = spending.emails_found(spent.by_day)
    per_email = spending.cost_per_email(spent.by_day)
    label, value, note = spending.renewal_figure(spent)
    with st.grid(4, min_column_width=MIN_FIGURE_WIDTH):
        _figure(
            "Balance",
            "Unavailable" if available is None else uc(available),
            "" if cap is None else f"of {uc(cap)}",
        )
        elsewhere = f", {uc(spent.spent_elsewhere)} in other apps" if spent.spent_elsewhere else ""
        period = f"{uc(spent.spent_here)} in this period{elsewhere}"
        _figure("Spent today", uc(spent_today), period)
        _figure(
            "Cost per email found",
            "–" if per_email is None else uc(per_email),
            count(emails, "email"),
        )
        _figure(label, value, note)


def _figure(label: str, value: str, note: str) -> None:
    st.metric(
        label,
        value,
        note or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def daily_spend(spent: SpendingSummary, split: str, limit: Decimal | None) -> Bar | None:
    """Draws the bars of each day, and the projected balance; returns the bar that is selected."""
    bars = charts.daily_spend(
        spending.consumption(spent.all_by_day, spending.SPLITS[split]),
        f"Daily spend by {split.lower()}",
        None if limit is None else float(limit),
    )
    forecast = spent.forecast
    widths = (1,) if forecast is None else (2, 1)
    left, *right = st.columns(widths, gap="medium")
    with left.container(border=True):
        selection = st.plotly_chart(
            bars,
            key="daily_spend",
            config=NO_BUTTONS,
            on_select="rerun",
            selection_mode="points",
            alt=_title(bars),
        )
    if forecast is not None:
        line = charts.projected_balance(forecast.line, "Projected balance")
        with right[0].container(border=True):
            st.plotly_chart(line, key="projected_balance", config=NO_BUTTONS, alt=_title(line))
    bars_selected = [point for point in selection.selection.points if point.get("customdata")]
    if not bars_selected:
        return None
    selected_day, what = bars_selected[0]["customdata"]
    return Bar(date.fromisoformat(selected_day), what)


def _title(figure: go.Figure) -> str:
    return str(figure.layout.title.text)
