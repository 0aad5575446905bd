"""What every chart shares: layout, labels, escaping of foreign text. Pure."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.formatting import strip_control_chars

HEIGHT = 300  # pixels, so that charts beside each other line up
MAX_BARS = 12  # what can be read at a glance; the rest is summed up as "All others"
OTHERS = "All others"
MAX_LABEL_CHARACTERS = 80  # characters of a label

# Where a trace holds words of others.
WORDS = ("x", "y", "labels", "text", "hovertext", "name", "legendgroup", "offsetgroup",
         "alignmentgroup")  # fmt: skip


def as_text(word: Any) -> Any:
    """A label that Plotly draws as the text it is: no HTML, no entity, one line of some length."""
    if not isinstance(word, str):
        return word
    shown = strip_control_chars(word)
    shown = shown if len(shown) <= MAX_LABEL_CHARACTERS else shown[: MAX_LABEL_CHARACTERS - 1] + "…"
    return re.sub(r"&(?=#?\w+;)", "&amp;", shown).replace("<", "&lt;")


def escape_trace(trace: Any) -> None:
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


def with_layout(figure: go.Figure, title: str, height: int = HEIGHT) -> go.Figure:
    figure.for_each_trace(escape_trace)
    figure.update_layout(
        title={"text": as_text(title), "x": 0, "xanchor": "left"},
        height=height,
        margin={"l": 8, "r": 8, "t": 48, "b": 8},
        showlegend=False,
    )
    figure.update_xaxes(title=None, automargin=True)
    figure.update_yaxes(title=None, automargin=True)
    return figure


def bars(found: pd.Series, title: str, labels: list[str] | None = None) -> go.Figure:
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
    return with_layout(figure, title)


# Companies beside each other ---------------------------------------------------------------------


def coverage_label(known: int, rows: int, noun: str = "companies") -> str:
    """On how many of how many rows a chart is drawn, for its title: ``3 of 4 companies``."""
    return f"{known:,} of {rows:,} {noun}"
