""" "Filter these rows" on Advanced search: what is found of what the table shows."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.driver import Answer, account_state, button, change_answers


@pytest.fixture
def found(account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Three people: one is changed so that each thing to look for is hers alone."""

    def with_one_known(body: Any, answer: Answer) -> Any:
        answered = answer(body)
        found = (answered.get("data") or {}).get("flatAdvancedSearch") or {}
        for person in (found.get("people") or [])[:1]:
            person |= {
                "name": "Zoë Østergård-Núñez",
                "title": "Head of R&D",
                "seniority": "SeniorIndividualContributor",
                "city": "São Paulo",
            }
            person["company"] = {**person["company"], "employeeCount": 123_456}
        return answered

    change_answers(monkeypatch, account, with_one_known)
    app = open_page("advanced_search")
    for key, value in {"limit": 3, "company_information": True}.items():
        app.session_state[key] = value
    app = app.run()
    app.multiselect(key="roles").set_value(["Sales"])
    return button(app, "Search").click().run()


def names(app: AppTest) -> list[str]:
    return app.dataframe[-1].value["name"].tolist()


@pytest.mark.parametrize(
    "words",
    [
        "zoe ostergard",
        "ØSTERGÅRD zoë",  # in any order
        "núñez r&d",
        "  Nunez ",
        "senior individual",  # as the table shows the API's SeniorIndividualContributor
        "sao paulo østergård",
        "123,456",
        "123456",
    ],
)
def test_a_row_is_found_by_what_it_shows(found: AppTest, words: str) -> None:
    app = found.text_input(key="find").input(words).run()
    assert names(app) == ["Zoë Østergård-Núñez"]
    assert [box.label for box in app.checkbox if box.label.startswith("All ")] == ["All 1"]
    assert "CSV · 1 row" in [one.label for one in app.get("download_button")]


def test_words_in_different_rows_find_nobody_and_the_text_alone_is_cleared(found: AppTest) -> None:
    whole = names(found)
    found.session_state["narrow"] = ["Seniority: Senior individual contributor"]
    app = found.text_input(key="find").input("zoë nowhere*").run()
    assert "No row contains “zoë nowhere\\*”." in text_of(app)
    assert "chart filters." not in text_of(app)
    app = button(app, "Show all rows").click().run()
    assert names(app) == ["Zoë Østergård-Núñez"]
    assert len(whole) == 3


def test_an_id_that_no_table_shows_finds_nobody(found: AppTest) -> None:
    person = account_state(found).advanced.results.people["person_id"].iloc[0]
    app = found.text_input(key="find").input(person).run()
    assert "No row contains" in text_of(app)


def test_what_was_bought_is_found(found: AppTest) -> None:
    app = next(box for box in found.checkbox if box.label == "All 3").check().run()
    app = button(app, "Get emails").click().run()
    bought = app.dataframe[-1].value.set_index("name")["work_email"]
    name, address = next(item for item in bought.items() if "@" in item[1])
    app = app.text_input(key="find").input(address.upper()).run()
    assert names(app) == [name]


def test_company_data_that_was_bought_is_found(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.session_state["limit"] = 2
    app = app.run()
    app.multiselect(key="roles").set_value(["Sales"])
    app = button(app, "Search").click().run()
    app = next(box for box in app.checkbox if box.label == "All 2").check().run()
    app = button(app, "Get company data").click().run()
    shown = app.dataframe[-1].value.set_index("name")["industry"]
    assert shown.nunique() == 2
    for name, industry in shown.items():
        app = app.text_input(key="find").input(industry.upper()).run()
        assert names(app) == [name]
