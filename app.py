"""The LeadIQ console: what ``streamlit run app.py`` serves, and the router that it runs.

Each page sets itself up, so that a deep link works alone.
"""

import streamlit as st

from dashboard.server import MIDDLEWARE
from dashboard.server.health import HEALTH
from dashboard.server.hosts import internal_error

if __name__ == "__main__":  # run for a session
    from dashboard.errors import explained_ledger_errors
    from dashboard.page import PAGES

    # The links are drawn by set_page: a deep link on a cold server runs a page without this file.
    pages = [st.Page(path, title=title, default=path == PAGES[0][0]) for path, title, _ in PAGES]
    with explained_ledger_errors():
        st.navigation(pages, position="hidden").run()
else:  # imported by the server, which looks for this assignment
    app = st.App(
        __file__,
        routes=[HEALTH],
        middleware=MIDDLEWARE,
        exception_handlers={Exception: internal_error},
    )
