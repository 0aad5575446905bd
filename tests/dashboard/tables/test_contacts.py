"""One position for all fields, and which address and number stand in which column."""

import json
from typing import Any

import pandas as pd
import pytest

from dashboard.identity.person import Person, read_person
from dashboard.tables import frames
from dashboard.tables.contacts import NOBODY, asked_by
from tests.conftest import CASES


def position(name: str, *contacts: dict[str, str], title: str = "Boss", **company: Any) -> dict:
    return {
        "title": title,
        "seniority": f"{name}-level",
        "function": f"{name} work",
        "companyInfo": {
            "id": f"C-{name}",
            "name": name,
            "domain": f"{name}.com",
            **company,
        },
        "emails": [row for row in contacts if "@" in row["value"]],
        "phones": [row for row in contacts if "@" not in row["value"]],
    }


def contact(value: str, type: str, status: str) -> dict[str, str]:
    return {"value": value, "type": type, "status": status}


FUND = position(
    "Fund",
    contact("jane@fund.com", "WorkEmail", "Verified"),
    contact("+1 1", "WorkPhone", "Verified"),
)
ACME = position(
    "Acme",
    contact("jane@acme.com", "WorkEmail", "Unverified"),
    contact("jd@acme.com", "WorkEmail", "VerifiedLikely"),
    contact("jane@gmail.com", "PersonalEmail", "Verified"),
    contact("+1 603 1", "WorkHQ", "Verified"),
    contact("+1 603 2", "WorkMobile", "Unverified"),
    numberOfEmployees=854,
)
JANE = {
    "id": "PersonID-1",
    "currentPositions": [FUND, ACME],
    "personalEmails": [contact("jd@home.example", "PersonalEmail", "Unverified")],
    "personalPhones": [contact("+1 603 3", "PersonalMobile", "LikelyAccurate")],
}


def row(person: dict, asked: Person = NOBODY) -> dict[str, Any]:
    (row,) = frames.people([person], [asked]).to_dict("records")
    return {str(name): value for name, value in row.items() if pd.notna(value)}


@pytest.mark.parametrize(
    ("asked", "company"),
    [
        ({}, "Fund"),  # LeadIQ's own order
        ({"company.name": ("ACME GmbH",)}, "Acme"),
        ({"company.domain": ("www.acme.com",)}, "Acme"),
        ({"email": ("jd@acme.com",)}, "Acme"),
        ({"email": ("somebody.else@mail.acme.com",)}, "Acme"),
        ({"email": ("jane@gmail.com",)}, "Acme"),  # the address itself is there
        ({"email": ("other@gmail.com",)}, "Fund"),  # a provider's domain is no company's
        ({"company.name": ("Fund",), "email": ("jane@acme.com",)}, "Fund"),
        ({"company.name": ("Elsewhere",)}, "Fund"),
    ],
)
def test_all_fields_are_of_the_position_asked_for(asked: dict, company: str) -> None:
    found = row(JANE, read_person(asked))
    assert found["company"] == company
    assert found["domain"] == f"{company}.com"
    assert found["seniority"] == f"{company}-level"
    assert found["role"] == f"{company} work"
    assert found["company_id"] == f"C-{company}"
    assert found["work_email"] == {"Acme": "jd@acme.com", "Fund": "jane@fund.com"}[company]
    assert found.get("employees") == {"Acme": 854, "Fund": None}[company]


def test_every_address_and_number_that_was_paid_for_is_there_once() -> None:
    asked = read_person({"company.name": ("Acme",)})
    found = row(JANE, asked)
    assert (found["work_email"], found["email_status"]) == ("jd@acme.com", "VerifiedLikely")
    assert (found["personal_email"], found["personal_email_status"]) == (
        "jane@gmail.com",
        "Verified",
    )
    assert found["other_emails"] == (
        "Work: jane@fund.com (Verified); Work: jane@acme.com (Unverified); "
        "Personal: jd@home.example (Unverified)"
    )
    assert (found["phone"], found["phone_type"], found["phone_status"]) == (
        "+1 603 3",
        "PersonalMobile",
        "LikelyAccurate",
    )
    assert found["company_phone"] == "+1 603 1"
    assert found["other_phones"] == "Work: +1 1 (Verified); Work mobile: +1 603 2 (Unverified)"


def test_a_switchboard_is_not_a_direct_number() -> None:
    shared = [contact(f"+1 {index}", type, "Verified") for index, type in enumerate(
        ("WorkHQ", "WorkBranch", "Fax")
    )]  # fmt: skip
    found = row({"currentPositions": [position("Acme", *shared)]})
    assert "phone" not in found
    assert found["company_phone"] == "+1 0"
    assert found["other_phones"] == "Branch office: +1 1 (Verified); Fax: +1 2 (Verified)"


def test_a_private_address_alone_is_no_work_email() -> None:
    private = {"personalEmails": [contact("jd@home.example", "WorkEmail", "Verified")]}
    found = row({"currentPositions": [position("Acme")], **private})
    assert "work_email" not in found
    assert found["personal_email"] == "jd@home.example"


@pytest.mark.parametrize(
    ("case", "right"),
    [
        (
            "d03_two_current_positions",
            {
                "title": "Head of Sales",
                "company": "Acme",
                "seniority": "Director",
                "role": "Sales",
                "domain": "acme.com",
                "work_email": "jane@acme.com",
                "phone": "+16035550101",
            },
        ),
        (
            "d04_personal_address_before_work",
            {
                "work_email": "jane@acme.com",
                "email_status": "VerifiedLikely",
                "personal_email": "jane.doe@gmail.com",
            },
        ),
    ],
)
def test_the_given_cases(case: str, right: dict[str, str]) -> None:
    path = CASES / "inputs" / f"{case}.json"
    if not path.exists():
        pytest.skip("the cases are not beside this checkout")
    given = json.loads(path.read_text(encoding="utf-8"))
    found = row(given["answer"], asked_by(given["input"]))
    assert {name: found.get(name) for name in right} == right
