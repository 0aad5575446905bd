"""The scripted server as a fixture, and loggers that a test leaves as they were."""

import logging
from collections.abc import Iterator

import pytest

from leadiq_api.logs import PACKAGE_LOGGERS
from tests.leadiq_api.scripted_server import Script, serve


@pytest.fixture
def script() -> Iterator[Script]:
    """A server on the loopback whose answers the test chooses."""
    with serve(Script()) as running:
        yield running


@pytest.fixture(autouse=True)
def restored_loggers() -> Iterator[None]:
    """Undoes what a command or a test configures: loggers belong to the process."""
    loggers = [logging.getLogger(name) for name in PACKAGE_LOGGERS]
    before = [(logger, logger.level, logger.propagate, [*logger.handlers]) for logger in loggers]
    yield
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers[:] = handlers
