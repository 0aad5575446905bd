"""Settings from an environment: defaults, and errors that name the variable."""

import threading

import pytest

from leadiq_api import (
    InvalidRequestError,
    LeadIQClient,
    RateLimitError,
    ServiceError,
    Settings,
)
from tests.leadiq_api.scripted_server import ACCOUNT, KEY, Request, Script


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEADIQ_GRAPHQL_URL", "http://api.leadiq.com/graphql"),
        ("LEADIQ_GRAPHQL_URL", "ftp://api.leadiq.com"),
        ("LEADIQ_GRAPHQL_URL", "api.leadiq.com"),
        ("LEADIQ_PROSPECTOR_URL", "https://user:word@host"),
        ("LEADIQ_PROSPECTOR_URL", "https://host:port"),
        ("LEADIQ_PROSPECTOR_URL", "http://127.0.0.1.evil.example"),
        ("LEADIQ_PROSPECTOR_URL", "http://localhost.evil.example"),
        ("LEADIQ_PROSPECTOR_URL", "http://evil.localhost"),
        ("LEADIQ_PROSPECTOR_URL", "http://localhost."),
        ("LEADIQ_PROSPECTOR_URL", "http://127.0.0.1\\@evil.example"),
        ("LEADIQ_PROSPECTOR_URL", "http://localhost#@evil.example"),
        ("LEADIQ_PROSPECTOR_URL", "http://[::1]@evil.example"),
        ("LEADIQ_PROSPECTOR_URL", "https://@host"),
        ("LEADIQ_PROSPECTOR_URL", "https://host\nX: y"),
        ("LEADIQ_REQUESTS_PER_MINUTE", "0"),
        ("LEADIQ_REQUESTS_PER_MINUTE", "many"),
        ("LEADIQ_REQUESTS_PER_MINUTE", "-5"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidRequestError, match=name):
        Settings.from_mapping({name: value})


def test_settings_have_the_live_defaults() -> None:
    assert Settings.from_mapping({"LEADIQ_GRAPHQL_URL": ""}) == Settings(
        "https://api.leadiq.com/graphql", "https://prospector.leadiq.com", 60
    )
    given_ = {"LEADIQ_GRAPHQL_URL": "http://localhost:1/graphql/", "LEADIQ_REQUESTS_PER_MINUTE": 7}
    assert Settings.from_mapping(given_).graphql_url == "http://localhost:1/graphql"
    assert Settings.from_mapping(given_).requests_per_minute == 7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEADIQ_TIMEOUT_SECONDS", "soon"),
        ("LEADIQ_TIMEOUT_SECONDS", "0"),
        ("LEADIQ_TIMEOUT_SECONDS", 0),
        ("LEADIQ_TIMEOUT_SECONDS", "-1"),
        ("LEADIQ_TIMEOUT_SECONDS", "nan"),
        ("LEADIQ_TIMEOUT_SECONDS", "inf"),
        ("LEADIQ_TIMEOUT_SECONDS", "5,"),
        ("LEADIQ_TIMEOUT_SECONDS", "5, 0"),
        ("LEADIQ_TIMEOUT_SECONDS", "1, 2, 3"),
        ("LEADIQ_TIMEOUT_SECONDS", [1, 2, 3]),
        ("LEADIQ_DEADLINE_SECONDS", "later"),
        ("LEADIQ_DEADLINE_SECONDS", "-0.5"),
        ("LEADIQ_DEADLINE_SECONDS", "inf"),
        ("LEADIQ_DEADLINE_SECONDS", "1, 2"),
    ],
)
def test_a_bad_number_of_seconds_is_named(name: str, value: object) -> None:
    with pytest.raises(InvalidRequestError, match=f"{name} is .*; it must be a number"):
        Settings.from_mapping({name: value})


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        ("", (5.0, 30.0)),
        (None, (5.0, 30.0)),
        ("2.5", (2.5, 2.5)),
        (3, (3.0, 3.0)),
        ("5, 0.4", (5.0, 0.4)),
        ([5, 0.4], (5.0, 0.4)),
    ],
)
def test_a_timeout_is_one_number_or_two(timeout: object, expected: tuple[float, float]) -> None:
    assert Settings.from_mapping({"LEADIQ_TIMEOUT_SECONDS": timeout}).timeout == expected


@pytest.mark.parametrize(
    ("deadline", "expected"), [("", 20.0), ("0", 0.0), (0, 0.0), ("0.5", 0.5), (60, 60.0)]
)
def test_a_deadline_can_be_none_at_all(deadline: object, expected: float) -> None:
    assert Settings.from_mapping({"LEADIQ_DEADLINE_SECONDS": deadline}).deadline == expected


def test_a_client_is_built_from_settings(script: Script) -> None:
    script.answers = [(429, {"message": "slow"})]
    environment = {
        "LEADIQ_GRAPHQL_URL": f"{script.url}/graphql",
        "LEADIQ_PROSPECTOR_URL": script.url,
        "LEADIQ_REQUESTS_PER_MINUTE": "6000",
        "LEADIQ_TIMEOUT_SECONDS": "5, 10",
        "LEADIQ_DEADLINE_SECONDS": "0",
    }
    client = LeadIQClient.from_settings(KEY, Settings.from_mapping(environment))
    assert client.fingerprint == script.client().fingerprint
    assert client.requests_per_minute == 6000
    for call in (client.account, client.whoami):
        with pytest.raises(RateLimitError):
            call()
    assert len(script.requests) == 2  # a deadline of 0 retries nothing


def test_the_timeout_of_settings_ends_an_attempt(script: Script) -> None:
    released = threading.Event()

    def late(_: Request) -> tuple[int, object]:
        released.wait(10)
        return 200, ACCOUNT

    script.answers = [late]
    settings = Settings(f"{script.url}/graphql", script.url, 6000, timeout=(5.0, 0.1), deadline=0)
    with pytest.raises(ServiceError) as raised:
        LeadIQClient.from_settings(KEY, settings).account()
    released.set()
    assert raised.value.code == "timeout"
