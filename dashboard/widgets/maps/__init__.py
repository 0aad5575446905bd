"""The outlines of countries for maps, served by the app itself: Plotly would ask another host.

Streamlit serves this folder as the files of a component, its only way to serve a file to Plotly
without a request to a third party. No component is ever drawn: with ``widgets/typed_text``, this is
the documented exception to "no component of our own" in ``tests/test_architecture.py``.

``world_110m.json`` is the file of that name in plotly.js 3.3 (MIT licence, Plotly Technologies
Inc.; countries by ISO 3166 alpha-3 code).
"""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v1 import declare_component

# Relative to the page, so that it works below a base path too.
TOPOLOGY = f"component/{__name__}.world/"


def serve() -> None:
    """Lets Streamlit serve this folder to the browser."""
    declare_component("world", path=Path(__file__).parent)
