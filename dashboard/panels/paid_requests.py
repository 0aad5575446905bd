"""The ledger's paid requests: filtered, in a table, and to download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.formatting import count, day, escape_markdown, uc
from dashboard.ledger.history import SpendingHistory
from dashboard.ledger.sample import SampleHistory
from dashboard.ledger.schema import EventState
from dashboard.ledger.spending import OPERATION_LABELS, bought_label, of_bar
from dashboard.panels.spending import Bar
from dashboard.widgets.tables import csv_download, table

MAX_EVENTS_SHOWN = 1000
FIRST_COLUMNS = ("at", "operation", "data_points", "returned", "charge", "outcome", "page")
STATUS_LABELS: Mapping[str, str] = {
    EventState.SETTLED: "Charged",
    EventState.ESTIMATED: "Charged, not confirmed yet",
    EventState.EXCEEDED: "Charged above the price",
    EventState.REFUSED: "Refused",
    EventState.UNKNOWN: "Unknown",
    EventState.OPEN: "In flight",
}


def paid_requests(
    history: SpendingHistory | SampleHistory,
    start: date,
    end: date,
    by_day: pd.DataFrame,
    bar: Bar | None,
) -> None:
    """Draws the requests of a period, the newest first, with filters above them.

    ``by_day`` is the history's sums of the same period: the pages and operations to choose from.
    ``bar`` is the part of the daily spend that is selected there, if any.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        equal = _filters(by_day)
        export = st.container(width="content")
    read = partial(history.events, start, end, equal=equal)
    if bar is not None:
        read = partial(_of_bar, partial(history.events, bar.day, bar.day, equal=equal), bar)
        st.caption(
            f":material/filter_alt: {day(pd.Timestamp(bar.day))} · {escape_markdown(bar.what)}. "
            "Double-click the chart to show the whole period."
        )
    _warn_of_excess(history, start, end)
    events = read(limit=MAX_EVENTS_SHOWN)
    if len(events) == MAX_EVENTS_SHOWN:
        st.caption(f"Showing the latest {MAX_EVENTS_SHOWN:,}. Download to get all.")
    with export:
        everything = partial(read, limit=None)
        csv_download(everything, "leadiq-ledger", "ledger_csv", "Download the ledger")
    table(_in_words(events), "ledger", hidden=("id", "saved"))


def _filters(by_day: pd.DataFrame) -> dict[str, str]:
    """Draws a box for each filter of the ledger; returns the values of columns that are chosen."""
    choices = {
        "page": ("Page", sorted(by_day["page"].unique()), {}),
        "operation": ("Operation", sorted(by_day["operation"].unique()), OPERATION_LABELS),
        "state": ("Status", [state.value for state in EventState], STATUS_LABELS),
    }
    equal = {}
    for name, (label, options, labels) in choices.items():
        value = st.selectbox(
            label,
            options,
            index=None,
            format_func=partial(_label, labels),
            placeholder="All",
            key=f"ledger_{name}",
            width=220,
        )
        if value:
            equal[name] = value
    return equal


def _label(labels: Mapping[str, str], option: str) -> str:
    return labels.get(option, option)


def _of_bar(read: Callable[..., pd.DataFrame], bar: Bar, *, limit: int | None) -> pd.DataFrame:
    events = of_bar(read(limit=None), bar.what, bar.split)
    return events if limit is None else events.head(limit)


def _in_words(events: pd.DataFrame) -> pd.DataFrame:
    """Returns the requests as they are read: the decisive columns first, and words for names."""
    shown = events.rename(columns={"state": "outcome"})
    shown = shown[[*FIRST_COLUMNS, *(name for name in shown if name not in FIRST_COLUMNS)]]
    return shown.assign(
        operation=shown["operation"].replace(OPERATION_LABELS),
        data_points=[bought_label(row) for row in shown.to_dict("records")],
        outcome=shown["outcome"].replace(STATUS_LABELS),
    )


def _warn_of_excess(history: SpendingHistory | SampleHistory, start: date, end: date) -> None:
    """Says how many answers held more than the price shown covers, and what that cost."""
    exceeded = history.events(start, end, limit=None, equal={"state": EventState.EXCEEDED})
    if exceeded.empty:
        return
    excess = (exceeded["charge"] - exceeded["most"]).clip(lower=0).sum()
    st.warning(
        f"{count(len(exceeded), 'answer')} held more than the price shown covers, such as a person "
        f"with three current positions. Charged above the price: {uc(round(excess, 1))}. Choose "
        f"the status “{STATUS_LABELS[EventState.EXCEEDED]}” to see which.",
        icon=":material/price_change:",
    )
