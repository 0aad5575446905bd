"""The user's input -> the API's input, or the problem to fix."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.search.inputs import (
    company_input,
    company_lines,
    entered_person,
    page_input,
    person_input,
    person_label,
)
from dashboard.search.parsing import parse_profiles
from leadiq_api import SEARCH_CEILING
from tests.conftest import CASES


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("acme.com", {"domain": "acme.com"}),
        ("https://www.Acme.com/about?x=1", {"domain": "acme.com"}),
        ("jane@acme.co.uk", {"domain": "acme.co.uk"}),
        ("shop.acme.co.uk", {"domain": "acme.co.uk"}),
        (
            "https://www.linkedin.com/company/acme",
            {"linkedinUrl": "https://www.linkedin.com/company/acme"},
        ),
        (
            "https://de.linkedin.com/company/Acme/about/?viewAsMember=true",
            {"linkedinUrl": "https://www.linkedin.com/company/acme"},
        ),
        ("https://www.linkedin.com/sales/company/1234", {"linkedinId": "1234"}),
        ("MergedCompany-5f", {"id": "MergedCompany-5f"}),
        ("Acme Inc.", {"name": "Acme"}),
        ("Acme", {"name": "Acme"}),
        ("Yahoo! Inc", {"name": "Yahoo!"}),
        ("https://web.archive.org/web/2020/https://acme.com", {"domain": "acme.com"}),
        ('=HYPERLINK("https://acme.com","Acme")', {"domain": "acme.com"}),
        ("acme.com (US)", {"domain": "acme.com"}),
        ("Booking.com", {"domain": "booking.com"}),
    ],
)
def test_a_line_names_a_company_by_its_form(line: str, expected: dict) -> None:
    assert company_input(line) == (expected, "")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("https://www.crunchbase.com/organization/acme", "crunchbase.com is a directory"),
        ("https://www.facebook.com/amesbakery", "facebook.com is a social network"),
        ("jane@gmail.com", "gmail.com is a mail provider"),
        ("https://www.linkedin.com/in/jane-doe", "look it up on People search"),
        ("https://www.linkedin.com/feed/", "LinkedIn"),
        ("n/a", "names no company"),
    ],
)
def test_a_line_of_a_known_host_or_a_person_is_not_sent(line: str, problem: str) -> None:
    request, told = company_input(line)
    assert request == {}
    assert problem in told


def test_repeated_lines_are_sent_once() -> None:
    assert list(company_lines("a.com\n\n  b.com \na.com\n").inputs) == ["a.com", "b.com"]


def test_a_person_by_name_and_company() -> None:
    entered = {"firstName": " Ada ", "lastName": "Byron", "company": "https://www.engine.example/x"}
    assert person_input(entered, 2) == (
        {
            "firstName": "Ada",
            "lastName": "Byron",
            "limit": 2,
            "company": {"domain": "engine.example"},
        },
        None,
    )


PROFILE = "https://www.linkedin.com/in/"


@pytest.mark.parametrize(
    ("entered", "field", "expected"),
    [
        (
            "https://de.linkedin.com/in/jane-doe/?trk=public_profile",
            "linkedinUrl",
            f"{PROFILE}jane-doe",
        ),
        ("linkedin.com/in/j%C3%B6rg-m%C3%BCller/", "linkedinUrl", f"{PROFILE}jörg-müller"),
        (
            "https://www.linkedin.com/sales/lead/ACwAAAbCdEf,NAME_SEARCH,x1y2",
            "linkedinUrl",
            f"{PROFILE}ACwAAAbCdEf",
        ),
        ("jane-doe", "linkedinUrl", f"{PROFILE}jane-doe"),
        ("Jane Doe <jane@acme.com>", "email", "jane@acme.com"),
        ("mailto:jane@acme.com", "email", "jane@acme.com"),
        ("jane@acme.com.", "email", "jane@acme.com"),
        ("j.doe@gmail.com; jane@acme.com", "email", "jane@acme.com"),
        (" PersonID-5f ", "id", "PersonID-5f"),
    ],
)
def test_the_box_detects_what_was_pasted(entered: str, field: str, expected: str) -> None:
    assert person_input({"identifier": entered}, 1) == ({field: expected, "limit": 1}, None)


@pytest.mark.parametrize(
    ("entered", "problem"),
    [
        ("https://www.linkedin.com/company/acme", "a company's page"),
        ("https://www.linkedin.com/feed/", "a feed"),
        ("https://lnkd.in/eAbC12x", "open it and copy the address"),
        ("https://www.linkedin.com/in/unavailable", "shows no profile"),
        ("info@acme.com", "a shared mailbox"),
        ("na@na.com", "is a placeholder"),
        ("jane@", "full email address"),
        ("jane", "“jane” is not a LinkedIn URL, an email or a LeadIQ ID"),
        ("Jane Doe", "Enter a name under First name and Last name."),
        ("acme.com", "is not a LinkedIn URL"),
        ("", "Paste a LinkedIn URL, an email or a LeadIQ ID, or enter a name."),
    ],
)
def test_what_names_nobody_is_not_sent(entered: str, problem: str) -> None:
    request, message = person_input({"identifier": entered}, 1)
    assert request == {"limit": 1}
    assert problem in (message or "")


def test_a_person_is_looked_up_by_one_thing() -> None:
    entered = {"identifier": "jane@acme.com", "firstName": "John", "lastName": "Doe"}
    request, problem = person_input(entered, 1)
    assert request == {"limit": 1}
    assert problem == "Clear either the first box or the name: one of them is enough."


@pytest.mark.parametrize(
    ("first", "last", "sent"),
    [
        ("Dr. Jane", "Doe, MBA", {"firstName": "Jane", "lastName": "Doe"}),
        ("DOE", "Jane", {"firstName": "Jane", "lastName": "Doe"}),
        ("Jane Doe", "", {"fullName": "Jane Doe"}),
        ("Doe, Jane", "", {"fullName": "Jane Doe"}),
        ("山田太郎", "", {"fullName": "山田太郎"}),
    ],
)
def test_the_boxes_of_a_name_are_cleaned(first: str, last: str, sent: dict) -> None:
    entered = {"firstName": first, "lastName": last, "company": "Acme GmbH & Co. KG"}
    expected = {**sent, "company": {"name": "Acme"}, "limit": 1}
    assert person_input(entered, 1) == (expected, None)


@pytest.mark.parametrize(
    "request_",
    [
        {"linkedinUrl": f"{PROFILE}jane-doe"},
        {"email": "jane@acme.com"},
        {"id": "PersonID-1"},
        {"firstName": "Jane", "lastName": "Doe", "company": {"domain": "acme.com"}},
        {"fullName": "山田太郎", "company": {"name": "Acme"}},
    ],
)
def test_what_was_entered_can_be_entered_again(request_: dict) -> None:
    assert person_input(entered_person(request_), 1) == ({**request_, "limit": 1}, None)


@given(page=st.integers(0, 9999), limit=st.integers(1, 100))
def test_no_page_passes_the_ceiling(page: int, limit: int) -> None:
    if page * limit < SEARCH_CEILING:
        request = page_input({}, page, limit)
        assert request.get("skip", 0) + request["limit"] <= SEARCH_CEILING
        assert request["limit"] >= 1


def test_a_page_after_a_cursor_has_no_ceiling() -> None:
    after = [{"key": "score", "value": "1.5"}, {"key": "id", "value": "PersonID-25"}]
    assert page_input({"a": 1}, 0, 25) == {"a": 1, "limit": 25}
    assert page_input({"a": 1}, 1, 25) == {"a": 1, "limit": 25, "skip": 25}
    assert page_input({"a": 1}, 999, 25, after) == {"a": 1, "limit": 25, "after": after}


def test_each_company_of_a_pasted_column_is_sent_once() -> None:
    entered = '"Acme, Inc"\r\nacme.com;https://www.ACME.com/about\r\na.io, b.io\r\n\r\n"Acme, Inc"'
    assert company_lines(entered).inputs == {
        "Acme, Inc": {"name": "Acme"},
        "acme.com": {"domain": "acme.com"},
        "a.io": {"domain": "a.io"},
        "b.io": {"domain": "b.io"},
    }


@pytest.mark.parametrize(
    ("request_", "label"),
    [
        ({"email": "jane@acme.com", "limit": 1}, "jane@acme.com"),
        ({"linkedinUrl": "https://linkedin.com/in/jane"}, "https://linkedin.com/in/jane"),
        ({"id": "PersonID-1"}, "PersonID-1"),
        (
            {"firstName": "Jane", "lastName": "Doe", "company": {"name": "Acme"}},
            "Jane Doe at Acme",
        ),
        (
            {"firstName": "Jane", "lastName": "Doe", "company": {"domain": "acme.com"}},
            "Jane Doe at acme.com",
        ),
        (
            {
                "firstName": "Jane",
                "lastName": "Doe",
                "company": {"name": "Acme", "domain": "acme.com"},
            },
            "Jane Doe at Acme (acme.com)",
        ),
    ],
)
def test_a_request_says_whom_it_asks_for(request_: dict, label: str) -> None:
    assert person_label(request_) == label


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
def test_boxes_understand_what_a_file_does() -> None:
    entered = json.loads((CASES / "inputs" / "a03_people_search_boxes.json").read_text("utf-8"))
    by_url = [
        person_input({"identifier": text}, 1)[0].get("linkedinUrl")
        for text in entered["People search, by LinkedIn URL"]
    ]
    assert by_url == [
        "https://www.linkedin.com/in/jane-doe",
        "https://www.linkedin.com/in/jörg-müller",
        None,  # a company's page
        "https://www.linkedin.com/in/ACwAAAbCdEf",
        None,  # a feed
        "https://www.linkedin.com/in/jane-doe",
    ]
    by_email = [
        person_input({"identifier": text}, 1) for text in entered["People search, by email"]
    ]
    assert by_email == [({"email": "jane@acme.com", "limit": 1}, None)] * 4
    profiles = parse_profiles("\n".join(entered["Advanced search, profiles to include"]))
    assert profiles.problem is None
    assert len(profiles.value) == 3


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
def test_company_lines_as_people_paste_them() -> None:
    lines = company_lines((CASES / "inputs" / "f01_company_lines.txt").read_text("utf-8"))
    assert [*lines.inputs.values()] == [
        {"domain": "acme.com"},
        {"linkedinUrl": "https://www.linkedin.com/company/acme"},
        {"linkedinId": "1234"},
        {"domain": "booking.com"},
    ]
    assert [*lines.problems] == [
        "https://www.crunchbase.com/organization/acme",
        "https://www.facebook.com/amesbakery",
        "jane@gmail.com",
        "https://www.linkedin.com/in/jane-doe",
    ]
