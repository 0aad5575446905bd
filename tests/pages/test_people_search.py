"""The three searches: the price first, one request per click, nothing on a rerun."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.formatting import escape_markdown
from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, copyable, somebody


@pytest.fixture
def people(account: Sandbox, open_page: Open) -> AppTest:
    return open_page("people_search")


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
    people.text_input(key="people_identifier").input(account.world.work_address(i))
    app = button(people, "Search").click().run()
    assert not app.exception
    assert account.store.used == Decimal(11)
    assert app.header[0].value == "1 match"
    assert not app.dataframe  # one person is a card, not a table
    assert not app.get("plotly_chart")
    shown = copyable(app)
    assert shown[0] == account.world.work_address(i)
    assert {*shown[1:]} & {account.world.mobile_number(i), account.world.work_number(i)}
    asked = len(account.requests)
    for _ in range(3):
        app = app.run()
    assert copyable(app) == shown
    assert len(account.requests) == asked


def test_a_rerun_after_the_caches_time_sends_nothing(account: Sandbox, people: AppTest) -> None:
    people.text_input(key="people_identifier").input(account.world.work_address(somebody(account)))
    app = button(people, "Search").click().run()
    asked = [seen.path for seen in account.requests]
    data.search_people.clear()  # as after its TTL
    app = app.run()
    assert app.header[0].value == "1 match"
    assert [seen.path for seen in account.requests] == asked


def test_the_same_click_again_is_answered_from_the_cache(account: Sandbox, people: AppTest) -> None:
    people.text_input(key="people_identifier").input(account.world.work_address(somebody(account)))
    app = button(people, "Search").click().run()
    used = account.store.used
    account.faults.choose(["500:1"])
    app = button(app, "Search").click().run()
    assert app.header[0].value == "1 match"
    assert account.store.used == used


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"people_identifier": "jane@"}, "full email address"),
        ({"people_identifier": "Jane Doe"}, "not a LinkedIn URL, an email or a LeadIQ ID"),
        ({"people_identifier": " "}, "Paste a LinkedIn URL, an email or a LeadIQ ID"),
        ({"people_firstName": "Jane"}, "both the first and the last name"),
        ({"people_firstName": "J", "people_lastName": "D"}, "Add a company name or domain"),
        (
            {"people_identifier": "jane@acme.com", "people_firstName": "Jane"},
            "Clear either the first box or the name",
        ),
    ],
)
def test_bad_input_is_reported_and_not_sent(
    account: Sandbox, people: AppTest, fields: dict, problem: str
) -> None:
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
    people.text_input(key="people_identifier").input(world.work_address(i))
    app = button(people, "Search").click().run()
    assert "No valid email found" in text_of(app)
    shown = "\n".join(str(block.value) for block in (*app.markdown, *app.code))
    assert world.work_address(i) not in shown.replace("\\", "")


@pytest.mark.parametrize(
    ("fault", "headline"),
    [
        ("402", "not enough credits"),
        ("429", "Too many requests"),
        ("500", "could not be reached"),
        ("lost-paid", "could not be reached"),
    ],
)
def test_a_failed_search_is_not_sent_again_by_itself(
    account: Sandbox, people: AppTest, fault: str, headline: str
) -> None:
    people.text_input(key="people_identifier").input(account.world.work_address(somebody(account)))
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
    assert app.header[0].value == "1 match"


def test_partial_data_that_was_paid_is_shown(account: Sandbox, people: AppTest) -> None:
    people.text_input(key="people_identifier").input(account.world.work_address(somebody(account)))
    account.faults.choose(["partial:1"])
    app = button(people, "Search").click().run()
    assert app.error
    assert app.header[0].value == "1 match"


def test_what_is_searched_for_survives_a_reload(account: Sandbox, open_page: Open) -> None:
    address = account.world.work_address(somebody(account))
    entered = {"people_identifier": address, "people_points": ["email"]}

    def reload() -> AppTest:
        """A session that starts with the boxes of the page's address."""
        app = open_page("people_search")
        for name, value in entered.items():
            app.session_state[name] = value
        return app.run()

    app = button(reload(), "Search").click().run()
    asked = len(account.requests)
    assert copyable(reload()) == copyable(app) == [address]
    entered["people_points"] = ["email", "phone"]  # was not searched for
    assert copyable(reload()) == []
    assert len(account.requests) == asked
    assert account.store.used == 1


def test_recent_people_are_opened_again_for_nothing(account: Sandbox, people: AppTest) -> None:
    world, first = account.world, somebody(account)
    second = next(i for i in range(first + 1, world.people) if world.work_email[i] == 1)
    app = people
    app.session_state["people_points"] = ["email"]
    app.run()
    names = []
    for i in (first, second):
        app = app.text_input(key="people_identifier").input(world.work_address(i)).run()
        app = button(app, "Search").click().run()
        names.append(app.subheader[0].value)
    asked, used = len(account.requests), account.store.used
    recent = [one.label for one in app.button if (one.key or "").startswith("recent_")]
    assert recent == names[:1]  # the other one is shown
    app = button(app, names[0]).click().run()
    assert not app.exception
    assert app.subheader[0].value == names[0]
    assert copyable(app) == [world.work_address(first)]
    assert app.text_input(key="people_identifier").value == world.work_address(first)
    assert button(app, "Search").label == "Search · free"
    assert (len(account.requests), account.store.used) == (asked, used)


def test_recent_searches_for_one_person_are_told_apart(account: Sandbox, people: AppTest) -> None:
    world, one = account.world, somebody(account)
    other = next(i for i in range(one + 1, world.people) if world.work_email[i] == 1)
    app, names = people, []
    for i, points in ((one, []), (one, ["email", "phone"]), (other, ["email"])):
        app.session_state["people_points"] = points
        app = app.text_input(key="people_identifier").input(world.work_address(i)).run()
        app = button(app, "Search").click().run()
        names.append(app.subheader[0].value)

    def recent() -> list[str]:
        return [one.label for one in app.button if (one.key or "").startswith("recent_")]

    same = f"{names[0]} · {escape_markdown(world.company_names[world.company[one]])}"
    assert recent() == [f"{same} · Email \\+ Phone", f"{same} · Profile"]
    app = button(app, recent()[1]).click().run()
    assert app.button_group(key="people_points").value == []
    assert recent() == [names[2], names[0]]


def test_several_matches_are_a_table_and_cards(
    account: Sandbox, people: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = account.graphql.answer
    two = [{"id": f"PersonID-{n}", "name": {"fullName": f"Jane Doe {n}"}} for n in (1, 2)]

    def namesakes(body: dict) -> dict:
        if "searchPeople(" in body["query"]:
            return {"data": {"searchPeople": {"totalResults": 5, "results": two}}}
        return answer(body)

    monkeypatch.setattr(account.graphql, "answer", namesakes)
    people.number_input(key="people_limit").set_value(2)
    entered = {"firstName": "Jane", "lastName": "Doe", "company": "Acme"}
    for name, value in entered.items():
        people.text_input(key=f"people_{name}").input(value)
    app = button(people.run(), "Search").click().run()
    assert app.header[0].value == "2 of 5 matches"
    assert app.dataframe[0].value["name"].tolist() == ["Jane Doe 1", "Jane Doe 2"]
    assert [one.value for one in app.subheader] == ["Jane Doe 1", "Jane Doe 2"]
    assert "Increase “Max results”" in text_of(app)
    app.number_input(key="people_limit").set_value(25)
    app = button(app.run(), "Search").click().run()
    assert app.header[0].value == "2 of 5 matches"
    assert "Increase “Max results”" not in text_of(app)  # it cannot be


def test_a_price_above_the_sum_of_the_data_points_is_explained(people: AppTest) -> None:
    people.session_state["people_points"] = ["email", "phone", "company"]
    app = people.run()
    assert button(app, "Search").label == "Search · up to 17 UC"
    explained = "1 × email at 1 UC + 1 × phone at 10 UC + 2 × company at 3 UC. Up to 2"
    assert explained in text_of(app)


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
    assert "What you typed last changed the price" in text_of(app)
    app = app.button(key="go_on").click().run()
    assert account.store.used == 9
    assert "Charged 9 UC" in text_of(app)


def test_too_many_companies_are_not_sent(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:26]))
    app.run()
    assert "26 companies: up to 25 go in one search." in text_of(app)  # before any click
    app = button(app, "Search").click().run()
    assert "26 companies; up to 25 go in one search" in app.error[0].value
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
    assert "Stopped: 2 lines not looked up yet" in text_of(app)


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
