"""Values of the API's JSON, whatever its shape."""

from typing import Any

import pandas as pd
import pytest

from dashboard.tables.api_json import (
    emails_of,
    number_at,
    phones_of,
    rows_at,
    text_at,
    texts_at,
    time_at,
    value_at,
)
from leadiq_api.credits import records_of
from tests.dashboard.sample_contacts import PERSON

ODD = {"a": {"b": [1, "x", {"c": 2}, None]}, "n": 0, "t": " ", "yes": True}


def test_what_has_another_shape_is_missing() -> None:
    assert value_at(ODD, "a.b.c") is None
    assert value_at(None, "a") is None
    assert (text_at(ODD, "n"), text_at(ODD, "t"), text_at(ODD, "a")) == ("0", None, None)
    assert (number_at(ODD, "n"), number_at(ODD, "yes"), number_at(ODD, "t")) == (0.0, None, None)
    assert (rows_at(ODD, "a.b"), rows_at(ODD, "a")) == ([{"c": 2}], [])
    assert (texts_at(ODD, "a.b"), texts_at(ODD, "t")) == (["x"], [])


def test_unusable_contact_data_is_left_out() -> None:
    assert [row["value"] for row in emails_of(PERSON)] == ["ada@engine.example", "a@b.example"]
    assert [row["value"] for row in phones_of(PERSON)] == ["+44 77", "+44 20"]


def test_times_in_both_notations() -> None:
    expected = pd.Timestamp("2025-01-15T12:34:56Z")
    for written in ("2025-01-15T12:34:56Z", 1736944496000, "1736944496000"):
        assert time_at({"at": written}, "at") == expected
    for odd in (None, True, "soon", {}, [], 10**40, ""):
        assert time_at({"at": odd}, "at") is None


@pytest.mark.parametrize("status", [None, [], {}, ["Invalid"], 5, "New"])
def test_contact_data_of_a_unknown_status_is_usable(status: Any) -> None:
    row = {"value": "a@b.example", "status": status}
    person = {"id": "p", "currentPositions": [{"emails": [row], "phones": [row]}]}
    assert (emails_of(person), phones_of(person)) == ([row], [row])
    # The same, where what was paid is written into the ledger.
    (record,) = records_of("searchPeople", {"results": [person]}, ("email", "phone"))
    assert (record.email, record.phone) == (True, True)


@pytest.mark.parametrize(
    "value",
    [10**400, -(10**5_000), float("inf"), float("nan")],
    ids=["e400", "e5000", "inf", "nan"],
)
def test_a_number_that_is_no_finite_float_is_missing(value: float) -> None:
    assert number_at({"a": value}, "a") is None
    assert text_at({"a": value}, "a") is None
    assert time_at({"a": value}, "a") is None
    assert number_at({"a": 10**308}, "a") == 1e308
    assert text_at({"a": 10**18}, "a") == "1" + "0" * 18


@pytest.mark.parametrize("text", ["9" * 5_000, "--5", "-", "²", "٣", "1" * 15, "1e400"])
def test_text_that_is_no_time_is_missing(text: str) -> None:
    assert time_at({"a": text}, "a") is None
    assert time_at({"a": "-1000"}, "a") == pd.Timestamp("1969-12-31T23:59:59Z")
