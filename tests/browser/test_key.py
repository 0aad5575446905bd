"""A key exists in its session alone, after every kind of failure and with all logging on; and two
browsers with keys of their own share nothing."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from playwright.sync_api import Browser, WebSocket, expect

from leadiq_sandbox import Sandbox
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.faults import KINDS
from tests.browser.conftest import ROOT, run_app
from tests.browser.driver import calm, download, go, new_page
from tests.conftest import settings_of

# Decoded; with every character that another spelling would change.
ANN, BOB = "ann?key+one/2=%:>~", "bob?key+two/3=%:>~"
SERVERS = "the-server's-own-key"

# All logging of requests at its most verbose.
LOUD = """
import http.client, logging
logging.basicConfig(level=logging.DEBUG)
for name in ("urllib3", "requests", "streamlit", "uvicorn", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
http.client.HTTPConnection.debuglevel = 1
"""
# The same of the app itself, and short waits for answers that never come.
ENVIRONMENT = {
    "LEADIQ_LOG_LEVEL": "debug",
    "LEADIQ_TIMEOUT_SECONDS": "5, 1.5",
    "LEADIQ_DEADLINE_SECONDS": "0.1",
}


def spellings(decoded: str) -> list[bytes]:
    """Both encodings of a key, as they are and as URLs and JSON spell them."""
    encoded = base64.b64encode(decoded.encode()).decode()
    forms = {decoded, encoded, encoded.rstrip("=")}
    forms |= {
        spelled(form)
        for form in tuple(forms)
        for spelled in (quote, quote_plus, lambda text: quote(text, safe=""))
    }
    return [form.encode() for form in forms]


SECRETS = [form for key in (ANN, BOB, SERVERS) for form in spellings(key)]


def secrets_in(content: str | bytes) -> list[bytes]:
    """The spellings of keys that the content has."""
    content = content.encode(errors="replace") if isinstance(content, str) else content
    return [form for form in SECRETS if form in content]


class Watched:
    """A page in a browser context of its own, and everything that its server has sent it."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.received: list[bytes] = []
        self.addresses: list[str] = []
        self.console: list[str] = []
        self.page = new_page(browser)
        self.page.on("websocket", self._listen)
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.goto(url)

    def _listen(self, socket: WebSocket) -> None:
        self.addresses.append(socket.url)
        socket.on("framereceived", self._keep)

    def _keep(self, payload: Any) -> None:
        self.received.append(payload.encode() if isinstance(payload, str) else payload)

    def leaks(self) -> list[bytes]:
        """Keys in the page, its storage and cookies, or in what came since the last call."""
        storage = self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        seen = [self.page.content(), self.page.url, storage, repr(self.page.context.cookies())]
        for received in (self.addresses, self.console, self.received):
            seen += received
            received.clear()
        values = "fields => fields.map(field => field.value)"
        seen += self.page.locator("input, textarea").evaluate_all(values)
        return [form for content in seen for form in secrets_in(content)]

    def use_key(self, key: str) -> None:
        self.page.get_by_role("button", name="Connect your LeadIQ key").click()
        self.page.get_by_role("textbox", name="LeadIQ API key").fill(key)
        self.page.get_by_role("button", name="Connect", exact=True).click()
        expect(self.page.get_by_text("Your own key is connected")).to_be_visible()
        calm(self.page)

    def search(self, company: str) -> None:
        go(self.page, "Company search")
        box = self.page.get_by_role("textbox", name="Companies (one per line)")
        box.fill(company)
        box.press("Control+Enter")
        # The price follows what is entered; an earlier click is refused, rightly.
        priced = self.page.get_by_role("button", name="Search · up to")
        expect(priced.or_(self.page.get_by_test_id("stAlert")).first).to_be_visible()
        calm(self.page)
        # A fault in reading the balance can stop the page before there is a button.
        if priced.count() and priced.is_enabled():
            priced.click()


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(people=1200, credits=1000, rpm=0, keys=(ANN, BOB, SERVERS)) as running:
        yield running


@pytest.fixture
def loud_app(tmp_path: Path, server: Sandbox) -> Iterator[str]:
    """The address of an app that logs all it can, with the server's own key."""
    # Streamlit watches the folders of modules, and would log each line of a log in one of them.
    loud = tmp_path / "loud"
    loud.mkdir()
    (loud / "sitecustomize.py").write_text(LOUD, encoding="utf-8")
    with run_app(
        tmp_path,
        "--logger.level=debug",
        forked=False,
        PYTHONPATH=f"{loud}:{ROOT}",
        PYTHONUNBUFFERED="1",
        **settings_of(server) | ENVIRONMENT | {"LEADIQ_API_KEY": SERVERS},
    ) as running:
        yield running.url


def echo(_: Any) -> Any:
    """Refuses a request, and echoes the key in all its spellings."""
    raise RefusalError(401, " ".join(form.decode() for form in spellings(ANN)))


def test_the_key_leaks_nowhere(
    browser: Browser, loud_app: str, server: Sandbox, tmp_path: Path, monkeypatch: Any
) -> None:
    ann, bob = Watched(browser, f"{loud_app}/usage"), Watched(browser, f"{loud_app}/usage")
    ann.use_key(ANN)
    bob.use_key(base64.b64encode(BOB.encode()).decode())

    # Both look for the same company: each pays, and neither sees the other's in the ledger.
    searches: list[str] = []
    answer = server.graphql.answer

    def counted(body: Any) -> Any:
        searches.extend(["searchCompany"] if "searchCompany(" in body["query"] else [])
        return answer(body)

    monkeypatch.setattr(server.graphql, "answer", counted)
    names = iter(server.world.domains)
    shared = next(names)
    for user in (ann, bob):
        user.search(shared)
        expect(user.page.get_by_role("heading", name="1 company")).to_be_visible()
        calm(user.page)
        go(user.page, "Usage")
        calm(user.page)
        assert len(download(user.page, "Download the ledger")) == 1
    assert len(searches) == 2

    for fault in [kind for kind in KINDS if kind != "lost"]:
        server.faults.choose([f"{fault}:1"])
        ann.search(next(names))
        calm(ann.page)  # until then, an alert can be that of the search before
        expect(ann.page.get_by_test_id("stAlert").first).to_be_visible()
        assert not ann.leaks(), fault
        server.faults.choose([])
        retry = ann.page.get_by_role("button", name="Try again")
        for _ in range(20):  # a busy machine may not answer the first try in time either
            if retry.count():
                retry.first.click()
                calm(ann.page)
        expect(retry).to_have_count(0)
    server.faults.choose(["lost:1"])  # of writes alone: the list is found when read back
    go(ann.page, "Lists")
    ann.page.get_by_label("Name", exact=True).fill("Pilots")
    ann.page.get_by_role("button", name="Create the list · free").click()
    expect(ann.page.get_by_text("Pilots was created.")).to_be_visible()
    calm(ann.page)
    assert not ann.leaks()
    server.faults.choose([])
    with monkeypatch.context() as patch:
        patch.setattr(server.graphql, "answer", echo)
        ann.search(next(names))
        expect(ann.page.get_by_text("LeadIQ did not accept the key").first).to_be_visible()
        calm(ann.page)
        assert not ann.leaks()
    retry = ann.page.get_by_role("button", name="Try again")
    retry.first.click()
    expect(retry).to_have_count(0)

    for name in ("Usage", "People search", "Advanced search", "Lists"):
        go(bob.page, name)
        calm(bob.page)
        assert not bob.leaks()
    ann.page.get_by_role("button", name="Disconnect").click()
    expect(ann.page.get_by_role("button", name="Connect your LeadIQ key")).to_be_visible()
    assert not ann.leaks()
    bob.page.reload()  # another session: the key is gone
    expect(bob.page.get_by_role("button", name="Connect your LeadIQ key")).to_be_visible()
    calm(bob.page)
    assert not bob.leaks()

    assert not [seen.path for seen in server.requests if secrets_in(seen.path)]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    log = (tmp_path / "streamlit.log").read_text(encoding="utf-8", errors="replace")
    assert "urllib3.connectionpool" in log  # the logging was on
    assert "Traceback" not in log
    assert [path for path in files if path.suffix == ".db"]
    assert {path.name: leak for path in files if (leak := secrets_in(path.read_bytes()))} == {}
