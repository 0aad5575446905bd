"""The outlines of countries for maps, served by the app itself: Plotly would ask another host.

``world_110m.json`` is the file of that name in plotly.js 3.3 (MIT licence, Plotly Technologies
Inc.; countries by ISO 3166 alpha-3 code).
"""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v1 import declare_component

# Relative to the page, so that it holds below a base path too.
TOPOLOGY = f"component/{__name__}.world/"


def serve() -> None:
    """Has Streamlit serve this folder; the way that it has for a component's files."""
    declare_component("world", path=Path(__file__).parent)
