"""The LeadIQ console: the router. Each page sets itself up, so that a deep link works alone."""

import streamlit as st

PAGES = [
    st.Page("pages/usage.py", title="Usage", icon=":material/monitoring:", default=True),
    st.Page("pages/people_search.py", title="People search", icon=":material/person_search:"),
    st.Page("pages/company_search.py", title="Company search", icon=":material/domain:"),
    st.Page("pages/advanced_search.py", title="Advanced search", icon=":material/tune:"),
    st.Page("pages/lists.py", title="Lists", icon=":material/list_alt:"),
]

st.set_page_config(page_title="LeadIQ console", page_icon="🔎", layout="wide")
st.navigation(PAGES).run()
