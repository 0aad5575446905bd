"""What a user types is an address as a whole; a cell of a file may wrap one."""

import pytest

from dashboard.identity.email import COMPLETE_EMAIL, EMAIL_IN_CELL


@pytest.mark.parametrize(
    "text", ["jane@acme.com", "j.o'neil+x@mail.acme-group.co.uk", "ü@bücher.de"]
)
def test_a_complete_email_is_one_address(text: str) -> None:
    assert COMPLETE_EMAIL.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@acme",
        "@acme.com",
        "jane@@acme.com",
        "jane doe@acme.com",
        "jane@acme.com, x",
    ],
)
def test_anything_more_or_less_is_not_a_complete_email(text: str) -> None:
    assert COMPLETE_EMAIL.fullmatch(text) is None


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("jane@acme.com", "jane@acme.com"),
        (" \ufeffjane@acme.com ", "jane@acme.com"),
        ("'jane@acme.com'", "jane@acme.com"),
        ("(jane@acme.com)", "jane@acme.com"),
        ("MAILTO:jane@acme.com?subject=Hi", "jane@acme.com"),
        ("Doe, Jane <Jane.Doe@acme.com>", "Jane.Doe@acme.com"),
        ("jane@acme.com; joe@acme.com", "jane@acme.com"),
        ("o'neil@acme.com", "o'neil@acme.com"),
    ],
)
def test_the_first_email_in_a_cell_is_found(cell: str, email: str) -> None:
    match = EMAIL_IN_CELL.match(cell)
    assert match is not None
    assert match[1] == email


@pytest.mark.parametrize(
    "cell", ["", "jane at acme", "jane@acme", "jane doe@acme.com", "call me, jane@acme.com"]
)
def test_a_cell_of_other_text_has_no_email(cell: str) -> None:
    assert EMAIL_IN_CELL.match(cell) is None
