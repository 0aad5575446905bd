"""The addresses in a cell, and which of them are nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.identity.email import MAX_ADDRESSES, Emails, address_in, read_emails


@pytest.mark.parametrize(
    "cell",
    [
        "jane@acme.com",
        " \u200bjane@acme.com ",
        "'jane@acme.com'",
        "(jane@acme.com)",
        "<jane@acme.com>",
        "MAILTO:jane@acme.com?subject=Hi",
        "mailto:jane%40acme.com",
        "Jane Doe <jane@acme.com>",
        "Doe, Jane <JANE@ACME.COM>",
        "Jane Doe jane@acme.com",
        "jane@acme.com.",
        "**jane@acme.com**",
        "jane@acme.com,",
        "jane@acme.com (work)",
        "E: jane@acme.com",
        "work jane@acme.com",
        "jane [at] acme.com",
        "jane(at)acme[dot]com",
        "ｊａｎｅ＠ａｃｍｅ．ｃｏｍ",
        "[jane@acme.com](mailto:jane@acme.com)",
        '=HYPERLINK("mailto:jane@acme.com","Jane")',
    ],
)
def test_one_address_however_it_is_wrapped(cell: str) -> None:
    assert read_emails(cell) == Emails(work=("jane@acme.com",))


@pytest.mark.parametrize(
    ("cell", "work", "personal"),
    [
        ("jane@acme.com; j.doe@gmail.com", ("jane@acme.com",), ("j.doe@gmail.com",)),
        ("j.doe@gmail.com\njane@acme.com", ("jane@acme.com",), ("j.doe@gmail.com",)),
        ("a.b@acme.com / c.d@acme.com", ("a.b@acme.com", "c.d@acme.com"), ()),
        ("jane@yahoo.co.jp", (), ("jane@yahoo.co.jp",)),
        ("o'neil@acme.com", ("o'neil@acme.com",), ()),
        ("ü@bücher.de", ("ü@bücher.de",), ()),
        ("johndoe@johndoe.com", ("johndoe@johndoe.com",), ()),
    ],
)
def test_several_addresses_work_first(
    cell: str, work: tuple[str, ...], personal: tuple[str, ...]
) -> None:
    emails = read_emails(cell)
    assert (emails.work, emails.personal) == (work, personal)
    assert emails.best == (*work, *personal)[0]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("info@acme.com", "is a shared mailbox"),
        ("Sales-US@acme.com", "is a shared mailbox"),
        ("support+de@acme.com", "is a shared mailbox"),
        ("accounts.payable@acme.com", "is a shared mailbox"),
        ("serviceclient@acme.fr", "is a shared mailbox"),
        ("j***@acme.com", "is hidden in part"),
        ("j••••@acme.com", "is hidden in part"),
        ("*****@acme.com", "is hidden in part"),
        ("jane@a**e.com", "is hidden in part"),
        ("na@na.com", "is a placeholder"),
        ("x@x.com", "is a placeholder"),
        ("none@acme.com", "is a placeholder"),
        ("unknown@unknown.com", "is a placeholder"),
        ("noemail@noemail.com", "is a placeholder"),
        ("test@test.com", "is a placeholder"),
        ("jane@acme", "not a full email address"),
        ("jane", "not a full email address"),
        ("jane doe@acme.com", "not a full email address"),
        ("jane@@acme.com", "not a full email address"),
        ("jane@home.test", "not a full email address"),  # a domain that receives no mail
    ],
)
def test_what_is_nobodys_address_is_reported(cell: str, problem: str) -> None:
    emails = read_emails(cell)
    assert emails.best == ""
    assert any(problem in told for told in emails.problems)


@pytest.mark.parametrize("cell", ["", "-", "N/A", "#N/A", "null", "no email", "unknown"])
def test_a_word_for_no_address_is_empty(cell: str) -> None:
    assert read_emails(cell) == Emails()


@given(some.text(alphabet="jane@acme.com <>,;:()'\"", max_size=40))
def test_an_address_found_is_found_again(cell: str) -> None:
    emails = read_emails(cell)
    for address in (*emails.work, *emails.personal):
        assert address_in(address) == address
        assert read_emails(address).best == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("info@acme.com", "info@acme.com"),
        ("Info <mailto:INFO@acme.com>", "info@acme.com"),
        ("jane@acme.com, joe@acme.com", ""),
        ("jane doe@acme.com", ""),
        ("", ""),
    ],
)
def test_the_one_address_in_a_box(text: str, address: str) -> None:
    assert address_in(text) == address


def test_a_cell_of_very_many_addresses_is_read_in_part() -> None:
    text = ";".join(f"jane{number}@acme.com" for number in range(150))
    assert read_emails(text).work == tuple(f"jane{n}@acme.com" for n in range(MAX_ADDRESSES))
