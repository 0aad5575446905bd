"""What a user waits for in a real browser: pages, rows of a search, a chart filter."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.growth import SEARCH, loaded_search
from benchmarks.measure import Row, Table, medians, milliseconds, ratio
from benchmarks.servers import CONSOLE, FLOOR, Server, console, serve
from dashboard.search.inputs import ROLES
from leadiq_sandbox import Sandbox

RUNS = 5  # of each; every one starts a server, a browser's session or a search
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAIT_MS = 120_000
CALM_MS = 200  # without any script or drawing, after which a page counts as calm; not counted
HOVER_MS = 200  # until Plotly has seen that the mouse arrived
LEFT = re.compile(r"^[\d,]+ of the first ")
# The headings of each app's first page and of another, which is also the link to it.
PAGES = {FLOOR: ("Page 1", "Page 2"), CONSOLE: ("Usage", "Lists")}


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
        rows = [_first_page(browser), *_warm_pages(browser), _search(browser), *_chips(browser)]
        browser.close()
    headings = ("in a browser", "of the floor", "floor, s", "console, s", "× floor")
    return [Table(headings, rows)]


def _row(what: str, floor_does: str, floor: Callable[[], float], own: Callable[[], float]) -> Row:
    taken = medians({"floor": floor, "console": own}, RUNS)
    seconds = (f"{taken[name] / 1000:,.2f}" for name in ("floor", "console"))
    return (what, floor_does, *seconds, ratio(taken["console"], taken["floor"]))


def _first_page(browser: Any) -> Row:
    def start(app: Path) -> float:
        with ExitStack() as stack:

            def open_first() -> None:
                server, page = stack.enter_context(serve(app)), stack.enter_context(_page(browser))
                _open(page, server.url, PAGES[app][0])

            return milliseconds(open_first) - CALM_MS

    return _row(
        "first page, cold server", "the same", partial(start, FLOOR), partial(start, CONSOLE)
    )


def _warm_pages(browser: Any) -> Iterator[Row]:
    with serve(FLOOR) as floor, serve(CONSOLE) as own:

        def start(app: Path) -> float:
            server = floor if app == FLOOR else own
            with _page(browser) as page:
                return milliseconds(lambda: _open(page, server.url, PAGES[app][0])) - CALM_MS

        starts = (partial(start, app) for app in (FLOOR, CONSOLE))
        yield _row("first page, new session", "the same", *starts)
        with _links(browser, floor, FLOOR) as other, _links(browser, own, CONSOLE) as follow:
            yield _row("another page", "the same", other, follow)


def _search(browser: Any) -> Row:
    """Measures Advanced search in the built-in sandbox, from the click to rows."""
    roles = iter(ROLES)  # each is another search, so that none was read before

    def search(server: Server, page: Any) -> float:
        _open(page, f"{server.url}/advanced_search?roles={next(roles)}", "Advanced search")
        button = page.get_by_role("button", name="Search · ").first
        rows = page.get_by_test_id("stDataFrame").locator("canvas").first

        def click() -> None:
            button.click()
            rows.wait_for()

        return milliseconds(click)

    with (
        serve(FLOOR) as floor,
        serve(CONSOLE) as own,
        _links(browser, floor, FLOOR) as follow,
        _page(browser) as page,
    ):
        found = partial(search, own, page)
        return _row("search, until its rows are shown", "another page", follow, found)


def _chips(browser: Any) -> Iterator[Row]:
    """Measures a click on a bar of Advanced search, which adds its chart filter or removes it."""
    with (
        Sandbox(rpm=0, credits=10**6) as sandbox,
        serve(FLOOR) as floor,
        console(sandbox) as server,
        _links(browser, floor, FLOOR) as follow,
    ):
        for people in loaded_search(server):
            with _page(browser) as page:
                _open(page, f"{server.url}/advanced_search?{SEARCH}", re.compile("people match$"))
                chip = partial(_click_bar, page, cycle(("visible", "hidden")))
                yield _row(f"chart filter, {people:,} people", "another page", follow, chip)


def _click_bar(page: Any, states: Iterator[str]) -> float:
    """Clicks a bar; ``states`` are those of the line that says how many people a filter leaves."""
    chart = page.get_by_role("figure", name=re.compile("^Seniority: ")).first
    bar, left = chart.locator("g.point path").first, page.get_by_text(LEFT)
    bar.hover(force=True)  # a chart has a layer above its bars that takes the clicks
    page.wait_for_timeout(HOVER_MS)

    def click() -> None:
        bar.click(force=True)
        left.wait_for(state=next(states))
        _wait_until_calm(page)

    return milliseconds(click) - CALM_MS


@contextmanager
def _links(browser: Any, server: Server, app: Path) -> Iterator[Callable[[], float]]:
    """Opens an app; yields what follows the link to another page, and at the next call back."""
    first, other = PAGES[app]
    with _page(browser) as page:
        _open(page, server.url, first)
        links = cycle((other, first))
        yield lambda: milliseconds(lambda: _follow(page, next(links))) - CALM_MS


@contextmanager
def _page(browser: Any) -> Iterator[Any]:
    """Opens a blank page in a browser session of its own: nothing is in its cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.set_default_timeout(WAIT_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def _open(page: Any, address: str, heading: str | re.Pattern[str]) -> None:
    page.goto(address)
    page.get_by_role("heading", name=heading, exact=True).first.wait_for()
    _wait_until_calm(page)


def _follow(page: Any, heading: str) -> None:
    page.get_by_role("link", name=heading, exact=True).click()
    page.get_by_role("heading", name=heading, exact=True).first.wait_for()
    _wait_until_calm(page)


def _wait_until_calm(page: Any) -> None:
    """Waits until, for ``CALM_MS``, no script ran, no element was loading and no frame was late."""
    page.wait_for_function(
        """ms => {
            const app = document.querySelector("[data-testid=stApp]"), now = performance.now()
            const idle = app?.getAttribute("data-test-script-state") === "notRunning"
                && !document.querySelector("[data-testid=stSkeleton]")
            if (!idle || !(now - window.looked < 100)) window.busy = now
            window.looked = now
            return now - window.busy > ms
        }""",
        arg=CALM_MS,
    )
