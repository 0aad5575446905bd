"""Enriching selected people: whose data it is, and what the page says of it."""

from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.driver import Answer, button, change_answers

NAMESAKE = "Maya Kim"


@pytest.fixture
def namesakes(account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Two people of one name, found and ticked."""

    def named_alike(body: Any, answer: Answer) -> Any:
        answered = answer(body)
        found = (answered.get("data") or {}).get("flatAdvancedSearch") or {}
        for person in found.get("people") or []:
            person["name"] = NAMESAKE
        return answered

    change_answers(monkeypatch, account, named_alike)
    app = open_page("advanced_search")
    app.session_state["limit"] = 2
    app = app.run()
    app.multiselect(key="roles").set_value(["Sales"])
    app = button(app, "Search").click().run()
    return next(box for box in app.checkbox if box.label == "All 2").check().run()


def fail_for(person_id: str, body: Any, answer: Answer) -> Any:
    if person_id in str(body["variables"]):
        return {"data": None, "errors": [{"message": "Broken"}]}
    return answer(body)


def test_an_email_is_never_shown_at_a_namesake(
    account: Sandbox, namesakes: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = namesakes.dataframe[-1].value["person_id"].tolist()
    change_answers(monkeypatch, account, partial(fail_for, ids[1]))
    app = button(namesakes, "Get emails").click().run()
    assert not app.exception
    emails = app.dataframe[-1].value.set_index("person_id")["work_email"]
    assert "@" in emails[ids[0]]
    assert emails.isna()[ids[1]]
    assert f"**{NAMESAKE}**" in text_of(app)
    assert button(app, "Get emails for 1")


def test_the_error_of_one_namesake_outlives_the_answer_of_the_other(
    account: Sandbox, namesakes: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = namesakes.dataframe[-1].value["person_id"].tolist()
    change_answers(monkeypatch, account, partial(fail_for, ids[0]))
    app = button(namesakes, "Get emails").click().run()
    assert len(app.error) == 1


def test_a_personal_email_is_counted_as_found(
    account: Sandbox, namesakes: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    personal = {"value": "maya@mail.example", "type": "PersonalEmail", "status": "Verified"}

    def with_a_personal_email_alone(body: Any, answer: Answer) -> Any:
        answered = answer(body)
        for person in ((answered.get("data") or {}).get("searchPeople") or {}).get("results") or []:
            person["personalEmails"] = [personal]
            for position in person["currentPositions"]:
                position["emails"] = []
        return answered

    change_answers(monkeypatch, account, with_a_personal_email_alone)
    app = button(namesakes, "Get emails").click().run()
    assert "Found 2 emails for 2 people" in text_of(app)


def test_a_failure_is_not_none_found(
    account: Sandbox, namesakes: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_beside_nothing(body: Any, answer: Answer) -> Any:
        if "searchPeople" in body["query"]:
            empty = {"totalResults": None, "hasMore": None, "results": None}
            error = {"message": "Broken", "path": ["searchPeople", "results"]}
            return {"data": {"searchPeople": empty}, "errors": [error]}
        return answer(body)

    change_answers(monkeypatch, account, fail_beside_nothing)
    app = button(namesakes, "Get emails").click().run()
    assert app.error
    assert "none found" not in app.dataframe[-1].value.to_csv()
    assert button(app, "Get emails · up to 2 UC")


def test_a_person_whom_leadiq_does_not_return_ends_nothing(
    account: Sandbox, namesakes: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = namesakes.dataframe[-1].value["person_id"].tolist()

    def without_the_first(body: Any, answer: Answer) -> Any:
        if ids[0] in str(body["variables"]):
            return {"data": {"searchPeople": {"totalResults": 0, "hasMore": False, "results": []}}}
        return answer(body)

    change_answers(monkeypatch, account, without_the_first)
    app = button(namesakes, "Get emails").click().run()
    assert not app.exception
    emails = app.dataframe[-1].value.set_index("person_id")["work_email"]
    assert emails[ids[0]] == "none found"
    assert "@" in emails[ids[1]]
    assert "Found 1 email for 2 people" in text_of(app)


def test_a_part_that_failed_is_not_none_found(
    account: Sandbox, namesakes: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_emails(body: Any, answer: Answer) -> Any:
        answered = answer(body)
        for person in ((answered.get("data") or {}).get("searchPeople") or {}).get("results") or []:
            person["personalEmails"] = None
            for position in person["currentPositions"]:
                position["emails"] = None
            path = ["searchPeople", "results", 0, "personalEmails"]
            answered["errors"] = [{"message": "Broken", "path": path}]
        return answered

    change_answers(monkeypatch, account, without_emails)
    app = button(namesakes, "Get emails").click().run()
    assert app.error
    assert "none found" not in app.dataframe[-1].value.to_csv()
    assert not [one for one in app.button if one.label == "Get emails · done"]
