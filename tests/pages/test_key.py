"""Inside the process: no cache key, cached answer, crash or session state contains the key."""

import gc
import logging
import pickle
import traceback

import pytest
from streamlit.runtime.caching import cache_data_api, cache_resource_api
from streamlit.testing.v1 import AppTest

from dashboard import data
from leadiq_api import ApiKey, LeadIQClient, Settings
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import PAGES, Open, text_of
from tests.pages.driver import button


def forms(account: Sandbox) -> list[str]:
    return [account.api_key, account.api_key.rstrip("="), account.decoded_key]


def cached() -> str:
    """Every key and every answer in a cache; Streamlit has no public way to read them."""
    contents: list[object] = []
    for functions in cache_data_api._data_caches._function_caches.values():
        for cache in functions.values():
            entries = cache.storage._mem_cache
            contents += [cache.key, [*entries], [*entries.values()]]
    for functions in cache_resource_api._resource_caches._function_caches.values():
        for resource in functions.values():
            contents += [resource.key, [*resource._mem_cache]]
    return repr(contents)


@pytest.mark.parametrize("name", PAGES)
def test_no_cache_log_or_state_contains_the_key(
    account: Sandbox, open_page: Open, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in ([], ["401:2"], ["500-in-200:1"], ["reset:1"]):
        account.faults.choose(fault)
        app = open_page(name)
        state = app.session_state._state.filtered_state
        output = text_of(app) + caplog.text + repr(state) + cached() + repr(app.query_params)
        assert not [form for form in forms(account) if form in output]
    assert account.graphql_url in repr(data.client(ApiKey("x"), "x", settings(account)))
    assert "universalPlan" in cached()


def settings(account: Sandbox) -> Settings:
    return Settings(account.graphql_url, account.prospector_url, 6000)


def test_a_crash_does_not_show_the_key(
    account: Sandbox,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    def crash(*arguments: object) -> None:
        raise RuntimeError(f"broken: {arguments!r} {vars(arguments[0])!r}")

    monkeypatch.setattr(data, "lists", crash)
    app: AppTest = open_page("lists")
    (crash_shown,) = app.exception
    output = [crash_shown.value, crash_shown.message, *crash_shown.stack_trace, caplog.text]
    try:
        crash(client_of(account))
    except RuntimeError as error:
        output += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    assert "broken: (LeadIQClient(ApiKey(fingerprint=" in "".join(output)
    assert not [form for form in forms(account) if form in "".join(output)]


def clients(*, of_session: bool) -> int:
    """Counts the clients in the caches: those of a session, or those that outlive it."""
    held = [
        repr(entry)
        for owner, functions in cache_resource_api._resource_caches._function_caches.items()
        if (owner is not None) is of_session
        for cache in functions.values()
        for entry in cache._mem_cache.values()
    ]
    return sum("LeadIQClient(" in entry for entry in held)


def test_a_key_from_the_sidebar_ends_with_its_session(account: Sandbox, open_page: Open) -> None:
    app = open_page("usage")
    assert (clients(of_session=False), clients(of_session=True)) == (1, 0)
    next(box for box in app.text_input if box.label == "LeadIQ API key").input("somebody's-own")
    button(app, "Connect").click()
    app = app.run()
    assert "accept this key" in str(app.error[0].proto)  # the sandbox knows another
    assert (clients(of_session=False), clients(of_session=True)) == (1, 0)
    assert "Disconnect" not in [box.label for box in app.button]
    # It is corrected where it was entered.
    next(box for box in app.text_input if box.label == "LeadIQ API key").input(
        f"Authorization: Basic {account.api_key}"
    )
    app = button(app, "Connect").click().run()
    assert not app.error
    assert (clients(of_session=False), clients(of_session=True)) == (1, 1)
    app = button(app, "Disconnect").click().run()
    assert app.metric
    assert (clients(of_session=False), clients(of_session=True)) == (1, 0)


def test_a_key_that_cannot_be_tried_is_not_called_connected(
    account: Sandbox, open_page: Open
) -> None:
    app = open_page("usage")
    account.faults.choose(["502:1"])
    next(box for box in app.text_input if box.label == "LeadIQ API key").input(account.api_key)
    app = button(app, "Connect").click().run()
    assert "try this key" in str([error.proto for error in app.error])
    assert "Disconnect" not in [box.label for box in app.button]


def holders(account: Sandbox) -> list[LeadIQClient]:
    """The clients in memory that have this account's key."""
    gc.collect()
    names = (repr(ApiKey(account.api_key)), account.graphql_url)
    clients = [held for held in gc.get_objects() if isinstance(held, LeadIQClient)]
    return [client for client in clients if all(name in repr(client) for name in names)]


@pytest.mark.parametrize("fault", [[], ["502:100"]])
@pytest.mark.parametrize("other_key", ["", "one-that-is-not-accepted"])
@pytest.mark.parametrize("name", PAGES)
def test_forgetting_a_key_releases_its_client(
    account: Sandbox,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    other_key: str,
    fault: list[str],
) -> None:
    """At once, whether the page can then be drawn as a whole or stops early."""
    monkeypatch.setenv("LEADIQ_API_KEY", other_key)
    app = open_page(name)
    next(box for box in app.text_input if box.label == "LeadIQ API key").input(account.api_key)
    button(app, "Connect").click()
    account.faults.choose(fault)
    app = app.run()
    assert holders(account)
    app = button(app, "Disconnect").click().run()
    assert not app.exception
    assert holders(account) == []


def test_a_key_is_not_written_down() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(ApiKey("some-key"))
