"""The LeadIQ console: the router. Each page sets itself up, so that a deep link works alone."""

import streamlit as st

from dashboard.errors import explained_ledger_errors
from dashboard.page import PAGES

# The links are drawn by set_page: a deep link on a cold server runs a page without this file.
pages = [
    st.Page(path, title=title, icon=icon, default=index == 0)
    for index, (path, title, icon) in enumerate(PAGES)
]
with explained_ledger_errors():
    st.navigation(pages, position="hidden").run()
