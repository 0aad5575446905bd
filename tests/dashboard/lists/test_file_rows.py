"""What the rows of a file become on a list: as written, and nothing is dropped silently."""

from functools import partial

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.lists.file_rows import ProspectRows, RowProblem, prospect_rows
from dashboard.tables.export import csv_bytes, excel_bytes
from dashboard.tables.fields import cells_of, find_columns
from dashboard.tables.spreadsheet import read_table
from dashboard.widgets.tables import HEADINGS
from tests.conftest import CASES


def rows_of(content: bytes) -> ProspectRows:
    table = read_table(content)
    return prospect_rows(table, find_columns(table).by_field)


JANE = {"firstName": "Jane", "lastName": "Doe"}


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("Full Name,Work Email,Job Title,Company Name\nJane Doe,jane@acme.com,CEO,Acme GmbH",
         {"workEmail": "jane@acme.com", "title": "CEO", "company": "Acme GmbH"}),
        ("Vorname;Nachname;Firma;Webseite\nJane;Doe;Acme;https://www.acme.com/x",
         {"company": "Acme", "companyDomain": "acme.com"}),
        ("First Name,Last Name,URL\nJane,Doe,https://de.linkedin.com/in/jane-doe?trk=x",
         {"linkedinUrl": "https://www.linkedin.com/in/jane-doe"}),
        # The status values of other programs are mapped or dropped, never the row.
        ("First Name,Last Name,Email,Email Status\nJane,Doe,j@acme.com,valid",
         {"workEmail": "j@acme.com", "emailStatus": "Verified"}),
        ("First Name,Last Name,Email,Email Status\nJane,Doe,j@acme.com,Catch-All",
         {"workEmail": "j@acme.com", "emailStatus": "VerifiedLikely"}),
        ("First Name,Last Name,Email,Email Status\nJane,Doe,j@acme.com,Bounced",
         {"workEmail": "j@acme.com"}),
        ("First Name,Last Name,Email,Email Status\nJane,Doe,,Unavailable", {}),
        ("First Name,Last Name,Seniority\nJane,Doe,C-Suite", {"seniority": "Executive"}),
        # Phone numbers that a spreadsheet has damaged.
        ("First Name,Last Name,Phone\nJane,Doe,4915123456789.0", {"phone": "4915123456789"}),
        ("First Name,Last Name,Mobile,Phone\nJane,Doe,+1 603-555-****,4.91515550102E11",
         {"phone": "491515550102"}),
        ("First Name,Last Name,Phone\nJane,Doe,'+49 151 23456789", {"phone": "+49 151 23456789"}),
        ("First Name,Last Name,Personal Email\nJane,Doe,jane@gmail.com", {}),
        ("First Name,Last Name,City,Country\nJane,Doe,Boston,United States",
         {"location": {"city": "Boston", "country": "United States"}}),
        ("First Name,Last Name,Company\nJane,Doe,N/A", {}),
        # One of the columns has the whole name.
        ("First Name,Last Name\nJane Doe,Doe", {}),
        ("First Name,Last Name\nJane,Jane Doe", {}),
    ],
)  # fmt: skip
def test_a_row_becomes_a_prospect(line: str, body: dict) -> None:
    rows = rows_of(line.encode())
    assert rows.inputs == [JANE | body]
    assert rows.rejected == []


def test_a_doubtful_match_of_a_job_is_not_put_on_a_list() -> None:
    rows = rows_of(
        b"First Name,Last Name,Email,leadiq_match,leadiq_person_id,leadiq_first_name,"
        b"leadiq_last_name,leadiq_work_email\n"
        b"Jane,Doe,jane@acme.com,check: another company,PersonID-1,Gus,Gray,gus@beta.com\n"
    )
    assert rows.inputs == [JANE | {"workEmail": "jane@acme.com"}]


def test_what_is_left_out_is_told() -> None:
    rows = rows_of(
        b"First Name,Last Name,Phone,Email,LinkedIn\n"
        b"Jane,Doe,4.9E+11,info@acme.com,https://lnkd.in/x\n"
        b"Jane,Doe,+49 171 XXX XXXX,*****@acme.com,\n"
    )
    assert rows.inputs == [JANE, JANE]
    told = " ".join(problem for _, problem in rows.left_out)
    assert {line for line, _ in rows.left_out} == {2, 3}
    for problem in ("shortened", "shared mailbox", "short link", "XXXX” is not", "hidden in part"):
        assert problem in told


@pytest.mark.parametrize("mark", ["; ", " ::: ", "\n", " | ", " / ", ", "])
def test_of_several_addresses_and_numbers_the_others_are_told(mark: str) -> None:
    emails, phones = f"j@acme.com{mark}jane@acme.com", f"+1 603 555 0101{mark}+1 603 555 0102"
    frame = pd.DataFrame([["Jane", "Doe", emails, phones, "0049 30 123456; +4930123456"]])
    frame.columns = ["First Name", "Last Name", "Email", "Phone", "Mobile"]
    rows = rows_of(excel_bytes(frame))
    assert rows.inputs == [JANE | {"workEmail": "j@acme.com", "phone": "0049 30 123456"}]
    told = [problem.partition("”")[0] for _, problem in rows.left_out]
    assert told == ["“jane@acme.com", "“+1 603 555 0101", "“+1 603 555 0102"]
    shared = rows_of(f'First Name,Last Name,Email\nJane,Doe,"info@a.com{mark}hr@a.com"\n'.encode())
    assert (shared.inputs, shared.rejected) == ([JANE], [])


def test_rows_that_cannot_be_a_prospect_have_the_number_of_the_spreadsheet() -> None:
    rows = rows_of(b'First Name,Last Name,Notes\nJane,Doe,"two\nlines"\n\nAnn,,\nBob,Brown,\n')
    assert len(rows.inputs) == 2
    (rejected,) = rows.rejected
    assert rejected == RowProblem(4, rejected.problem)
    assert "only one name" in rejected.problem


EXPORTED = {
    "person_id": "PersonID-1",
    "first_name": "Jane",
    "last_name": "Doe",
    "title": "=CEO",
    "company": "Acme",
    "work_email": "jane@acme.com",
    "email_status": "VerifiedLikely",
    "phone": "+16035550101",
    "seniority": "Executive",
    "role": "Sales",
    "company_id": "MergedCompany-1",
    "domain": "acme.com",
    "industry": "Software",
    "city": "Boston",
    "state": "Massachusetts",
    "country": "United States",
    "linkedin_url": "https://www.linkedin.com/in/jane-doe",
}
REIMPORTED = {
    "personId": "PersonID-1",
    "firstName": "Jane",
    "lastName": "Doe",
    "title": "=CEO",
    "company": "Acme",
    "workEmail": "jane@acme.com",
    "emailStatus": "VerifiedLikely",
    "phone": "+16035550101",
    "seniority": "Executive",
    "function": "Sales",
    "companyId": "MergedCompany-1",
    "companyDomain": "acme.com",
    "companyIndustry": "Software",
    "linkedinUrl": "https://www.linkedin.com/in/jane-doe",
    "location": {"city": "Boston", "state": "Massachusetts", "country": "United States"},
}


@pytest.mark.parametrize("written", [csv_bytes, excel_bytes])
@pytest.mark.parametrize(("prefix", "headings"), [("", {}), ("leadiq_", {}), ("", HEADINGS)])
def test_our_own_exports_are_read_without_loss(written, prefix: str, headings: dict) -> None:
    frame = pd.DataFrame([EXPORTED]).add_prefix(prefix)
    assert rows_of(written(frame, headings=headings)).inputs == [REIMPORTED]


# Without letters that a mistaken encoding leaves.
LETTERS = st.text(
    st.characters(categories=["Lu", "Ll", "Lo"], exclude_characters="ÂÃÄÅÐÑØÙàáâãäåæç"),
    min_size=2,
    max_size=8,
)
SIGNS = st.text(st.sampled_from('aB9é東 =+-@;,|"\t\n(&'), min_size=1, max_size=12).filter(
    lambda text: not text.strip().startswith('="')  # a formula, in a workbook
)


@given(
    people=st.lists(st.tuples(LETTERS, LETTERS, SIGNS, SIGNS), min_size=1, max_size=4),
    written=st.sampled_from(
        [excel_bytes, *(partial(csv_bytes, delimiter=one) for one in (",", ";", "\t", "|"))]
    ),
)
def test_any_people_that_we_export_are_the_same_when_read(people: list, written) -> None:
    names = ["first_name", "last_name", "title", "notes"]
    frame = pd.DataFrame(people, columns=names, dtype=object)
    frame["work_email"] = [f"p{number}@acme.com" for number in range(len(people))]
    table = read_table(written(frame, headings=HEADINGS))
    columns = find_columns(table).by_field
    fields = ("firstName", "lastName", "title", "notes")
    read = [cells_of(table, index, columns) for index in range(len(table.rows))]
    assert [[values.get(field, ("",))[0] for field in fields] for values in read] == [
        [cell.strip() for cell in person] for person in people
    ]


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("c02_linkedin_connections_for_a_list.csv",
         {"linkedinUrl": "https://www.linkedin.com/in/jane-doe", "company": "Acme",
          "title": "Head of Sales"}),
        ("c04_own_list_export.csv",
         {"personId": "PersonID-1", "title": "Head of Sales", "seniority": "Director",
          "function": "Sales", "workEmail": "jane@acme.com", "emailStatus": "Verified",
          "phone": "+16035550101", "linkedinUrl": "https://www.linkedin.com/in/jane-doe",
          "company": "Acme", "companyDomain": "acme.com", "companyIndustry": "Software",
          "location": {"city": "Boston", "state": "Massachusetts", "country": "United States"},
          "notes": "met at fair"}),
        ("c06_full_name_only_for_a_list.csv",
         {"workEmail": "jane@acme.com", "title": "Head of Sales", "company": "Acme"}),
        ("c07_bulk_output_for_a_list.csv",
         {"personId": "PersonID-1", "title": "Head of Sales", "workEmail": "jane@acme.com",
          "emailStatus": "Verified", "phone": "+16035550101", "companyDomain": "acme.com",
          "company": "Acme", "linkedinUrl": "https://www.linkedin.com/in/jane-doe"}),
    ],
)  # fmt: skip
def test_small_inputs(name: str, body: dict) -> None:
    rows = rows_of((CASES / "inputs" / name).read_bytes())
    assert rows.inputs == [JANE | body]
    assert rows.rejected == []


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
def test_hostile_names_are_kept_as_they_are() -> None:
    table = read_table((CASES / "files" / "j01_list_hostile_names.csv").read_bytes())
    rows = rows_of((CASES / "files" / "j01_list_hostile_names.csv").read_bytes())
    for line, body in zip(table.rows, rows.inputs, strict=True):
        first, last, _, title, company, phone, _, notes = line
        assert (body["firstName"], body["lastName"], body["title"]) == (first, last, title)
        assert (body["company"], body["phone"], body["notes"]) == (company, phone, notes)
