"""The LeadIQ console: what ``streamlit run app.py`` serves, and the router that it runs.

Each page sets itself up, so that it can be run alone.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from dashboard.server import MIDDLEWARE
from dashboard.server.health import HEALTH
from dashboard.server.hosts import internal_error
from dashboard.server.start import check_configuration, prepared

if __name__ == "__main__":  # run for a session
    from dashboard.account import user_is_allowed
    from dashboard.errors import explained_ledger_errors
    from dashboard.page import PAGES, shows_writes

    (start, start_title), *others = PAGES
    pages = [
        # The first page is served at /, and links name it by its file. Without icons: the browser
        # would fetch that of the page it opens from a third party.
        st.Page(start, title=start_title, url_path="start", default=True),
        st.Page(start, title=start_title, visibility="hidden"),
        *(st.Page(path, title=title) for path, title in others),
    ]
    with explained_ledger_errors(), shows_writes():
        st.navigation(pages, position="sidebar" if user_is_allowed() else "hidden").run()
else:  # imported by the server, which looks for the assignment below
    check_configuration()
    # Streamlit runs a folder called pages/ without this file until st.navigation is first called,
    # so a deep link on a cold server would have no links. Verified with Streamlit 1.67.
    PagesManager.uses_pages_directory = False
    app = st.App(
        __file__,
        lifespan=prepared,
        routes=[HEALTH],
        middleware=MIDDLEWARE,
        exception_handlers={Exception: internal_error},
    )
