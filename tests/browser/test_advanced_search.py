"""Charts that filter, selection, loading, links and reloads, as a user does it."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import serve
from tests.browser.driver import calm, click_mark, download, go, open_page
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
    yield from serve(tmp_path_factory.mktemp("home"), **settings_of(server))


def search(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Search · up to")).click()
    go_on = page.get_by_role("button", name=re.compile("Go on · up to"))
    expect(go_on.or_(page.get_by_text(re.compile("found$")))).to_be_visible()
    if go_on.is_visible():
        go_on.click()
    expect(page.get_by_text(re.compile("found$"))).to_be_visible()
    calm(page)


def chart(page: Page, title: str) -> Locator:
    calm(page)  # a chart that is drawn again while it is scrolled to is another element
    figure = page.get_by_role("figure", name=re.compile(f"^{title}, "))
    figure.scroll_into_view_if_needed()
    return figure


def labels(page: Page, title: str) -> list[str]:
    """The names of a chart's bars from the top, as the bars are drawn."""
    bars = chart(page, title)
    bars.locator("g.point path").first.wait_for()
    return bars.locator("g.yaxislayer-above text").all_text_contents()


def people_count(page: Page) -> int:
    """The number in the heading of the table of people."""
    heading = page.get_by_role("heading", name=re.compile(r"^[\d,]+ (person|people)$"))
    return int(heading.inner_text().split()[0].replace(",", ""))


def chips(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("narrow", [])


def expect_chip(page: Page, text: str) -> None:
    page.wait_for_function(
        "text => decodeURIComponent(location.search.replace(/[+]/g, ' ')).includes(text)", arg=text
    )
    calm(page)


def test_charts_filter_the_table_and_each_other(
    browser: Browser, server: Sandbox, address: str
) -> None:
    query = "?roles=Sales&limit=100&company_information=true"
    page = open_page(browser, f"{address}/advanced_search{query}", "Advanced search")
    search(page)
    assert people_count(page) == 100
    paid = server.store.used

    # A click on a bar.
    bars = chart(page, "Seniority").locator("g.point path")
    click_mark(page, bars, labels(page, "Seniority").index("Manager"))
    expect_chip(page, "Seniority: Manager")
    managers = people_count(page)
    assert 0 < managers < 100
    expect(chart(page, "Employees")).to_have_attribute(
        "aria-label", re.compile(f"of {managers} people")
    )
    expect(chart(page, "Seniority")).to_have_attribute("aria-label", re.compile("of 100 people"))

    # A click on a country.
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

    # A technology in the treemap.
    click_mark(page, chart(page, "Technology").locator("g.slice path.surface"), 1)
    expect_chip(page, "Technology: ")
    assert 0 < people_count(page) < managers

    # The table and the CSV have the same people, and a chip's cross clears it.
    rows = download(page, f"Download CSV · {people_count(page)} row")
    assert {row["seniority"] for row in rows} == {"Manager"}
    page.get_by_role("button", name=re.compile("^Remove Technology: ")).click()
    page.wait_for_function("() => !location.search.includes('Technology')")
    calm(page)
    assert people_count(page) == managers
    assert server.store.used == paid  # looking costs nothing


def test_a_box_in_a_chart_and_a_job_change(browser: Browser, address: str) -> None:
    page = open_page(
        browser, f"{address}/advanced_search?changes=New+company&limit=50", "Advanced search"
    )
    search(page)
    seniority = chart(page, "Seniority")
    seniority.hover()
    seniority.locator("[data-title='Box Select']").click()
    box = seniority.locator("rect.nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.45, steps=8)
    page.mouse.up()
    expect_chip(page, "Seniority: ")
    assert len(chips(page)) >= 2
    boxed = people_count(page)
    assert 0 < boxed < 50

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
    page = open_page(browser, f"{address}/advanced_search?roles=Sales", "Advanced search")
    search(page)
    page.get_by_role("button", name="Load the next 25 · up to 2.5 UC").click()
    expect(page.get_by_role("heading", name="50 people")).to_be_visible()
    calm(page)
    paid = server.store.used
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 20, "y": 35 + 17})
    expect(page.get_by_text("1 person selected.")).to_be_visible()
    calm(page)
    (first,) = download(page, "Download CSV · 1 row")
    bars = chart(page, "Seniority").locator("g.point path")
    names = labels(page, "Seniority")
    other = next(
        index
        for index, name in enumerate(names)
        if name != first["seniority"] and not name.endswith("…")
    )
    click_mark(page, bars, other)
    expect_chip(page, f"Seniority: {names[other]}")
    expect(page.get_by_text("1 person selected, 1 of them not in the table now.")).to_be_visible()
    assert [row["name"] for row in download(page, "Download CSV · 1 row")] == [first["name"]]

    filtered = people_count(page)
    go(page, "Usage")
    go(page, "Advanced search")
    expect(page.get_by_text("50 people of")).to_be_visible()
    calm(page)
    assert people_count(page) == filtered
    page.reload()
    expect(page.get_by_text("50 people of")).to_be_visible()
    calm(page)
    assert people_count(page) == filtered

    link = page.url
    assert server.api_key not in link
    fresh = open_page(browser, link, "Advanced search")
    expect(fresh.get_by_text("50 people of")).to_be_visible()
    calm(fresh)
    assert people_count(fresh) == filtered
    assert chips(fresh) == [f"Seniority: {names[other]}"]
    expect(fresh.get_by_label("Sales", exact=True).first).to_be_visible()
    assert server.store.used == paid


def test_a_click_stops_loading(browser: Browser, server: Sandbox, address: str) -> None:
    page = open_page(browser, f"{address}/advanced_search?work_emails=Verified", "Advanced search")
    before = len(server.requests)
    search(page)
    server.latency = 0.5
    page.get_by_role("button", name=re.compile("Load all up to 500 · up to")).click()
    expect(page.get_by_text(re.compile(r"[23] pages of"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^(?!25 )\d+ people of [\d,]+ loaded"))).to_be_visible()
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
