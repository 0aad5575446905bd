"""A job over the people of a list of the account."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error
from dashboard.formatting import option_labels
from dashboard.lists.prospect_table import COLUMNS_OF_FIELDS, table_of
from dashboard.tables.api_json import Json
from dashboard.tables.spreadsheet import Table


class People(NamedTuple):
    """People in rows: a name for them, what identifies them, the table, and its columns by field.

    ``choice`` is what the user has chosen of how they are read.
    """

    name: str
    content: bytes
    table: Table
    columns: dict[str, tuple[int, ...]]
    choice: str = ""


def people_of_list(account: Account) -> People | None:
    """Lets the user choose a list; returns its people, or None if there is none."""
    lists = read_or_show_error("the lists", account.caller, data.lists)
    if lists is None:
        return None
    names = {str(row.get("id")): str(row.get("name")) for row in lists}
    if not names:
        st.info("No lists yet. Create one on Lists, or add people from a search.")
        return None
    labels = option_labels(names)
    list_id = st.selectbox(
        "List", list(names), format_func=labels.__getitem__, key="bulk_from_list"
    )
    listed = read_or_show_error("the prospects", account.caller, data.list_prospects, list_id)
    if not listed:
        if listed is not None:
            st.info("This list is empty.")
        return None
    return as_people(names[list_id], listed)


def as_people(name: str, prospects: Sequence[Json]) -> People:
    """Returns the prospects of a list as people in rows."""
    table = table_of(prospects)
    content = json.dumps(table.rows, ensure_ascii=False).encode()
    return People(name, content, table, COLUMNS_OF_FIELDS)
