"""A real spreadsheet opens our files, and finds nothing in them to work out."""

import io
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pandas as pd
import pytest

from dashboard.tables.export import csv_bytes, excel_bytes

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
def opened(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Opens a file in LibreOffice and gives its document; ``separator`` is for CSV."""
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
        found = ET.parse(document).getroot()  # noqa: S314  written by the program just run
        document.unlink()
        return found

    return convert


def formulas(document: ET.Element) -> list[str]:
    return [value for cell in document.iter() if (value := cell.get(f"{TABLE}formula"))]


def links(document: ET.Element) -> list[ET.Element]:
    return list(document.iter(f"{TEXT}a"))


def test_the_spreadsheet_does_work_out_what_we_would_not_have_guarded(opened: Convert) -> None:
    """Without this, the tests below could not fail."""
    unguarded = HOSTILE.to_csv(index=False).encode("utf-8-sig")
    assert "of:=1+1" in formulas(opened("unguarded.csv", unguarded, ","))
    assert len(formulas(opened("semicolon.csv", unguarded, ";"))) > 1


@pytest.mark.parametrize("separator", [None, ",", ";", "\t", "|"])
def test_csv_is_inert(opened: Convert, separator: str | None) -> None:
    document = opened("exported.csv", csv_bytes(HOSTILE), separator)
    assert formulas(document) == []
    assert links(document) == []
    if separator == ",":
        assert len(list(document.iter(f"{TABLE}table-row"))) >= len(CELLS)


def test_excel_is_inert_and_whole(opened: Convert) -> None:
    document = opened("exported.xlsx", excel_bytes(HOSTILE))
    assert formulas(document) == []
    assert links(document) == []
    shown = {"".join(cell.itertext()).strip() for cell in document.iter(f"{TABLE}table-cell")}
    assert {"=1+1", "-2+3", "plain", "=cmd|' /C calc'!A0"} <= shown


def test_columns_that_are_called_as_ours_are_kept() -> None:
    """Results that are enriched once more have columns of both: the file's own and the new."""
    ours = pd.Timestamp("2026-11-25", tz="UTC")
    names = ["leadiq_updated_at", "", "leadiq_updated_at"]
    both = pd.DataFrame([["=1", "x", ours]], columns=names)
    found = pd.read_excel(io.BytesIO(excel_bytes(both)))
    assert found.iloc[0].tolist() == ["=1", "x", pd.Timestamp("2026-11-25")]
    assert csv_bytes(both, user_columns=2).decode("utf-8-sig").splitlines() == [
        "leadiq_updated_at,,leadiq_updated_at",
        "=1,x,2026-11-25T00:00:00Z",
    ]
