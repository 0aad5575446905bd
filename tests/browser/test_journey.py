"""From a search to a downloaded CSV to a list, as a user does it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import calm, download, go, open_export, open_page, tick, type_in
from tests.conftest import settings_of

BADGE = ".stMarkdownBadge"  # of the sandbox


def test_from_a_search_to_a_csv_to_a_list(browser: Browser, app: str) -> None:
    # A deep link on a cold server, then every page by its links.
    page = open_page(browser, f"{app}/lists", "Lists")
    badge = page.locator(BADGE, has_text="Sandbox").first
    expect(badge).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Pilots")
    page.get_by_role("button", name="Create the list · free").click()
    expect(page.get_by_text("Pilots was created.")).to_be_visible()

    go(page, "Advanced search")
    type_in(page, "Titles", "VP of Sales")
    page.get_by_role("button", name="Search · up to 10 UC").click()
    expect(page.get_by_text(re.compile(r"\d+ people match$"))).to_be_visible()
    calm(page)
    open_export(page)
    page.get_by_text("All columns").click()
    calm(page)
    people = download(page, "CSV · 100 rows")
    page.keyboard.press("Escape")
    assert len(people) == 100
    assert {row["Title"] for row in people} <= {"VP of Sales", "Senior VP of Sales"}
    assert "Domain" in people[0]
    assert not any(row["Domain"] for row in people)  # company information was not chosen
    second = people[1]

    # Select the second row and put it on the list.
    tick(page, 1)
    page.get_by_role("button", name="Add to list").click()
    page.get_by_role("button", name="Add 1 person to the list · free").click()
    expect(page.get_by_text("1 person added to Pilots.")).to_be_visible()

    go(page, "Lists")
    expect(page.get_by_role("heading", name="Pilots", exact=True)).to_be_visible()
    calm(page)
    # A click on a cell opens the prospect beside the table, once.
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 100, "y": 35 + 17})
    record = page.get_by_role("dialog")
    name = f"{second['First name']} {second['Last name']}"
    expect(record.get_by_role("heading", name=name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(record).to_have_count(0)
    (listed,) = download(page, "Download CSV · 1 row")
    assert listed["First name"] == second["First name"]
    assert listed["Last name"] == second["Last name"]

    go(page, "People search")
    page.get_by_text("Email · 1 UC").click()
    page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(second["LeadIQ id"])
    page.get_by_role("button", name="Search · up to 1 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    calm(page)
    (person,) = download(page, "Download CSV · 1 row")
    assert person["LeadIQ id"] == second["LeadIQ id"]

    go(page, "Company search")
    page.get_by_role("textbox", name="Companies (one per line)").fill(second["Company"])
    page.get_by_role("textbox", name="Companies (one per line)").press("Control+Enter")
    page.get_by_role("button", name="Search · up to 30 UC").click()
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ compan(y|ies)$"))).to_be_visible()
    calm(page)
    companies = download(page, "Download CSV")
    assert second["Company"] in [row["Company"] for row in companies]

    # Results are still there after visiting other pages, and nothing was sent for them.
    go(page, "Advanced search")
    expect(page.get_by_text(re.compile(r"\d+ people match$"))).to_be_visible()
    go(page, "Usage")
    page.get_by_text("Plans and prices").click()
    calm(page)
    plans = download(page, "Download CSV")
    assert float(plans[0]["Used"]) + float(plans[0]["Available"]) == 10_000

    # The ledger has each paid request once, whatever was clicked in between.
    requests = download(page, "Download the ledger")
    assert [row["Operation"] for row in requests] == [
        "searchCompany",
        "searchPeople",
        "flatAdvancedSearch",
    ]
    assert page.url.startswith(f"{app}/")


def test_an_expensive_request_is_confirmed_first(browser: Browser, app: str) -> None:
    page = open_page(browser, f"{app}/advanced_search", "Advanced search")
    page.get_by_text("Add company data · 3 UC").click()
    type_in(page, "Titles", "VP of Sales")
    page.get_by_role("button", name="Search · up to 310 UC").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("100 × company at 3 UC")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing is sent before that.")).to_be_visible()
    page.get_by_role("button", name="Search · up to 310 UC").click()
    page.get_by_role("button", name="Spend up to 310 UC").click()
    expect(page.get_by_text(re.compile(r"\d+ people match$"))).to_be_visible()
    calm(page)


def test_another_server_a_refusal_and_no_key_in_the_page(browser: Browser, tmp_path: Path) -> None:
    with Sandbox(people=300, credits=20, rpm=0) as server:
        settings = settings_of(server) | {"LEADIQ_API_KEY": server.decoded_key}
        with run_app(tmp_path, **settings) as running:
            page = open_page(browser, f"{running.url}/people_search", "People search")
            calm(page)
            expect(page.locator(BADGE)).to_have_count(0)
            server.faults.choose(["402-in-200:1"])
            page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(
                "https://www.linkedin.com/in/a-1"
            )
            page.get_by_role("button", name="Search · up to 0.1 UC").click()
            expect(page.get_by_text("There are not enough credits").first).to_be_visible()
            calm(page)
            for form in (server.api_key, server.decoded_key):
                assert form not in page.content()
            server.faults.choose([])
            for name in ("Usage", "Lists", "Advanced search", "Company search"):
                go(page, name)
                calm(page)
        log = (tmp_path / "streamlit.log").read_text(encoding="utf-8")
        assert server.decoded_key not in log
        assert server.api_key not in log
        assert "Traceback" not in log
