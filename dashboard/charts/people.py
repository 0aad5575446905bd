"""Charts of people, jobs and lists. Pure."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.charts.base import MAX_BARS, OTHERS, bars, with_layout
from dashboard.formatting import ENUM_LABELS, day
from dashboard.tables import frames


def counts(values: pd.Series, title: str) -> go.Figure:
    """How often each value occurs, most frequent first; missing ones are left out."""
    ranked = values.dropna().astype(str).value_counts()
    return bars(_largest_and_others(ranked), title)


def seniorities(values: pd.Series, title: str) -> go.Figure:
    """How many people of each seniority, from the top down."""
    found = values.dropna().astype(str).value_counts()
    order = [name for name in frames.SENIORITIES if name in found]
    order += [name for name in found.index if name not in order]
    return bars(found.reindex(order).rename(index=ENUM_LABELS), title)


def reach(people: pd.DataFrame, data_points: tuple[str, ...], title: str) -> go.Figure:
    """How many of the people came with each chosen data point."""
    columns = {"email": "work_email", "phone": "phone", "company": "domain"}
    labels = {"email": "Email", "phone": "Phone", "company": "Company information"}
    found = {labels[point]: people[columns[point]].notna().sum() for point in data_points}
    return bars(pd.Series({"Profile": len(people), **found}), title)


def freshness(updated: pd.Series, title: str) -> go.Figure:
    """How many rows were updated how long ago, the freshest first."""
    found = frames.freshness(updated).value_counts()
    return bars(found.reindex([band for band in frames.FRESHNESS if band in found]), title)


def careers(positions: pd.DataFrame, title: str) -> go.Figure:
    """A person's positions over time: columns started, ended, label, company."""
    figure = px.timeline(positions, x_start="started", x_end="ended", y="label", color="company")
    figure.update_yaxes(autorange="reversed", type="category")
    return with_layout(figure, title, max(180, 44 * len(positions) + 90))


def per_day(times: pd.Series, title: str) -> go.Figure:
    """How many rows fall on each day."""
    days = times.dropna().dt.floor("D").value_counts().sort_index()
    if days.empty:
        return go.Figure()
    table = pd.DataFrame({"day": days.index, "rows": days.to_numpy()})
    figure = with_layout(px.bar(table, x="day", y="rows"), title)
    if len(days) == 1:  # an axis of one day would show its hours
        figure.update_xaxes(type="category", ticktext=[day(days.index[0])], tickvals=days.index)
    return figure


def job_outcomes(outcomes: pd.DataFrame, title: str) -> go.Figure:
    """What came of a job's rows: outcome, rows."""
    found = outcomes.set_index("outcome")["rows"] if len(outcomes) else pd.Series(dtype=float)
    return bars(found, title)


def match_rates(rates: pd.DataFrame, title: str) -> go.Figure:
    """How many of those asked for were found, by how they were named: named_by, rate (0 to 1)."""
    found = rates.set_index("named_by")["rate"] if len(rates) else pd.Series(dtype=float)
    figure = bars(found, title, [f"{rate:.0%}" for rate in found])
    return figure.update_xaxes(range=[0, 1.15], tickformat=".0%")


def _largest_and_others(ranked: pd.Series) -> pd.Series:
    if len(ranked) <= MAX_BARS:
        return ranked
    rest = pd.Series({OTHERS: ranked.iloc[MAX_BARS - 1 :].sum()})
    return pd.concat([ranked.iloc[: MAX_BARS - 1], rest])
