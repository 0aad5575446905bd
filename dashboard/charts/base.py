"""What all charts share: layout, colours, plain-text labels, and bars. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from dashboard.formatting import strip_control_chars

HEIGHT = 300  # pixels, the same for all, so that charts side by side align
MAX_BARS = 12  # that can be read at a glance
OTHERS = "Other"
MAX_LABEL_CHARACTERS = 80

# Streamlit colours bars, lines and areas by the theme in .streamlit/config.toml. The colours below
# do not follow the theme: one set of them serves the light and the dark page.
BLUE, LIGHT_BLUE = "#1f5fd0", "#9cc2ff"
STRONG_BLUE, SLATE = "#2563eb", "#64748b"  # white text is readable on both
WHITE = "#ffffff"  # of text
LAND, BORDER = "rgba(128,128,128,0.18)", "rgba(128,128,128,0.4)"
TRANSPARENT = "rgba(0,0,0,0)"

# The properties of a trace that hold text from the API.
TEXT_PROPERTIES = (
    "x",
    "y",
    "labels",
    "text",
    "hovertext",
    "name",
    "legendgroup",
    "offsetgroup",
    "alignmentgroup",
)


def translucent(color: str, opacity: float) -> str:
    """Returns a colour, ``#1f5fd0``, with an opacity from 0 to 1."""
    red, green, blue = bytes.fromhex(color[1:])
    return f"rgba({red},{green},{blue},{opacity:.2f})"


def as_text(word: Any) -> Any:
    """Returns a label that Plotly draws literally: without HTML and entities, in one short line.

    Anything but a string is returned as it is.
    """
    if not isinstance(word, str):
        return word
    text = strip_control_chars(word)
    if len(text) > MAX_LABEL_CHARACTERS:
        text = text[: MAX_LABEL_CHARACTERS - 1] + "…"
    return re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;")


def escape_trace(trace: Any) -> None:
    """Escapes all text that a trace took from a frame, in place."""
    if trace.name and trace.hovertemplate:
        # Plotly Express wrote the name into the template, where it would not be escaped.
        trace.hovertemplate = trace.hovertemplate.replace(f"={trace.name}<", "=%{fullData.name}<")
    for name in TEXT_PROPERTIES:
        value = getattr(trace, name, None)
        if isinstance(value, str):
            trace[name] = as_text(value)
        elif isinstance(value, np.ndarray) and value.dtype == object:
            trace[name] = np.frompyfunc(as_text, 1, 1)(value)
        elif isinstance(value, tuple):
            trace[name] = [as_text(word) for word in value]


def with_layout(figure: go.Figure, title: str, height: int = HEIGHT) -> go.Figure:
    """Returns the figure with its text escaped, and with the title and layout of all charts."""
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


def unvalidated_figure(trace: Mapping[str, Any], layout: Mapping[str, Any]) -> go.Figure:
    """Returns a figure of one trace without validation; the caller escapes its text.

    Ten of these are made again at every click, and validation would double the time of making
    them. ``_validate`` is a private keyword of Plotly's ``Figure``, verified with Plotly 7.1.0;
    tests/dashboard/charts/test_base.py fails if it disappears.
    """
    return go.Figure([dict(trace)], dict(layout), _validate=False)


def bar_width(bars: int) -> float:
    """Returns the width of each bar, as a part of its slot: two bars need not fill a chart."""
    return min(0.8, 0.2 * bars)


def bars(numbers: pd.Series, title: str, labels: list[str] | None = None) -> go.Figure:
    """Returns horizontal bars of numbers by name, in this order, each with its number or label.

    The figure of fewer than two numbers has no data: a single bar compares nothing.
    """
    if len(numbers) <= 1:
        return go.Figure()
    table = pd.DataFrame(
        {
            "name": [str(name) for name in numbers.index],
            "number": numbers.to_numpy(),
            "label": labels or [f"{number:,.0f}" for number in numbers],
        }
    )
    figure = px.bar(table, y="name", x="number", text="label", orientation="h")
    figure.update_traces(
        cliponaxis=False,
        textangle=0,
        hovertemplate="%{y}: %{text}<extra></extra>",
        width=bar_width(len(table)),
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(showticklabels=False, showgrid=False)
    return with_layout(figure, title)


def coverage_label(covered: int, rows: int, noun: str = "companies") -> str:
    """Returns how many of the rows a chart shows, for its title: ``3 of 4 companies``."""
    return f"{covered:,} of {rows:,} {noun}"
