"""Charts that filter, selection, loading, links and reloads, as a user does it."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import (
    calm,
    click_mark,
    download,
    go,
    new_page,
    open_page,
    saved_rows,
    tick,
)
from tests.conftest import settings_of

# The index of a country that a click in the middle of its outline's box hits.
FILLED_IN_THE_MIDDLE = """paths => paths.findIndex(path => {
    const box = path.getBBox(), middle = path.ownerSVGElement.createSVGPoint()
    middle.x = box.x + box.width / 2
    middle.y = box.y + box.height / 2
    return box.width > 8 && box.height > 8 && path.isPointInFill(middle)
})"""


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=3000, credits=5000, rpm=0) as running:
        yield running


@pytest.fixture(scope="module")
def address(server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_app(tmp_path_factory.mktemp("home"), **settings_of(server)) as running:
        yield running.url


def search(page: Page) -> None:
    """Presses Search, unless the app still has the results from an earlier test."""
    press = page.get_by_role("button", name=re.compile("Search · "))
    go_on = page.get_by_role("button", name=re.compile("Spend up to"))
    found = page.get_by_role("heading", name=re.compile("people match$"))
    expect(press.or_(found).first).to_be_visible()
    if press.is_visible():
        press.click()
    expect(go_on.or_(found)).to_be_visible()
    if go_on.is_visible():
        go_on.click()
    expect(found).to_be_visible()
    calm(page)


def chart(page: Page, title: str) -> Locator:
    calm(page)  # a chart that is drawn again while it is scrolled to is another element
    figure = page.get_by_role("figure", name=re.compile(f"^{title}: ")).last
    figure.scroll_into_view_if_needed()
    return figure


def numbers(page: Page, title: str) -> dict[str, int]:
    """The values of a chart with their numbers, in the order in which they are drawn."""
    text = (chart(page, title).get_attribute("aria-label") or "").removeprefix(f"{title}: ")
    return {name: int(n) for name, _, n in (one.rpartition(" ") for one in text.split(", "))}


def people_count(page: Page) -> int:
    """How many people the table has, as the box that chooses all of them says."""
    box = page.get_by_test_id("stCheckbox").get_by_text(re.compile(r"^All [\d,]+$"))
    return int(box.inner_text().split()[1].replace(",", ""))


def expect_loaded(page: Page, rows: int) -> None:
    expect(page.get_by_text(re.compile(rf"first {rows}\b"))).to_be_visible()
    calm(page)


def chips(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("narrow", [])


def expect_chip(page: Page, text: str) -> None:
    page.wait_for_function(
        "text => decodeURIComponent(location.search.replace(/[+]/g, ' ')).includes(text)", arg=text
    )
    calm(page)


def in_viewport(page: Page, what: Locator) -> bool:
    box = what.bounding_box()
    height = page.evaluate("innerHeight")
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height


def test_rows_and_actions_are_in_sight_and_emails_are_five_clicks_away(
    browser: Browser, server: Sandbox, address: str
) -> None:
    page = new_page(browser, viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/advanced_search?roles=Sales")
    search(page)  # the first click
    page.get_by_text("All 100", exact=True).click()  # the second
    calm(page)
    bar = page.get_by_test_id("stBottom")
    emails = bar.get_by_role("button", name="Get emails · up to 100 UC")
    assert in_viewport(page, page.get_by_role("heading", name=re.compile("people match$")))
    assert in_viewport(page, emails)
    table, top = page.get_by_test_id("stDataFrame").bounding_box(), bar.bounding_box()
    assert table is not None
    assert top is not None
    assert top["y"] - table["y"] >= 35 + 15 * 35  # the headings and 15 rows
    charts = page.get_by_role("figure")
    assert charts.count() == 3
    for figure in charts.all():
        box = figure.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= top["y"]
    page.get_by_role("button", name="Add to list").click()  # opens upwards, in sight
    name = page.get_by_label("…or a new list")
    expect(name).to_be_visible()
    calm(page)
    assert in_viewport(page, name)
    page.keyboard.press("Escape")
    emails.click()  # the third
    page.get_by_role("button", name=re.compile("Spend up to 100 UC")).click()  # the fourth
    expect(page.get_by_text(re.compile("emails for 100 people · Charged")).first).to_be_visible()
    calm(page)  # a run that ends in between takes the file away
    with page.expect_download() as waiting:
        bar.get_by_role("button", name=re.compile("CSV · 100 rows")).click()  # the fifth
    rows = saved_rows(waiting.value)
    assert sum("@" in row["Email"] for row in rows) > 50
    assert not any(row["Email"] == "none found" for row in rows)


@pytest.mark.parametrize("width", [1024, 390])
def test_narrow_windows_have_the_table_first_and_clip_nothing(
    browser: Browser, address: str, width: int
) -> None:
    page = new_page(browser, viewport={"width": width, "height": 844})
    page.goto(f"{address}/advanced_search?roles=Sales")
    search(page)
    tick(page, 0)
    table = page.get_by_test_id("stDataFrame").bounding_box()
    first_chart = page.get_by_role("figure").first.bounding_box()
    assert table is not None
    assert first_chart is not None
    assert table["y"] + table["height"] <= first_chart["y"]
    for button in page.get_by_test_id("stMain").get_by_role("button").all():
        box = button.bounding_box()
        if box is not None:
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width, button.inner_text()


def test_charts_filter_the_table_and_each_other(
    browser: Browser, server: Sandbox, address: str
) -> None:
    query = "?roles=Sales&limit=100&company_information=true"
    page = open_page(browser, f"{address}/advanced_search{query}", "Advanced search")
    search(page)
    assert people_count(page) == 100
    paid = server.store.used

    # A click on a bar.
    seniorities = numbers(page, "Seniority")
    bars = chart(page, "Seniority").locator("g.point path")
    click_mark(page, bars, [*seniorities].index("Manager"))
    expect_chip(page, "Seniority: Manager")
    managers = people_count(page)
    assert managers == seniorities["Manager"] < 100
    assert numbers(page, "Seniority") == seniorities
    assert sum(numbers(page, "Employees").values()) <= managers

    # A click on a country.
    page.get_by_text("More charts").click()
    countries = chart(page, "Country").locator("path.choroplethlocation")
    countries.first.wait_for()
    country = countries.evaluate_all(FILLED_IN_THE_MIDDLE)
    click_mark(page, countries, country)
    expect_chip(page, "Country: ")
    both = people_count(page)
    assert 0 < both <= managers
    # The same click again removes the chip.
    click_mark(page, chart(page, "Country").locator("path.choroplethlocation"), country)
    page.wait_for_function("() => !location.search.includes('Country')")
    calm(page)
    assert people_count(page) == managers

    # A technology, without a mouse.
    box = page.get_by_role("combobox", name="Chart filter", exact=True)
    box.fill("Technology: ")
    box.press("ArrowDown")
    box.press("Enter")
    expect_chip(page, "Technology: ")
    assert 0 < people_count(page) < managers

    # The table and the CSV have the same people, and a chip's cross clears it.
    rows = download(page, f"CSV · {people_count(page)} row")
    assert {row["Seniority"] for row in rows} == {"Manager"}
    page.get_by_role("button", name=re.compile("^Remove Technology: ")).click()
    page.wait_for_function("() => !location.search.includes('Technology')")
    calm(page)
    assert people_count(page) == managers
    assert server.store.used == paid  # looking costs nothing


def test_a_box_in_a_chart_and_a_job_change(browser: Browser, address: str) -> None:
    page = open_page(browser, f"{address}/advanced_search?changes=New+company", "Advanced search")
    search(page)
    bars = chart(page, "Seniority")
    bars.hover()
    bars.locator("[data-title='Box Select']").click()
    box = bars.locator("rect.nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.45, steps=8)
    page.mouse.up()
    expect_chip(page, "Seniority: ")
    assert len(chips(page)) >= 2
    boxed = people_count(page)
    assert 0 < boxed < 100

    page.get_by_text("More charts").click()
    calm(page)
    flow = (
        page.get_by_test_id("stEChartsChart").or_(page.locator(".stEchartsChart")).locator("canvas")
    )
    flow.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    area = flow.bounding_box()
    assert area is not None
    page.mouse.click(area["x"] + area["width"] * 0.4, area["y"] + 26)
    expect_chip(page, "Move: ")
    assert people_count(page) < boxed


def test_a_selection_outlives_chart_filters_and_a_link_shows_the_same(
    browser: Browser, server: Sandbox, address: str
) -> None:
    page = open_page(browser, f"{address}/advanced_search?roles=Sales&limit=25", "Advanced search")
    search(page)
    page.get_by_role("button", name="Load 25 more · up to 2.5 UC").click()
    expect_loaded(page, 50)
    paid = server.store.used
    tick(page, 0)
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    (first,) = download(page, "CSV · 1 row")
    bars = chart(page, "Seniority").locator("g.point path")
    names = [*numbers(page, "Seniority")]
    other = next(index for index, name in enumerate(names) if name != first["Seniority"])
    click_mark(page, bars, other)
    expect_chip(page, f"Seniority: {names[other]}")
    expect(page.get_by_text("1 selected (1 hidden)")).to_be_visible()
    bar = page.get_by_test_id("stBottom")
    assert [row["Name"] for row in download(page, "CSV · 1 row", bar)] == [first["Name"]]

    filtered = people_count(page)
    role = page.get_by_role("button", name="Role: Sales ✕")
    go(page, "Usage")
    go(page, "Advanced search")
    expect_loaded(page, 50)
    assert people_count(page) == filtered
    go(page, "Usage")
    page.go_back()
    expect(role).to_be_visible()
    expect_loaded(page, 50)
    assert people_count(page) == filtered
    expect(page.get_by_text("Filters changed")).to_have_count(0)
    page.reload()
    expect_loaded(page, 50)
    assert people_count(page) == filtered

    link = page.url
    assert server.api_key not in link
    fresh = open_page(browser, link, "Advanced search")
    expect_loaded(fresh, 50)
    assert people_count(fresh) == filtered
    assert chips(fresh) == [f"Seniority: {names[other]}"]
    expect(fresh.get_by_role("button", name="Role: Sales ✕")).to_be_visible()
    assert server.store.used == paid


def test_the_first_chip_of_a_search_opened_by_its_link_is_in_the_address(
    browser: Browser, address: str
) -> None:
    link = f"{address}/advanced_search?roles=Marketing&limit=25"
    search(open_page(browser, link, "Advanced search"))
    page = open_page(browser, link, "Advanced search")  # its rows were loaded before
    expect_loaded(page, 25)
    click_mark(page, chart(page, "Seniority").locator("g.point path"), 0)
    expect(page).to_have_url(re.compile("narrow=Seniority"))


def test_a_click_stops_loading(browser: Browser, server: Sandbox, address: str) -> None:
    page = open_page(
        browser, f"{address}/advanced_search?limit=25&work_emails=Verified", "Advanced search"
    )
    before = len(server.requests)
    search(page)
    server.latency = 0.5
    page.get_by_role("button", name=re.compile("Load first 500 · up to")).click()
    expect(page.get_by_text(re.compile(r"[23] pages of"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^first (?!25 )\d+ of"))).to_be_visible()
    calm(page)
    loaded = people_count(page)
    assert 25 < loaded < 500
    assert loaded % 25 == 0
    server.latency = 0.0
    sent = len(server.requests)
    page.wait_for_timeout(1500)
    assert len(server.requests) == sent  # nothing continues behind the page
    events = [seen for seen in server.requests[before:] if seen.operation == "flatAdvancedSearch"]
    assert len(events) * 25 == loaded  # each page was requested once and is shown
