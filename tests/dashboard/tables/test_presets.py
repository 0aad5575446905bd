"""The import files have the labels of the tools' templates, and say who is left out."""

import csv

import pandas as pd
import pytest

from dashboard.tables.presets import import_file, presets
from tests.conftest import CASES

JANE = {
    "person_id": "PersonID-1",
    "name": "Jane Doe",
    "first_name": "Jane",
    "last_name": "Doe",
    "title": "Head of Sales",
    "company": "Acme",
    "domain": "acme.com",
    "work_email": "jane@acme.com",
    "phone": "+1 603-555-0101",
    "phone_type": "WorkMobile",
    "city": "Boston",
    "state": "Massachusetts",
    "country": "United States",
    "linkedin_url": "https://www.linkedin.com/in/jane",
    "employees": 854.0,
}
MOBILE = "+16035550101"
ROWS = {
    "hubspot": [
        *("Jane", "Doe", "jane@acme.com", "", MOBILE, "Head of Sales", "Acme", "https://acme.com"),
        *("Boston", "Massachusetts", "United States", "https://www.linkedin.com/in/jane"),
    ],
    "salesforce": [
        *("Jane", "Doe", "jane@acme.com", "", MOBILE, "Head of Sales", "Acme", "https://acme.com"),
        *("Boston", "Massachusetts", "United States", "LeadIQ"),
    ],
    "outreach": [
        *("Jane", "Doe", "jane@acme.com", "", MOBILE, "Head of Sales", "Acme", "https://acme.com"),
        *("https://www.linkedin.com/in/jane", "LeadIQ"),
    ],
    "salesloft": [
        *("Jane", "Doe", "jane@acme.com", "", MOBILE, "Head of Sales", "Acme", "https://acme.com"),
        *("Boston", "Massachusetts", "United States", "https://www.linkedin.com/in/jane", "LeadIQ"),
    ],
}


def people(*changes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([JANE | change for change in changes])


@pytest.mark.parametrize("name", presets())
def test_a_row_as_the_tool_wants_it(name: str) -> None:
    made = import_file(people({}), presets()[name])
    assert made.rows.to_numpy().tolist() == [ROWS[name]]
    assert made.left_out.empty


def test_the_labels_are_those_of_the_templates() -> None:
    path = CASES / "inputs" / "e02_what_crms_want.csv"
    if not path.exists():
        pytest.skip("the cases are not beside this checkout")
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    wanted = {target: columns.split(",") for target, columns, _ in rows}
    by_target = {f"{one.label} {one.object}": [*one.columns] for one in presets().values()}
    assert by_target == wanted


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("hubspot", {"work_email": ""}, "no work email"),
        ("salesforce", {"work_email": ""}, ""),
        ("salesforce", {"company": " "}, "no company"),
        ("salesforce", {"last_name": None}, "no last name"),
        ("outreach", {"work_email": None}, "no work email"),
        ("salesloft", {"first_name": None}, "no first name"),
        ("salesloft", {"work_email": None}, ""),
        ("salesloft", {"work_email": None, "phone": "555"}, "no work email or phone number"),
        ("hubspot", {"doubt": "check: another name, Gus Gray"}, "check: another name, Gus Gray"),
    ],
)
def test_who_lacks_what_is_required_is_left_out_with_the_reason(
    name: str, change: dict, reason: str
) -> None:
    made = import_file(people(change), presets()[name])
    assert made.left_out["Left out because"].tolist() == ([reason] if reason else [])
    assert len(made.rows) == (0 if reason else 1)
    if reason:
        assert made.left_out.iloc[0]["LeadIQ id"] == "PersonID-1"


@pytest.mark.parametrize("name", ["hubspot", "outreach", "salesloft"])
def test_an_email_is_there_once(name: str) -> None:
    made = import_file(people({}, {"work_email": "JANE@acme.com"}), presets()[name])
    assert len(made.rows) == 1
    assert made.left_out["Left out because"].tolist() == ["the email of an earlier row"]


@pytest.mark.parametrize(
    ("phone", "type", "country", "mobile", "landline"),
    [
        ("+49 171 5550102", "PersonalMobile", "", "+491715550102", ""),
        ("+49 30 5550102", "WorkPhone", "", "", "+49305550102"),
        ("(603) 555-0101", "WorkPhone", "United States", "", MOBILE),
        ("030 5550102", None, "Germany", "", "+49305550102"),
        ("(603) 555-0101", "WorkPhone", None, "", ""),  # no country, no number
        (None, None, "Germany", "", ""),
    ],
)
def test_numbers_are_international(
    phone: str, type: str, country: str, mobile: str, landline: str
) -> None:
    changed = people({"phone": phone, "phone_type": type, "country": country})
    row = import_file(changed, presets()["hubspot"]).rows.iloc[0]
    assert (row["Mobile Phone Number"], row["Phone Number"]) == (mobile, landline)


def test_a_table_without_contact_data_leaves_out_everybody() -> None:
    nobody = pd.DataFrame([{"name": "Jane Doe", "first_name": "Jane"}])
    made = import_file(nobody, presets()["outreach"])
    assert made.rows.empty
    assert [*made.rows] == [*presets()["outreach"].columns]
    assert made.left_out.to_numpy().tolist() == [["Jane Doe", "", "", "", "no work email"]]
