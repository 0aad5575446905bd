"""A free preview in a real form, whose texts reach the server only with one of its buttons."""

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
    page.get_by_text("Email", exact=True).click()
    box = page.get_by_label("Email", exact=True)
    box.fill(FIRST)
    page.get_by_role("button", name="Check first · free").click()
    get = page.get_by_role(
        "button", name=re.compile(r"^\W*Get andrea.*opaldata.example · up to 1 UC")
    )
    expect(get).to_be_visible()
    calm(page)

    box.fill(SECOND)  # and nothing else: no key, no other widget
    get.click()
    expect(page.get_by_text("Nothing was sent. Check again, or press Search.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Get andrea"))).to_have_count(0)
    calm(page)

    box.fill(FIRST)
    page.get_by_role("button", name="Check first · free").click()
    get.click()
    expect(page.get_by_text("1 person of 1 found")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Get andrea"))).to_have_count(0)
    go(page, "Usage")
    calm(page)
    assert len(download(page, "Download the ledger")) == 1
