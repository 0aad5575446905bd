"""Verifying the addresses of a file: its rows, its price and its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.identity.email import first_address
from dashboard.identity.person import EMAIL_FIELDS
from dashboard.jobs.model import Row, RowKind, RowState
from dashboard.ledger.payments import Payments
from dashboard.tables.api_json import Json, text_at
from dashboard.tables.fields import cells_of
from dashboard.tables.spreadsheet import Table
from leadiq_api.credits import Estimate, total


def read_addresses(table: Table, columns: Mapping[str, Sequence[int]]) -> list[Row]:
    """Returns a job's rows: the first address of each, which is verified once whatever its case.

    ``columns`` are by field. A duplicate refers to the first row of its address.
    """
    first_of: dict[str, int] = {}
    rows = []
    for index, cells in enumerate(table.rows):
        values = cells_of(table, index, columns)
        texts = (text for field in EMAIL_FIELDS for text in values.get(field, ()))
        address = next(filter(None, map(first_address, texts)), "")
        first = first_of.setdefault(address, index)
        state, problem = RowState.WAITING, ""
        input: Json = {"email": address}
        if not address:
            state, input, problem = RowState.UNIDENTIFIED, {}, "This row has no email address."
        elif first != index:
            problem = f"The same address as in row {table.lines[first]:,}."
            state, input = RowState.DUPLICATE, {"same_as": first}
        identity = f"verify:{address}" if address else ""
        rows.append(Row(index, RowKind.PERSON, state, identity, input, cells, problem=problem))
    return rows


def price_of_addresses(payments: Payments, number: int) -> Estimate:
    """Returns the price of verifying so many addresses."""
    return total([payments.price("verifyEmail", {})] * number)


def address_columns(answers: Sequence[Json]) -> pd.DataFrame:
    """Returns what a verification adds to its rows: the status of each address."""
    return pd.DataFrame({"email_status": [text_at(answer, "status") or "" for answer in answers]})
