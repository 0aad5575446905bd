"""A person's LinkedIn profile, in each form of its address, has one canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.identity.linkedin import company_page, has_profile, read_linkedin

JANE = "https://www.linkedin.com/in/jane-doe"
JOERG = "https://www.linkedin.com/in/jörg-müller"
MEMBER = "https://www.linkedin.com/in/ACwAAAbCdEf"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (JANE, JANE),
        ("https://www.linkedin.com/comm/in/jane-doe?midToken=AQF&trk=eml", JANE),
        ("https://www.linkedin.com//in//jane-doe/", JANE),
        ("https://cn.linkedin.com/in/jane-doe", JANE),
        ("https://www.linkedin.cn/in/jane-doe", JANE),
        ("https://www.linkedin.com/in/jane-doe/de?originalSubdomain=de", JANE),
        ("https://www.linkedin.com/in/jane-doe/overlay/contact-info/", JANE),
        ("linkedin.com/in/Jane-Doe#experience", JANE),
        ("https://m.linkedin.com/mwlite/in/jane-doe", JANE),
        ("http:\\\\www.linkedin.com\\in\\jane-doe", JANE),
        ("linkedin://in/jane-doe", JANE),
        ("linkedin://profile/jane-doe", JANE),
        ("https://www.linkedin.com/in/jörg-müller", JOERG),
        ("https://www.linkedin.com/in/jo\u0308rg-mu\u0308ller", JOERG),
        ("https://www.linkedin.com/in/j%C3%B6rg-m%C3%BCller", JOERG),
        ("https://www.linkedin.com/in/j%25C3%25B6rg-m%25C3%25BCller", JOERG),
        ("https://www.linkedin.com/sales/lead/ACwAAAbCdEf,NAME_SEARCH,x1y2", MEMBER),
        ("https://www.linkedin.com/sales/people/ACwAAAbCdEf,NAME_SEARCH", MEMBER),
        ("https://www.linkedin.com/talent/profile/ACwAAAbCdEf", MEMBER),
        ("https://www.linkedin.com/profile/view?id=ACwAAAbCdEf&trk=x", MEMBER),
        ("ACwAAAbCdEf", MEMBER),
        ('=HYPERLINK("https://www.linkedin.com/in/jane-doe","Jane Doe")', JANE),
        ("[Jane](https://www.linkedin.com/in/jane-doe)", JANE),
        ("<https://www.linkedin.com/in/jane-doe>", JANE),
        ("see https://www.linkedin.com/in/jane-doe).", JANE),
        ('"https://www.linkedin.com/in/jane-doe"', JANE),
        (f"{JANE}|{JANE}-old", JANE),
        ("https://www.linkedin.com/company/acme https://www.linkedin.com/in/jane-doe", JANE),
        (
            "https://www.linkedin.com/authwall?sessionRedirect="
            "https%3A%2F%2Fwww.linkedin.com%2Fin%2Fjane-doe",
            JANE,
        ),
        # What a search engine, a mail filter and a word processor make of an address.
        (
            "https://www.google.com/url?q=https://www.linkedin.com/in/jane-doe&sa=D&source=docs",
            JANE,
        ),
        (
            "https://nam02.safelinks.protection.outlook.com/?url="
            "https%3A%2F%2Fwww.linkedin.com%2Fin%2Fjane-doe&data=05%7C01",
            JANE,
        ),
        ("https://www.linkedin.com/in/jane\u2011doe", JANE),
        ("https://www.linkedin.com/in/jane\u2013doe", JANE),
        ("https://www.linkedin.com/mwlite/profile/in/jane-doe", JANE),
        ("https://www.linkedin.com/talent/search/profile/ACwAAAbCdEf?start=0", MEMBER),
        ("https://www.linkedin.com/talent/hire/1/manage/all/profile/ACwAAAbCdEf", MEMBER),
        ("@jane-doe", JANE),
        # A program put the beginning of an address before a whole one.
        ("https://linkedin.com/in/https://www.linkedin.com/in/jane-doe", JANE),
        ("https://www.linkedin.com/in/de.linkedin.com/in/jane-doe/", JANE),
        ("linkedin.com/in/in/jane-doe", JANE),
        ("https://www.linkedin.com/in/jane-doe (Jane)", JANE),
        ("jane-doe", JANE),
        ("/in/jane-doe/", JANE),
        ("linkedin.com/pub/jane-doe/5/b87/a12/", f"{JANE}-a12b8705"),
        ("linkedin.com/pub/jane-doe", JANE),
    ],
)
def test_each_form_is_the_canonical_one(text: str, url: str) -> None:
    assert read_linkedin(text) == (url, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("https://www.linkedin.com/company/acme", "a company's page"),
        ("https://www.linkedin.com/sales/company/17", "a company's page"),
        ("https://www.linkedin.com/school/mit", "a school's page"),
        ("https://www.linkedin.com/feed/", "a feed"),
        ("https://www.linkedin.com/posts/jane-doe_activity-1", "a post"),
        ("https://www.linkedin.com/pub/dir/Jane/Doe", "a list of people"),
        ("https://lnkd.in/eAbC12x", "open it and copy the address"),
        ("https://www.linkedin.com/in/unavailable", "shows no profile"),
        ("https://www.linkedin.com/profile/view?id=12345", "copy the address that begins with"),
        ("linkedin.com", "not that of a person"),
        ("Profile", "shows no profile"),
        ("https://www.linkedin.com/in/https://jane-doe.com", "shows no profile"),
        # Cut, they would be the address of somebody else.
        ("linkedin.com/in/jane-d...", "is cut off"),
        ("https://www.linkedin.com/in/jane-doe-12…", "is cut off"),
        ("https://www.linkedin.com/in/jane doe", "contains a space"),
        ("https://www.linkedin.com/in/jane%20doe-123/", "contains a space"),
        ("Jane Doe", "not a LinkedIn profile"),
        ("12345", "not a LinkedIn profile"),
        ("acme.com", "not a LinkedIn profile"),
        ("https://notlinkedin.com/in/jane-doe", "not a LinkedIn profile"),
        ("https://linkedin.com.example/in/jane-doe", "not a LinkedIn profile"),
    ],
)
def test_what_is_no_profile_is_reported(text: str, problem: str) -> None:
    url, told = read_linkedin(text)
    assert url == ""
    assert problem in told
    assert not has_profile(text)


@pytest.mark.parametrize("text", ["", " ", "n/a", "-", "#N/A", "null"])
def test_an_empty_cell_is_no_problem(text: str) -> None:
    assert read_linkedin(text) == ("", "")


@given(some.text(max_size=80))
def test_the_canonical_form_is_its_own(text: str) -> None:
    url, problem = read_linkedin(text)
    assert not (url and problem)
    if url:
        assert read_linkedin(url) == (url, "")


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (
            "https://de.linkedin.com/company/Acme/about/?viewAsMember=true",
            "https://www.linkedin.com/company/acme",
        ),
        ("linkedin.com/sales/company/1234", "https://www.linkedin.com/company/1234"),
        ("linkedin.com/showcase/acme-labs", "https://www.linkedin.com/showcase/acme-labs"),
        (JANE, ""),
        ("acme.com", ""),
    ],
)
def test_a_companys_page(text: str, page: str) -> None:
    assert company_page(text) == page
