"""Numbers of thousands of digits in an address break no page, and are not sent."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.search.filter_fields import KEYS
from leadiq_sandbox import Sandbox
from tests.pages.conftest import new_session

NUMBERS = (
    "9" * 5_000,
    "-" + "9" * 5_000,
    "9" * 400 + ".5",
    "1e400",
    "nan",
    "٣" * 30,
    "9" * 5_000 + "b",
)


def opened(page: str, query: dict[str, str]) -> AppTest:
    app = new_session(page)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:8])
def test_huge_numbers_in_an_address_break_no_page(account: Sandbox, number: str) -> None:
    app = opened("advanced_search", dict.fromkeys(KEYS, number))
    assert not app.exception, app.exception[0].message
    app = opened("usage", {"days": number, "split": number})
    assert not app.exception, app.exception[0].message
    boxes = ("people_limit", "people_min_confidence", "people_points", "people_identifier")
    app = opened("people_search", dict.fromkeys(boxes, number))
    assert not app.exception, app.exception[0].message
