"""Whom each row of a file is about, which column says so, and which rows are the same person."""

import pytest

from dashboard.jobs.model import RowState
from dashboard.jobs.people import guess_columns, person_input, read_rows
from dashboard.tables.spreadsheet import read_table

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
            {"linkedinUrl": f"{PROFILES}pub/jane-doe/5/b87/a12"},
        ),
        (
            {"linkedinUrl": "https://www.linkedin.com/sales/lead/ACwAA,NAME_SEARCH,x1"},
            {"linkedinUrl": f"{PROFILES}sales/lead/ACwAA"},
        ),
        (
            {"linkedinUrl": "https://www.linkedin.com/sales/company/17", "email": "a@b.com"},
            {"email": "a@b.com"},
        ),
        ({"email": "Doe, Jane <Jane.Doe@acme.com>"}, {"email": "Jane.Doe@acme.com"}),
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
    assert person_input(values)[::2] == (input, "")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "Nothing in this row"),
        ({"email": "jane at acme"}, "no whole email address"),
        ({"email": "jane doe@acme.com"}, "no whole email address"),
        ({"linkedinUrl": "https://linkedin.com/company/acme"}, "not that of a person"),
        ({"company.name": "Acme"}, "alone fits many people"),
        ({"fullName": "Jane", "company.name": "Acme"}, "Only one name"),
        ({"firstName": "Jane", "lastName": "Doe"}, "Add the company"),
    ],
)
def test_a_row_that_names_nobody_says_why(values: dict, told: str) -> None:
    input, _, problem = person_input(values)
    assert input == {}
    assert told in problem


def test_columns_are_found_and_repetitions_too() -> None:
    table = read_table(
        b"E-Mail;Given_Name;Surname;Account;Their profile;id\n"
        b"Jane@acme.com;;;;;17\n"
        b"jane@ACME.com;;;;;18\n"
        b";Ada;Byron;Acme;;19\n"
        b";;;;https://uk.linkedin.com/in/Joe/;20\n"
        b";;;;https://linkedin.com/in/joe?x=1;21\n"
        b";Ada;;;;22\n"
    )
    columns = guess_columns(table)
    assert columns == {
        "email": 0,
        "firstName": 1,
        "lastName": 2,
        "company.name": 3,
        "linkedinUrl": 4,
    }
    rows = read_rows(table, columns)
    assert [row.state for row in rows] == [
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.WAITING,
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.UNIDENTIFIED,
    ]
    assert rows[1].problem == "The same person as in row 2."
    assert rows[4].input == {"same_as": 3}
    assert [row.cells[-1] for row in rows] == ["17", "18", "19", "20", "21", "22"]


@pytest.mark.parametrize(
    "content",
    [b" Email ,,Note,Note,\njane@acme.com,1,2,3,\n", b"jane@acme.com\njoe@acme.com\n"],
    ids=["empty and repeated names", "no names"],
)
def test_a_column_is_found_whatever_the_others_are_called(content: bytes) -> None:
    assert guess_columns(read_table(content)) == {"email": 0}


@pytest.mark.parametrize(
    ("head", "row", "columns"),
    [
        (  # LinkedIn's own export of connections
            "First Name,Last Name,URL,Email Address,Company,Position",
            "Jane,Doe,https://www.linkedin.com/in/jane,,Acme,CEO",
            {"linkedinUrl": 2, "email": 3, "firstName": 0, "lastName": 1, "company.name": 4},
        ),
        (  # Apollo
            "First Name,Company,Email,Person Linkedin Url,Website,Company Linkedin Url",
            "Jane,Acme,jane@acme.com,http://www.linkedin.com/in/jane,http://www.acme.com,"
            "http://www.linkedin.com/company/acme",
            {"linkedinUrl": 3, "email": 2, "firstName": 0, "company.name": 1, "company.domain": 4},
        ),
        (  # Sales Navigator, by its exporters
            "profileUrl,fullName,companyName,defaultProfileUrl",
            "https://www.linkedin.com/sales/lead/ACw,Jane Doe,Acme,https://linkedin.com/in/jane",
            {"linkedinUrl": 3, "fullName": 1, "company.name": 2},
        ),
        (  # Salesforce
            "Account.Name,FirstName,LastName,LinkedIn_URL__c,E-mail (work)",
            "Acme,Jane,Doe,https://linkedin.com/in/jane,jane@acme.com",
            {"linkedinUrl": 3, "email": 4, "firstName": 1, "lastName": 2, "company.name": 0},
        ),
        (
            "Name;Vorname;Unternehmen;E-Mail-Adresse",
            "Doe;Jane;Acme;",
            {"email": 3, "firstName": 1, "lastName": 0, "company.name": 2},
        ),
        (
            "Prénom;Nom;Société;Adresse e-mail",
            "Jane;Doe;Acme;",
            {"email": 3, "firstName": 0, "lastName": 1, "company.name": 2},
        ),
        ("姓,名,会社名", "山田,太郎,ソニー", {"firstName": 1, "lastName": 0, "company.name": 2}),
    ],
    ids=["linkedin", "apollo", "sales navigator", "salesforce", "german", "french", "japanese"],
)
def test_columns_of_other_programs(head: str, row: str, columns: dict) -> None:
    assert guess_columns(read_table(f"{head}\n{row}\n".encode())) == columns


def test_one_person_by_whatever_two_rows_have_in_common() -> None:
    table = read_table(
        b"LinkedIn,Email\n"
        b"linkedin.com/in/jane,jane@acme.com\n"
        b",JANE@acme.com\n"  # 3: the same by email
        b"uk.linkedin.com/in/Jane/,jane@home.com\n"  # 4: the same by LinkedIn
        b",jane@home.com\n"  # 5: and so by its other address
        b"linkedin.com/in/joe,jane@acme.com\n"  # 6: another one; LinkedIn is surer
        b"linkedin.com/pub/ann-lee/1/2/3,\n"
        b"linkedin.com/pub/ann-lee/4/5/6,\n"  # 8: another of that name
    )
    rows = read_rows(table, guess_columns(table))
    assert [row.state for row in rows] == [
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.DUPLICATE,
        RowState.DUPLICATE,
        RowState.WAITING,
        RowState.WAITING,
        RowState.WAITING,
    ]
    assert {row.input["same_as"] for row in rows if row.state == RowState.DUPLICATE} == {0}
