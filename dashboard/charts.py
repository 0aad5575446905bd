"""DataFrame -> Plotly figure. Pure: nothing here is shown, and no colour fixes a theme.

The page decides the width; Streamlit's theme gives fonts and colours, light and dark.
"""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard import frames
from dashboard.forms import SIZE_BANDS
from dashboard.wording import ENUM_LABELS, day, short, uc

HEIGHT = 300  # pixels, so that charts beside each other line up
MOST_BARS = 12  # what can be read at a glance; the rest is summed up as "Other"


def _laid_out(figure: go.Figure, title: str, height: int = HEIGHT) -> go.Figure:
    figure.update_layout(
        title={"text": title, "x": 0, "xanchor": "left"},
        height=height,
        margin={"l": 8, "r": 8, "t": 48, "b": 8},
        showlegend=False,
    )
    figure.update_xaxes(title=None, automargin=True)
    figure.update_yaxes(title=None, automargin=True)
    return figure


def period_gauge(used: float, cap: float, title: str) -> go.Figure:
    """How much of the period's credits (UC) is used."""
    figure = go.Figure(
        go.Indicator(
            mode="gauge+number",
            value=used,
            number={"suffix": " UC", "valueformat": ",.0f", "font": {"size": 28}},
            gauge={
                "axis": {"range": [0, max(cap, used, 1)], "tickformat": ",.0f", "nticks": 5},
                "bar": {"thickness": 0.6, "color": "#3b82f6"},
                "bordercolor": "rgba(128,128,128,0.4)",
                "bgcolor": "rgba(128,128,128,0.12)",
                "threshold": {"value": 0.9 * cap, "line": {"width": 3, "color": "#d9822b"}},
            },
        )
    )
    figure = _laid_out(figure, title)
    return figure.update_layout(margin={"l": 40, "r": 40, "t": 56, "b": 8})


def consumption(spent: pd.DataFrame, title: str) -> go.Figure:
    """UC by day, stacked by ``what``: columns day, what, charge."""
    if spent.empty:
        return go.Figure()
    figure = px.bar(spent, x="day", y="charge", color="what", labels={"charge": "UC"})
    figure = _laid_out(figure, title)
    if spent["day"].nunique() == 1:  # an axis of one day would show its hours
        figure.update_xaxes(tickvals=[spent["day"].iloc[0]], ticktext=[day(spent["day"].iloc[0])])
    return figure.update_layout(
        showlegend=True, legend={"title": None, "orientation": "h", "y": -0.2}
    )


def burn_down(line: pd.DataFrame, title: str) -> go.Figure:
    """The balance to come with its uncertainty: columns day, expected, low, high (UC)."""
    figure = px.line(line, x="day", y="expected")
    for name, fill in (("high", None), ("low", "tonexty")):
        figure.add_scatter(
            x=line["day"], y=line[name], fill=fill, mode="lines", hoverinfo="skip",
            line={"width": 0}, fillcolor="rgba(59,130,246,0.18)",
        )  # fmt: skip
    return _laid_out(figure, title)


def plan_bars(plans: pd.DataFrame, title: str) -> go.Figure:
    """Used and available of each plan that has a cap, side by side."""
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
    figure = _laid_out(figure, title, max(HEIGHT, 40 * len(capped) + 120))
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.2})


def price_bars(prices: pd.DataFrame, title: str) -> go.Figure:
    """The price (UC) of each data point."""
    return _bars(prices.set_index("data_point")["price"], title, [uc(p) for p in prices["price"]])


def counts(values: pd.Series, title: str) -> go.Figure:
    """How often each value occurs, most frequent first; missing ones are left out."""
    ranked = values.dropna().astype(str).value_counts()
    return _bars(_topped(ranked), title)


def seniorities(values: pd.Series, title: str) -> go.Figure:
    """How many people of each seniority, from the top down."""
    found = values.dropna().astype(str).value_counts()
    order = [name for name in frames.SENIORITIES if name in found]
    order += [name for name in found.index if name not in order]
    return _bars(found.reindex(order).rename(index=ENUM_LABELS), title)


def reach(people: pd.DataFrame, data_points: tuple[str, ...], title: str) -> go.Figure:
    """How many of the people came with each chosen data point."""
    columns = {"email": "work_email", "phone": "phone", "company": "domain"}
    labels = {"email": "Email", "phone": "Phone", "company": "Company information"}
    found = {labels[point]: people[columns[point]].notna().sum() for point in data_points}
    return _bars(pd.Series({"Profile": len(people), **found}), title)


def company_sizes(employees: pd.Series, title: str) -> go.Figure:
    """How many companies in each band of headcount."""
    edges = [0, *(most or float("inf") for _, most in SIZE_BANDS.values())]
    bands = pd.cut(employees.dropna(), edges, labels=list(SIZE_BANDS))
    return _bars(bands.value_counts().reindex(list(SIZE_BANDS), fill_value=0), title)


def freshness(updated: pd.Series, title: str) -> go.Figure:
    """How many rows were updated how long ago, the freshest first."""
    found = frames.freshness(updated).value_counts()
    return _bars(found.reindex([band for band in frames.FRESHNESS if band in found]), title)


def amounts(frame: pd.DataFrame, name: str, amount: str, title: str, unit: str = "") -> go.Figure:
    """One bar a row, the largest first: ``amount`` by ``name``. ``unit`` goes before it."""
    known = frame.dropna(subset=[name, amount]).nlargest(MOST_BARS, amount)
    labels = [unit + short(number) for number in known[amount]]
    return _bars(known.set_index(name)[amount], title, labels)


def technology_map(technologies: pd.DataFrame, title: str) -> go.Figure:
    """Technologies in use, by category: the larger, the more companies use it."""
    if technologies.empty:
        return go.Figure()
    table = technologies.groupby(["category", "technology"], as_index=False).agg(
        companies=("company", "nunique")
    )
    figure = px.treemap(table, path=["category", "technology"], values="companies")
    figure.update_traces(root_color="rgba(0,0,0,0)", textinfo="label")
    return _laid_out(figure, title, 380)


def headcount_by_role(trends: pd.DataFrame, title: str) -> go.Figure:
    """A company's headcount by function over time, stacked."""
    figure = px.area(trends, x="counted_at", y="employees", color="role")
    figure = _laid_out(figure, title, 380)
    return figure.update_layout(showlegend=True, legend={"title": None})


def careers(positions: pd.DataFrame, title: str) -> go.Figure:
    """A person's positions over time: columns started, ended, label, company."""
    figure = px.timeline(positions, x_start="started", x_end="ended", y="label", color="company")
    figure.update_yaxes(autorange="reversed", type="category")
    return _laid_out(figure, title, max(180, 44 * len(positions) + 90))


def per_day(times: pd.Series, title: str) -> go.Figure:
    """How many rows fall on each day."""
    days = times.dropna().dt.floor("D").value_counts().sort_index()
    if days.empty:
        return go.Figure()
    table = pd.DataFrame({"day": days.index, "rows": days.to_numpy()})
    figure = _laid_out(px.bar(table, x="day", y="rows"), title)
    if len(days) == 1:  # an axis of one day would show its hours
        figure.update_xaxes(type="category", ticktext=[day(days.index[0])], tickvals=days.index)
    return figure


def job_outcomes(outcomes: pd.DataFrame, title: str) -> go.Figure:
    """What came of a job's rows: outcome, rows."""
    found = outcomes.set_index("outcome")["rows"] if len(outcomes) else pd.Series(dtype=float)
    return _bars(found, title)


def match_rates(rates: pd.DataFrame, title: str) -> go.Figure:
    """How many of those asked for were found, by how they were named: named_by, rate (0 to 1)."""
    found = rates.set_index("named_by")["rate"] if len(rates) else pd.Series(dtype=float)
    figure = _bars(found, title, [f"{rate:.0%}" for rate in found])
    return figure.update_xaxes(range=[0, 1.15], tickformat=".0%")


def _topped(ranked: pd.Series) -> pd.Series:
    if len(ranked) <= MOST_BARS:
        return ranked
    rest = pd.Series({"All others": ranked.iloc[MOST_BARS - 1 :].sum()})
    return pd.concat([ranked.iloc[: MOST_BARS - 1], rest])


def _bars(found: pd.Series, title: str, labels: list[str] | None = None) -> go.Figure:
    """Horizontal bars in the order given, each with its number or label; none for no data."""
    if found.empty:
        return go.Figure()
    table = pd.DataFrame(
        {
            "name": [str(name) for name in found.index],
            "number": found.to_numpy(),
            "label": labels or [f"{number:,.0f}" for number in found],
        }
    )
    figure = px.bar(table, y="name", x="number", text="label", orientation="h")
    figure.update_traces(
        cliponaxis=False,
        textangle=0,
        hovertemplate="%{y}: %{text}<extra></extra>",
        width=min(0.8, 0.2 * len(table)),  # two bars need not fill the chart
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(showticklabels=False, showgrid=False)
    return _laid_out(figure, title)
