"""Whom the cells of a row name, and the ways to look them up."""

import pytest

from dashboard.identity.person import problem_of, read_person

PROFILES = "https://www.linkedin.com/"


@pytest.mark.parametrize(
    ("values", "input"),
    [
        ({"id": "PersonID-1", "email": "a@b.com"}, {"id": "PersonID-1"}),
        ({"id": "17", "email": "a@b.com"}, {"email": "a@b.com"}),
        ({"linkedinUrl": "linkedin.com/in/jane"}, {"linkedinUrl": f"{PROFILES}in/jane"}),
        (
            {"linkedinUrl": "http://de.linkedin.com/in/j%C3%BCrgen-m/en?trk=x#top"},
            {"linkedinUrl": f"{PROFILES}in/jürgen-m"},
        ),
        (
            {"linkedinUrl": "https://www.linkedin.com/pub/jane-doe/5/b87/a12/"},
            {"linkedinUrl": f"{PROFILES}in/jane-doe-a12b8705"},
        ),
        (
            {"linkedinUrl": "https://www.linkedin.com/sales/lead/ACwAAAbCdEf,NAME_SEARCH,x1"},
            {"linkedinUrl": f"{PROFILES}in/ACwAAAbCdEf"},
        ),
        (
            {"linkedinUrl": "https://www.linkedin.com/sales/company/17", "email": "a@b.com"},
            {"email": "a@b.com"},
        ),
        ({"email": "Doe, Jane <Jane.Doe@acme.com>"}, {"email": "jane.doe@acme.com"}),
        ({"email": " mailto:jane@acme.com?subject=Hi"}, {"email": "jane@acme.com"}),
        ({"email": "jane@acme.com; jane@home.com"}, {"email": "jane@acme.com"}),
        (
            {"fullName": "Jane Doe", "company.domain": "HTTP://WWW.Acme.com?utm=1"},
            {"fullName": "Jane Doe", "company": {"domain": "acme.com"}},
        ),
        (
            {"fullName": " Jane  Doe ", "company.domain": "n/a", "company.name": "Acme"},
            {"fullName": "Jane Doe", "company": {"name": "Acme"}},
        ),
        ({"linkedinUrl": "linkedin.com/company/acme", "email": "a@b.com"}, {"email": "a@b.com"}),
        (
            {"firstName": "Jane", "lastName": "Doe", "company.domain": "https://www.acme.com/x"},
            {"firstName": "Jane", "lastName": "Doe", "company": {"domain": "acme.com"}},
        ),
        (
            {"fullName": "Jane Doe", "company.name": "Acme"},
            {"fullName": "Jane Doe", "company": {"name": "Acme"}},
        ),
    ],
)
def test_the_surest_of_a_row_is_asked_for(values: dict, input: dict) -> None:
    person = read_person({field: (text,) for field, text in values.items()})
    assert next(person.inputs()) == input
    assert problem_of(person) == ""


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "No identifier in this row"),
        ({"email": "jane at acme"}, "not a full email address"),
        ({"email": "jane doe@acme.com"}, "not a full email address"),
        ({"linkedinUrl": "https://linkedin.com/company/acme"}, "not that of a person"),
        ({"company.name": "Acme"}, "alone fits many people"),
        ({"fullName": "Jane", "company.name": "Acme"}, "only one name"),
        ({"firstName": "Jane", "lastName": "Doe"}, "Add the company"),
    ],
)
def test_a_row_that_names_nobody_says_why(values: dict, told: str) -> None:
    person = read_person({field: (text,) for field, text in values.items()})
    assert [*person.inputs()] == []
    assert told in problem_of(person)
