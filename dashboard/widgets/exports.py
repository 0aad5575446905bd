"""Saving tables: CSV, Excel, and the import files of CRMs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.formatting import count
from dashboard.jobs.model import CHECK, EXACT
from dashboard.tables.export import csv_bytes, excel_bytes
from dashboard.tables.presets import ImportFile, Preset, import_file, presets

DOWNLOAD = ":material/download:"
TO_CHECK = f"^{CHECK}.*"  # a match to check first; the file of people left out says why
MAX_REASONS = 5  # that are listed
NAMES = ("first_name", "last_name")  # that every file of people has, whatever the table shows


def csv_button(data: Callable[[], bytes], name: str, key: str, label: str) -> None:
    """Draws a button that saves a CSV file, without a rerun; ``data`` makes it at the click."""
    st.download_button(
        label,
        data=data,
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=DOWNLOAD,
        on_click="ignore",
        key=key,
    )


def excel_button(data: Callable[[], bytes], name: str, key: str) -> None:
    """Draws a button that saves an Excel file, without a rerun; ``data`` makes it at the click."""
    st.download_button(
        "Download Excel",
        data=data,
        file_name=f"{name}.xlsx",
        icon=DOWNLOAD,
        on_click="ignore",
        key=key,
    )


def export_menu(
    frame: pd.DataFrame,
    columns: Sequence[str],
    name: str,
    key: str,
    headings: Mapping[str, str],
    label: str = "Download CSV",
) -> None:
    """Draws a button that saves the drawn ``columns`` as CSV, and a menu with other exports.

    The menu has a switch for all columns, Excel, and people for a CRM. The CSV is not in it: Tab
    reaches what a popover holds only after the whole page.
    """
    csv = st.container(width="content")
    with st.popover("Export", icon=DOWNLOAD):
        drawn = with_names(frame, columns)
        whole = len(drawn) < frame.shape[1] and st.toggle(
            "All columns", key=f"{key}_whole", persist_state="session"
        )
        saved = frame if whole else frame[drawn]
        excel_button(lambda: excel_bytes(saved, headings=headings), name, f"{key}_excel")
        if {*NAMES} <= {*frame}:
            crm_export(lambda: _with_doubts(frame), name, key)
    with csv:
        csv_button(
            lambda: csv_bytes(saved, headings=headings),
            name,
            f"{key}_csv",
            f"{label} · {count(len(saved), 'row')}",
        )


def with_names(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Returns the columns with first and last name beside the name, if the table has them."""
    missing = [name for name in NAMES if name in frame and name not in columns]
    place = columns.index("name") + 1 if "name" in columns else 0
    return [*columns[:place], *missing, *columns[place:]]


def _with_doubts(people: pd.DataFrame) -> pd.DataFrame:
    if "match" not in people:
        return people
    return people.assign(doubt=people["match"].where(people["match"] != EXACT))


def crm_export(people: Callable[[], pd.DataFrame], name: str, key: str) -> None:
    """Lets the user choose a CRM; saves the people as it imports them, and who is left out.

    ``people`` is called once a CRM is chosen, and may have the column ``doubt`` of ``import_file``.
    """
    chosen = st.pills(
        "For import into",
        [*presets()],
        format_func=lambda preset: presets()[preset].label,
        key=f"{key}_crm",
    )
    if not chosen:
        return
    preset = presets()[chosen]
    made = import_file(people(), preset)
    st.caption(_summary(preset, made))
    with st.container(horizontal=True):
        if len(made.rows):
            csv_button(
                lambda: csv_bytes(made.rows),
                f"{name}-{chosen}",
                f"{key}_{chosen}",
                f"Download for {preset.label} · {count(len(made.rows), 'person', 'people')}",
            )
        if len(made.left_out):
            csv_button(
                lambda: csv_bytes(made.left_out),
                f"{name}-{chosen}-left-out",
                f"{key}_{chosen}_left_out",
                f"Download people left out · {count(len(made.left_out), 'person', 'people')}",
            )


def _summary(preset: Preset, made: ImportFile) -> str:
    """Returns who is left out, in words: ``Left out: 2 × no work email.``."""
    said = made.left_out["Left out because"]
    reasons = said.str.replace(TO_CHECK, "may be somebody else", regex=True).value_counts()
    if reasons.empty:
        return f"Everybody is in the file for {preset.label}."
    parts = [f"{number:,} × {reason}" for reason, number in reasons.head(MAX_REASONS).items()]
    more = " and other reasons" if len(reasons) > MAX_REASONS else ""
    return f"Left out: {', '.join(parts)}{more}."
