"""The ledger's paid requests: filtered, in a table, and to download."""

from __future__ import annotations

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.formatting import count, uc
from dashboard.ledger.history import SpendingHistory
from dashboard.ledger.schema import EventState
from dashboard.widgets.tables import csv_download, table

MAX_EVENTS_SHOWN = 1000


def paid_requests(history: SpendingHistory, start: date, end: date, by_day: pd.DataFrame) -> None:
    """Draws the requests of a period, the newest first, with filters above them.

    ``by_day`` is the history's sums of the same period: the pages and operations to choose from.
    """
    choices = {
        "page": ("Page", sorted(by_day["page"].unique())),
        "operation": ("Operation", sorted(by_day["operation"].unique())),
        "state": ("Outcome", [state.value for state in EventState]),
    }
    equal = {}
    with st.container(horizontal=True):
        for name, (label, options) in choices.items():
            value = st.selectbox(
                label, options, index=None, placeholder="All", key=f"ledger_{name}", width=220
            )
            if value:
                equal[name] = value
    read = partial(history.events, start, end, equal=equal)
    _warn_of_excess(history, start, end)
    events = read(limit=MAX_EVENTS_SHOWN)
    if len(events) == MAX_EVENTS_SHOWN:
        st.caption(
            f"The newest {MAX_EVENTS_SHOWN:,} requests are shown; the download has all of them."
        )
    table(events.rename(columns={"state": "outcome"}), "ledger", hidden=("id",))
    csv_download(partial(read, limit=None), "leadiq-ledger", "ledger_csv", "Download the ledger")


def _warn_of_excess(history: SpendingHistory, start: date, end: date) -> None:
    """Says how many answers held more than the price shown covers, and what that cost."""
    exceeded = history.events(start, end, limit=None, equal={"state": EventState.EXCEEDED})
    if exceeded.empty:
        return
    excess = (exceeded["charge"] - exceeded["most"]).clip(lower=0).sum()
    st.warning(
        f"{count(len(exceeded), 'answer')} held more than the price shown covers, such as a person "
        f"with three current positions. Charged above the price: {uc(round(excess, 1))}. Choose "
        f"the outcome “{EventState.EXCEEDED}” to see which.",
        icon=":material/price_change:",
    )
