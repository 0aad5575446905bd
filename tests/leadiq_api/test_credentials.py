"""One key in two encodings, which never appears in an error, a log or a representation."""

import base64
import html
import http.client
import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leadiq_api import ApiKey, AuthenticationError, LeadIQClient, LeadIQError
from tests.leadiq_api.scripted_server import ACCOUNT, DECODED, KEY, Request, Script, failure

PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)


def headers(key: ApiKey) -> tuple[str, str]:
    from requests import Request

    graphql = Request("POST", "http://localhost", auth=key.graphql_auth()).prepare().headers
    rest = Request("GET", "http://localhost", auth=key.prospector_auth()).prepare().headers
    return graphql["Authorization"], rest["X-API-Key"]


@given(decoded=PRINTABLE)
def test_both_forms_send_the_same_headers(decoded: str) -> None:
    encoded = base64.b64encode(decoded.encode()).decode()
    assume(decoded == decoded.strip("\"'"))
    expected = (f"Basic {encoded}", decoded)
    assert headers(ApiKey(encoded)) == expected
    assert headers(ApiKey(encoded.rstrip("="))) == expected
    try:  # a decoded key that itself reads as Base64 of text is ambiguous
        ambiguous = base64.b64decode(decoded + "=" * (-len(decoded) % 4), validate=True)
    except ValueError:
        ambiguous = b"\xff"
    if not ambiguous or not all(0x20 <= byte <= 0x7E for byte in ambiguous):
        assert headers(ApiKey(decoded)) == expected
        assert ApiKey(decoded) == ApiKey(encoded)


@pytest.mark.parametrize(
    "pasted", [f" {KEY}\n", f"Basic {KEY}", f'"{KEY}"', f"'{DECODED}'", DECODED]
)
def test_a_pasted_key_is_recognised(pasted: str) -> None:
    assert headers(ApiKey(pasted)) == (f"Basic {KEY}", DECODED)


SPELLINGS = [
    DECODED.rstrip(":"),
    base64.b64encode(b"secret-key").decode(),
    base64.b64encode(b"secret-key\n").decode(),
    f"Authorization: Basic {KEY}",
    f"authorization: basic {KEY}",
    f'-H "Authorization: Basic {KEY}"',
    f'"Authorization": "Basic {KEY}",',
    f"X-API-Key: {DECODED}",
    f"LEADIQ_API_KEY={KEY}",
    f'export LEADIQ_API_KEY="{KEY}"  # of the team',
    f"LEADIQ_API_KEY = '{DECODED}'",
    f"\u200b{KEY[:5]}\u200d{KEY[5:]}\ufeff",
    f"\u00a0{KEY}\u2028",
    f"\u201c{KEY}\u201d",
]


@pytest.mark.parametrize("pasted", SPELLINGS)
def test_every_spelling_is_the_same_account(pasted: str) -> None:
    assert ApiKey(pasted) == ApiKey(KEY)
    authorization, _ = headers(ApiKey(pasted))
    assert base64.b64decode(authorization.removeprefix("Basic ")) in (b"secret-key", b"secret-key:")


NO_KEYS = [
    "https://account.leadiq.com/app/settings/api",
    "jane@acme.com",
    "LEADIQ_API_KEY=",
    "Authorization: Basic",
    "eyJhbGciOi.eyJzdWIi.c2ln",
    "your-key-here",
]


@pytest.mark.parametrize("pasted", NO_KEYS)
def test_what_is_copied_instead_of_a_key_is_called_no_key(pasted: str) -> None:
    with pytest.raises(AuthenticationError, match="This is not a key"):
        ApiKey(pasted)


def test_a_text_longer_than_any_key_is_none() -> None:
    assert ApiKey("key" * 666)
    with pytest.raises(AuthenticationError, match="This is not a key"):
        ApiKey("key" * 667)


def test_prospector_gets_the_key_without_its_empty_password_if_it_wants_that(
    script: Script,
) -> None:
    def answer(request: Request) -> tuple[int, object]:
        known = request.headers["x-api-key"] == "secret-key"
        return (200, {"user": {}, "team": {}}) if known else (401, {"code": "x", "message": "y"})

    script.answers = [answer]
    client = script.client()
    client.whoami()
    client.whoami()
    sent = [request.headers["x-api-key"] for request in script.requests]
    assert sent == ["secret-key:", "secret-key", "secret-key"]


@pytest.mark.parametrize("bad", ["", "   ", "two words", "line\nbreak", "schlüssel", "\x00"])
def test_what_cannot_be_a_key_is_refused(bad: str) -> None:
    with pytest.raises(AuthenticationError) as refused:
        ApiKey(bad)
    assert not bad.strip() or bad not in str(refused.value)


def test_each_surface_gets_its_own_header(script: Script, monkeypatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for proxy in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    script.answers = [(200, ACCOUNT), (200, {"user": {}, "team": {}})]
    client = script.client()
    client.account()
    client.whoami()
    graphql, rest = script.requests
    assert graphql.headers["authorization"] == f"Basic {KEY}"
    assert "x-api-key" not in graphql.headers
    assert rest.headers["x-api-key"] == DECODED
    assert "authorization" not in rest.headers


ECHO = f"the key {KEY} or {DECODED} or {KEY.rstrip('=')} or {quote(KEY)} or {quote(DECODED)}"
FAILURES = [
    (401, {"code": ECHO, "message": ECHO}),
    (200, {"data": None, "errors": [{"message": ECHO, "extensions": {"code": ECHO}}]}),
    (200, failure(500, path=["account"], data={"account": {ECHO: [ECHO]}})),
    (422, {"code": "x", "message": "y", "details": [{"field": ECHO}]}),
    (402, failure(402)),
    (429, failure(429)),
    (500, "<html>"),
    (200, "{"),
    (200, [1]),
    (404, {}),
]


@pytest.mark.parametrize("answer", FAILURES)
def test_nothing_reveals_the_key(script: Script, caplog, capsys, monkeypatch, answer) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)  # prints what is sent
    script.answers = [answer]
    client = script.client()
    texts = [repr(client), str(client), repr(ApiKey(KEY)), client.fingerprint]
    for call in (client.account, client.whoami, lambda: client.create_list("x")):
        try:
            call()
        except LeadIQError as error:
            texts += [str(error), repr(error), repr(error.args), repr(vars(error))]
            texts += traceback.format_exception(error)
    texts += [caplog.text, *capsys.readouterr()]
    texts += [str(request.path) for request in script.requests]
    for form in (KEY, DECODED, KEY.rstrip("="), quote(KEY), quote(DECODED)):
        assert not [text for text in texts if form in text]


def test_an_echo_in_any_spelling_is_redacted() -> None:
    odd = "a<b>&'c\"\\d%+/="
    key = ApiKey(odd)
    for form in (odd, base64.b64encode(odd.encode()).decode()):
        for spell in (str, quote, quote_plus, html.escape, json.dumps, repr):
            redacted = key.redact({"message": [f"bad key {spell(form)}!"]})["message"][0]
            assert "[key]" in redacted, spell
            assert "c" not in redacted.replace("[key]", ""), (spell, redacted)


def test_a_dead_connection_does_not_reveal_the_key(caplog) -> None:
    caplog.set_level(logging.DEBUG)
    dead = "http://127.0.0.1:9/graphql"
    client = LeadIQClient(KEY, graphql_url=dead, deadline=0, requests_per_minute=6000)
    with pytest.raises(LeadIQError) as refused:
        client.account()
    text = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert KEY not in text
    assert DECODED not in text
