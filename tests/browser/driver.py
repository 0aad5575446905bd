"""What a user does in a browser: opens a page, types, clicks, waits until it is calm, saves."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Browser, Download, Locator, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WAIT = 180_000  # ms; a loaded machine is slow, not wrong

WATCH = "({})({}, {}, {})".format(
    Path(__file__).with_name("busy.js").read_text(encoding="utf-8"),
    BackMsg.DESCRIPTOR.fields_by_name["rerun_script"].number,
    ForwardMsg.DESCRIPTOR.fields_by_name["script_finished"].number,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
)


# Streamlit sends a click by a timer, after React has drawn: two frames later it is sent. A table
# waits for another 150 ms.
SENT = """delay => new Promise(done => requestAnimationFrame(
    () => requestAnimationFrame(() => setTimeout(() => done(true), delay))
))"""
CLICK_MS, TABLE_MS = 20, 200
# A skeleton stands for an element whose code is still loading; a panel that opens moves what is
# below it.
CALM = """() => !window.busy
    && document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
    && !document.querySelector("[data-testid=stSkeleton]")
    && !document.getAnimations().some(one => one.playState === "running"
        && one.effect.getComputedTiming().iterations !== Infinity)"""


def new_page(browser: Browser, **options: object) -> Page:
    """Opens a blank page in a browser context of its own."""
    options = {"viewport": {"width": 1280, "height": 1600}} | options
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(WAIT)
    page.add_init_script(WATCH)
    return page


def open_page(browser: Browser, url: str, title: str) -> Page:
    """Opens a page of the app, and waits for its title."""
    page = new_page(browser)
    page.goto(url)
    expect_page(page, title)
    return page


def expect_page(page: Page, title: str) -> None:
    """Waits for a page's heading; with results, that of Advanced search says how many match."""
    name = re.compile(r" match(es)?$|^Advanced search$") if title == "Advanced search" else title
    expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()


def calm(page: Page, delay: int = CLICK_MS) -> None:
    """Waits until nothing runs, is requested or is loading; there must be no traceback.

    ``delay`` is how many milliseconds Streamlit takes to send what was clicked.
    """
    # These wait again on the next page if the browser leaves this one meanwhile; evaluate() fails.
    page.wait_for_function(SENT, arg=delay)
    page.wait_for_function(CALM)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def go(page: Page, name: str) -> None:
    """Follows the link to another page of the app."""
    calm(page)
    page.get_by_role("link", name=name).click()
    expect_page(page, name)


def tick(page: Page, *rows: int) -> None:
    """Ticks rows of the first table, counted from 0."""
    calm(page)  # a run that ends in between draws another table
    table = page.get_by_test_id("stDataFrame").first
    for row in rows:
        table.scroll_into_view_if_needed()
        table.click(position={"x": 20, "y": 35 + 35 * row + 17})
        calm(page, TABLE_MS)


def type_in(page: Page, label: str, value: str) -> None:
    """Types a value into a box that takes any, and presses Enter."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.fill(value)
    box.press("Enter")
    box.press("Escape")  # an open list hides the rest of the page from whatever reads roles


def click_mark(page: Page, marks: Locator, index: int) -> None:
    """Clicks a mark of a chart as a user does: Plotly needs to see the mouse arrive."""
    marks.nth(index).wait_for()
    marks.nth(index).scroll_into_view_if_needed()  # the mouse does not scroll by itself
    box = marks.nth(index).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def export_menu(page: Page) -> Locator:
    return page.get_by_test_id("stPopover").get_by_role("button", name=re.compile("Export$"))


def open_export(page: Page) -> None:
    """Opens the menu of a table's files."""
    menu = page.get_by_test_id("stPopoverBody")
    if not menu.is_visible():
        export_menu(page).click()
    menu.wait_for()


def download(page: Page, start: str, within: Locator | None = None) -> list[dict[str, str]]:
    """Clicks a download button, perhaps in a menu; returns the rows of its CSV file.

    ``within`` is the part of the page that the button is in, if it is not the only one.
    """
    calm(page)  # a run that ends in between takes the file away
    button = (within or page).get_by_role("button", name=re.compile(f"^.*{start}"))
    expect(button.or_(export_menu(page)).first).to_be_visible()
    if not button.count():
        open_export(page)
    with page.expect_download() as waiting:
        button.click()
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")  # an open menu hides the page
    return saved_rows(waiting.value)


def saved_rows(saved: Download) -> list[dict[str, str]]:
    """The rows of a CSV file that was downloaded."""
    content = Path(saved.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
