"""A command's files: CSV, Excel or a CRM's, and none that exists is replaced unasked."""

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from dashboard.jobs.model import Decision, Job, JobSettings, Row, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.jobs.result_columns import RESULT_COLUMNS, columns_help
from dashboard.jobs.results_command import (
    add_crm_option,
    add_output_options,
    results_problem,
    write_results,
)
from dashboard.ledger.ledger import Ledger

POSITIONS = [
    {
        "title": "Partner",
        "companyInfo": {"id": "C-2", "name": "Fund", "domain": "fund.com"},
        "emails": [{"type": "WorkEmail", "status": "Verified", "value": "jane@fund.com"}],
    },
    {
        "title": "Head of Sales",
        "seniority": "SeniorIndividualContributor",
        "companyInfo": {
            "id": "C-1",
            "name": "Acme",
            "domain": "acme.com",
            "numberOfEmployees": 854,
            "linkedinUrl": "https://www.linkedin.com/company/acme",
            "fundingInfo": {"lastFundingOn": "2026-01-02"},
        },
        "emails": [{"type": "WorkEmail", "status": "VerifiedLikely", "value": "jane@acme.com"}],
        "phones": [{"type": "WorkMobile", "status": "Verified", "value": "+1 603-555-0101"}],
    },
]


OTHER = "check: another name, {}"


def person(name: str) -> str:
    first, last = name.split()
    names = {"fullName": name, "first": first, "last": last}
    return json.dumps({"id": name, "name": names, "currentPositions": POSITIONS})


@pytest.fixture
def records(tmp_path: Path) -> Iterator[JobRecords]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield JobRecords(ledger)
    ledger.close()


@pytest.fixture
def job(records: JobRecords) -> Job:
    """Jane was found, Gus instead of John, Ann instead of Mary who is kept, and Eve was not."""
    names = ("Jane Doe", "John Roe", "Mary Poe", "Eve Noe")
    rows = [
        Row(at, RowKind.PERSON, RowState.WAITING, f"id:{at}", {"id": str(at)}, (name, "Acme"))
        for at, name in enumerate(names)
    ]
    settings = JobSettings(
        ("email", "phone", "company"),
        {},
        columns=("Name", "Company"),
        fields={"fullName": (0,), "company.name": (1,)},
        delimiter=";",
    )
    job_id = records.create("account", "user", "people.csv", settings, rows)
    records.claim(job_id, "request", len(rows))
    found = {"Jane Doe": "exact", "Gus Gray": OTHER.format("Gus Gray"), "Ann Low": OTHER}
    updates = {
        at: {"state": RowState.FOUND, "person": name, "answer": person(name), "match": match}
        for at, (name, match) in enumerate(found.items())
    }
    with records.writing() as db:
        updates[3] = {"state": RowState.NOT_FOUND}
        records.record_answer(db, job_id, "request", updates, 0)
    records.decide(job_id, Decision.KEPT, [2])
    job = records.job(job_id)
    assert job is not None
    return job


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_crm_option(parser)
    add_output_options(parser)
    return parser.parse_args(arguments)


def rows_of(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [*csv.DictReader(text, delimiter=delimiter)]


def test_the_columns_are_those_that_the_help_lists(
    tmp_path: Path, records: JobRecords, job: Job
) -> None:
    out = tmp_path / "out.csv"
    write_results(options("--out", str(out)), records, job)
    first = rows_of(out, ";")[0]
    expected = [f"leadiq_{name}" for name in RESULT_COLUMNS if name != "list"]
    assert [*first] == ["Name", "Company", *expected]
    listed = [line.split()[0] for line in columns_help() if line.startswith("  ")]
    assert listed == [*expected, "leadiq_list"]
    assert {name: first[f"leadiq_{name}"] for name in (
        "match", "title", "company", "work_email", "email_status", "seniority", "phone",
        "phone_type", "employees", "funded_on", "other_emails",
    )} == {
        "match": "exact",
        "title": "Head of Sales",
        "company": "Acme",
        "work_email": "jane@acme.com",
        "email_status": "Likely verified",
        "seniority": "Senior individual contributor",
        "phone": "+1 603-555-0101",
        "phone_type": "Work mobile",
        "employees": "854",
        "funded_on": "2026-01-02T00:00:00Z",
        "other_emails": "Work: jane@fund.com (Verified)",
    }  # fmt: skip


def test_an_excel_file_by_its_ending(tmp_path: Path, records: JobRecords, job: Job) -> None:
    out = tmp_path / "out.XLSX"
    write_results(options("--out", str(out)), records, job)
    sheet = openpyxl.load_workbook(out)["LeadIQ"]
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert (sheet.max_row, sheet.freeze_panes) == (5, "A2")
    assert row["leadiq_employees"].value == 854
    assert row["leadiq_company_linkedin_url"].hyperlink.target.endswith("/company/acme")


def test_people_for_a_crm_and_who_is_left_out(
    tmp_path: Path, records: JobRecords, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "hubspot.csv"
    write_results(options("--out", str(out), "--for", "salesforce"), records, job)
    assert [(row["LastName"], row["Company"], row["MobilePhone"]) for row in rows_of(out)] == [
        ("Doe", "Acme", "+16035550101"),
        ("Low", "Acme", "+16035550101"),  # checked, and kept
    ]
    left_out = rows_of(tmp_path / "hubspot-left-out.csv")
    assert [(row["Name"], row["Left out because"]) for row in left_out] == [
        ("Gus Gray", "check: another name, Gus Gray"),
        ("Eve Noe", "not found"),
    ]
    assert "2 people in the file, 2 left out" in capsys.readouterr().err


def test_a_file_that_exists_is_kept(tmp_path: Path, records: JobRecords, job: Job) -> None:
    """Unless the job itself wrote it: the same command continues a job."""
    out = tmp_path / "out.csv"
    asked = options("--out", str(out))
    assert results_problem(asked, [], []) is None
    write_results(asked, records, job)
    assert results_problem(asked, [], []) == (
        f"{out} exists. Name another file, or replace it with --force."
    )
    assert results_problem(options("--out", str(out), "--force"), [], []) is None
    assert results_problem(asked, [], records.jobs("account")) is None
    out.write_bytes(out.read_bytes() + b"changed by hand")
    assert "exists" in str(results_problem(asked, [], records.jobs("account")))
    # The file beside it counts as well.
    other = options("--out", str(tmp_path / "new.csv"), "--for", "hubspot")
    (tmp_path / "new-left-out.csv").write_bytes(b"mine")
    assert "new-left-out.csv exists" in str(results_problem(other, [], []))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--out", "x.xls"), "Results are written as CSV or .xlsx"),
        (("--out", "x.xlsx", "--for", "outreach"), "Outreach imports CSV"),
        (("--out", "no/folder/x.csv"), "no folder"),
    ],
)
def test_what_cannot_be_written(arguments: tuple[str, ...], problem: str) -> None:
    assert problem in str(results_problem(options(*arguments), [], []))
