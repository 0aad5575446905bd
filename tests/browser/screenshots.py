"""Takes the README's pictures: ``python -m tests.browser.screenshots`` (needs a Chromium)."""

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUMS, start_app
from tests.browser.driver import click_mark, new_page, type_in

PICTURES = Path(__file__).with_name("pictures")


def usage(page: Page) -> None:
    expect(page.get_by_text("Daily spend by data points")).to_be_visible()


def people_search(page: Page) -> None:
    for point in ("Email · 1 UC", "Phone · 10 UC"):
        page.get_by_text(point).click()
    page.get_by_text("Email", exact=True).click()
    page.get_by_label("Email", exact=True).fill("andrea.adler.45@opaldata.example")
    page.get_by_role("button", name="Search · up to 11 UC").click()
    expect(page.get_by_text("1 person of 1 found")).to_be_visible()


def company_search(page: Page) -> None:
    box = page.get_by_role("textbox", name="Companies, one a line")
    box.fill("opaldata.example\nsummitbank.example\nswiftanalytics.example\ncedarcapital.example")
    box.press("Control+Enter")
    page.get_by_role("button", name="Search · up to 12 UC").click()
    expect(page.get_by_text("4 companies found")).to_be_visible()
    page.get_by_role("tab", name="Headcount by function").click()
    page.wait_for_timeout(3000)
    page.get_by_text("4 companies compared").evaluate("element => element.scrollIntoView()")


def advanced_search(page: Page) -> None:
    page.get_by_text("Company information · 3 UC").click()
    type_in(page, "Titles", "sales")
    page.get_by_role("button", name="Search · up to 77.5 UC").click()
    page.get_by_role("button", name="Go on · up to 77.5 UC").click()
    expect(page.get_by_text(re.compile("people found"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Load all up to 500")).click()
    page.get_by_role("button", name=re.compile("Go on · up to")).click()
    expect(page.get_by_text(re.compile("^500 people of"))).to_be_visible(timeout=120_000)
    bars = page.get_by_role("figure", name=re.compile("^Seniority, ")).locator("g.point path")
    bars.first.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    click_mark(page, bars, 1)
    expect(page.get_by_role("button", name="Remove Seniority: VP")).to_be_visible()
    page.get_by_text("Narrowed to").evaluate("element => element.scrollIntoView()")


def lists(page: Page) -> None:
    page.get_by_text("Create a list", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Sales leaders")
    page.get_by_role("button", name="Create the list · free").click()
    expect(page.get_by_text("Sales leaders was created.")).to_be_visible()
    page.get_by_role("link", name="Advanced search").click()
    type_in(page, "Titles", "sales")
    page.get_by_role("button", name=re.compile("Search · up to")).click()
    expect(page.get_by_text(re.compile("people found"))).to_be_visible()
    page.get_by_role("button", name="Add to a list").click()
    page.get_by_role("button", name=re.compile("Add .* people to the list")).click()
    expect(page.get_by_text(re.compile("added to Sales leaders"))).to_be_visible()
    page.get_by_role("link", name="Lists").click()
    expect(page.get_by_text("Added, by day")).to_be_visible()
    page.mouse.move(640, 500)
    page.mouse.wheel(0, 700)


def main() -> None:
    """Takes a picture of each page with data on it, light; of some of them dark as well."""
    PICTURES.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)))
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        app, url = start_app(Path(home))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for fill in (people_search, company_search, advanced_search, lists, usage):
                if scheme == "dark" and fill not in (usage, people_search, advanced_search):
                    continue
                size = {"width": 1200, "height": 1000}
                page = new_page(browser, viewport=size, color_scheme=scheme)
                page.goto(f"{url}/{fill.__name__}")
                fill(page)
                page.wait_for_timeout(3000)  # the charts are drawn as they come into view
                name = fill.__name__ + ("_dark" if scheme == "dark" else "")
                page.screenshot(path=PICTURES / f"{name}.png")
                page.close()
        browser.close()
        app.terminate()
        app.wait(60)


if __name__ == "__main__":
    main()
