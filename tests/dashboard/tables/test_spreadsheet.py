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

from dashboard.tables import bounded
from dashboard.tables.file_rows import MAX_CELL_CHARACTERS
from dashboard.tables.spreadsheet import (
    NO_HEADER,
    ReadingChoice,
    SkipReason,
    UnreadableFileError,
    read_table,
    read_upload,
)
from dashboard.tables.text_file import DELIMITERS
from tests.dashboard.tables.driver import saved

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


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("mac_roman", "Vorname;Firma\nJörg;Groß & Söhne\n"),
        ("mac_roman", "Prénom;Société\nJean;Renault\n"),
        ("mac_roman", "Förnamn;Företag\nÅsa;Öberg\n"),
        ("cp850", "Vorname;Firma\nJörg Müller;Groß\n"),
        ("cp850", "Nombre;Compañía\nJosé Muñoz;Telefónica\n"),
        ("cp852", "Imię;Spółka\nŁukasz;Żabka\n"),
        ("cp1250", "Imię;Spółka\nŁukasz;Żabka\n"),
        ("cp1250", "Jméno;Příjmení\nJiří;Dvořák\n"),
        ("cp1252", "Name;Company\nJane Doe;L’Oréal\nJohn Roe;Meier–Schmidt\n"),
        ("cp1252", "Prénom;Nom\nRENÉ;LEFÈVRE\n"),
        ("cp1252", "Name;Company\nJane “JD” Doe;Acme® – x…\n"),
        ("cp1254", "Ad;Şirket\nÇağrı;Türk Telekom\n"),
        # Of few names, the letters that stand together tell Western from Central Europe.
        ("cp1252", "Prénom;Nom;Société\nHélène;Durand;Crédit Agricole\n"),
        ("cp1252", "Name;Company\nHélène João;Kjær Ångström\nIñigo Núñez;Conceição\n"),
        ("cp1250", "Name;Company\nLucie Kučerová;Acme\n"),
        ("cp1250", "Name;Company\nZofia Wiśniewska;Acme\nJan Zieliński;Beta\n"),
        ("cp1250", "Keresztnév;Vezetéknév\nGyörgy;Erdős\n"),
        ("cp1250", "Name;Company\nIoana Brătianu;Acme\n"),
        ("cp1252", "Name;Company\nArnþór Guðmundsson;Acme\n"),
        ("iso8859_2", "Imię;Spółka\nŁukasz Wiśniewski;Śliwa\n"),
        ("iso8859_2", "Jméno;Příjmení\nTomáš;Šťastný\n"),
        ("koi8_r", "Имя;Фамилия\nИван;Петров\n"),
        ("cp1253", "Όνομα;Επώνυμο\nΓιώργος;Παπαδόπουλος\n"),
    ],
)
def test_a_small_file_in_an_old_encoding(encoding: str, content: str) -> None:
    table = read_table(content.encode(encoding))
    lines = [table.columns, *table.rows]
    assert [";".join(cells) for cells in lines] == content.splitlines()


def test_lines_of_utf_8_and_of_another_encoding() -> None:
    rows = "Imię;Spółka\nŁukasz;Żabka\n" + "Jörg;Groß\n" * 3
    table = read_table(rows.encode() + "José;Peña\n".encode("cp1252"))
    assert table.columns == ("Imię", "Spółka")
    assert (table.rows[0], table.rows[-1]) == (("Łukasz", "Żabka"), ("José", "Peña"))


@pytest.mark.parametrize(
    ("content", "delimiter", "row"),
    [
        # Quoted as a whole: opened in one column, and saved with another delimiter.
        ('"Name,Company,City"\n"Jane Doe,""Acme, Inc."",Bonn"\n', ",",
         ("Jane Doe", "Acme, Inc.", "Bonn")),
        ('Name,Company,City\n"Jane Doe,""Acme, Inc."",Bonn"\nJohn Roe,Beta,Kiel\n', ",",
         ("Jane Doe", "Acme, Inc.", "Bonn")),
        ('Vorname;Nachname;Firma\n"Jane;Doe;Acme, Inc."\nJohn;Roe;Beta\n', ";",
         ("Jane", "Doe", "Acme, Inc.")),
        # One column of names is not.
        ('Name\n"Doe, Jane"\n"Roe, John"\n', ",", ("Doe, Jane",)),
        ('Name,Company\n"Doe, Jane"\n', ",", ("Doe, Jane", "")),
        # Of two that fit as well, the one before a blank is punctuation.
        ("Name, Vorname;Firma\nDoe, Jane;Acme\n", ";", ("Doe, Jane", "Acme")),
        ("Name, Company\nJane Doe, Acme\n", ",", ("Jane Doe", " Acme")),
        ('Name;Notes\nJane Doe;"Bonn, Rhine\nEssen, Ruhr"\n', ";",
         ("Jane Doe", "Bonn, Rhine\nEssen, Ruhr")),
        # A quotation mark within a cell, as databases write it.
        ('Name,Company\n"Jane \\"JD\\" Doe","Acme, Inc"\n', ",", ('Jane "JD" Doe', "Acme, Inc")),
        ('Name,Notes\nJane Doe,"C:\\Users\\"\n', ",", ("Jane Doe", "C:\\Users\\")),
    ],
)  # fmt: skip
def test_quotes_and_punctuation_of_other_programs(
    content: str, delimiter: str, row: tuple[str, ...]
) -> None:
    table = read_table(content.encode())
    assert (table.delimiter, table.rows[0]) == (delimiter, row)


@pytest.mark.parametrize("line", ["sep=", 'sep="'])
def test_a_line_that_declares_no_delimiter_is_a_line(line: str) -> None:
    table = read_table(f"{line}\r\nName,Company\r\nJane Doe,Acme\r\n".encode())
    assert (table.header_line, table.rows) == (2, (("Jane Doe", "Acme"),))


def test_the_delimiter_that_a_file_declares() -> None:
    table = read_table(b"sep=;\r\nName;Note, of a kind\r\nAda;a,b\r\nJoe;\r\n")
    assert table.columns == ("Name", "Note, of a kind")
    assert table.rows == (("Ada", "a,b"), ("Joe", ""))
    assert table.delimiter == ";"
    assert table.lines == (2, 3)  # as a spreadsheet shows them: it does not show the first line


def test_a_short_row_of_a_name_with_a_comma_is_one_cell() -> None:
    table = read_table(b'Name,Company\n"Smith, John"\nJane Doe,Acme\n')
    assert table.rows == (("Smith, John", ""), ("Jane Doe", "Acme"))
    table = read_table(b'Name,Company\nJane Doe,Acme\n"Bob Roe,""Beta, Inc"""\n\n"""Lee, Ann"""\n')
    assert table.rows[1:] == (("Bob Roe", "Beta, Inc"), ('"Lee, Ann"', ""))


def test_ragged_empty_and_quoted_rows_lose_nothing() -> None:
    table = read_table(b'a,b\nx\n\n , \n"two\nlines",y,z\nlast\n')
    assert table.columns == ("a", "b", "Column 3")
    assert table.rows == (("x", "", ""), ("two\nlines", "y", "z"), ("last", "", ""))
    assert table.lines == (2, 5, 6)  # a cell of two lines is in one row of a spreadsheet


def test_column_names_stay_as_they_are() -> None:
    table = read_table(b" Email ,,Note,Note,\njane@acme.com,1,2,3,\n")
    assert table.columns == (" Email ", "", "Note", "Note", "")


def test_a_file_without_column_names() -> None:
    table = read_table(b"jane@acme.com\njoe@acme.com\n")
    assert table.columns == ("Column 1",)
    assert len(table.rows) == 2


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
    read = dict(zip(table.lines, table.rows, strict=True))
    read |= {row.line: row.cells for row in table.skipped}
    assert [row for _, row in sorted(read.items())] == kept


def test_excel() -> None:
    book = openpyxl.Workbook()
    for row in (["Email", "Size", "Day"], ["jane@acme.com", 12.0, None], [None, None, None]):
        book.active.append(row)
    table = read_table(saved(book))
    assert (table.columns, table.rows) == (("Email", "Size", "Day"), (("jane@acme.com", "12", ""),))


def claiming(size: str, *cells: tuple[str, str]) -> bytes:
    """A workbook of one sheet that says it has ``size``, with these cells (A1, text)."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for place, word in cells:
        book.active[place] = word
    book.save(content)
    return edited(content.getvalue(), rb'<dimension ref="[^"]*"', f'<dimension ref="{size}"')


def edited(book: bytes, pattern: bytes, text: str) -> bytes:
    """A workbook in whose XML all matches of a pattern are replaced."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(pattern, text.encode(), old.read(name)))
    return content.getvalue()


def test_a_sheet_that_claims_to_be_huge_is_read_as_what_it_holds() -> None:
    """openpyxl would fill 16,384 columns of a million rows: hours, for a file of some kB."""
    cells = (("A1", "Email"), ("A2", "jane@acme.com"), ("A1048576", "joe@acme.com"))
    table = read_table(claiming("A1:XFD1048576", *cells))
    assert (table.columns, table.lines) == (("Email",), (2, 1_048_576))
    for size in ("A1:XFD1048576", "A1"):
        with pytest.raises(UnreadableFileError, match="16,384 columns; the limit is 2,000"):
            read_table(claiming(size, *cells, ("XFD2", "far away")))


def test_one_wide_row_does_not_make_the_others_wide() -> None:
    content = b"Email" + b"," * 100_000 + b"\n" + b"jane@acme.com\n" * 1_000
    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match="100,001 columns; the limit is 2,000"):
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
    table = read_table(saved(book))
    assert table.columns == ("Email", "Day", "At")
    assert table.rows == (("a@b.com", "2026-01-05 0:00:00", "2026-01-05 9:00:00"),)
    assert (table.sheet, table.sheets) == ("Sheet2", ("Sheet", "Sheet1", "Sheet2", "Sheet3"))


def test_the_sheet_of_people_is_read_before_others() -> None:
    book = openpyxl.Workbook()
    book.active.append(["How to use this workbook"])
    book.active.append(["Fill in the second sheet"])
    people = book.create_sheet("People")
    people.append(["First Name", "Last Name", "Company"])
    people.append(["Jane", "Doe", "Acme"])
    content = saved(book)
    assert read_table(content).sheet == "People"
    chosen = read_table(content, sheet="Sheet", header_row=NO_HEADER)
    assert [row[0] for row in chosen.rows] == [
        "How to use this workbook",
        "Fill in the second sheet",
    ]
    with pytest.raises(UnreadableFileError, match=r"'Leads'\. Choose one of Sheet, People"):
        read_table(content, sheet="Leads")
    with pytest.raises(UnreadableFileError, match="A text file has no sheets"):
        read_table(b"a,b\nx,y\n", sheet="Leads")


REPORT = b"""Leads Q3,,,
Created 2026-09-30,,,
,,,
First Name,Last Name,Email,Account Name
(required),(required),e.g. jane@acme.com,
Jane,Doe,jane@acme.com,Acme
First Name,Last Name,Email,Account Name
Ann,Ames,ann@ames.example,Ames
,,,
Grand Totals (2 records),,,
Copyright (c) 2026,,,
"""


def test_what_is_no_person_is_told_apart() -> None:
    table = read_table(REPORT)
    assert (table.header_line, table.lines) == (4, (6, 8))
    assert [(row.line, row.reason) for row in table.skipped] == [
        (1, SkipReason.ABOVE_HEADER),
        (2, SkipReason.ABOVE_HEADER),
        (5, SkipReason.EXAMPLE),
        (7, SkipReason.HEADER_AGAIN),
        (10, SkipReason.TOTAL),
        (11, SkipReason.FOOTER),
    ]
    assert table.skipped_by_reason[SkipReason.ABOVE_HEADER] == 2
    assert table.skipped[0].cells == ("Leads Q3", "", "", "")


def test_the_user_chooses_the_header_row() -> None:
    content = b"Vorname_X,Nachname_Y\nJane,Doe\nAnn,Ames\n"
    assert read_table(content, header_row=2).columns == ("Jane", "Doe")
    assert read_table(content, header_row=NO_HEADER).columns == ("Column 1", "Column 2")
    with pytest.raises(UnreadableFileError, match="Row 9 is empty"):
        read_table(content, header_row=9)
    assert read_upload(content, ReadingChoice(header_row=2)).lines == (3,)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (b"PK\0\0", "isn't a CSV file"),
        (b"PK\x03\x04 no archive", "file is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "workbook is damaged"),
        (b"a,b\n" + b"x,y\n" * 11, "11 rows are too many"),
        (b"a" * 1_000_001, "1.0 MB is too large"),
        (b'a,b\n"' + b"x" * 200_000, "begins in row 2 has more than 100,000 characters"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "mark in row 3 is never closed"),
        (b"\n<html><table><tr><td>a</td></tr></table>", "web page"),
    ],
    ids=["empty", "blank", "binary", "archive", "xls", "rows", "megabytes", "cell", "quote", "web"],
)
def test_what_cannot_be_read_says_what_to_do(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFileError, match=problem):
        read_table(content, max_rows=10, max_megabytes=1)


# Limits of an upload ------------------------------------------------------------------------------


def test_an_upload_is_read_as_a_file_is() -> None:
    content = written(ROWS, ";").encode()
    assert read_upload(content) == read_table(content)
    with pytest.raises(UnreadableFileError, match=r"2 rows are too many \(max 1\)"):
        read_upload(b"a,b\nx,y\nz,w\n", max_rows=1)


def test_an_upload_of_commas_takes_no_memory_here() -> None:
    content = b"a" + b"," * 5_000_000
    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match="5,000,001 columns; the limit is 2,000"):
        read_upload(content)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_an_upload_that_takes_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_SECONDS", 0)
    with pytest.raises(UnreadableFileError, match=r"too much memory or time\. Split it"):
        read_upload(b"a,b\n1,2\n")


def test_a_cell_has_a_limit_in_every_file_type() -> None:
    book = claiming("A1:A2", ("A1", "Name"), ("A2", "LONG"))
    for length in (100_000, 100_001):
        cell = "x" * length
        for content in (f"Name,Note\n{cell},\n".encode(), edited(book, b"LONG", cell)):
            if length > MAX_CELL_CHARACTERS:
                with pytest.raises(UnreadableFileError, match=r"more than 100,000 characters"):
                    read_table(content)
            else:
                assert read_table(content).rows[0][0] == cell
