"""Data without any rows beside an error is a failure: it does not say that there is no match."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from leadiq_sandbox import Sandbox
from tests.pages.conftest import new_session, text_of
from tests.pages.driver import Answer, button, change_answers


def person(app: AppTest) -> AppTest:
    return app.text_input(key="people_identifier").input("jane.doe@northlabs.example").run()


def company(app: AppTest) -> AppTest:
    return app.text_area(key="companies").input("northlabs.example").run()


def filters(app: AppTest) -> AppTest:
    app.multiselect(key="roles").set_value(["Sales"])
    return app


@pytest.mark.parametrize(
    ("page", "fill", "operation", "rows"),
    [
        ("people_search", person, "searchPeople", "results"),
        ("company_search", company, "searchCompany", "results"),
        ("advanced_search", filters, "flatAdvancedSearch", "people"),
    ],
)
def test_a_failure_beside_no_rows_is_no_empty_result(
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    fill: Callable[[AppTest], AppTest],
    operation: str,
    rows: str,
) -> None:
    def fail(body: Any, answer: Answer) -> Any:
        if operation not in body["query"]:
            return answer(body)
        error = {"message": "Broken", "path": [operation, rows]}
        return {"data": {operation: {rows: None}}, "errors": [error]}

    change_answers(monkeypatch, account, fail)
    app = button(fill(new_session(page).run()), "Search").click().run()
    assert not app.exception
    assert app.error
    for shown in (app, fill(new_session(page).run()).run()):  # another session has no error
        assert "No match" not in text_of(shown)
        assert "No one was found" not in text_of(shown)
