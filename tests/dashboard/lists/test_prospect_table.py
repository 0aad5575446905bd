"""The prospects of a list as a table of people."""

from dashboard.lists.prospect_table import COLUMNS_OF_FIELDS, table_of, with_found_emails

ANN = {
    "id": "a",
    "personId": "PersonID-1",
    "firstName": "Ann",
    "lastName": "Lee",
    "company": {"name": "Acme", "domain": "acme.com"},
    "linkedinUrl": "https://www.linkedin.com/in/ann-lee",
    "mobilePhones": [{"value": "+16035550101"}],
}
BOB = {"id": "b", "firstName": "Bob", "lastName": "Ray", "workEmail": "bob@acme.com"}


def test_a_row_for_each_prospect() -> None:
    table = table_of([ANN, BOB])
    cells = [
        {field: row[at] for field, (at,) in COLUMNS_OF_FIELDS.items() if row[at]}
        for row in table.rows
    ]
    assert cells == [
        {
            "id": "PersonID-1",
            "firstName": "Ann",
            "lastName": "Lee",
            "company.name": "Acme",
            "company.domain": "acme.com",
            "linkedinUrl": "https://www.linkedin.com/in/ann-lee",
            "phone": "+16035550101",
        },
        {"firstName": "Bob", "lastName": "Ray", "email": "bob@acme.com"},
    ]
    assert table.lines == (1, 2)


def test_an_email_that_was_found_is_shown_where_there_is_none() -> None:
    email = {"type": "WorkEmail", "status": "Verified", "value": "ann@acme.com"}
    private = {"type": "PersonalEmail", "status": "Verified", "value": "ann@gmail.com"}
    person = {
        "id": "PersonID-1",
        "currentPositions": [{"emails": [email]}],
        "personalEmails": [private],
    }
    shown = with_found_emails([ANN, BOB], {"PersonID-1": person})
    assert shown == [{**ANN, "workEmail": "ann@acme.com", "emailStatus": "Verified"}, BOB]
    only_private = {**person, "currentPositions": []}
    assert with_found_emails([ANN], {"PersonID-1": only_private}) == [ANN]


def test_the_email_is_that_of_the_prospects_company() -> None:
    def position(name: str) -> dict:
        email = {"type": "WorkEmail", "status": "Verified", "value": f"ann@{name}.com"}
        return {"companyInfo": {"name": name}, "emails": [email]}

    person = {"currentPositions": [position("fund"), position("acme")]}
    prospect = {"personId": "PersonID-1", "company": {"name": "Acme Inc"}}
    (shown,) = with_found_emails([prospect], {"PersonID-1": person})
    assert shown["workEmail"] == "ann@acme.com"
