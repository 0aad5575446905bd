"""Comparing companies and following them to their people, as a user does it."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, expect

from tests.browser.driver import calm, download, go, open_export, open_page, tick

# Companies of the sandbox's world: one, its parent, and another.
CHILD, PARENT, OTHER = "opalbank.example", "cinderinteractive.example", "summitbank.example"


def test_from_a_company_to_its_people_in_one_click(browser: Browser, app: str) -> None:
    page = open_page(browser, f"{app}/company_search", "Company search")
    box = page.get_by_role("textbox", name="Companies (one per line)")
    box.fill(f"{CHILD}\n{OTHER}")  # the price follows while it is typed, at the first press
    page.get_by_role("button", name="Search · up to 6 UC").click()
    expect(page.get_by_role("heading", name="Compare 2 companies")).to_be_visible()
    calm(page)

    # The files have the columns that the table shows, or all of them.
    rows = download(page, "Download CSV · 2 rows")
    assert [row["Domain"] for row in rows] == [CHILD, OTHER]
    assert not {"Company id", "Country code"} & {*rows[0]}
    open_export(page)
    page.get_by_text("All columns").click()
    calm(page)
    assert {"Company id", "Country code"} <= {*download(page, "Download CSV · 2 rows")[0]}

    # The first row is selected: it alone has a card, and its parent joins it.
    tick(page, 0)
    expect(page.get_by_role("heading", name="Opal Bank Group")).to_be_visible()
    page.get_by_role("button", name="Look up Cinder Interactive Ltd · up to 3 UC").click()
    expect(page.get_by_role("heading", name="Compare 2 companies")).to_be_visible()
    expect(page.get_by_role("heading", name="3 companies")).to_be_visible()
    expect(page.get_by_role("button", name="Look up")).to_have_count(0)
    calm(page)

    page.get_by_role("link", name="People at 2 companies").click()
    expect(page.get_by_role("heading", name="Advanced search", exact=True)).to_be_visible()
    url = urlsplit(page.url)
    assert url.path == "/advanced_search"
    assert parse_qs(url.query) == {"company_domains": [f"{CHILD}\n{PARENT}"]}
    go(page, "Company search")
    calm(page)
    # The table has the name too, in a cell that only a screen reader sees.
    page.get_by_test_id("stExpander").get_by_text("Opal Bank Group", exact=True).click()
    calm(page)
    page.get_by_role("link", name="People at Opal Bank Group").press("Enter")  # it may still move
    expect(page.get_by_role("heading", name="Advanced search", exact=True)).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"company_domains": [CHILD]}

    # Following links sent nothing: three companies were requested, and nothing else.
    go(page, "Usage")
    calm(page)
    operations = [row["Operation"] for row in download(page, "Download the ledger")]
    assert operations == ["searchCompany"] * 3
