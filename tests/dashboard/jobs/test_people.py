"""Whom each row of a file is about, which column says so, and which rows are the same person."""

import pytest

from dashboard.identity.person import read_person
from dashboard.jobs.model import RowState
from dashboard.jobs.people import read_rows
from dashboard.tables.fields import find_columns, values_of
from dashboard.tables.spreadsheet import read_table
from tests.conftest import CASES

PROFILES = "https://www.linkedin.com/"


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
    columns = find_columns(table).by_field
    assert columns == {
        "email": (0,),
        "firstName": (1,),
        "lastName": (2,),
        "company.name": (3,),
        "linkedinUrl": (4,),
    }
    rows = read_rows(table, columns)
    assert [row.state for row in rows] == [
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.WAITING,
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.UNIDENTIFIED,
    ]
    assert rows[1].problem == "The same person as in row 2."
    assert rows[4].input == {"same_as": 3}
    assert [row.cells[-1] for row in rows] == ["17", "18", "19", "20", "21", "22"]


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
    rows = read_rows(table, find_columns(table).by_field)
    assert [row.state for row in rows] == [
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.DUPLICATE,
        RowState.DUPLICATE,
        RowState.WAITING,
        RowState.WAITING,
        RowState.WAITING,
    ]
    assert {row.input["same_as"] for row in rows if row.state == RowState.DUPLICATE} == {0}


def rows_of(content: str) -> list[tuple[str, list[dict]]]:
    """The state of each row, and the ways in which it is looked up."""
    table = read_table(content.encode())
    rows = read_rows(table, find_columns(table).by_field)
    return [(str(row.state), [dict(row.input), *map(dict, row.alternatives)]) for row in rows]


def test_every_identifier_of_a_row_is_a_way_to_look_it_up() -> None:
    (row,) = rows_of(
        "LinkedIn,Email,First Name,Last Name,Company,Website\n"
        "linkedin.com/in/jane,jane@gmail.com; jane.doe@acme.com,Jane,Doe,Acme GmbH,acme.com\n"
    )
    name = {"firstName": "Jane", "lastName": "Doe"}
    assert row == (
        RowState.WAITING,
        [
            {"linkedinUrl": "https://www.linkedin.com/in/jane"},
            {"email": "jane.doe@acme.com"},
            {"email": "jane@gmail.com"},
            {**name, "company": {"name": "Acme", "domain": "acme.com"}},
            {**name, "company": {"name": "Acme"}},
        ],
    )


def test_rows_are_one_person_only_if_their_names_do_not_contradict() -> None:
    rows = rows_of(
        "Name,Email,Company\n"
        "Jane Doe,jane.doe@acme.com,Acme\n"
        "J. Doe,jane.doe@acme.com,Acme\n"
        "Bob Brown,jane.doe@acme.com,Acme\n"  # an assistant, or a row that was shifted
    )
    assert [state for state, _ in rows] == [
        RowState.WAITING,
        RowState.DUPLICATE,
        RowState.WAITING,
    ]
    assert rows[0][1][0] == {"email": "jane.doe@acme.com"}
    assert rows[2][1] == [{"fullName": "Bob Brown", "company": {"name": "Acme"}}]


def test_an_address_of_somebody_else_is_not_used() -> None:
    (row,) = rows_of("Name,Company,Email\nJane Doe,Acme,yara.torres.18712@acme.com\n")
    assert row[1] == [{"fullName": "Jane Doe", "company": {"name": "Acme"}}]
    for address in ("jdoe@acme.com", "j.d@acme.com", "hello-world@acme.com", "j.doe@acme.com"):
        (row,) = rows_of(f"Name,Company,Email\nJane Doe,Acme,{address}\n")
        assert ({"email": address} in row[1]) is (address != "hello-world@acme.com")
    (row,) = rows_of("氏名,会社名,メール\n山田太郎,Acme,taro.yamada@acme.com\n")
    assert row[1][0] == {"email": "taro.yamada@acme.com"}


def test_what_another_row_says_of_somebody_else_is_no_way_to_this_one() -> None:
    rows = rows_of(
        "LinkedIn,Email\n"
        "linkedin.com/in/jane,team.lead@acme.com\n"
        "linkedin.com/in/joe,team.lead@acme.com\n"
    )
    assert rows[1] == (RowState.WAITING, [{"linkedinUrl": "https://www.linkedin.com/in/joe"}])


def test_row_numbers_are_the_spreadsheets_own() -> None:
    table = read_table(b'Email,Notes\njane@acme.com,"two\nlines"\n\njane@acme.com,again\n')
    rows = read_rows(table, find_columns(table).by_field)
    assert rows[1].problem == "The same person as in row 2."
    assert table.lines == (2, 4)


# The right answers of small inputs ----------------------------------------------------------------

ACME = {"name": "Acme"}
NAMED = {"fullName": "Jane Doe", "company": ACME}
JANE = {"linkedinUrl": "https://www.linkedin.com/in/jane-doe"}

INPUTS = {
    "a01_linkedin_as_formula_or_markup.csv": [JANE],
    "a02_linkedin_url_variants.csv": [
        JANE,
        {"linkedinUrl": "https://www.linkedin.com/in/jörg-müller"},
        {"linkedinUrl": "https://www.linkedin.com/in/ACwAAAbCdEf"},
    ],
    "a05_role_mailboxes.csv": [
        {"firstName": first, "lastName": last, "company": ACME}
        for first, last in (("Ann", "Ames"), ("Bob", "Brown"), ("Cy", "Cole"))
    ],
    "a06_free_mail_and_social_domains.csv": [
        {"firstName": first, "lastName": last, "company": {"name": company}}
        for first, last, company in (
            ("Ann", "Ames", "Ames Bakery"),
            ("Bob", "Brown", "Brown Consulting"),
            ("Cy", "Cole", "Cole"),
            ("Dee", "Day", "Day"),
            ("Eve", "East", "East"),
            ("Fay", "Fox", "Fox"),
        )
    ],
    "a08_phone_only_and_hashed.csv": [
        {"phone": "+16035550101", "fullName": "Ann Ames"},
        {"phone": "+491715550102"},
        {"hashedEmail": "2c6ee24b09816a6f14f95d1698b24ead5f8c2c4d8f3d4b1c2f7a9b3c4d5e6f70"},
    ],
    "a09_names.csv": [
        {"fullName": name, "company": ACME}
        for name in ("Jane Doe", "Ludwig van der Berg", "María José García López")
    ],
    "a12_free_mail_as_domain.csv": [
        {"firstName": "Ann", "lastName": "Ames", "company": {"domain": "ames.example"}}
    ],
    "a13_names_without_a_space.csv": [
        {"fullName": "山田太郎", "company": {"name": "アクメ"}},
        {"fullName": "山田 太郎", "company": {"name": "アクメ"}},
        {"fullName": "王小明", "company": ACME},
        {"fullName": "김민수", "company": ACME},
    ],
    "b01_linkedin_connections_preamble.csv": [
        JANE,
        {"linkedinUrl": "https://www.linkedin.com/in/ann-ames"},
    ],
    "b02_report_title_and_footer.csv": [{"email": "jane@acme.com"}, {"email": "ann@ames.example"}],
    "b03_header_with_wrong_bom.csv": [{"email": "zoe@acme.com"}],
    "b05_name_is_the_account.csv": [
        NAMED,
        {"fullName": "Ann Ames", "company": {"name": "Ames Bakery"}},
    ],
    "b06_header_below_an_example_row.csv": [{"email": "jane@acme.com"}],
    "b08_spreadsheet_errors_as_values.csv": [],
    "b10_headers_da.csv": [{"firstName": "Bo", "lastName": "Berg", "company": ACME}],
    "b10_headers_it.csv": [
        {
            "firstName": "Mario",
            "lastName": "Rossi",
            "company": {"name": "Acme", "domain": "acme.com"},
        }
    ],
    "b10_headers_pt.csv": [{"firstName": "João", "lastName": "Silva", "company": ACME}],
    "b10_headers_sv.csv": [{"firstName": "Åsa", "lastName": "Öst", "company": ACME}],
    "b10_headers_tr.csv": [{"firstName": "Ayşe", "lastName": "Yılmaz", "company": ACME}],
    "b10_headers_zh.csv": [{"fullName": "王小明", "company": ACME}],
    "c02_linkedin_connections_for_a_list.csv": [JANE],
    "c04_own_list_export.csv": [{"id": "PersonID-1"}],
    "c05_row_numbers_after_a_cell_of_two_lines.csv": [
        {"email": "jane@acme.com"},
        {"email": "ann@ames.example"},
    ],
    "c06_full_name_only_for_a_list.csv": [{"email": "jane@acme.com"}],
    "c07_bulk_output_for_a_list.csv": [{"id": "PersonID-1"}],
}


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
@pytest.mark.parametrize("name", INPUTS)
def test_small_inputs(name: str) -> None:
    table = read_table((CASES / "inputs" / name).read_bytes())
    rows = read_rows(table, find_columns(table).by_field)
    sent = [dict(row.input) for row in rows if row.state == RowState.WAITING]
    assert sent == INPUTS[name]


def test_what_an_earlier_job_doubted_does_not_say_whom_a_row_names() -> None:
    """Of a job's results, read again: by the id of a stranger, the stranger's name is no doubt."""
    table = read_table(
        b"Name,Email,leadiq_match,leadiq_person_id,leadiq_name,leadiq_work_email\n"
        b'Jane Doe,jane@acme.com,"check: another name, Gus Gray",PersonID-1,Gus Gray,gus@beta.com\n'
        b"Ann Ames,ann@ames.com,exact,PersonID-2,Ann Ames,ann@ames.com\n"
    )
    columns = find_columns(table).by_field
    doubtful, exact = read_rows(table, columns)
    assert (doubtful.input, doubtful.alternatives) == ({"email": "jane@acme.com"}, ())
    assert exact.input == {"id": "PersonID-2"}
    assert read_person(values_of(doubtful.cells, columns)).name.full == "Jane Doe"


def test_a_column_that_tells_of_a_connection_is_nobodys_profile() -> None:
    for words in (("Connected", "Pending", "Connected"), ("Anna", "Ben", "Anna"), ("1st",) * 3):
        lines = (f"{name}@acme.com,{word}" for name, word in zip("jkl", words, strict=True))
        rows = rows_of("Email,LinkedIn\n" + "\n".join(lines))
        assert rows == [(RowState.WAITING, [{"email": f"{name}@acme.com"}]) for name in "jkl"]
    rows = rows_of("Email,LinkedIn\nj@acme.com,Pending\nk@acme.com,linkedin.com/in/kay\n")
    assert [len(inputs) for _, inputs in rows] == [1, 2]
    for profiles in (("janedoe", "johnroe"), ("jane-doe", "jane-doe"), ("in/jane", "in/jane")):
        lines = (f"{name}@acme.com,{one}" for name, one in zip("jk", profiles, strict=True))
        rows = rows_of("Email,LinkedIn\n" + "\n".join(lines))
        assert rows[0][1][0] == {
            "linkedinUrl": f"{PROFILES}in/{profiles[0].removeprefix('in/')}",
        }


def test_texts_in_formulas_are_those_texts() -> None:
    (row,) = rows_of('Name,Company,Phone\n="Jane Doe",="Acme",="0151 234567"\n')
    assert row[1] == [{"fullName": "Jane Doe", "company": {"name": "Acme"}}]


def test_of_several_addresses_the_one_like_the_name_is_looked_up_first() -> None:
    (row,) = rows_of(
        'Name,Company,Email\nJohn Doe,Acme,"jane@acme.com; doe@acme.com; jd@gmail.com"\n'
    )
    assert [one["email"] for one in row[1][:3]] == ["doe@acme.com", "jane@acme.com", "jd@gmail.com"]
    (row,) = rows_of(
        'Name,Company,Email\nJohn Doe,Acme,"jo@acme.com; jd@acme.com; doe@gmail.com"\n'
    )
    assert [one["email"] for one in row[1][:3]] == ["jo@acme.com", "jd@acme.com", "doe@gmail.com"]
