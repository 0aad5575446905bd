"""What axe-core finds on every page, empty and filled, with panels open; and what Tab reaches."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import start_app
from tests.browser.driver import calm, click_mark, download, expect_page, go, new_page

AXE = Path(__file__).parent / "axe" / "axe.min.js"
# Both themes and both widths: contrast depends on the theme alone, and the structure on the width.
WIDE, NARROW = 1440, 390
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
LOOKS = (("light", WIDE), ("dark", NARROW))
EXAMPLES = {
    "Get 1": "People search",
    "Find 100": "Advanced search",
    "Compare 4": "Company search",
}
REPORTED = ("critical", "serious", "moderate")
# Streamlit draws the text of a selected segment in the primary color, on a tint of it. On a dark
# page no color is readable there and under the white text of a primary button, which matters more.
FIND = """async () => {
    const {violations} = await axe.run(document, {resultTypes: ["violations"]});
    const isSelectedSegment = target =>
        document.querySelector(target[0])?.closest('[data-selected="true"]');
    return violations.flatMap(({id, impact, nodes}) => nodes
        .filter(({target}) => id !== "color-contrast" || !isSelectedSegment(target))
        .map(({target, html}) => [id, impact, target.join(" "), html.slice(0, 200)]));
}"""


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    running, url = start_app(tmp_path_factory.mktemp("home"))
    yield url
    running.terminate()
    running.wait(60)


def findings(page: Page, state: str) -> list[tuple[str, ...]]:
    """What axe-core reports of the page as it is, in each look."""
    found = []
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        calm(page)
        found += [
            (state, theme, f"{width}", *finding)
            for finding in page.evaluate(FIND)
            if finding[1] in REPORTED
        ]
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found


def open_app(browser: Browser, url: str, title: str) -> Page:
    page = new_page(browser, viewport={"width": WIDE, "height": 900})
    page.add_init_script(path=AXE)
    page.goto(url)
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    calm(page)
    return page


def test_axe_finds_nothing_on_any_page(browser: Browser, shared_app: str) -> None:
    page = open_app(browser, f"{shared_app}/lists", "Lists")  # a deep link on a cold server
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    found = findings(page, "Lists, empty")
    for name in ("People search", "Company search", "Advanced search", "Usage"):
        go(page, name)
        calm(page)
        found += findings(page, f"{name}, empty")
    for action, name in EXAMPLES.items():
        page.get_by_role("button", name=action).click()
        expect_page(page, name)
        calm(page)
        found += findings(page, f"{name}, filled")
        go(page, "Usage")
        calm(page)
    page.get_by_text("Plans and prices").click()
    calm(page)
    found += findings(page, "Usage, filled")
    for panel in ("Budget", "Connect your LeadIQ key"):
        page.get_by_role("button", name=panel).click()
        calm(page)
        found += findings(page, f"Usage, {panel}")
        page.keyboard.press("Escape")
    assert found == []
    assert hosts - {""} == {urlsplit(shared_app).netloc}  # no icon and no font of a third party


def test_the_sidebar_closes_on_a_phone(browser: Browser, shared_app: str) -> None:
    page = new_page(browser, viewport={"width": NARROW, "height": 844}, user_agent=PHONE)
    page.goto(shared_app)
    page.get_by_test_id("stExpandSidebarButton").click()
    link = page.get_by_role("link", name="Lists")
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.get_by_role("heading", name="Lists", exact=True)).to_be_visible()
    expect(link).not_to_be_in_viewport()


def test_a_bar_of_the_daily_spend_filters_the_ledger(browser: Browser, app: str) -> None:
    page = open_app(browser, app, "Usage")
    page.get_by_role("button", name="Add sample activity").click()
    calm(page)
    all_requests = len(download(page, "Download the ledger"))
    click_mark(page, page.locator(".barlayer .point path"), 0)
    expect(page.get_by_text("Double-click the chart to show the whole period.")).to_be_visible()
    calm(page)
    assert 0 < len(download(page, "Download the ledger")) <= all_requests
