"""What a user waits for in a real browser: the first page, another page, rows of a search."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from benchmarks.measure import Table, milliseconds, ratio
from benchmarks.servers import CONSOLE, FLOOR, Server, serve

RUNS = 5  # of each; every one starts a server or a browser's session
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAIT_MS = 120_000
SETTLED_MS = 200  # without any script running, after which a page counts as calm


class App(NamedTuple):
    """An app, the headings of its first and of another page, and the link to the latter."""

    name: str
    first: str
    other: str


APPS = {FLOOR: App("floor", "Page 1", "Page 2"), CONSOLE: App("console", "Usage", "Lists")}


def tables() -> list[Table]:
    """Measures both apps in turn; says so, and measures nothing, if no browser is installed."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        missing = "skipped: no Chromium and Playwright here (pip install playwright, chromium)"
        return [Table(("in a browser",), [(missing,)])]
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=args)
        rows = [*_first_pages(browser), *_warm_pages(browser)]
        rows.append(_search(browser))
        browser.close()
    return [Table(("in a browser", "floor, s", "console, s", "× floor"), rows)]


def _first_pages(browser: Any) -> Iterator[tuple[str, ...]]:
    taken: dict[str, list[float]] = {app.name: [] for app in APPS.values()}
    for _ in range(RUNS):
        for path, app in APPS.items():
            start = time.perf_counter()
            with serve(path) as server, _page(browser) as page:
                _open(page, server, app.first)
                taken[app.name].append((time.perf_counter() - start) * 1000)
    yield _row("first page, cold server", taken)


def _warm_pages(browser: Any) -> Iterator[tuple[str, ...]]:
    session: dict[str, list[float]] = {app.name: [] for app in APPS.values()}
    switch: dict[str, list[float]] = {app.name: [] for app in APPS.values()}
    with serve(FLOOR) as floor, serve(CONSOLE) as console:
        servers = {FLOOR: floor, CONSOLE: console}
        for run in range(RUNS + 1):
            for path, app in APPS.items():
                with _page(browser) as page:
                    first = milliseconds(_opening(page, servers[path], app.first))
                    back = milliseconds(_following(page, app.other))
                    if run:  # the first one meets a server that has drawn nothing yet
                        session[app.name].append(first)
                        switch[app.name].append(back)
    yield _row("first page, new session", session)
    yield _row("another page, until it is calm", switch)


def _search(browser: Any) -> tuple[str, ...]:
    """Measures Advanced search in the sandbox, from the click to rows; the floor has none."""
    taken: list[float] = []
    with serve(CONSOLE) as server:
        for number in range(RUNS):
            with _page(browser) as page:
                page.goto(f"{server.url}/advanced_search?names=a{number}&roles=Sales")
                _wait_until_calm(page)
                page.get_by_role("button", name="Search ·").first.click()
                taken.append(milliseconds(lambda page=page: _wait_for_rows(page)))  # type: ignore[misc]
    return ("search to rows on screen", "–", f"{statistics.median(taken) / 1000:,.2f}", "–")


def _wait_for_rows(page: Any) -> None:
    page.get_by_test_id("stDataFrame").or_(page.get_by_text("No matches")).first.wait_for()


def _row(what: str, taken: dict[str, list[float]]) -> tuple[str, ...]:
    floor, console = (statistics.median(taken[app.name]) for app in APPS.values())
    return (what, f"{floor / 1000:,.2f}", f"{console / 1000:,.2f}", ratio(console, floor))


@contextmanager
def _page(browser: Any) -> Iterator[Any]:
    """Opens a blank page in a browser session of its own: nothing is in its cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.set_default_timeout(WAIT_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def _opening(page: Any, server: Server, heading: str) -> Callable[[], None]:
    return lambda: _open(page, server, heading)


def _following(page: Any, heading: str) -> Callable[[], None]:
    return lambda: _follow(page, heading)


def _open(page: Any, server: Server, heading: str) -> None:
    page.goto(server.url)
    page.get_by_role("heading", name=heading, exact=True).first.wait_for()
    _wait_until_calm(page)


def _follow(page: Any, heading: str) -> None:
    page.get_by_role("link", name=heading, exact=True).click()
    page.get_by_role("heading", name=heading, exact=True).first.wait_for()
    _wait_until_calm(page)


def _wait_until_calm(page: Any) -> None:
    """Waits until no script has been running for a moment, which both apps are charged."""
    page.wait_for_function(
        """ms => {
            const app = document.querySelector("[data-testid=stApp]")
            const busy = app?.getAttribute("data-test-script-state") !== "notRunning"
            if (busy || window.calmSince === undefined) window.calmSince = performance.now()
            return !busy && performance.now() - window.calmSince > ms
        }""",
        arg=SETTLED_MS,
    )
