"""The three searches: the price first, one request per click, nothing on a rerun."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, somebody


@pytest.fixture
def people(account: Sandbox, open_page: Open) -> AppTest:
    app = open_page("people_search")
    app.session_state["people_by"] = "Email"
    return app.run()


def test_the_button_carries_the_price(people: AppTest) -> None:
    assert button(people, "Search").label == "Search · up to 0.1 UC"
    people.session_state["people_points"] = ["phone", "email"]
    people.run()
    assert button(people, "Search").label == "Search · up to 11 UC"
    people.session_state["people_limit"] = 3
    assert button(people.run(), "Search").label == "Search · up to 33 UC"


def test_a_person_is_found_shown_and_paid_once(account: Sandbox, people: AppTest) -> None:
    i = somebody(account)
    people.session_state["people_points"] = ["email", "phone"]
    people.run()
    people.text_input(key="people_email").input(account.world.work_address(i))
    app = button(people, "Search").click().run()
    assert not app.exception
    assert account.store.used == Decimal(11)
    row = app.dataframe[0].value.iloc[0]
    assert row["person_id"] == account.world.person_ids[i]
    assert row["work_email"] == account.world.work_address(i)
    assert row["phone"] in (account.world.mobile_number(i), account.world.work_number(i))
    asked = len(account.requests)
    for _ in range(3):
        app = app.run()
    assert app.dataframe[0].value.iloc[0]["work_email"] == account.world.work_address(i)
    assert len(account.requests) == asked


def test_a_rerun_after_the_caches_time_sends_nothing(account: Sandbox, people: AppTest) -> None:
    people.text_input(key="people_email").input(account.world.work_address(somebody(account)))
    app = button(people, "Search").click().run()
    asked = [seen.path for seen in account.requests]
    data.search_people.clear()  # as after its TTL
    app = app.run()
    assert len(app.dataframe) == 1
    assert [seen.path for seen in account.requests] == asked


def test_the_same_click_again_is_answered_from_the_cache(account: Sandbox, people: AppTest) -> None:
    people.text_input(key="people_email").input(account.world.work_address(somebody(account)))
    app = button(people, "Search").click().run()
    used = account.store.used
    account.faults.choose(["500:1"])
    app = button(app, "Search").click().run()
    assert len(app.dataframe) == 1
    assert account.store.used == used


@pytest.mark.parametrize(
    ("by", "fields", "problem"),
    [
        ("Email", {"people_email": "jane"}, "whole email address"),
        ("LinkedIn URL", {"people_linkedinUrl": "Jane Doe"}, "not a LinkedIn profile"),
        ("LeadIQ id", {"people_id": " "}, "Enter a LeadIQ id"),
        ("Name and company", {"people_firstName": "Jane"}, "both the first and the last name"),
        ("Name and company", {"people_firstName": "J", "people_lastName": "D"}, "company's name"),
    ],
)
def test_bad_input_is_reported_and_not_sent(
    account: Sandbox, people: AppTest, by: str, fields: dict, problem: str
) -> None:
    people.session_state["people_by"] = by
    people.run()
    for key, value in fields.items():
        people.text_input(key=key).input(value)
    asked = len(account.requests)
    app = button(people, "Search").click().run()
    assert problem in app.error[0].value
    assert len(account.requests) == asked
    for key, value in fields.items():
        assert app.text_input(key=key).value == value  # nothing is lost


def test_unusable_addresses_are_never_shown(account: Sandbox, people: AppTest) -> None:
    world = account.world
    i = next(
        i
        for i in range(world.people)
        if world.work_email[i] == 5 and not world.personal_email[i] and not world.oddity[i]
    )
    people.session_state["people_points"] = ["email"]
    people.run()
    people.text_input(key="people_email").input(world.work_address(i))
    app = button(people, "Search").click().run()
    assert "work_email" not in app.dataframe[0].value
    assert "No usable email is known" in text_of(app)
    shown = "\n".join(str(block.value) for block in app.markdown)
    assert world.work_address(i).replace(".", r"\.") not in shown


@pytest.mark.parametrize(
    ("fault", "headline"),
    [
        ("402", "not enough credits"),
        ("429", "takes no more requests"),
        ("500", "could not be reached"),
        ("lost-paid", "could not be reached"),
    ],
)
def test_a_failed_search_is_not_sent_again_by_itself(
    account: Sandbox, people: AppTest, fault: str, headline: str
) -> None:
    people.text_input(key="people_email").input(account.world.work_address(somebody(account)))
    account.faults.choose([f"{fault}:1"])
    app = button(people, "Search").click().run()
    assert not app.exception
    used, asked = account.store.used, sum(s.path == "/graphql" for s in account.requests)
    titles = [error.proto.title for error in app.error]
    assert any(headline in title for title in titles)
    account.faults.choose([])
    app = app.run()
    assert account.store.used == used
    assert sum(s.path == "/graphql" for s in account.requests) == asked
    app = button(app, "Search").click().run()
    assert len(app.dataframe) == 1


def test_partial_data_that_was_paid_is_shown(account: Sandbox, people: AppTest) -> None:
    people.text_input(key="people_email").input(account.world.work_address(somebody(account)))
    account.faults.choose(["partial:1"])
    app = button(people, "Search").click().run()
    assert app.error
    assert len(app.dataframe) == 1


def test_companies_one_a_line(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = open_page("company_search")
    assert button(app, "Search").label == "Search · 3 UC per company"
    entered = f"{world.domains[0]}\nhttps://www.{world.domains[1]}/\n\nnowhere.example\n"
    app.text_area(key="companies").input(entered)
    app = app.run()
    assert button(app, "Search").label == "Search · up to 9 UC"
    app = button(app, "Search").click().run()
    assert not app.exception
    assert account.store.used == 6
    assert list(app.dataframe[0].value["company"]) == world.company_names[:2]
    assert "nowhere" in text_of(app)


def test_a_price_that_was_not_shown_is_not_paid(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:3]))
    app = button(app, "Search").click().run()  # the label still had the price of one company
    assert account.store.used == 0
    assert "3 × company at 3 UC: **9 UC**" in text_of(app)
    assert "What you entered last changed the price" in text_of(app)
    app = app.button(key="go_on").click().run()
    assert account.store.used == 9
    assert "Charged 9 UC" in text_of(app)


def test_too_many_companies_are_not_sent(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:26]))
    app = button(app.run(), "Search").click().run()
    assert "26 companies; 25 go in one search" in app.error[0].value
    assert account.store.used == 0


def test_when_credits_run_out_the_other_lines_are_not_sent(
    account: Sandbox, open_page: Open
) -> None:
    app = open_page("company_search")
    account.store.credits = Decimal(7)  # spent elsewhere since the balance was read
    app.text_area(key="companies").input("\n".join(account.world.domains[:5]))
    app = button(app.run(), "Search").click().run()
    assert account.store.used == 6
    assert "Charged 6 UC" in text_of(app)
    assert len(app.dataframe[0].value) == 2
    assert "Not asked any more: 2 lines" in text_of(app)


@pytest.fixture
def advanced(account: Sandbox, open_page: Open) -> AppTest:
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    return app


def test_an_advanced_search_loads_the_next_page(account: Sandbox, advanced: AppTest) -> None:
    app = button(advanced, "Search").click().run()
    assert not app.exception
    assert account.store.used == Decimal("2.5")
    first = list(app.dataframe[0].value["person_id"])
    assert len(first) == 25
    app = button(app, "Load 25 more · up to 2.5 UC").click().run()
    assert account.store.used == Decimal(5)
    both = list(app.dataframe[0].value["person_id"])
    assert both[:25] == first
    assert len({*both}) == 50
    asked = len(account.requests)
    app = app.run()
    assert list(app.dataframe[0].value["person_id"]) == both
    assert len(account.requests) == asked
    assert "first 50 of" in text_of(app)


def test_grouped_with_company_information(account: Sandbox, advanced: AppTest) -> None:
    advanced.session_state["results"] = "By company"
    advanced.session_state["company_information"] = True
    advanced.number_input(key="limit").set_value(5)
    app = advanced.run()
    app.multiselect(key="roles").set_value(["Sales"])
    assert button(app, "Search").label == "Search · up to 17.5 UC"
    app = button(app, "Search").click().run()
    assert not app.exception
    assert account.store.used == 15
    assert app.dataframe[0].value["employees"].notna().all()


def test_a_search_needs_a_filter(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app = button(app, "Search").click().run()
    assert "at least one filter" in app.error[0].value
    assert account.store.used == 0


def test_a_search_that_finds_nobody(account: Sandbox, advanced: AppTest) -> None:
    advanced.text_area(key="names").input("Nobody Whatsoever")
    app = button(advanced, "Search").click().run()
    assert "No matches, no charge" in text_of(app)
    assert account.store.used == 0


def test_a_failed_next_page_keeps_the_first(account: Sandbox, advanced: AppTest) -> None:
    app = button(advanced, "Search").click().run()
    account.faults.choose(["500:1"])
    app = button(app, "Load 25 more").click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 25
    assert app.error
    account.faults.choose([])
    app = button(app, "Load 25 more").click().run()
    assert len(app.dataframe[0].value) == 50
    app = button(app, "Try again").click().run()  # the balance could not be read either
    assert not app.error
