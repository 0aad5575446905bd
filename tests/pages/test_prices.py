"""The price is on the button at the first press; what costs too much cannot be pressed."""

from decimal import Decimal
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from dashboard import data
from dashboard.ledger.budgets import Budget
from dashboard.state import SESSION, ShownPrice
from dashboard.widgets.buttons import _request_id
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, somebody


def limit(account: Sandbox, **limits: Any) -> None:
    budget = Budget(**{name: Decimal(value) for name, value in limits.items()})
    data.ledger().budgets.save(client_of(account).fingerprint, budget)


def companies(app: AppTest, lines: list[str]) -> AppTest:
    app.text_area(key="companies").input("\n".join(lines))
    return app.run()


def people(open_page: Open, *points: str) -> AppTest:
    app = open_page("people_search")
    app.session_state["people_points"] = list(points)
    return app.run()


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def search_button(app: AppTest) -> Button:
    return button(app, "Search · ")


# At the first press ------------------------------------------------------------------------------


def test_an_empty_form_has_the_unit_price(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    assert search_button(app).label == "Search · 3 UC per company"
    app = search_button(app).click().run()
    assert "Enter at least one company" in app.error[0].value
    for page in ("people_search", "advanced_search"):
        assert search_button(open_page(page)).label.startswith("Search · up to")


def test_a_price_on_the_button_is_paid_at_one_click(account: Sandbox, open_page: Open) -> None:
    app = companies(open_page("company_search"), account.world.domains[:2])
    assert search_button(app).label == "Search · up to 6 UC"
    assert search_button(app).click().run().button(key="companies_search")
    assert account.store.used == 6


def test_a_price_that_rose_is_asked_about_and_then_sent(account: Sandbox, open_page: Open) -> None:
    app = companies(open_page("company_search"), account.world.domains[:1])
    app.text_area(key="companies").input("\n".join(account.world.domains[:3]))
    app = search_button(app).click().run()
    assert account.store.used == 0
    assert not app.warning
    go_on = button(app, "Spend up to 9 UC")
    app = go_on.click().run()
    assert account.store.used == 9
    app.run()
    assert account.store.used == 9


def test_a_price_that_fell_is_paid_at_one_click(account: Sandbox, open_page: Open) -> None:
    app = companies(open_page("company_search"), account.world.domains[:3])
    app.text_area(key="companies").input(account.world.domains[0])
    search_button(app).click().run()
    assert account.store.used == 3


def test_a_price_that_rises_while_it_is_asked_about_is_asked_about_again(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(account, confirm_above=1)
    app = companies(open_page("company_search"), account.world.domains[:1])
    app = search_button(app).click().run()
    assert button(app, "Spend up to 3 UC")
    dearer = {**DEFAULT_PRICES, "Company": Decimal(5)}
    monkeypatch.setattr("dashboard.page.price_list", lambda _billing: dearer)
    request = {account.world.domains[0]: {"domain": account.world.domains[0]}}
    session = app.session_state[SESSION]  # as a click in the dialog leaves it
    session.approved_request = _request_id(client_of(account), request)
    session.shown_price = ShownPrice(of_others=Decimal(3))
    app = app.run()
    assert account.store.used == 0
    button(app, "Spend up to 5 UC").click().run()
    assert account.store.used == 3


# Too expensive -----------------------------------------------------------------------------------


def test_the_balance_covers_some_of_the_companies(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(25)
    app = companies(open_page("company_search"), account.world.domains[:12])
    assert search_button(app).disabled
    assert "Your balance covers 8 of these 12 companies: choose at most 8 companies." in text_of(
        app
    )
    app = companies(app, account.world.domains[:8])
    assert not search_button(app).disabled


def test_names_cost_more_than_domains(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(40)
    lines = [account.world.domains[0], "Acme Inc", "Other Inc"]
    app = companies(open_page("company_search"), lines)
    assert search_button(app).label == "Search · up to 63 UC"
    assert "covers the first 2 of these 3 companies: choose the first 2 companies." in text_of(app)


def test_the_budget_of_today_says_how_many(account: Sandbox, open_page: Open) -> None:
    limit(account, per_day=12)
    app = companies(open_page("company_search"), account.world.domains[:12])
    assert search_button(app).disabled
    assert (
        "12 UC left in today's budget: choose at most 4 companies, or raise it under Budget "
        "in the sidebar." in text_of(app)
    )
    search_button(companies(app, account.world.domains[:2])).click().run()
    app = companies(app, account.world.domains[2:5])
    assert "6 UC left in today's budget: choose at most 2 companies" in text_of(app)
    limit(account, per_day=20)
    assert not search_button(app.run()).disabled


def test_the_reserve_is_no_part_of_what_may_be_spent(account: Sandbox, open_page: Open) -> None:
    limit(account, reserve=990)
    app = companies(open_page("company_search"), account.world.domains[:4])
    assert "Your balance above the reserve of 990 UC covers 3 of these 4 companies" in text_of(app)


def test_the_balance_is_refreshed_where_it_falls_short(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(2)
    app = companies(open_page("company_search"), account.world.domains[:1])
    assert "Your balance is 2 UC, and this costs up to 3 UC." in text_of(app)
    account.store.credits = Decimal(20)
    app = button(app, "Refresh the balance").click().run()
    assert not search_button(app).disabled
    assert "Refresh the balance" not in labels(app)
    search_button(app).click().run()
    assert account.store.used == 3


def test_a_button_follows_the_balance_after_a_payment(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(10)
    app = companies(open_page("company_search"), account.world.domains[:3])
    app = search_button(app).click().run()
    app = companies(app, account.world.domains[3:5])
    assert search_button(app).disabled
    assert account.store.used == 9


def test_a_click_on_what_became_too_expensive_sends_nothing(
    account: Sandbox, open_page: Open
) -> None:
    account.store.credits = Decimal(7)
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:5]))
    app = search_button(app).click().run()  # typed last, then clicked
    assert account.store.used == 0
    assert search_button(app).disabled
    assert "go_on" not in [one.key for one in app.button]
    assert "covers 2 of these 5 companies" in text_of(app)


def test_an_unknown_balance_disables_nothing(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(1)
    open_page("usage")
    data.account_info.clear()
    account.faults.choose(["500:1"])
    app = companies(open_page("company_search"), account.world.domains[:1])
    assert "Balance unavailable" in text_of(app)
    assert not search_button(app).disabled


@pytest.mark.parametrize(
    ("credits", "points", "number", "suggested"),
    [
        (40, ["email", "phone"], 5, "covers 3 of these 5 people: choose at most 3 people."),
        (
            5,
            ["email", "phone"],
            1,
            "5 UC, and this costs up to 11 UC: without Phone it costs up to",
        ),
        (0, ["email", "phone"], 1, "Your balance is 0 UC, and this costs up to 11 UC."),
    ],
)
def test_people_search_suggests_fewer_people_or_data_points(
    account: Sandbox, open_page: Open, credits: int, points: list[str], number: int, suggested: str
) -> None:
    account.store.credits = Decimal(credits)
    app = people(open_page, *points)
    app.number_input(key="people_limit").set_value(number).run()
    assert search_button(app).disabled
    assert suggested in text_of(app)
    assert not button(app, "Preview").disabled


def test_advanced_search_suggests_fewer_rows(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(60)
    app = open_page("advanced_search")
    app.session_state["company_information"] = True
    app.session_state["limit"] = 100
    app = app.run()
    assert search_button(app).label == "Search · up to 310 UC"
    assert search_button(app).disabled
    assert "Your balance covers 19 of these 100 people: choose at most 19 people." in text_of(app)


def test_loading_more_suggests_how_far(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    app = search_button(app).click().run()
    account.store.credits = Decimal(6)  # 2.5 of them are spent
    app.session_state["load_up_to"] = 90
    data.account_info.clear()
    app = app.run()
    assert not button(app, "Load 25 more").disabled
    assert button(app, "Load first 90").disabled
    assert "covers 25 of these" in text_of(app)
    assert "load up to 50 rows" in text_of(app)
    app.number_input(key="load_up_to").set_value(50).run()
    assert not button(app, "Load first 50").disabled


def test_loading_all_ends_with_a_page_that_has_nobody_new(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has the same people on each page, and says that there are many."""
    real, sent = LeadIQClient.flat_advanced_search, list[Any]()

    def first_page(client: LeadIQClient, input: dict[str, Any], **options: Any) -> dict[str, Any]:
        sent.append(input)
        first = {name: value for name, value in input.items() if name not in ("skip", "after")}
        answer = real(client, first, **options)
        return {**answer, "totalPeople": 10_000}

    monkeypatch.setattr(LeadIQClient, "flat_advanced_search", first_page)
    app = open_page("advanced_search")
    app.session_state["limit"] = 25
    app.run().multiselect(key="roles").set_value(["Sales"])
    app = search_button(app).click().run()
    app.number_input(key="load_up_to").set_value(500).run()
    app = button(app, "Load first 500").click().run()
    assert not app.exception
    assert len(sent) == 2
    assert account.store.used == Decimal("2.5")


def test_a_job_suggests_a_budget(account: Sandbox, open_page: Open) -> None:
    account.store.credits = Decimal(12)
    app = (
        open_page("people_search").button_group(key="people_mode").set_value("Upload a file").run()
    )
    lines = "\n".join(["LeadIQ id", *account.world.person_ids[:30]])
    app = app.file_uploader[0].upload("people.csv", lines.encode(), "text/csv").run()
    app = app.button_group(key="bulk_points").set_value(["email"]).run()
    start = button(app, "Look up 30 people · up to 30 UC")
    assert start.disabled
    assert "covers 12 UC of it: set a budget for this job of at most 12 UC." in text_of(app)
    app = app.number_input(key="bulk_budget").set_value(12.0).run()
    assert not button(app, "Look up 30 people · up to 12 UC").disabled


def test_what_one_job_may_spend_limits_its_budget(account: Sandbox, open_page: Open) -> None:
    limit(account, per_job=7)
    app = (
        open_page("people_search").button_group(key="people_mode").set_value("Upload a file").run()
    )
    lines = "\n".join(["LeadIQ id", *account.world.person_ids[:30]])
    app = app.file_uploader[0].upload("people.csv", lines.encode(), "text/csv").run()
    app = app.button_group(key="bulk_points").set_value(["email"]).run()
    assert button(app, "Look up 30 people").disabled
    assert (
        "7 UC is the limit for one job: set a budget for this job of at most 7 UC, or raise it "
        "under Budget in the sidebar." in text_of(app)
    )
    app = app.number_input(key="bulk_budget").set_value(7.0).run()
    assert not button(app, "Look up 30 people · up to 7 UC").disabled


# Free again --------------------------------------------------------------------------------------


def test_companies_that_are_loaded_are_free_to_repeat(account: Sandbox, open_page: Open) -> None:
    app = companies(open_page("company_search"), account.world.domains[:2])
    app = search_button(app).click().run()
    assert search_button(app).label == "Search · free"
    sent = len(account.requests)
    app = search_button(app).click().run()
    assert len(account.requests) == sent
    assert "Charged 0 UC" in text_of(app)
    app = companies(app, account.world.domains[:3])
    assert search_button(app).label == "Search · up to 3 UC"
    search_button(app).click().run()
    assert account.store.used == 9


def test_a_repeated_person_is_free_and_another_takes_one_click(
    account: Sandbox, open_page: Open
) -> None:
    world, first = account.world, somebody(account)
    second = next(i for i in range(first + 1, world.people) if world.work_email[i] == 1)
    app = people(open_page, "email")
    app.text_input(key="people_identifier").input(world.work_address(first))
    app = search_button(app).click().run()
    assert search_button(app).label == "Search · free"
    sent = len(account.requests)
    app = search_button(app).click().run()
    assert len(account.requests) == sent
    app = app.text_input(key="people_identifier").input(world.work_address(second)).run()
    assert search_button(app).label == "Search · up to 1 UC"
    search_button(app).click().run()
    assert account.store.used == 2


def test_an_unlocked_id_is_free_before_and_after(account: Sandbox, open_page: Open) -> None:
    i = somebody(account)
    app = people(open_page, "email", "phone")
    app.text_input(key="people_identifier").input(account.world.work_address(i))
    search_button(app).click().run()
    assert account.store.used == 11
    app = people(open_page, "email", "phone")
    assert search_button(app).label == "Search · up to 11 UC"
    app.text_input(key="people_identifier").input(account.world.person_ids[i])
    app = app.run()
    assert search_button(app).label == "Search · free"
    app = search_button(app).click().run()
    assert "Charged 0 UC, 11 saved: already unlocked" in text_of(app)
    assert search_button(app).label == "Search · free"
    assert account.store.used == 11


def test_without_a_balance_what_is_free_can_still_be_searched(
    account: Sandbox, open_page: Open
) -> None:
    i = somebody(account)
    app = people(open_page, "email", "phone")
    app.text_input(key="people_identifier").input(account.world.work_address(i))
    search_button(app).click().run()
    account.store.credits = account.store.used + 1
    data.account_info.clear()
    app = people(open_page, "email", "phone")
    assert search_button(app).disabled
    app.text_input(key="people_identifier").input(account.world.person_ids[i])
    app = app.run()
    assert not search_button(app).disabled
    app = search_button(app).click().run()
    assert app.header[0].value == "1 match"
    app = people(open_page, "email", "phone")
    assert search_button(app).disabled
    app = app.text_input(key="people_identifier").input(account.world.work_address(i)).run()
    assert search_button(app).label == "Search · free"
    assert not search_button(app).disabled


def test_a_search_of_filters_is_free_to_repeat(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    app = search_button(app).click().run()
    assert search_button(app).label == "Search · free again, or up to 2.5 UC"
    app = search_button(app).click().run()
    assert "Charged 0 UC" in text_of(app)
    assert account.store.used == Decimal("2.5")


def test_a_saved_search_asks_again_so_it_is_not_free(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    app = search_button(app).click().run()
    next(box for box in app.text_input if box.label == "Name").input("Sales")
    app = button(app, "Save").click().run()
    assert search_button(app).label == "Search · up to 2.5 UC"


def test_a_cleared_cache_pays_for_nothing_by_itself(account: Sandbox, open_page: Open) -> None:
    """What was free again is asked about, if the cache is cleared before the click."""
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    app = search_button(app).click().run()
    assert account.store.used == Decimal("2.5")
    assert search_button(app).label == "Search · free again, or up to 2.5 UC"
    st.cache_data.clear()
    app = search_button(app).click().run()
    assert account.store.used == Decimal("2.5")
    sent = len(account.requests)
    assert button(app, "Spend up to 2.5 UC")
    assert len(account.requests) == sent
