"""Access that ends while a page is open: at the next click, in every tab and for every copy."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import calm, download, go, open_page
from tests.browser.oidc import Provider
from tests.conftest import settings_of

ALLOWED = 'LEADIQ_ALLOWED_USERS = "acme.example"\n'
JANE = {"email": "jane@acme.example", "email_verified": True}
JIM = {"email": "jim@acme.example", "email_verified": True}
CLOSED = "Sign in to use this app."
NOT_LISTED = "You're signed in, but not on the list"


class App(NamedTuple):
    """A running app with sign-in, and what it stands on."""

    url: str
    secrets: Path
    provider: Provider
    server: Sandbox
    home: Path


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An app of its own key whose list of users is in secrets.toml."""
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    with Provider() as provider, Sandbox(people=300, credits=100, rpm=0) as server:
        toml = provider.secrets_toml("http://127.0.0.1:{port}/oauth2callback")
        secrets.write_text(ALLOWED + toml, encoding="utf-8")
        with run_app(tmp_path, **settings_of(server)) as running:
            yield App(running.url, secrets, provider, server, tmp_path)


def signed_in(browser: Browser, app: App, claims: dict[str, object], path: str, title: str) -> Page:
    """A page of a browser of its own, in which somebody has signed in."""
    app.provider.claims = claims
    page = open_page(browser, f"{app.url}/{path}", title)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {claims['email']}")).to_be_visible()
    page.goto(f"{app.url}/{path}")
    expect(page.get_by_text(f"Signed in as {claims['email']}")).to_be_visible()
    calm(page)
    return page


def is_refused(app: App, context: BrowserContext) -> bool:
    """Whether the server would take no file from somebody, whatever else it says."""
    answer = context.request.put(f"{app.url}/_stcore/upload_file/no-session/x")
    return "You may not use this app" in answer.text()


def wait_until(condition: Callable[[], bool]) -> None:
    """The server watches secrets.toml; it is asked until it has seen the change."""
    for _ in range(3000):
        if condition():
            return
    pytest.fail("the server did not see the change")


def fill_in_budget(page: Page, per_day: str) -> Locator:
    """Fills in the form in the sidebar, which is a fragment of its own; returns its button."""
    expect(page.get_by_text("Plans and prices")).to_be_visible()  # drawn to the end
    calm(page)
    box = page.get_by_role("spinbutton", name="Daily limit (UC)")
    page.get_by_role("button", name="Budget").click()
    box.fill(per_day)
    return page.get_by_role("button", name="Save", exact=True)


def budgets(app: App) -> list[tuple[object, ...]]:
    with sqlite3.connect(next(app.home.rglob("ledger.db"))) as ledger:
        return ledger.execute("SELECT per_day FROM budgets").fetchall()


def test_a_user_who_is_removed_can_do_nothing_in_an_open_tab(browser: Browser, app: App) -> None:
    page = signed_in(browser, app, JANE, "", "Usage")
    fill_in_budget(page, "7").click()
    calm(page)
    assert budgets(app) == [(7000,)]

    save = fill_in_budget(page, "90")
    text = app.secrets.read_text(encoding="utf-8")
    app.secrets.write_text(text.replace("acme.example", "other.example", 1), encoding="utf-8")
    wait_until(lambda: is_refused(app, page.context))
    asked = len(app.server.requests)
    # The sidebar refreshes itself every 30 seconds: it may have been refused before the click.
    save.evaluate_all("buttons => buttons.forEach(button => button.click())")
    expect(page.get_by_text(NOT_LISTED)).to_be_visible()
    assert budgets(app) == [(7000,)]
    assert len(app.server.requests) == asked
    expect(page.get_by_test_id("stMetric")).to_have_count(0)

    app.secrets.write_text(text, encoding="utf-8")
    wait_until(lambda: not is_refused(app, page.context))
    page.reload()
    expect(page.get_by_text("Signed in as jane@acme.example")).to_be_visible()


def test_signing_out_ends_every_tab_and_every_copy_of_the_cookie(
    browser: Browser, app: App
) -> None:
    page = signed_in(browser, app, JANE, "", "Usage")
    second_tab = page.context.new_page()
    second_tab.goto(f"{app.url}/lists")
    expect(second_tab.get_by_text("Signed in as jane@acme.example")).to_be_visible()
    thief = browser.new_context()
    thief.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    stolen = thief.new_page()
    stolen.goto(f"{app.url}/")
    expect(stolen.get_by_text("Signed in as jane@acme.example")).to_be_visible()
    other = signed_in(browser, app, JANE, "", "Usage")  # she signed in there as well

    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    for ended in (page, second_tab, stolen):
        expect(ended.get_by_text(CLOSED)).to_be_visible()
        expect(ended.get_by_test_id("stMetric")).to_have_count(0)
    stolen.reload()
    expect(stolen.get_by_text(CLOSED)).to_be_visible()
    assert is_refused(app, thief)
    assert not is_refused(app, other.context)

    go(other, "Lists")
    expect(other.get_by_text("Signed in as jane@acme.example")).to_be_visible()


def test_a_second_tab_joins_the_sign_in_of_the_first(browser: Browser, app: App) -> None:
    app.provider.claims = JANE
    first = open_page(browser, app.url, "Usage")
    second = first.context.new_page()
    second.goto(f"{app.url}/lists")
    for tab in (first, second):  # the second shows "Sign in" still
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    for tab in (first, second):
        tab.get_by_role("button", name="Sign in").click()
        expect(tab.get_by_text("Signed in as jane@acme.example")).to_be_visible()
    assert app.provider.log.count("authorize") == 1
    with second.expect_navigation():
        second.get_by_role("button", name="Sign out").click()
    expect(first.get_by_text(CLOSED)).to_be_visible()


def test_a_sign_in_that_has_ended_does_not_prevent_the_next(browser: Browser, app: App) -> None:
    page = signed_in(browser, app, JANE, "", "Usage")
    kept = page.context.cookies()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text(CLOSED)).to_be_visible()
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # the answer did not arrive
    page.goto(f"{app.url}/lists")
    expect(page.get_by_text(CLOSED)).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as jane@acme.example")).to_be_visible()


def test_files_are_for_the_sign_in_that_made_them(browser: Browser, app: App) -> None:
    page = signed_in(browser, app, JANE, "lists", "Lists")
    page.goto(f"{app.url}/people_search")
    calm(page)
    page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(app.server.world.person_ids[0])
    page.get_by_role("button", name="Search · up to 0.1 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    assert len(download(page, "Download CSV")) == 1
    (address,) = [url for url in addresses if url.endswith(".csv")]
    jim = signed_in(browser, app, JIM, "", "Usage").context.request
    stranger = browser.new_context().request
    assert page.context.request.get(address).status != 403  # it may be gone by now
    assert jim.get(address).status == 403
    assert stranger.get(address).status == 403
    assert stranger.get(f"{app.url}/media/none.csv").status == 403


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b'LEADIQ_API_KEY = "cut-off"\n', b'LEADIQ_API_KEY = "\xfc"\n']
)
def test_an_app_that_loses_its_sign_in_closes(browser: Browser, app: App, content: bytes) -> None:
    page = signed_in(browser, app, JANE, "", "Usage")
    text = app.secrets.read_text(encoding="utf-8")
    app.secrets.write_bytes(content)
    stranger = browser.new_context().request
    wait_until(lambda: stranger.get(app.url).status == 503)
    assert "cannot be read or has no [auth] section" in stranger.get(app.url).text()
    asked = len(app.server.requests)
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text(re.compile("Connection error|CONNECTING"))).to_be_visible()
    assert len(app.server.requests) == asked
    app.secrets.write_text(text, encoding="utf-8")
    wait_until(lambda: stranger.get(app.url).status == 200)
