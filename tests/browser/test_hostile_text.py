"""Hostile names, titles, companies and prospects in a real browser: they are shown as text, none of
them runs, and a link leads to a web address or nowhere."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import calm, expect_page, open_page
from tests.conftest import settings_of
from tests.pages.hostile import TEXTS, Hostile

PAID = ("searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch")
ROUNDS = 2  # of answers drawn at random for each search

# What no page of ours has: formulas, foreign pictures, frames, links inside charts.
NEVER = ".katex, svg a, .main-svg b, iframe, [src*='evil.example'], [srcdoc], [onerror]"
LINKS = "links => links.map(link => link.href)"


class MostlyComplete(Hostile):
    """Hostile answers with few nulls: missing values would show nothing."""

    def of(self, kind: Any) -> Any:
        value = super().of(kind)
        return super().of(kind) if value is None or value == [] else value


class Watched:
    """A page, and the dialogs, requests and windows that it should not have opened."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.unwanted: list[str] = []
        page.on("dialog", lambda dialog: (self.unwanted.append(dialog.message), dialog.dismiss()))
        page.on("request", self._on_request)
        page.on("popup", lambda other: self.unwanted.append(other.url))

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.unwanted.append(request.url)

    def open(self, title: str) -> None:
        """Opens a page in a session of its own."""
        self.page.goto(f"{self.url}/{title.lower().replace(' ', '_')}")
        expect_page(self.page, title)
        self.check()

    def search(self) -> None:
        """Clicks Search, and checks the result."""
        expect(self.page.get_by_text("Nothing is sent before")).to_have_count(1)
        self.page.get_by_role("button", name="Search · ").click()
        expect(self.page.get_by_text("Nothing is sent before")).to_have_count(0)
        self.check()

    def check(self) -> None:
        """The page is calm, has no traceback, and shows nothing but text and its own icon."""
        calm(self.page)
        assert self.unwanted == []
        expect(self.page.locator(NEVER)).to_have_count(0)
        for link in self.page.locator("a[href]").evaluate_all(LINKS):
            assert link.startswith(("https://", "http://")), link
            assert "evil.example" not in link.lower()  # an address in a name is text
        icon = self.page.locator("link[rel~='icon']").first.get_attribute("href") or ""
        assert icon.startswith((self.url, "/", "./", "data:")), icon  # no request shows it


def test_hostile_data_shows_as_text(browser: Browser, tmp_path: Path, monkeypatch: Any) -> None:
    with Sandbox(people=60, credits=100, rpm=0) as server:
        for text in TEXTS:
            made = server.store.create_list(text or "Empty", text)
            fields = ("firstName", "lastName", "title", "notes", "linkedinUrl", "workEmail")
            more = {"company": {"name": text}, "location": {"city": text}, "seniority": text}
            server.store.create_prospect({**dict.fromkeys(fields, text), **more}, made["id"])
        honest, hostile = server.graphql.answer, MostlyComplete(server, 5)
        monkeypatch.setattr(server.graphql, "answer", hostile)
        with run_app(tmp_path, **settings_of(server)) as running:
            page = open_page(browser, f"{running.url}/usage", "Usage")
            watched = Watched(page, running.url)
            watched.check()
            # A balance drawn at random would prevent every search.
            monkeypatch.setattr(
                server.graphql,
                "answer",
                lambda body: (hostile if server.graphql.field(body) in PAID else honest)(body),
            )
            page.get_by_role("button", name="Refresh").click()
            expect(page.get_by_text("100 UC").first).to_be_visible()
            for round_ in range(ROUNDS):
                watched.open("People search")
                page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(f"PersonID-{round_}")
                watched.search()
                watched.open("Company search")
                box = page.get_by_role("textbox", name="Companies (one per line)")
                box.fill(f"somewhere-{round_}.example")
                box.press("Control+Enter")
                # The price follows what is entered; an earlier click is refused, rightly.
                expect(page.get_by_role("button", name="Search · up to")).to_be_visible()
                calm(page)
                watched.search()
                watched.open("Advanced search")
                page.get_by_text("More filters").click()
                page.get_by_role("textbox", name="Names").first.fill(f"Jane {round_}")
                watched.search()
            watched.open("Usage")
            watched.open("Lists")
            expect(page.get_by_role("heading", name="lists", exact=False).first).to_be_visible()
            for index in range(0, len(TEXTS), 5):
                page.get_by_role("radio").nth(index).check(force=True)
                watched.check()
        log = (tmp_path / "streamlit.log").read_text(encoding="utf-8", errors="replace")
        assert "Traceback" not in log
