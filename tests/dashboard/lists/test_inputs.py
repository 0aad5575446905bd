"""What becomes a prospect -> the API's input, or the problem to fix."""

import pytest

from dashboard.lists.inputs import prospect_input


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ({"firstName": "A"}, "first and a last name"),
        ({"firstName": "A", "lastName": "B", "workEmail": "x"}, "whole email address"),
        ({"firstName": "A", "lastName": "B", "linkedinUrl": "x"}, "whole LinkedIn address"),
        ({"firstName": "A", "lastName": "B", "notes": "x" * 5001}, "they have 5,001"),
    ],
)
def test_a_prospect_that_does_not_fit(entered: dict, expected: str) -> None:
    _, problem = prospect_input(entered)
    assert problem is not None
    assert expected in problem


def test_a_prospect_that_fits() -> None:
    entered = {"firstName": " A", "lastName": "B ", "workEmail": "", "notes": "n"}
    expected = {"firstName": "A", "lastName": "B", "notes": "n"}
    assert prospect_input(entered) == (expected, None)
