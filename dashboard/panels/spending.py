"""What was spent in a period: figures, daily spend with the daily limit, the projected balance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import spending as charts
from dashboard.formatting import count, day, uc
from dashboard.ledger import spending
from dashboard.ledger.days import UTC_ZONE
from dashboard.ledger.spending import SpendingSummary

MIN_FIGURE_WIDTH = 210  # pixels; with less, the figures stand in two rows, and on a phone in four
MIN_CHART_WIDTH = 420  # pixels; with less, the charts stand below each other
MIN_DAYS_OF_CHART = 2  # with spending
# Plotly's buttons cannot be used by keyboard, and take 25 Tab stops.
NO_BUTTONS = {"displayModeBar": False}


class Bar(NamedTuple):
    """A part of a bar of the daily spend: its day, and what it is of, in words of ``split``."""

    day: date
    what: str
    split: str


def figures(
    spent: SpendingSummary,
    available: float | None,
    cap: float | None,
    renewal: pd.Timestamp | None,
    spent_today: float,
    zone: ZoneInfo,
) -> None:
    """Draws the balance, what was spent today, the cost of an email, and what will be left.

    ``cap`` is the credits of a period (UC), ``renewal`` when the next one begins. The days of the
    history are in UTC; those of the sidebar and the daily limit are in ``zone``.
    """
    emails = spending.emails_found(spent.by_day)
    per_email = spending.cost_per_email(spent.by_day)
    label, value, note = spending.renewal_figure(spent)
    with st.grid(4, min_column_width=MIN_FIGURE_WIDTH):
        with st.container(border=True, height="stretch"):
            st.metric("Balance", "Unavailable" if available is None else uc(available))
            if available is not None and cap is not None:
                balance_bar(available, cap, renewal)
        elsewhere = f", {uc(spent.spent_elsewhere)} in other apps" if spent.spent_elsewhere else ""
        period = f"{uc(spent.spent_here)} in this period{elsewhere}"
        today = "Spent today" if zone == UTC_ZONE else "Spent today (UTC)"
        _figure(today, uc(spent_today), period)
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


def balance_bar(available: float, cap: float, renewal: pd.Timestamp | None) -> None:
    """Draws how much of ``cap`` (UC) is used, and when credits renew.

    An account can be overdrawn by more than it has used: then ``cap`` is below zero.
    """
    used = cap - available
    renews = "" if renewal is None else f" · renews on {day(renewal)}"
    share = min(1.0, max(0.0, used / cap)) if cap > 0 else 1.0
    of_cap = f" of {cap:,.0f}" if cap >= 0 else ""
    st.progress(share, f"{used:,.0f}{of_cap} used{renews}")


def daily_spend(
    spent: SpendingSummary, limit: Decimal | None, start: date, end: date
) -> Bar | None:
    """Draws the bars of each day, and the projected balance; returns the bar that is selected.

    Of a single day there is no chart: the ledger below has all of it.
    """
    if spent.days_with_spending < MIN_DAYS_OF_CHART:
        return None
    forecast = spent.forecast
    with st.grid(1 if forecast is None else 2, min_column_width=MIN_CHART_WIDTH, gap="small"):
        with st.container(border=True):
            bar = _bars(spent, limit, start, end)
        if forecast is not None:
            line = charts.projected_balance(forecast.line, "Projected balance")
            with st.container(border=True, height="stretch"):
                st.plotly_chart(line, key="projected_balance", config=NO_BUTTONS, alt=_title(line))
    return bar


def _bars(spent: SpendingSummary, limit: Decimal | None, start: date, end: date) -> Bar | None:
    split = st.segmented_control(
        "Break down by",
        list(spending.SPLITS),
        default="Data points",
        required=True,
        key="split",
        bind="query-params",
        label_visibility="collapsed",
    )
    bars = charts.daily_spend(
        spending.consumption(spent.all_by_day, spending.SPLITS[split]),
        f"Daily spend by {split.lower()}",
        None if limit is None else float(limit),
        start,
        end,
    )
    selection = st.plotly_chart(
        bars,
        key="daily_spend",
        config=NO_BUTTONS,
        on_select="rerun",
        selection_mode="points",
        alt=_title(bars),
    )
    bars_selected = [point for point in selection.selection.points if point.get("customdata")]
    if not bars_selected:
        return None
    selected_day, what = bars_selected[0]["customdata"]
    return Bar(date.fromisoformat(selected_day), what, split)


def _title(figure: go.Figure) -> str:
    return str(figure.layout.title.text)
