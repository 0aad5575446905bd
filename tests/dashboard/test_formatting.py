"""Numbers, amounts and foreign text as they are written on a page."""

from decimal import Decimal

import pandas as pd
import pytest

from dashboard.formatting import (
    count,
    day,
    escape_markdown,
    likely_price,
    minute,
    money,
    option_labels,
    percent,
    safe_link,
    short_number,
    uc,
)


def test_numbers_amounts_and_days() -> None:
    assert [uc(n) for n in (0.1, 2.5, 1250, 11)] == ["0.1 UC", "2.5 UC", "1,250 UC", "11 UC"]
    assert [uc(n) for n in (0.1 + 0.2 - 0.3, 0.3 - 0.1 - 0.2, -0.5)] == ["0 UC", "0 UC", "-0.5 UC"]
    assert [count(n, "person", "people") for n in (0, 1, 2000)] == [
        "0 people",
        "1 person",
        "2,000 people",
    ]
    assert [short_number(n) for n in (7, 35_220, 1.81e9, 2e6)] == ["7", "35.2K", "1.8B", "2M"]
    edges = (999_949, 999_950, 999_999_999, 960_000)
    assert [short_number(n) for n in edges] == ["999.9K", "1M", "1B", "960K"]
    assert money(None) == day(None) == "–"
    assert day(pd.Timestamp("2026-11-04")) == "4 Nov 2026"
    assert minute(pd.Timestamp("2026-11-04T09:05Z")) == "4 Nov 2026, 09:05 UTC"


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ("20", "about 20, up to 1,060 UC"),
        ("0", "about 0, up to 1,060 UC"),
        ("1060", "up to 1,060 UC"),
        (None, "up to 1,060 UC"),
    ],
)
def test_what_is_expected_stands_before_the_maximum(expected: str | None, words: str) -> None:
    likely = None if expected is None else Decimal(expected)
    assert likely_price(likely, Decimal(1060)) == words


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://a b",
        "",
        None,
        "https://x.example/)](javascript:x)",
        "file:///etc/passwd",
    ],
)
def test_only_web_addresses_become_links(bad: str | None) -> None:
    assert safe_link(bad) is None
    assert safe_link(" https://www.linkedin.com/in/ada ") == "https://www.linkedin.com/in/ada"


def test_text_is_shown_literally() -> None:
    assert escape_markdown("**a** [b](c) $x$ :red[y] <i> `z`\n\u202e") == (
        r"\*\*a\*\* \[b\]\(c\) \$x\$ \:red\[y\] \<i\> \`z\`"
    )
    assert escape_markdown(None) == escape_markdown("\u202e\x00 \n") == ""
    assert escape_markdown("  a\n\n    b ") == "a b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jane https://evil.example/x", "Jane https:\u200b//evil.example/x"),
        ("HTTP://EVIL.EXAMPLE", "HTTP:\u200b//EVIL.EXAMPLE"),
        ("www.evil.example, WWW.evil.example", "www\u200b.evil.example, WWW\u200b.evil.example"),
        ("jane@evil.example", "jane\u200b@evil.example"),
        ("mailto:jane@evil.example", "mailto:jane\u200b@evil.example"),
        ("10:30, a/b, www", "10:30, a/b, www"),
    ],
)
def test_an_address_in_a_text_is_not_made_a_link(text: str, shown: str) -> None:
    assert escape_markdown(text).replace("\\", "") == shown


def test_percents() -> None:
    shown = [percent(n) for n in (0.5, -0.034, 0.001, -0.001, 12.34, None, float("nan"))]
    assert shown == ["+50%", "−3%", "0%", "0%", "+1,234%", "–", "–"]


def test_no_two_options_of_a_menu_look_alike() -> None:
    names = {"c": "Pilots", "a": "Pilots", "d": "Pilots\x00", "b": "Pilots (2)", "e": "Partners"}
    labels = option_labels(names)
    assert list(labels) == list(names)
    assert labels["a"] == "Pilots"
    assert labels["e"] == "Partners"
    assert len(set(labels.values())) == len(names)
    backwards = option_labels(dict(reversed(names.items())))
    assert backwards == labels  # a click chooses the same one, however they are sorted
