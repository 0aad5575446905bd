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
        ("4.91715550102E11", "491715550102"),  # as Java writes it, with all digits
        ("Tel.: +49 30 123456", "+4930123456"),
        ("M: +49 171 5550102", "+491715550102"),
        ("Mobile (private): 0171 5550102", "0171 5550102"),
        ("callto:+491715550102", "+491715550102"),
        ("+1 603 555 0101 (mobile)", "+16035550101"),
        ("+1 603 555 0101 (m), +1 603 555 0102 (o)", "+16035550101"),
        ("+1 603 555 0101 Ext. 123", "+16035550101"),
        ("+1 603-555-0101X123", "+16035550101"),
        ("+49 30 123456 Durchwahl 12", "+4930123456"),
        ("+1 603 555 0101 [DNC]", "+16035550101"),
        ("+1 603 555 0101\n+1 603 555 0102", "+16035550101"),
        ("Office\n0171 5550102\n030 123456", "0171 5550102"),
        ("+1 603 555 0101 or +1 603 555 0102", "+16035550101"),
        ("0171 5550102 / 030 123456", "0171 5550102"),
        ("+49 30 / 12 34 56", "+4930123456"),
        ("(+49) 171 5550102", "+491715550102"),
        ("[0049] 171 5550102", "+491715550102"),
        ("+49–171–5550102", "+491715550102"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("011 91234-5678", "011 91234-5678"),  # the area code of São Paulo
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
    [
        ("4.9E+11", "the spreadsheet shortened"),
        ("4.91711E+11", "the spreadsheet shortened"),
        ("call me", "not a phone number"),
        ("12", "not a"),
        ("+49 171 XXX XXXX", "not a phone number"),
        ("+1 603-555-****", "not a phone number"),
        ("+1603555O101", "not a phone number"),
    ],
)
def test_a_damaged_number_is_reported(text: str, problem: str) -> None:
    number, told = read_phone(text)
    assert number == ""
    assert problem in told
