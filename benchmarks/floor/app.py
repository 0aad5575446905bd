"""A trivial app of five pages, each one table and one Plotly Express bar."""

from __future__ import annotations

import pandas as pd
import plotly.express as px
import streamlit as st

ROWS = 10


def draw(number: int) -> None:
    """Draws a page."""
    st.title(f"Page {number}")
    table = pd.DataFrame(
        {"name": [f"Name {row}" for row in range(ROWS)], "number": [*range(number, number + ROWS)]}
    )
    st.dataframe(table)
    st.plotly_chart(px.bar(table, x="name", y="number"))


def page(number: int) -> None:
    """Serves one of the pages under its own address."""

    def show() -> None:
        draw(number)

    pages.append(st.Page(show, title=f"Page {number}", url_path=f"page_{number}"))


pages: list[st.Page] = []
for number in range(1, 6):
    page(number)
st.navigation(pages).run()
