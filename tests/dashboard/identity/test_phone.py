"""Phone numbers, and what spreadsheets do to them."""

import pytest

from dashboard.identity.phone import read_phone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1 603 555 0101", "+16035550101"),
        ("+49 171 5550102", "+491715550102"),
        ("tel:+1 (603) 555-0101 ext. 4", "+16035550101"),
        ("0049 30 123456", "+4930123456"),
        ("+49 (0)30 123456", "+4930123456"),
        ("'+16035550101", "+16035550101"),
        ("+44 7700 900510; +1 603 555 0101", "+447700900510"),
        ("603-555-0101", "603-555-0101"),
        ("16035550101.0", "16035550101"),
        ("n/a", ""),
        ("", ""),
    ],
)
def test_a_number_is_read(text: str, number: str) -> None:
    phone = read_phone(text)
    assert phone == (number, "")
    assert phone.is_international is number.startswith("+")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("4.9E+11", "the spreadsheet shortened"), ("call me", "not a phone number"), ("12", "not a")],
)
def test_a_damaged_number_is_reported(text: str, problem: str) -> None:
    number, told = read_phone(text)
    assert number == ""
    assert problem in told
