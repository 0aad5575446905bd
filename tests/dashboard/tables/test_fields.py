"""Which columns hold what, by their names and by their cells; files as people have them."""

import json

import pytest

from dashboard.tables.fields import cells_of, find_columns, with_chosen
from dashboard.tables.spreadsheet import UnreadableFileError, read_table
from tests.conftest import CASES

Found = dict[str, list[str]]


def found(content: str) -> Found:
    table = read_table(content.encode())
    return {
        field: [table.columns[index] for index in indexes]
        for field, indexes in find_columns(table).by_field.items()
    }


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        # Columns of one meaning complement each other, the most reliable first.
        (
            "Email 2,Work Email,Company,Account Name\na@b.com,c@d.com,Acme,Acme\n",
            {"email": ["Work Email", "Email 2"], "company.name": ["Company", "Account Name"]},
        ),
        ("Name,Vorname,Firma\nDoe,Jane,Acme\n",
         {"firstName": ["Vorname"], "lastName": ["Name"], "company.name": ["Firma"]}),
        ("Nombre,Empresa\nJane Doe,Acme\n",
         {"fullName": ["Nombre"], "company.name": ["Empresa"]}),
        ("Nombre,Apellidos\nJane,Doe\n", {"firstName": ["Nombre"], "lastName": ["Apellidos"]}),
        ("Name,Contact Name\nAcme Inc,Jane Doe\n",
         {"fullName": ["Contact Name"], "company.name": ["Name"]}),
        ("Name,First Name,Last Name\nJane Doe,Jane,Doe\n",
         {"firstName": ["First Name"], "lastName": ["Last Name"], "fullName": ["Name"]}),
        ("Account,Account Name\n0015e0000016206AAA,Acme\n", {"company.name": ["Account Name"]}),
        ("Buyer email,Attendee email\na@b.com,c@d.com\n", {"email": ["Attendee email"]}),
        # LinkedIn's own export; a public address comes before a member's token.
        ("First Name,Last Name,URL\nJane,Doe,https://www.linkedin.com/in/jane\n",
         {"linkedinUrl": ["URL"], "firstName": ["First Name"], "lastName": ["Last Name"]}),
        (
            "LinkedIn,Public\nhttps://www.linkedin.com/in/ACwAAA1Bk,https://linkedin.com/in/jane\n",
            {"linkedinUrl": ["Public", "LinkedIn"]},
        ),
        ("担当者（姓）,担当者（名）,会社名\n山田,太郎,アクメ\n",
         {"firstName": ["担当者（名）"], "lastName": ["担当者（姓）"], "company.name": ["会社名"]}),
        ("担当者名,会社名\n山田太郎,アクメ\n",
         {"fullName": ["担当者名"], "company.name": ["会社名"]}),
        # In Outlook, a title is what stands before a name.
        ("Title,First Name,Last Name,Job Title\nMr.,Jim,Doe,CEO\nMs. Dr.,Ann,Ames,\n",
         {"firstName": ["First Name"], "lastName": ["Last Name"], "title": ["Job Title"]}),
        ("Name,Title\nAnn Ames,Professor\n", {"fullName": ["Name"], "title": ["Title"]}),
        ("Email,Title\n" + "0f" * 32 + ",CEO\n", {"hashedEmail": ["Email"], "title": ["Title"]}),
    ],
)  # fmt: skip
def test_columns_by_name(content: str, columns: Found) -> None:
    assert found(content) == columns


def test_an_address_is_the_persons_if_almost_all_differ_and_resemble_the_names() -> None:
    names = [("Jane", "Doe"), ("Ann", "Ames"), ("Bob", "Brown")]
    own = [f"{first}.{last}@acme.com".lower() for first, last in names]

    def columns(header: str, addresses: list[str]) -> Found:
        rows = (
            f"{first},{last},{address}"
            for (first, last), address in zip(names, addresses, strict=True)
        )
        return found("\n".join([f"First Name,Last Name,{header}", *rows]))

    assert columns("Login", own)["email"] == ["Login"]
    assert "email" not in columns("Login", ["rep@us.com"] * 3)
    assert "email" not in columns("Login", ["x@us.com", "y@us.com", "z@us.com"])
    for header in ("Owner", "Sales rep", "Assigned to", "Created by", "Scanned by", "Assistant"):
        assert "email" not in columns(header, own)
    assert columns("Email", ["rep@us.com"] * 3)["email"] == ["Email"]  # its name says so


def test_the_row_above_a_header_says_whose_columns_are() -> None:
    rows = "Jane Doe,jane@acme.com,Acme,Ann Boss,ann@us.com\nJohn Roe,,Beta,Bob Rep,bob@us.com\n"
    header = "Name,Email,Company,Name,Email\n"
    table = read_table(f"Contact,,,Owner,\n{header}{rows}".encode())
    assert find_columns(table).by_field == {
        "email": (1,),
        "fullName": (0,),
        "company.name": (2,),
    }
    # A title, and a line of what was exported by whom, are no groups.
    for above in ("Created by Bob Rep,,,,\n", "Created by,Bob Rep,,,\n"):
        table = read_table(f"{above}{header}{rows}".encode())
        assert find_columns(table).by_field["email"][0] == 1


def test_a_further_address_or_profile_is_the_persons_if_it_resembles_the_names() -> None:
    contacts = [
        ("Jane Doe", "jane@acme.com", "in/jane-doe", "Jim Poe", "jim.p@acme.com", "in/jim-poe"),
        ("Al Bee", "", "", "Cy Dee", "cy@beta.com", "in/cydee"),
        ("Flo Gee", "flo.gee@x.com", "in/flo-gee", "Gus Hay", "gus@x.com", "in/gus-hay"),
    ]
    header = "Contact 1 Name,Contact 1 Email,Contact 1 LinkedIn"
    header = f"Company,{header},{header.replace('1', '2')}\n"
    rows = "".join(
        f"Acme,{','.join(cell.replace('in/', 'linkedin.com/in/') for cell in row)}\n"
        for row in contacts
    )
    columns = found(header + rows)
    assert columns["email"] == ["Contact 1 Email"]
    assert columns["linkedinUrl"] == ["Contact 1 LinkedIn"]


def test_what_cells_alone_tell_is_marked() -> None:
    table = read_table(b"Nina,Iyer,Summit Bank LLC,\nAnn,Ames,Ames LLC,ann.ames@ames.example\n")
    columns = find_columns(table)
    assert columns.by_field == {
        "email": (3,),
        "firstName": (0,),
        "lastName": (1,),
        "company.name": (2,),
    }
    assert columns.inferred == {"email", "firstName", "lastName", "company.name"}
    named = find_columns(read_table(b"Email,Company\na@b.com,Acme\n"))
    assert named.inferred == set()


def test_names_and_companies_without_any_address() -> None:
    table = read_table(b"Jane Doe,Acme Inc\nAnn Ames,Ames LLC\nBob Brown,Brown GmbH\n")
    assert find_columns(table).by_field == {"fullName": (0,), "company.name": (1,)}
    cities = read_table(b"Q,Z\nNew York,United States\nLos Angeles,United States\n")
    assert find_columns(cities).by_field == {}


def test_the_user_chooses_columns() -> None:
    table = read_table(b"Email,Work Email,Name\na@b.com,c@d.com,Jane Doe\n")
    chosen = with_chosen(find_columns(table), {"email": (2,), "phone": (1,)})
    assert chosen.by_field == {"email": (2,), "phone": (1,)}
    assert with_chosen(find_columns(table), {"email": ()}).by_field == {"fullName": (2,)}


def test_the_cells_of_a_row_by_field() -> None:
    table = read_table("Email,E-Mail 2,Name\n,'+a@b.com,BergstrÃ¶m\n".encode())
    columns = {"email": (0, 1), "fullName": (2,), "phone": (0,)}
    assert cells_of(table, 0, columns) == {"email": ("+a@b.com",), "fullName": ("Bergström",)}


@pytest.mark.parametrize(
    ("head", "row", "columns"),
    [
        (  # LinkedIn's own export of connections
            "First Name,Last Name,URL,Email Address,Company,Position",
            "Jane,Doe,https://www.linkedin.com/in/jane,,Acme,CEO",
            {"linkedinUrl": 2, "email": 3, "firstName": 0, "lastName": 1, "company.name": 4}
            | {"title": 5},
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
    found_columns = find_columns(read_table(f"{head}\n{row}\n".encode())).by_field
    assert {field: indexes[0] for field, indexes in found_columns.items()} == columns


# Files as people have them ------------------------------------------------------------------------


def cases() -> list[tuple[str, dict]]:
    expected = CASES / "expected.json"
    return [*json.loads(expected.read_text("utf-8")).items()] if expected.exists() else []


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
@pytest.mark.parametrize(("name", "expected"), cases(), ids=lambda value: str(value)[:50])
def test_files_as_people_have_them(name: str, expected: dict) -> None:
    content = (CASES / "files" / name).read_bytes()
    try:
        table = read_table(content)
    except UnreadableFileError:
        assert expected["should_refuse"]
        return
    assert table.header_line == expected["header_line"]
    if expected["columns"]:
        assert [one.strip() for one in table.columns] == [
            one.strip() for one in expected["columns"]
        ]
    assert len(table.rows) == expected["data_rows"]
    columns = find_columns(table)
    for field, names in expected["right_mapping"].items():
        wanted = [names] if isinstance(names, str) else names
        right = [
            f"Column {one.split()[1]}" if not expected["header_line"] else one.strip()
            for one in wanted
        ]
        got = [table.columns[index].strip() for index in columns.by_field[field]]
        assert got[: len(right)] == right, field
