"""DataFrame -> Plotly figure. Pure: nothing here is shown, and no colour fixes a theme.

The page decides the width; Streamlit's theme gives fonts and colours, light and dark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard import frames
from dashboard.crossfilter import ARROW, Counted
from dashboard.wording import ENUM_LABELS, day, percent, short, uc, visible

HEIGHT = 300  # pixels, so that charts beside each other line up
MOST_BARS = 12  # what can be read at a glance; the rest is summed up as "All others"
MOST_COLOURS = 10  # that the theme has
OTHERS = "All others"
LONGEST = 80  # characters of a label
LONGEST_TICK = 20  # of one beside a bar, where three charts share a row

# Where a trace holds words of others.
WORDS = ("x", "y", "labels", "text", "hovertext", "name", "legendgroup", "offsetgroup",
         "alignmentgroup")  # fmt: skip


def as_text(word: Any) -> Any:
    """A label that Plotly draws as the text it is: no HTML, no entity, one line of some length."""
    if not isinstance(word, str):
        return word
    shown = visible(word)
    shown = shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
    return re.sub(r"&(?=#?\w+;)", "&amp;", shown).replace("<", "&lt;")


def _inert(trace: Any) -> None:
    """Has a trace hold words as text, wherever they came from."""
    if trace.name and trace.hovertemplate:  # Plotly Express wrote the name into it
        told = trace.hovertemplate.replace(f"={trace.name}<", "=%{fullData.name}<")
        trace.hovertemplate = told
    for place in WORDS:
        words = getattr(trace, place, None)
        if isinstance(words, str):
            trace[place] = as_text(words)
        elif isinstance(words, np.ndarray) and words.dtype == object:
            trace[place] = np.frompyfunc(as_text, 1, 1)(words)
        elif isinstance(words, tuple):
            trace[place] = [as_text(word) for word in words]


def _laid_out(figure: go.Figure, title: str, height: int = HEIGHT) -> go.Figure:
    figure.for_each_trace(_inert)
    figure.update_layout(
        title={"text": as_text(title), "x": 0, "xanchor": "left"},
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


def freshness(updated: pd.Series, title: str) -> go.Figure:
    """How many rows were updated how long ago, the freshest first."""
    found = frames.freshness(updated).value_counts()
    return _bars(found.reindex([band for band in frames.FRESHNESS if band in found]), title)


def amounts(frame: pd.DataFrame, name: str, amount: str, title: str, unit: str = "") -> go.Figure:
    """One bar a row, the largest first: ``amount`` by ``name``. ``unit`` goes before it."""
    known = frame.dropna(subset=[name, amount]).nlargest(MOST_BARS, amount)
    labels = [unit + short(number) for number in known[amount]]
    return _beside(_bars(known.set_index(name)[amount], title, labels))


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
    rest = pd.Series({OTHERS: ranked.iloc[MOST_BARS - 1 :].sum()})
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


# Companies beside each other ---------------------------------------------------------------------


def of(known: int, rows: int, noun: str = "companies") -> str:
    """On how many of how many rows a chart is drawn, for its title: ``3 of 4 companies``."""
    return f"{known:,} of {rows:,} {noun}"


def growth(facts: pd.DataFrame, months: int, title: str) -> go.Figure:
    """Each company's growth of headcount, the fastest first: column ``growth_<months>``."""
    column = f"growth_{months}"
    known = facts.dropna(subset=[column]).nlargest(MOST_BARS, column)
    labels = [percent(fraction) for fraction in known[column]]
    return _beside(_bars(known.set_index("company")[column], title, labels))


def _beside(bars: go.Figure) -> go.Figure:
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
    figure = _laid_out(figure, title, height)
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
    kept = ranked if len(ranked) <= MOST_COLOURS else ranked[: MOST_COLOURS - 1]
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
    figure = _laid_out(figure, title, 240)
    return figure.update_layout(margin_t=8 if several else 48, title={"y": 0.97, "yanchor": "top"})


# Charts that filter ------------------------------------------------------------------------------
# Each mark carries its value as customdata (a treemap as id), for a click to be told; what was not
# chosen stands back where something was.

FADED = 0.3  # opacity of what was not chosen


def facet(
    counted: Counted,
    chosen: Collection[str],
    title: str,
    noun: str,
    order: Sequence[str] = (),
) -> go.Figure:
    """How many rows have each value, the most frequent first, or those of ``order`` before."""
    values = counted.values
    if order:
        known = [one for one in order if one in values.index]
        values = values[[*known, *values.index.difference(known, sort=False)]]
    elif len(values) > MOST_BARS:
        kept = values.index[: MOST_BARS - 1].union(
            [one for one in chosen if one in values.index], sort=False
        )
        rest = values[~values.index.isin(kept)]
        values = pd.concat([values[kept], pd.Series({OTHERS: rest.sum()})])
    if values.empty:
        return go.Figure()
    names = [as_text(name) for name in values.index]
    bars = {
        "type": "bar",
        "y": names,
        "x": values.to_numpy(),
        "text": [f"{number:,}" for number in values],
        "customdata": [None if name == OTHERS else name for name in values.index],
        "orientation": "h",
        "textposition": "outside",
        "cliponaxis": False,
        "textangle": 0,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "width": min(0.8, 0.2 * len(values)),
        "marker": {"opacity": _opacities(values.index, chosen)},
        # Without it plotly.js 4.2 fails on a click where bars have text.
        "selected": {"marker": {"opacity": 1}},
    }
    axes = {
        "xaxis": {"showticklabels": False, "showgrid": False, "fixedrange": True,
                  "range": [0, max(1, 1.35 * values.max())]},
        "yaxis": {"autorange": "reversed", "type": "category", "fixedrange": True,
                  "automargin": True, "tickvals": names, "ticktext": [*map(_beginning, names)]},
    }  # fmt: skip
    return _narrowing(bars, title, counted, noun, axes)


def world(
    counted: Counted, codes: Mapping[str, str], chosen: Collection[str], title: str, noun: str
) -> go.Figure:
    """Rows by country on a map; ``codes`` are the ISO 3166 alpha-3 codes by country's name.

    The page serves the outlines (``maps.TOPOLOGY``): Plotly would ask another host for them.
    """
    values = counted.values[counted.values.index.isin(codes)]
    if values.empty:
        return go.Figure()
    countries = {
        "type": "choropleth",
        "locations": [codes[name] for name in values.index],
        "z": values.to_numpy(),
        "text": [as_text(name) for name in values.index],
        "customdata": list(values.index),
        "hovertemplate": "%{text}: %{z:,}<extra></extra>",
        "colorscale": [[0, "#9cc2ff"], [1, "#1f5fd0"]],
        "marker": {"opacity": _opacities(values.index, chosen), "line": {"width": 0.5}},
        "showscale": False,
    }
    geo = {
        "projection": {"type": "natural earth"},
        "bgcolor": "rgba(0,0,0,0)",
        "showland": True,
        "landcolor": "rgba(128,128,128,0.18)",
        "showcountries": True,
        "countrycolor": "rgba(128,128,128,0.4)",
        "showcoastlines": False,
        "showframe": False,
        "showlakes": False,
        "lataxis": {"range": [-56, 84]},
    }
    drawn = replace(counted, known=int(values.sum()))  # a country without a code is on no map
    return _narrowing(countries, title, drawn, noun, {"geo": geo, "dragmode": False})


def treemap(counted: Counted, chosen: Collection[str], title: str, noun: str) -> go.Figure:
    """Values by the number of rows that have them, as areas."""
    values = counted.values
    if values.empty:
        return go.Figure()
    faded = _opacities(values.index, chosen)
    areas = {
        "type": "treemap",
        "ids": list(values.index),
        "labels": [as_text(name) for name in values.index],
        "parents": [""] * len(values),
        "values": values.to_numpy(),
        "textinfo": "label+value",
        "hovertemplate": "%{label}: %{value:,}<extra></extra>",
        "marker": {"colors": [f"rgba(31,95,208,{0.9 * one:.2f})" for one in faded]},
        "textfont": {"color": ["#ffffff" if one == 1 else "#8a94a6" for one in faded]},
        "tiling": {"pad": 2},
        "pathbar": {"visible": False},
    }
    return _narrowing(areas, title, counted, noun, {})


def _beginning(label: str) -> str:
    """A label that leaves room for its bar; hovering tells the whole of it."""
    return label if len(label) <= LONGEST_TICK else label[: LONGEST_TICK - 1].rstrip() + "…"


def _narrowing(
    trace: dict[str, Any], title: str, counted: Counted, noun: str, layout: dict[str, Any]
) -> go.Figure:
    """A figure of one trace, made at once and unchecked: ten of these are drawn at every click.

    The second line of its title says on how many of how many rows it is drawn.
    """
    told = {"text": of(counted.known, counted.rows, noun)}
    common = {
        "title": {"text": title, "x": 0, "xanchor": "left", "subtitle": told},
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 72, "b": 8},
        "showlegend": False,
    }
    return go.Figure([trace], {**common, **layout}, _validate=False)


def moves(counted: Counted, chosen: Collection[str]) -> dict[str, Any]:
    """Who came from which company to which: an ECharts option, whose links can be clicked.

    Plotly's own Sankey tells nobody that it was clicked. ``moved`` are the values in the order of
    the links.
    """
    links = moved(counted, chosen)
    before = [value.partition(ARROW)[0] for value in links]
    # A company can stand on both sides; names have to differ, so those at the right end unseen.
    after = [value.partition(ARROW)[2] + RIGHT for value in links]
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "animation": False,
                "selectedMode": "single",
                "nodeGap": 6,
                "left": 0,
                "right": 160,
                "top": 8,
                "bottom": 8,
                "data": [{"name": name} for name in dict.fromkeys([*before, *after])],
                "links": [
                    {
                        "source": source,
                        "target": target,
                        "value": int(counted.values[value]),
                        "lineStyle": {"opacity": 0.5 if not chosen or value in chosen else 0.1},
                    }
                    for source, target, value in zip(before, after, links, strict=True)
                ],
            }
        ],
    }


RIGHT = "\u200b"
MOST_MOVES = 20


def moved(counted: Counted, chosen: Collection[str]) -> list[str]:
    """The moves that ``moves`` draws: the most frequent ones, and those chosen."""
    values = counted.values.index
    return [*values[:MOST_MOVES], *(one for one in values[MOST_MOVES:] if one in chosen)]


def _opacities(names: Iterable[str], chosen: Collection[str]) -> list[float]:
    return [1.0 if not chosen or name in chosen else FADED for name in names]
