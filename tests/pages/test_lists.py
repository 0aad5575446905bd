"""Lists: create, add, view, export; a failure loses nothing and doubles nothing."""

import pytest
from dbos import DBOS
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.jobs import workflows
from dashboard.jobs.records import JobRecords
from dashboard.widgets import paging
from leadiq_sandbox import Sandbox, words
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, somebody


def create(app: AppTest, name: str) -> AppTest:
    next(field for field in app.text_input if field.label == "Name").input(name)
    return button(app, "Create the list").click().run()


def test_an_empty_account_says_what_to_do(account: Sandbox, open_page: Open) -> None:
    assert "No lists yet" in text_of(open_page("lists"))


def test_a_list_from_creation_to_prospects(account: Sandbox, open_page: Open) -> None:
    app = create(open_page("lists"), "Pilots")
    assert not app.exception
    assert "Pilots was created" in text_of(app)
    assert app.dataframe[0].value["name"].tolist() == ["Pilots"]
    assert "This list is empty" in text_of(app)
    fields = {field.label: field for field in app.text_input}
    assert fields["Name"].value == ""
    fields["First name"].input("Ada")
    fields["Last name"].input("Byron")
    fields["Email"].input("ada@engine.example")
    app = button(app, "Add to the list").click().run()
    assert not app.exception
    assert "1 person added to Pilots" in text_of(app)
    prospects = app.dataframe[0].value
    assert prospects[["name", "work_email"]].to_numpy().tolist() == [
        ["Ada Byron", "ada@engine.example"]
    ]


def test_a_long_list_is_shown_in_pages(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_ROWS", 2)
    client = client_of(account)
    made = client.create_list("Pilots")
    names = ("Ada", "Amelia", "Bessie")
    client.add_prospects(made["id"], [{"firstName": name, "lastName": "X"} for name in names])

    def first_names() -> list[str]:
        return [name.split()[0] for name in app.dataframe[0].value["name"]]

    app = open_page("lists")
    everyone = [row["firstName"] for row in client.list_prospects(made["id"])]
    assert first_names() == everyone[:2]
    assert "Rows 1 to 2 of 3." in text_of(app)
    next(field for field in app.number_input if field.label == "Page, of 2").set_value(2).run()
    assert first_names() == everyone[2:]
    assert "Rows 3 to 3 of 3." in text_of(app)


def test_a_failure_keeps_what_was_entered(account: Sandbox, open_page: Open) -> None:
    client_of(account).create_list("Pilots")
    app = create(open_page("lists"), "pilots")
    assert "exists already" in app.error[0].value
    assert next(field for field in app.text_input if field.label == "Name").value == "pilots"
    fields = {field.label: field for field in app.text_input}
    fields["First name"].input("Ada")
    app = button(app, "Add to the list").click().run()
    assert "Enter a first and a last name" in app.error[0].value
    fields = {field.label: field for field in app.text_input}
    assert fields["First name"].value == "Ada"


def test_a_lost_answer_is_not_written_twice(account: Sandbox, open_page: Open) -> None:
    list_id = client_of(account).create_list("Pilots")["id"]
    app = open_page("lists")
    fields = {field.label: field for field in app.text_input}
    fields["First name"].input("Ada")
    fields["Last name"].input("Byron")
    account.faults.choose(["lost:1"])
    app = button(app, "Add to the list").click().run()
    assert not app.exception
    assert "1 person added to Pilots" in text_of(app)
    app = app.run()
    account.faults.choose([])
    assert len(client_of(account).list_prospects(list_id)) == 1


def test_a_person_found_by_search_is_added_to_a_list(account: Sandbox, open_page: Open) -> None:
    list_id = client_of(account).create_list("Pilots")["id"]
    i = somebody(account)
    app = open_page("people_search")
    app.session_state["people_points"] = ["email"]
    app.run()
    app.text_input(key="people_identifier").input(account.world.work_address(i))
    app = button(app, "Search").click().run()
    app.session_state["add_people_0"] = True  # opens the panel
    app = app.run()
    app = button(app, "Add 1 person to the list").click().run()
    assert not app.exception
    assert "1 person added to Pilots" in text_of(app)
    (prospect,) = client_of(account).list_prospects(list_id)
    assert prospect["personId"] == account.world.person_ids[i]
    assert prospect["workEmail"] == account.world.work_address(i)
    assert prospect["emailStatus"] == "Verified"
    app = app.run()
    assert len(client_of(account).list_prospects(list_id)) == 1


def test_more_than_a_page_of_prospects(account: Sandbox, open_page: Open) -> None:
    client = client_of(account)
    list_id = client.create_list("Many")["id"]
    client.add_prospects(list_id, [{"firstName": f"N{n}", "lastName": "=1+1"} for n in range(230)])
    app = open_page("lists")
    assert "230 prospects" in text_of(app)
    assert len(app.dataframe[0].value) == 230


def test_missing_emails_are_bought_once_and_shown_at_the_same_prospects(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.jobs.runtime.POLL_SECONDS", 0.1)
    monkeypatch.setattr("dashboard.jobs.recovery.SETTLE_SECONDS", 0.05)
    client, i = client_of(account), somebody(account)
    list_id = client.create_list("Pilots")["id"]
    known = {"firstName": "Ada", "lastName": "Byron", "workEmail": "ada@engine.example"}
    lacking = {
        "firstName": words.FIRST_NAMES[account.world.first[i]],
        "lastName": words.LAST_NAMES[account.world.last[i]],
        "personId": account.world.person_ids[i],
    }
    client.add_prospects(list_id, [known, lacking])
    before = client.list_prospects(list_id)
    app = open_page("lists")
    account.latency = 1.0
    app = button(app, "Get 1 missing email · up to 1 UC").click().run()
    assert not app.exception
    # While it runs nobody starts it again.
    assert "Getting missing emails" in text_of(app)
    assert not [one for one in app.button if one.label.startswith("Get 1 missing")]
    account.latency = 0.0
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client.fingerprint)
    DBOS.retrieve_workflow(f"{job.id}-1").get_result()
    workflows.close()
    app = open_page("lists")
    emails = {
        email
        for shown in app.dataframe
        if "work_email" in shown.value
        for email in shown.value["work_email"]
    }
    assert account.world.work_address(i) in emails
    assert not [one for one in app.button if one.label.startswith("Get 1 missing")]
    assert client.list_prospects(list_id) == before
    assert account.store.used == 1


def test_a_new_list_is_opened_although_others_are_searched_for(
    account: Sandbox, open_page: Open
) -> None:
    partners = client_of(account).create_list("Partners")["id"]
    client_of(account).create_list("Pilots")
    app = open_page("lists")
    app = app.text_input(key="lists_search").input("Part").run()
    app = app.radio[0].set_value(partners).run()
    assert app.header[0].value == "Partners"
    next(box for box in app.text_input if box.label == "Name").input("Zeta")
    app = button(app, "Create the list").click().run()
    assert not app.exception
    assert app.header[0].value == "Zeta"


def test_a_long_name_of_a_list_is_one_line_that_shows_both_its_ends(
    account: Sandbox, open_page: Open
) -> None:
    name = "Enterprise accounts in North America, Q3 2026"
    client_of(account).create_list(name)
    app = open_page("lists").run()
    assert app.radio[0].options == ["Enterprise acco…a, Q3 2026"]
    assert [one.value for one in app.header] == [name]


def test_long_names_that_look_alike_open_their_own_lists(account: Sandbox, open_page: Open) -> None:
    client = client_of(account)
    names = [f"Enterprise accounts in {region}, west, Q3 2026" for region in ("Japan", "Peru")]
    ids = [client.create_list(name)["id"] for name in names]
    app = open_page("lists").run()
    assert len(set(app.radio[0].options)) == len(names)
    for list_id, name in zip(ids, names, strict=True):
        app.radio[0].set_value(list_id).run()
        assert [one.value for one in app.header] == [name]


def test_the_number_beside_a_list_follows_what_was_added(account: Sandbox, open_page: Open) -> None:
    client = client_of(account)
    list_id = client.create_list("Pilots")["id"]
    app = open_page("lists").run()  # now the list is counted
    assert list(app.radio[0].proto.captions) == ["0 prospects"]
    client.add_prospects(list_id, [{"firstName": "Ada", "lastName": "Byron"}])
    data.list_prospects.clear()  # as an addition does
    app.run()
    assert not app.exception
    assert list(app.radio[0].proto.captions) == ["1 prospect"]
