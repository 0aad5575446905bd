"""What all charts share: layout, colours, plain-text labels, and bars. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from dashboard.formatting import strip_control_chars

HEIGHT = 300  # pixels, the same for all, so that charts side by side align
MAX_BARS = 12  # that can be read at a glance
OTHERS = "Other"
MAX_LABEL_CHARACTERS = 80
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})

# Streamlit colours bars, lines and areas by the theme in .streamlit/config.toml. The colours below
# do not follow the theme: one set of them serves the light and the dark page.
BLUE, LIGHT_BLUE = "#1f5fd0", "#9cc2ff"
STRONG_BLUE, SLATE = "#2563eb", "#64748b"  # white text is readable on both
WHITE = "#ffffff"  # of text
LAND, BORDER = "rgba(128,128,128,0.18)", "rgba(128,128,128,0.4)"
TRANSPARENT = "rgba(0,0,0,0)"

# The properties of a trace that hold text from the API.
TEXT_PROPERTIES = ("x", "y", "labels", "text", "name", "legendgroup")


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


def unvalidated_figure(traces: Iterable[Mapping[str, Any]], layout: Mapping[str, Any]) -> go.Figure:
    """Returns a figure of these traces without validation; the caller escapes their text.

    Figures are made again at every run of a page. Plotly Express takes 15 ms for one, validation
    some more; so charts are written out, and tests/dashboard/charts/test_base.py validates each.
    ``_validate`` is a private keyword of Plotly's ``Figure``, verified with Plotly 7.1.0; the same
    tests fail if it disappears.
    """
    return go.Figure([dict(trace) for trace in traces], dict(layout), _validate=False)


def titled_figure(
    traces: Iterable[Mapping[str, Any]],
    title: str,
    *,
    xaxis: Mapping[str, Any] = NO_OPTIONS,
    yaxis: Mapping[str, Any] = NO_OPTIONS,
    **layout: Any,
) -> go.Figure:
    """Returns a figure with the layout of all charts, the text of its traces and title escaped.

    The options of axes and layout are added to those of all charts.
    """
    common = {
        "title": {"text": as_text(title), "x": 0, "xanchor": "left"},
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 48, "b": 8},
        "showlegend": False,
        "xaxis": {"automargin": True, **xaxis},
        "yaxis": {"automargin": True, **yaxis},
    }
    return unvalidated_figure(map(_escaped, traces), {**common, **layout})


def _escaped(trace: Mapping[str, Any]) -> dict[str, Any]:
    texts = {
        name: as_text(value) if isinstance(value, str) else [as_text(word) for word in value]
        for name, value in trace.items()
        if name in TEXT_PROPERTIES
    }
    return {**trace, **texts}


def theme_colors() -> Sequence[str]:
    """Returns the colours that traces take in turn, which the page's theme replaces by its own."""
    return pio.templates[pio.templates.default].layout.colorway or ()


def instants(times: pd.Series) -> list[str]:
    """Returns times as Plotly reads them, in the zone that they have."""
    return [*times.dt.strftime("%Y-%m-%dT%H:%M:%S")]


def bar_width(bars: int) -> float:
    """Returns the width of each bar, as a part of its slot: two bars need not fill a chart."""
    return min(0.8, 0.2 * bars)


def bars(numbers: pd.Series, title: str, labels: list[str] | None = None) -> go.Figure:
    """Returns horizontal bars of numbers by name, in this order, each with its number or label.

    The figure of fewer than two numbers has no data: a single bar compares nothing.
    """
    if len(numbers) <= 1:
        return go.Figure()
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [str(name) for name in numbers.index],
        "x": numbers.to_list(),
        "text": labels or [f"{number:,.0f}" for number in numbers],
        "textposition": "auto",
        "textangle": 0,
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "width": bar_width(len(numbers)),
    }
    return titled_figure(
        [trace],
        title,
        xaxis={"showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "type": "category"},
    )


def covered_title(title: str, covered: int, rows: int) -> str:
    """Returns the title of a chart, with how many companies it shows if that is not all."""
    return title if covered == rows else f"{title} · {coverage_label(covered, rows)}"


def coverage_label(covered: int, rows: int, noun: str = "companies") -> str:
    """Returns how many of the rows a chart shows, for its title: ``3 of 4 companies``."""
    return f"{covered:,} of {rows:,} {noun}"
