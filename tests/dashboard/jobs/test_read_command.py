"""What ``read`` prints about a file, and how the user corrects it; it needs no key."""

import json
import os
from pathlib import Path

import pytest

from dashboard.jobs.read_command import ReadingOptions, as_json, lines, read_file
from dashboard.tables.spreadsheet import UnreadableFileError
from tests.dashboard.jobs.driver import run_command

FILE = b"""Leads,,
Name,Work Email,Firm
Jane Doe,jane@acme.com,Acme
Jane Doe,jane@acme.com,Acme
,,Ames
Total,,2
"""


def test_a_file_as_it_is_understood() -> None:
    assert [*lines(read_file(FILE, ReadingOptions()))] == [
        "Delimiter: comma",
        "Header row: 2",
        "Columns:",
        "  LeadIQ id: Not in this file",
        "  LinkedIn URL: Not in this file",
        "  Email: Work Email",
        "  Personal email: Not in this file",
        "  Email, hashed: Not in this file",
        "  First name: Not in this file",
        "  Last name prefix: Not in this file",
        "  Last name: Not in this file",
        "  Full name: Name",
        "  Company: Firm",
        "  Company domain: Not in this file",
        "  Phone: Not in this file",
        "First rows, as understood:",
        "  Row 3: Name Jane Doe; Company Acme; Email jane@acme.com",
        "  Row 4: Name Jane Doe; Company Acme; Email jane@acme.com",
        "  Row 5: Company Ames",
        "1 person to look up, of 3 rows",
        "1 row skipped: above the header (1)",
        "1 row skipped: a total (6)",
        "1 row left out: repeats another row (4)",
        "1 row left out: A company alone fits many people. Add a full name or an email. (5)",
    ]


def test_the_same_as_json() -> None:
    told = json.loads(as_json(read_file(FILE, ReadingOptions())))
    assert (told["header_row"], told["delimiter"], told["people"]) == (2, ",", 1)
    assert told["columns"]["email"] == ["Work Email"]
    assert told["columns"]["phone"] == []
    assert [row["row"] for row in told["skipped"]] == [1, 6]
    assert [row["row"] for row in told["left_out"]] == [4, 5]


def test_the_user_corrects_what_was_found() -> None:
    options = ReadingOptions(header_row=2, columns=(("phone", "work email"), ("fullName", "")))
    columns = read_file(FILE, options).columns.by_field
    assert columns == {"company.name": (2,), "phone": (1,)}
    with pytest.raises(UnreadableFileError, match="no column called 'Mail'"):
        read_file(FILE, ReadingOptions(columns=(("email", "Mail"),)))


def test_other_options_are_another_job() -> None:
    assert ReadingOptions().as_text == ()
    assert ReadingOptions(header_row=2).as_text != ReadingOptions(header_row=3).as_text


def test_it_needs_no_key(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(FILE)
    environment = {name: text for name, text in os.environ.items() if "LEADIQ" not in name}

    nowhere = {"LEADIQ_DATABASE_URL": "sqlite:////nowhere/at/all.db"}

    def run(*arguments: str) -> tuple[int | None, str, str]:
        return run_command(tmp_path, ("read", *arguments), environment | nowhere)

    code, printed, _ = run(str(tmp_path / "people.csv"), "--column", "email=Work Email")
    assert (code, "Email: Work Email" in printed) == (0, True)
    (tmp_path / "people.pdf").write_bytes(b"%PDF-1.7")
    code, printed, told = run(str(tmp_path / "people.pdf"))
    assert (code, printed) == (2, "")
    assert told.startswith("This is a PDF")
    assert run(str(tmp_path / "people.csv"), "--column", "shoe=Name")[0] == 2
