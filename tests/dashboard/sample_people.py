"""Five people as an advanced search returns them, in two companies and two countries."""

from typing import Any


def person(number: int, seniority: str, country: str, title: str, **company: Any) -> dict:
    return {
        "id": f"p{number}",
        "name": f"P {number}",
        "seniority": seniority,
        "title": title,
        "country": country,
        "countryCode3": country[:3].upper(),
        "company": {"id": f"c{company.get('name')}", **company},
    }


MOVED = {
    "jobChangeType": "JobChange",
    "startedAt": 1,
    "previousPosition": {"title": "Clerk", "company": {"name": "Old"}},
}
PEOPLE = [
    person(
        1,
        "VP",
        "Germany",
        "VP of Sales",
        name="A",
        employeeCount=30,
        companyTechnologies=["Slack", "SAP"],
    ),
    person(
        2,
        "VP",
        "France",
        "VP, Marketing",
        name="A",
        employeeCount=30,
        companyTechnologies=["Slack"],
    ),
    person(3, "Manager", "Germany", "Sales Manager", name="B", employeeCount=9000),
    {**person(4, "Other", "Germany", "Clerk", name="B"), "personJobChange": MOVED},
    {"id": "p5"},
]
