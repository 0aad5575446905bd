"""Which row names the columns, and which rows are no data."""

import pytest

from dashboard.tables.file_rows import FileRow
from dashboard.tables.header import RowsBelowHeader, SkipReason, find_header


def rows(*lines: str) -> list[FileRow]:
    return [FileRow(number, line.split(",")) for number, line in enumerate(lines, 1)]


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["First Name,Last Name", "Jane,Doe"], 0),
        (["Leads Q3,,", "Created 2026,,", "Name,Company,Stand", "Jane Doe,Acme,B1"], 2),
        (["Company:,Acme", "Name,Email,Company", "Jane,jane@acme.com,Acme"], 1),
        (["Public Profile", "https://www.linkedin.com/in/jane"], 0),
        (["My list", "Email", "jane@acme.com"], 1),
        (["Bezeichner,Wert", "Jane,x"], 0),  # unknown names, and nothing that is data
        (["Export", "Bezeichner,Wert", "Jane,x", "Ann,y"], 1),
        (["jane@acme.com,Jane", "ann@ames.com,Ann"], None),
        (["Jane,Doe,Acme Inc", "Ann,Ames,Ames LLC"], None),
        (["Nina,Iyer,", "Ann,Ames,ann@ames.com"], None),
        (["Jane,Doe,EMEA", "Ann,Ames,EMEA"], None),
    ],
)
def test_the_row_that_names_the_columns(lines: list[str], header: int | None) -> None:
    assert find_header(rows(*lines)) == header


def test_a_header_is_looked_for_in_the_first_twenty_rows() -> None:
    above = [f"line {number}" for number in range(19)]
    table = ["Name,Company", "Jane Doe,Acme"]
    assert find_header(rows(*above, *table)) == 19
    assert find_header(rows("line", *above, *table)) != 20


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Name,Company,Deals", SkipReason.HEADER_AGAIN),
        ("(required),e.g. Acme,", SkipReason.EXAMPLE),
        ("Total,6 companies,12", SkipReason.TOTAL),
        ("Grand Totals (2 records),,", SkipReason.TOTAL),
        ("Summe,,12", SkipReason.TOTAL),
        ("合計,,3", SkipReason.TOTAL),
        ("Account Name: Acme (3 records),,", SkipReason.TOTAL),
        ("Confidential Information - Do Not Distribute,,", SkipReason.FOOTER),
        ("Copyright (c) 2000-2026 salesforce.com,,", SkipReason.FOOTER),
        ("Subtotal,Count,2", SkipReason.TOTAL),
        ("2 records,,", SkipReason.TOTAL),
        ("1.234 contacts,,", SkipReason.TOTAL),
        ("---,---,---", SkipReason.LINE),
        ("===,,", SkipReason.LINE),
        ("-,-,x", None),
        ("Total,Jane Doe,x", None),  # a company of that name
        ("Suma Rao,Acme,2", None),
        ("Jane Doe,Acme,2", None),
        ("Jane Doe,,", None),
        ("Total,jane@total.com,1", None),
    ],
)
def test_rows_that_are_no_data(line: str, reason: SkipReason | None) -> None:
    below = RowsBelowHeader(["Name", "Company", "Deals"])
    assert below.skip_reason(line.split(",")) == reason
