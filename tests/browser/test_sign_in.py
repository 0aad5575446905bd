"""Sign-in through a local OpenID Connect provider, as a user sees it in a browser."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.page import PAGES
from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.browser.driver import calm, go, open_page
from tests.browser.oidc import Provider
from tests.conftest import settings_of

JANE = {"email": "Jane@acme.example", "email_verified": True, "name": "Jane"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(people=300, credits=100, rpm=0) as running:
        yield running


@pytest.fixture
def guarded(tmp_path: Path, provider: Provider, server: Sandbox) -> Iterator[str]:
    """The address of a cold app with its own key that allows users of acme.example."""
    (tmp_path / ".streamlit").mkdir()
    toml = provider.secrets_toml("http://127.0.0.1:{port}/oauth2callback")
    (tmp_path / ".streamlit" / "secrets.toml").write_text(toml, encoding="utf-8")
    allowed = {"LEADIQ_ALLOWED_USERS": "boss@other.example, acme.example"}
    with run_app(tmp_path, **settings_of(server), **allowed) as running:
        yield running.url


def expect_closed(page: Page) -> None:
    """The page has no link and no field, only a button to sign in."""
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    calm(page)
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_have_count(0)


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    """Signs out, and waits until the browser is back from the provider."""
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()


def test_nothing_is_shown_before_sign_in_and_the_ledger_records_who_paid(
    browser: Browser, guarded: str, provider: Provider, server: Sandbox, tmp_path: Path
) -> None:
    page = open_page(browser, f"{guarded}/people_search", "People search")  # cold: without app.py
    answers: list[tuple[int, str]] = []
    page.on("response", lambda response: answers.append((response.status, response.url)))
    expect_closed(page)
    for path, _ in PAGES:
        page.goto(f"{guarded}/{Path(path).stem}")
        expect_closed(page)
    page.context.add_cookies([{"name": "_streamlit_user", "value": "forged", "url": guarded}])
    page.goto(f"{guarded}/lists")
    expect_closed(page)
    assert server.requests == []

    provider.claims = JANE
    sign_in(page)
    expect(page.get_by_text("Signed in as Jane@acme.example")).to_be_visible()
    assert provider.log == ["authorize", "token"]
    go(page, "People search")
    page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(server.world.person_ids[0])
    page.get_by_role("button", name="Search · up to 0.1 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    calm(page)
    with sqlite3.connect(next(tmp_path.rglob("*.db"))) as ledger:
        (payer,) = ledger.execute('SELECT "user" FROM events').fetchall()
    assert payer == ("jane@acme.example",)

    sign_out(page)
    expect_closed(page)
    assert provider.log[-1] == "end"
    page.goto(f"{guarded}/people_search")
    expect_closed(page)
    # Nothing that a page is drawn with is refused, such as its fonts.
    assert [url for status, url in answers if status == 403] == []
    assert any(url.endswith(".woff2") for _, url in answers)


def test_users_who_are_not_listed_are_refused(
    browser: Browser, guarded: str, provider: Provider, server: Sandbox
) -> None:
    strangers: list[dict[str, object]] = [
        {"email": "mallory@evil.example", "email_verified": True},
        {"email": "jane@acme.example", "email_verified": False},
        {"email": "jane@acme.example.evil.example"},
        {"name": "acme.example"},
    ]
    for provider.claims in strangers:
        page = open_page(browser, f"{guarded}/lists", "Lists")
        sign_in(page)
        expect(page.get_by_text("You're signed in, but not on the list")).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(0)
        page.context.close()
    page = open_page(browser, f"{guarded}/lists", "Lists")
    sign_in(page)
    for _ in range(2):  # here, and by a deep link afterwards
        expect(page.get_by_text("You're signed in, but not on the list")).to_be_visible()
        page.goto(f"{guarded}/advanced_search")
    assert server.requests == []
    sign_out(page)
    expect_closed(page)


def test_an_open_server_does_not_lend_its_key(
    browser: Browser, server: Sandbox, tmp_path: Path
) -> None:
    everywhere = ("--server.address", "0.0.0.0")  # noqa: S104
    with run_app(tmp_path, *everywhere, **settings_of(server)) as running:
        page = open_page(browser, f"{running.url}/usage", "Usage")
        expect(page.get_by_text("Sign-in required")).to_be_visible()
        calm(page)
        expect(page.get_by_test_id("stMetric")).to_have_count(0)
        assert server.requests == []
