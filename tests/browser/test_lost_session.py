"""A tab that was away for longer than its session, as on a laptop that slept."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import free_port, run_app
from tests.browser.driver import calm, open_page

GONE = "This tab was away too long, so its session ended"


def test_a_tab_whose_session_is_gone_says_what_is_left(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with run_app(tmp_path, port=port) as running:
        page = open_page(browser, f"{running.url}/people_search", "People search")
        calm(page)
        expect(page.get_by_role("textbox").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_text(GONE)).to_have_count(0)

    with run_app(tmp_path, port=port):
        expect(page.get_by_text(GONE)).to_be_visible()  # the tab reconnects by itself
        calm(page)
        page.get_by_role("button", name="OK").click()
        expect(page.get_by_text(GONE)).to_have_count(0)

        page.reload()
        calm(page)
        expect(page.get_by_text(GONE)).to_have_count(0)
