"""Workbooks: what they show, hide, merge, link to and have not calculated."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from dashboard.tables.fields import cells_of
from dashboard.tables.spreadsheet import SkipReason, read_table
from tests.dashboard.tables.driver import saved

HEADER = ["First Name", "Last Name", "Company", "LinkedIn", "Zip"]


def people(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    return book


def test_a_hidden_header_is_one_if_no_other_row_names_columns() -> None:
    book = openpyxl.Workbook()
    for row in (["Name", "Company"], ["Jane Doe", "Acme"], ["John Roe", "Beta"]):
        book.active.append(row)
    book.active.row_dimensions[1].hidden = True
    table = read_table(saved(book))
    assert (table.header_line, table.lines) == (1, (2, 3))
    book.active.insert_rows(1)
    for cell, name in zip(book.active[1], ["name__c", "account__c"], strict=True):
        cell.value = name  # of a template, above the names that people see
    book.active.row_dimensions[2].hidden = False
    table = read_table(saved(book))
    assert (table.header_line, table.lines) == (2, (3, 4))


def test_hidden_and_filtered_rows_are_reported_and_skipped_unless_wanted() -> None:
    book = people(["Jane", "Doe"], ["Ann", "Ames"], ["Bob", "Brown"])
    sheet = book.active
    sheet.auto_filter.ref = "A1:E3"
    for row in (3, 4):
        sheet.row_dimensions[row].hidden = True
    content = saved(book)
    table = read_table(content)
    assert table.lines == (2,)
    assert [(row.line, row.reason) for row in table.skipped] == [
        (3, SkipReason.FILTERED),
        (4, SkipReason.HIDDEN),
    ]
    assert read_table(content, with_hidden_rows=True).lines == (2, 3, 4)


def test_merged_cells_are_filled() -> None:
    book = people(["Jane", "Doe", "Acme"], ["Ann", "Ames"], [], ["Bob", "Brown"], ["Cy", "Cole"])
    book.active.merge_cells("C2:C5")
    table = read_table(saved(book))
    assert [row[2] for row in table.rows] == ["Acme", "Acme", "Acme", ""]
    assert table.lines == (2, 3, 5, 6)  # an empty row stays empty


def test_links_behind_cells_are_read_and_the_text_stays() -> None:
    book = people(["Jane", "Doe", "Acme", "Profile"], ["Ann", "Ames", "Ames", None])
    sheet = book.active
    sheet["D2"].hyperlink = "https://www.linkedin.com/in/jane-doe"
    sheet["D3"] = '=HYPERLINK("https://www.linkedin.com/in/ann-ames","Profile")'
    table = read_table(saved(book))
    assert table.links == {
        (0, 3): "https://www.linkedin.com/in/jane-doe",
        (1, 3): "https://www.linkedin.com/in/ann-ames",
    }
    assert table.rows[0][3] == "Profile"


def test_a_link_that_contradicts_its_cell_is_not_used() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Email", "LinkedIn"])
    old = "https://www.linkedin.com/in/old"
    for number, text in enumerate(["jane@acme.com", "Jane", "jane@acme…", "Acme"], 2):
        book.active.append([text, f"linkedin.com/in/{text}" if "@" not in text else "Profile"])
        book.active.cell(number, 1).hyperlink = "mailto:old@acme.com"  # typed over, or copied down
        book.active.cell(number, 2).hyperlink = old
    table = read_table(saved(book))
    columns = {"email": (0,), "linkedinUrl": (1,)}
    values = [cells_of(table, index, columns) for index in range(4)]
    assert values[0]["email"] == ("jane@acme.com",)
    assert [row["email"][0] for row in values[1:]] == ["mailto:old@acme.com"] * 3
    assert [row["linkedinUrl"][0] for row in values] == [
        old,
        "linkedin.com/in/Jane",
        old,
        "linkedin.com/in/Acme",
    ]


def test_formulas_that_were_not_calculated_are_reported() -> None:
    book = people(["Jane", "Doe", "=A2&B2"], ["Ann", "Ames", "=A3&B3"])
    table = read_table(saved(book))
    assert table.rows[0][2] == ""
    assert table.notes[0].startswith("2 formulas have no result yet, the first in C2")
    assert read_table(saved(people(["Jane", "Doe", "Acme"]))).notes == ()


def test_numbers_and_dates_appear_as_displayed() -> None:
    book = people(["Jane", "Doe", date(2026, 4, 3), 0.155, 1067])
    for place, number_format in (("C2", "dd.mm.yyyy"), ("D2", "0.0%"), ("E2", "00000")):
        book.active[place].number_format = number_format
    assert read_table(saved(book)).rows[0][2:] == ("03.04.2026", "15.5%", "01067")


def test_a_chart_on_a_sheet_of_its_own_is_no_table() -> None:
    book = people(["Jane", "Doe"])
    book.create_chartsheet("Overview", 0)
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(book))) as old,
        zipfile.ZipFile(content, "w") as new,
    ):
        for name in old.namelist():  # without its drawing, as some programs write it
            if "drawing" not in name and "chartsheets/_rels" not in name:
                part = re.sub(rb"<drawing[^>]*/>", b"", old.read(name))
                new.writestr(name, part)
    table = read_table(content.getvalue())
    assert (table.sheet, len(table.rows)) == ("Sheet", 1)


@pytest.fixture(scope="module")
def libreoffice() -> str:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not here")
    return program


def converted(libreoffice: str, folder: Path, book: openpyxl.Workbook, kind: str) -> bytes:
    (folder / "people.xlsx").write_bytes(saved(book))
    command = [libreoffice, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", kind, "--outdir", str(folder), str(folder / "people.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / f"people.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_older_and_other_formats(libreoffice: str, tmp_path: Path, kind: str) -> None:
    book = people(
        ["Jane", "Doe", "Acme", None, 12],
        ["Zoë", "Ames", None, 0.5, date(2026, 4, 3)],
        ["Ida", "Ek", "Ex Ltd", 4915112345678, 1067],
        ["Bo", "Ib", None, 0.155, datetime(2026, 4, 3, 14, 5)],
        ["Not", "Shown"],
        ["Eve", "Oak", "=UPPER(A2)", True],
    )
    sheet = book.active
    for place, number_format in (("E4", "00000"), ("D5", "0.0%"), ("E5", "dd.mm.yyyy hh:mm")):
        sheet[place].number_format = number_format
    sheet["D4"].number_format = "0.00E+00"
    sheet.merge_cells("C4:C5")
    sheet["A2"].hyperlink = "https://www.linkedin.com/in/jane-doe"
    sheet.row_dimensions[6].hidden = True
    book.create_sheet("Old").append(["x"])
    book["Old"].sheet_state = "hidden"
    table = read_table(converted(libreoffice, tmp_path, book, kind))
    assert table.columns == tuple(HEADER)
    assert table.rows[:4] == (
        ("Jane", "Doe", "Acme", "", "12"),
        ("Zoë", "Ames", "", "0.5", "2026-04-03"),
        ("Ida", "Ek", "Ex Ltd", "4915112345678", "01067"),
        ("Bo", "Ib", "Ex Ltd", "15.5%", "03.04.2026 14:05"),
    )
    assert table.rows[4] == ("Eve", "Oak", "JANE", "TRUE", "")
    assert (table.sheet, table.lines) == ("Sheet", (2, 3, 4, 5, 7))
    assert [(row.line, row.reason) for row in table.skipped] == [(6, SkipReason.HIDDEN)]
    assert table.links == {(0, 0): "https://www.linkedin.com/in/jane-doe"}


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_filtered_rows_of_older_and_other_formats(
    libreoffice: str, tmp_path: Path, kind: str
) -> None:
    book = people(["Jane", "Doe", "Acme"], ["Ann", "Ames", "Other"], ["Bo", "Ib", "Acme"])
    book.active.auto_filter.ref = "A1:E4"
    book.active.auto_filter.add_filter_column(2, ["Acme"])
    book.active.row_dimensions[3].hidden = True
    content = converted(libreoffice, tmp_path, book, kind)
    table = read_table(content)
    assert [(row.line, row.reason) for row in table.skipped] == [(3, SkipReason.FILTERED)]
    assert len(read_table(content, with_hidden_rows=True).rows) == 3
