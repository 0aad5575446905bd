"""A free preview, and a job's free check, hold only for what they were asked for."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.formatting import escape_markdown
from dashboard.ledger.budgets import Budget
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import account_state, button, copyable, somebody

NOBODY = "nobody@nowhere.example"


@pytest.fixture
def people(account: Sandbox, open_page: Open) -> AppTest:
    app = open_page("people_search")
    app.session_state["people_points"] = ["email", "phone"]
    return app.run()


def two_addresses(account: Sandbox) -> tuple[str, str]:
    world, first = account.world, somebody(account)
    second = next(i for i in range(first + 1, world.people) if world.work_email[i] == 1)
    return world.work_address(first), world.work_address(second)


def enter(app: AppTest, address: str) -> None:
    app.text_input(key="people_identifier").input(address)


def preview(app: AppTest, address: str) -> AppTest:
    enter(app, address)
    return button(app, "Preview").click().run()


def get_buttons(app: AppTest) -> list[str]:
    return [one.label for one in app.button if one.label.startswith("Get ")]


def sent(account: Sandbox) -> list[str | None]:
    return [seen.operation for seen in account.requests if seen.operation == "searchPeople"]


def test_a_preview_says_whom_it_is_for_and_buys_that_person(
    account: Sandbox, people: AppTest
) -> None:
    address, _ = two_addresses(account)
    app = preview(people, address)
    found = f"Match found for {escape_markdown(address)}: has an email, a phone."
    assert found in [one.value for one in app.success]
    assert get_buttons(app) == ["Get email and phone · up to 11 UC"]
    assert not [one for one in app.button if one.label.startswith("Search")]  # Get replaces it
    app = button(app, "Get ").click().run()
    assert account.store.used == 11
    assert address in copyable(app)
    assert get_buttons(app) == []  # it was bought


def test_another_persons_address_removes_the_preview(account: Sandbox, people: AppTest) -> None:
    first, second = two_addresses(account)
    app = preview(people, first)
    app.session_state["people_identifier"] = second
    app = app.run()
    assert get_buttons(app) == []
    assert account_state(app).preview is None
    app.session_state["people_identifier"] = first  # what was removed does not return by itself
    assert get_buttons(app.run()) == []


def test_a_click_with_another_address_buys_nobody(account: Sandbox, people: AppTest) -> None:
    first, second = two_addresses(account)
    app = preview(people, first)
    enter(app, second)
    app = button(app, "Get ").click().run()  # both arrive in one run
    assert not app.exception
    assert account.store.used == 0
    assert sent(account) == []
    assert "Nothing was sent" in app.warning[0].value
    assert get_buttons(app) == []
    app = app.run()
    assert account.store.used == 0
    assert not app.warning


def test_a_click_on_the_preview_before_the_new_one_buys_nobody(
    account: Sandbox, people: AppTest
) -> None:
    first, second = two_addresses(account)
    app = preview(people, first)
    enter(app, second)
    button(app, "Preview").click()
    app = button(app, "Get ").click().run()
    assert account.store.used == 0
    assert sent(account) == []
    assert len(get_buttons(app)) == 1
    assert f"Match found for {escape_markdown(second)}" in app.success[0].value


def test_only_what_the_preview_found_is_bought(account: Sandbox, people: AppTest) -> None:
    world = account.world
    i = next(
        i
        for i in range(world.people)
        if world.work_email[i] == 1
        and not (world.mobile[i] or world.work_phone[i] or world.oddity[i])
    )
    app = preview(people, world.work_address(i))
    assert get_buttons(app) == ["Get email · up to 1 UC"]
    app = button(app, "Get ").click().run()
    assert account.store.used == 1
    assert copyable(app) == [world.work_address(i)]
    assert "No valid phone found" not in text_of(app)  # none was requested


def test_a_confirmed_price_buys_the_person_of_the_preview(
    account: Sandbox, people: AppTest
) -> None:
    limits = Budget(confirm_above=Decimal(5))
    data.ledger().budgets.save(client_of(account).fingerprint, limits)
    address, _ = two_addresses(account)
    app = button(preview(people, address), "Get ").click().run()
    assert account.store.used == 0
    app = app.button(key="go_on").click().run()
    assert not app.exception
    assert account.store.used == 11
    assert address in copyable(app)


def test_a_preview_that_finds_nobody_says_who_and_removes_the_one_before(
    account: Sandbox, people: AppTest
) -> None:
    app = preview(people, two_addresses(account)[0])
    app = preview(app, NOBODY)
    assert get_buttons(app) == []
    assert f"No match for {escape_markdown(NOBODY)}." in app.info[0].value
    assert button(app, "Search").label == "Search · up to 11 UC"


@pytest.mark.parametrize("found", [True, False])
def test_a_search_removes_the_preview(account: Sandbox, people: AppTest, found: bool) -> None:
    first, second = two_addresses(account)
    app = preview(people, first)
    enter(app, second if found else NOBODY)
    app = button(app.run(), "Search").click().run()
    assert ("No one was found" in text_of(app)) is not found
    assert get_buttons(app) == []


def test_another_number_of_people_or_person_removes_the_preview(
    account: Sandbox, people: AppTest
) -> None:
    address, _ = two_addresses(account)
    app = preview(people, address)
    app.number_input(key="people_limit").set_value(2)
    assert get_buttons(app.run()) == []
    app = preview(app, address)
    assert len(get_buttons(app)) == 1
    enter(app, account.world.person_ids[0])
    app = app.run()
    assert get_buttons(app) == []
    assert "preview" not in [one.key for one in app.button]  # the API has none by id
    enter(app, address)
    assert get_buttons(app.run()) == []


def test_a_preview_does_not_stand_beside_nobody_was_found(
    account: Sandbox, people: AppTest
) -> None:
    enter(people, NOBODY)
    app = button(people, "Search").click().run()
    assert f"No one was found for {escape_markdown(NOBODY)}" in text_of(app)
    app = preview(app, two_addresses(account)[0])
    assert len(get_buttons(app)) == 1
    assert "No one was found" not in text_of(app)


def test_other_data_points_keep_the_preview_at_their_price(
    account: Sandbox, people: AppTest
) -> None:
    address, _ = two_addresses(account)
    app = preview(people, address)
    app.session_state["people_points"] = ["email"]
    assert get_buttons(app.run()) == ["Get email · up to 1 UC"]


def test_bad_input_and_a_failed_preview_remove_the_one_before(
    account: Sandbox, people: AppTest
) -> None:
    first, second = two_addresses(account)
    app = preview(preview(people, first), "jane@")
    assert "full email address" in app.error[0].value
    assert get_buttons(app) == []
    app = preview(app, first)
    account.faults.choose(["500:1"])
    app = preview(app, second)
    assert app.error
    assert get_buttons(app) == []


def test_a_name_is_shown_as_text(account: Sandbox, people: AppTest) -> None:
    entered = {"firstName": "**Jane**", "lastName": ":red[Doe]", "company": "$Acme$"}
    for name, text in entered.items():
        people.text_input(key=f"people_{name}").input(text)
    app = button(people, "Preview").click().run()
    assert f"No match for {escape_markdown('Jane :red[Doe] at $Acme$')}" in text_of(app)


# A job's free check ------------------------------------------------------------------------------


def upload(app: AppTest, account: Sandbox, number: int) -> AppTest:
    lines = "\n".join(
        ["Work,Other", *(f"{account.world.work_address(i)},x@y.example" for i in range(number))]
    )
    return app.file_uploader[0].upload(f"{number}.csv", lines.encode(), "text/csv").run()


def is_checked(app: AppTest) -> bool:
    return "Expected match rate" in [metric.label for metric in app.metric]


@pytest.fixture
def checked(account: Sandbox, open_page: Open) -> AppTest:
    app = (
        open_page("people_search").button_group(key="people_mode").set_value("Upload a file").run()
    )
    app = upload(app, account, 12)
    app = app.button_group(key="bulk_points").set_value(["email"]).run()
    app = button(app, "Preview match rate").click().run()
    assert is_checked(app)
    return app


def test_a_check_says_what_it_is_for(checked: AppTest) -> None:
    assert "Checked: 12 of 12 people of 12\\.csv, by Email, for profile and email" in text_of(
        checked
    )


def test_other_data_points_remove_a_jobs_check(checked: AppTest) -> None:
    app = checked.button_group(key="bulk_points").set_value(["email", "phone"]).run()
    assert not is_checked(app)
    assert account_state(app).checked_job is None
    assert not is_checked(app.button_group(key="bulk_points").set_value(["email"]).run())


def test_other_columns_remove_a_jobs_check(checked: AppTest) -> None:
    app = checked
    column = next(box for box in app.multiselect if box.label == "Email")
    assert column.value == [0]
    app = column.set_value([1]).run()
    assert not is_checked(app)
    column = next(box for box in app.multiselect if box.label == "Email")
    assert not is_checked(column.set_value([0]).run())


def test_another_file_removes_a_jobs_check(account: Sandbox, checked: AppTest) -> None:
    app = upload(checked, account, 13)
    assert not is_checked(app)
    assert account_state(app).checked_job is None
    assert not is_checked(upload(app, account, 12))


def test_a_file_without_a_job_removes_the_check(account: Sandbox, checked: AppTest) -> None:
    app = checked.file_uploader[0].upload("people.csv", b"PK\x00\x00", "text/csv").run()
    assert account_state(app).checked_job is None
    assert not is_checked(upload(app, account, 12))
