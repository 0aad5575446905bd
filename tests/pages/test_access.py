"""Who may use the app: every page checks first, whatever it is about to show."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.access import is_allowed, proven_address
from dashboard.configuration import read_configuration
from dashboard.ledger.saved_searches import SavedSearch
from dashboard.page import PAGES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.conftest import postgres as postgres  # one server for both kinds of tests
from tests.pages.conftest import ROOT, text_of
from tests.pages.driver import button

NAMES = [path for path, _ in PAGES]
AUTH = {
    "client_id": "x",
    "client_secret": "x",
    "server_metadata_url": "http://127.0.0.1:9/x",
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": "x" * 32,
}
JANE = {"is_logged_in": True, "email": "jane@acme.example", "email_verified": True}
CLOSED = "Sign in to use this app."


def run(page: str, user: dict[str, Any] | None = None, auth: Any = AUTH) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    app.secrets["auth"] = auth
    app.user = user if user is not None else {"is_logged_in": False}
    return app.run()


def assert_no_data(app: AppTest, account: Sandbox) -> None:
    assert not app.exception
    assert not [*app.metric, *app.dataframe, *app.text_input]
    assert account.requests == []


@pytest.mark.parametrize("page", NAMES)
def test_every_page_demands_sign_in(
    account: Sandbox, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "*")
    nobody: list[dict[str, Any]] = [
        {},
        {"email": "jane@acme.example"},
        {"is_logged_in": "True"},
        {"is_logged_in": False, "email": "jane@acme.example"},
    ]
    for user in nobody:
        app = run(page, user)
        assert CLOSED in text_of(app)
        assert [button.label for button in app.button] == ["Sign in"]
        assert_no_data(app, account)


@pytest.mark.parametrize("page", NAMES)
def test_every_page_refuses_users_who_are_not_listed(
    account: Sandbox, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for users in ("", "  ", "boss@acme.example", "other.example"):
        monkeypatch.setenv("LEADIQ_ALLOWED_USERS", users)
        app = run(page, JANE)
        assert "isn't allowed to use this app" in app.error[0].value
        assert [button.label for button in app.button] == ["Sign out"]
        assert_no_data(app, account)
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "boss@other.example, ACME.example")
    app = run(page, JANE)
    assert not app.error
    assert "Sign out" in [button.label for button in app.sidebar.button]


def test_a_callback_does_nothing_for_a_user_who_was_removed(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "acme.example")
    fingerprint, searches = client_of(account).fingerprint, data.ledger().saved_searches
    now = datetime.now(UTC)
    searches.save(fingerprint, SavedSearch("Mine", "flatAdvancedSearch", {}, (), "", now))
    app = run("pages/advanced_search.py", JANE)
    app = app.button(key="delete_Mine").click().run()
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "other.example")
    app = app.button(key="confirm_delete").click().run()
    assert "isn't allowed to use this app" in app.error[0].value
    assert [search.name for search in searches.all(fingerprint)] == ["Mine"]
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "acme.example")
    app = app.run().button(key="delete_Mine").click().run()
    app = app.button(key="confirm_delete").click().run()
    assert searches.all(fingerprint) == []


def test_a_choice_of_providers(account: Sandbox) -> None:
    shared = {name: AUTH[name] for name in ("redirect_uri", "cookie_secret")}
    client = {name: AUTH[name] for name in AUTH if name not in shared}
    app = run(NAMES[0], auth={**shared, "google": client, "okta": client})
    assert [button.label for button in app.button] == ["Sign in with google", "Sign in with okta"]
    assert [button.label for button in run(NAMES[0], auth={}).button] == ["Sign in"]


@pytest.mark.parametrize("secret", ["", "  ", "a long random text", "xxx"])
def test_a_cookie_that_anyone_could_sign_opens_nothing(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "acme.example")
    app = run(NAMES[0], JANE, AUTH | {"cookie_secret": secret})
    assert "anyone could sign in with a forged cookie" in text_of(app)
    assert_no_data(app, account)


@pytest.mark.parametrize(
    ("claims", "assumed", "proven"),
    [
        ({"email_verified": True}, "", True),
        ({"email_verified": "true"}, "", True),
        ({"email_verified": True, "email": "Jane@ACME.example"}, "", True),
        ({}, "1", True),
        ({}, "", False),
        ({"email_verified": False}, "1", False),
        ({"email_verified": "False"}, "1", False),
        ({"email_verified": 0}, "1", False),
        ({"email_verified": None}, "1", False),
        ({"email_verified": True, "email": "x@evil.example, jane@acme.example"}, "", False),
        ({"email_verified": True, "email": ["jane@acme.example"]}, "", False),
        ({"email_verified": True, "email": ""}, "", False),
    ],
)
def test_the_ledger_names_a_user_by_a_proven_address_alone(
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    claims: dict[str, Any],
    assumed: str,
    proven: bool,
) -> None:
    """``*`` lets in users with any address: they must not spend as the one whose it is."""
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "*")
    monkeypatch.setenv("LEADIQ_ASSUME_EMAIL_VERIFIED", assumed)
    named = {"email": "jane@acme.example", "sub": "7", "iss": "https://id.example"}
    app = run("pages/people_search.py", {"is_logged_in": True, **named, **claims})
    app.text_input(key="people_identifier").input(account.world.person_ids[0])
    assert not button(app, "Search").click().run().exception
    by_user = data.ledger().history(client_of(account).fingerprint).by_user(date.min, date.max)
    assert [*by_user["user"]] == ["jane@acme.example" if proven else "7 at https://id.example"]


def test_users_with_long_names_are_distinguished_and_can_pay(
    account: Sandbox, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenID Connect allows a provider 255 characters for its name of a user, and any address."""
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "*")
    monkeypatch.setenv("LEADIQ_DATABASE_URL", postgres)
    for last in "ab":
        user = {"is_logged_in": True, "sub": f"{'x' * 254}{last}", "iss": "https://id.example"}
        app = run("pages/people_search.py", user)
        app.text_input(key="people_identifier").input(account.world.person_ids[ord(last)])
        app = button(app, "Search").click().run()
        assert "1 match" in text_of(app)
    by_user = data.ledger().history(client_of(account).fingerprint).by_user(date.min, date.max)
    assert [*by_user["requests"]] == [1, 1]
    assert all(user.startswith("xxx") for user in by_user["user"])


@pytest.mark.parametrize(
    ("users", "claims", "may"),
    [
        ("jane@acme.example", JANE, True),
        ("JANE@ACME.EXAMPLE", JANE, True),
        ("jane@acme.example", JANE | {"email": "JANE@Acme.Example"}, True),
        ("@acme.example", JANE, True),
        ("a@b.example;acme.example", JANE, True),
        ("*", {}, True),
        ("", JANE, False),
        ("cme.example", JANE, False),
        ("jane", JANE, False),
        ("example", JANE, False),
        ("acme.example", JANE | {"email": "jane@sub.acme.example"}, False),
        ("acme.example", JANE | {"email": "acme.example"}, False),
        ("acme.example", JANE | {"email": "@acme.example"}, False),
        ("acme.example", {"email": "jane@acme.example", "email_verified": False}, False),
        ("acme.example", {"email": "jane@acme.example", "email_verified": "false"}, False),
        ("acme.example", {"email": "jane@acme.example", "email_verified": "true"}, True),
        ("acme.example", {"email": "jane@acme.example", "email_verified": 1}, False),
        ("acme.example", {"email": "jane@acme.example"}, False),
        ("acme.example", JANE | {"email": "jane@acme.example@evil.example"}, False),
        ("acme.example", JANE | {"email": "x@evil.example, jane@acme.example"}, False),
        ("acme.example", JANE | {"email": "x@evil.example jane@acme.example"}, False),
        ("acme.example", JANE | {"email": "Jane <jane@acme.example>"}, False),
        ("acme.example", JANE | {"email": " jane@acme.example"}, False),
        ("acme.example", JANE | {"email": "jane@acme.example\n"}, False),
        ("acme.example", JANE | {"email": None}, False),
        ("acme.example", JANE | {"email": ["jane@acme.example"]}, False),
        # The Kelvin sign and the long s become k and s by Unicode's case folding.
        ("kim@acme.example", JANE | {"email": "\u212aim@acme.example"}, False),
        ("\u212aim@acme.example", JANE | {"email": "kim@acme.example"}, False),
        ("sam@acme.example", JANE | {"email": "\u017fam@acme.example"}, False),
        ("none", {}, False),
    ],
)
def test_which_users_are_allowed(users: str, claims: dict[str, Any], may: bool) -> None:
    assert is_allowed(users, proven_address(claims, {})) is may


@pytest.mark.parametrize(
    ("claims", "may"),
    [({}, True), ({"email_verified": False}, False), ({"email_verified": 0}, False)],
)
def test_a_setting_counts_addresses_of_which_the_provider_says_nothing(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], may: bool
) -> None:
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "acme.example")
    monkeypatch.setenv("LEADIQ_ASSUME_EMAIL_VERIFIED", "1")
    user = {"is_logged_in": True, "email": "jane@acme.example", **claims}
    assert bool(run(NAMES[0], user).error) is not may


HERE = ("127.0.0.1", "::1", "localhost", "unix:///run/app.sock")
OPEN = (None, "", "0.0.0.0", "::", "192.168.1.5", "my-host", "127.0.0.1.evil.example")  # noqa: S104


def listen(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    get = st.config.get_option
    monkeypatch.setattr(
        "streamlit.get_option",
        lambda name: address if name == "server.address" else get(name),
    )


@pytest.mark.parametrize("page", NAMES)
def test_an_open_server_does_not_lend_its_key(
    account: Sandbox, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(None, monkeypatch)
    app = AppTest.from_file(str(ROOT / page), default_timeout=60).run()
    assert "anyone who can reach it could spend your credits" in app.error[0].value
    assert_no_data(app, account)
    monkeypatch.setenv("LEADIQ_ALLOW_WITHOUT_SIGN_IN", "1")
    assert not AppTest.from_file(str(ROOT / page), default_timeout=60).run().error


def test_which_addresses_make_a_server_open(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = AppTest.from_file(str(ROOT / NAMES[0]), default_timeout=60)
    for address in (*HERE, *OPEN):
        listen(address, monkeypatch)
        assert bool(app.run().error) is (address in OPEN), address


def test_an_open_server_without_a_key_may_be_used_with_the_users_own(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.get_option", lambda name: None)
    monkeypatch.setenv("LEADIQ_API_KEY", "")
    monkeypatch.setattr("dashboard.data.sandbox", lambda: account)
    app = AppTest.from_file(str(ROOT / NAMES[0]), default_timeout=60).run()
    assert not app.error


def with_secrets(content: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A page of a server whose secrets.toml has this content."""
    from streamlit.runtime.secrets import secrets_singleton

    file = folder / "secrets.toml"
    file.write_bytes(content)
    monkeypatch.setattr(secrets_singleton, "_secrets", None)
    get = st.config.get_option
    files = lambda name: [str(file)] if name == "secrets.files" else get(name)  # noqa: E731
    monkeypatch.setattr("streamlit.config.get_option", files)
    monkeypatch.setattr("streamlit.get_option", files)
    return AppTest.from_file(str(ROOT / NAMES[0]), default_timeout=60).run()


@pytest.mark.parametrize("content", [b'[auth\nclient_id = "x"\n', "# für\n[auth]".encode("cp1252")])
def test_secrets_that_cannot_be_read_close_the_app(
    account: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """Otherwise a typing error in secrets.toml would switch sign-in off."""
    app = with_secrets(content, tmp_path, monkeypatch)
    assert "cannot be read as TOML" in app.error[0].value.replace("\\", "")
    assert_no_data(app, account)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no setting"),
        (b"\n# [auth]\n", "holds no setting"),
        (b'[Auth]\nclient_id = "x"', "have Auth"),
        (b'[atuh]\nclient_id = "x"', "have atuh"),
        (b"[authentication]", "have authentication"),
        (b'LEADIQ_ALOWED_USERS = "acme.example"', "have LEADIQ_ALOWED_USERS"),
        (b'leadiq_allowed_users = "acme.example"', "have leadiq_allowed_users"),
    ],
)
def test_secrets_that_say_nothing_or_something_unknown_close_the_app(
    account: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    words: str,
) -> None:
    app = with_secrets(content, tmp_path, monkeypatch)
    assert words in app.error[0].value.replace("\\", "")
    assert_no_data(app, account)


@pytest.mark.parametrize("users", ["*", "jane@acme.example"])
def test_a_list_of_users_without_a_sign_in_closes_the_app(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch, users: str
) -> None:
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", users)
    monkeypatch.setenv("LEADIQ_ALLOW_WITHOUT_SIGN_IN", "1")
    for page in NAMES:
        app = AppTest.from_file(str(ROOT / page), default_timeout=60).run()
        assert "there is no `[auth]` section" in app.error[0].value
        assert_no_data(app, account)


def test_a_server_behind_a_proxy_does_not_lend_its_key(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of a secrets.toml that was cut off before its section for sign-in."""
    monkeypatch.setenv("LEADIQ_ALLOWED_HOSTS", "console.acme.example")
    app = AppTest.from_file(str(ROOT / NAMES[0]), default_timeout=60).run()
    assert "anyone who can reach it could spend your credits" in app.error[0].value
    assert_no_data(app, account)


@pytest.mark.parametrize("content", [b'auth = "google"', b'[[auth]]\nclient_id = "x"', b"[auth]"])
def test_a_sign_in_that_is_half_set_up_lets_nobody_in(
    account: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("LEADIQ_ALLOWED_USERS", "*")
    app = with_secrets(content, tmp_path, monkeypatch)
    assert CLOSED in text_of(app)
    assert_no_data(app, account)
    app = app.button[0].click().run()
    assert not app.exception
    assert account.requests == []


def test_the_list_of_users_may_be_an_array(
    account: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = b'LEADIQ_ALLOWED_USERS = ["jane@acme.example", "acme.org"]'
    with_secrets(users, tmp_path, monkeypatch)
    assert read_configuration()["LEADIQ_ALLOWED_USERS"] == "jane@acme.example, acme.org"
