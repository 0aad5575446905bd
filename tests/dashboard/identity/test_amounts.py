"""Amounts as people of different countries write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.identity.amounts import read_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10,5M", 10_500_000),
        ("10.5M", 10_500_000),
        ("1.500", 1500),
        ("1,500", 1500),
        ("1 500", 1500),
        ("1\u202f500", 1500),
        ("1'500", 1500),
        ("$1.5B", 1_500_000_000),
        ("1.500M", 1_500_000_000),
        ("0.500M", 500_000),
        ("1.234.567", 1_234_567),
        ("1.234,5k", 1_234_500),
        ("1,23,456", 123_456),
        ("10 Mio.", 10_000_000),
        ("5 Mrd €", 5_000_000_000),
        ("USD 5M", 5_000_000),
        ("250k", 250_000),
        ("70", 70),
    ],
)
def test_an_amount_is_read_by_one_rule(text: str, amount: int) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize("text", ["", "$", "lots", "1,50,00.5.2", "1.2.3", "10.5", "1,5", "5 X"])
def test_what_breaks_the_rule_is_no_amount(text: str) -> None:
    assert read_amount(text) is None


@given(some.integers(0, 10**15 - 1), some.sampled_from(",. '\u202f"))
def test_thousands_may_be_separated_by_any_sign(number: int, sign: str) -> None:
    assert read_amount(f"{number:,}".replace(",", sign)) == number
