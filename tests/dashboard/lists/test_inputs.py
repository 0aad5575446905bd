"""What becomes a prospect: a form, people of a search; and what LeadIQ would refuse."""

import pandas as pd
import pytest

from dashboard.lists.inputs import (
    feedback_input,
    prospect_input,
    prospect_inputs,
    validate_prospect_query,
)
from dashboard.tables import frames
from tests.dashboard.sample_contacts import PERSON


def test_a_form_understands_what_a_file_does() -> None:
    entered = {
        "firstName": "Jane",
        "lastName": "Doe",
        "workEmail": "Jane <mailto:JANE@acme.com>",
        "linkedinUrl": "de.linkedin.com/in/Jane-Doe/?trk=x",
    }
    expected = entered | {
        "workEmail": "jane@acme.com",
        "linkedinUrl": "https://www.linkedin.com/in/jane-doe",
    }
    assert prospect_input(entered) == (expected, None)


@pytest.mark.parametrize(
    ("entered", "problem"),
    [
        ({"firstName": "A"}, "first and a last name"),
        ({"firstName": "A", "lastName": "B", "workEmail": "x"}, "full email address"),
        ({"firstName": "A", "lastName": "B", "linkedinUrl": "x"}, "whole LinkedIn address"),
        (
            {"firstName": "A", "lastName": "B", "linkedinUrl": "linkedin.com/company/acme"},
            "a company's page",
        ),
        ({"firstName": "A", "lastName": "B", "notes": "x" * 5001}, "they have 5,001"),
    ],
)
def test_a_prospect_that_does_not_fit(entered: dict, problem: str) -> None:
    _, found = prospect_input(entered)
    assert problem in str(found)


def test_a_prospect_that_fits() -> None:
    entered = {"firstName": " A", "lastName": "B ", "workEmail": "", "notes": "n"}
    expected = {"firstName": "A", "lastName": "B", "notes": "n"}
    assert prospect_input(entered) == (expected, None)


def test_people_become_prospects() -> None:
    rows = frames.people(
        [PERSON, {"id": "PersonID-2", "name": {"fullName": "No Last", "first": "No"}}]
    )
    inputs, nameless = prospect_inputs(rows)
    assert nameless == ["No Last"]
    assert inputs == [
        {
            "firstName": "Ada",
            "lastName": "Byron",
            "title": "Analyst",
            "seniority": "Director",
            "function": "Engineering",
            "company": "Engine",
            "companyDomain": "engine.example",
            "companyId": "MergedCompany-1",
            "personId": "PersonID-1",
            "phone": "+44 77",
            "linkedinUrl": "https://www.linkedin.com/in/ada",
            "workEmail": "ada@engine.example",
            "emailStatus": "Verified",
            "location": {"city": "London", "country": "United Kingdom"},
        }
    ]


def test_a_prospect_has_no_value_that_prospector_refuses() -> None:
    row = {
        "first_name": " Ada ",
        "last_name": "Byron",
        "title": " ",
        "seniority": "Queen",
        "linkedin_url": "linkedin.com/in/ada",
        "email_status": "Verified",  # without an email
        "city": None,
    }
    inputs, nameless = prospect_inputs(pd.DataFrame([row]))
    assert inputs == [{"firstName": "Ada", "lastName": "Byron"}]
    assert nameless == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (("", "", ""), "Enter an email, or both"),
        (("", "Ada", ""), "Enter an email, or both"),
        (("a@b", "", ""), "full email address"),
        (("a@b.example", "Ada", ""), "not by both"),
    ],
)
def test_a_query_that_prospector_would_refuse(query: tuple[str, str, str], problem: str) -> None:
    assert problem in str(validate_prospect_query(*query))


@pytest.mark.parametrize("query", [("a@b.example", "", ""), ("", "Ada", "Byron")])
def test_a_query_by_email_or_by_both_names(query: tuple[str, str, str]) -> None:
    assert validate_prospect_query(*query) is None


def test_feedback_on_a_prospect() -> None:
    prospect = {"firstName": "Ada", "lastName": "Byron", "company": {"name": "Engine"}, "title": ""}
    assert feedback_input(prospect, "a@b.example", "WorkEmail", "Other") == {
        "name": "Ada Byron",
        "companyName": "Engine",
        "value": "a@b.example",
        "status": "Invalid",
        "invalidReason": "Other",
        "type": "WorkEmail",
    }
