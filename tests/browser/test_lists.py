"""Lists at several widths, as a user sees them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import calm, expect_page, new_page, tick
from tests.conftest import client_of, settings_of

IS_WHOLE = "element => element.scrollWidth <= element.clientWidth"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Sandbox(people=300, credits=500, rpm=0) as server:
        client = client_of(server)
        client.create_list("Partners in other regions")
        pilots = client.create_list("Pilots in the mid-market segment, second half")["id"]
        client.add_prospects(
            pilots,
            [
                {"firstName": f"N{n}", "lastName": "Byron", "workEmail": f"n{n}@a.example"}
                for n in range(30)
            ],
        )
        with run_app(tmp_path_factory.mktemp("home"), **settings_of(server)) as running:
            yield running.url


def top_of(what: Locator) -> float:
    box = what.bounding_box()
    assert box is not None
    return box["y"]


def left_of(what: Locator) -> float:
    box = what.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_lists_stand_beside_their_prospects_if_there_is_room(
    browser: Browser, address: str, width: int
) -> None:
    page = new_page(browser, viewport={"width": width, "height": 900})
    page.goto(f"{address}/lists")
    expect_page(page, "Lists")
    calm(page)
    new = page.get_by_role("button", name="New list")
    assert new.locator("p").first.evaluate(IS_WHOLE)
    heading = page.get_by_role("heading", name="Pilots in the mid-market")
    assert (left_of(heading) > left_of(new) + 200) == (width == 1440)
    tick(page, 0, 1)
    bar = page.get_by_test_id("stBottom")
    expect(bar.get_by_text("2 selected")).to_be_visible()
    for button in bar.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 900
    other = bar.get_by_role("button", name="Add to another list")
    other.click()
    add = page.get_by_role("button", name="Add 2 prospects")
    expect(add).to_be_visible()
    assert 0 <= top_of(add) < top_of(other)
