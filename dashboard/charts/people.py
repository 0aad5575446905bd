"""Charts of people, jobs and lists. Pure."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import MAX_BARS, bars, instants, titled_figure
from dashboard.formatting import ENUM_LABELS
from dashboard.tables import frames

MAX_ROWS_THAT_SAY_NOTHING = 2  # of the most frequent value


def value_count_bars(values: pd.Series, title: str) -> go.Figure:
    """Returns how often the most frequent values occur; the title says how many more there are.

    The figure has no data if no value occurs more than twice.
    """
    ranked = values.dropna().astype(str).value_counts()
    ranked = ranked if len(ranked) and ranked.iloc[0] > MAX_ROWS_THAT_SAY_NOTHING else ranked[:0]
    more = len(ranked) - MAX_BARS
    return bars(ranked.head(MAX_BARS), f"{title} · +{more:,} more" if more > 0 else title)


def seniority_bars(values: pd.Series, title: str) -> go.Figure:
    """Returns how many people have each seniority, the highest first."""
    counts = values.dropna().astype(str).value_counts()
    order = [name for name in frames.SENIORITIES if name in counts]
    order += [name for name in counts.index if name not in order]
    return bars(counts.reindex(order).rename(index=ENUM_LABELS), title)


def freshness_bars(updated: pd.Series, title: str) -> go.Figure:
    """Returns how many rows were updated in each band of ages, the freshest first."""
    counts = frames.freshness(updated).value_counts()
    return bars(counts.reindex([band for band in frames.FRESHNESS if band in counts]), title)


def rows_per_day(times: pd.Series, title: str) -> go.Figure:
    """Returns how many of the times fall on each day; a single day is not drawn."""
    days = times.dropna().dt.floor("D").value_counts().sort_index()
    if len(days) <= 1:
        return go.Figure()
    trace = {
        "type": "bar",
        "x": instants(days.index.to_series()),
        "y": days.to_list(),
        "hovertemplate": "day=%{x}<br>rows=%{y}<extra></extra>",
    }
    return titled_figure([trace], title)


def job_outcome_bars(outcomes: pd.DataFrame, title: str) -> go.Figure:
    """Returns how many rows of a job have each outcome: columns outcome, rows."""
    rows = outcomes.set_index("outcome")["rows"] if len(outcomes) else pd.Series(dtype=float)
    return bars(rows, title)


def match_rate_bars(rates: pd.DataFrame, title: str) -> go.Figure:
    """Returns the rate (0 to 1) of rows that were found, by identifier: columns named_by, rate."""
    rate = rates.set_index("named_by")["rate"] if len(rates) else pd.Series(dtype=float)
    figure = bars(rate, title, [f"{fraction:.0%}" for fraction in rate])
    return figure.update_xaxes(range=[0, 1.15], tickformat=".0%")
