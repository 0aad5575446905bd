"""Cells as they are cleaned and compared; however long a cell is, reading it is quick."""

import pytest

from dashboard.identity.amounts import read_amount
from dashboard.identity.company import read_company
from dashboard.identity.domain import read_domain
from dashboard.identity.email import read_emails
from dashboard.identity.linkedin import company_page, read_linkedin
from dashboard.identity.location import read_place
from dashboard.identity.names import read_name
from dashboard.identity.phone import read_phone
from dashboard.identity.words import MAX_CHARACTERS, clean, fold, is_placeholder, link_target

READERS = (
    clean,
    fold,
    read_amount,
    read_company,
    read_domain,
    read_emails,
    read_linkedin,
    company_page,
    read_place,
    read_name,
    read_phone,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" a\u00a0 b\r\nc ", "a b c"),
        ("\ufeffa\u200bb", "ab"),
        ("ＡＢＣ", "ABC"),
        ("jo\u0308rg", "jörg"),
        ("Acme™", "Acme"),
    ],
)
def test_a_cell_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_words_are_compared_without_accents_and_signs() -> None:
    assert fold("  Jörg O'Brien-Łukasz ") == "jorg obrien lukasz"


@pytest.mark.parametrize("text", ["", " ", "-", "N/A", "#N/A", "null", "unknown", "keine Angabe"])
def test_a_placeholder_is_empty(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ('=HYPERLINK("https://acme.com","Acme")', "https://acme.com"),
        ('=HIPERVINCULO("https://acme.com";"Acme")', "https://acme.com"),
        ("[Acme](https://acme.com)", "https://acme.com"),
        ('=CONCAT("a","b")', '=CONCAT("a","b")'),
        ("Acme", "Acme"),
    ],
)
def test_the_address_behind_a_link(text: str, target: str) -> None:
    assert link_target(text) == target


@pytest.mark.parametrize("part", ["a", "a@", "(", "[](", "linkedin.com/", "%25", '"', "a.", "1,"])
def test_only_the_beginning_of_a_huge_cell_is_read(part: str) -> None:
    beginning = (part * MAX_CHARACTERS)[:MAX_CHARACTERS]
    for read in READERS:
        assert read(beginning + part * 10_000) == read(beginning)
