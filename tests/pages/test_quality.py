"""People search pays only for what is good enough."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button

ONLY = "verified work emails"
FIELDS = {"workEmailStatusIn": ["Verified", "VerifiedLikely"]}


@pytest.fixture
def sent(account: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The ``SearchPeopleInput`` of each lookup that the server gets from now on."""
    inputs: list[dict[str, Any]] = []
    accept = account.graphql.answer

    def answer(body: dict[str, Any], **options: Any) -> Any:
        if "searchPeople(" in body["query"]:
            inputs.extend((body.get("variables") or {}).values())
        return accept(body, **options)

    monkeypatch.setattr(account.graphql, "answer", answer)
    return inputs


def unverified(account: Sandbox) -> int:
    """Somebody with a work email that nobody has verified."""
    world = account.world
    return next(
        i
        for i in range(world.people)
        if world.work_email[i] == 3 and not world.personal_email[i] and not world.oddity[i]
    )


@pytest.fixture
def people(account: Sandbox, open_page: Open) -> AppTest:
    app = open_page("people_search")
    app.session_state["people_points"] = ["email"]
    return app.run()


def look_up(app: AppTest, address: str, press: str = "Search") -> AppTest:
    app.text_input(key="people_identifier").input(address)
    return button(app, press).click().run()


def test_nothing_is_asked_for_that_was_not_chosen(
    account: Sandbox, people: AppTest, sent: list[dict[str, Any]]
) -> None:
    address = account.world.work_address(unverified(account))
    look_up(people, address)
    assert sent == [{"email": address, "limit": 1}]
    assert account.store.used == 1


def test_a_verified_work_email_or_nothing(
    account: Sandbox, people: AppTest, open_page: Open, sent: list[dict[str, Any]]
) -> None:
    address = account.world.work_address(unverified(account))
    people.checkbox(key="people_verified_emails").check()
    people.number_input(key="people_min_confidence").set_value(80)
    app = look_up(people.run(), address)
    assert sent == [{"email": address, "limit": 1, "minConfidence": 80, **FIELDS}]
    assert account.store.used == 0
    assert f"({ONLY}, match confidence of at least 80). Loosen them under Options." in text_of(app)
    app = open_page("usage")
    (ledger,) = [one.value for one in app.dataframe if "outcome" in one.value]
    assert ledger["quality"].tolist() == [f"{ONLY}, match confidence of at least 80"]


def test_what_does_not_concern_the_data_points_is_not_sent(
    account: Sandbox, people: AppTest, sent: list[dict[str, Any]]
) -> None:
    people.session_state["people_points"] = ["email", "phone"]
    people.run()
    people.checkbox(key="people_verified_emails").check()
    people.checkbox(key="people_better_phones").check().run()
    people.session_state["people_points"] = ["phone"]
    app = people.run()
    assert app.checkbox(key="people_verified_emails").disabled
    assert not app.checkbox(key="people_better_phones").disabled
    address = account.world.work_address(unverified(account))
    look_up(app, address)
    quality = {"qualityFilter": {"phone": "HigherQualityPhones"}}
    assert sent == [{"email": address, "limit": 1, **quality}]


def test_the_person_of_a_preview_is_bought_as_chosen(
    account: Sandbox, people: AppTest, sent: list[dict[str, Any]]
) -> None:
    people.checkbox(key="people_verified_emails").check()
    i = unverified(account)
    app = look_up(people.run(), account.world.work_address(i), press="Preview")
    button(app, "Get ").click().run()
    assert sent == [{"id": account.world.person_ids[i], "limit": 1, **FIELDS}]
    assert account.store.used == 0


def test_another_choice_removes_the_preview(account: Sandbox, people: AppTest) -> None:
    app = look_up(people, account.world.work_address(unverified(account)), press="Preview")
    assert [one for one in app.button if one.label.startswith("Get ")]
    app = app.checkbox(key="people_verified_emails").check().run()
    assert not [one for one in app.button if one.label.startswith("Get ")]
