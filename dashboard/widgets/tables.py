"""Tables: columns, selection, downloads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
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
    "requests": st.column_config.NumberColumn("Requests", format="localized"),
    "page": "Page",
    "operation": "Operation",
    "data_points": "Data points",
    "quality": "Only",
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
    """Draws a table to look at, without the ``hidden`` columns; its headings are words."""
    st.dataframe(
        _displayed(frame),
        key=key,
        hide_index=True,
        column_config=COLUMN_CONFIG,
        column_order=_filled_columns(frame, hidden),
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
    selected: Collection[str] = (),
) -> list[str]:
    """Draws a table with selectable rows; returns the selected ids.

    ``st.dataframe`` keeps a selection by row number, so the ``version`` of the data is in the
    widget's key: other rows start with the ``selected`` ids, whatever was selected before.
    ``columns`` are those drawn; without them, those that have any value.
    """
    drawn = _filled_columns(frame, EXPORT_ONLY_COLUMNS) if columns is None else list(columns)
    row_numbers = [number for number, id in enumerate(frame[id_column]) if id in selected]
    event = st.dataframe(
        _displayed(frame[[*dict.fromkeys([id_column, *drawn])]]),
        key=f"{key}_{version}",
        hide_index=True,
        column_config=COLUMN_CONFIG,
        column_order=drawn,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": row_numbers, "columns": [], "cells": []}},
        alt=f"Table of {len(frame)} rows; rows can be selected",
    )
    row_numbers = [number for number in event.selection.rows if number < len(frame)]
    return [str(id) for id in frame[id_column].iloc[row_numbers].dropna()]


def table_version(*contents: Hashable) -> int:
    """Returns a version for ``selectable_table``: the same for the same contents, in a session."""
    return hash(contents)


def _filled_columns(frame: pd.DataFrame, hidden: Sequence[str]) -> list[str]:
    """Returns the columns that have any value: an empty one only takes room."""
    return [name for name in frame if name not in hidden and frame[name].notna().any()]


def _displayed(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the frame as it is read: labels for the API's words, links only if they are safe."""
    displayed = frame.copy()
    for name in displayed.select_dtypes(["object", "string"]):
        # Almost no column has any, and one look at a whole column is quick.
        if has_control_chars(displayed[name]):
            displayed[name] = displayed[name].map(_clean_cell, na_action="ignore")
    for name in ("seniority", "email_status", "job_change", "before", "after"):
        if name in displayed:
            words = displayed[name].dropna().unique()
            displayed[name] = displayed[name].map(
                {word: ENUM_LABELS.get(word, word) for word in words}
            )
    if "linkedin_url" in displayed:
        displayed["linkedin_url"] = safe_links(displayed["linkedin_url"])
    return displayed


def _clean_cell(value: Any) -> Any:
    return strip_control_chars(value) if isinstance(value, str) else value


def csv_download(
    frame: pd.DataFrame | Callable[[], pd.DataFrame],
    name: str,
    key: str,
    label: str = "Download CSV",
) -> None:
    """Draws a button that saves the whole table as CSV, without a rerun.

    A long table can be passed as a function, which is called only when the button is clicked.
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
    """Draws a button that saves the whole table as an Excel file, without a rerun."""
    st.download_button(
        "Download Excel",
        data=lambda: excel_bytes(frame),
        file_name=f"{name}.xlsx",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def columns_input(frame: pd.DataFrame, key: str, hidden: Sequence[str] = ()) -> list[str]:
    """Lets the user choose a table's columns; returns those that have any value, in order.

    ``hidden`` columns are not chosen at first. If no chosen column has a value, the first that has
    one is returned.
    """
    options = [name for name in frame if name not in EXPORT_ONLY_COLUMNS]
    with st.popover("Columns", icon=":material/view_column:"):
        chosen = st.pills(
            "Columns of the table",
            options,
            selection_mode="multi",
            default=[name for name in options if name not in hidden],
            format_func=_heading,
            key=key,
            bind="query-params",
        )
    filled = _filled_columns(frame, EXPORT_ONLY_COLUMNS)
    return [name for name in options if name in chosen and name in filled] or filled[:1]


def _heading(column: str) -> str:
    config = COLUMN_CONFIG.get(column, column)
    return config if isinstance(config, str) else str(config["label"])


def downloads(frame: pd.DataFrame, columns: Sequence[str], name: str, key: str) -> None:
    """Draws buttons that save the table as CSV and Excel: the drawn ``columns``, or all."""
    all_columns = st.toggle("Download all columns", key=f"{key}_whole", persist_state="session")
    saved = frame if all_columns else frame[list(columns)]
    csv_download(saved, name, f"{key}_csv")
    excel_download(saved, name, f"{key}_excel")
