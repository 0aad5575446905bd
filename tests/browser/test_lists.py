"""Lists at several widths, as a user sees them."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import (
    WAIT,
    calm,
    expect_page,
    new_page,
    open_page,
    tick,
)
from tests.conftest import client_of, settings_of

CREATE = "create_list"  # the sandbox's operation
IS_WHOLE = "element => element.scrollWidth <= element.clientWidth"


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
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
        yield server


@pytest.fixture(scope="module")
def address(server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
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


class Pause:
    """An operation of the sandbox that waits, once it was called, until it may answer."""

    def __init__(self, patch: pytest.MonkeyPatch, of: object, name: str) -> None:
        self.called, self.may_answer = threading.Event(), threading.Event()
        real = getattr(of, name)

        def wait(*arguments: Any) -> Any:
            self.called.set()
            assert self.may_answer.wait(WAIT / 1000)
            return real(*arguments)

        patch.setattr(of, name, wait)

    def click_twice(self, button: Locator) -> None:
        """Clicks, and again while the server works on what the first click sent."""
        button.click()
        assert self.called.wait(WAIT / 1000)
        button.click()
        expect(button.page.get_by_text("Saving …")).to_be_attached()  # the second run waits
        self.may_answer.set()


def create_list_by_two_clicks(page: Page, name: str, pause: Pause) -> None:
    page.get_by_role("button", name="New list").click()
    page.get_by_label("Name", exact=True).fill(name)
    calm(page)
    pause.click_twice(page.get_by_role("button", name="Create the list · free"))


def test_a_second_click_adds_nobody_twice(
    browser: Browser, address: str, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(browser, f"{address}/lists", "Lists")
    page.get_by_text("Partners in other regions").click()
    expect(page.get_by_role("heading", name="Partners in other regions")).to_be_visible()
    calm(page)
    page.get_by_text("Add a prospect").click()
    page.get_by_label("First name", exact=True).fill("Ada")
    page.get_by_label("Last name", exact=True).fill("Byron")
    calm(page)
    pause = Pause(monkeypatch, server.prospector, "create_batch")
    pause.click_twice(page.get_by_role("button", name="Add to the list · free"))
    expect(page.get_by_text("1 person added to Partners in other regions.")).to_be_visible()
    calm(page)
    (partners,) = [row for row in client_of(server).lists() if row["name"].startswith("Partners")]
    assert len(client_of(server).list_prospects(partners["id"])) == 1


def test_a_second_click_creates_no_second_list(
    browser: Browser, address: str, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(browser, f"{address}/lists", "Lists")
    create_list_by_two_clicks(page, "Clicked twice", Pause(monkeypatch, server.prospector, CREATE))
    expect(page.get_by_role("heading", name="Clicked twice")).to_be_visible()
    calm(page)
    expect(page.get_by_text("exists already")).to_have_count(0)
    assert [row["name"] for row in client_of(server).lists()].count("Clicked twice") == 1


def test_a_second_click_does_not_hide_why_the_first_one_failed(
    browser: Browser, address: str, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(browser, f"{address}/lists", "Lists")
    name = "Partners in other regions"  # is taken
    create_list_by_two_clicks(page, name, Pause(monkeypatch, server.prospector, CREATE))
    calm(page)
    expect(page.get_by_text("LeadIQ refused the request")).to_be_visible()
