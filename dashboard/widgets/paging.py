"""One page of a long table: a browser takes seconds for rows that nobody scrolls to."""

from __future__ import annotations

import pandas as pd
import streamlit as st

PAGE_ROWS = 1_000


def page_of(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Returns one page of a long table, and draws what chooses it; a short table is returned whole.

    ``key`` begins the key of the widget.
    """
    pages = -(-len(frame) // PAGE_ROWS)
    if pages <= 1:
        return frame
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(f"Page, of {pages:,}", 1, pages, key=f"{key}_{pages}", width=160)
        start = (number - 1) * PAGE_ROWS
        page = frame.iloc[start : start + PAGE_ROWS]
        st.caption(f"Rows {start + 1:,} to {start + len(page):,} of {len(frame):,}.")
    return page
