"""Tables: columns, selection, downloads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import pandas as pd
import streamlit as st

from dashboard import state
from dashboard.formatting import (
    ENUM_LABELS,
    count,
    has_control_chars,
    safe_links,
    strip_control_chars,
)
from dashboard.tables.columns import LINK_COLUMNS, WORD_COLUMNS
from dashboard.tables.export import csv_bytes, excel_bytes
from dashboard.widgets.exports import csv_button, excel_button, export_menu

DAY = "D MMM YYYY"  # 25 Nov 2026, whatever the browser's language
GROWTH = "Of the headcount"

COLUMN_CONFIG: Mapping[str, Any] = {
    "person_id": "LeadIQ id",
    "prospect_id": "Prospect id",
    "company_id": "Company id",
    "list_id": "List id",
    "name": st.column_config.TextColumn("Name", width=140),
    "first_name": "First name",
    "last_name": "Last name",
    "title": st.column_config.TextColumn("Title", width=170),
    "seniority": st.column_config.TextColumn("Seniority", width=190),
    "role": "Role",
    "company": st.column_config.TextColumn("Company", width=170),
    "domain": "Domain",
    "industry": "Industry",
    "employee_range": "Employee range",
    "company_city": "Company city",
    "company_state": "Company state",
    "company_country": "Company country",
    "company_linkedin_url": st.column_config.LinkColumn("Company LinkedIn", display_text="Page"),
    "employees": st.column_config.NumberColumn("Employees", format="localized"),
    "founded": st.column_config.NumberColumn("Founded", format="%d"),
    "work_email": st.column_config.TextColumn("Email", width=250),
    "email_status": "Email status",
    "personal_email": "Personal email",
    "personal_email_status": "Personal email status",
    "other_emails": "Other emails",
    "phone": st.column_config.TextColumn("Phone", width=130),
    "phone_type": "Phone type",
    "phone_status": "Phone status",
    "company_phone": "Company phone",
    "other_phones": "Other phones",
    "match": "Match",
    "confidence": st.column_config.NumberColumn("Confidence", format="%d%%"),
    "growth_12": st.column_config.NumberColumn("Growth 12 mo", format="percent", help=GROWTH),
    "growth_24": st.column_config.NumberColumn("Growth 24 mo", format="percent", help=GROWTH),
    "trend": st.column_config.LineChartColumn("Headcount trend", y_min=0, width=110),
    "counted_at": st.column_config.DateColumn("Headcount as of", format=DAY),
    "parent": "Parent",
    "ultimate_parent": "Ultimate parent",
    "city": "City",
    "state": "State",
    "country": "Country",
    "country_code": "Country code",
    "linkedin_url": st.column_config.LinkColumn("LinkedIn", display_text="Profile"),
    "job_change": "Job change",
    "change_check": st.column_config.TextColumn(
        "Not a new job",
        help="Still the same job: the company was renamed or acquired, the title is spelled "
        "differently, or a board seat was added.",
    ),
    "changed_at": st.column_config.DateColumn("Changed", format=DAY),
    "previous_title": "Previous title",
    "previous_company": "Previous company",
    "profiles": "Ideal customer profiles",
    "position_since": st.column_config.DateColumn("In position since", format=DAY),
    "revenue": "Revenue",
    "funding_usd": st.column_config.NumberColumn("Funding (US$)", format="compact"),
    "funding_stage": "Funding stage",
    "funded_on": st.column_config.DateColumn("Last funded", format=DAY),
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
    "row": "Row",
    "problem": "Reason",
    "at": st.column_config.DatetimeColumn("Time (UTC)", format=f"{DAY}, HH:mm"),
    "user": "User",
    "requests": st.column_config.NumberColumn("Requests", format="localized"),
    "page": "Page",
    "operation": "Operation",
    "data_points": "Data points",
    "quality": "Only",
    "asked": st.column_config.NumberColumn("Requested", format="localized"),
    "returned": st.column_config.NumberColumn("Found", format="localized"),
    "least": st.column_config.NumberColumn("Min (UC)", format="%.1f"),
    "most": st.column_config.NumberColumn("Max (UC)", format="%.1f"),
    "charge": st.column_config.NumberColumn("Charged (UC)", format="%.1f"),
    "outcome": "Status",
    "plan": "Plan",
    "product": "Product",
    "status": "Status",
    "used": st.column_config.NumberColumn("Used", format="localized"),
    "available": st.column_config.NumberColumn("Available", format="localized"),
    "cap": st.column_config.NumberColumn("Plan limit", format="localized"),
    "next_period": st.column_config.DateColumn("Renews on", format=DAY),
    "created_at": st.column_config.DateColumn("Created", format=DAY),
    "updated_at": st.column_config.DateColumn("Updated", format=DAY),
}

HEADINGS: Mapping[str, str] = {
    name: config if isinstance(config, str) else str(config["label"])
    for name, config in COLUMN_CONFIG.items()
}


def table(frame: pd.DataFrame, key: str, hidden: Sequence[str] = ()) -> None:
    """Draws a table to look at, without the ``hidden`` columns; its headings are words."""
    st.dataframe(
        _displayed(frame),
        key=key,
        hide_index=True,
        column_config=COLUMN_CONFIG,
        column_order=_filled_columns(frame, hidden),
        placeholder="",
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
    height: int | Literal["auto"] = "auto",
) -> list[str]:
    """Draws a table with selectable rows; returns the selected ids.

    ``st.dataframe`` keeps a selection by row number, so the ``version`` of the data is in the
    widget's key: other rows start with the ``selected`` ids, whatever was selected before.
    ``columns`` are those drawn; without them, those that have any value. ``height`` is in pixels.
    """
    widget = f"{key}_{version}"
    event = _draw_selectable(frame, id_column, widget, columns, selected, ["multi-row"], height)
    return _ids(frame, id_column, event.selection.rows)


class Picked(NamedTuple):
    """What is picked in a table: the ids of the ticked rows, and the id of the row clicked."""

    ids: list[str]
    opened: str | None = None


def record_table(frame: pd.DataFrame, id_column: str, key: str, version: float) -> Picked:
    """Draws a table with selectable rows, any of which opens at a click on one of its cells.

    A row is opened once for each click: a later run of the page does not open it again.
    """
    widget = f"{key}_{version}"
    modes = ["multi-row", "single-cell"]
    event = _draw_selectable(frame, id_column, widget, None, (), modes)
    clicked = [row for row, _ in event.selection.cells]
    is_new = state.replace_seen(f"{widget}_cells", event.selection.cells)
    opened = _ids(frame, id_column, clicked) if is_new else []
    return Picked(_ids(frame, id_column, event.selection.rows), next(iter(opened), None))


def _ids(frame: pd.DataFrame, id_column: str, rows: Sequence[int]) -> list[str]:
    row_numbers = [number for number in rows if number < len(frame)]
    return [str(id) for id in frame[id_column].iloc[row_numbers].dropna()]


def _draw_selectable(
    frame: pd.DataFrame,
    id_column: str,
    key: str,
    columns: Sequence[str] | None,
    selected: Collection[str],
    modes: Sequence[Any],
    height: int | Literal["auto"] = "auto",
) -> Any:
    drawn = _filled_columns(frame, EXPORT_ONLY_COLUMNS) if columns is None else list(columns)
    row_numbers = [number for number, id in enumerate(frame[id_column]) if id in selected]
    return st.dataframe(
        _displayed(frame[[*dict.fromkeys([id_column, *drawn])]]),
        key=key,
        hide_index=True,
        column_config=COLUMN_CONFIG,
        column_order=drawn,
        on_select="rerun",
        selection_mode=modes,
        selection_default={"selection": {"rows": row_numbers, "columns": [], "cells": []}},
        height=height,
        placeholder="",
        alt=f"Table of {len(frame)} rows; rows can be selected",
    )


def table_version(*contents: Hashable) -> int:
    """Returns a version for ``selectable_table``: the same for the same contents, in a session."""
    return hash(contents)


def fact_table(facts: Mapping[str, str], alt: str) -> None:
    """Draws facts by their labels, one below the other, as Markdown; empty ones are left out.

    Nothing is drawn if all are.
    """
    known = {label: value for label, value in facts.items() if value}
    if known:
        st.table(
            pd.DataFrame({"fact": [*known], "value": [*known.values()]}),
            border="horizontal",
            hide_index=True,
            hide_header=True,
            alt=alt,
        )


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
    for name in WORD_COLUMNS:
        if name in displayed:
            words = displayed[name].dropna().unique()
            displayed[name] = displayed[name].map(
                {word: ENUM_LABELS.get(word, word) for word in words}
            )
    for name in displayed.columns.intersection(LINK_COLUMNS):
        displayed[name] = safe_links(displayed[name])
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

    def content() -> bytes:
        table = frame if isinstance(frame, pd.DataFrame) else frame()
        return csv_bytes(table, headings=HEADINGS)

    csv_button(content, name, key, f"{label}{rows}")


def excel_download(frame: pd.DataFrame, name: str, key: str) -> None:
    """Draws a button that saves the whole table as an Excel file, without a rerun."""
    excel_button(lambda: excel_bytes(frame, headings=HEADINGS), name, key)


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
            format_func=lambda name: HEADINGS.get(name, name),
            key=key,
            bind="query-params",
        )
    filled = _filled_columns(frame, EXPORT_ONLY_COLUMNS)
    return [name for name in options if name in chosen and name in filled] or filled[:1]


def downloads(
    frame: pd.DataFrame,
    columns: Sequence[str],
    name: str,
    key: str,
    label: str = "Download CSV",
) -> None:
    """Draws what saves the table: the drawn ``columns`` as CSV, and a menu with the rest."""
    export_menu(frame, columns, name, key, HEADINGS, label)
