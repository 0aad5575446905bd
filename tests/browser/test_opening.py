"""A link to Advanced search opens its own filters alone; the menu and Back, what was there."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import calm, go, open_page, type_in

COMPANY = "opalbank.example"


def filters_of(page: Page) -> list[str]:
    """The pills of the active filters."""
    pills = page.get_by_text(re.compile(" ✕$"))
    return [pill.removesuffix(" ✕") for pill in pills.all_inner_texts()]


def test_a_link_has_its_own_filters_alone(browser: Browser, app: str) -> None:
    page = open_page(browser, f"{app}/company_search?companies={COMPANY}", "Company search")
    page.get_by_role("button", name="Search · up to 3 UC").click()
    link = page.get_by_role("link", name="People at Opal Bank Group")
    expect(link).to_be_visible()
    go(page, "Advanced search")
    type_in(page, "Role", "Sales")
    page.get_by_role("button", name=re.compile("Search · ")).click()
    found = page.get_by_role("heading", name=re.compile("people match$"))
    expect(found).to_be_visible()
    calm(page)
    number = found.inner_text()

    go(page, "Company search")
    link.press("Enter")
    expect(page.get_by_role("heading", name="Advanced search", exact=True)).to_be_visible()
    calm(page)
    assert filters_of(page) == [f"Company domains: {COMPANY}"]
    assert parse_qs(urlsplit(page.url).query) == {"company_domains": [COMPANY]}
    page.get_by_role("button", name=re.compile("Search · ")).click()
    expect(found).to_be_visible()
    calm(page)
    assert found.inner_text() != number

    shown = found.inner_text()
    go(page, "Usage")
    go(page, "Advanced search")
    calm(page)
    assert (filters_of(page), found.inner_text()) == ([f"Company domains: {COMPANY}"], shown)
    go(page, "Usage")
    page.go_back()
    expect(found).to_be_visible()
    calm(page)
    assert (filters_of(page), found.inner_text()) == ([f"Company domains: {COMPANY}"], shown)
