"""What the server does beside its first page: imports what pages draw with, starts the sandbox."""

from __future__ import annotations

import gc
import logging
import pkgutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from threading import Thread

from websockets import http11

LOGGER = logging.getLogger("dashboard")

MAX_REQUEST_HEAD = 64 * 1024  # bytes, as uvicorn has it for other requests


def check_configuration() -> None:
    """Ends the process, with what to correct, if the secrets cannot be read.

    It would answer to this machine's names only, where nobody may look.
    """
    from dashboard.configuration import UnreadableSecretsError, read_configuration
    from leadiq_api import InvalidRequestError

    try:
        read_configuration()
    except UnreadableSecretsError as error:
        sys.exit(f"The console does not start. {error.message}")
    except InvalidRequestError:  # every page says what is wrong
        pass


@asynccontextmanager
async def prepared(_app: object) -> AsyncIterator[None]:
    """Prepares the server for its first page in a thread, while it already answers."""
    # A line of a WebSocket's request; longer than 8 KB, it would be waited for without end, and a
    # sign-in's cookies are one line. Other requests have this limit for all their lines.
    http11.MAX_LINE_LENGTH = MAX_REQUEST_HEAD
    Thread(target=_prepare, name="prepare", daemon=True).start()
    yield


def _prepare() -> None:
    from dashboard import panels

    for panel in pkgutil.iter_modules(panels.__path__, f"{panels.__name__}."):
        import_module(panel.name)
    _start_sandbox()
    # Modules and the sandbox's people live as long as the process: no later collection of garbage,
    # for which every session waits, need look at them.
    gc.collect()
    gc.freeze()


def _start_sandbox() -> None:
    from dashboard import data
    from dashboard.access import has_own_key
    from dashboard.configuration import read_configuration
    from leadiq_api import LeadIQError

    try:
        if not has_own_key(read_configuration()):
            data.sandbox()
    except (LeadIQError, OSError) as error:  # the page tries again, and explains it
        LOGGER.warning("The sandbox did not start with the server (%s).", type(error).__name__)
