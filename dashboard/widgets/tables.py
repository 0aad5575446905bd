"""Tables: columns, selection, downloads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.formatting import (
    ENUM_LABELS,
    count,
    has_control_chars,
    safe_links,
    strip_control_chars,
)
from dashboard.tables.export import csv_bytes, excel_bytes

COLUMN_CONFIG: Mapping[str, Any] = {
    "person_id": "LeadIQ id",
    "prospect_id": "Prospect id",
    "company_id": "Company id",
    "list_id": "List id",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "title": "Title",
    "seniority": "Seniority",
    "role": "Role",
    "company": "Company",
    "domain": "Domain",
    "industry": "Industry",
    "employees": st.column_config.NumberColumn("Employees", format="localized"),
    "founded": st.column_config.NumberColumn("Founded", format="%d"),
    "work_email": "Email",
    "email_status": "Email status",
    "phone": "Phone",
    "city": "City",
    "state": "State",
    "country": "Country",
    "country_code": "Country code",
    "linkedin_url": st.column_config.LinkColumn("LinkedIn", display_text="Profile"),
    "job_change": "Job change",
    "changed_at": st.column_config.DateColumn("Changed", format="localized"),
    "previous_title": "Previous title",
    "previous_company": "Previous company",
    "position_since": st.column_config.DateColumn("In position since", format="localized"),
    "revenue": "Revenue",
    "funding_usd": st.column_config.NumberColumn("Funding", format="dollar"),
    "funding_stage": "Funding stage",
    "funded_on": st.column_config.DateColumn("Last funded", format="localized"),
    "technologies": "Technologies",
    "technology_categories": "Technology categories",
    "new": st.column_config.CheckboxColumn("New"),
    "description": "Description",
    "contacts": st.column_config.NumberColumn("Contacts", format="localized"),
    "shown": st.column_config.NumberColumn("Shown", format="localized"),
    "notes": "Notes",
    "prospects": st.column_config.NumberColumn("Prospects", format="localized"),
    "before": "Status before",
    "after": "Status now",
    "problem": "Why not",
    "at": st.column_config.DatetimeColumn("Time (UTC)", format="localized"),
    "user": "User",
    "page": "Page",
    "operation": "Operation",
    "data_points": "Data points",
    "asked": st.column_config.NumberColumn("Asked", format="localized"),
    "returned": st.column_config.NumberColumn("Returned", format="localized"),
    "least": st.column_config.NumberColumn("At least, UC", format="%.1f"),
    "most": st.column_config.NumberColumn("At most, UC", format="%.1f"),
    "charge": st.column_config.NumberColumn("Charged, UC", format="%.1f"),
    "outcome": "Outcome",
    "plan": "Plan",
    "product": "Product",
    "status": "Status",
    "used": st.column_config.NumberColumn("Used", format="localized"),
    "available": st.column_config.NumberColumn("Available", format="localized"),
    "cap": st.column_config.NumberColumn("Cap", format="localized"),
    "next_period": st.column_config.DateColumn("Next period", format="localized"),
    "created_at": st.column_config.DateColumn("Created", format="localized"),
    "updated_at": st.column_config.DateColumn("Updated", format="localized"),
}


def table(frame: pd.DataFrame, key: str, hidden: Sequence[str] = ()) -> None:
    """A table to look at, with links and people's column names."""
    st.dataframe(
        _shown(frame),
        key=key,
        hide_index=True,
        column_config=COLUMN_CONFIG,
        column_order=_columns(frame, hidden),
        alt=f"Table of {len(frame)} rows",
    )


# Columns that only the exports have: ids, and names in parts.
EXPORT_ONLY_COLUMNS = ("person_id", "company_id", "prospect_id", "first_name", "last_name")


def selectable_table(
    frame: pd.DataFrame,
    id_column: str,
    key: str,
    version: float,
    columns: Sequence[str] | None = None,
    chosen: Collection[str] = (),
) -> list[str]:
    """A table with selectable rows; the selection as ids.

    ``st.dataframe`` keeps positions, so the data's ``version`` is in the key: another set of rows
    begins with the ``chosen`` ids selected, and with nothing where there are none. ``columns`` are
    those shown.
    """
    shown = _columns(frame, EXPORT_ONLY_COLUMNS) if columns is None else list(columns)
    first = [place for place, id in enumerate(frame[id_column]) if id in chosen]
    event = st.dataframe(
        _shown(frame[[*dict.fromkeys([id_column, *shown])]]),
        key=f"{key}_{version}",
        hide_index=True,
        column_config=COLUMN_CONFIG,
        column_order=shown,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": first, "columns": [], "cells": []}},
        alt=f"Table of {len(frame)} rows; rows can be selected",
    )
    places = [place for place in event.selection.rows if place < len(frame)]
    return [str(row) for row in frame[id_column].iloc[places].dropna()]


def _columns(frame: pd.DataFrame, hidden: Sequence[str]) -> list[str]:
    """What a table shows: a column that nothing is known of only takes room."""
    return [name for name in frame if name not in hidden and frame[name].notna().any()]


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as people read it: plain words for the API's, links only where they are safe."""
    shown = frame.copy()
    for name in shown.select_dtypes(["object", "string"]):
        if has_control_chars(
            shown[name]
        ):  # almost no column has, and one look at all of it is quick
            shown[name] = shown[name].map(_cell, na_action="ignore")
    for name in ("seniority", "email_status", "job_change", "before", "after"):
        if name in shown:
            words = {one: ENUM_LABELS.get(one, one) for one in shown[name].dropna().unique()}
            shown[name] = shown[name].map(words)
    if "linkedin_url" in shown:
        shown["linkedin_url"] = safe_links(shown["linkedin_url"])
    return shown


def _cell(value: Any) -> Any:
    return strip_control_chars(value) if isinstance(value, str) else value


def csv_download(
    frame: pd.DataFrame | Callable[[], pd.DataFrame],
    name: str,
    key: str,
    label: str = "Download CSV",
) -> None:
    """A button that saves the whole table as CSV; it sends nothing and runs nothing again.

    A long table is given as a function, which reads it only when the button is pressed.
    """
    rows = f" · {count(len(frame), 'row')}" if isinstance(frame, pd.DataFrame) else ""
    st.download_button(
        f"{label}{rows}",
        data=lambda: csv_bytes(frame if isinstance(frame, pd.DataFrame) else frame()),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def excel_download(frame: pd.DataFrame, name: str, key: str) -> None:
    """A button that saves the whole table as an Excel file; it sends nothing."""
    st.download_button(
        "Download Excel",
        data=lambda: excel_bytes(frame),
        file_name=f"{name}.xlsx",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def columns_input(frame: pd.DataFrame, key: str, hidden: Sequence[str] = ()) -> list[str]:
    """Lets a person choose a table's columns; those chosen that something is known of, in order.

    ``hidden`` are not shown before somebody chooses them.
    """
    offered = [name for name in frame if name not in EXPORT_ONLY_COLUMNS]
    with st.popover("Columns", icon=":material/view_column:"):
        chosen = st.pills(
            "Columns of the table",
            offered,
            selection_mode="multi",
            default=[name for name in offered if name not in hidden],
            format_func=_heading,
            key=key,
            bind="query-params",
        )
    known = _columns(frame, EXPORT_ONLY_COLUMNS)
    return [name for name in offered if name in chosen and name in known] or known[:1]


def _heading(column: str) -> str:
    told = COLUMN_CONFIG.get(column, column)
    return told if isinstance(told, str) else str(told["label"])


def downloads(frame: pd.DataFrame, columns: Sequence[str], name: str, key: str) -> None:
    """The table as CSV and Excel: the ``columns`` that are shown, or all of them."""
    whole = st.toggle("Download all columns", key=f"{key}_whole", persist_state="session")
    taken = frame if whole else frame[list(columns)]
    csv_download(taken, name, f"{key}_csv")
    excel_download(taken, name, f"{key}_excel")
