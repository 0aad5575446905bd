"""A free preview in a real browser, which sends a text while it is typed."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.driver import calm, download, go, open_page

# People of the sandbox's world.
FIRST, SECOND = "andrea.adler.45@opaldata.example", "nobody@opaldata.example"


def test_what_is_typed_over_a_preview_is_not_bought_and_neither_is_the_preview(
    browser: Browser, app: str
) -> None:
    page = open_page(browser, f"{app}/people_search", "People search")
    page.get_by_text("Email · 1 UC").click()
    box = page.get_by_label("LinkedIn URL, email or LeadIQ ID")
    preview = page.get_by_role("button", name="Preview · free")
    get = page.get_by_role("button", name=re.compile(r"^\W*\w*Get email · up to 1 UC"))
    box.fill(FIRST)
    preview.click()
    expect(get).to_be_visible()
    calm(page)

    box.fill(SECOND)  # and nothing else: no key, no other widget
    expect(get).to_have_count(0)
    expect(page.get_by_text("Match found")).to_have_count(0)
    calm(page)

    box.fill(FIRST)
    preview.click()
    get.click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    expect(get).to_have_count(0)
    calm(page)

    # A reload shows the same person, and sends nothing.
    page.reload()
    expect(page.get_by_role("heading", name="Andrea Adler")).to_be_visible()
    expect(box).to_have_value(FIRST)
    go(page, "Usage")
    calm(page)
    assert len(download(page, "Download the ledger")) == 1
