"""Inside the process: no cache key, cached answer, crash or session state tells the key."""

import logging
import pickle
import traceback

import pytest
from streamlit.runtime.caching import cache_data_api, cache_resource_api
from streamlit.testing.v1 import AppTest

from dashboard import data
from leadiq_api import ApiKey
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import PAGES, Open, text_of


def forms(account: Sandbox) -> list[str]:
    return [account.api_key, account.api_key.rstrip("="), account.decoded_key]


def cached() -> str:
    """Every key of every cache, and every cached answer."""
    found: list[object] = []
    for functions in cache_data_api._data_caches._function_caches.values():
        for cache in functions.values():
            kept = cache.storage._mem_cache
            found += [cache.key, [*kept], [*kept.values()]]
    for functions in cache_resource_api._resource_caches._function_caches.values():
        for resource in functions.values():
            found += [resource.key, [*resource._mem_cache]]
    return repr(found)


@pytest.mark.parametrize("name", PAGES)
def test_no_cache_log_or_state_tells_the_key(
    account: Sandbox, open_page: Open, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in ([], ["401:2"], ["500-in-200:1"], ["reset:1"]):
        account.faults.choose(fault)
        app = open_page(name)
        state = app.session_state._state.filtered_state
        told = text_of(app) + caplog.text + repr(state) + cached() + repr(app.query_params)
        assert not [form for form in forms(account) if form in told]
    assert account.graphql_url in repr(
        data.client(ApiKey("x"), "x", settings(account))
    )  # not blank
    assert "universalPlan" in cached()


def settings(account: Sandbox) -> object:
    from leadiq_api import Settings

    return Settings(account.graphql_url, account.prospector_url, 6000)


def test_a_crash_tells_no_key(
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
    (shown,) = app.exception
    told = [shown.value, shown.message, *shown.stack_trace, caplog.text]
    try:
        crash(client_of(account))
    except RuntimeError as error:
        told += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    assert "broken: (LeadIQClient(ApiKey(fingerprint=" in "".join(told)
    assert not [form for form in forms(account) if form in "".join(told)]


def clients(*, of_session: bool) -> int:
    """How many clients the caches hold: of a session, or those that outlive it."""
    held = [
        repr(entry)
        for owner, functions in cache_resource_api._resource_caches._function_caches.items()
        if (owner is not None) is of_session
        for cache in functions.values()
        for entry in cache._mem_cache.values()
    ]
    return sum("LeadIQClient(" in one for one in held)


def test_a_key_of_the_sidebar_ends_with_its_session(account: Sandbox, open_page: Open) -> None:
    app = open_page("usage")
    assert (clients(of_session=False), clients(of_session=True)) == (1, 0)
    next(box for box in app.text_input if box.label == "LeadIQ API key").input("somebody's-own")
    next(one for one in app.button if one.label == "Use this key").click()
    app = app.run()
    assert "did not accept the key" in str(app.error[0].proto)  # the sandbox knows another
    assert (clients(of_session=False), clients(of_session=True)) == (1, 1)
    app = next(one for one in app.button if one.label == "Forget the key").click().run()
    assert app.metric
    assert (clients(of_session=False), clients(of_session=True)) == (1, 0)


def test_a_key_is_not_written_down() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(ApiKey("some-key"))
