"""From the first page to a CSV in few clicks, none of which needs scrolling, at 1440×900."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driver import calm, new_page, saved_rows

MAX_CLICKS_TO_CSV = 3
MAX_CLICKS_TO_EMAILS = 5
ROWS_IN_SIGHT = 10
ROW, HEADINGS = 35, 35  # pixels of a table
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"


class User:
    """Somebody who clicks what is in sight, never scrolls, and counts the clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        calm(self.page)
        self.sees(target)
        target.click()
        self.clicks += 1
        assert self.page.evaluate(SCROLLED) == 0

    def sees(self, target: Locator) -> None:
        """The whole of it is in the window."""
        expect(target).to_be_in_viewport(ratio=1)

    def download(self, target: Locator) -> list[dict[str, str]]:
        with self.page.expect_download() as waiting:
            self.click(target)
        return saved_rows(waiting.value)


def visitor(browser: Browser, app: str) -> User:
    page = new_page(browser, viewport={"width": 1440, "height": 900})
    page.goto(app)
    expect(page.get_by_role("heading", name="Usage", exact=True)).to_be_visible()
    return User(page)


def search_of_the_first_page(user: User) -> None:
    """One click on an example, which runs in the sandbox."""
    user.click(user.page.get_by_role("button", name=re.compile("^Find 100 people · up to")))
    expect(user.page.get_by_text(re.compile("people match$"))).to_be_visible()


def rows_in_sight(page: Page) -> int:
    """How many rows of the table are above what covers the end of the window."""
    table, bar = page.get_by_test_id("stDataFrame").first, page.get_by_test_id("stBottom")
    box, covering = table.bounding_box(), bar.bounding_box() if bar.count() else None
    assert box is not None
    end = min(box["y"] + box["height"], covering["y"] if covering else 900)
    return int((end - box["y"] - HEADINGS) // ROW)


def test_a_csv_is_three_clicks_from_the_first_page(browser: Browser, app: str) -> None:
    user = visitor(browser, app)
    search_of_the_first_page(user)
    calm(user.page)
    user.sees(user.page.get_by_role("heading", name=re.compile("people match$")))
    assert rows_in_sight(user.page) >= ROWS_IN_SIGHT
    rows = user.download(user.page.get_by_role("button", name=re.compile("CSV · 100 rows$")))
    assert len(rows) == 100
    assert all(row["Name"] for row in rows)
    assert user.clicks <= MAX_CLICKS_TO_CSV


def test_a_csv_with_emails_is_five_clicks_from_the_first_page(browser: Browser, app: str) -> None:
    user = visitor(browser, app)
    search_of_the_first_page(user)
    user.click(user.page.get_by_text("All 100", exact=True))
    calm(user.page)
    bar = user.page.get_by_test_id("stBottom")
    get_emails = bar.get_by_role("button", name="Get emails · up to 100 UC")
    user.sees(get_emails)
    user.sees(user.page.get_by_role("heading", name=re.compile("people match$")))
    assert rows_in_sight(user.page) >= ROWS_IN_SIGHT
    user.click(get_emails)
    user.click(user.page.get_by_role("button", name="Spend up to 100 UC"))
    expect(
        user.page.get_by_text(re.compile("emails for 100 people · Charged")).first
    ).to_be_visible()
    rows = user.download(bar.get_by_role("button", name=re.compile("CSV · 100 rows$")))
    assert sum("@" in row["Email"] for row in rows) > 50
    assert user.clicks <= MAX_CLICKS_TO_EMAILS
