"""Numbers and dates of a workbook appear as a spreadsheet displays them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.tables.number_format import displayed


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        (True, "General", "TRUE"),
        ("00123", "@", "00123"),
        (12345, "00000000", "00012345"),
        (1067, "00000", "01067"),
        (0.155, "0.0%", "15.5%"),
        (0.5, "0%", "50%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (5, "#,##0", "5"),
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (1.5, "#,##0.00 [$€-407]", "1.50 €"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (4155550100, "(000) 000-0000", "(415) 555-0100"),
        (4155550100, "[<=9999999]###-####;(###) ###-####", "(415) 555-0100"),
        (5550100, "[<=9999999]###-####;(###) ###-####", "555-0100"),
        (-5, "0;(0)", "(5)"),
        (-5.5, "0.0", "-5.5"),
        (0, '0;-0;"none"', "none"),
        (3.14, "0.##", "3.14"),
        (1.5, "# ?/?", "1.5"),
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (491761234567, "0.00E+00", "491761234567"),  # with all its digits
        (491761234567, "General", "491761234567"),
    ],
)
def test_numbers(value: object, number_format: str, text: str) -> None:
    assert displayed(value, number_format) == text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2026, 4, 3), "dd.mm.yyyy", "03.04.2026"),
        (datetime(2026, 4, 3, 9, 5), "d/m/yy h:mm AM/PM", "3/4/26 9:05 AM"),
        (datetime(2026, 4, 3), "[$-409]mmmm d, yyyy", "April 3, 2026"),
        (datetime(2026, 4, 3), 'yyyy"年"m"月"d"日"', "2026年4月3日"),
        (datetime(2026, 4, 3), "dddd d mmm", "Friday 3 Apr"),
        (datetime(2026, 4, 3), "mm-dd-yy", "2026-04-03"),  # in the order of the reader's country
        (datetime(2026, 4, 3, 9, 30), "General", "2026-04-03T09:30:00"),
        (date(2026, 4, 3), None, "2026-04-03"),
        (time(9, 30), "h:mm:ss", "9:30:00"),
        (timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
    ],
)
def test_dates_and_times(value: object, number_format: str | None, text: str) -> None:
    assert displayed(value, number_format) == text


@given(st.integers(0, 10**15), st.integers(1, 20))
def test_leading_zeros_lose_no_digit(number: int, places: int) -> None:
    assert displayed(number, "0" * places) == str(number).zfill(places)


@given(st.one_of(st.integers(), st.floats(), st.datetimes(), st.booleans()), st.text(max_size=300))
def test_any_format_displays_something(value: object, number_format: str) -> None:
    assert isinstance(displayed(value, number_format), str)
