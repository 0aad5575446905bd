"""Prices in a real browser, which sends a typed text and the click after it together."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import calm, download, expect_page, go, open_page, tick, type_in
from tests.conftest import client_of, settings_of
from tests.pages.driver import somebody

PAID = {"searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch"}


class Served(NamedTuple):
    """An app with a key, its address, and the server that it talks to."""

    url: str
    server: Sandbox

    def paid(self) -> int:
        """How many paid requests have arrived."""
        return sum(seen.operation in PAID or "verif" in seen.path for seen in self.server.requests)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    sandbox = Sandbox(people=1200, credits=1000, rpm=0)
    with sandbox as server, run_app(home, **settings_of(server)) as running:
        yield Served(running.url, server)


def enter_companies(page: Page, domains: list[str]) -> None:
    page.get_by_role("textbox", name="Companies (one per line)").fill("\n".join(domains))


def keep_in_reserve(page: Page, credits: int) -> None:
    calm(page)
    page.get_by_role("button", name="Budget").click()
    page.get_by_role("spinbutton", name="Keep in reserve (UC)").fill(str(credits))
    page.get_by_role("button", name="Save", exact=True).click()
    calm(page)
    page.keyboard.press("Escape")


def test_the_first_press_sends_what_is_typed_at_its_price(browser: Browser, served: Served) -> None:
    page = open_page(browser, f"{served.url}/company_search", "Company search")
    before = served.server.store.used
    enter_companies(page, served.server.world.domains[:2])  # the box still has the focus
    page.get_by_role("button", name="Search · up to 6 UC").click()  # as it follows what is typed
    expect(page.get_by_text("Charged 6 UC")).to_be_visible()
    expect(page.get_by_role("button", name="Search · free")).to_be_visible()
    assert served.server.store.used == before + 6


def test_what_costs_too_much_cannot_be_clicked_until_less_is_entered(
    browser: Browser, served: Served
) -> None:
    page = open_page(browser, f"{served.url}/company_search", "Company search")
    world, left = served.server.world, 1000 - int(served.server.store.used)
    keep_in_reserve(page, left - 7)
    enter_companies(page, world.domains[10:14])
    page.keyboard.press("Tab")
    search = page.get_by_role("button", name="Search · ")
    expect(search).to_have_text(re.compile("up to 12 UC"))
    expect(search).to_be_disabled()
    expect(page.get_by_text(re.compile("covers 2 of these 4 companies"))).to_be_visible()
    enter_companies(page, world.domains[10:11])
    search.click(force=True)  # leaves the box, which is all that a disabled button can do
    expect(search).to_be_enabled()
    before = served.paid()
    search.click()
    expect(page.get_by_text("Charged 3 UC")).to_be_visible()
    assert served.paid() == before + 1
    keep_in_reserve(page, 0)


# A rerun, a page switch, the back button and a download send nothing ------------------------------


def find_person(page: Page, server: Sandbox) -> str:
    page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(
        server.world.work_address(somebody(server))
    )
    page.get_by_role("button", name="Search · up to 0.1 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    return "Download CSV"


def find_companies(page: Page, server: Sandbox) -> str:
    enter_companies(page, server.world.domains[20:21])
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Search · up to 3 UC").click()
    expect(page.get_by_role("heading", name="1 company")).to_be_visible()
    return "Download CSV"


def search_people(page: Page, _: Sandbox) -> str:
    type_in(page, "Titles", "VP of Sales")
    page.get_by_role("button", name="Search · up to 10 UC").click()
    expect(page.get_by_text(re.compile("people match$"))).to_be_visible()
    calm(page)
    tick(page, 0, 1)
    page.get_by_role("button", name="Get emails · up to 2 UC").click()
    expect(page.get_by_text(re.compile("Found .* for 2 people · Charged")).first).to_be_visible()
    return "CSV · 2 rows"


def verify(page: Page, _: Sandbox) -> str:
    page.get_by_role("button", name="Verify 1 email · up to 0.1 UC").click()
    expect(page.get_by_text("Charged 0.1 UC")).to_be_visible()
    return "Download the results · 1 row"


def start_job(page: Page, server: Sandbox) -> str:
    page.get_by_text("Upload a file", exact=True).click()
    addresses = "\n".join(["Email", *(server.world.work_address(i) for i in range(40, 43))])
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": addresses.encode()}
    page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name=re.compile("Look up 3 people · up to")).click()
    expect(page.get_by_text(re.compile("Done$")).first).to_be_visible()
    return "Download CSV · 3 rows"


@pytest.mark.parametrize(
    ("name", "pay"),
    [
        ("People search", find_person),
        ("Company search", find_companies),
        ("Advanced search", search_people),
        ("Lists", verify),
        ("People search", start_job),
    ],
)
def test_nothing_is_sent_again(
    browser: Browser, served: Served, name: str, pay: Callable[[Page, Sandbox], str]
) -> None:
    client = client_of(served.server)
    if not client.lists():
        ada = {"firstName": "Ada", "lastName": "Byron", "workEmail": "ada@engine.example"}
        client.add_prospects(client.create_list("Pilots")["id"], [ada])
    path = name.lower().replace(" ", "_")
    page = open_page(browser, f"{served.url}/{path}", name)
    file = pay(page, served.server)
    calm(page)
    paid = served.paid()
    assert paid > 0
    page.locator("body").press("r")  # Streamlit's shortcut for a rerun
    calm(page)
    download(page, file)
    go(page, "Usage")
    page.go_back()
    expect_page(page, name)
    calm(page)
    page.go_forward()
    expect(page.get_by_role("heading", name="Usage", exact=True)).to_be_visible()
    go(page, name)
    calm(page)
    page.reload()
    expect_page(page, name)
    calm(page)
    assert served.paid() == paid


def test_looking_at_usage_sends_nothing_paid(browser: Browser, served: Served) -> None:
    page = open_page(browser, f"{served.url}/usage", "Usage")
    calm(page)
    paid = served.paid()
    page.get_by_role("button", name="Refresh").click()
    calm(page)
    download(page, "Download the ledger")
    page.reload()
    calm(page)
    assert served.paid() == paid


def test_a_second_click_while_the_first_is_sent_pays_nothing(
    browser: Browser, served: Served
) -> None:
    server = served.server
    client = client_of(server)
    list_id = client.create_list("Clicked twice")["id"]
    client.add_prospects(
        list_id,
        [
            {"firstName": "Ann", "lastName": name, "workEmail": f"ann@{name}.example"}
            for name in ("one", "two", "three")
        ],
    )
    page = open_page(browser, f"{served.url}/lists", "Lists")
    page.get_by_role("button", name="Refresh").first.click()  # another test has read the lists
    page.get_by_text("Clicked twice").first.click()
    calm(page)
    before, server.latency = server.store.used, 0.5
    try:
        verify = page.get_by_role("button", name=re.compile("Verify 3 emails"))
        verify.click()
        page.wait_for_timeout(700)  # the first address is on its way
        verify.click(force=True)
        expect(
            page.get_by_text("You clicked again").or_(page.get_by_text("Charged 0.3 UC")).first
        ).to_be_visible()
        calm(page)
    finally:
        server.latency = 0
    assert server.store.used - before <= Decimal("0.3")


def test_a_second_click_starts_no_second_job(browser: Browser, served: Served) -> None:
    server = served.server
    page = open_page(browser, f"{served.url}/people_search", "People search")
    page.get_by_text("Upload a file").click()
    rows = "\n".join(["LeadIQ id", *server.world.person_ids[:30]])
    file = {"name": "twice.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    look_up = page.get_by_role("button", name=re.compile("^Look up 30 people"))
    expect(look_up).to_be_visible()
    calm(page)
    server.latency = 0.5
    try:
        look_up.click()
        look_up.click(force=True)
        expect(page.get_by_text("twice.csv is running")).to_be_visible()
    finally:
        server.latency = 0
    calm(page)
    expect(page.get_by_text("You clicked again")).to_have_count(0)
    expect(page.get_by_text(re.compile("^twice.csv · "))).to_have_count(1)
