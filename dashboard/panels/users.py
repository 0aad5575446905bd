"""Who spent what, if several people use the account."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.ledger.history import SpendingHistory
from dashboard.widgets.tables import csv_download, table


def users(history: SpendingHistory, start: date, end: date) -> None:
    """Draws what each user spent in a period; nothing if there was only one."""
    by_user = history.by_user(start, end)
    if len(by_user) > 1:
        st.header("Who spent it", anchor=False)
        table(by_user, "users")
        csv_download(by_user, "leadiq-users", "users_csv")
