"""Processes that have imported everything: a Python of its own takes two seconds."""

import multiprocessing
from multiprocessing.context import ForkServerContext

PRELOADED = ["tests.dashboard.jobs.worker", "tests.browser.streamlit_process"]


def forkserver() -> ForkServerContext:
    """Returns the context in which to start such processes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
