"""A secret does not show in foreign text, however the text spells it."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api.redaction import FRAGMENT, Redaction

SECRET = "q7Rt/9Zx+Bm&2Kv=LwY8/pD4sHn+J6"
redact = Redaction([SECRET])

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "URL": lambda text: quote(text, safe=""),
    "URL, lower case": lambda text: re.sub("%..", lambda m: m[0].lower(), quote(text, safe="")),
    "form": quote_plus,
    "HTML": html.escape,
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "upper-case entities": lambda text: "".join(f"&#X{ord(c):04X};" for c in text),
    "decimal entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "named entities": lambda text: (
        text.replace("&", "&amp;")
        .replace("/", "&sol;")
        .replace("+", "&plus;")
        .replace("=", "&equals;")
    ),
    "JSON": json.dumps,
    "JSON of PHP": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON in a script": lambda text: text.replace("&", "\\u0026").replace("/", "\\u002f"),
    "JSON, all escaped": lambda text: "".join(f"\\u{ord(c):04X}" for c in text),
    "JavaScript": lambda text: "".join(f"\\u{{{ord(c):x}}}" for c in text),
    "Python": lambda text: "".join(f"\\x{ord(c):02x}" for c in text),
    "every character in a URL": lambda text: "".join(f"%{ord(c):02x}" for c in text),
}


@pytest.mark.parametrize("outer", SPELLINGS)
@pytest.mark.parametrize("inner", SPELLINGS)
def test_any_spelling_of_any_spelling(inner: str, outer: str) -> None:
    spelled = SPELLINGS[outer](SPELLINGS[inner](SECRET))
    redacted = redact(f"bad key {spelled}, says the server")
    # What is left beside it is at most a quotation mark, spelled: no part of the secret.
    assert re.fullmatch(r"bad key .{0,12}\[key\].{0,12}, says the server", redacted), redacted


@pytest.mark.parametrize(
    "text",
    [
        f"{SECRET[:12]} … {SECRET[15:]}",
        "\n".join([SECRET[:10], SECRET[10:20], SECRET[20:]]),
        " ".join(SECRET),
        "-".join(SECRET[i : i + 4] for i in range(0, len(SECRET), 4)),
        f'"{SECRET[:15]}" + "{SECRET[15:]}"',
        f"<b>{SECRET[:11]}</b>{SECRET[11:]}",
    ],
)
def test_a_secret_in_pieces(text: str) -> None:
    left = [c for c in redact(text).replace("[key]", "") if c.isalnum()]
    assert len(left) < FRAGMENT


@pytest.mark.parametrize("case", [str.upper, str.lower, str.swapcase])
def test_a_secret_in_another_case(case: Callable[[str], str]) -> None:
    """A key of hexadecimal digits is the same in any case; of any other much would show."""
    for text in (SECRET, quote(SECRET, safe=""), json.dumps(SECRET)):
        assert re.fullmatch(r"key .{0,3}\[key\].{0,3}", redact(f"key {case(text)}"))


def test_a_text_is_read_as_far_as_any_answer_goes() -> None:
    """Reading takes 160 times the memory of a text."""
    text = redact("&" * 99_990 + SECRET + "&" * 1_000_000)
    assert text == "&" * 99_990 + "[key]"


def test_a_secret_split_over_values_and_names() -> None:
    half = SECRET.index("Kv")
    assert redact({"a": SECRET[:half], "b": [SECRET[half:], 1, None], SECRET: True}) == {
        "a": "[key]",
        "b": ["[key]", 1, None],
        "[key]": True,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The key is not valid: 100% wrong & \\ strange",
        "q7Rt/9Z",
        "%zz \\u12 &nothing; &#x110000;",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text
    assert Redaction([])(text) == text


def test_an_entity_that_is_none_hides_nothing() -> None:
    assert redact("&q7Rt9ZxBm;") == "&[key];"


@given(st.text(), st.text(), st.integers(0, 20), st.sampled_from(sorted(SPELLINGS)))
def test_no_run_of_the_secret_is_left(before: str, after: str, start: int, spelling: str) -> None:
    part = SECRET[start:]
    redacted = redact(before + SPELLINGS[spelling](part) + after)
    letters = "".join(c for c in part if c.isalnum())
    if len(letters) >= FRAGMENT:
        left = "".join(c for c in redacted if c.isalnum())
        assert letters[:FRAGMENT] not in left
