"""The user's input -> the API's input, or the problem to fix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.search.inputs import (
    company_input,
    company_inputs,
    page_input,
    person_input,
    person_label,
)
from leadiq_api import SEARCH_CEILING


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("acme.com", {"domain": "acme.com"}),
        ("https://www.Acme.com/about?x=1", {"domain": "acme.com"}),
        ("jane@acme.co.uk", {"domain": "acme.co.uk"}),
        (
            "https://www.linkedin.com/company/acme",
            {"linkedinUrl": "https://www.linkedin.com/company/acme"},
        ),
        ("MergedCompany-5f", {"id": "MergedCompany-5f"}),
        ("Acme Inc.", {"name": "Acme Inc."}),
        ("Acme", {"name": "Acme"}),
        ("Yahoo! Inc", {"name": "Yahoo! Inc"}),
    ],
)
def test_a_line_names_a_company_by_its_form(line: str, expected: dict) -> None:
    assert company_input(line) == expected


def test_repeated_lines_are_sent_once() -> None:
    assert list(company_inputs("a.com\n\n  b.com \na.com\n")) == ["a.com", "b.com"]


def test_a_person_by_name_and_company() -> None:
    entered = {
        "firstName": " Ada ",
        "lastName": "Byron",
        "company.name": "Engine",
        "company.domain": "https://www.engine.example/x",
    }
    assert person_input("Name and company", entered, 2) == (
        {
            "firstName": "Ada",
            "lastName": "Byron",
            "limit": 2,
            "company": {"name": "Engine", "domain": "engine.example"},
        },
        None,
    )


@given(page=st.integers(0, 9999), limit=st.integers(1, 100))
def test_no_page_passes_the_ceiling(page: int, limit: int) -> None:
    if page * limit < SEARCH_CEILING:
        request = page_input({}, page, limit)
        assert request["skip"] + request["limit"] <= SEARCH_CEILING
        assert request["limit"] >= 1


def test_each_company_of_a_pasted_column_is_sent_once() -> None:
    entered = '"Acme, Inc"\r\nacme.com;https://www.ACME.com/about\r\na.io, b.io\r\n\r\n"Acme, Inc"'
    assert company_inputs(entered) == {
        "Acme, Inc": {"name": "Acme, Inc"},
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
