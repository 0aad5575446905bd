"""Every page: cold, through app.py, on the embedded sandbox, and with each refusal."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import leadiq_sandbox
from dashboard import data
from dashboard.state import SESSION
from leadiq_api.transport import CONNECT_DEADLINE, Transport
from leadiq_sandbox import Sandbox
from tests.dashboard.ledger.driver import set_clock
from tests.pages.conftest import PAGES, ROOT, Open, text_of

TITLES = {
    "usage": "Usage",
    "people_search": "People search",
    "company_search": "Company search",
    "advanced_search": "Advanced search",
    "lists": "Lists",
}
BADGE = ":material/science: Sandbox"
SOON = 3  # seconds within which a page says that nothing listens


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_alone(account: Sandbox, open_page: Open, name: str) -> None:
    app = open_page(name)
    assert not app.exception
    assert [title.value for title in app.title] == [TITLES[name]]
    assert not app.error
    assert BADGE not in text_of(app)
    assert account.store.used == 0


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_the_last_action_did(
    account: Sandbox, open_page: Open, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(name)
    app.session_state[SESSION].flash_message = "Pilots was created."
    app.run()
    assert [toast.value for toast in app.toast] == ["Pilots was created."]
    set_clock(monkeypatch, 1)
    app.run()
    assert not app.toast


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_through_the_router(account: Sandbox, name: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    assert [title.value for title in app.title] == [TITLES[name]]
    assert account.store.used == 0


def test_without_a_key_every_page_says_it_is_the_sandbox(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    def small(**options: object) -> Sandbox:
        started.append(options)
        return Sandbox(people=60, **options)

    monkeypatch.setattr(leadiq_sandbox, "Sandbox", small)
    for name in PAGES:
        app = open_page(name)
        assert not app.exception
        assert BADGE in text_of(app)
    assert len(started) == 1
    data.sandbox().stop()


def test_a_wrong_key_stops_a_page_and_says_what_to_do(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_API_KEY", "not-the-key")
    for name in PAGES:
        app = open_page(name)
        assert "Copy the key again from LeadIQ" in app.error[0].value
        assert not [button for button in app.button if "Search" in button.label]


@pytest.mark.parametrize(
    ("variable", "value", "shows_value"),
    [
        ("LEADIQ_API_KEY", "two words", False),
        ("LEADIQ_GRAPHQL_URL", "http://api.leadiq.com", False),
        ("LEADIQ_REQUESTS_PER_MINUTE", "many", True),
    ],
)
def test_a_bad_setting_is_reported_by_its_name(
    account: Sandbox,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    shows_value: bool,
) -> None:
    monkeypatch.setenv(variable, value)
    app = open_page("usage")
    assert not app.exception
    assert len(app.error) == 1
    shown = text_of(app).replace("\\", "")
    assert variable in shown
    assert (value in shown) is shows_value  # the key never


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_stops_has_its_title(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("LEADIQ_API_KEY", "wrong")
    app = open_page(name)
    assert [error.proto.title for error in app.error] == ["LeadIQ did not accept the key"]
    assert [title.value for title in app.title] == [name.replace("_", " ").capitalize()]


def test_a_failed_account_is_not_requested_at_every_rerun(
    account: Sandbox, open_page: Open
) -> None:
    account.faults.choose(["402:1"])
    app = open_page("people_search")
    sent = len(account.requests)
    app.run()
    app.run()
    assert len(account.requests) == sent


def test_an_own_key_is_used_and_forgotten(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_API_KEY", "wrong")
    app = open_page("usage")
    assert app.error
    app.text_input[0].input(account.decoded_key)
    next(button for button in app.button if button.label == "Connect").click().run()
    assert not app.error
    assert [metric.value for metric in app.metric][0] == "1,000 UC"
    assert account.decoded_key not in [field.value for field in app.text_input]
    next(button for button in app.button if button.label == "Disconnect").click().run()
    assert app.error


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that a client sends from now on, each once however often it is retried."""
    operations = []
    send = Transport._send

    def recorded(self: Transport, call: Any) -> Any:
        operations.append(call.operation)
        return send(self, call)

    monkeypatch.setattr(Transport, "_send", recorded)
    return operations


@pytest.mark.parametrize("name", PAGES)
def test_a_server_that_refuses_connections_is_reported_once_and_soon(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, sent: list[str], name: str
) -> None:
    monkeypatch.setenv("LEADIQ_API_KEY", "a-key")
    monkeypatch.setenv("LEADIQ_GRAPHQL_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LEADIQ_PROSPECTOR_URL", "http://127.0.0.1:9")
    app = open_page(name)
    (error,) = app.error
    assert not app.exception
    assert not app.warning
    assert error.proto.title == "LeadIQ cannot be reached"
    assert "your ledger and saved searches still work" in error.value
    assert "What you have already loaded stays on its page" in error.value
    assert "plans" not in text_of(app)
    assert not [one for one in app.button if one.label.startswith("Create the list")]
    # One request after the other would each wait for a connection: there is one.
    assert sent == ["account"]
    assert CONNECT_DEADLINE * len(sent) < SOON
    app.run()
    assert len(app.error) == 1
    assert sent == ["account"]


def test_a_search_that_was_not_sent_is_explained_in_a_line(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_API_KEY", "a-key")
    monkeypatch.setenv("LEADIQ_GRAPHQL_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LEADIQ_PROSPECTOR_URL", "http://127.0.0.1:9")
    app = open_page("advanced_search")
    app.multiselect(key="roles").set_value(["Sales"])
    app = next(one for one in app.button if one.label.startswith("Search")).click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "Not sent: LeadIQ cannot be reached." in text_of(app)
