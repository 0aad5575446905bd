"""Files as people have them: any delimiter, encoding, mark; and whom each row is about."""

import csv
import io
import re
import tracemalloc
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.jobs.model import DUPLICATE, UNIDENTIFIED, WAITING
from dashboard.jobs.people import guess_columns, person_input, read_rows
from dashboard.tables.spreadsheet import DELIMITERS, UnreadableFileError, read_table

PROFILES = "https://www.linkedin.com/"
ROWS = [["Name", "Größe"], ["Zoë, the first", "a;b|c"], ["Ada", "=1+1"]]


def written(rows: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    table = read_table(written(ROWS, delimiter).encode(encoding))
    assert table.columns == ("Name", "Größe")
    assert table.rows == (("Zoë, the first", "a;b|c"), ("Ada", "=1+1"))


@pytest.mark.parametrize(
    ("encoding", "name", "company"),
    [
        ("cp932", "山田太郎", "株式会社アクメ"),
        ("utf-16-le", "山田太郎", "株式会社アクメ"),
        ("utf-16-be", "Jane Doe", "Acme"),
        ("euc_jp", "鈴木花子", "トヨタ自動車"),
        ("cp1252", "Amélie Lefèvre", "Société Générale"),
        ("cp1251", "Иван Петров", "Газпром"),
        ("cp949", "김철수", "삼성전자"),
    ],
)
def test_files_in_encodings_of_other_countries(encoding: str, name: str, company: str) -> None:
    ascii_rows = "Jane Doe,Acme\n" * 300  # which fit any encoding
    table = read_table(f"Name,Company\n{ascii_rows}{name},{company}\n".encode(encoding))
    assert table.rows[-1] == (name, company)


def test_the_delimiter_that_a_file_declares() -> None:
    table = read_table(b"sep=;\r\nName;Note, of a kind\r\nAda;a,b\r\nJoe;\r\n")
    assert table.columns == ("Name", "Note, of a kind")
    assert table.rows == (("Ada", "a,b"), ("Joe", ""))
    assert table.lines == (3, 4)


def test_ragged_empty_and_quoted_rows_lose_nothing() -> None:
    table = read_table(b'a,b\n1\n\n , \n"two\nlines",2,3\n')
    assert table.columns == ("a", "b", "Column 3")
    assert table.rows == (("1", "", ""), ("two\nlines", "2", "3"))
    assert table.lines == (2, 5)


def test_column_names_stay_as_they_are() -> None:
    table = read_table(b" Email ,,Note,Note,\njane@acme.com,1,2,3,\n")
    assert table.columns == (" Email ", "", "Note", "Note", "")
    assert guess_columns(table) == {"email": 0}


def test_a_file_without_column_names() -> None:
    table = read_table(b"jane@acme.com\njoe@acme.com\n")
    assert table.columns == ("Column 1",)
    assert len(table.rows) == 2
    assert guess_columns(table) == {"email": 0}


cell = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029")
)


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(rows=st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=5))
def test_cells_stay_as_they_are(rows: list[list[str]]) -> None:
    head = ["first name", "last name", "note"]
    table = read_table(written([head, *rows], ",").encode())
    kept = [tuple(row) for row in rows if any(one.strip() for one in row)]
    assert table.columns == tuple(head)
    assert [*table.rows] == kept


def test_excel() -> None:
    book = openpyxl.Workbook()
    for row in (["Email", "Size", "Day"], ["jane@acme.com", 12.0, None], [None, None, None]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    table = read_table(content.getvalue())
    assert (table.columns, table.rows) == (("Email", "Size", "Day"), (("jane@acme.com", "12", ""),))


def claiming(size: str, *cells: tuple[str, str]) -> bytes:
    """A workbook of one sheet that says it has ``size``, with these cells (A1, text)."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for place, word in cells:
        book.active[place] = word
    book.save(content)
    claimed = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(claimed, "w") as new:
        for name in old.namelist():
            inside = old.read(name)
            if name.endswith("sheet1.xml"):
                inside = re.sub(
                    rb'<dimension ref="[^"]*"', f'<dimension ref="{size}"'.encode(), inside
                )
            new.writestr(name, inside)
    return claimed.getvalue()


def test_a_sheet_that_claims_to_be_huge_is_read_as_what_it_holds() -> None:
    """openpyxl would fill 16,384 columns of a million rows: hours, for a file of some kB."""
    cells = (("A1", "Email"), ("A2", "jane@acme.com"), ("A1048576", "joe@acme.com"))
    table = read_table(claiming("A1:XFD1048576", *cells))
    assert (table.columns, table.lines) == (("Email",), (2, 1_048_576))
    for size in ("A1:XFD1048576", "A1"):
        with pytest.raises(UnreadableFileError, match="16,384 columns; 200 are the most"):
            read_table(claiming(size, *cells, ("XFD2", "far away")))


def test_one_wide_row_does_not_make_the_others_wide() -> None:
    content = b"Email" + b"," * 100_000 + b"\n" + b"jane@acme.com\n" * 1_000
    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match="100,001 columns; 200 are the most"):
        read_table(content)
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_the_first_visible_sheet_of_excel_is_read() -> None:
    book = openpyxl.Workbook()  # with an empty first sheet
    hidden = book.create_sheet()
    hidden.append(["Old", "data"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet()
    for row in (["Email", "Day", "At"], ["a@b.com", datetime(2026, 1, 5), datetime(2026, 1, 5, 9)]):
        shown.append(row)
    book.create_sheet().append(["Another"])
    content = io.BytesIO()
    book.save(content)
    table = read_table(content.getvalue())
    assert table.columns == ("Email", "Day", "At")
    assert table.rows == (("a@b.com", "2026-01-05", "2026-01-05T09:00:00"),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (b"PK\0\0", "no CSV file"),
        (b"PK\x03\x04 no archive", "Excel file cannot be read"),
        (b"\xd0\xcf\x11\xe0old", "old Excel file"),
        (b"a,b\n" + b"1,2\n" * 11, "11 rows; 10 go at a time"),
        (b"a" * 1_000_001, "1 MB go at a time"),
        (b'a,b\n"' + b"x" * 200_000, "begins in row 2 has more than 100,000 characters"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "mark in row 3 is never closed"),
        (b"\n<html><table><tr><td>a</td></tr></table>", "web page"),
    ],
    ids=["empty", "blank", "binary", "archive", "xls", "rows", "megabytes", "cell", "quote", "web"],
)
def test_what_cannot_be_read_says_what_to_do(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFileError, match=problem):
        read_table(content, max_rows=10, max_megabytes=1)


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
        WAITING,
        DUPLICATE,
        WAITING,
        WAITING,
        DUPLICATE,
        UNIDENTIFIED,
    ]
    assert rows[1].problem == "The same person as in row 2."
    assert rows[4].input == {"same_as": 3}
    assert [row.cells[-1] for row in rows] == ["17", "18", "19", "20", "21", "22"]


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
        WAITING,
        DUPLICATE,
        DUPLICATE,
        DUPLICATE,
        WAITING,
        WAITING,
        WAITING,
    ]
    assert {row.input["same_as"] for row in rows if row.state == DUPLICATE} == {0}
