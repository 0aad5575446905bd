"""A trivial app: five pages, each one table and one Plotly Express bar, and one of any elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def elements() -> None:
    """Draws as many elements of each kind as the address has: ``?text_area=15``."""
    for kind, number in st.query_params.items():
        for at in range(int(number)):
            DRAW[kind](f"{kind} {at}")


EMPTY = pd.DataFrame({"name": ["Name"]})
FIGURE = {"data": [{"type": "bar", "x": [1], "y": ["Name"]}], "layout": {}}
# What draws an element or a block, by its kind in Streamlit's messages, with nothing in it.
DRAW: Mapping[str, Callable[[str], object]] = {
    "alert": st.info,
    "bidi_component": lambda _: st.empty(),  # a component of the console's own
    "button": lambda label: st.button(label, key=label),
    "button_group": lambda label: st.pills(label, "abc", key=label),
    "checkbox": lambda label: st.checkbox(label, key=label),
    "code": st.code,
    "column": lambda _: st.container(),
    "dataframe": lambda label: st.dataframe(EMPTY, key=label),
    "date_input": lambda label: st.date_input(label, None, key=label),
    "download_button": lambda label: st.download_button(label, "", key=label),
    "expandable": st.expander,
    "file_uploader": lambda label: st.file_uploader(label, key=label),
    "flex_container": lambda _: st.container(),
    "form": st.form,
    "grid_container": lambda _: st.grid(2),
    "heading": st.header,
    "link_button": lambda label: st.link_button(label, "https://example.com"),
    "markdown": st.markdown,
    "metric": lambda label: st.metric(label, 1),
    "multiselect": lambda label: st.multiselect(label, "abc", key=label),
    "number_input": lambda label: st.number_input(label, key=label),
    "page_link": lambda label: st.page_link(pages[0], label=label),
    "plotly_chart": lambda label: st.plotly_chart(FIGURE, key=label),
    "popover": st.popover,
    "progress": lambda _: st.progress(1.0),
    "radio": lambda label: st.radio(label, "abc", key=label),
    "selectbox": lambda label: st.selectbox(label, "abc", key=label),
    "space": lambda _: st.space(),
    "tab": lambda _: None,  # of the container, which has as many
    "tab_container": lambda _: st.tabs([*"abc"]),
    "table": lambda _: st.table(EMPTY),
    "text_area": lambda label: st.text_area(label, key=label),
    "text_input": lambda label: st.text_input(label, key=label),
}

pages: list[st.Page] = [st.Page(elements, url_path="elements")]
for number in range(1, 6):
    page(number)
st.navigation([*pages[1:], pages[0]]).run()
