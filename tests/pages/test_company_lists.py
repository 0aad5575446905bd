"""Company lists on Company search: saved, opened, removed, and absent where there are none."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels import company_lists
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of, use
from tests.pages.driver import button

pytestmark = pytest.mark.usefixtures("short_waits")


def search(app: AppTest, lines: list[str]) -> AppTest:
    app.text_area(key="companies").input("\n".join(lines))
    for panel in ("company_lists", "save_to_company_list"):
        app.session_state[panel] = True
    return button(app.run(), "Search").click().run()


def save(app: AppTest, name: str = "", list_id: str = "") -> AppTest:
    app = app.selectbox(key="save_on").set_value(list_id).run()
    if not list_id:
        app.text_input(key="save_on_new").input(name)
    return button(app, "Save ").click().run()


def names_on(client: LeadIQClient, list_id: str) -> list[str]:
    return [row["name"] for row in client.company_list(list_id)["companies"]]


def test_companies_are_saved_on_a_new_list_opened_and_removed(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, client = account.world, client_of(account)
    app = search(open_page("company_search"), world.domains[:2])
    assert "Give the list a name." in text_of(save(app))
    used = account.store.used
    app = save(app, "Accounts")
    assert not app.exception
    assert "2 companies saved on Accounts" in text_of(app)
    (made,) = client.company_lists()
    assert names_on(client, made["id"]) == world.company_names[:2]
    app = save(app, list_id=made["id"])
    assert "0 companies saved on Accounts · 2 there already" in text_of(app)
    assert "Accounts: 2 companies" in text_of(app)

    def first_row(frame, *_: object) -> list[str]:
        return [frame["entry_id"].iloc[0]] if "entry_id" in frame else []

    monkeypatch.setattr(company_lists, "selectable_table", first_row)
    app = app.run()
    assert "1 company will no longer be on" in text_of(app)  # asks first
    app = button(app, "Remove 1 company · free").click().run()
    assert "1 company was removed from Accounts." in text_of(app)
    assert names_on(client, made["id"]) == world.company_names[1:2]
    assert account.store.used == used


def test_a_name_that_is_taken_and_a_lost_answer(account: Sandbox, open_page: Open) -> None:
    client = client_of(account)
    client.create_company_list("Accounts")
    app = search(open_page("company_search"), account.world.domains[:2])
    assert "exists already" in text_of(save(app, "accounts"))
    account.faults.choose(["lost:1"])
    app = save(app, "Targets")
    account.faults.choose([])
    assert not app.exception
    assert "2 companies saved on Targets" in text_of(app)
    assert [row["name"] for row in client.company_lists()] == ["Accounts", "Targets"]
    assert names_on(client, client.company_lists()[1]["id"]) == account.world.company_names[:2]


def test_a_server_without_company_lists_shows_no_trace_of_them(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(people=100, credits=1000, rpm=0, company_lists=False) as sandbox:
        use(sandbox, monkeypatch)
        app = search(open_page("company_search"), sandbox.world.domains[:2])
        assert not app.exception
        assert not app.error
        labels = [block.label for block in app.expander]
        assert not [label for label in labels if "company list" in label.lower()]
        assert not [seen for seen in sandbox.requests if "ompanyList" in str(seen.operation)]
