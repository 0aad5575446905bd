"""Takes the README's pictures: ``python -m tests.browser.screenshots`` (needs a Chromium)."""

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUMS, run_app
from tests.browser.driver import click_mark, go, new_page, tick, type_in

PICTURES = Path(__file__).with_name("pictures")


def usage(page: Page) -> None:
    page.get_by_role("button", name="Add sample activity").click()  # while nothing was spent
    expect(page.get_by_text("Daily spend by data points")).to_be_visible()


def people_search(page: Page) -> None:
    for point in ("Email · 1 UC", "Phone · 10 UC"):
        page.get_by_text(point).click()
    page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill("andrea.adler.45@opaldata.example")
    page.get_by_role("button", name="Search · up to 11 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()


def company_search(page: Page) -> None:
    box = page.get_by_role("textbox", name="Companies (one per line)")
    box.fill("opaldata.example\nsummitbank.example\nswiftanalytics.example\ncedarcapital.example")
    page.get_by_role("button", name="Search · up to 12 UC").click()
    expect(page.get_by_role("heading", name="4 companies", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Headcount by function").click()
    page.wait_for_timeout(3000)


def advanced_search(page: Page) -> None:
    page.get_by_text("Add company data · 3 UC").click()
    type_in(page, "Titles", "sales")
    page.get_by_role("button", name="Search · up to 310 UC").click()
    page.get_by_role("button", name="Spend up to 310 UC").click()
    expect(page.get_by_text(re.compile("people match$"))).to_be_visible()
    bars = page.get_by_role("figure", name=re.compile("^Seniority: ")).locator("g.point path")
    click_mark(page, bars, 1)
    expect(page.get_by_role("button", name="Remove Seniority: VP")).to_be_visible()
    tick(page, 0, 1, 2)


def lists(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Sales leaders")
    page.get_by_role("button", name="Create the list · free").click()
    expect(page.get_by_text("Sales leaders was created.")).to_be_visible()
    go(page, "Advanced search")
    type_in(page, "Titles", "sales")
    page.get_by_role("button", name=re.compile("Search · up to")).click()
    expect(page.get_by_text(re.compile("people match$"))).to_be_visible()
    tick(page, *range(10))
    page.get_by_role("button", name="Add to list").click()
    page.get_by_role("button", name=re.compile("Add .* people to the list")).click()
    expect(page.get_by_text(re.compile("added to Sales leaders"))).to_be_visible()
    go(page, "Lists")
    expect(page.get_by_text("last added")).to_be_visible()


def main() -> None:
    """Takes a picture of each page with data on it, light and dark."""
    PICTURES.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)))
    with (
        tempfile.TemporaryDirectory() as home,
        run_app(Path(home)) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for fill in (usage, people_search, company_search, advanced_search, lists):
            page = new_page(browser, viewport={"width": 1440, "height": 900})
            page.goto(f"{running.url}/{fill.__name__}")
            fill(page)
            for scheme, ending in (("light", ""), ("dark", "_dark")):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.wait_for_timeout(3000)  # the charts are drawn as they come into view
                page.screenshot(path=PICTURES / f"{fill.__name__}{ending}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
