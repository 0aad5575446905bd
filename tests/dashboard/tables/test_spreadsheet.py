"""Files as people have them: any delimiter, encoding, mark."""

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

from dashboard.tables.spreadsheet import DELIMITERS, UnreadableFileError, read_table

ROWS = [["Name", "Größe"], ["Zoë, the first", "a;b|c"], ["Ada", "=1+1"]]


def written(rows: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    found = read_table(written(ROWS, delimiter).encode(encoding))
    assert found.columns == ("Name", "Größe")
    assert found.rows == (("Zoë, the first", "a;b|c"), ("Ada", "=1+1"))


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
def test_files_of_other_countries(encoding: str, name: str, company: str) -> None:
    ascii_rows = "Jane Doe,Acme\n" * 300  # of which nothing can be told
    found = read_table(f"Name,Company\n{ascii_rows}{name},{company}\n".encode(encoding))
    assert found.rows[-1] == (name, company)


def test_the_delimiter_that_excel_is_told() -> None:
    found = read_table(b"sep=;\r\nName;Note, of a kind\r\nAda;a,b\r\nJoe;\r\n")
    assert found.columns == ("Name", "Note, of a kind")
    assert found.rows == (("Ada", "a,b"), ("Joe", ""))
    assert found.lines == (3, 4)


def test_ragged_empty_and_quoted_rows_lose_nothing() -> None:
    found = read_table(b'a,b\n1\n\n , \n"two\nlines",2,3\n')
    assert found.columns == ("a", "b", "Column 3")
    assert found.rows == (("1", "", ""), ("two\nlines", "2", "3"))
    assert found.lines == (2, 5)


def test_names_of_columns_stay_as_they_are_too() -> None:
    found = read_table(b" Email ,,Note,Note,\njane@acme.com,1,2,3,\n")
    assert found.columns == (" Email ", "", "Note", "Note", "")


def test_a_file_without_names_of_columns() -> None:
    found = read_table(b"jane@acme.com\njoe@acme.com\n")
    assert found.columns == ("Column 1",)
    assert len(found.rows) == 2


cell = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029")
)


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(rows=st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=5))
def test_cells_stay_as_they_are(rows: list[list[str]]) -> None:
    head = ["first name", "last name", "note"]
    found = read_table(written([head, *rows], ",").encode())
    kept = [tuple(row) for row in rows if any(one.strip() for one in row)]
    assert found.columns == tuple(head)
    assert [*found.rows] == kept


def test_excel() -> None:
    book = openpyxl.Workbook()
    for row in (["Email", "Size", "Day"], ["jane@acme.com", 12.0, None], [None, None, None]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    found = read_table(content.getvalue())
    assert (found.columns, found.rows) == (("Email", "Size", "Day"), (("jane@acme.com", "12", ""),))


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
    found = read_table(claiming("A1:XFD1048576", *cells))
    assert (found.columns, found.lines) == (("Email",), (2, 1_048_576))
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


def test_the_sheet_of_excel_that_is_shown() -> None:
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
    found = read_table(content.getvalue())
    assert found.columns == ("Email", "Day", "At")
    assert found.rows == (("a@b.com", "2026-01-05", "2026-01-05T09:00:00"),)


@pytest.mark.parametrize(
    ("content", "told"),
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
def test_what_cannot_be_read_says_what_to_do(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableFileError, match=told):
        read_table(content, most_rows=10, most_megabytes=1)
