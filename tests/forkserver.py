"""Processes that have imported what takes long: a Python of its own takes two seconds."""

import multiprocessing
from multiprocessing.context import ForkServerContext

PRELOADED = [
    "tests.dashboard.jobs.worker",
    "tests.browser.streamlit_process",
    # What Streamlit and the pages import late.
    "dashboard.tables.frames",
    "leadiq_sandbox.server",
    "plotly.graph_objects",
    "streamlit.web.bootstrap",
    "streamlit.web.server.server",
]


def forkserver() -> ForkServerContext:
    """Returns the context in which to start such processes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
