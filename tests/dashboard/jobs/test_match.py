"""Whether who came back is whom the row names."""

import pytest

from dashboard.identity.person import read_person
from dashboard.jobs.match import match_of


def answer(name: str, *companies: tuple[str, str], total: int | None = None) -> dict:
    positions = [{"companyInfo": {"name": name, "domain": site}} for name, site in companies]
    found = {"id": "PersonID-1", "name": {"fullName": name}, "currentPositions": positions}
    return found if total is None else {**found, "totalResults": total}


ACME = ("Acme Inc", "acme.com")
EMAIL = {"email": "jane@acme.com"}
NAME = {"fullName": "Jane Doe", "company": {"name": "Acme"}}


@pytest.mark.parametrize(
    ("row", "input", "found", "match"),
    [
        ({"fullName": "Jane Doe"}, EMAIL, answer("Jane Doe", ACME), "exact"),
        ({"fullName": "Doe, Jane"}, EMAIL, answer("Jane A. Doe"), "exact"),
        ({}, EMAIL, answer("Gus Gray", ACME), "exact"),  # the row names nobody otherwise
        ({"fullName": "Jane Doe"}, EMAIL, answer("Gus Gray"), "check: another name, Gus Gray"),
        (
            {"fullName": "Jane Doe", "company.name": "Acme"},
            NAME,
            answer("Jane Doe", ("Acme Bakery", "bakery.com")),
            "check: another company, Acme Bakery",
        ),
        (
            {"fullName": "Jane Doe", "company.name": "ACME GmbH"},
            NAME,
            answer("Jane Doe", ("Fund", "fund.com"), ACME),
            "exact",
        ),
        (
            {"fullName": "Jane Doe", "company.domain": "www.acme.com"},
            NAME,
            answer("Jane Doe", ("A.C.M.E.", "acme.com")),
            "exact",
        ),
        ({"fullName": "Jane Doe"}, NAME, answer("Jane Doe", total=2), "check: 2 people match"),
        ({"fullName": "Jane Doe"}, EMAIL, answer("Jane Doe", total=2), "exact"),
    ],
)
def test_how_sure_an_answer_is(row: dict, input: dict, found: dict, match: str) -> None:
    asked = read_person({field: (text,) for field, text in row.items()})
    assert match_of(asked, input, found) == match
