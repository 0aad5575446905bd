"""Cells as they were written, before programs changed them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.tables.cells import as_written
from dashboard.tables.export import escape_formula


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (" Jane ", "Jane"),
        ("BergstrÃ¶m", "Bergström"),
        ("SÃ¡nchez", "Sánchez"),
        ("MarÃƒÂ­a", "María"),
        ("Ãrica", "Ãrica"),  # a letter of Portuguese, and nothing misread
        ("François", "François"),
        ("'+16035550101", "+16035550101"),
        ("'0171 5550102", "0171 5550102"),
        ("'+16035550101; '+16035550102", "+16035550101; +16035550102"),
        ("Met at fair\n'- is interested", "Met at fair\n- is interested"),
        ("a;'=b|\t'@c", "a;=b|\t@c"),
        ("' =1+1", "=1+1"),
        ("'t Hooft", "'t Hooft"),
        ("O'Brien", "O'Brien"),
        ('="0151 234567"', "0151 234567"),
        ('="Jane ""JD"" Doe"', 'Jane "JD" Doe'),
        ('\'="Jane"', '="Jane"'),  # as our exports write this very text
        ('="Jane"&A2', '="Jane"&A2'),
        ('=\n""', '=\n""'),
    ],
)
def test_damage_is_undone(text: str, written: str) -> None:
    assert as_written(text) == written


@given(st.sampled_from("=+-@＝"), st.text(st.characters(codec="ascii", categories=["L", "N"])))
def test_what_an_export_escapes_is_read_as_it_was(start: str, text: str) -> None:
    assert escape_formula(f"{start}a{text}") == f"'{start}a{text}"
    assert as_written(escape_formula(start + text)) == start + text  # a number is not escaped


@given(
    st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x17F, categories=["L"]), min_size=2)
)
def test_utf_8_that_was_read_as_latin_1_is_read_again(name: str) -> None:
    assert as_written(name.encode().decode("latin-1")) == as_written(name)
