"""The whole app in a real browser: Streamlit as users start it, and a Chromium."""

import os
import shutil
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.browser.driver import WAIT
from tests.browser.streamlit_process import run_streamlit
from tests.forkserver import start_process

ROOT = Path(__file__).resolve().parents[2]
# The first has no window to draw: a page takes it half the time.
CHROMIUMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
expect.set_options(timeout=WAIT)

HOW_TO = "Chromium was not found: on Debian, apt-get install chromium; or put CHROMIUM=/its/path"


@pytest.fixture(scope="module")  # its event loop must be gone when DBOS is called
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if not path and mac.exists():
        path = str(mac)
    if not path:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=path, args=options)
        yield running
        running.close()


@pytest.fixture(autouse=True)
def closed(browser: Browser) -> Iterator[None]:
    """Closes pages with their test: one left open keeps reconnecting to its server."""
    yield
    for context in browser.contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the text of a failed test's pages to its report."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if browser is not None and report.when == "call" and report.failed:
        for page in [page for context in browser.contexts for page in context.pages]:
            try:
                text = page.locator("body").inner_text(timeout=5_000)
            except Error as error:  # the tests after it must run
                text = str(error)
            report.sections.append((page.url, text))
    return report


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class RunningApp(NamedTuple):
    """An app under test: its process and its address."""

    process: BaseProcess
    url: str


@contextmanager
def run_app(
    home: Path, *options: str, port: int | None = None, forked: bool = True, **environment: str
) -> Iterator[RunningApp]:
    """Runs Streamlit as ``make run`` does, on a free port, without this machine's settings.

    ``options`` are further options of Streamlit; secrets are read from ``home/.streamlit``. A
    ``forked`` app starts in a process that has already imported it, which saves two seconds of CPU;
    otherwise a new Python runs it.
    """
    port = port or free_port()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("LEADIQ_")
    }
    address = ("--server.port", str(port), "--server.address", "127.0.0.1")
    app = start_process(
        run_streamlit,
        ROOT,
        (*address, "--server.headless", "true", *options),
        {**inherited, "HOME": str(home), "XDG_DATA_HOME": str(home), **environment},
        home / "streamlit.log",
        forked=forked,
        daemon=True,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urlopen(f"{url}/_stcore/health", timeout=1).close()  # noqa: S310  our own server
            break
        except (URLError, OSError):
            time.sleep(0.1)
    try:
        yield RunningApp(app, url)
    finally:
        app.terminate()
        app.join(60)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    """The address of a cold app without a key: it uses its own sandbox."""
    with run_app(tmp_path) as running:
        yield running.url


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same, for the tests of a module that leave no trace in each other's sessions."""
    with run_app(tmp_path_factory.mktemp("home")) as running:
        yield running.url
