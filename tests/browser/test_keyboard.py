"""How many Tab stops lead to what a page is for: its Search button, and the CSV of its rows."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import run_app
from tests.browser.driver import calm, go, open_page, type_in

MAX_STOPS_TO_SEARCH = 15
MAX_STOPS_TO_CSV = 25
# As after loading a page: the next Tab leads to its first stop.
START = "() => { document.body.tabIndex = -1; document.body.focus() }"
FOCUSED = """() => {
    const {tagName, ariaLabel, innerText} = document.activeElement
    return [tagName, ariaLabel || innerText || ""]
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_app(tmp_path_factory.mktemp("home")) as running:
        yield running.url


def stops(page: Page, button: str) -> list[str]:
    """The names of what Tab reaches from the top of the page to a button, that one included."""
    calm(page)
    page.mouse.move(900, 20)  # under the mouse, the sidebar has one more button: to close it
    page.evaluate(START)
    reached: list[str] = []
    while len(reached) <= MAX_STOPS_TO_CSV:
        page.keyboard.press("Tab")
        tag, name = page.evaluate(FOCUSED)
        reached.append(f"{tag} {' '.join(name.split())[:60]}")
        if tag == "BUTTON" and re.search(button, name):
            return reached
    raise AssertionError(f"No “{button}” among the first stops: {reached}")


def fewer_than(limit: int, reached: list[str]) -> None:
    assert len(reached) <= limit, reached


def test_search_is_few_stops_from_the_top_and_so_is_the_csv(browser: Browser, app: str) -> None:
    page = open_page(browser, f"{app}/people_search", "People search")
    fewer_than(MAX_STOPS_TO_SEARCH, stops(page, "Search · up to"))
    page.get_by_text("Email · 1 UC").click()
    page.get_by_text("Phone · 10 UC").click()
    box = page.get_by_label("LinkedIn URL, email or LeadIQ ID")
    box.fill("https://www.linkedin.com/in/maya-kim-8962")
    page.get_by_role("button", name="Search · up to 11 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    fewer_than(MAX_STOPS_TO_CSV, stops(page, "Download CSV · 1 row"))

    go(page, "Company search")
    fewer_than(MAX_STOPS_TO_SEARCH, stops(page, "Search · 3 UC per company"))
    page.get_by_role("textbox", name="Companies (one per line)").fill("terrasystems.example")
    page.get_by_role("button", name="Search · up to 3 UC").click()
    expect(page.get_by_role("heading", name="1 company")).to_be_visible()
    fewer_than(MAX_STOPS_TO_CSV, stops(page, "Download CSV · 1 row"))

    go(page, "Advanced search")
    fewer_than(MAX_STOPS_TO_SEARCH, stops(page, "Search · up to 10 UC"))
    type_in(page, "Titles", "VP of Sales")
    page.get_by_role("button", name="Search · up to 10 UC").click()
    expect(page.get_by_text(re.compile("people match$"))).to_be_visible()
    fewer_than(MAX_STOPS_TO_CSV, stops(page, "CSV · 100 rows"))

    page.get_by_text("All 100", exact=True).click()
    page.get_by_role("button", name=re.compile("Add to (a )?list")).click()
    page.get_by_role("textbox", name=re.compile("new list", re.IGNORECASE)).fill("Pilots")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Create")).click()
    expect(page.get_by_text(re.compile("added to Pilots"))).to_be_visible()
    go(page, "Lists")
    fewer_than(MAX_STOPS_TO_CSV, stops(page, "Download CSV · 100 rows"))

    go(page, "Usage")
    fewer_than(MAX_STOPS_TO_CSV, stops(page, "Download the ledger"))
