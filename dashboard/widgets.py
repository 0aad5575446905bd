"""What several pages draw: data points with prices, paid buttons, tables, CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import data, frames, state
from dashboard.budget import confirm, needs_confirmation
from dashboard.ledger import BudgetExceededError
from dashboard.page import Account, show_error
from dashboard.wording import (
    ENUM_LABELS,
    count,
    has_invisible,
    links,
    plain,
    uc,
    up_to,
    visible,
)
from leadiq_api.credits import Estimate, Record

# A data point's name in the account's price list, and on the screen.
DATA_POINTS: Mapping[str, tuple[str, str]] = {
    "email": ("PersonEmail", "Email"),
    "phone": ("PersonPhone", "Phone"),
    "company": ("Company", "Company information"),
}

COLUMNS: Mapping[str, Any] = {
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


def data_points_input(account: Account, offered: Sequence[str], key: str) -> tuple[str, ...]:
    """Lets a person choose what to pay for, each with its price; nothing is chosen for them."""
    chosen = st.pills(
        "Data points beside the profile",
        offered,
        selection_mode="multi",
        format_func=lambda point: _priced(account, point),
        key=key,
        persist_state="session",
        help=f"The profile comes with every person found ({uc(account.prices['Profile'])}).",
    )
    return tuple(point for point in offered if point in (chosen or ()))


def _priced(account: Account, point: str) -> str:
    name, label = DATA_POINTS[point]
    return f"{label} · {uc(account.prices[name])}"


def paid_button(
    account: Account, label: str, price: Estimate, key: str, *, form: bool, note: bool = True
) -> bool:
    """A button that carries its price. True when pressed; ``may_send`` tells whether to send.

    ``note`` adds the balance beneath it.
    """
    button: Callable[..., bool] = st.form_submit_button if form else st.button
    pressed = button(
        f"{label} · {up_to(price.maximum)}",
        type="primary",
        key=key,
        icon=":material/search:",
        on_click=state.offer,
        args=(price.maximum,),
    )
    if note:
        st.caption(_price_note(account.available, price.maximum))
    return pressed


def _price_note(available: int | None, most: Decimal) -> str:
    if available is None:
        return f"At most {uc(most)}. The balance is not known."
    if most > available:
        return f"At most {uc(most)}: more than the {available:,} UC available. Choose less."
    return f"At most {uc(most)} of the {available:,} UC available. Already unlocked data is free."


def may_send(account: Account, pressed: bool, price: Estimate, request: Any) -> bool:
    """Whether ``request`` goes out now: its button was pressed with this price on it, and where
    the price is above the account's threshold, it was confirmed."""
    named = repr((account.fingerprint, request))
    if account.confirmed == named:
        return True
    if not pressed or not _offered(price.maximum):
        return False
    if needs_confirmation(account, price):
        confirm(account, price, named)
        return False
    return True


def _offered(most: Decimal) -> bool:
    """Whether the button just pressed had shown at least this price; if not, says so.

    The last words typed before a press change the price after it was shown.
    """
    shown = st.session_state[state.OFFERED]
    if shown is not None and most <= shown:
        return True
    st.warning(
        f"With what you entered last, this costs up to {uc(most)}. Nothing was sent. "
        "Press the button again to go on.",
        icon=":material/payments:",
    )
    return False


def preview_offer(
    account: Account, points: tuple[str, ...]
) -> list[tuple[bool, Estimate, dict[str, Any]]]:
    """What the last free preview found, and a button to get just that person.

    Gives (pressed, price, ``SearchPeopleInput``), or nothing where nobody was previewed.
    """
    owner, found = st.session_state[state.PREVIEW] or (None, None)
    if owner != account.fingerprint or found is None:
        return []
    person = frames.text(found, "personId")
    if person is None:
        st.info("The preview found nobody, so a search would cost nothing and find nobody.")
        return []
    has = {"email": found.get("hasEmail") is True, "phone": found.get("hasPhone") is True}
    with st.container(border=True):
        told = " and ".join(("with " if has[one] else "without ") + f"{one}" for one in has)
        st.markdown(f"The preview found this person {told}.")
        companies = None if "company" in points else ()
        known = Record(person, has["email"], has["phone"], companies)
        request = {"id": person, "limit": 1}
        price = account.purse.price("searchPeople", request, points, known)
        return [(paid_button(account, "Get it", price, "preview_get", form=False), price, request)]


def after_paying(account: Account, outcome: state.Outcome) -> None:
    """Reads the new balance and draws the page again, so that later reruns send nothing."""
    stopped = [error for error in outcome.errors.values() if isinstance(error, BudgetExceededError)]
    if outcome.answers or len(stopped) < len(outcome.errors):
        data.forget_account(*account.caller)
    st.rerun()


def show_errors(outcome: state.Outcome) -> None:
    """Each failure of a search, with what it was about where there was more than one request."""
    for label, error in outcome.errors.items():
        if isinstance(label, str):
            st.markdown(f"**{plain(label)}**")
        show_error(error, paid=True)


def figures(key: str, *drawn: go.Figure | None) -> None:
    """Charts side by side, two to a row, one below the other on a phone."""
    shown = [figure for figure in drawn if figure is not None and figure.data]
    for start in range(0, len(shown), 2):
        columns = st.columns(2, gap="medium")
        for place, figure in enumerate(shown[start : start + 2], start):
            with columns[place - start].container(border=True):
                title = figure.layout.title.text
                st.plotly_chart(
                    figure, key=f"{key}_{place}", config={"displaylogo": False}, alt=title
                )


def table(frame: pd.DataFrame, key: str, hidden: Sequence[str] = ()) -> None:
    """A table to look at, with links and people's column names."""
    st.dataframe(
        _shown(frame),
        key=key,
        hide_index=True,
        column_config=COLUMNS,
        column_order=_columns(frame, hidden),
        alt=f"Table of {len(frame)} rows",
    )


# Columns that only the exports have: ids, and names in parts.
UNSHOWN = ("person_id", "company_id", "prospect_id", "first_name", "last_name")


def selectable(
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
    shown = _columns(frame, UNSHOWN) if columns is None else list(columns)
    first = [place for place, id in enumerate(frame[id_column]) if id in chosen]
    event = st.dataframe(
        _shown(frame[[*dict.fromkeys([id_column, *shown])]]),
        key=f"{key}_{version}",
        hide_index=True,
        column_config=COLUMNS,
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
        if has_invisible(shown[name]):  # almost no column has, and one look at all of it is quick
            shown[name] = shown[name].map(_cell, na_action="ignore")
    for name in ("seniority", "email_status", "job_change", "before", "after"):
        if name in shown:
            words = {one: ENUM_LABELS.get(one, one) for one in shown[name].dropna().unique()}
            shown[name] = shown[name].map(words)
    if "linkedin_url" in shown:
        shown["linkedin_url"] = links(shown["linkedin_url"])
    return shown


def _cell(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else value


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
        data=lambda: frames.csv_bytes(frame if isinstance(frame, pd.DataFrame) else frame()),
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
        data=lambda: frames.excel_bytes(frame),
        file_name=f"{name}.xlsx",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def notice() -> None:
    """What the last press did, once."""
    done, st.session_state[state.NOTICE] = st.session_state[state.NOTICE], None
    if done:
        st.success(done, icon=":material/check_circle:")


def columns_input(frame: pd.DataFrame, key: str, hidden: Sequence[str] = ()) -> list[str]:
    """Lets a person choose a table's columns; those chosen that something is known of, in order.

    ``hidden`` are not shown before somebody chooses them.
    """
    offered = [name for name in frame if name not in UNSHOWN]
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
    known = _columns(frame, UNSHOWN)
    return [name for name in offered if name in chosen and name in known] or known[:1]


def _heading(column: str) -> str:
    told = COLUMNS.get(column, column)
    return told if isinstance(told, str) else str(told["label"])


def downloads(frame: pd.DataFrame, columns: Sequence[str], name: str, key: str) -> None:
    """The table as CSV and Excel: the ``columns`` that are shown, or all of them."""
    whole = st.toggle("Download all columns", key=f"{key}_whole", persist_state="session")
    taken = frame if whole else frame[list(columns)]
    csv_download(taken, name, f"{key}_csv")
    excel_download(taken, name, f"{key}_excel")
