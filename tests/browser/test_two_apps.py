"""Two apps over one PostgreSQL, and three people: one on both lists, one on one, one on none."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.balancer import Balancer
from tests.browser.conftest import run_app
from tests.browser.driver import WATCH, calm, new_page
from tests.browser.oidc import Provider
from tests.conftest import settings_of
from tests.dashboard.conftest import postgres as postgres  # one server for both kinds of tests

JANE, JIM, EVE = "jane@acme.example", "jim@partner.example", "eve@elsewhere.example"
IDENTIFIER = "LinkedIn URL, email or LeadIQ ID"
NOT_LISTED = "You're signed in, but not on the list"
CLOSED = "Sign in to use this app."


class Apps(NamedTuple):
    """Two servers behind one address, with one key and one database.

    ``second_list`` is the secrets.toml of the second, which has Jim on its list.
    """

    first: str
    second: str
    balancer: Balancer
    second_list: Path
    provider: Provider
    server: Sandbox


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Apps]:
    sandbox, folder = Sandbox(people=300, credits=100, rpm=0), tmp_path_factory.mktemp("apps")
    with Provider() as provider, Balancer() as balancer, sandbox as server, ExitStack() as stack:
        auth = provider.secrets_toml(f"{balancer.url}/oauth2callback")
        urls = []
        for home, allowed in (("first", JANE), ("second", f"{JANE}, {JIM}")):
            secrets = folder / home / ".streamlit" / "secrets.toml"
            secrets.parent.mkdir(parents=True)
            secrets.write_text(f'LEADIQ_ALLOWED_USERS = "{allowed}"\n{auth}', encoding="utf-8")
            shared = settings_of(server) | {"LEADIQ_DATABASE_URL": postgres}
            urls.append(stack.enter_context(run_app(folder / home, **shared)).url)
        yield Apps(*urls, balancer, secrets, provider, server)


def signed_in(browser: Browser, apps: Apps, email: str) -> BrowserContext:
    """A browser in which somebody has signed in; its page is closed again."""
    apps.provider.claims = {"email": email, "email_verified": True}
    apps.balancer.target = apps.second
    page = new_page(browser)
    page.goto(f"{apps.balancer.url}/people_search")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {email}")).to_be_visible()
    page.close()
    return page.context


def tab(context: BrowserContext, apps: Apps, server: str, path: str = "people_search") -> Page:
    """A new tab whose session is on that server."""
    apps.balancer.target = server
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{apps.balancer.url}/{path}")
    expect(page.get_by_text("Signed in as")).to_be_visible()
    calm(page)
    return page


def look_up(page: Page, person: str) -> None:
    page.get_by_label(IDENTIFIER).fill(person)
    page.get_by_role("button", name=re.compile("Search · up to 0.1 UC")).click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()


def test_each_person_does_on_each_app_what_its_list_says(browser: Browser, apps: Apps) -> None:
    jane, jim, eve = (signed_in(browser, apps, email) for email in (JANE, JIM, EVE))
    people = apps.server.world.person_ids
    asked = len(apps.server.requests)
    for context, server in ((eve, apps.first), (eve, apps.second), (jim, apps.first)):
        refused = tab(context, apps, server)
        expect(refused.get_by_text(NOT_LISTED)).to_be_visible()
        expect(refused.get_by_role("textbox")).to_have_count(0)
    assert len(apps.server.requests) == asked

    look_up(tab(jane, apps, apps.first), people[0])
    look_up(tab(jim, apps, apps.second), people[1])
    assert apps.server.store.used == Decimal("0.2")
    for server in (apps.first, apps.second):
        ledger = tab(jane, apps, server, "")
        expect(ledger.get_by_text("requests add up to 0.2 UC")).to_be_visible()


def test_what_ends_on_one_app_ends_on_the_other_too(browser: Browser, apps: Apps) -> None:
    jane, jim = (signed_in(browser, apps, email) for email in (JANE, JIM))
    people = apps.server.world.person_ids
    copied = browser.new_context()
    copied.add_cookies(jane.cookies())  # type: ignore[arg-type]
    second, copy = tab(jane, apps, apps.second), tab(copied, apps, apps.second)
    first, jims = tab(jane, apps, apps.first), tab(jim, apps, apps.second)

    with first.expect_navigation():
        first.get_by_role("button", name="Sign out").click()
    expect(first.get_by_text(CLOSED)).to_be_visible()
    for page in (second, copy):
        closed = page.get_by_text(CLOSED)
        closed.or_(page.get_by_text("Upload a file")).first.click()  # its next message, at most
        expect(closed).to_be_visible()

    look_up(jims, people[2])  # his sign-in has not ended
    used = apps.server.store.used
    text = apps.second_list.read_text(encoding="utf-8")
    apps.second_list.write_text(text.replace(f", {JIM}", "", 1), encoding="utf-8")
    jims.wait_for_timeout(1500)  # the server watches the file, within a second
    asked = len(apps.server.requests)
    jims.get_by_label(IDENTIFIER).fill(people[3])
    expect(jims.get_by_text(NOT_LISTED)).to_be_visible()
    assert len(apps.server.requests) == asked
    assert apps.server.store.used == used
    apps.second_list.write_text(text, encoding="utf-8")
