"""A company's domain, however it was copied; known hosts are nobody's."""

import pytest

from dashboard.identity.domain import has_public_suffix, is_mail_provider, read_domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        (" HTTPS://WWW.Acme.com:8080/about?x=1#y ", "acme.com"),
        ("acme.com?utm=1", "acme.com"),
        ("jane@acme.co.uk", "acme.co.uk"),
        ("https://user:secret@acme.com/", "acme.com"),
        ("www.acme.com.", "acme.com"),
        ("shop.acme.co.uk", "acme.co.uk"),
        ("bücher.de", "bücher.de"),
        ("acme.com (US)", "acme.com"),
        ('=HYPERLINK("https://acme.com","Acme")', "acme.com"),
        ("https://web.archive.org/web/2020/https://acme.com", "acme.com"),
        ("https://web.archive.org/web/2020/acme.com", "acme.com"),
        ("https://www.google.com/url?q=https://acme.com/&x", "acme.com"),
        ("acme.com; acme.de", "acme.com"),
        ("acme.com, acme.de", "acme.com"),
        ("http//acme.com", "acme.com"),
        ("//acme.com/about", "acme.com"),
        ("http:acme.com", "acme.com"),
        ("github.com", "github.com"),  # GitHub's own
        ("", ""),
        ("n/a", ""),
    ],
)
def test_the_domain_of_an_address(text: str, domain: str) -> None:
    assert read_domain(text) == (domain, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("gmail.com", "a mail provider"),
        ("jane@web.de", "a mail provider"),
        ("facebook.com/amesbakery", "a social network"),
        ("https://sites.google.com/view/cole", "other people's pages"),
        ("linktr.ee/dayllc", "other people's pages"),
        ("https://east.myshopify.com", "other people's pages"),
        ("github.com/acme", "other people's pages"),
        ("acme.blogspot.com", "other people's pages"),
        ("https://acme.blogspot.de/", "other people's pages"),
        ("https://www.crunchbase.com/organization/acme", "a directory of companies"),
        ("https://web.archive.org/", "a web archive"),
        ("https://bit.ly/3x", "a link shortener"),
        ("acme inc", "not a domain"),
        ("127.0.0.1", "not a domain"),
        ("acme.", "not a domain"),
    ],
)
def test_no_companys_domain_is_reported(text: str, problem: str) -> None:
    domain, told = read_domain(text)
    assert domain == ""
    assert problem in told


def test_an_address_has_a_public_suffix() -> None:
    assert has_public_suffix("Booking.com")
    assert not has_public_suffix("Node.js")
    assert not has_public_suffix("Acme Inc.")


def test_a_mail_provider_in_each_country() -> None:
    assert is_mail_provider("jane@yahoo.co.jp")
    assert is_mail_provider("jane@Hotmail.de")
    assert not is_mail_provider("jane@acme.com")
