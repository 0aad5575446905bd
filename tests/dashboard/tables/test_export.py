"""CSV and Excel files are complete, and a real spreadsheet finds no formula in them."""

import csv
import io
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.tables.export import (
    LIST_EXPORT_COLUMNS,
    csv_bytes,
    escape_formula,
    excel_bytes,
    read_list_export,
)
from dashboard.widgets.tables import HEADINGS
from leadiq_api.list_csv import COLUMNS, csv_text

HOW_TO = "no LibreOffice is found: on Debian, apt-get install libreoffice-calc"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
FORMULA = "=1+1"
CELLS = [
    FORMULA,
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\xa0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x07=1+1",
    "\x0b=1+1",
    "＝1+1",
    "'=1+1",
    "a;=1+1",
    "a;\t=1+1;b",
    "a\t=1+1",
    "a|=1+1",
    "a\n=1+1",
    'a,"=1+1"',
    '"=1+1"',
    '";=1+1;"',
    "{=1+1}",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "a\r\n+cmd|' /C calc'!A0",
    '=WEBSERVICE("https://evil.example")',
    "https://evil.example",
    "javascript:alert(1)",
    "=1+1" * 10_000,
    "plain",
]
HOSTILE = pd.DataFrame({"text": CELLS, "=1+1": CELLS, "n": -1.5})

Convert = Callable[..., ET.Element]


@pytest.fixture(scope="module")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Opens a file in LibreOffice and returns its document; ``separator`` is for CSV."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        if os.environ.get("REQUIRE_SPREADSHEET"):
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    folder = tmp_path_factory.mktemp("spreadsheet")

    def convert(name: str, content: bytes, separator: str | None = None) -> ET.Element:
        (folder / name).write_bytes(content)
        command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        if separator:
            command.append(f"--infilter=CSV:{ord(separator)},34,76")
        command += ["--convert-to", "fods", "--outdir", str(folder), str(folder / name)]
        subprocess.run(command, check=True, timeout=240, capture_output=True)
        document = (folder / name).with_suffix(".fods")
        root = ET.parse(document).getroot()  # noqa: S314  written by the program just run
        document.unlink()
        return root

    return convert


def formulas(document: ET.Element) -> list[str]:
    return [value for cell in document.iter() if (value := cell.get(f"{TABLE}formula"))]


def read_excel(content: bytes) -> pd.DataFrame:
    return pd.read_excel(io.BytesIO(content), engine="openpyxl")


def links(document: ET.Element) -> list[ET.Element]:
    return list(document.iter(f"{TEXT}a"))


def test_the_spreadsheet_runs_formulas_that_are_not_escaped(libreoffice: Convert) -> None:
    """Without this, the tests below could not fail."""
    unguarded = HOSTILE.to_csv(index=False).encode("utf-8-sig")
    assert "of:=1+1" in formulas(libreoffice("unguarded.csv", unguarded, ","))
    assert len(formulas(libreoffice("semicolon.csv", unguarded, ";"))) > 1


@pytest.mark.parametrize("separator", [None, ",", ";", "\t", "|"])
def test_csv_has_no_formula(libreoffice: Convert, separator: str | None) -> None:
    document = libreoffice("exported.csv", csv_bytes(HOSTILE), separator)
    assert formulas(document) == []
    assert links(document) == []
    if separator == ",":
        assert len(list(document.iter(f"{TABLE}table-row"))) >= len(CELLS)


def test_excel_has_no_formula_and_every_cell(libreoffice: Convert) -> None:
    document = libreoffice("exported.xlsx", excel_bytes(HOSTILE))
    assert formulas(document) == []
    assert links(document) == []
    shown = {"".join(cell.itertext()).strip() for cell in document.iter(f"{TABLE}table-cell")}
    assert {"=1+1", "-2+3", "plain", "=cmd|' /C calc'!A0"} <= shown


VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
EXPORTED = pd.DataFrame(
    {
        "name": ["Zoë Ünal", "=1+1; x", None],
        "phone": ["+49 171 5550102", "603-555-0101", None],
        "email_status": ["VerifiedLikely", None, "Verified"],
        "employee_range": ["11-50", "1-10", None],
        "employees": [854.0, None, 12.0],
        "funding_usd": [1_250_000.5, None, 0.0],
        "funded_on": pd.to_datetime(["2026-01-02", None, "2024-02-29"], utc=True),
        "updated_at": pd.to_datetime([None, "2026-01-02T03:04:05Z", None], utc=True),
        "linkedin_url": ["https://www.linkedin.com/in/a", None, "https://www.linkedin.com/in/b"],
    }
)
HEADER = [*EXPORTED]


def opened(document: ET.Element) -> list[list[str | float]]:
    """Returns the cells of a document as a spreadsheet holds them: text, numbers and days."""
    table = []
    for row in document.iter(f"{TABLE}table-row"):
        cells: list[str | float] = []
        for cell in row.iter(f"{TABLE}table-cell"):
            number, day = cell.get(f"{VALUE}value"), cell.get(f"{VALUE}date-value")
            text = "".join(cell.itertext()).strip()
            held = float(number) if number else day or text
            cells += [held] * int(cell.get(f"{TABLE}number-columns-repeated", 1))
        table.append(cells[: len(HEADER)])
    return table[: len(EXPORTED) + 1]


@pytest.mark.parametrize(
    ("name", "content", "formula", "times"),
    [
        (
            "opened.xlsx",
            excel_bytes(EXPORTED),
            "=1+1; x",
            ("2026-01-02", "2026-01-02T03:04:05", "2024-02-29"),
        ),
        (  # in a CSV, times are text
            "opened.csv",
            csv_bytes(EXPORTED),
            "'=1+1; x",
            ("2026-01-02T00:00:00Z", "2026-01-02T03:04:05Z", "2024-02-29T00:00:00Z"),
        ),
    ],
)
def test_the_spreadsheet_has_the_same_values(
    libreoffice: Convert, name: str, content: bytes, formula: str, times: tuple[str, str, str]
) -> None:
    separator = "," if name.endswith("csv") else None
    ada, bob, eve = opened(libreoffice(name, content, separator))[1:]
    funded, updated, funded_before = times
    link = "https://www.linkedin.com/in/"
    assert ada[:5] == ["Zoë Ünal", "+49 171 5550102", "Likely verified", "11-50", 854]
    assert ada[5:] == [1_250_000.5, funded, "", f"{link}a"]
    assert bob == [formula, "603-555-0101", "", "1-10", "", "", "", updated, ""]
    assert eve == ["", "", "Verified", "", 12, 0, funded_before, "", f"{link}b"]


def test_columns_of_the_user_with_our_names_are_kept() -> None:
    """A result file that is uploaded again has such columns: the user's, and the new ones."""
    ours = pd.Timestamp("2026-11-25", tz="UTC")
    names = ["leadiq_updated_at", "", "leadiq_updated_at"]
    both = pd.DataFrame([["=1", "x", ours]], columns=names)
    frame = read_excel(excel_bytes(both))
    assert frame.iloc[0].tolist() == ["=1", "x", pd.Timestamp("2026-11-25")]
    assert csv_bytes(both, user_columns=2).decode("utf-8-sig").splitlines() == [
        "leadiq_updated_at,,leadiq_updated_at",
        "=1,x,2026-11-25T00:00:00Z",
    ]


def test_excel_holds_text_and_no_formula() -> None:
    frame = pd.DataFrame({"name": ["=1+1", "x" * 40_000], "at": [pd.Timestamp.now("UTC")] * 2})
    with zipfile.ZipFile(io.BytesIO(excel_bytes(frame))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "<t>=1+1</t>" in texts
    assert "x" * 32_767 + "<" in texts


CELL_TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)


@given(
    cells=st.lists(CELL_TEXTS, min_size=1, max_size=5), numbers=st.lists(st.integers(), max_size=3)
)
def test_csv_keeps_every_cell_without_formulas(cells: list[str], numbers: list[int]) -> None:
    frame = pd.DataFrame({"text": pd.Series(cells, dtype=object), "=1+1": "x"})
    content = csv_bytes(frame)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["text", "'=1+1"]
    for cell, (written, _) in zip(cells, rows[1:], strict=True):
        assert written.replace("'", "") == cell.replace("'", "")
        is_number = set(written) <= set("+-. ()0123456789\u00a0\u200b\u2060\ufeff")
        starts = written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
        assert is_number or not starts


def test_every_column_of_a_list_has_a_heading() -> None:
    assert [*read_list_export(csv_text([]))] == [
        LIST_EXPORT_COLUMNS.get(name, name) for name in COLUMNS
    ]
    assert {LIST_EXPORT_COLUMNS.get(name, name) for name in COLUMNS} <= {*HEADINGS}


def test_csv_of_numbers_times_and_nothing() -> None:
    frame = pd.DataFrame(
        {
            "n": [-1.5, None, 854],
            "at": pd.to_datetime(["2026-01-02T03:04:05Z", None, None], utc=True),
            "é": ["-1+1", None, "x"],
        }
    )
    assert csv_bytes(frame).decode("utf-8-sig") == (
        "n,at,é\r\n-1.5,2026-01-02T03:04:05Z,'-1+1\r\n,,\r\n854,,x\r\n"
    )


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("+16035550101", "+16035550101"),
        ("+49 171 5550102", "+49 171 5550102"),
        ("603-555-0101", "603-555-0101"),
        ("+1 (603) 555.0101", "+1 (603) 555.0101"),
        ("-1.5", "-1.5"),
        ("- Head of Sales", "'- Head of Sales"),
        ("@acme", "'@acme"),
        ("-", "'-"),
        ("+1 for this", "'+1 for this"),
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1 603; +49 171", "+1 603; +49 171"),
        ("+1 603; =1+1; +49 171", "'+1 603; '=1+1; +49 171"),
        ("+" + "1" * 20_000 + "a", "'+" + "1" * 20_000 + "a"),
    ],
)
def test_a_number_is_no_formula(cell: str, written: str) -> None:
    assert escape_formula(cell) == written


def test_words_of_the_api_are_words_of_people() -> None:
    """Also beside a file's own columns, which stay as they are."""
    row = ["VerifiedLikely", "VerifiedLikely", "SeniorIndividualContributor", "Other"]
    names = ["email_status", "leadiq_email_status", "seniority", "role"]
    frame = pd.DataFrame([row], columns=names)
    assert csv_bytes(frame, user_columns=1).decode("utf-8-sig").splitlines()[1] == (
        "VerifiedLikely,Likely verified,Senior individual contributor,Other"
    )
    (read,) = read_excel(excel_bytes(frame)).to_dict("records")
    assert read["email_status"] == "Likely verified"


def test_a_file_has_the_headings_of_people() -> None:
    frame = pd.DataFrame({"first_name": ["Ada"], "score": [1]})
    headings = {"first_name": "First name"}
    assert csv_bytes(frame, headings=headings).decode("utf-8-sig").splitlines()[0] == (
        "First name,score"
    )
    assert [*read_excel(excel_bytes(frame, headings=headings))] == [
        "First name",
        "score",
    ]


def test_an_excel_file_is_ready_to_work_with() -> None:
    """A header that stays, filters, widths, links that open, days and times."""
    url = "https://www.linkedin.com/in/ada"
    frame = pd.DataFrame(
        {
            "own": [url, "x"],
            "leadiq_linkedin_url": [url, "javascript:alert(1)"],
            "leadiq_funded_on": pd.to_datetime(["2026-01-02", None], utc=True),
            "leadiq_updated_at": pd.to_datetime(
                ["2026-01-02T03:04:05Z", "1850-01-01T00:00:00Z"], utc=True
            ),
            "leadiq_employees": [854.0, None],
            "leadiq_other_emails": ["x" * 200, None],
        }
    )
    book = openpyxl.load_workbook(io.BytesIO(excel_bytes(frame, user_columns=1)))
    sheet = book["LeadIQ"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F3")
    assert sheet["A1"].font.bold
    links = {cell.coordinate: cell.hyperlink for row in sheet for cell in row if cell.hyperlink}
    assert {place: link.target for place, link in links.items()} == {"B2": url}
    assert sheet["B3"].value == "javascript:alert(1)"
    assert (sheet["C2"].value, sheet["C2"].number_format) == (datetime(2026, 1, 2), "yyyy-mm-dd")
    assert sheet["D2"].value == datetime(2026, 1, 2, 3, 4, 5)
    assert sheet["D2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet["D3"].value == "1850-01-01T00:00:00"
    assert (sheet["E2"].value, sheet["E3"].value) == (854, None)
    # Columns that are as wide as the one before have no entry of their own.
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ACEF"]
    assert widths == [32, 19, 19, 51]


def test_a_downloaded_export_is_read_as_text() -> None:
    frame = read_list_export("id,phone\n1,+44 20\n2,\n")
    assert frame.to_dict("records") == [
        {"prospect_id": "1", "phone": "+44 20"},
        {"prospect_id": "2", "phone": ""},
    ]
    assert read_list_export("").empty


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("a,b\n1,2,3\n4\n", ["a", "b", "Column 3"], [["1", "2", "3"], ["4", "", ""]]),
        ('a,b\n1,"x\ny', ["a", "b"], [["1", "x\ny"]]),
        ("a · 3,a,a,\n1,2,3,4\n", ["a · 3", "a", "a · 3 · 3", "Column 4"], [["1", "2", "3", "4"]]),
        ("a\r\n\r\n=1\r\n", ["a"], [["=1"]]),
        (f"a\n{'x' * 200_000}\n", ["a"], [["x" * 200_000]]),
    ],
)
def test_an_odd_export_loses_nothing(content: str, columns: object, rows: object) -> None:
    frame = read_list_export(content)
    assert [*frame] == columns
    assert frame.to_numpy().tolist() == rows
