"""A company's domain, however it was copied."""

import pytest

from dashboard.identity.domain import DOMAIN, parse_domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        (" HTTPS://WWW.Acme.com:8080/about?x=1#y ", "acme.com"),
        ("acme.com?utm=1", "acme.com"),
        ("jane@acme.co.uk", "acme.co.uk"),
        ("https://user:secret@acme.com/", "acme.com"),
        ("www.acme.com.", "acme.com"),
        ("Acme Inc", "acme inc"),
        ("", ""),
    ],
)
def test_the_domain_of_an_address(text: str, domain: str) -> None:
    assert parse_domain(text) == domain


@pytest.mark.parametrize("text", ["acme.com", "mail.acme-group.co.uk", "bücher.de", "ACME.COM"])
def test_a_domain_has_labels_and_an_ending(text: str) -> None:
    assert DOMAIN.fullmatch(text)


@pytest.mark.parametrize("text", ["", "acme", "acme inc", "127.0.0.1", "n/a", "acme.", "acme.c"])
def test_other_text_is_not_a_domain(text: str) -> None:
    assert DOMAIN.fullmatch(text) is None
