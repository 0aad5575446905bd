"""Charts side by side."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st


def figures(key: str, *drawn: go.Figure | None) -> None:
    """Charts side by side, two to a row, one below the other on a phone."""
    shown = [figure for figure in drawn if figure is not None and figure.data]
    for start in range(0, len(shown), 2):
        columns = st.columns(2, gap="medium")
        for place, figure in enumerate(shown[start : start + 2], start):
            with columns[place - start].container(border=True):
                title = figure.layout.title.text
                st.plotly_chart(
                    figure, key=f"{key}_{place}", config={"displaylogo": False}, alt=title
                )
