"""Price, confirmation, budget and ledger as a user meets them."""

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.ledger.budgets import Budget
from dashboard.ledger.days import utc_today
from dashboard.ledger.schema import days, to_day_number, to_thousandths
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, new_session, text_of
from tests.pages.driver import button, copyable, somebody

EVER = (date(2020, 1, 1), date(2100, 1, 1))


def events(sandbox: Sandbox):
    return data.ledger().history(client_of(sandbox).fingerprint).events(*EVER, limit=100)


def search(app: AppTest, email: str) -> AppTest:
    app.session_state["people_points"] = ["email", "phone"]
    app.run()
    app.text_input(key="people_identifier").input(email)
    return button(app, "Search").click().run()


def test_a_request_is_one_event_and_a_rerun_none(account: Sandbox, open_page: Open) -> None:
    address = account.world.work_address(somebody(account))
    app = search(open_page("people_search"), address)
    (event,) = events(account).to_dict("records")
    assert (event["page"], event["operation"], event["data_points"]) == (
        "People search",
        "searchPeople",
        "email,phone",
    )
    assert (event["charge"], event["most"], event["state"]) == (11.0, 11.0, "settled")
    for _ in range(3):
        app = app.run()
    open_page("usage")
    open_page("lists")
    button(app, "Search").click().run()  # answered from the cache
    assert len(events(account)) == 1


def test_expensive_requests_need_a_confirmation(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.session_state["limit"] = 25
    app.session_state["company_information"] = True
    app.run()
    app.multiselect(key="roles").set_value(["Sales"])
    app = button(app, "Search · up to 77.5 UC").click().run()
    assert account.store.used == 0
    assert "25 × profile at 0.1 UC" in text_of(app)
    assert "25 × company at 3 UC" in text_of(app)
    assert "Balance after: at least 922.5 UC" in text_of(app)
    app = app.button(key="not_now").click().run()
    assert account.store.used == 0
    app = button(app, "Search · up to 77.5 UC").click().run()
    app = app.button(key="go_on").click().run()
    assert not app.exception
    assert 0 < account.store.used <= 75
    assert len(app.dataframe[0].value) == 25
    used = account.store.used
    app.run()
    assert account.store.used == used


def test_a_budget_set_in_the_sidebar_is_kept(account: Sandbox, open_page: Open) -> None:
    app = open_page("people_search")
    limits = {field.label: field for field in app.number_input}
    limits["Daily limit (UC)"].set_value(5.0)
    app = button(app, "Save").click().run()
    assert "Spent today (UTC): 0 UC of 5 UC" in text_of(app)
    app.session_state["people_points"] = ["email", "phone"]
    app = app.run()
    assert button(app, "Search · up to 11 UC").disabled
    assert "5 UC left in today's budget" in text_of(app)


def test_a_user_has_a_budget_within_the_days(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADIQ_TIME_ZONE", "Europe/Berlin")
    limits = Budget(per_user=Decimal(12))
    data.ledger().budgets.save(client_of(account).fingerprint, limits)
    i = somebody(account)
    app = search(open_page("people_search"), account.world.work_address(i))
    assert "Spent today (Europe/Berlin): 11 UC · no daily limit" in text_of(app)
    assert "Spent by you: 11 UC of 12 UC" in text_of(app)
    # The days of Usage are others.
    assert "Spent today (UTC)" in [metric.label for metric in open_page("usage").metric]
    app = new_session("people_search")
    app.session_state["people_points"] = ["email", "phone"]
    app.run()
    assert "1 UC left in your own budget today" in text_of(app)


def test_the_sidebar_says_what_the_budget_holds(account: Sandbox, open_page: Open) -> None:
    limits = Budget(per_day=Decimal(30))
    data.ledger().budgets.save(client_of(account).fingerprint, limits)
    i = somebody(account)
    app = search(open_page("people_search"), account.world.work_address(i))
    assert "Spent today (UTC): 11 UC of 30 UC" in text_of(app)
    app.run()
    app.text_input(key="people_identifier").input(account.world.person_ids[i])
    app = button(app, "Search").click().run()
    held = "11 UC held until the balance shows that it was free"
    assert f"Spent today (UTC): 11 UC of 30 UC, {held}" in text_of(app)


def test_a_preview_leaves_out_what_it_did_not_find(account: Sandbox, open_page: Open) -> None:
    world = account.world
    i = next(
        i
        for i in range(world.people)
        if world.work_email[i] == 1
        and not world.mobile[i]
        and not world.work_phone[i]
        and not world.oddity[i]
    )
    app = open_page("people_search")
    app.session_state["people_points"] = ["email", "phone"]
    app.run()
    app.text_input(key="people_identifier").input(world.work_address(i))
    app = button(app, "Preview · free").click().run()
    assert account.store.used == 0
    assert "has an email, no phone" in text_of(app)
    app = button(app, "Get email · up to 1 UC").click().run()
    assert account.store.used == 1
    assert copyable(app) == [world.work_address(i)]


def test_what_is_unlocked_is_priced_as_free(account: Sandbox, open_page: Open) -> None:
    i = somebody(account)
    app = search(open_page("people_search"), account.world.work_address(i))
    app.run()
    app.text_input(key="people_identifier").input(account.world.person_ids[i])
    app = button(app, "Search").click().run()
    assert account.store.used == 11
    assert events(account)["charge"].tolist() == [0.0, 11.0]


def test_usage_draws_what_was_spent(account: Sandbox, open_page: Open) -> None:
    assert "Find people, see the price, take the CSV" in text_of(open_page("usage"))
    search(open_page("people_search"), account.world.work_address(somebody(account)))
    app = open_page("usage")
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Spent today"] == "11 UC"
    assert metrics["Cost per email found"] == "11 UC"
    assert app.dataframe[0].value["charge"].tolist() == [11.0]
    app.selectbox(key="ledger_state").set_value("refused").run()
    assert app.dataframe[0].value.empty


def test_usage_says_what_lost_answers_may_have_cost(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:4]))
    app = app.run()
    account.faults.choose(["500:2"])
    button(app, "Search · ").click().run()
    account.faults.choose([])
    add_up = (
        "this console's requests add up to 6 UC, plus up to 6 UC for requests that got no answer"
    )
    assert add_up in text_of(open_page("usage"))


def spend_on_days(account: Sandbox, number: int, charge: Decimal) -> None:
    """Adds sums of the last days, today's included, to the account's ledger."""
    ledger, last = data.ledger(), to_day_number(utc_today())
    values = {
        "account": client_of(account).fingerprint,
        "page": "People search",
        "operation": "searchPeople",
        "data_points": "",
        "requests": 1,
        "returned": 1,
        "emails": 0,
        "charge": to_thousandths(charge),
    }
    with ledger.database.writing() as db:
        db.execute(sa.insert(days), [{**values, "day": last - before} for before in range(number)])


def test_the_forecast_ends_at_the_renewal(account: Sandbox, open_page: Open) -> None:
    spend_on_days(account, 5, Decimal("0.1"))
    app = open_page("usage")
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    renewal = re.search(r"UC left when credits renew on (\d+ \w{3} \d{4})\.", text_of(app))
    assert renewal is not None
    assert f"renews on {renewal[1]}" in str(app.get("progress")[0].proto)
    left = {f"~{number:,} UC" for number in range(996, 1001)}  # up to 31 days at 0.1 UC
    assert metrics["Left over at renewal"] in left


def test_the_balance_is_shown_once_with_its_renewal(account: Sandbox, open_page: Open) -> None:
    search(open_page("people_search"), account.world.work_address(somebody(account)))
    app = open_page("usage")
    assert [metric.value for metric in app.main.metric if metric.label == "Balance"] == ["989 UC"]
    (bar,) = app.main.get("progress")
    assert "11 of 1,000 used · renews on 1 " in str(bar.proto)
    assert "989 UC left" not in text_of(app)


@pytest.mark.parametrize("number", [1, 2])
def test_a_single_day_is_no_chart(account: Sandbox, open_page: Open, number: int) -> None:
    spend_on_days(account, number, Decimal(3))
    app = open_page("usage")
    assert len(app.get("plotly_chart")) == number - 1
    assert bool(app.button_group) == (number > 1)  # what the bars are broken down by


def test_fewer_than_five_days_are_only_reported(account: Sandbox, open_page: Open) -> None:
    spend_on_days(account, 4, Decimal(90))
    app = open_page("usage")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Spent today"] == "90 UC"
    assert metrics["Left over at renewal"] == "–"
    assert "A forecast needs 5 days with spending; there are 4 in this period." in text_of(app)
    assert "a day" not in text_of(app)


def test_two_accounts_share_no_event(account: Sandbox, open_page: Open) -> None:
    search(open_page("people_search"), account.world.work_address(somebody(account)))
    with Sandbox(people=100, rpm=0) as other:
        events_of_other = (
            data.ledger().history(client_of(other).fingerprint).events(*EVER, limit=10)
        )
    assert events_of_other.empty
    assert data.ledger().budgets.read("b" * 16) == Budget()


def test_a_ledger_that_cannot_be_opened_is_reported(
    account: Sandbox, open_page: Open, monkeypatch
) -> None:
    monkeypatch.setenv("LEADIQ_DATABASE_URL", "nonsense")
    app = open_page("usage")
    assert not app.exception
    assert r"Check LEADIQ\_DATABASE\_URL" in app.error[0].value
