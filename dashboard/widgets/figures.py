"""Charts side by side."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

FIGURES_PER_ROW = 2  # on a phone they are drawn one below the other


def figures(key: str, *candidates: go.Figure | None) -> None:
    """Draws those figures that have data, side by side."""
    drawn = [figure for figure in candidates if figure is not None and figure.data]
    for start in range(0, len(drawn), FIGURES_PER_ROW):
        columns = st.columns(FIGURES_PER_ROW, gap="medium")
        row = drawn[start : start + FIGURES_PER_ROW]
        for index, (column, figure) in enumerate(zip(columns, row, strict=False), start):
            with column.container(border=True):
                st.plotly_chart(
                    figure,
                    key=f"{key}_{index}",
                    config={"displaylogo": False},
                    alt=figure.layout.title.text,
                )
