"""Text typed into a box of filters is kept as typed, whichever way the box is left."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driver import calm, expect_page, new_page

# Tells when the script that keeps what is typed is at work (dashboard/widgets/typed_text).
NOTE_SCRIPT = """const add = window.addEventListener
window.addEventListener = function (type, listener, ...options) {
    if (listener?.name === "onPress") window.keepsText = true
    return add.call(this, type, listener, ...options)
}"""


def open_filters(browser: Browser, app: str) -> Page:
    """Opens Advanced search, with the script that keeps what is typed."""
    page = new_page(browser)
    page.add_init_script(NOTE_SCRIPT)
    page.goto(f"{app}/advanced_search")
    expect_page(page, "Advanced search")
    calm(page)
    page.wait_for_function("() => window.keepsText")
    return page


def role_box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Role", exact=True)  # the only one in sight


def search(page: Page) -> None:
    """Clicks the button as a user does: an open list hides it from whatever reads roles."""
    page.locator("button", has_text="Search ·").click()


def roles_in_address(page: Page) -> list[str]:
    page.wait_for_function("() => location.search.includes('roles=')")
    return parse_qs(urlsplit(page.url).query)["roles"]


@pytest.mark.parametrize(
    ("text", "left_by", "roles"),
    [
        ("IT", "Enter", ["IT"]),
        ("IT", "Tab", ["IT"]),
        ("IT", "Search", ["IT"]),
        ("Sal", "Search", ["Sal"]),
        ("sales", "Search", ["Sales"]),
        ("Sal", "ArrowUp", ["Sales"]),
    ],
)
def test_typed_text_wins_over_what_matches_it(
    browser: Browser, shared_app: str, text: str, left_by: str, roles: list[str]
) -> None:
    page = open_filters(browser, shared_app)
    box = role_box(page)
    box.press_sequentially(text)
    if left_by == "ArrowUp":  # a choice made with the keys is the user's own
        box.press("ArrowUp")
        box.press("Enter")
    elif left_by != "Search":
        box.press(left_by)
        expect(page.get_by_label("Selected values")).to_contain_text(text)
    search(page)
    assert roles_in_address(page) == roles


def test_a_click_elsewhere_keeps_the_text_and_is_still_a_click(
    browser: Browser, shared_app: str
) -> None:
    page = open_filters(browser, shared_app)
    page.get_by_text("More filters").click()
    names = page.get_by_label(re.compile("^Names"))
    role_box(page).press_sequentially("IT")
    names.click()
    expect(names).to_be_focused()
    page.keyboard.type("Jane Doe")
    search(page)
    assert roles_in_address(page) == ["IT"]
    expect(page.get_by_role("button", name="Names: Jane Doe")).to_be_visible()
