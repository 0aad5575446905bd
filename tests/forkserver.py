"""Processes that have imported what takes long: a Python of its own takes two seconds."""

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any
from unittest.mock import patch

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


def start_process(
    target: Callable[..., Any], *args: Any, daemon: bool = False, **kwargs: Any
) -> BaseProcess:
    """Starts a process that calls ``target`` with these arguments.

    It would run the main module first, which is a page of the app if an earlier test ran one.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=target, args=args, kwargs=kwargs, daemon=daemon)
    with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        process.start()
    return process
